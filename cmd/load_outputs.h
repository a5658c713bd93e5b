/* load_outputs: what a load test writes beside its summary: live outputs, marks, files at the end.
 */
#ifndef STK_CMD_LOAD_OUTPUTS_H
#define STK_CMD_LOAD_OUTPUTS_H

#include "cmd/load_run.h"
#include "core/export/outlets.h"
#include "core/export/summary_json.h"
#include "core/load/engine.h"

/* Zeroed: none. */
struct stk_load_outputs {
	struct stk_env *env;
	const struct stk_load_settings *settings;
	struct stk_outlets outlets;
	int64_t mark; /* number of Grafana's annotation; with has_mark */
	bool has_mark;
};

/* Open what --out asks for; env and settings are borrowed. */
int stk_load_outputs_start(struct stk_load_outputs *outputs, struct stk_env *env,
	const struct stk_load_settings *settings, struct stk_err *err) STK_MUST_CHECK;
/* The load began: mark it in Grafana. said: lines for people, here and below. */
void stk_load_outputs_begun(struct stk_load_outputs *outputs, const struct stk_plan *plan,
	int64_t wall_ns, struct stk_buf *said);
/* The load is over, its result was taken: the outputs get what is left, the mark its end. */
void stk_load_outputs_ended(struct stk_load_outputs *outputs, const struct stk_plan *plan,
	const struct stk_load_result *result, struct stk_buf *said);
/* When no engine writes any more. */
void stk_load_outputs_release(struct stk_load_outputs *outputs);

/* --summary-export and --junit: paths, NULL for what is not wanted. */
struct stk_load_files {
	const char *summary_export, *junit;
};
int stk_load_files_write(const struct stk_load_files *files, const struct stk_run *run,
	const struct stk_trend_stats *stats, struct stk_err *err) STK_MUST_CHECK;

#endif
