/* walk: the text files of a repository, one after the other: bounded, without ignored ones. */
#include "core/init/walk.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/init/ignore.h"

struct walk {
	const char *root;
	const struct stk_walk_opts *opts;
	struct stk_ignore ignore;
	size_t entries, bytes;
	bool cut, deep;
};

/* Code that somebody else wrote, and what builds leave behind; .gitignore names most of them. */
static bool is_foreign(const char *name)
{
	static const char *const names[] = {".git", ".hg", ".svn", ".stoker", ".venv", "venv",
		"node_modules", "vendor", "third_party", "target", "dist", "__pycache__",
		"testdata"};

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* What lies at root/path: 'f' a file, 'd' a folder, 0 anything else, also a link. */
static char kind_of(const struct walk *walk, const char *path)
{
	char *full = stk_fs_join(walk->root, path);
	struct stat st;
	char kind = 0;

	if (lstat(full, &st) == 0)
		kind = S_ISREG(st.st_mode) ? 'f' : S_ISDIR(st.st_mode) ? 'd' : 0;
	free(full);
	return kind;
}

static void read_ignore(struct walk *walk, const char *folder)
{
	char *path = stk_xasprintf("%s/%s.gitignore", walk->root, folder);
	char *below = stk_xasprintf("%s.gitignore", folder);
	struct stk_buf text = STK_BUF_INIT(STK_WALK_FILE_MAX);

	if (kind_of(walk, below) == 'f' && stk_fs_read(path, &text, NULL) == 0)
		stk_ignore_read(&walk->ignore, folder, stk_buf_str(&text));
	stk_buf_release(&text);
	free(below);
	free(path);
}

static void show_file(struct walk *walk, const char *path)
{
	struct stk_buf text = STK_BUF_INIT(STK_WALK_FILE_MAX);
	char *full;

	if (!walk->opts->wants(path, walk->opts->ctx))
		return;
	full = stk_fs_join(walk->root, path);
	if (stk_fs_read(full, &text, NULL) < 0)
		stk_buf_clear(&text);
	walk->bytes += text.len;
	walk->cut = walk->cut || walk->bytes > STK_WALK_BYTES_MAX;
	walk->opts->file(path, stk_buf_str(&text), walk->opts->ctx);
	stk_buf_release(&text);
	free(full);
}

/* Entries of one kind of a folder ("" or "web/"), as paths from the root. */
struct entries {
	char **names;
	size_t len;
};

static int walk_folder(struct walk *walk, const char *folder, int depth, struct stk_err *err);

static void visit(struct walk *walk, const char *folder, const char *name, int depth, char wanted)
{
	char *path = stk_xasprintf("%s%s", folder, name);
	char kind = kind_of(walk, path);

	if (kind == wanted && !stk_ignore_has(&walk->ignore, path, kind == 'd')) {
		walk->entries++;
		walk->cut = walk->cut || walk->entries > STK_WALK_ENTRIES_MAX;
		if (kind == 'f') {
			show_file(walk, path);
		} else if (!is_foreign(name)) {
			char *below = stk_xasprintf("%s/", path);

			(void)walk_folder(walk, below, depth + 1, NULL); /* skipped, as promised */
			free(below);
		}
	}
	free(path);
}

static int walk_folder(struct walk *walk, const char *folder, int depth, struct stk_err *err)
{
	char *full = stk_fs_join(walk->root, folder);
	struct entries in = {NULL, 0};
	int rc = 0;

	if (depth > STK_WALK_DEPTH_MAX)
		walk->deep = true;
	else
		rc = stk_fs_list(full, &in.names, &in.len, err);
	if (rc == 0 && in.len > 0)
		read_ignore(walk, folder);
	for (size_t i = 0; i < in.len && !walk->cut; i++)
		visit(walk, folder, in.names[i], depth, 'f');
	for (size_t i = 0; i < in.len && !walk->cut; i++)
		visit(walk, folder, in.names[i], depth, 'd');
	stk_fs_list_free(in.names, in.len);
	free(full);
	return rc;
}

int stk_walk_files(
	const char *root, const struct stk_walk_opts *opts, bool *cut_out, struct stk_err *err)
{
	struct walk walk = {.root = root, .opts = opts, .ignore = STK_IGNORE_INIT};
	int rc = walk_folder(&walk, "", 0, err);

	*cut_out = walk.cut || walk.deep;
	stk_ignore_release(&walk.ignore);
	return rc;
}
