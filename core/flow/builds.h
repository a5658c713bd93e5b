/* builds: both sides of a run from git: which commits, their work trees, what is built of them. */
#ifndef STK_CORE_FLOW_BUILDS_H
#define STK_CORE_FLOW_BUILDS_H

#include "core/flow/session.h"

struct stk_range;
struct stk_repo;

/* Of a workflow that is built from git: choose base and head, check both out, build what no earlier
 * run has built; into the record goes what they are. Other workflows: nothing happens. Errors as of
 * stk_range_choose, stk_checkout_open and stk_service_build. */
int stk_builds_make(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;
/* The same in two steps: which commits they are, then one side after the other. Only for workflows
 * that are built from git. */
int stk_builds_choose(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;
int stk_builds_make_side(struct stk_session *session, int side, struct stk_err *err) STK_MUST_CHECK;
/* Close the work trees; the services that ran in them must have ended. */
void stk_builds_release(struct stk_session *session);

/* The repository and the commits, NULL when nothing is built from git; valid until release. */
struct stk_repo *stk_builds_repo(const struct stk_session *session);
const struct stk_range *stk_builds_range(const struct stk_session *session);
/* Folder of a side's work tree, build output and commit; false: not built from git. subdir: where
 * the workflow lies within the work tree, "" its top; dir ends with it. */
struct stk_builds_place {
	const char *dir, *out, *rev, *subdir;
};
bool stk_builds_place(const struct stk_session *session, int side, struct stk_builds_place *out);

#endif
