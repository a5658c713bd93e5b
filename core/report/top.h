/* top: the functions of one profile by their own cost, for people and for programs. */
#ifndef STK_CORE_REPORT_TOP_H
#define STK_CORE_REPORT_TOP_H

#include "core/profile/profile.h"
#include "core/report/doc.h"

#define STK_TOP_SCHEMA 1

/* What is shown of a profile. Texts are borrowed. */
struct stk_top {
	const struct stk_profile *profile;
	size_t type;       /* which of its sample types */
	const char *title; /* the query */
	const char *type_id, *unit;
	int64_t from_ns, to_ns;
	size_t rows_max; /* 0: all */
};

/* Fill an empty document (zeroed) with one section. Release it. */
void stk_top_fill_doc(const struct stk_top *top, struct stk_doc *doc);
/* Append the document "stoker.top" (docs/pull.md). */
void stk_top_format_json(const struct stk_top *top, struct stk_buf *buf);

#endif
