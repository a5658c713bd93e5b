/* labels: label sets, and selectors such as {service_name="x",pod=~"a-.*"} that match them. */
#ifndef STK_CORE_PROFILE_LABELS_H
#define STK_CORE_PROFILE_LABELS_H

#include <stdbool.h>

#include "core/base/buf.h"

struct stk_label {
	struct stk_str name, value;
};

/* Sort by name (bytes), then value. */
void stk_labels_sort(struct stk_label *labels, size_t len);
/* Value of a name in a sorted set; the empty view if absent, as Prometheus has it. */
struct stk_str stk_labels_find(const struct stk_label *labels, size_t len, struct stk_str name);

/* A parsed selector: matchers that all must hold. Safe to use by several threads at once. */
struct stk_selector;

#define STK_SELECTOR_MAX_BYTES    ((size_t)16384)
#define STK_SELECTOR_MAX_MATCHERS 64

/* PromQL's vector selector without a range: {a="x",b!="y",c=~"re",d!~"re"}, name{…}, name, {};
 * strings in "…" or '…' with escapes or raw in backquotes; quoted names. Regular expressions
 * are anchored at both ends and bounded as RE2's (no look-around, no back-references).
 * STK_E_INVAL with the position for what is none (also for the empty text). */
int stk_selector_parse(
	struct stk_str text, struct stk_selector **out, struct stk_err *err) STK_MUST_CHECK;
void stk_selector_free(struct stk_selector *selector); /* NULL is fine */
/* Do the labels (sorted) match? A missing label compares as "". */
bool stk_selector_match(
	const struct stk_selector *selector, const struct stk_label *labels, size_t len);

/* Append labels as a selector: {a="x",b="y"}, values escaped. */
void stk_selector_format(struct stk_buf *buf, const struct stk_label *labels, size_t len);
/* Append selector ("{…}", name{…}) with one more label that must be equal. One without braces is
 * appended as it is. */
void stk_selector_narrow(
	struct stk_buf *buf, struct stk_str selector, const struct stk_label *label);

#endif
