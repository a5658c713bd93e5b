/* html: a report as one page that works offline: verdict, time axis, tables, flame graphs. */
#ifndef STK_CORE_REPORT_HTML_H
#define STK_CORE_REPORT_HTML_H

#include "core/record/flame.h"
#include "core/report/doc.h"

/* Rows of one table in the page; the record has them all. */
enum { STK_HTML_ROWS_MAX = 1000 };

/* Append the page. Its scripts draw what stands in it as data and ask for nothing from outside; a
 * Content-Security-Policy in it forbids all else. Without scripts it still shows verdict and
 * tables. Texts made on the way go into the document's arena. */
void stk_html_format(struct stk_doc *doc, const struct stk_flames *flames, struct stk_buf *buf);

#endif
