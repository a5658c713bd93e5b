/* repo_priv: the repository as the files of this room see it: libgit2's handle and errors. */
#ifndef STK_CORE_GIT_REPO_PRIV_H
#define STK_CORE_GIT_REPO_PRIV_H

#include <git2.h>

#include "core/git/repo.h"

#define STK_REPO_DEEPEN                                                                            \
	"give actions/checkout fetch-depth: 0 (GitLab: GIT_DEPTH: 0), or run git fetch "           \
	"--unshallow"

struct stk_repo {
	git_repository *raw;
	char *workdir, *gitdir, *commondir;
	bool is_shallow, is_filtered;
};

/* Set an error from libgit2's result, "what: its text". STK_E_NOT_FOUND, STK_E_AUTH or STK_E_IO. */
int stk_repo_fail(int git_rc, struct stk_err *err, const char *fmt, ...) STK_PRINTF(3, 4);

#endif
