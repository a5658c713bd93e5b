/* commit: which commit is checked out where a run happens. */
#include "core/flow/commit.h"

#include <stdlib.h>

#include "core/base/buf.h"
#include "core/git/invoke.h"
#include "core/git/repo.h"

static int look_for_changes(bool *out, struct stk_err *err)
{
	static const char *const args[] = {"status", "--porcelain", "--untracked-files=no", NULL};
	struct stk_invoke invoke = {.dir = ".", .args = args};
	struct stk_buf text = STK_BUF_EMPTY;
	int rc = stk_invoke_run(&invoke, &text, err);

	if (rc == 0)
		*out = text.len > 0;
	stk_buf_release(&text);
	return rc;
}

static void note_repository(struct stk_run *run, struct stk_repo *repo)
{
	char *remote = stk_repo_remote_url(repo), *name = NULL, *ref = NULL;

	run->repository.remote = stk_run_text(run, remote);
	if (stk_repo_default_branch(repo, &name, &ref, NULL) == 0)
		run->repository.default_branch = stk_run_text(run, name);
	free(remote);
	free(name);
	free(ref);
}

int stk_session_note_commit(struct stk_session *session, struct stk_err *err)
{
	struct stk_side_info *head = &session->run->sides[STK_SIDE_HEAD];
	struct stk_repo *repo = NULL;
	struct stk_repo_id id;
	char *branch = NULL;

	if (stk_repo_open(".", &repo, NULL) < 0)
		return 0;
	/* one without a first commit is none yet */
	if (stk_repo_head(repo, &id, &branch, NULL) == 0) {
		head->revision = stk_run_text(session->run, id.hex);
		head->ref = stk_run_text(session->run, branch);
		head->why = "checked out here";
		note_repository(session->run, repo);
	}
	free(branch);
	stk_repo_free(repo);
	return head->revision ? look_for_changes(&head->dirty, err) : 0;
}
