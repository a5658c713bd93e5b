/* worktree: a commit checked out into a folder of stoker's own. */
#ifndef STK_CORE_GIT_WORKTREE_H
#define STK_CORE_GIT_WORKTREE_H

#include <stdatomic.h>

#include "core/git/repo.h"

/* Check a commit out into path, which must not exist yet, as a detached work tree (git worktree
 * add): tools that ask git there, for a version say, get the right answer. The user's tree, index
 * and branches are not touched. STK_E_IO with git's words, STK_E_ABORTED when *interrupts becomes
 * non-zero (may be NULL): stk_worktree_forget then takes away what there is. */
int stk_worktree_add(struct stk_repo *repo, const struct stk_repo_id *commit, const char *path,
	const atomic_int *interrupts, struct stk_err *err) STK_MUST_CHECK;

/* Take the work tree at path off git's list, also one that a killed git left locked and half made.
 * Its files stay, but for .git. Not on the list: nothing happens. */
int stk_worktree_forget(
	struct stk_repo *repo, const char *path, struct stk_err *err) STK_MUST_CHECK;

#endif
