/* changed: what differs between the commits of base and head of a session. */
#include "core/flow/changed.h"

#include "core/base/buf.h"
#include "core/git/changes.h"

static const char *commit_of(const struct stk_session *session, int side)
{
	const char *built = session->sides[side].commit;

	return built ? built : session->run->sides[side].revision;
}

/* A cost that changed without a changed line may well come from these. */
static void note_settings(struct stk_session *session)
{
	struct stk_buf text = STK_BUF_EMPTY;

	for (size_t i = 0; i < session->changes->settings.len; i++)
		stk_buf_addf(&text, "%s%s", i > 0 ? ", " : "", session->changes->settings.items[i]);
	if (text.len > 0)
		stk_run_note(session->run, STK_NOTE_INFO,
			"base and head also differ in what they are built with: %s", text.ptr);
	stk_buf_release(&text);
}

static int read_changes(struct stk_session *session, struct stk_err *err)
{
	struct stk_changes_spec spec = {{0}, {0}};
	struct stk_repo *repo = NULL;
	int rc = stk_repo_open(session->workflow->dir, &repo, err);

	if (rc == STK_E_NOT_FOUND)
		return 0; /* revisions may be versions of whatever */
	for (int side = 0; side < STK_SIDES; side++) {
		spec.revision[side] = commit_of(session, side);
		spec.root[side] = session->sides[side].tree;
	}
	if (rc == 0)
		rc = stk_changes_read(repo, &spec, &session->changes, err);
	stk_repo_free(repo);
	return rc;
}

struct stk_changes *stk_session_changes(struct stk_session *session)
{
	struct stk_err err = STK_ERR_INIT;

	if (session->changes_asked || !commit_of(session, STK_SIDE_BASE) ||
		!commit_of(session, STK_SIDE_HEAD))
		return session->changes;
	session->changes_asked = true;
	if (read_changes(session, &err) < 0)
		stk_session_warn(session, "rows are not linked to changed lines: %s", err.msg);
	if (!session->changes)
		return NULL;
	session->run->repository.files = session->changes->files_len;
	session->run->repository.lines = session->changes->lines;
	if (session->changes->cut)
		stk_session_warn(session, "%s", session->changes->cut);
	note_settings(session);
	return session->changes;
}
