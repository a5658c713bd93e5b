/* hub: who the bot is, and the client for one repository. */
#include "core/bot/hub.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/http/url.h"
#include "core/publish/app_token.h"
#include "core/publish/ci.h"

struct stk_hub {
	struct stk_hub_opts opts;
	struct stk_app_token *app; /* NULL: a plain token */
	struct stk_app_token_place place;
	struct stk_rest *rest; /* of the repository, or of none */
	char *repository, *login;
};

int stk_hub_token(bool again, const struct stk_secret **out, struct stk_err *err, void *ctx)
{
	struct stk_hub *hub = ctx;

	if (hub->app)
		return stk_app_token_for_rest(again, out, err, &hub->place);
	if (again)
		return stk_err_set(
			err, STK_E_AUTH, "the token in %s was refused", hub->opts.token_source);
	*out = hub->opts.token;
	return 0;
}

const char *stk_hub_token_source(const struct stk_hub *hub)
{
	return hub->app ? "the GitHub App" : hub->opts.token_source;
}

static int open_rest(struct stk_hub *hub, struct stk_rest **out, struct stk_err *err)
{
	const struct stk_http_header headers[] = {
		/* the second is for servers that only know the plain name */
		{STK_STR("Accept"), STK_STR("application/vnd.github+json, application/json;q=0.9")},
		{STK_STR("X-GitHub-Api-Version"), STK_STR("2022-11-28")}};
	struct stk_rest_opts opts = {.base_url = hub->opts.api_url,
		.headers = headers,
		.headers_len = STK_ARRAY_LEN(headers),
		.token = stk_hub_token,
		.token_ctx = hub,
		.token_source = stk_hub_token_source(hub),
		.user_agent = hub->opts.user_agent,
		.clock = hub->opts.clock,
		.interrupts = hub->opts.interrupts};

	return stk_rest_new(&opts, out, err);
}

int stk_hub_new(const struct stk_hub_opts *opts, struct stk_hub **out, struct stk_err *err)
{
	struct stk_hub *hub = stk_xcalloc(1, sizeof *hub);
	struct stk_app_token_opts app = {.api_url = opts->api_url,
		.id = opts->app_id,
		.key = opts->app_key,
		.user_agent = opts->user_agent,
		.clock = opts->clock,
		.interrupts = opts->interrupts};
	int rc = 0;

	hub->opts = *opts;
	if (opts->app_id)
		rc = stk_app_token_new(&app, &hub->app, err);
	if (rc == 0)
		rc = open_rest(hub, &hub->rest, err);
	if (rc < 0) {
		stk_hub_free(hub);
		return rc;
	}
	hub->place.app = hub->app;
	*out = hub;
	return 0;
}

void stk_hub_free(struct stk_hub *hub)
{
	if (!hub)
		return;
	stk_rest_free(hub->rest);
	stk_app_token_free(hub->app);
	free(hub->repository);
	free(hub->login);
	free(hub);
}

int stk_hub_login(struct stk_hub *hub, const char **out, struct stk_err *err)
{
	struct stk_rest_request request = {.method = "GET", .path = "/user"};
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	const char *login = hub->login;
	int rc = 0;

	if (hub->app)
		return stk_app_token_login(hub->app, out, err);
	if (!login) {
		rc = stk_rest_send(hub->rest, &request, &answer, err);
		if (rc == 0)
			rc = stk_json_need_text(answer.json, "login", &login, err);
		if (rc == 0)
			hub->login = stk_xstrdup(login);
		else if (answer.status == 403) /* a job's or an installation's token */
			rc = 0;
		stk_rest_answer_release(&answer);
	}
	if (rc == 0)
		*out = hub->login;
	return rc;
}

int stk_hub_enter(struct stk_hub *hub, const char *repository, struct stk_err *err)
{
	struct stk_rest *rest = NULL;
	int rc;

	if (!stk_ci_is_repository(stk_str_of(repository)))
		return stk_err_set(err, STK_E_INVAL, "'%s' is no OWNER/NAME", repository);
	/* a client of its own, with the waiting it may do counted anew */
	rc = open_rest(hub, &rest, err);
	if (rc < 0)
		return rc;
	stk_rest_free(hub->rest);
	free(hub->repository);
	hub->rest = rest;
	hub->repository = stk_xstrdup(repository);
	hub->place.repository = hub->repository;
	return 0;
}

const struct stk_hub_opts *stk_hub_opts(const struct stk_hub *hub)
{
	return &hub->opts;
}

const char *stk_hub_repository(const struct stk_hub *hub)
{
	return hub->repository;
}

struct stk_rest *stk_hub_rest(struct stk_hub *hub)
{
	return hub->rest;
}

void stk_hub_path(const struct stk_hub *hub, struct stk_buf *buf, const char *fmt, ...)
{
	va_list args;

	/* the characters of a repository's name need no escape */
	stk_buf_addf(buf, "/repos/%s", hub->repository);
	va_start(args, fmt);
	stk_buf_vaddf(buf, fmt, args);
	va_end(args);
}

void stk_hub_page(const struct stk_hub *hub, struct stk_buf *buf, const char *fmt, ...)
{
	va_list args;

	if (!hub->opts.server_url)
		return;
	stk_buf_addf(buf, "%s/%s", hub->opts.server_url, hub->repository);
	va_start(args, fmt);
	stk_buf_vaddf(buf, fmt, args);
	va_end(args);
}
