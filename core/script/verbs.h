/* verbs: what a flow written in Lua can ask for; flow fills the table, script binds it. */
#ifndef STK_CORE_SCRIPT_VERBS_H
#define STK_CORE_SCRIPT_VERBS_H

#include "core/base/err.h"
#include "core/record/run.h"
#include "core/script/workflow.h"

struct stk_profile;
struct stk_script;

#define STK_ALL_BLOCKS SIZE_MAX

/* In place of a window: the kept run that the verb baseline found. */
#define STK_KEPT_BASE (SIZE_MAX - 1)

/* Windows of the run that an abba wrote: the first block and how many follow it. */
struct stk_abba_result {
	size_t first_block, blocks;
};

/* The merged profile of a window: what :total, :top and :save of Lua work on. */
struct stk_pulled {
	struct stk_profile *profile; /* of one sample type; the caller's */
	int slices;
	int64_t total, samples; /* of the slices; with labels of the samples that have them */
};

/* Which profile a verb wants: the slices of window `window` on side `side`. */
struct stk_pull_query {
	const char *profile; /* short name or full id */
	size_t window;       /* number in run->windows; STK_ALL_BLOCKS = the blocks of the side */
	int side;
	struct stk_pairs_text labels; /* only samples that have all of these; none: all */
};

/* Each returns 0 or an error; what is "not there" is STK_E_NOT_FOUND with the reason.
 * Windows, comparisons and hotspots are numbers into the run's lists. */
struct stk_verbs {
	struct stk_run *run;
	const struct stk_workflow *workflow;
	int (*slices)(int count, int64_t *ns_out, void *ctx, struct stk_err *err);
	int (*window)(const char *name, int64_t ns, size_t *out, void *ctx, struct stk_err *err);
	int (*load)(const char *name, const struct stk_load_spec *spec, size_t *out, void *ctx,
		struct stk_err *err);
	int (*abba)(const struct stk_load_spec *spec, struct stk_abba_result *out, void *ctx,
		struct stk_err *err);
	int (*pull)(const struct stk_pull_query *query, struct stk_pulled *out, void *ctx,
		struct stk_err *err);
	int (*hotspots)(const char *profile, size_t idle, size_t load, size_t *out, void *ctx,
		struct stk_err *err);
	int (*compare)(const char *profile, size_t base, size_t head, size_t *out, void *ctx,
		struct stk_err *err);
	/* Find the kept run of rev (NULL: of the base) -> run->baseline. */
	int (*baseline)(const char *rev, void *ctx, struct stk_err *err);
	/* Keep a window of this run; *revision_out is what it is kept under, the run's. */
	int (*save_baseline)(
		size_t window, const char **revision_out, void *ctx, struct stk_err *err);
	int (*start)(int side, void *ctx, struct stk_err *err);
	int (*stop)(int side, void *ctx, struct stk_err *err);
	void *ctx;
};

/* Run the workflow's own run = function(w), or the embedded flow of its mode
 * (lua-lib/stoker/flows/<mode>.lua). STK_E_SCRIPT for an error of the Lua code with its
 * traceback; an error of a verb comes through with its own code. */
int stk_verbs_run_flow(struct stk_script *script, const struct stk_verbs *verbs,
	struct stk_err *err) STK_MUST_CHECK;

#endif
