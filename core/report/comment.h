/* comment: the report of a run as one comment on a pull request. */
#ifndef STK_CORE_REPORT_COMMENT_H
#define STK_CORE_REPORT_COMMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/report/doc.h"

/* Bytes that every forge takes: GitHub refuses comments of more than 65,536 characters. */
#define STK_COMMENT_LIMIT ((size_t)60000)

/* Where links lead, all of our own making; NULL leaves the link out. */
struct stk_comment_links {
	const char *blob_head, *blob_base;     /* ".../blob/SHA/", a path and #L10 go behind it */
	const char *commit_head, *commit_base; /* a page of the commit */
	const char *run, *report;              /* the CI's run; the HTML page */
};

enum stk_comment_flavour { STK_COMMENT_GITHUB, STK_COMMENT_GITLAB, STK_COMMENT_GITEA };

/* All zero is a good default. */
struct stk_comment_opts {
	const char *key; /* of the marker; NULL: the workflow's name */
	bool no_marker;  /* for a step summary, a check, a file */
	size_t limit;    /* in bytes; 0: STK_COMMENT_LIMIT */
	bool is_short;   /* no folds: for who found the other one too long */
	bool with_links; /* of the record, into Grafana: only where the record is our own */
	bool has_bot;    /* somebody answers to "/stoker run": say so */
	enum stk_comment_flavour flavour;
	struct stk_comment_links links;
	const char *history; /* of the comment that this one replaces (comment_history.h); NULL */
};

/* Append the comment: two lines of marker, the verdict, totals, at most ten rows, folds, links
 * (reference publishing 13). What is over the limit goes in a fixed order, and the comment says so;
 * marker and verdict always stay. Nothing that a profile or a branch is called breaks out. */
void stk_comment_format(
	const struct stk_doc *doc, const struct stk_comment_opts *opts, struct stk_buf *buf);

/* The verdict in one line of plain text, at most 200 columns: the title of a check. */
void stk_comment_format_title(const struct stk_doc *doc, struct stk_buf *buf);

/* The mark of the verdict: 🔴 🟢 🔵 ⚪ 🟡. Static text. */
const char *stk_comment_mark(const struct stk_doc *doc);

/* Whether there is something to say: anything but a sound comparison in which nothing changed. */
bool stk_comment_is_news(const struct stk_doc *doc);

#endif
