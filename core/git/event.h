/* event: what a CI system says about the change it runs for: GitHub's event file, GitLab's
 * variables. */
#ifndef STK_CORE_GIT_EVENT_H
#define STK_CORE_GIT_EVENT_H

#include "core/base/env.h"
#include "core/base/str.h"
#include "core/git/repo.h"

enum stk_event_kind {
	STK_EVENT_NONE,
	STK_EVENT_REQUEST, /* a pull or merge request, or a merge queue's group */
	STK_EVENT_PUSH     /* to the default branch; base is the commit before */
};

struct stk_event {
	enum stk_event_kind kind;
	struct stk_repo_id base, head; /* base: the tip of the branch it goes to, or "" */
	char base_ref[256];            /* a branch; "" unknown, as is what does not fit */
	char head_ref[256];
	int64_t number; /* of the request; 0 unknown */
};

/* In GitHub Actions the file that GITHUB_EVENT_PATH names, in GitLab CI_MERGE_REQUEST_…; elsewhere
 * kind is STK_EVENT_NONE. STK_E_FORMAT or STK_E_IO for a file that cannot be read. */
int stk_event_read(
	const struct stk_env *env, struct stk_event *out, struct stk_err *err) STK_MUST_CHECK;

/* GitHub's event file. What is no commit name or no branch name is left out. */
int stk_event_parse(struct stk_str json, struct stk_event *out, struct stk_err *err) STK_MUST_CHECK;

/* Runs under a CI system (CI is set, and not to false). */
bool stk_event_in_ci(const struct stk_env *env);

#endif
