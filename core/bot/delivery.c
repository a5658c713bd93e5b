/* delivery: events of GitHub, read with distrust although they are signed. */
#include "core/bot/delivery.h"

#include <string.h>

#include "core/base/json.h"
#include "core/base/units.h"
#include "core/bot/order.h"
#include "core/publish/ci.h"

enum { LOGIN_MAX = 100, TEXT_MAX = 4096, NAME_MAX_BYTES = 1024 };

bool stk_delivery_is_login(struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '-' || c == '_'))
			return false;
	}
	return text.len > 0 && text.len <= LOGIN_MAX;
}

static struct stk_str text_at(struct stk_json *event, const char *pointer)
{
	return stk_json_str(stk_json_pointer(event, stk_str_of(pointer)));
}

static int64_t int_at(struct stk_json *event, const char *pointer)
{
	int64_t value = stk_json_int(stk_json_pointer(event, stk_str_of(pointer)), 0);

	return value > 0 ? value : 0;
}

/* A copy of a text that fits and holds no NUL; else NULL. */
static const char *keep(struct stk_delivery *out, struct stk_str text, size_t max)
{
	if (!text.len || text.len > max || stk_str_find_byte(text, '\0') >= 0)
		return NULL;
	return stk_arena_str(&out->arena, text);
}

static int ignore(struct stk_delivery *out, const char *why)
{
	out->kind = STK_DELIVERY_IGNORED;
	out->why = why;
	return 0;
}

static int lacks(const char *what, struct stk_err *err)
{
	return stk_err_set(err, STK_E_FORMAT, "event: no %s in it, or an unfit one", what);
}

/* Only ours are looked at closely: a comment is not refused for what does not matter to us. */
static int read_comment(struct stk_delivery *out, struct stk_json *event, struct stk_err *err)
{
	struct stk_str body = text_at(event, "/comment/body");
	struct stk_str login = text_at(event, "/comment/user/login");
	struct stk_json *pull = stk_json_pointer(event, STK_STR("/issue/pull_request"));

	if (!stk_str_is(text_at(event, "/action"), "created"))
		return ignore(out, "not a new comment");
	if (stk_json_type(pull) != STK_JSON_OBJECT)
		return ignore(out, "not on a pull request");
	if (!stk_order_is_for_us(body))
		return ignore(out, "no command");
	/* our own answers, and other bots that quote them */
	if (!stk_str_is(text_at(event, "/comment/user/type"), "User"))
		return ignore(out, "not by a person");
	if (!stk_delivery_is_login(login))
		return lacks("login", err);
	out->kind = STK_DELIVERY_COMMENT;
	out->login = keep(out, login, LOGIN_MAX);
	out->text = keep(out, stk_str_sub(body, 0, TEXT_MAX), TEXT_MAX);
	out->number = int_at(event, "/issue/number");
	out->comment_id = int_at(event, "/comment/id");
	if (!out->number || !out->comment_id || !out->text)
		return lacks("number, id or text of the comment", err);
	if (stk_units_parse_rfc3339(text_at(event, "/comment/created_at"), &out->at_ns, NULL) < 0)
		return lacks("comment.created_at", err);
	return 0;
}

static void read_head_repository(struct stk_delivery *out, struct stk_json *event)
{
	struct stk_str name = text_at(event, "/workflow_run/head_repository/full_name");

	if (!stk_ci_is_repository(name))
		return;
	out->head_repository = stk_arena_str(&out->arena, name);
	out->head_owner = stk_arena_str(
		&out->arena, stk_str_sub(name, 0, (size_t)stk_str_find_byte(name, '/')));
}

static int read_finished(struct stk_delivery *out, struct stk_json *event, struct stk_err *err)
{
	struct stk_json *pulls = stk_json_pointer(event, STK_STR("/workflow_run/pull_requests"));
	struct stk_str started = text_at(event, "/workflow_run/event");
	struct stk_str sha = text_at(event, "/workflow_run/head_sha");

	if (!stk_str_is(text_at(event, "/action"), "completed"))
		return ignore(out, "the workflow run has not ended");
	if (!stk_str_is(started, "pull_request") && !stk_str_is(started, "workflow_dispatch"))
		return ignore(out, "not a workflow run of a pull request");
	out->kind = STK_DELIVERY_FINISHED;
	out->run_id = int_at(event, "/workflow_run/id");
	out->event = keep(out, started, NAME_MAX_BYTES);
	out->conclusion = keep(out, text_at(event, "/workflow_run/conclusion"), LOGIN_MAX);
	out->title = keep(out, text_at(event, "/workflow_run/display_title"), NAME_MAX_BYTES);
	out->head_branch = keep(out, text_at(event, "/workflow_run/head_branch"), NAME_MAX_BYTES);
	if (stk_ci_is_sha(sha))
		out->head_sha = stk_arena_str(&out->arena, sha);
	read_head_repository(out, event);
	if (stk_json_len(pulls) == 1)
		out->number = int_at(event, "/workflow_run/pull_requests/0/number");
	if (!out->run_id || !out->head_sha)
		return lacks("id or head_sha of the workflow run", err);
	if (stk_units_parse_rfc3339(text_at(event, "/workflow_run/updated_at"), &out->at_ns, NULL) <
		0)
		return lacks("workflow_run.updated_at", err);
	return 0;
}

static int read_event(
	struct stk_str name, struct stk_json *event, struct stk_delivery *out, struct stk_err *err)
{
	struct stk_str repository = text_at(event, "/repository/full_name");
	int rc;

	if (stk_str_is(name, "ping")) {
		out->kind = STK_DELIVERY_PING;
		return 0;
	}
	if (!stk_str_is(name, "issue_comment") && !stk_str_is(name, "workflow_run"))
		return ignore(out, "not an event of ours");
	rc = stk_str_is(name, "issue_comment") ? read_comment(out, event, err)
					       : read_finished(out, event, err);
	if (rc < 0 || out->kind == STK_DELIVERY_IGNORED)
		return rc;
	if (!stk_ci_is_repository(repository))
		return lacks("repository", err);
	out->repository = stk_arena_str(&out->arena, repository);
	return 0;
}

int stk_delivery_parse(
	struct stk_str name, struct stk_str body, struct stk_delivery *out, struct stk_err *err)
{
	struct stk_json *event = NULL;
	int rc;

	memset(out, 0, sizeof *out);
	rc = stk_json_parse(body, &event, err);
	if (rc == 0 && stk_json_type(event) != STK_JSON_OBJECT)
		rc = stk_err_set(err, STK_E_FORMAT, "event: not a JSON object");
	if (rc == 0)
		rc = read_event(name, event, out, err);
	stk_json_free(event);
	return rc;
}

void stk_delivery_release(struct stk_delivery *delivery)
{
	stk_arena_release(&delivery->arena);
	memset(delivery, 0, sizeof *delivery);
}
