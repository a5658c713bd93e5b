/* comment_marker: the two hidden lines at the start of a comment: whose report, of which run. */
#ifndef STK_CORE_REPORT_COMMENT_MARKER_H
#define STK_CORE_REPORT_COMMENT_MARKER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/record/run.h"
#include "core/report/comment_history.h"

enum { STK_COMMENT_KEY_MAX = 64, STK_COMMENT_SHA_MAX = 64, STK_COMMENT_RUN_MAX = 80 };

/* A report's key tells the comments of several workflows apart. Only harmless characters stand in
 * all three texts: none of them can end an HTML comment. */
struct stk_comment_marker {
	char key[STK_COMMENT_KEY_MAX + 1];
	char sha[STK_COMMENT_SHA_MAX + 1]; /* measured commit, lower case hex; "" unknown */
	char run[STK_COMMENT_RUN_MAX + 1]; /* id of the run; "" unknown */
	int64_t at_ns;                     /* its start, whole seconds; 0 unknown */
	char history[STK_COMMENT_HISTORY_MAX +
		     1]; /* this commit's verdict behind earlier ones; "" */
};

/* The marker of a run. key NULL: the name of its workflow. Other characters than A-Za-z0-9._/-
 * become one '-'; a name without any gives "stoker". */
void stk_comment_marker_of_run(
	struct stk_comment_marker *marker, const struct stk_run *run, const char *key);

/* Append the lines, each with its newline; the third only with a history:
 *   <!-- stoker:report v1 key=checkout -->
 *   <!-- sha=2d91e07… run=20261122-143805-shop at=2026-11-22T14:38:05Z -->  ("-" for unknown)
 *   <!-- history=a91c2b7e:g 2d91e07a:r --> */
void stk_comment_marker_format(const struct stk_comment_marker *marker, struct stk_buf *buf);

/* Read the marker of a comment's body. False: its first line is no marker, exactly. A second line
 * that is missing or broken leaves sha, run and at unknown, a third one that is none leaves no
 * history. Bytes from anywhere are fine. */
bool stk_comment_marker_parse(struct stk_str body, struct stk_comment_marker *out);

#endif
