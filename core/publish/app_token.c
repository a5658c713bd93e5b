/* app_token: sign, exchange, keep. */
#include "core/publish/app_token.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/crypto.h"
#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/base/vec.h"

#define IAT_BACK_S 60  /* the server's clock may be behind ours */
#define EXP_S      540 /* GitHub takes at most 600 by its own clock */
#define EARLY_NS   (300 * STK_NS_PER_S)
#define KEPT_MAX   256

struct kept {
	char *repository;
	struct stk_secret token;
	int64_t expires_ns;
};

struct stk_app_token {
	char *id;
	struct stk_secret pem;
	const struct stk_clock *clock;
	int64_t skew_ns; /* the server's clock minus ours */
	struct stk_secret jwt;
	struct stk_rest *rest;
	char *login;
	STK_VEC(struct kept) kept;
};

/* "\n" written out -> line breaks. */
static void unescape(struct stk_str text, struct stk_buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\' && i + 1 < text.len && text.ptr[i + 1] == 'n') {
			stk_buf_add_byte(out, '\n');
			i++;
		} else {
			stk_buf_add_byte(out, text.ptr[i]);
		}
	}
}

void stk_app_token_read_key(const struct stk_secret *given, struct stk_secret *pem)
{
	struct stk_str text = stk_str_trim(stk_secret_reveal(given));
	struct stk_buf plain = STK_BUF_EMPTY;

	if (stk_str_contains(text, STK_STR("-----BEGIN")) ||
		stk_base64_parse(text, &plain, NULL) < 0) {
		stk_buf_clear(&plain);
		unescape(text, &plain);
	}
	stk_secret_init(pem, stk_buf_str(&plain));
	if (plain.cap)
		explicit_bzero(plain.ptr, plain.len);
	stk_buf_release(&plain);
}

int stk_app_token_sign_jwt(const char *id, const struct stk_secret *pem, int64_t now_ns,
	struct stk_buf *buf, struct stk_err *err)
{
	struct stk_json *claims = stk_json_new_object();
	struct stk_buf text = STK_BUF_EMPTY, jwt = STK_BUF_EMPTY, signature = STK_BUF_EMPTY;
	int64_t now_s = now_ns / STK_NS_PER_S;
	int rc;

	stk_json_put(claims, "iat", stk_json_new_int(now_s - IAT_BACK_S));
	stk_json_put(claims, "exp", stk_json_new_int(now_s + EXP_S));
	stk_json_put(claims, "iss", stk_json_new_text(id));
	stk_json_format(claims, STK_JSON_COMPACT, &text);
	stk_base64_add_url(&jwt, STK_STR("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"));
	stk_buf_add_byte(&jwt, '.');
	stk_base64_add_url(&jwt, stk_buf_str(&text));
	rc = stk_crypto_sign_rs256(pem, stk_buf_str(&jwt), &signature, err);
	if (rc == 0) {
		stk_buf_add_byte(&jwt, '.');
		stk_base64_add_url(&jwt, stk_buf_str(&signature));
		stk_buf_add_str(buf, stk_buf_str(&jwt));
	}
	stk_json_free(claims);
	stk_buf_release(&text);
	stk_buf_release(&jwt);
	stk_buf_release(&signature);
	return rc;
}

/* For the App's own calls. again: our clock may be wrong, so by the server's, once. */
static int own_token(bool again, const struct stk_secret **out, struct stk_err *err, void *ctx)
{
	struct stk_app_token *app = ctx;
	struct stk_buf jwt = STK_BUF_EMPTY;
	int rc;

	if (again)
		app->skew_ns = stk_rest_skew_ns(app->rest);
	rc = stk_app_token_sign_jwt(
		app->id, &app->pem, stk_clock_wall(app->clock) + app->skew_ns, &jwt, err);
	if (rc == 0) {
		stk_secret_release(&app->jwt);
		stk_secret_init(&app->jwt, stk_buf_str(&jwt));
		*out = &app->jwt;
	}
	stk_buf_release(&jwt);
	return rc;
}

int stk_app_token_new(
	const struct stk_app_token_opts *opts, struct stk_app_token **out, struct stk_err *err)
{
	static const struct stk_http_header headers[] = {
		{{"Accept", 6}, {"application/vnd.github+json", 27}},
		{{"X-GitHub-Api-Version", 20}, {"2022-11-28", 10}}};
	struct stk_app_token *app = stk_xcalloc(1, sizeof *app);
	struct stk_rest_opts rest = {.base_url = opts->api_url,
		.headers = headers,
		.headers_len = STK_ARRAY_LEN(headers),
		.token = own_token,
		.token_ctx = app,
		.token_source = "the App's private key",
		.user_agent = opts->user_agent,
		.clock = opts->clock,
		.interrupts = opts->interrupts};
	struct stk_buf trial = STK_BUF_EMPTY;
	int rc;

	app->id = stk_xstrdup(opts->id);
	app->clock = opts->clock ? opts->clock : stk_clock_system();
	stk_app_token_read_key(opts->key, &app->pem);
	/* a key that cannot sign is told now, not at the first webhook */
	rc = stk_app_token_sign_jwt(app->id, &app->pem, 0, &trial, err);
	if (rc == 0)
		rc = stk_rest_new(&rest, &app->rest, err);
	stk_buf_release(&trial);
	if (rc < 0) {
		stk_app_token_free(app);
		return rc;
	}
	*out = app;
	return 0;
}

void stk_app_token_free(struct stk_app_token *app)
{
	if (!app)
		return;
	for (size_t i = 0; i < app->kept.len; i++) {
		free(app->kept.items[i].repository);
		stk_secret_release(&app->kept.items[i].token);
	}
	stk_vec_release(&app->kept);
	stk_rest_free(app->rest);
	stk_secret_release(&app->jwt);
	stk_secret_release(&app->pem);
	free(app->login);
	free(app->id);
	free(app);
}

int stk_app_token_login(struct stk_app_token *app, const char **out, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_rest_request request = {.method = "GET", .path = "/app"};
	int rc = 0;

	if (!app->login) {
		const char *slug;

		rc = stk_rest_send(app->rest, &request, &answer, err);
		slug = stk_json_text(stk_json_get(answer.json, "slug"), NULL);
		if (rc == 0 && slug)
			app->login = stk_xasprintf("%s[bot]", slug);
		else if (rc == 0)
			rc = stk_err_set(err, STK_E_FORMAT, "GET /app: no slug in the answer");
	}
	if (rc == 0)
		*out = app->login;
	stk_rest_answer_release(&answer);
	return rc;
}

static int find_installation(
	struct stk_app_token *app, const char *repository, int64_t *out, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	char *path = stk_xasprintf("/repos/%s/installation", repository);
	struct stk_rest_request request = {.method = "GET", .path = path};
	int rc = stk_rest_send(app->rest, &request, &answer, err);

	if (rc == STK_E_NOT_FOUND && answer.status == 404)
		stk_err_hint(err, "is the App installed in %s?", repository);
	if (rc == 0)
		rc = stk_json_need_int(answer.json, "id", out, err);
	stk_rest_answer_release(&answer);
	free(path);
	return rc;
}

/* The least that stoker needs; a permission that the App lacks would be refused with 422, so only
 * the repository is narrowed. */
static int fetch(struct stk_app_token *app, struct kept *kept, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_json *body = stk_json_new_object(), *names = stk_json_new_array();
	struct stk_str name = stk_str_of(kept->repository);
	struct stk_rest_request request = {.method = "POST", .body = body, .is_repeatable = true};
	const char *token = NULL, *expires = NULL;
	int64_t id = 0;
	char *path = NULL;
	int rc;

	stk_json_push(names,
		stk_json_new_str(stk_str_skip(name, (size_t)stk_str_find_byte(name, '/') + 1)));
	stk_json_put(body, "repositories", names);
	rc = find_installation(app, kept->repository, &id, err);
	if (rc < 0)
		goto out;
	path = stk_xasprintf("/app/installations/%lld/access_tokens", (long long)id);
	request.path = path;
	rc = stk_rest_send(app->rest, &request, &answer, err);
	if (rc == 0)
		rc = stk_json_need_text(answer.json, "token", &token, err);
	if (rc == 0)
		rc = stk_json_need_text(answer.json, "expires_at", &expires, err);
	if (rc == 0)
		rc = stk_units_parse_rfc3339(stk_str_of(expires), &kept->expires_ns, err);
	if (rc == 0) {
		stk_secret_release(&kept->token);
		stk_secret_init(&kept->token, stk_str_of(token));
	}
out:
	stk_rest_answer_release(&answer);
	stk_json_free(body);
	free(path);
	return rc;
}

static struct kept *find_kept(struct stk_app_token *app, const char *repository)
{
	struct kept *kept;

	for (size_t i = 0; i < app->kept.len; i++)
		if (strcmp(app->kept.items[i].repository, repository) == 0)
			return &app->kept.items[i];
	if (app->kept.len < KEPT_MAX) {
		kept = stk_vec_push_new(&app->kept);
	} else {
		/* the first goes round: more repositories than that are asked for anew */
		kept = &app->kept.items[0];
		free(kept->repository);
		stk_secret_release(&kept->token);
		memset(kept, 0, sizeof *kept);
	}
	kept->repository = stk_xstrdup(repository);
	return kept;
}

int stk_app_token_get(struct stk_app_token *app, const char *repository, bool again,
	const struct stk_secret **out, struct stk_err *err)
{
	int64_t now = stk_clock_wall(app->clock) + app->skew_ns;
	struct kept *kept;
	int rc = 0;

	if (!stk_str_contains(stk_str_of(repository), STK_STR("/")))
		return stk_err_set(
			err, STK_E_INVAL, "repository '%s': OWNER/NAME is wanted", repository);
	kept = find_kept(app, repository);
	if (again || !stk_secret_is_set(&kept->token) || now + EARLY_NS >= kept->expires_ns)
		rc = fetch(app, kept, err);
	if (rc == 0)
		*out = &kept->token;
	return rc;
}

int stk_app_token_for_rest(
	bool again, const struct stk_secret **out, struct stk_err *err, void *ctx)
{
	const struct stk_app_token_place *place = ctx;

	return stk_app_token_get(place->app, place->repository, again, out, err);
}
