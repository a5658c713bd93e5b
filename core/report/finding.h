/* finding: what reports for machines say of a row: where it stands, how bad, who it is. */
#ifndef STK_CORE_REPORT_FINDING_H
#define STK_CORE_REPORT_FINDING_H

#include "core/base/buf.h"
#include "core/report/doc.h"

/* A place that a tool of the repository can open: the row's function, else the changed line its
 * increase comes from. Unfit paths are none. */
struct stk_finding_place {
	const char *path;
	int64_t line; /* at least 1 */
};

/* False: nothing of the row stands in the repository. */
bool stk_finding_place(const struct stk_row *row, struct stk_finding_place *out);

/* Append "order.Find costs +44 % [30, 60] CPU per request (0.36 → 0.52 ms)": plain text, one line.
 */
void stk_finding_add_text(const struct stk_doc_finding *finding, struct stk_buf *buf);

/* The same of a group: "package internal/order: …" or "order.Find with all it calls: …". */
void stk_finding_add_group(const struct stk_doc_group *group, struct stk_buf *buf);

/* Append 32 hex digits that stay the same while lines move: of kind, function and path. */
void stk_finding_add_print(const struct stk_doc_finding *finding, struct stk_buf *buf);

/* Append text that was cleaned of control characters and repaired to UTF-8, at most width columns.
 */
void stk_finding_add_clean(struct stk_buf *buf, const char *text, size_t width);

/* A regression that nobody accepted. */
bool stk_finding_is_open(const struct stk_doc_finding *finding);

#endif
