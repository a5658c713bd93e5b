/* plan: a load script as a plan for the engine, with what a command line or workflow changes. */
#ifndef STK_CORE_SCRIPT_PLAN_H
#define STK_CORE_SCRIPT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/load/plan.h"

struct stk_script;

/* Everything zero or NULL is as the script says. Text is borrowed for the call. */
struct stk_plan_changes {
	const char *base_url[2]; /* by side */
	/* As k6's -u -d -i -s: replaces the script's workload by these, over default (or over the
	 * function of its only scenario). NULL: none. */
	const struct stk_shortcuts *shortcuts;
	/* As the workflow's load: one scenario over default, or over the function of `scenario`.
	 * duration_ns goes with rate or vus. */
	const char *scenario;
	double rate;
	int64_t rate_unit_ns;
	int64_t vus;
	int64_t duration_ns;
	/* Without rate and vus: stretch or shorten the scenarios so that the longest takes this. */
	int64_t scale_to_ns;
	const struct stk_tag *tags; /* of the run, over the script's */
	size_t tags_len;
	const char *const *allow_hosts;
	size_t allow_hosts_len;
	bool has_seed;
	uint64_t seed;
	bool has_rps;
	int64_t rps;
	bool has_min_iteration;
	int64_t min_iteration_ns;
	const stk_system_tags *system_tags; /* NULL: the script's */
	bool no_setup, no_teardown, no_thresholds;
	/* As k6's --execution-segment and --execution-segment-sequence; NULL: the script's. */
	const char *segment, *segment_sequence;
	const char *run_id; /* k6.test_run_id of the baggage header */
};

/* Read the table that the script returned, apply changes and validate. out is initialised here
 * and is the caller's to release, on failure too. STK_E_SCRIPT with file and line; STK_E_INVAL when
 * it is a workflow, or when changes name a scenario that is not there. */
int stk_script_plan(struct stk_script *script, const struct stk_plan_changes *changes,
	struct stk_plan *out, struct stk_err *err) STK_MUST_CHECK;

#endif
