/* gitlab: the note on a merge request, and the status of a commit. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/http/url.h"
#include "core/publish/links.h"
#include "core/publish/publishers.h"
#include "core/publish/status.h"
#include "core/publish/sticky.h"
#include "core/report/comment.h"

#define PERMISSION      "scope api"
#define DESCRIPTION_MAX 255

/* "/projects/42" or "/projects/group%2Fname". */
static void add_project(struct stk_buf *buf, const struct stk_ci *ci)
{
	stk_buf_add_text(buf, "/projects/");
	stk_url_escape(buf, stk_str_of(ci->repository));
}

/* Whose notes are ours: the token's user, who is a bot of the project for its access tokens. */
static int find_login(const struct stk_post *post, char **out, struct stk_err *err)
{
	struct stk_rest_request request = {.method = "GET", .path = "/user"};
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	int rc = 0;

	if (post->opts->author) {
		*out = stk_xstrdup(post->opts->author);
		return 0;
	}
	rc = stk_rest_send(post->rest, &request, &answer, err);
	if (rc == 0)
		*out = stk_xstrdup(stk_json_text(stk_json_get(answer.json, "username"), ""));
	stk_rest_answer_release(&answer);
	return rc;
}

/* The merge request's head now; NULL where it cannot be read: then the runs' times decide. */
static char *find_head(const struct stk_post *post, const char *merge_request)
{
	struct stk_rest_request request = {.method = "GET", .path = merge_request};
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_str sha = {NULL, 0};

	if (stk_rest_send(post->rest, &request, &answer, NULL) == 0)
		sha = stk_json_str(stk_json_get(answer.json, "sha"));
	char *head = stk_ci_is_sha(sha) ? stk_str_dup(sha) : NULL;
	stk_rest_answer_release(&answer);
	return head;
}

static int post_note(
	const struct stk_post *post, struct stk_post_result *result, struct stk_err *err)
{
	struct stk_buf merge_request = STK_BUF_EMPTY;
	struct stk_sticky_api api = {.update_method = "PUT",
		.flavour = STK_COMMENT_GITLAB,
		.author = "/author/username",
		.permission = PERMISSION};
	char *login = NULL, *head = NULL, *url = NULL;

	add_project(&merge_request, post->ci);
	stk_buf_addf(&merge_request, "/merge_requests/%lld", (long long)post->ci->number);
	char *notes = stk_xasprintf("%s/notes", merge_request.ptr);
	char *list = stk_xasprintf("%s?per_page=100&order_by=created_at&sort=asc", notes);
	if (post->ci->server_url)
		url = stk_xasprintf("%s/-/merge_requests/%lld#note_", post->ci->server_url,
			(long long)post->ci->number);
	int rc = find_login(post, &login, err);
	if (rc == 0) {
		head = find_head(post, merge_request.ptr);
		api.list = list;
		api.create = api.item = notes;
		api.url = url;
		api.login = login;
		api.head_sha = head;
		rc = stk_sticky_post(post, &api, result, err);
	}
	free(notes);
	free(list);
	free(url);
	free(login);
	free(head);
	stk_buf_release(&merge_request);
	return rc;
}

/* GitLab knows no error beside failed. */
static const char *state_of(const struct stk_run *run)
{
	return strcmp(stk_status_state(run), "success") == 0 ? "success" : "failed";
}

static struct stk_json *status_body(
	const struct stk_post *post, const char *name, struct stk_str description)
{
	struct stk_json *json = stk_json_new_object();
	const char *url = post->opts->report_url ? post->opts->report_url : post->ci->run_url;

	stk_json_put(json, "state", stk_json_new_text(state_of(post->doc->run)));
	stk_json_put(json, "name", stk_json_new_text(name));
	stk_json_put(json, "description", stk_json_new_str(description));
	if (url)
		stk_json_put(json, "target_url", stk_json_new_text(url));
	return json;
}

static int post_status(
	const struct stk_post *post, struct stk_post_result *result, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_buf path = STK_BUF_EMPTY, title = STK_BUF_EMPTY, text = STK_BUF_EMPTY;
	struct stk_buf why = STK_BUF_EMPTY;
	struct stk_comment_marker marker;

	stk_comment_marker_of_run(&marker, post->doc->run, post->opts->key);
	char *name = stk_xasprintf("stoker/%s", marker.key);
	stk_comment_format_title(post->doc, &title);
	stk_status_cut(&text, stk_buf_str(&title), DESCRIPTION_MAX);
	add_project(&path, post->ci);
	stk_buf_addf(&path, "/statuses/%s", post->ci->head_sha);
	struct stk_json *json = status_body(post, name, stk_buf_str(&text));
	struct stk_rest_request request = {.method = "POST",
		.path = path.ptr,
		.body = json,
		.is_repeatable = true,
		.permission = PERMISSION};
	int rc = stk_rest_send(post->rest, &request, &answer, err);
	stk_rest_explain(answer.json, stk_str_n("", 0), &why);
	/* the same state once more is refused: it is there already */
	if (answer.status == 400 &&
		stk_str_contains(stk_buf_str(&why), STK_STR("Cannot transition status")))
		rc = 0;
	if (rc == 0)
		stk_post_say(result, STK_POST_DONE, "status %s of %.12s", name, post->ci->head_sha);
	stk_rest_answer_release(&answer);
	stk_json_free(json);
	free(name);
	stk_buf_release(&path);
	stk_buf_release(&title);
	stk_buf_release(&text);
	stk_buf_release(&why);
	return rc;
}

const struct stk_publisher stk_publisher_gitlab_note = {
	.name = "comment",
	.forges = STK_FORGE_BIT(STK_FORGE_GITLAB),
	.is_remote = true,
	.needs_number = true,
	.permission = PERMISSION,
	.post = post_note,
};

const struct stk_publisher stk_publisher_gitlab_status = {
	.name = "status",
	.forges = STK_FORGE_BIT(STK_FORGE_GITLAB),
	.is_remote = true,
	.needs_sha = true,
	.permission = PERMISSION,
	.post = post_status,
};
