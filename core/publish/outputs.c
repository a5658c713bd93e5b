/* outputs: what later steps of a job may ask for: verdict, exit code, run, report. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/publish/actions_file.h"
#include "core/publish/publishers.h"
#include "core/report/comment.h"
#include "core/report/text.h"

static void add_clean(struct stk_buf *buf, const char *name, const char *value)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	stk_text_add_plain(&plain, stk_str_of(value));
	stk_actions_file_add_output(buf, name, stk_buf_str(&plain));
	stk_buf_release(&plain);
}

static void add_count(struct stk_buf *buf, const char *name, size_t count)
{
	char text[32];

	(void)snprintf(text, sizeof text, "%zu", count);
	add_clean(buf, name, text);
}

/* Functions, and packages and callers beside them, that were not accepted; where only a total
 * changed, that. */
static size_t count_open(const struct stk_doc *doc, enum stk_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < doc->findings.len; i++) {
		const struct stk_row *row = doc->findings.items[i].row;
		count += row->verdict == verdict && !row->accepted.reason;
	}
	for (size_t i = 0; i < doc->groups.len; i++) {
		const struct stk_row *row = doc->groups.items[i].finding.row;
		count += row->verdict == verdict && !row->accepted.reason;
	}
	return count == 0 && doc->run->verdict == verdict ? 1 : count;
}

/* The record's folder, and its page if there is one: a record may stand alone. */
static void add_paths(struct stk_buf *buf, const char *record)
{
	char *folder = !record                 ? stk_xstrdup("")
		       : stk_fs_is_dir(record) ? stk_xstrdup(record)
					       : stk_fs_dirname(record);
	char *page = stk_fs_join(folder, "report.html");

	add_clean(buf, "record", folder);
	add_clean(buf, "report", record && stk_fs_exists(page) ? page : "");
	free(folder);
	free(page);
}

static void add_all(const struct stk_post *post, struct stk_buf *buf)
{
	const struct stk_run *run = post->doc->run;
	struct stk_buf title = STK_BUF_EMPTY;
	char code[16];

	stk_comment_format_title(post->doc, &title);
	(void)snprintf(code, sizeof code, "%d", run->exit_code);
	add_clean(buf, "verdict", stk_verdict_name(run->verdict));
	add_clean(buf, "headline", title.ptr);
	add_clean(buf, "exit-code", code);
	add_count(buf, "regressions", count_open(post->doc, STK_VERDICT_REGRESSION));
	add_count(buf, "improvements", count_open(post->doc, STK_VERDICT_IMPROVEMENT));
	add_clean(buf, "run", run->id);
	add_paths(buf, post->opts->folder);
	stk_buf_release(&title);
}

static int post_outputs(
	const struct stk_post *post, struct stk_post_result *result, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_EMPTY;
	int rc = 0;

	if (!post->ci->output_path && !post->dry) {
		stk_post_say(result, STK_POST_PASSED_OVER, "no GITHUB_OUTPUT here");
		return 0;
	}
	add_all(post, &text);
	if (post->dry)
		stk_buf_addf(post->dry, "append to GITHUB_OUTPUT\n%s\n", text.ptr);
	else
		rc = stk_actions_file_append(post->ci->output_path, stk_buf_str(&text), err);
	if (rc == 0)
		stk_post_say(result, STK_POST_DONE, "step outputs");
	stk_buf_release(&text);
	return rc;
}

const struct stk_publisher stk_publisher_outputs = {
	.name = "outputs",
	.forges = STK_FORGE_BIT(STK_FORGE_GITHUB) | STK_FORGE_BIT(STK_FORGE_GITEA),
	.post = post_outputs,
};
