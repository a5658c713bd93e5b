/* status: the state of a commit in a forge's words, and text cut to its limits. */
#ifndef STK_CORE_PUBLISH_STATUS_H
#define STK_CORE_PUBLISH_STATUS_H

#include "core/base/buf.h"
#include "core/record/run.h"

/* Append at most max characters of UTF-8 text; the last is "…" where it was cut. */
void stk_status_cut(struct stk_buf *buf, struct stk_str text, size_t max);

/* "success", "failure" (a gate or a threshold was crossed, --strict could not tell), "error" (the
 * run broke): GitHub's and Gitea's words; static text. */
const char *stk_status_state(const struct stk_run *run);

#endif
