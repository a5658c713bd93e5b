/* run_story: a workflow from its file to report and exit code; used by run and demo. */
#ifndef STK_CMD_RUN_STORY_H
#define STK_CMD_RUN_STORY_H

#include "cmd/opts.h"
#include "core/base/env.h"
#include "core/flow/flow.h"
#include "core/record/run.h"
#include "core/script/script.h"
#include "core/script/workflow.h"

/* Options of `stoker run`. */
struct stk_run_settings {
	struct stk_opts_list vars, allow_hosts, profiles, outs, tags;
	const char *base, *head;
	const char *base_cmd, *head_cmd, *base_url, *head_url;
	const char *pyroscope, *pprof, *service;
	const char *rate, *scenario, *ready, *mode, *format, *runs;
	int64_t vus, pairs, seed;
	int64_t block_ns, warmup_ns, duration_ns, idle_ns; /* 0 = not given; warmup -1 */
	int64_t profiles_timeout_ns;
	struct stk_opts_list base_labels, head_labels;
	bool strict, quiet, rebuild, post, no_post, require_post;
};

/* Look at the finished run before its report is printed, or after; may be NULL. */
typedef void (*stk_run_after_fn)(struct stk_env *env, const struct stk_run *run, void *ctx);

/* Told of each side once it is up; may be NULL. */
typedef void (*stk_run_up_fn)(struct stk_env *env, const struct stk_flow_side *side, void *ctx);

struct stk_run_story {
	const char *path;    /* of the file; "-", "@demo/…" as for scripts */
	const char *command; /* as typed, for the record */
	struct stk_run_settings *settings;
	stk_run_up_fn up;       /* before the load */
	stk_run_after_fn after; /* behind the report */
	void *ctx;              /* of both */
};

/* Load, run, print the report to env->out, write it beside the record. Returns the exit code. */
int stk_run_story(struct stk_env *env, const struct stk_run_story *story);

/* Is it a k6 script, by its name? */
bool stk_run_is_k6(const char *path);

/* Lay the command line over a workflow, or make the workflow of a load script. Text of settings
 * is borrowed. STK_E_INVAL when options contradict each other or the file. */
int stk_run_settings_apply(const struct stk_run_settings *settings, const struct stk_script *script,
	struct stk_workflow *workflow, struct stk_err *err) STK_MUST_CHECK;

/* A workflow or load script, read, with the command line laid over it. */
struct stk_run_file {
	struct stk_script_opts opts;
	struct stk_script *script;
	struct stk_workflow workflow;
};

/* path: of the file; "-", "@demo/…" as for scripts. Close it also after a failure. */
int stk_run_file_open(struct stk_env *env, const char *path,
	const struct stk_run_settings *settings, struct stk_run_file *out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_run_file_close(struct stk_run_file *file);
/* What a flow needs of it, but for the observer; everything is borrowed. */
struct stk_flow_opts stk_run_file_flow(struct stk_env *env, const struct stk_run_file *file,
	const struct stk_run_settings *settings, const char *command);

/* The exit code of a command that was interrupted; STK_EXIT_OK if it was not. */
int stk_run_code_of_interrupt(const struct stk_env *env);

/* argv as one line. The caller frees. */
char *stk_run_command_line(int argc, char **argv);

#endif
