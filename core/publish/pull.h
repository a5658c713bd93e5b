/* pull: which pull request a report belongs to, asked of GitHub or Gitea. */
#ifndef STK_CORE_PUBLISH_PULL_H
#define STK_CORE_PUBLISH_PULL_H

#include "core/publish/ci.h"
#include "core/publish/rest.h"

/* Fill in what ci does not know: the pull request of a finished workflow run (by the owner and
 * branch of its head; a number that an artifact or the command line claims must have that head,
 * else STK_E_AUTH), and the head of a pull request that is only known by its number. number 0
 * afterwards: there is none open. */
int stk_pull_complete(struct stk_ci *ci, struct stk_rest *rest, struct stk_err *err) STK_MUST_CHECK;

#endif
