/* summary: the report on a step's summary page. */
#include <sys/stat.h>

#include "core/publish/actions_file.h"
#include "core/publish/links.h"
#include "core/publish/publishers.h"

/* Over 1 MiB a step's whole summary is dropped. */
#define SUMMARY_MAX ((size_t)1 << 20)
#define SUMMARY_MIN ((size_t)4096)

static int post_summary(
	const struct stk_post *post, struct stk_post_result *result, struct stk_err *err)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_comment_opts opts = {.key = post->opts->key, .no_marker = true};
	const char *path = post->ci->summary_path;
	struct stat info;
	size_t used = 0;
	int rc = 0;

	if (!path && !post->dry) {
		stk_post_say(result, STK_POST_PASSED_OVER, "no GITHUB_STEP_SUMMARY here");
		return 0;
	}
	if (path && stat(path, &info) == 0 && info.st_size > 0)
		used = (size_t)info.st_size;
	if (used + SUMMARY_MIN > SUMMARY_MAX) {
		stk_post_say(result, STK_POST_PASSED_OVER, "this step's summary is full (1 MiB)");
		return 0;
	}
	opts.limit = SUMMARY_MAX - used - 16;
	stk_links_of(post, &arena, &opts.links);
	stk_comment_format(post->doc, &opts, &text);
	stk_buf_add_byte(&text, '\n');
	if (post->dry)
		stk_buf_addf(post->dry, "append to GITHUB_STEP_SUMMARY\n%s\n", text.ptr);
	else
		rc = stk_actions_file_append(path, stk_buf_str(&text), err);
	if (rc == 0)
		stk_post_say(result, STK_POST_DONE, "step summary, %zu bytes", text.len);
	stk_arena_release(&arena);
	stk_buf_release(&text);
	return rc;
}

const struct stk_publisher stk_publisher_summary = {
	.name = "summary",
	.forges = STK_FORGE_BIT(STK_FORGE_GITHUB) | STK_FORGE_BIT(STK_FORGE_GITEA),
	.post = post_summary,
};
