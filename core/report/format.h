/* format: the forms a report has, by name: what --format and report = { … } choose from. */
#ifndef STK_CORE_REPORT_FORMAT_H
#define STK_CORE_REPORT_FORMAT_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/report/comment.h"
#include "core/report/doc.h"
#include "core/report/term.h"

struct stk_format_opts {
	struct stk_term_opts term;
	struct stk_comment_opts comment; /* of comment and markdown */
};

struct stk_format {
	const char *name; /* markdown */
	const char *file; /* beside the record: report.md; NULL: none */
	bool is_standard; /* written when the workflow does not choose */
	void (*format)(
		const struct stk_doc *doc, const struct stk_format_opts *opts, struct stk_buf *buf);
};

/* All of them; ends with name NULL. */
extern const struct stk_format stk_formats[];

/* By name; NULL if unknown. */
const struct stk_format *stk_format_find(const char *name);

#endif
