/* html_priv: the parts of the page. */
#ifndef STK_CORE_REPORT_HTML_PRIV_H
#define STK_CORE_REPORT_HTML_PRIV_H

#include "core/report/html.h"

/* "REGRESSION" with its sentence, what was compared, and the table of totals. */
void stk_html_add_verdict(struct stk_doc *doc, struct stk_buf *buf);
/* Every function of a comparison. */
void stk_html_add_functions(
	struct stk_doc *doc, const struct stk_comparison *comparison, struct stk_buf *buf);
void stk_html_add_hotspots(
	struct stk_doc *doc, const struct stk_hotspots *hotspots, struct stk_buf *buf);
/* The windows of the run: what the time axis shows, as a table. */
void stk_html_add_windows(const struct stk_run *run, struct stk_buf *buf);
/* A section of the document as it is, its first lines left out. */
void stk_html_add_section(const struct stk_doc_section *section, size_t first, struct stk_buf *buf);

/* What the scripts draw: time axis and rows; flame graphs. New values, the caller's. */
struct stk_json *stk_html_data(struct stk_doc *doc);
struct stk_json *stk_html_flames(const struct stk_run *run, const struct stk_flames *flames);

/* "regression"; for rows without a verdict "rare" or "quiet". */
const char *stk_html_verdict_key(const struct stk_row *row);

#endif
