/* comment_priv: what the files of the comment share. */
#ifndef STK_CORE_REPORT_COMMENT_PRIV_H
#define STK_CORE_REPORT_COMMENT_PRIV_H

#include "core/report/comment.h"
#include "core/report/comment_history.h"

/* What there is to say, the most urgent first. */
enum stk_comment_kind {
	STK_COMMENT_REGRESSION,
	STK_COMMENT_THRESHOLD,
	STK_COMMENT_PARTIAL,
	STK_COMMENT_UNSURE,
	STK_COMMENT_IMPROVEMENT,
	STK_COMMENT_HOTSPOTS, /* mode idle: nothing was compared on purpose */
	STK_COMMENT_NO_BASE,
	STK_COMMENT_ACCEPTED,
	STK_COMMENT_MOVED,
	STK_COMMENT_NOTHING
};

/* A comment on its way. Everything is borrowed but rows. */
struct stk_comment {
	const struct stk_doc *doc;
	const struct stk_run *run;
	const struct stk_comment_opts *opts;
	enum stk_comment_kind kind;
	STK_VEC(struct stk_doc_finding) rows; /* worst first over all profile types */
	size_t regressions, improvements, moved, accepted;
	char history[STK_COMMENT_HISTORY_MAX + 1]; /* with this run's verdict */
};

/* What may be in a comment; it shrinks until the comment fits. */
struct stk_comment_plan {
	size_t fold_rows;
	bool table, load, method, reproduce;
	const char *left_out; /* in words; NULL = nothing */
};

/* Whether a precondition of the data failed: then nothing is concluded. */
bool stk_comment_is_unsound(const struct stk_run *run);

void stk_comment_init(struct stk_comment *comment, const struct stk_doc *doc,
	const struct stk_comment_opts *opts);
void stk_comment_release(struct stk_comment *comment);

/* Names of functions in headline and tables: columns that stay. */
enum { STK_COMMENT_NAME_WIDTH = 80 };

/* The verdict's words: as Markdown, or as plain text for titles. */
void stk_comment_add_verdict(const struct stk_comment *comment, bool is_plain, struct stk_buf *buf);
const char *stk_comment_kind_mark(enum stk_comment_kind kind);
/* "**CPU per request +4.9 %** (2.26 → 2.37 ms, 95 %: +3.2 to +6.6) · p95 …"; nothing if there are
 * no totals. No newline. */
void stk_comment_add_totals(const struct stk_comment *comment, struct stk_buf *buf);
/* "would have noticed +3.9 % in total", of the first profile type, with before in front of it;
 * nothing where that is not known. */
void stk_comment_add_noticed(
	const struct stk_comment *comment, const char *before, struct stk_buf *buf);
/* "base [`8f3a1c2`](…) (merge base with main) ↔ head …". No newline. */
void stk_comment_add_sides(const struct stk_comment *comment, struct stk_buf *buf);
/* "paired, 6 pairs · 36 000 requests at 200/s, 0 failed". */
void stk_comment_add_load_words(const struct stk_comment *comment, struct stk_buf *buf);

/* The table of what was found, at most ten rows, and the small line below it. */
void stk_comment_add_found(const struct stk_comment *comment, struct stk_buf *buf);
/* Tables of all judged rows, at most `most` of them; the number of rows left out. */
size_t stk_comment_add_all(const struct stk_comment *comment, size_t most, struct stk_buf *buf);
/* "would have noticed +54 % on a function of 5 %, +2.9 % in total"; before stands in front of it.
 */
void stk_comment_add_sensitivity(
	const struct stk_comparison *comparison, const char *before, struct stk_buf *buf);

void stk_comment_add_folds(const struct stk_comment *comment, const struct stk_comment_plan *plan,
	struct stk_buf *buf);
void stk_comment_add_footer(const struct stk_comment *comment, struct stk_buf *buf);

/* "+44 %" as wide an interval allows, "[30, 60]" of a row; with a real minus. */
void stk_comment_add_change(const struct stk_row *row, struct stk_buf *buf);
void stk_comment_add_interval(const struct stk_row *row, const char *format, struct stk_buf *buf);

#endif
