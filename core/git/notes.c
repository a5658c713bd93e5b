/* notes: text kept beside commits under refs/notes/stoker, shared with others by fetch and push. */
#include "core/git/notes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/rand.h"
#include "core/git/invoke.h"

#define REMOTE_REF "refs/notes/stoker-remote"
#define PAUSE_MS   100 /* grows with every try */

enum { TRIES = 12 };

/* A person's own name stands in the notes' history; a machine without one still can write. */
static const char *const nobody[] = {"GIT_AUTHOR_NAME=stoker", "GIT_AUTHOR_EMAIL=stoker@localhost",
	"GIT_COMMITTER_NAME=stoker", "GIT_COMMITTER_EMAIL=stoker@localhost", NULL};

static bool has_identity(const char *dir)
{
	static const char *const args[] = {"config", "user.email", NULL};
	struct stk_invoke invoke = {.dir = dir, .args = args};

	return getenv("GIT_COMMITTER_EMAIL") || stk_invoke_ask(&invoke, NULL, NULL) == 0;
}

/* 0 or 1 (git said no), or an error. */
static int ask(const char *dir, const char *const *args, struct stk_buf *out, struct stk_err *err)
{
	struct stk_invoke invoke = {
		.dir = dir, .args = args, .env = has_identity(dir) ? NULL : nobody};

	return stk_invoke_ask(&invoke, out, err);
}

static bool has_ref(const char *dir, const char *ref)
{
	const char *args[] = {"show-ref", "--verify", "--quiet", ref, NULL};

	return ask(dir, args, NULL, NULL) == 0;
}

int stk_notes_read(const char *dir, const char *commit, struct stk_buf *out, struct stk_err *err)
{
	const char *args[] = {"notes", "--ref", STK_NOTES_REF, "show", commit, NULL};
	int rc = ask(dir, args, out, err);

	if (rc == 1)
		return stk_err_set(err, STK_E_NOT_FOUND, "commit %s has no note", commit);
	return rc;
}

int stk_notes_write(const char *dir, const char *commit, struct stk_str lines, struct stk_err *err)
{
	char *folder = NULL, *path = NULL;
	int rc = stk_fs_mkdtemp("stoker-note-", &folder, err);

	if (rc < 0)
		return rc;
	path = stk_fs_join(folder, "note");
	rc = stk_fs_write(path, lines, err);
	if (rc == 0) {
		const char *args[] = {
			"notes", "--ref", STK_NOTES_REF, "add", "-f", "-F", path, commit, NULL};

		rc = ask(dir, args, NULL, err) == 0 ? 0 : STK_E_IO;
	}
	(void)unlink(path);
	(void)rmdir(folder);
	free(path);
	free(folder);
	return rc;
}

int stk_notes_remove(const char *dir, const char *commit, struct stk_err *err)
{
	const char *args[] = {
		"notes", "--ref", STK_NOTES_REF, "remove", "--ignore-missing", commit, NULL};

	return ask(dir, args, NULL, err) == 0 ? 0 : STK_E_IO;
}

int stk_notes_list(const char *dir, struct stk_buf *out, struct stk_err *err)
{
	const char *args[] = {"notes", "--ref", STK_NOTES_REF, "list", NULL};
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_str rest, line;
	int rc = has_ref(dir, STK_NOTES_REF) ? ask(dir, args, &text, err) : 0;

	rest = stk_buf_str(&text);
	/* "note commit" */
	while (rc == 0 && stk_str_cut(&rest, '\n', &line)) {
		ptrdiff_t blank = stk_str_find_byte(line, ' ');

		if (blank > 0) {
			stk_buf_add_str(out, stk_str_skip(line, (size_t)blank + 1));
			stk_buf_add_byte(out, '\n');
		}
	}
	stk_buf_release(&text);
	return rc == 1 ? STK_E_IO : rc;
}

/* 1 the remote has notes, 0 it has none. */
static int fetch_theirs(const char *dir, const char *remote, struct stk_err *err)
{
	const char *look[] = {"ls-remote", "--exit-code", remote, STK_NOTES_REF, NULL};
	const char *fetch[] = {"fetch", "--no-tags", "--no-write-fetch-head", "--quiet", remote,
		("+" STK_NOTES_REF ":" REMOTE_REF), NULL};
	struct stk_invoke asking = {.dir = dir, .args = look};
	struct stk_invoke fetching = {.dir = dir, .args = fetch};
	struct stk_err why = STK_ERR_INIT;
	int rc = stk_invoke_run(&asking, NULL, &why);

	/* exit status 2: such a ref is not there */
	if (rc == STK_E_IO && strstr(why.msg, "exit status 2"))
		return 0;
	if (rc < 0) {
		if (err)
			*err = why;
		return rc;
	}
	rc = stk_invoke_run(&fetching, NULL, err);
	return rc < 0 ? rc : 1;
}

int stk_notes_fetch(const char *dir, const char *remote, struct stk_err *err)
{
	const char *take[] = {"update-ref", STK_NOTES_REF, REMOTE_REF, NULL};
	const char *join[] = {"notes", "--ref", STK_NOTES_REF, "merge", "-q", "-s", "cat_sort_uniq",
		REMOTE_REF, NULL};
	int rc = fetch_theirs(dir, remote, err);

	if (rc <= 0)
		return rc;
	rc = ask(dir, has_ref(dir, STK_NOTES_REF) ? join : take, NULL, err);
	return rc == 1 ? STK_E_IO : rc;
}

static void pause_before(int try)
{
	const struct stk_clock *clock = stk_clock_system();
	struct stk_rand rng;

	stk_rand_init(&rng, (uint64_t)getpid(), (uint64_t)try);
	stk_clock_sleep_until(clock,
		stk_clock_mono(clock) + stk_rand_range(&rng, 1, PAUSE_MS * try) * STK_NS_PER_MS);
}

int stk_notes_push(const char *dir, const char *remote, struct stk_err *err)
{
	const char *args[] = {"push", "--quiet", remote, (STK_NOTES_REF ":" STK_NOTES_REF), NULL};
	struct stk_invoke pushing = {.dir = dir, .args = args};
	int rc;

	if (!has_ref(dir, STK_NOTES_REF))
		return stk_err_set(err, STK_E_NOT_FOUND, "there are no notes to push");
	for (int try = 1;; try++) {
		rc = stk_invoke_run(&pushing, NULL, err);
		if (rc == 0 || try == TRIES)
			break;
		pause_before(try);
		rc = stk_notes_fetch(dir, remote, err);
		if (rc < 0)
			break;
	}
	if (rc < 0)
		stk_err_hint(err,
			"may this machine write to '%s'? In Actions that wants "
			"permissions: contents: write",
			remote);
	return rc;
}
