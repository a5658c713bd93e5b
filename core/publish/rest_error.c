/* rest_error: answers that say no, in words for people. */
#include <stdio.h>
#include <string.h>

#include "core/publish/rest_priv.h"
#include "core/report/text.h"

#define EXPLAIN_MAX 2048

struct explained {
	struct stk_buf *buf;
	struct stk_str token;
};

/* text on one line, nothing that drives a terminal, the token blotted out. */
static void add_clean(struct stk_buf *buf, struct stk_str text, struct stk_str token)
{
	struct stk_buf plain = STK_BUF_EMPTY;
	struct stk_str rest;
	ptrdiff_t at;

	stk_text_add_plain(&plain, stk_str_sub(text, 0, EXPLAIN_MAX));
	rest = stk_buf_str(&plain);
	while (token.len && (at = stk_str_find(rest, token)) >= 0) {
		stk_buf_add_str(buf, stk_str_sub(rest, 0, (size_t)at));
		stk_buf_add_text(buf, "***");
		rest = stk_str_skip(rest, (size_t)at + token.len);
	}
	stk_buf_add_str(buf, rest);
	stk_buf_release(&plain);
}

static void add_word(const struct explained *to, const struct stk_json *item, const char *key)
{
	struct stk_str text = stk_json_str(stk_json_get(item, key));

	if (!text.len)
		return;
	stk_buf_add_byte(to->buf, ' ');
	add_clean(to->buf, text, to->token);
}

/* One of errors[]: a text, or {resource, field, code, message}. */
static void add_item(const struct explained *to, const struct stk_json *item)
{
	stk_buf_add_byte(to->buf, ';');
	if (stk_json_type(item) == STK_JSON_STRING) {
		stk_buf_add_byte(to->buf, ' ');
		add_clean(to->buf, stk_json_str(item), to->token);
		return;
	}
	add_word(to, item, "resource");
	add_word(to, item, "field");
	add_word(to, item, "code");
	add_word(to, item, "message");
}

/* GitLab: "message": {"body": ["is too long"]}. */
static int add_member(struct stk_str key, struct stk_json *value, void *ctx)
{
	const struct explained *to = ctx;

	stk_buf_add_byte(to->buf, ' ');
	add_clean(to->buf, key, to->token);
	for (size_t i = 0; i < stk_json_len(value) && i < 10; i++) {
		stk_buf_add_byte(to->buf, ' ');
		add_clean(to->buf, stk_json_str(stk_json_at(value, i)), to->token);
	}
	return to->buf->len > EXPLAIN_MAX;
}

void stk_rest_explain(const struct stk_json *json, struct stk_str token, struct stk_buf *buf)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct explained to = {&text, token};
	struct stk_json *message = stk_json_get(json, "message");
	struct stk_json *errors = stk_json_get(json, "errors");

	if (!message)
		message = stk_json_get(json, "error");
	if (stk_json_type(message) == STK_JSON_OBJECT)
		(void)stk_json_each(message, add_member, &to);
	else
		add_clean(&text, stk_json_str(message), token);
	for (size_t i = 0; i < stk_json_len(errors) && text.len < EXPLAIN_MAX; i++)
		add_item(&to, stk_json_at(errors, i));
	stk_buf_add_str(buf, stk_str_trim(stk_str_sub(stk_buf_str(&text), 0, EXPLAIN_MAX)));
	stk_buf_release(&text);
}

static int code_of(int status)
{
	if (status == 401 || status == 403)
		return STK_E_AUTH;
	return status == 404 || status == 410 ? STK_E_NOT_FOUND : STK_E_HTTP;
}

static void hint_permission(const struct stk_rest *rest, const struct stk_rest_try *t,
	struct stk_str token, struct stk_err *err)
{
	struct stk_str accepted =
		stk_http_response_header(&t->response, "x-accepted-github-permissions");
	struct stk_buf wanted = STK_BUF_EMPTY;

	if (accepted.len)
		add_clean(&wanted, stk_str_sub(accepted, 0, 200), token);
	else if (t->request->permission)
		stk_buf_add_text(&wanted, t->request->permission);
	stk_err_hint(err,
		"the token in %s may not do this%s%s; put it under permissions: in the workflow "
		"file, or see docs/publishing.md for pull requests of forks",
		rest->token_source, wanted.len ? ", it needs " : "", wanted.ptr);
	stk_buf_release(&wanted);
}

static void add_hint(const struct stk_rest *rest, const struct stk_rest_try *t, struct stk_str why,
	struct stk_str token, struct stk_err *err)
{
	switch (t->response.status) {
	case 401:
		stk_err_hint(err, "the token in %s is wrong or has expired", rest->token_source);
		break;
	case 403:
		if (!why.len || stk_str_contains(why, STK_STR("not accessible")) ||
			stk_http_response_header(&t->response, "x-accepted-github-permissions").len)
			hint_permission(rest, t, token, err);
		break;
	case 404:
		stk_err_hint(err,
			"it is not there, or the token in %s may not see it: check repository, "
			"number and permissions",
			rest->token_source);
		break;
	case 410:
		stk_err_hint(err, "the issues of this repository are switched off");
		break;
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		stk_err_hint(err, "it leads to another host, or round in circles; the token stays "
				  "with the host it was given for");
		break;
	default:
		break;
	}
}

int stk_rest_fail(const struct stk_rest *rest, const struct stk_rest_try *t,
	const struct stk_json *json, struct stk_str token, struct stk_err *err)
{
	ptrdiff_t query = stk_str_find_byte(stk_str_of(t->request->path), '?');
	struct stk_str path = stk_str_of(t->request->path);
	struct stk_buf why = STK_BUF_EMPTY;
	int code = code_of(t->response.status);

	if (query >= 0)
		path = stk_str_sub(path, 0, (size_t)query);
	stk_rest_explain(json, token, &why);
	stk_err_set(err, code, "%s %.*s: HTTP %d%s%s", t->request->method, STK_STR_ARG(path),
		t->response.status, why.len ? ": " : "", why.ptr);
	add_hint(rest, t, stk_buf_str(&why), token, err);
	stk_buf_release(&why);
	return code;
}
