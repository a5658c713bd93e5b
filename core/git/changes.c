/* changes: which lines of which files differ between two commits, renames followed. */
#include "core/git/changes.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/git/repo_priv.h"

/* All texts kept, together; go.mod files read; pairs of files tried for a rename. */
#define TEXTS_MAX ((size_t)64 << 20)

enum { GO_MODS_MAX = 1000, GO_MOD_BYTES_MAX = 1 << 20, RENAMES_MAX = 1000, SETTINGS_MAX = 20 };

struct reading {
	struct stk_repo *repo;
	struct stk_changes *out;
	git_tree *tree[STK_CHANGES_SIDES];
	git_diff *diff;
	size_t go_mods, texts;
	size_t left_out, unread; /* files over a limit; files whose content is not here */
	bool tracked_cut;
};

/* --- the files of a commit ---------------------------------------------------------------- */

struct walk {
	struct reading *reading;
	struct stk_paths *paths;
};

static void read_go_mod(struct walk *walk, const char *dir, const git_tree_entry *entry)
{
	git_blob *blob = NULL;

	if (walk->reading->go_mods++ >= GO_MODS_MAX ||
		git_blob_lookup(&blob, walk->reading->repo->raw, git_tree_entry_id(entry)) < 0)
		return;
	if (git_blob_rawsize(blob) <= GO_MOD_BYTES_MAX)
		stk_paths_add_go_mod(walk->paths, stk_str_of(dir),
			stk_str_n(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob)));
	git_blob_free(blob);
}

static int walk_entry(const char *dir, const git_tree_entry *entry, void *ctx)
{
	struct walk *walk = ctx;
	git_filemode_t mode = git_tree_entry_filemode(entry);
	struct stk_buf path = STK_BUF_EMPTY;

	if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE)
		return 0; /* folders are entered; links and submodules hold no lines */
	if (walk->paths->files.len >= STK_CHANGES_TRACKED_MAX) {
		walk->reading->tracked_cut = true;
		return -1;
	}
	stk_buf_addf(&path, "%s%s", dir, git_tree_entry_name(entry));
	stk_paths_add(walk->paths, stk_buf_str(&path));
	stk_buf_release(&path);
	if (strcmp(git_tree_entry_name(entry), "go.mod") == 0)
		read_go_mod(walk, dir, entry);
	return 0;
}

static int read_tree(struct reading *reading, int side, const char *revision, struct stk_err *err)
{
	struct walk walk = {reading, &reading->out->paths[side]};
	struct stk_repo_id id;
	git_object *found = NULL;
	int rc = stk_repo_resolve(reading->repo, revision, &id, err);

	if (rc < 0)
		return rc;
	rc = git_revparse_single(&found, reading->repo->raw, id.hex);
	if (rc == 0)
		rc = git_object_peel((git_object **)&reading->tree[side], found, GIT_OBJECT_TREE);
	git_object_free(found);
	if (rc == 0)
		rc = git_tree_walk(reading->tree[side], GIT_TREEWALK_PRE, walk_entry, &walk);
	if (rc < 0 && !reading->tracked_cut)
		return stk_repo_fail(rc, err, "the files of commit '%s'", revision);
	return 0;
}

/* --- what differs ----------------------------------------------------------------------------- */

static int compare_trees(struct reading *reading, struct stk_err *err)
{
	git_diff_options opts;
	git_diff_find_options find;
	int rc;

	(void)git_diff_options_init(&opts, GIT_DIFF_OPTIONS_VERSION);
	(void)git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
	opts.context_lines = 0;
	opts.flags = GIT_DIFF_IGNORE_WHITESPACE_EOL | GIT_DIFF_IGNORE_BLANK_LINES;
	opts.max_size = (git_off_t)STK_CHANGES_BYTES_MAX;
	rc = git_diff_tree_to_tree(&reading->diff, reading->repo->raw,
		reading->tree[STK_CHANGES_OLD], reading->tree[STK_CHANGES_NEW], &opts);
	if (rc < 0)
		return stk_repo_fail(rc, err, "what differs between the commits");
	find.flags = GIT_DIFF_FIND_RENAMES;
	find.rename_limit = RENAMES_MAX;
	rc = git_diff_find_similar(reading->diff, &find);
	if (rc < 0) { /* content is missing: the same content in another place is found without */
		find.flags = GIT_DIFF_FIND_RENAMES | GIT_DIFF_FIND_EXACT_MATCH_ONLY;
		rc = git_diff_find_similar(reading->diff, &find);
	}
	if (rc < 0)
		return stk_repo_fail(rc, err, "renames between the commits");
	return 0;
}

/* True for files that say what is built, with what, and how it runs. */
static bool is_setting(struct stk_str path)
{
	static const char *const names[] = {"go.mod", "go.sum", "go.work", "package.json",
		"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml",
		"requirements.txt", "pyproject.toml", "poetry.lock", "uv.lock", "Pipfile.lock",
		"Cargo.toml", "Cargo.lock", "pom.xml", "build.gradle", "build.gradle.kts",
		"gradle.properties", "gradle.lockfile", "Dockerfile", "Makefile", "CMakeLists.txt",
		"docker-compose.yml", "docker-compose.yaml", "compose.yaml", "compose.yml",
		"Gemfile.lock", "composer.lock", ".tool-versions", ".nvmrc", ".python-version"};
	struct stk_str name = stk_str_skip(path, (size_t)(stk_str_rfind_byte(path, '/') + 1));

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++) {
		if (stk_str_is(name, names[i]))
			return true;
	}
	return stk_str_starts(name, "Dockerfile.");
}

static void note_setting(struct reading *reading, const git_diff_delta *delta)
{
	const char *path = delta->new_file.path;
	bool is_submodule = delta->new_file.mode == GIT_FILEMODE_COMMIT ||
			    delta->old_file.mode == GIT_FILEMODE_COMMIT;

	if ((is_submodule || is_setting(stk_str_of(path))) &&
		reading->out->settings.len < SETTINGS_MAX)
		stk_vec_push(&reading->out->settings, stk_arena_dup(&reading->out->arena, path));
}

static void keep_text(struct reading *reading, const git_oid *id, struct stk_str *out)
{
	git_blob *blob = NULL;
	size_t size;

	if (git_blob_lookup(&blob, reading->repo->raw, id) < 0)
		return;
	size = (size_t)git_blob_rawsize(blob);
	if (size <= STK_CHANGES_BYTES_MAX && reading->texts + size <= TEXTS_MAX) {
		char *copy = stk_arena_str(
			&reading->out->arena, stk_str_n(git_blob_rawcontent(blob), size));

		*out = stk_str_n(copy, size);
		reading->texts += size;
	}
	git_blob_free(blob);
}

static int64_t add_hunks(git_patch *patch, struct stk_changes_file *file)
{
	size_t len = git_patch_num_hunks(patch);
	int64_t lines = 0;

	for (size_t i = 0; i < len; i++) {
		const git_diff_hunk *from;

		if (git_patch_get_hunk(&from, NULL, patch, i) < 0)
			break;
		stk_vec_push(
			&file->hunks, (struct stk_changes_hunk){{from->old_start, from->new_start},
					      {from->old_lines, from->new_lines}});
		lines += from->old_lines + from->new_lines;
	}
	return lines;
}

/* Lines of one file that differs; without them it stays unknown. */
static void read_lines(struct reading *reading, size_t number, struct stk_changes_file *file)
{
	git_patch *patch = NULL;
	const git_diff_delta *delta;

	file->is_unknown = true;
	if (number >= STK_CHANGES_FILES_MAX || reading->out->lines >= STK_CHANGES_LINES_MAX) {
		reading->left_out++;
		return;
	}
	if (git_patch_from_diff(&patch, reading->diff, number) < 0 || !patch) {
		reading->unread++;
		return;
	}
	delta = git_patch_get_delta(patch);
	if (!(delta->flags & GIT_DIFF_FLAG_BINARY)) {
		file->is_unknown = false;
		reading->out->lines += add_hunks(patch, file);
		if (file->path[STK_CHANGES_OLD])
			keep_text(reading, &delta->old_file.id, &file->text[STK_CHANGES_OLD]);
		if (file->path[STK_CHANGES_NEW])
			keep_text(reading, &delta->new_file.id, &file->text[STK_CHANGES_NEW]);
	}
	git_patch_free(patch);
}

static void add_path(struct reading *reading, int side, size_t number,
	struct stk_changes_file *file, const char *path)
{
	file->path[side] = stk_arena_dup(&reading->out->arena, path);
	stk_map_put(&reading->out->by_path[side], stk_str_of(path), NULL)->num = number;
}

static bool is_regular(uint16_t mode)
{
	return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

static void add_delta(struct reading *reading, size_t at)
{
	const git_diff_delta *delta = git_diff_get_delta(reading->diff, at);
	bool has_old = delta->status != GIT_DELTA_ADDED && is_regular(delta->old_file.mode);
	bool has_new = delta->status != GIT_DELTA_DELETED && is_regular(delta->new_file.mode);
	size_t number = reading->out->files.len;
	struct stk_changes_file *file;

	note_setting(reading, delta);
	/* only the mode differs */
	if (delta->status == GIT_DELTA_MODIFIED &&
		git_oid_equal(&delta->old_file.id, &delta->new_file.id))
		return;
	if (!has_old && !has_new)
		return;
	file = stk_vec_push_new(&reading->out->files);
	if (has_old)
		add_path(reading, STK_CHANGES_OLD, number, file, delta->old_file.path);
	if (has_new)
		add_path(reading, STK_CHANGES_NEW, number, file, delta->new_file.path);
	reading->out->files_len++;
	read_lines(reading, at, file);
}

static void tell_cut(struct reading *reading)
{
	struct stk_buf text = STK_BUF_EMPTY;

	if (reading->left_out > 0)
		stk_buf_addf(&text,
			"%lld files differ: the changed lines of %zu of them were not looked at",
			(long long)reading->out->files_len, reading->left_out);
	if (reading->unread > 0)
		stk_buf_addf(&text, "%sthe content of %zu changed files is not in this clone",
			text.len > 0 ? "; " : "", reading->unread);
	if (reading->tracked_cut)
		stk_buf_addf(&text, "%sa commit has more than %zu files: the others are not known",
			text.len > 0 ? "; " : "", STK_CHANGES_TRACKED_MAX);
	if (text.len > 0)
		reading->out->cut = stk_arena_str(&reading->out->arena, stk_buf_str(&text));
	stk_buf_release(&text);
}

int stk_changes_read(struct stk_repo *repo, const struct stk_changes_spec *spec,
	struct stk_changes **out, struct stk_err *err)
{
	struct stk_changes *changes = stk_xcalloc(1, sizeof *changes);
	struct reading reading = {.repo = repo, .out = changes};
	int rc = 0;

	for (int side = 0; side < STK_CHANGES_SIDES; side++)
		stk_paths_init(&changes->paths[side]);
	for (int side = 0; rc == 0 && side < STK_CHANGES_SIDES; side++) {
		stk_paths_set_root(&changes->paths[side], spec->root[side]);
		rc = read_tree(&reading, side, spec->revision[side], err);
	}
	if (rc == 0)
		rc = compare_trees(&reading, err);
	if (rc < 0)
		goto out;
	for (size_t i = 0; i < git_diff_num_deltas(reading.diff); i++)
		add_delta(&reading, i);
	tell_cut(&reading);
	*out = changes;
	changes = NULL;
out:
	git_diff_free(reading.diff);
	git_tree_free(reading.tree[STK_CHANGES_OLD]);
	git_tree_free(reading.tree[STK_CHANGES_NEW]);
	stk_changes_free(changes);
	return rc;
}

void stk_changes_free(struct stk_changes *changes)
{
	if (!changes)
		return;
	for (size_t i = 0; i < changes->files.len; i++)
		stk_vec_release(&changes->files.items[i].hunks);
	stk_vec_release(&changes->files);
	stk_vec_release(&changes->settings);
	for (int side = 0; side < STK_CHANGES_SIDES; side++) {
		stk_paths_release(&changes->paths[side]);
		stk_map_release(&changes->by_path[side]);
	}
	stk_arena_release(&changes->arena);
	free(changes);
}

const struct stk_changes_file *stk_changes_find(
	const struct stk_changes *changes, int side, struct stk_str path)
{
	const union stk_map_value *slot = stk_map_find(&changes->by_path[side], path);

	return slot ? &changes->files.items[slot->num] : NULL;
}

const struct stk_changes_hunk *stk_changes_touch(
	const struct stk_changes_file *file, int side, int64_t first, int64_t last)
{
	size_t low = 0, high = file->hunks.len;

	/* the first hunk that does not end before `first`; empty ones end before they begin */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct stk_changes_hunk *hunk = &file->hunks.items[middle];

		if (hunk->first[side] + hunk->len[side] <= first)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < file->hunks.len && file->hunks.items[low].first[side] <= last; low++) {
		if (file->hunks.items[low].len[side] > 0)
			return &file->hunks.items[low];
	}
	return NULL;
}

int64_t stk_changes_shown_line(const struct stk_changes_hunk *hunk)
{
	return hunk->first[STK_CHANGES_NEW] > 0 ? hunk->first[STK_CHANGES_NEW] : 1;
}
