/* markdown: text, names, figures, tables and sections as Markdown that nothing breaks out of. */
#ifndef STK_CORE_REPORT_MARKDOWN_H
#define STK_CORE_REPORT_MARKDOWN_H

#include "core/base/buf.h"
#include "core/report/doc.h"

/* What one section or table may bring in; what is beyond is counted, not shown. */
enum { STK_MARKDOWN_LINES_MAX = 60, STK_MARKDOWN_TEXT_MAX = 1000 };

/* Append text so that it reads as it is: no markup, no HTML, no link, no mention, no reference, one
 * line. Long text loses its middle (STK_MARKDOWN_TEXT_MAX columns stay). */
void stk_markdown_add_text(struct stk_buf *buf, struct stk_str text);
/* The same for text that begins a line: it cannot become a heading, a list or a quick action. */
void stk_markdown_add_start(struct stk_buf *buf, struct stk_str text);
/* The same as code: in backticks where nothing in it could end them or a table's cell, else as
 * an HTML element of character references. */
void stk_markdown_add_code(struct stk_buf *buf, struct stk_str text);
/* At most `width` columns of a name as code, cut in the middle. */
void stk_markdown_add_name(struct stk_buf *buf, const char *name, size_t width);
/* At most `width` columns of text, cut in the middle. */
void stk_markdown_add_cut(struct stk_buf *buf, const char *text, size_t width);
/* A figure ("-7.6 %", "1 204 ms"): a real minus, and blanks at which no line breaks. */
void stk_markdown_add_figure(struct stk_buf *buf, struct stk_str text);

/* A table of a document with its head, or nothing if it has no rows. */
void stk_markdown_add_table(struct stk_buf *buf, const struct stk_doc_table *table);
/* The lines and tables of a section from block `first` on, each with a blank line before it. */
void stk_markdown_add_section(
	struct stk_buf *buf, const struct stk_doc_section *section, size_t first);

#endif
