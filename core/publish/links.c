/* links: addresses of commits, files and runs. */
#include "core/publish/links.h"

#include <string.h>

#include "core/http/url.h"

/* Below what a file or a commit hangs: GitLab's server_url is the project itself. */
static const char *root_of(const struct stk_ci *ci, struct stk_arena *arena)
{
	if (!ci->server_url || !ci->repository)
		return NULL;
	if (ci->forge == STK_FORGE_GITLAB)
		return stk_arena_printf(arena, "%s/-", ci->server_url);
	return stk_arena_printf(arena, "%s/%s", ci->server_url, ci->repository);
}

static void add_side(const struct stk_post *post, struct stk_arena *arena, const char *root,
	const char *sha, int side, struct stk_comment_links *out)
{
	const char *blob = post->ci->forge == STK_FORGE_GITEA ? "src/commit" : "blob";
	const char *tree, *commit;

	if (!root || !sha || !stk_ci_is_sha(stk_str_of(sha)))
		return;
	tree = stk_arena_printf(arena, "%s/%s/%s/", root, blob, sha);
	commit = stk_arena_printf(arena, "%s/commit/%s", root, sha);
	if (side == STK_SIDE_HEAD) {
		out->blob_head = tree;
		out->commit_head = commit;
	} else {
		out->blob_base = tree;
		out->commit_base = commit;
	}
}

void stk_links_of(
	const struct stk_post *post, struct stk_arena *arena, struct stk_comment_links *out)
{
	const char *root = root_of(post->ci, arena);
	const struct stk_run *run = post->doc->run;

	memset(out, 0, sizeof *out);
	/* a commit's digits can only name a commit, so the record may say which one was measured */
	for (int side = 0; side < STK_SIDES; side++)
		add_side(post, arena, root, run->sides[side].revision, side, out);
	if (!out->blob_head)
		add_side(post, arena, root, post->ci->head_sha, STK_SIDE_HEAD, out);
	out->run = post->ci->run_url;
	out->report = post->opts->report_url;
}

void stk_links_add_repository(struct stk_buf *buf, const struct stk_ci *ci)
{
	struct stk_str name = stk_str_of(ci->repository);
	ptrdiff_t slash = stk_str_find_byte(name, '/');

	stk_buf_add_text(buf, "/repos/");
	stk_url_escape(buf, stk_str_sub(name, 0, slash < 0 ? name.len : (size_t)slash));
	if (slash >= 0) {
		stk_buf_add_byte(buf, '/');
		stk_url_escape(buf, stk_str_skip(name, (size_t)slash + 1));
	}
}
