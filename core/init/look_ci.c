/* look_ci: which CI a repository has, and the name of its default branch. */
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/init/look_priv.h"
#include "core/init/scan.h"

#define GIT_FILE_MAX ((size_t)256 << 10)

static bool has(const char *root, const char *path)
{
	char *full = stk_fs_join(root, path);
	bool there = stk_fs_exists(full);

	free(full);
	return there;
}

/* The .git folder; of a work tree the file .git says "gitdir: …/worktrees/x", with the references
 * two folders above. NULL when there is none. The caller frees. */
static char *git_folder(const char *root)
{
	char *path = stk_fs_join(root, ".git");
	struct stk_buf text = STK_BUF_INIT(GIT_FILE_MAX);
	struct stk_str line;

	if (stk_fs_is_dir(path))
		return path;
	if (stk_fs_read(path, &text, NULL) == 0 && stk_str_starts(stk_buf_str(&text), "gitdir: ")) {
		line = stk_str_trim(stk_str_skip(stk_buf_str(&text), 8));
		ptrdiff_t at = stk_str_find(line, STK_STR("/worktrees/"));

		free(path);
		path = stk_str_dup(at < 0 ? line : stk_str_sub(line, 0, (size_t)at));
	} else {
		free(path);
		path = NULL;
	}
	stk_buf_release(&text);
	return path;
}

/* "ref: refs/heads/main" in a file below .git, without the prefix; NULL if it says no such thing.
 */
static const char *read_ref(
	struct stk_look *look, const char *git, const char *file, const char *prefix)
{
	char *path = stk_fs_join(git, file);
	struct stk_buf text = STK_BUF_INIT(GIT_FILE_MAX);
	struct stk_str line;
	const char *name = NULL;

	if (stk_fs_read(path, &text, NULL) == 0) {
		line = stk_str_trim(stk_buf_str(&text));
		if (stk_str_starts(line, prefix) && line.len > strlen(prefix))
			name = stk_arena_str(&look->arena, stk_str_skip(line, strlen(prefix)));
	}
	stk_buf_release(&text);
	free(path);
	return name;
}

static bool has_branch(const char *git, const char *name)
{
	char *ref = stk_xasprintf("refs/heads/%s", name);
	char *packed = stk_fs_join(git, "packed-refs");
	struct stk_buf text = STK_BUF_INIT(GIT_FILE_MAX);
	bool there = has(git, ref);

	if (!there && stk_fs_read(packed, &text, NULL) == 0)
		there = stk_scan_has(stk_buf_str(&text), ref);
	stk_buf_release(&text);
	free(packed);
	free(ref);
	return there;
}

static void find_branch(struct stk_look *look, const char *git)
{
	const char *branch =
		read_ref(look, git, "refs/remotes/origin/HEAD", "ref: refs/remotes/origin/");

	if (!branch && has_branch(git, "main"))
		branch = "main";
	if (!branch && has_branch(git, "master"))
		branch = "master";
	if (!branch)
		branch = read_ref(look, git, "HEAD", "ref: refs/heads/");
	if (branch)
		look->branch = branch;
}

static bool remote_names(const char *git, const char *word)
{
	char *path = stk_fs_join(git, "config");
	struct stk_buf text = STK_BUF_INIT(GIT_FILE_MAX);
	struct stk_str line, rest;
	bool named = false;

	if (stk_fs_read(path, &text, NULL) == 0)
		for (rest = stk_buf_str(&text); stk_str_cut(&rest, '\n', &line);)
			if (stk_str_starts(stk_str_trim(line), "url") &&
				stk_str_contains(line, stk_str_of(word)))
				named = true;
	stk_buf_release(&text);
	free(path);
	return named;
}

void stk_look_ci(struct stk_look *look, const char *root)
{
	static const struct {
		const char *path;
		enum stk_look_ci ci;
	} places[] = {{".github/workflows", STK_LOOK_GITHUB}, {".gitlab-ci.yml", STK_LOOK_GITLAB},
		{".gitea/workflows", STK_LOOK_GITEA}, {".forgejo/workflows", STK_LOOK_GITEA}};
	static const struct {
		const char *word;
		enum stk_look_ci ci;
	} hosts[] = {{"github", STK_LOOK_GITHUB}, {"gitlab", STK_LOOK_GITLAB},
		{"gitea", STK_LOOK_GITEA}, {"codeberg.org", STK_LOOK_GITEA}};
	char *git = git_folder(root);

	look->is_git = git != NULL;
	look->has_gitlab_file = has(root, ".gitlab-ci.yml");
	for (size_t i = 0; i < STK_ARRAY_LEN(places) && !look->ci_seen; i++)
		if (has(root, places[i].path)) {
			look->ci = places[i].ci;
			look->ci_seen = places[i].path;
		}
	for (size_t i = 0; git && i < STK_ARRAY_LEN(hosts) && !look->ci_seen; i++)
		if (remote_names(git, hosts[i].word)) {
			look->ci = hosts[i].ci;
			look->ci_seen =
				stk_arena_printf(&look->arena, "a remote at %s", hosts[i].word);
		}
	if (git)
		find_branch(look, git);
	free(git);
}
