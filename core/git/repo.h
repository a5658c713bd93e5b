/* repo: a git repository: open, commits by name, merge base, what of it is missing here. */
#ifndef STK_CORE_GIT_REPO_H
#define STK_CORE_GIT_REPO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

/* A commit by its full name in hex; "" is none. */
struct stk_repo_id {
	char hex[41];
};

/* An open repository. One thread at a time. */
struct stk_repo;

/* Find the repository that path lies in (upwards, as git does) and open it; variables such as
 * GIT_DIR, which git sets for hooks, are not looked at. STK_E_NOT_FOUND when there is none,
 * STK_E_AUTH when it is another user's and not in safe.directory. */
int stk_repo_open(const char *path, struct stk_repo **out, struct stk_err *err) STK_MUST_CHECK;
void stk_repo_free(struct stk_repo *repo); /* NULL is fine */

/* Without a slash at the end; valid until free. */
const char *stk_repo_workdir(const struct stk_repo *repo); /* NULL for a bare one */
const char *stk_repo_gitdir(const struct stk_repo *repo);  /* of this work tree */
const char *stk_repo_commondir(const struct stk_repo *repo);

/* Its history ends early (git clone --depth). */
bool stk_repo_is_shallow(const struct stk_repo *repo);
/* Objects are missing on purpose and fetched when git needs them (git clone --filter). */
bool stk_repo_is_filtered(const struct stk_repo *repo);

/* A commit by what people call it: branch, tag, sha, HEAD~2. A name that is only a branch of the
 * remote is found too (main as origin/main): a CI clone has no other. STK_E_NOT_FOUND with what to
 * fetch. */
int stk_repo_resolve(struct stk_repo *repo, const char *rev, struct stk_repo_id *out,
	struct stk_err *err) STK_MUST_CHECK;

/* The commit that is checked out, and the branch (the caller frees; NULL when HEAD is detached).
 * STK_E_NOT_FOUND before the first commit. */
int stk_repo_head(struct stk_repo *repo, struct stk_repo_id *out, char **branch_out,
	struct stk_err *err) STK_MUST_CHECK;

/* The branch that others start from: where the remote's HEAD points, else main, master, or
 * init.defaultBranch, of the remote before the local one. *name_out is "main", *ref_out
 * "refs/remotes/origin/main"; the caller frees both. STK_E_NOT_FOUND. */
int stk_repo_default_branch(
	struct stk_repo *repo, char **name_out, char **ref_out, struct stk_err *err) STK_MUST_CHECK;

/* The best common ancestor. STK_E_NOT_FOUND when there is none, or none in a shallow clone, whose
 * hint names fetch-depth: 0 and git fetch --unshallow. */
int stk_repo_merge_base(struct stk_repo *repo, const struct stk_repo_id *a,
	const struct stk_repo_id *b, struct stk_repo_id *out, struct stk_err *err) STK_MUST_CHECK;

/* Commits that head has and base has not. */
int stk_repo_count_commits(struct stk_repo *repo, const struct stk_repo_id *base,
	const struct stk_repo_id *head, int64_t *out, struct stk_err *err) STK_MUST_CHECK;

/* 1 the commit has a file or folder of this path (relative, no slash at the end; "" is the root),
 * 0 it has not, or an error. */
int stk_repo_has_path(struct stk_repo *repo, const struct stk_repo_id *commit, const char *path,
	struct stk_err *err) STK_MUST_CHECK;

/* URL of the remote origin (else upstream, else the first one) without user and password; the
 * caller frees. NULL: there is no remote. */
char *stk_repo_remote_url(struct stk_repo *repo);

/* The same text without what stands between "://" and "@"; the caller frees. */
char *stk_repo_strip_url(const char *url);

#endif
