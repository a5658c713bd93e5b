/* flow: one run from start to end: services, load, profiles, verdict, record, cleanup. */
#ifndef STK_CORE_FLOW_FLOW_H
#define STK_CORE_FLOW_FLOW_H

#include "core/base/env.h"
#include "core/base/err.h"
#include "core/record/run.h"
#include "core/script/script.h"
#include "core/script/workflow.h"

/* One line of progress, as cmd shows it; texts are borrowed for the call. */
struct stk_flow_line {
	const char *label;  /* "warm-up", "pairs", "slices" */
	double fraction;    /* 0 to 1; negative = no bar */
	const char *state;  /* what counts as a change in a pipe: "4 of 6" */
	const char *detail; /* changes all the time; may be NULL */
	const char *right;  /* time used or left; may be NULL */
};

/* A side that is up: its service answers, or its target is known. Borrowed for the call. */
struct stk_flow_side {
	int side;
	const char *title, *url; /* url NULL: the load script's own */
	const char *push_url;    /* where its profiles go; NULL if they are fetched */
};

/* Called on the thread that runs the flow. All may be NULL. */
struct stk_flow_observer {
	void (*line)(const struct stk_flow_line *line, void *ctx);
	void (*say)(const char *text, void *ctx);
	void (*warn)(const char *text, void *ctx);
	void (*up)(const struct stk_flow_side *side, void *ctx);
	void *ctx;
};

struct stk_flow_opts {
	struct stk_env *env;
	struct stk_script *script;           /* the file: a workflow or a load script */
	const struct stk_workflow *workflow; /* read from it, command line laid over */
	struct stk_script_opts script_opts;  /* how to load a load script beside it; path unused */
	const char *const *allow_hosts;
	size_t allow_hosts_len;
	uint64_t seed;
	const char *runs_dir; /* ".stoker/runs" */
	const char *command;  /* for the record, secrets masked */
	const char *version;  /* of stoker */
	/* An A/A run: nothing is taken as calibrated, and baselines are kept in this folder under
	 * a name of their own (core/flow/aa.h). NULL: no. */
	const char *aa_dir;
	struct stk_flow_observer observer;
};

/* Run everything. *run must be initialised; it is filled as far as the run came, saved under
 * runs_dir, and judged, also when an error or an interrupt ended it early (then run->partial
 * says so and, for an error, its code is returned). *folder_out is the record's folder, the
 * caller's to free, NULL if none was made. Every service is stopped on every way out. */
int stk_flow_run(const struct stk_flow_opts *opts, struct stk_run *run, char **folder_out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
