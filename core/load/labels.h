/* labels: the baggage header that lets a profiler cut its profiles by run, scenario and request. */
#ifndef STK_CORE_LOAD_LABELS_H
#define STK_CORE_LOAD_LABELS_H

#include <stdbool.h>

#include "core/base/buf.h"

#define STK_LABELS_BYTES_MAX 8192
#define STK_LABELS_NAMES_MAX 200

struct stk_label_values {
	const char *run_id;   /* NULL: left out */
	const char *scenario; /* NULL: left out */
	struct stk_str name;
};

/* Append text with every byte outside A-Za-z0-9._~/:- replaced by '-': receivers decode before
 * they validate and drop all labels of a percent-encoded value. True if one was replaced. */
bool stk_labels_sanitize(struct stk_buf *buf, struct stk_str text);

/* Append the value of one baggage line: ours first, then the user's own members, except those
 * under our keys; members that would pass STK_LABELS_BYTES_MAX are left out whole. */
void stk_labels_format(
	struct stk_buf *buf, const struct stk_label_values *values, struct stk_str own);

#endif
