/* acceptances: which regressions of a run the base has accepted. */
#include "core/flow/acceptances.h"

#include "core/base/fs.h"
#include "core/baseline/accepted.h"
#include "core/git/invoke.h"
#include "core/git/repo.h"

/* The file of a commit; 1 it has one, 0 it has none. */
static int read_of_commit(const char *revision, struct stk_buf *text, struct stk_err *err)
{
	char *name = stk_xasprintf("%s:" STK_ACCEPTED_PATH, revision);
	const char *args[] = {"cat-file", "blob", name, NULL};
	struct stk_invoke invoke = {.dir = ".", .args = args};
	struct stk_repo *repo = NULL;
	struct stk_repo_id id;
	int rc = stk_repo_open(".", &repo, err);

	if (rc == 0)
		rc = stk_repo_resolve(repo, revision, &id, err);
	if (rc == 0)
		rc = stk_repo_has_path(repo, &id, STK_ACCEPTED_PATH, err);
	if (rc == 1)
		rc = stk_invoke_run(&invoke, text, err) == 0 ? 1 : STK_E_IO;
	stk_repo_free(repo);
	free(name);
	return rc;
}

/* In a repository only the base counts: a change must not accept itself. */
static int read_file(const struct stk_session *session, struct stk_buf *text, struct stk_err *err)
{
	const char *revision = session->run->sides[STK_SIDE_BASE].revision;
	struct stk_repo *repo = NULL;
	bool in_repository = stk_repo_open(".", &repo, NULL) == 0;

	stk_repo_free(repo);
	if (in_repository && revision)
		return read_of_commit(revision, text, err);
	if (!stk_fs_exists(STK_ACCEPTED_PATH))
		return 0;
	return stk_fs_read(STK_ACCEPTED_PATH, text, err) == 0 ? 1 : STK_E_IO;
}

void stk_session_apply_accepted(struct stk_session *session)
{
	struct stk_buf text = STK_BUF_INIT(STK_ACCEPTED_BYTES_MAX);
	struct stk_accepted accepted;
	struct stk_err err = STK_ERR_INIT;
	int rc;

	if (session->run->comparisons.len == 0)
		return;
	stk_accepted_init(&accepted);
	rc = read_file(session, &text, &err);
	if (rc == 1)
		rc = stk_accepted_parse(stk_buf_str(&text), &accepted, &err);
	if (rc < 0)
		stk_session_warn(session, "nothing is accepted: %s", err.msg);
	else
		stk_accepted_apply(&accepted, session->run, stk_clock_wall(session->clock));
	stk_accepted_release(&accepted);
	stk_buf_release(&text);
}
