/* load_run: a load test on the terminal: engine, progress, interrupts, summary, exit code. */
#ifndef STK_CMD_LOAD_RUN_H
#define STK_CMD_LOAD_RUN_H

#include "cmd/opts.h"
#include "core/load/plan.h"

/* What the command line said; lists are borrowed. */
struct stk_load_settings {
	int64_t vus, iterations, duration_ns; /* STK_UNSET: not given */
	const char *rate;
	int64_t max_vus, seed, workers, rps, min_iteration_ns;
	const char *segment, *segment_sequence;
	struct stk_opts_list stages, vars, tags, allow_hosts;
	const char *base_url;
	const char *format, *summary;
	struct stk_opts_list outs;
	const char *grafana, *summary_export, *trend_stats, *junit;
	const char *system_tags;
	bool quiet, strict;
	bool no_setup, no_teardown, no_thresholds;
};

/* Run the script of that path to its end and report. Returns an enum stk_exit. */
int stk_load_run(struct stk_env *env, const char *path, const struct stk_load_settings *settings);

#endif
