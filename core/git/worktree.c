/* worktree: a commit checked out into a folder of stoker's own. */
#include "core/git/worktree.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/git/invoke.h"

#define ADD_TIMEOUT_NS (1800 * STK_NS_PER_S) /* a filtered clone fetches what it needs */

int stk_worktree_add(struct stk_repo *repo, const struct stk_repo_id *commit, const char *path,
	const atomic_int *interrupts, struct stk_err *err)
{
	const char *const args[] = {
		"worktree", "add", "--quiet", "--detach", path, commit->hex, NULL};
	struct stk_invoke invoke = {.dir = stk_repo_commondir(repo),
		.args = args,
		.timeout_ns = ADD_TIMEOUT_NS,
		.interrupts = interrupts};
	int rc = stk_invoke_run(&invoke, NULL, err);

	if (rc == STK_E_IO && stk_repo_is_filtered(repo))
		stk_err_hint(err, "this clone is filtered and git could not fetch what is missing: "
				  "clone without --filter, or give git access to its remote");
	return rc;
}

/* The admin folder names its work tree by the path of the .git file in it. */
static bool is_of(const char *admin, const char *dot_git)
{
	char *path = stk_fs_join(admin, "gitdir");
	struct stk_buf text = STK_BUF_INIT(1 << 16);
	bool same = stk_fs_read(path, &text, NULL) == 0 &&
		    stk_str_is(stk_str_trim(stk_buf_str(&text)), dot_git);

	stk_buf_release(&text);
	free(path);
	return same;
}

/* git makes the admin folder, named after the work tree and a number, before it writes gitdir: one
 * killed between the two leaves a nameless folder. Nobody can use it; with a gitdir it is not ours
 * to judge. */
static bool is_half_made(const char *admin, const char *name, const char *base)
{
	size_t len = strlen(base);
	char *gitdir = stk_fs_join(admin, "gitdir");
	struct stk_buf text = STK_BUF_INIT(1 << 16);
	bool half = strncmp(name, base, len) == 0 &&
		    name[len + strspn(name + len, "0123456789")] == '\0' &&
		    (stk_fs_read(gitdir, &text, NULL) < 0 || text.len == 0);

	stk_buf_release(&text);
	free(gitdir);
	return half;
}

/* git worktree remove deletes the files, prune looks at the user's own work trees too, and neither
 * takes one that a killed git left locked: hence by hand. */
int stk_worktree_forget(struct stk_repo *repo, const char *path, struct stk_err *err)
{
	char *all = stk_fs_join(stk_repo_commondir(repo), "worktrees");
	char *dot_git = stk_fs_join(path, ".git");
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	char **names = NULL;
	size_t len = 0;
	int rc = 0;

	if (!stk_fs_is_dir(all))
		goto out;
	rc = stk_fs_list(all, &names, &len, err);
	for (size_t i = 0; rc == 0 && i < len; i++) {
		char *admin = stk_fs_join(all, names[i]);

		if (is_of(admin, dot_git) || is_half_made(admin, names[i], base))
			rc = stk_fs_remove_tree(admin, err);
		free(admin);
	}
	(void)rmdir(all); /* as git does with the last one; fails while there are others */
out:
	(void)unlink(dot_git); /* absent as a rule */
	stk_fs_list_free(names, len);
	free(all);
	free(dot_git);
	return rc;
}
