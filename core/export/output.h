/* output: where a load's samples go while it runs, as the feed sees it. */
#ifndef STK_CORE_EXPORT_OUTPUT_H
#define STK_CORE_EXPORT_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/export/totals.h"

struct stk_output_sample {
	const struct stk_export_metric *metric;
	const struct stk_tagset *tags;
	int64_t wall_ns;
	double value;
};

/* All on the feed's thread, which must not wait for a server. ctx is the output's own. */
struct stk_output_ops {
	/* NULL: wants no single samples. */
	void (*sample)(void *ctx, const struct stk_output_sample *sample);
	bool wants_totals;
	/* Ten times a second or more; now_ns is monotonic. */
	void (*tick)(void *ctx, struct stk_totals *totals, int64_t now_ns);
	/* The load is over: send what is left, for a bounded time. Append a line for people, with
	 * its line break, for each thing that went wrong. */
	void (*stop)(void *ctx, struct stk_totals *totals, struct stk_buf *said);
	void (*free)(void *ctx);
};

struct stk_output {
	const struct stk_output_ops *ops; /* NULL: none */
	void *ctx;
};

#endif
