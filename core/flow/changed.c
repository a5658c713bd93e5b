/* changed: what differs between the commits of base and head of a session. */
#include "core/flow/changed.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/flow/builds.h"
#include "core/git/changes.h"
#include "core/git/range.h"

/* What was built (of a dirty working tree a snapshot, not the commit that the record names), else
 * what the record says; NULL unknown. */
static const char *commit_of(const struct stk_session *session, int side)
{
	const struct stk_range *range = stk_builds_range(session);

	return range ? range->ends[side].id.hex : session->run->sides[side].revision;
}

/* The top of the folder that a side was built in; the caller frees. NULL unknown. */
static char *root_of(const struct stk_session *session, int side)
{
	struct stk_builds_place place;
	size_t len, inner;

	if (!stk_builds_place(session, side, &place))
		return NULL;
	len = strlen(place.dir);
	inner = strlen(place.subdir);
	return stk_xstrndup(place.dir, inner > 0 && inner < len ? len - inner - 1 : len);
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

static int compare_commits(struct stk_session *session, struct stk_repo *repo, struct stk_err *err)
{
	struct stk_changes_spec spec = {{NULL, NULL}, {NULL, NULL}};
	char *roots[STK_SIDES];
	int rc;

	for (int side = 0; side < STK_SIDES; side++) {
		roots[side] = root_of(session, side);
		spec.revision[side] = commit_of(session, side);
		spec.root[side] = roots[side];
	}
	rc = stk_changes_read(repo, &spec, &session->changes, err);
	for (int side = 0; side < STK_SIDES; side++)
		free(roots[side]);
	return rc;
}

static int read_changes(struct stk_session *session, struct stk_err *err)
{
	struct stk_repo *repo = stk_builds_repo(session), *own = NULL;
	int rc = 0;

	if (!repo)
		rc = stk_repo_open(session->workflow->dir, &own, err);
	if (rc == STK_E_NOT_FOUND)
		return 0; /* revisions may be versions of whatever */
	if (rc == 0)
		rc = compare_commits(session, repo ? repo : own, err);
	stk_repo_free(own);
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

/* --- one side --------------------------------------------------------------------------------- */

static int read_own(struct stk_session *session, struct stk_repo *repo, struct stk_err *err)
{
	const struct stk_workflow *workflow = session->workflow;
	struct stk_range_opts opts = {
		session->env, workflow->base, workflow->head, workflow->base_key};
	const char *head = commit_of(session, STK_SIDE_HEAD);
	char *root = root_of(session, STK_SIDE_HEAD);
	struct stk_changes_spec spec = {{head, head}, {NULL, root}};
	struct stk_range range;
	bool has_range = stk_range_choose(repo, &opts, &range, NULL) == 0;
	int rc = 0;

	if (has_range)
		spec.revision[STK_SIDE_BASE] = range.ends[STK_RANGE_BASE].id.hex;
	if (has_range && !stk_builds_range(session))
		spec.revision[STK_SIDE_HEAD] = range.ends[STK_RANGE_HEAD].id.hex;
	if (spec.revision[STK_SIDE_HEAD])
		rc = stk_changes_read(repo, &spec, &session->own_changes, err);
	if (has_range)
		stk_range_release(&range);
	free(root);
	return rc;
}

struct stk_changes *stk_session_own_changes(struct stk_session *session)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo *repo = stk_builds_repo(session), *own = NULL;

	if (session->own_changes_asked)
		return session->own_changes;
	session->own_changes_asked = true;
	if (!repo && stk_repo_open(session->workflow->dir, &own, &err) == 0)
		repo = own;
	if (repo && read_own(session, repo, &err) < 0)
		session->own_changes = NULL;
	stk_repo_free(own);
	return session->own_changes;
}
