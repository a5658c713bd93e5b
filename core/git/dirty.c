/* dirty: what the working tree has that its commit has not. */
#include "core/git/dirty.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/git/invoke.h"

#define STATUS_MAX ((size_t)256 << 20) /* of file names */
#define INDEX_MAX  ((size_t)1 << 30)

bool stk_dirty_any(const struct stk_dirty *dirty)
{
	return dirty->tracked > 0 || dirty->untracked > 0 || dirty->submodules > 0;
}

/* "1 .M N... 100644 …": the third word of a submodule is S and flags: C another commit, M and U
 * changes inside it. */
static void count_changed(struct stk_str record, struct stk_dirty *out)
{
	struct stk_str word = STK_STR(""), rest = record;
	bool inside;

	for (int i = 0; i < 3; i++)
		if (!stk_str_cut(&rest, ' ', &word))
			return;
	inside = word.len == 4 && word.ptr[0] == 'S' && (word.ptr[2] == 'M' || word.ptr[3] == 'U');
	out->submodules += inside;
	out->tracked += !inside || word.ptr[1] == 'C';
}

void stk_dirty_parse(struct stk_str text, struct stk_dirty *out)
{
	struct stk_str record;

	*out = (struct stk_dirty){0, 0, 0};
	while (stk_str_cut(&text, '\0', &record)) {
		if (stk_str_starts(record, "? "))
			out->untracked++;
		else if (stk_str_starts(record, "u "))
			out->tracked++;
		else if (stk_str_starts(record, "1 "))
			count_changed(record, out);
	}
}

static int need_tree(const struct stk_repo *repo, struct stk_err *err)
{
	return stk_repo_workdir(repo)
		       ? 0
		       : stk_err_set(err, STK_E_INVAL, "a bare repository has no working tree");
}

int stk_dirty_read(struct stk_repo *repo, const atomic_int *interrupts, struct stk_dirty *out,
	struct stk_err *err)
{
	const char *const args[] = {"status", "--porcelain=v2", "-z", "--untracked-files=all",
		"--no-renames", "--ignore-submodules=none", NULL};
	struct stk_invoke invoke = {
		.dir = stk_repo_workdir(repo), .args = args, .interrupts = interrupts};
	struct stk_buf text = STK_BUF_INIT(STATUS_MAX);
	int rc = need_tree(repo, err);

	if (rc == 0)
		rc = stk_invoke_run(&invoke, &text, err);
	if (rc == 0)
		stk_dirty_parse(stk_buf_str(&text), out);
	stk_buf_release(&text);
	return rc;
}

/* One git command of the snapshot whose answer is one word. */
struct making {
	struct stk_repo *repo;
	const atomic_int *interrupts;
	const char *index; /* GIT_INDEX_FILE=… */
	const char *date;  /* @seconds +0000 */
};

static int ask(const struct making *making, const char *const *args, struct stk_buf *out,
	struct stk_err *err)
{
	char *author = stk_xasprintf("GIT_AUTHOR_DATE=%s", making->date);
	char *committer = stk_xasprintf("GIT_COMMITTER_DATE=%s", making->date);
	const char *const env[] = {making->index, author, committer, "GIT_AUTHOR_NAME=stoker",
		"GIT_AUTHOR_EMAIL=stoker@localhost", "GIT_COMMITTER_NAME=stoker",
		"GIT_COMMITTER_EMAIL=stoker@localhost", NULL};
	struct stk_invoke invoke = {.dir = stk_repo_workdir(making->repo),
		.args = args,
		.env = env,
		.interrupts = making->interrupts};
	int rc;

	stk_buf_clear(out);
	rc = stk_invoke_run(&invoke, out, err);
	while (rc == 0 && out->len > 0 && out->ptr[out->len - 1] == '\n')
		stk_buf_truncate(out, out->len - 1);
	free(author);
	free(committer);
	return rc;
}

/* The user's index as a start: git then need not hash what has not changed. */
static int copy_index(struct stk_repo *repo, const char *to, struct stk_err *err)
{
	char *from = stk_fs_join(stk_repo_gitdir(repo), "index");
	struct stk_buf bytes = STK_BUF_INIT(INDEX_MAX);
	int rc = 0;

	if (stk_fs_exists(from)) {
		rc = stk_fs_read(from, &bytes, err);
		if (rc == 0)
			rc = stk_fs_write(to, stk_buf_str(&bytes), err);
	}
	stk_buf_release(&bytes);
	free(from);
	return rc;
}

static int make_commit(const struct making *making, const struct stk_repo_id *parent,
	struct stk_repo_id *out, struct stk_err *err)
{
	const char *const add[] = {"-c", "core.splitIndex=false", "add", "--all", "--", ".", NULL};
	const char *const write[] = {"write-tree", NULL};
	struct stk_buf text = STK_BUF_INIT(4096), tree = STK_BUF_INIT(4096);
	char *of_parent = stk_xasprintf("%s^{tree}", parent->hex);
	const char *const known[] = {"rev-parse", of_parent, NULL};
	int rc = ask(making, add, &text, err);

	if (rc == 0)
		rc = ask(making, write, &tree, err);
	if (rc == 0)
		rc = ask(making, known, &text, err);
	if (rc == 0 && strcmp(text.ptr, tree.ptr) == 0) {
		*out = *parent;
	} else if (rc == 0) {
		const char *const commit[] = {"commit-tree", tree.ptr, "-p", parent->hex, "-m",
			"stoker: the working tree", NULL};
		rc = ask(making, commit, &text, err);
		if (rc == 0)
			rc = stk_repo_resolve(making->repo, text.ptr, out, err);
	}
	stk_buf_release(&text);
	stk_buf_release(&tree);
	free(of_parent);
	return rc;
}

/* When the parent was committed: the same content is to give the same name again. */
static int read_date(const struct making *making, const struct stk_repo_id *parent,
	struct stk_buf *out, struct stk_err *err)
{
	const char *const args[] = {
		"show", "-s", "--no-show-signature", "--format=@%ct +0000", parent->hex, NULL};

	return ask(making, args, out, err);
}

int stk_dirty_snapshot(struct stk_repo *repo, const struct stk_repo_id *parent,
	const atomic_int *interrupts, struct stk_repo_id *out, struct stk_err *err)
{
	struct stk_buf date = STK_BUF_INIT(4096);
	struct making making = {repo, interrupts, NULL, "@0 +0000"};
	char *dir = NULL, *path = NULL, *index = NULL;
	int rc = need_tree(repo, err);

	if (rc == 0)
		rc = stk_fs_mkdtemp("stoker-index", &dir, err);
	if (rc < 0)
		return rc;
	path = stk_fs_join(dir, "index");
	index = stk_xasprintf("GIT_INDEX_FILE=%s", path);
	making.index = index;
	rc = copy_index(repo, path, err);
	if (rc == 0)
		rc = read_date(&making, parent, &date, err);
	making.date = date.ptr;
	if (rc == 0)
		rc = make_commit(&making, parent, out, err);
	if (rc < 0)
		(void)stk_err_wrap(err, "the working tree as a commit"); /* rc is the same */
	(void)!stk_fs_remove_tree(dir, NULL); /* below the temporary folder */
	stk_buf_release(&date);
	free(index);
	free(path);
	free(dir);
	return rc;
}
