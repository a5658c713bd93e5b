/* term: a document on a terminal: aligned, coloured, fitted to its width. */
#ifndef STK_CORE_REPORT_TERM_H
#define STK_CORE_REPORT_TERM_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/report/doc.h"

struct stk_term_opts {
	int width; /* columns; fewer than 40 read as 40 */
	bool color;
};

/* Append the document. No line is wider than the width. */
void stk_term_format(
	const struct stk_doc *doc, const struct stk_term_opts *opts, struct stk_buf *buf);

#endif
