/* rest: one call of a forge's API with its tries, waits and redirects. */
#include "core/publish/rest.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/publish/rest_priv.h"

#define MAX_WAIT_NS   (300 * STK_NS_PER_S)
#define BODY_MAX      ((size_t)16 << 20)
#define TRIES_MAX     3
#define REDIRECTS_MAX 3

static int copy_base(struct stk_rest *rest, const char *base_url, struct stk_err *err)
{
	struct stk_str base = stk_str_of(base_url);
	int rc;

	while (base.len && base.ptr[base.len - 1] == '/')
		base.len--;
	rest->base = stk_str_dup(base);
	rc = stk_url_parse(stk_str_of(rest->base), &rest->origin, err);
	if (rc == 0 && (rest->origin.userinfo.len || rest->origin.query.len))
		rc = stk_err_set(err, STK_E_INVAL,
			"API URL: a user, password or query does not belong into it");
	return rc;
}

int stk_rest_new(const struct stk_rest_opts *opts, struct stk_rest **out, struct stk_err *err)
{
	struct stk_rest *rest = stk_xcalloc(1, sizeof *rest);
	struct stk_client_opts client = {
		.user_agent = opts->user_agent, .interrupts = opts->interrupts};
	int rc = copy_base(rest, opts->base_url, err);

	if (rc < 0) {
		stk_rest_free(rest);
		return rc;
	}
	rest->opts = *opts;
	if (rest->opts.max_wait_ns <= 0)
		rest->opts.max_wait_ns = MAX_WAIT_NS;
	rest->clock = opts->clock ? opts->clock : stk_clock_system();
	rest->token_header = opts->token_header ? stk_xstrdup(opts->token_header) : NULL;
	rest->token_source = stk_xstrdup(opts->token_source ? opts->token_source : "use");
	for (size_t i = 0; i < opts->headers_len; i++) {
		struct stk_http_header header = {stk_str_of(stk_str_dup(opts->headers[i].name)),
			stk_str_of(stk_str_dup(opts->headers[i].value))};

		stk_vec_push(&rest->headers, header);
	}
	rest->client = stk_client_new(&client);
	*out = rest;
	return 0;
}

void stk_rest_free(struct stk_rest *rest)
{
	if (!rest)
		return;
	stk_client_free(rest->client);
	for (size_t i = 0; i < rest->headers.len; i++) {
		free((char *)rest->headers.items[i].name.ptr);
		free((char *)rest->headers.items[i].value.ptr);
	}
	stk_vec_release(&rest->headers);
	free(rest->token_source);
	free(rest->token_header);
	free(rest->base);
	free(rest);
}

bool stk_rest_is_dry(const struct stk_rest *rest)
{
	return rest->opts.dry != NULL;
}

int stk_rest_status(const struct stk_rest *rest)
{
	return rest->status;
}

int64_t stk_rest_skew_ns(const struct stk_rest *rest)
{
	return rest->skew_ns;
}

void stk_rest_answer_release(struct stk_rest_answer *answer)
{
	stk_json_free(answer->json);
	*answer = (struct stk_rest_answer)STK_REST_ANSWER_INIT;
}

static void send_dry(struct stk_rest *rest, const struct stk_rest_request *request,
	struct stk_rest_answer *answer)
{
	bool reads = strcmp(request->method, "GET") == 0;

	answer->status = 200;
	answer->json = reads ? stk_json_new_array() : stk_json_new_object();
	if (reads)
		return;
	stk_json_put(answer->json, "id", stk_json_new_int(0));
	stk_buf_addf(rest->opts.dry, "%s %s%s\n", request->method, rest->base, request->path);
	if (request->body)
		stk_json_format(request->body, STK_JSON_INDENT, rest->opts.dry);
	stk_buf_add_text(rest->opts.dry, "\n\n");
}

/* Whether a repetition does no harm. */
static bool is_repeatable(const struct stk_rest_request *request)
{
	return request->is_repeatable ||
	       (!request->is_once && strcmp(request->method, "POST") != 0);
}

static bool is_server_fault(int status)
{
	return status == 500 || status == 502 || status == 503 || status == 504;
}

/* One exchange. STK_E_NET, STK_E_TIMEOUT, … as the client says; 0 for any answer. */
static int exchange(struct stk_rest *rest, struct stk_rest_try *t, struct stk_str body,
	const struct stk_secret *token, struct stk_err *err)
{
	STK_VEC(struct stk_http_header) headers = STK_VEC_INIT;
	struct stk_http_request http = {.method = t->request->method,
		.url = t->url.ptr,
		.body = body,
		.has_body = t->request->body != NULL,
		.max_body = BODY_MAX};
	int rc = 0;

	for (size_t i = 0; i < rest->headers.len; i++)
		stk_vec_push(&headers, rest->headers.items[i]);
	if (http.has_body)
		stk_vec_push(&headers, (struct stk_http_header){STK_STR("Content-Type"),
					       STK_STR("application/json")});
	if (token && rest->token_header)
		stk_vec_push(&headers, (struct stk_http_header){stk_str_of(rest->token_header),
					       stk_secret_reveal(token)});
	else if (token)
		http.password = token;
	http.headers = headers.items;
	http.headers_len = headers.len;
	if (strcmp(t->request->method, "GET") != 0)
		rc = stk_rest_pace(rest, err);
	if (rc == 0)
		rc = stk_client_send(rest->client, &http, &t->response, err);
	if (rc == 0 && stk_http_response_date_ns(&t->response) > 0)
		rest->skew_ns =
			stk_http_response_date_ns(&t->response) - stk_clock_wall(rest->clock);
	stk_vec_release(&headers);
	return rc;
}

/* Where a redirect leads, when it stays on the host; the method stays, too. */
static bool follow(struct stk_rest *rest, struct stk_rest_try *t)
{
	struct stk_str to = stk_http_response_header(&t->response, "location");
	struct stk_buf url = STK_BUF_EMPTY;
	struct stk_url parsed;
	bool is_ours;

	if (stk_str_starts(to, "/") && !stk_str_starts(to, "//"))
		stk_buf_add(&url, rest->base, strlen(rest->base) - rest->origin.path.len);
	stk_buf_add_str(&url, to);
	is_ours = t->redirects++ < REDIRECTS_MAX && to.len &&
		  stk_url_parse(stk_buf_str(&url), &parsed, NULL) == 0 &&
		  stk_str_eq_nocase(parsed.scheme, rest->origin.scheme) &&
		  stk_str_eq_nocase(parsed.host, rest->origin.host) &&
		  parsed.port == rest->origin.port && !parsed.userinfo.len;
	if (is_ours) {
		stk_buf_clear(&t->url);
		stk_buf_add_str(&t->url, stk_buf_str(&url));
	}
	stk_buf_release(&url);
	return is_ours;
}

/* After an answer that says no: 1 to try again, 0 to give up, or an error of waiting. */
static int again(struct stk_rest *rest, struct stk_rest_try *t, struct stk_err *err)
{
	int status = t->response.status;
	int64_t ns;
	int rc;

	if (status == 301 || status == 302 || status == 307 || status == 308)
		return follow(rest, t);
	if (status == 401 && rest->opts.token && !t->has_renewed)
		return t->has_renewed = true;
	if (status == 409 && !t->has_conflicted) {
		t->has_conflicted = true;
		rc = stk_rest_wait(rest, STK_NS_PER_S, "conflict", err);
		return rc < 0 ? rc : 1;
	}
	if (status == 403 || status == 429) {
		ns = stk_rest_limit_ns(rest, &t->response, t->limits++);
		if (ns < 0)
			return 0;
		rc = stk_rest_wait(rest, ns, "rate limit", err);
		return rc < 0 ? rc : 1;
	}
	return 0;
}

/* After a lost connection or a fault of the server. */
static int again_after_fault(struct stk_rest *rest, struct stk_rest_try *t, struct stk_err *err)
{
	int rc;

	if (!is_repeatable(t->request) || ++t->failures >= TRIES_MAX)
		return 0;
	rc = stk_rest_wait(rest, stk_rest_backoff_ns(t->failures), "no answer", err);
	return rc < 0 ? rc : 1;
}

/* Make the answer of the last exchange; rc is the exchange's. */
static int conclude(struct stk_rest *rest, struct stk_rest_try *t, int rc,
	const struct stk_secret *token, struct stk_rest_answer *answer, struct stk_err *err)
{
	struct stk_str body = stk_buf_str(&t->response.body);
	struct stk_str secret = token ? stk_secret_reveal(token) : stk_str_n("", 0);
	bool is_once = !is_repeatable(t->request);

	answer->status = t->response.status;
	if (rc < 0) {
		answer->is_lost = is_once && rc != STK_E_INVAL && rc != STK_E_ABORTED;
		return rc;
	}
	if (body.len)
		rc = stk_json_parse(body, &answer->json, NULL);
	if (answer->status >= 200 && answer->status < 300) {
		stk_rest_next(stk_http_response_header(&t->response, "link"), answer->next,
			sizeof answer->next);
		if (rc == 0)
			return 0;
		answer->is_lost = is_once;
		return stk_err_set(err, STK_E_FORMAT,
			"%s %s: the answer is not JSON; is the API URL right?", t->request->method,
			t->request->path);
	}
	answer->is_lost = is_once && is_server_fault(answer->status);
	return stk_rest_fail(rest, t, answer->json, secret, err);
}

static int send_tries(struct stk_rest *rest, struct stk_rest_try *t, struct stk_str body,
	struct stk_rest_answer *answer, struct stk_err *err)
{
	for (;;) {
		const struct stk_secret *token = NULL;
		struct stk_err own = STK_ERR_INIT;
		int more = 0, rc = 0;

		if (rest->opts.token)
			rc = rest->opts.token(t->has_renewed, &token, err, rest->opts.token_ctx);
		if (rc < 0 && t->has_renewed) /* there is no other one: what the server said */
			return conclude(rest, t, 0, NULL, answer, err);
		if (rc < 0)
			return rc;
		rc = exchange(rest, t, body, token, &own);
		if (rc == STK_E_NET || rc == STK_E_TIMEOUT ||
			(rc == 0 && is_server_fault(t->response.status)))
			more = again_after_fault(rest, t, err);
		else if (rc == 0 && t->response.status >= 300)
			more = again(rest, t, err);
		if (more < 0)
			return more;
		if (more > 0)
			continue;
		if (rc < 0 && err)
			*err = own;
		return conclude(rest, t, rc, token, answer, err);
	}
}

int stk_rest_send(struct stk_rest *rest, const struct stk_rest_request *request,
	struct stk_rest_answer *answer, struct stk_err *err)
{
	struct stk_rest_try t = {
		.request = request, .url = STK_BUF_EMPTY, .response = STK_HTTP_RESPONSE_INIT};
	struct stk_buf body = STK_BUF_EMPTY;
	int rc;

	stk_rest_answer_release(answer);
	if (rest->opts.dry) {
		send_dry(rest, request, answer);
		return 0;
	}
	if (request->body)
		stk_json_format(request->body, STK_JSON_COMPACT, &body);
	stk_buf_addf(&t.url, "%s%s", rest->base, request->path);
	rc = send_tries(rest, &t, stk_buf_str(&body), answer, err);
	rest->status = answer->status;
	stk_http_response_release(&t.response);
	stk_buf_release(&t.url);
	stk_buf_release(&body);
	return rc;
}
