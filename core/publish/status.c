/* status: GitHub's commit status: a word and a line of text. */
#include "core/publish/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/publish/links.h"
#include "core/publish/publishers.h"
#include "core/report/comment.h"
#include "core/report/comment_marker.h"

#define PERMISSION      "statuses: write"
#define DESCRIPTION_MAX 140 /* GitHub answers 422 to more characters */

void stk_status_cut(struct stk_buf *buf, struct stk_str text, size_t max)
{
	size_t count = 0, keep = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (((unsigned char)text.ptr[i] & 0xc0) == 0x80)
			continue;
		if (count == max - 1)
			keep = i;
		count++;
	}
	if (count <= max) {
		stk_buf_add_str(buf, text);
		return;
	}
	stk_buf_add_str(buf, stk_str_sub(text, 0, keep));
	stk_buf_add_text(buf, "…");
}

const char *stk_status_state(const struct stk_run *run)
{
	/* no neutral word is there: what cannot be told fails nobody, and the text says so */
	if (run->exit_code == 10 || run->exit_code == 99 || run->exit_code == 11)
		return "failure";
	return run->exit_code == 0 ? "success" : "error";
}

static int post_status(
	const struct stk_post *post, struct stk_post_result *result, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_buf path = STK_BUF_EMPTY, title = STK_BUF_EMPTY, text = STK_BUF_EMPTY;
	struct stk_json *json = stk_json_new_object();
	struct stk_comment_marker marker;
	char *context;
	int rc;

	stk_comment_marker_of_run(&marker, post->doc->run, post->opts->key);
	context = stk_xasprintf("stoker/%s", marker.key);
	stk_comment_format_title(post->doc, &title);
	stk_status_cut(&text, stk_buf_str(&title), DESCRIPTION_MAX);
	stk_links_add_repository(&path, post->ci);
	stk_buf_addf(&path, "/statuses/%s", post->ci->head_sha);
	stk_json_put(json, "state", stk_json_new_text(stk_status_state(post->doc->run)));
	stk_json_put(json, "description", stk_json_new_str(stk_buf_str(&text)));
	stk_json_put(json, "context", stk_json_new_text(context));
	if (post->opts->report_url || post->ci->run_url)
		stk_json_put(json, "target_url",
			stk_json_new_text(post->opts->report_url ? post->opts->report_url
								 : post->ci->run_url));
	struct stk_rest_request request = {.method = "POST",
		.path = path.ptr,
		.body = json,
		.is_repeatable = true, /* the newest of a context counts */
		.permission = PERMISSION};
	rc = stk_rest_send(post->rest, &request, &answer, err);
	if (rc == 0)
		stk_post_say(
			result, STK_POST_DONE, "status %s of %.12s", context, post->ci->head_sha);
	stk_rest_answer_release(&answer);
	stk_json_free(json);
	free(context);
	stk_buf_release(&path);
	stk_buf_release(&title);
	stk_buf_release(&text);
	return rc;
}

const struct stk_publisher stk_publisher_status = {
	.name = "status",
	.forges = STK_FORGE_BIT(STK_FORGE_GITHUB),
	.is_remote = true,
	.needs_sha = true,
	.permission = PERMISSION,
	.post = post_status,
};
