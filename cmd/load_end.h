/* load_end: what a load test shows at its end: the summary, or what the script's own one gives. */
#ifndef STK_CMD_LOAD_END_H
#define STK_CMD_LOAD_END_H

#include "cmd/load_run.h"
#include "core/export/summary_json.h"
#include "core/record/run.h"

struct stk_script_driver;

/* Borrowed. The engine must be over and gone. */
struct stk_load_end {
	struct stk_env *env;
	const struct stk_load_settings *settings;
	const struct stk_run *run; /* what was measured */
	const struct stk_sections *sections;
	const struct stk_trend_stats *stats;
	const struct stk_plan *plan;
	struct stk_script_driver *driver;
	int interrupts_seen; /* two: the script's summary is not called */
};

/* Show it on env's streams and write the files that the script's summary names. Whatever goes wrong
 * with those is a line on stderr and changes no exit code, as in k6. */
void stk_load_end_show(const struct stk_load_end *end);

#endif
