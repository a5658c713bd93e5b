/* summary: runs a load script's summary(data) once the load is over, and keeps what it gave. */
#ifndef STK_CORE_SCRIPT_SUMMARY_H
#define STK_CORE_SCRIPT_SUMMARY_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/vec.h"

struct stk_env;
struct stk_json;
struct stk_plan;
struct stk_script_driver;

/* Bytes of all texts that a summary may give. */
#define STK_SUMMARY_TEXTS_MAX ((size_t)256 << 20)

/* What stoker.summary.text was asked for. Borrowed. */
struct stk_summary_wish {
	bool color, full;
	/* Metrics that are left out are those that the script took out of data.metrics: "name" or
	 * "name{selector}". */
	bool (*has)(void *ctx, const char *metric);
	void *ctx;
};

/* What summary(data) is called with, all borrowed. */
struct stk_summary_call {
	const struct stk_env *env; /* clock, interrupts */
	int interrupts_seen;       /* one more ends it */
	bool color;                /* what stdout takes: the default of stoker.summary.text */
	struct stk_json *data;     /* setup_data is added */
	void (*text)(void *ctx, const struct stk_summary_wish *wish, struct stk_buf *out);
	void (*warn)(void *ctx, const char *line); /* of the engine that runs it */
	void *ctx;
};

/* One text and where it goes: "stdout", "stderr" or the name of a file. */
struct stk_summary_part {
	const char *where;
	struct stk_str text;
};

/* Zeroed: empty. Texts are in the arena. */
struct stk_summary_result {
	struct stk_arena arena;
	bool replaces; /* it gave a table: the default summary is not shown */
	STK_VEC(struct stk_summary_part) parts; /* in byte order of where */
};
void stk_summary_result_release(struct stk_summary_result *result);

/* Run summary(data) of plan's script as one iteration of an engine of its own, with everything that
 * an iteration may do; nothing of it is counted. The engine of the load must be over. STK_E_SCRIPT:
 * it raised, gave something else than a table of texts, or ran longer than plan's summary_timeout;
 * STK_E_ABORTED: interrupted. */
int stk_script_summarize(struct stk_script_driver *driver, const struct stk_plan *plan,
	const struct stk_summary_call *call, struct stk_summary_result *out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
