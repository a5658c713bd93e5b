/* comment_history: what earlier commits of the pull request got, carried along by the comment. */
#ifndef STK_CORE_REPORT_COMMENT_HISTORY_H
#define STK_CORE_REPORT_COMMENT_HISTORY_H

#include <stdbool.h>

#include "core/base/buf.h"

/* At most so many commits, the oldest go first: "a91c2b7e:g 2d91e07a:r", as it stands in the
 * comment's third hidden line. */
enum { STK_COMMENT_HISTORY_LEN = 8, STK_COMMENT_HISTORY_MAX = STK_COMMENT_HISTORY_LEN * 11 };

/* Whether text is such words and nothing else. Bytes from anywhere are fine. */
bool stk_comment_history_is(struct stk_str text);

/* Earlier words ("" for none; what is no such words counts as none) with this commit behind them,
 * in place of an earlier verdict on it; sha "" leaves them as they are. mark is one of the
 * comment's marks. out holds STK_COMMENT_HISTORY_MAX + 1 bytes. */
void stk_comment_history_add(const char *earlier, const char *sha, const char *mark, char *out);

/* Append "`a91c` 🟢 → `2d91` 🔴"; nothing for a single commit. */
void stk_comment_history_format(const char *words, struct stk_buf *buf);

#endif
