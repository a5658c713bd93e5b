/* trusted_file: a file of the repository that decides about a run, as a change cannot alter it. */
#include "core/flow/trusted_file.h"

#include <stdlib.h>

#include "core/base/fs.h"
#include "core/git/invoke.h"
#include "core/git/repo.h"

/* The file of a commit; 1 it has one, 0 it has none. */
static int read_of_commit(
	const char *revision, const char *path, struct stk_buf *text, struct stk_err *err)
{
	char *name = stk_xasprintf("%s:%s", revision, path);
	const char *args[] = {"cat-file", "blob", name, NULL};
	struct stk_invoke invoke = {.dir = ".", .args = args};
	struct stk_repo *repo = NULL;
	struct stk_repo_id id;
	int rc = stk_repo_open(".", &repo, err);

	if (rc == 0)
		rc = stk_repo_resolve(repo, revision, &id, err);
	if (rc == 0)
		rc = stk_repo_has_path(repo, &id, path, err);
	if (rc == 1)
		rc = stk_invoke_run(&invoke, text, err) == 0 ? 1 : STK_E_IO;
	stk_repo_free(repo);
	free(name);
	return rc;
}

static int read_here(const char *path, struct stk_buf *text, struct stk_err *err)
{
	if (!stk_fs_exists(path))
		return 0;
	return stk_fs_read(path, text, err) == 0 ? 1 : STK_E_IO;
}

int stk_trusted_file_read(const struct stk_session *session, const char *path, struct stk_buf *text,
	struct stk_err *err)
{
	const char *revision =
		session->rules ? session->rules : session->run->sides[STK_SIDE_BASE].revision;
	struct stk_repo *repo = NULL;
	bool in_repository = stk_repo_open(".", &repo, NULL) == 0;

	stk_repo_free(repo);
	return in_repository && revision ? read_of_commit(revision, path, text, err)
					 : read_here(path, text, err);
}

int stk_trusted_file_read_local(const char *path, struct stk_buf *text, struct stk_err *err)
{
	struct stk_buf committed = STK_BUF_INIT(text->limit);
	struct stk_repo *repo = NULL;
	const char *top;
	char *here;
	int rc;

	if (stk_repo_open(".", &repo, NULL) < 0)
		return read_here(path, text, err);
	top = stk_repo_workdir(repo);
	here = top ? stk_fs_join(top, path) : stk_xstrdup(path);
	rc = read_here(here, text, err);
	/* before the first commit there is none that could have it */
	if (rc == 1 && read_of_commit("HEAD", path, &committed, NULL) == 1 &&
		stk_str_eq(stk_buf_str(&committed), stk_buf_str(text))) {
		stk_buf_clear(text);
		rc = 0;
	}
	free(here);
	stk_repo_free(repo);
	stk_buf_release(&committed);
	return rc;
}
