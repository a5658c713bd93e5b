/* markdown: a document as GitHub Markdown that names of functions cannot break out of. */
#ifndef STK_CORE_REPORT_MARKDOWN_H
#define STK_CORE_REPORT_MARKDOWN_H

#include "core/base/buf.h"
#include "core/report/doc.h"

/* Append the document: a heading, tables, folds for details. */
void stk_markdown_format(const struct stk_doc *doc, struct stk_buf *buf);

/* Append text so that it reads as it is: no markup, no HTML, no mention, one line. */
void stk_markdown_add_text(struct stk_buf *buf, struct stk_str text);
/* The same as code: in backticks where nothing in it could end them or a table's cell, else as
 * an HTML element of character references. */
void stk_markdown_add_code(struct stk_buf *buf, struct stk_str text);

#endif
