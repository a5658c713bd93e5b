/* range: which two commits are compared, base and head, and why those. */
#ifndef STK_CORE_GIT_RANGE_H
#define STK_CORE_GIT_RANGE_H

#include "core/base/env.h"
#include "core/git/dirty.h"
#include "core/git/repo.h"

enum { STK_RANGE_BASE, STK_RANGE_HEAD, STK_RANGE_ENDS };

/* Texts as they were asked for; all borrowed for the call. */
struct stk_range_opts {
	const struct stk_env *env; /* variables of CI systems; its interrupts */
	const char *base;          /* "merge-base:main", a revision; NULL: found out */
	const char *head;          /* a revision; NULL: found out */
	const char *base_key;      /* how base was given: "--base", "base"; for messages */
};

struct stk_range_end {
	struct stk_repo_id id;     /* what is built */
	struct stk_repo_id commit; /* what it is called by: id, or the parent of a snapshot */
	char *ref;                 /* branch, tag or what was asked for; NULL unknown */
	char *why;                 /* "merge base with main" */
};

struct stk_range {
	struct stk_range_end ends[STK_RANGE_ENDS];
	struct stk_dirty dirty;    /* of the working tree */
	bool is_snapshot;          /* head is the working tree with its changes */
	bool is_same;              /* base and head are one commit, asked for by name */
	struct stk_repo_id branch; /* tip of the branch that base is the merge base with; or "" */
	int64_t commits;           /* base..head */
	char *default_branch;      /* NULL unknown */
	char *remote;              /* URL without user and password; NULL none */
};

/* Choose both ends.
 *
 * Head: the one asked for; else the head of the pull or merge request that CI runs for (not the
 * test merge that was checked out); else HEAD with the changes of the working tree, if there are
 * any and this is no CI; else HEAD.
 * Base: the one asked for; else the merge base of head with the branch that the request goes to, or
 * the commit before the push; else the merge base with the default branch.
 *
 * STK_E_INVAL when both are one commit and nobody asked for that; STK_E_NOT_FOUND for a commit that
 * is not here, with what to fetch. */
int stk_range_choose(struct stk_repo *repo, const struct stk_range_opts *opts,
	struct stk_range *out, struct stk_err *err) STK_MUST_CHECK;
void stk_range_release(struct stk_range *range);

#endif
