/* hub_calls: what the bot asks of GitHub and tells it. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/bot/hub.h"
#include "core/http/url.h"
#include "core/publish/ci.h"

/* The mark of an answer: its first line. */
#define MARK "<!-- stoker:answer v1 delivery=%s -->\n"

static char *text_at(struct stk_json *json, const char *pointer)
{
	struct stk_str text = stk_json_str(stk_json_pointer(json, stk_str_of(pointer)));

	return text.len && stk_str_find_byte(text, '\0') < 0 ? stk_str_dup(text) : NULL;
}

int stk_hub_may_write(struct stk_hub *hub, const char *login, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_rest_request request = {.method = "GET", .permission = "metadata: read"};
	struct stk_buf path = STK_BUF_EMPTY;
	struct stk_str word;
	int rc;

	stk_hub_path(hub, &path, "/collaborators/");
	stk_url_escape(&path, stk_str_of(login));
	stk_buf_add_text(&path, "/permission");
	request.path = path.ptr;
	rc = stk_rest_send(stk_hub_rest(hub), &request, &answer, err);
	/* maintain and custom roles are folded into these four words */
	word = stk_json_str(stk_json_get(answer.json, "permission"));
	if (rc == 0)
		rc = stk_str_is(word, "admin") || stk_str_is(word, "write");
	else if (rc == STK_E_NOT_FOUND && answer.status == 404) /* nobody of this repository */
		rc = 0;
	stk_rest_answer_release(&answer);
	stk_buf_release(&path);
	return rc;
}

void stk_hub_pull_release(struct stk_hub_pull *pull)
{
	free(pull->head_sha);
	free(pull->head_ref);
	free(pull->head_repository);
	free(pull->base_ref);
	memset(pull, 0, sizeof *pull);
}

int stk_hub_get_pull(
	struct stk_hub *hub, int64_t number, struct stk_hub_pull *out, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_rest_request request = {.method = "GET", .permission = "pull-requests: read"};
	struct stk_buf path = STK_BUF_EMPTY;
	int rc;

	memset(out, 0, sizeof *out);
	stk_hub_path(hub, &path, "/pulls/%lld", (long long)number);
	request.path = path.ptr;
	rc = stk_rest_send(stk_hub_rest(hub), &request, &answer, err);
	if (rc == 0) {
		out->number = number;
		out->is_open = stk_str_is(stk_json_str(stk_json_get(answer.json, "state")), "open");
		out->head_sha = text_at(answer.json, "/head/sha");
		out->head_ref = text_at(answer.json, "/head/ref");
		out->head_repository = text_at(answer.json, "/head/repo/full_name");
		out->base_ref = text_at(answer.json, "/base/ref");
		if (!out->head_sha || !stk_ci_is_sha(stk_str_of(out->head_sha)) || !out->base_ref)
			rc = stk_err_set(err, STK_E_FORMAT,
				"pull request %lld: no head commit or no base branch in the answer",
				(long long)number);
	}
	stk_rest_answer_release(&answer);
	stk_buf_release(&path);
	if (rc < 0)
		stk_hub_pull_release(out);
	return rc;
}

int stk_hub_react(struct stk_hub *hub, int64_t comment_id, const char *content, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_json *body = stk_json_new_object();
	struct stk_rest_request request = {.method = "POST",
		.body = body,
		.is_repeatable = true,
		.permission = "pull-requests: write"};
	struct stk_buf path = STK_BUF_EMPTY;
	int rc;

	stk_json_put(body, "content", stk_json_new_text(content));
	stk_hub_path(hub, &path, "/issues/comments/%lld/reactions", (long long)comment_id);
	request.path = path.ptr;
	rc = stk_rest_send(stk_hub_rest(hub), &request, &answer, err);
	stk_rest_answer_release(&answer);
	stk_json_free(body);
	stk_buf_release(&path);
	return rc;
}

/* --- answers ------------------------------------------------------------------------------- */

struct looked {
	const char *mark;
	const char *login; /* NULL: not known; nobody else knew the mark before we wrote it */
	bool found;
};

static int look(struct stk_json *item, void *ctx)
{
	struct looked *looked = ctx;
	struct stk_str body = stk_json_str(stk_json_get(item, "body"));
	struct stk_str login = stk_json_str(stk_json_pointer(item, STK_STR("/user/login")));

	looked->found = stk_str_starts(body, looked->mark) &&
			(!looked->login || stk_str_eq_nocase(login, stk_str_of(looked->login)));
	return looked->found;
}

/* 1: the answer stands there already. */
static int was_answered(struct stk_hub *hub, const struct stk_hub_answer *answer, const char *mark,
	struct stk_err *err)
{
	struct looked looked = {.mark = mark};
	struct stk_buf path = STK_BUF_EMPTY, since = STK_BUF_EMPTY;
	struct stk_rest_list list = {.permission = "pull-requests: read"};
	int rc = stk_hub_login(hub, &looked.login, err);

	stk_units_format_rfc3339(&since, answer->since_ns);
	stk_hub_path(
		hub, &path, "/issues/%lld/comments?per_page=100&since=", (long long)answer->number);
	stk_url_escape(&path, stk_buf_str(&since));
	list.path = path.ptr;
	if (rc == 0)
		rc = stk_rest_each(stk_hub_rest(hub), &list, look, &looked, err);
	stk_buf_release(&path);
	stk_buf_release(&since);
	return rc < 0 ? rc : looked.found;
}

int stk_hub_answer(struct stk_hub *hub, const struct stk_hub_answer *answer, struct stk_err *err)
{
	struct stk_rest_answer got = STK_REST_ANSWER_INIT;
	struct stk_json *json = stk_json_new_object();
	struct stk_rest_request request = {
		.method = "POST", .body = json, .permission = "pull-requests: write"};
	char *mark = stk_xasprintf(MARK, answer->delivery);
	struct stk_buf path = STK_BUF_EMPTY, body = STK_BUF_EMPTY;
	int rc = answer->is_again ? was_answered(hub, answer, mark, err) : 0;

	if (rc != 0)
		goto out;
	stk_buf_add_text(&body, mark);
	stk_buf_add_str(&body, answer->body);
	stk_json_put(json, "body", stk_json_new_str(stk_buf_str(&body)));
	stk_hub_path(hub, &path, "/issues/%lld/comments", (long long)answer->number);
	request.path = path.ptr;
	rc = stk_rest_send(stk_hub_rest(hub), &request, &got, err);
	/* it may have gone through: the next try looks */
	if (rc < 0 && got.is_lost)
		rc = STK_E_NET;
out:
	stk_rest_answer_release(&got);
	stk_json_free(json);
	stk_buf_release(&path);
	stk_buf_release(&body);
	free(mark);
	return rc < 0 ? rc : 0;
}

/* --- workflows ----------------------------------------------------------------------------- */

int stk_hub_dispatch(
	struct stk_hub *hub, const struct stk_hub_dispatch *dispatch, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_json *body = stk_json_new_object();
	struct stk_rest_request request = {
		.method = "POST", .body = body, .permission = "actions: write"};
	struct stk_buf path = STK_BUF_EMPTY;
	int rc;

	stk_hub_path(hub, &path, "/actions/workflows/");
	stk_url_escape(&path, stk_str_of(dispatch->workflow));
	stk_buf_add_text(&path, "/dispatches");
	request.path = path.ptr;
	stk_json_put(body, "ref", stk_json_new_text(dispatch->ref));
	stk_json_put(body, "inputs", stk_json_ref((struct stk_json *)dispatch->inputs));
	rc = stk_rest_send(stk_hub_rest(hub), &request, &answer, err);
	if (rc < 0 && answer.is_lost)
		rc = STK_E_NET;
	stk_rest_answer_release(&answer);
	stk_json_free(body);
	stk_buf_release(&path);
	return rc;
}

int stk_hub_was_dispatched(
	struct stk_hub *hub, const char *workflow, const char *token, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_rest_request request = {.method = "GET", .permission = "actions: read"};
	struct stk_buf path = STK_BUF_EMPTY;
	struct stk_json *runs;
	int rc;

	stk_hub_path(hub, &path, "/actions/workflows/");
	stk_url_escape(&path, stk_str_of(workflow));
	stk_buf_add_text(&path, "/runs?event=workflow_dispatch&per_page=100");
	request.path = path.ptr;
	rc = stk_rest_send(stk_hub_rest(hub), &request, &answer, err);
	runs = stk_json_get(answer.json, "workflow_runs");
	for (size_t i = 0; rc == 0 && i < stk_json_len(runs); i++)
		rc = stk_str_contains(
			stk_json_str(stk_json_get(stk_json_at(runs, i), "display_title")),
			stk_str_of(token));
	stk_rest_answer_release(&answer);
	stk_buf_release(&path);
	return rc;
}
