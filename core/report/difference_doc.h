/* difference_doc: what `stoker diff` found, as a document for people and as one for programs. */
#ifndef STK_CORE_REPORT_DIFFERENCE_DOC_H
#define STK_CORE_REPORT_DIFFERENCE_DOC_H

#include "core/record/difference.h"
#include "core/report/doc.h"

/* Fill an empty document (zeroed) with a head, what is not known, and at most rows_max functions
 * (0: all). The difference must outlive it. Release it. */
void stk_difference_doc_fill(
	const struct stk_difference *difference, size_t rows_max, struct stk_doc *doc);
/* Append it as Markdown. */
void stk_difference_doc_format_markdown(const struct stk_doc *doc, struct stk_buf *buf);
/* Append the document "stoker.diff" (docs/diff.md), at most rows_max functions (0: all). */
void stk_difference_doc_format_json(
	const struct stk_difference *difference, size_t rows_max, struct stk_buf *buf);

#endif
