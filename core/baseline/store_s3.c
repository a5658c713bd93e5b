/* store_s3: baselines in a bucket: <prefix>/<workflow>/<revision>/<machine>-<measured>.gz. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/baseline/s3_xml.h"
#include "core/baseline/store.h"
#include "core/http/client.h"
#include "core/http/sigv4.h"
#include "core/http/url.h"

#define SUFFIX      ".gz"
#define TIMEOUT_MS  60000
#define LIST_BYTES  ((size_t)4 << 20) /* of one page: 1,000 keys of at most 1,024 bytes */
#define ITEMS_MAX   100000u
#define TOKEN_MAX   4096u
#define HEADERS_MAX 4
#define PREFIX_MAX  512u

struct s3 {
	struct stk_baseline_store store; /* first */
	struct stk_client *client;
	const struct stk_clock *clock;
	char *origin; /* "https://host:port" */
	char *host;   /* as the header has it */
	char *root;   /* path before the key, encoded, with a slash at the end */
	char *prefix; /* "" or with a slash at the end */
	char *access_key, *region;
	struct stk_secret secret_key, session_token;
};

/* One request to the bucket; views are borrowed. */
struct ask {
	const char *method;
	struct stk_str key;   /* not encoded; "" is the bucket itself */
	struct stk_str query; /* encoded */
	struct stk_str body;
	size_t max_body;
	bool is_new; /* write only if there is none of this key yet */
};

/* --- requests -------------------------------------------------------------------------------- */

/* The key's words encoded, the slashes between them not. */
static void add_key(struct stk_buf *buf, struct stk_str key)
{
	struct stk_str word;

	for (bool first = true; key.len > 0 && stk_str_cut(&key, '/', &word); first = false) {
		if (!first)
			stk_buf_add_byte(buf, '/');
		stk_url_escape(buf, word);
	}
}

/* What has to be in every request, signed. */
struct signing {
	struct stk_buf path, date, hash, authorization;
	struct stk_http_header headers[HEADERS_MAX + 1];
	size_t len;
};

static void sign(const struct s3 *s3, const struct ask *ask, struct signing *out)
{
	const struct stk_sigv4_keys keys = {s3->access_key, &s3->secret_key, s3->region, "s3"};
	struct stk_sigv4_request request = {.method = ask->method,
		.host = stk_str_of(s3->host),
		.query = ask->query,
		.wall_ns = stk_clock_wall(s3->clock)};

	stk_buf_add_text(&out->path, s3->root);
	add_key(&out->path, ask->key);
	stk_sigv4_format_date(&out->date, request.wall_ns);
	stk_sigv4_format_hash(&out->hash, ask->body);
	out->headers[out->len++] =
		(struct stk_http_header){STK_STR("x-amz-content-sha256"), stk_buf_str(&out->hash)};
	out->headers[out->len++] =
		(struct stk_http_header){STK_STR("x-amz-date"), stk_buf_str(&out->date)};
	if (stk_secret_is_set(&s3->session_token))
		out->headers[out->len++] = (struct stk_http_header){
			STK_STR("x-amz-security-token"), stk_secret_reveal(&s3->session_token)};
	if (ask->is_new)
		out->headers[out->len++] =
			(struct stk_http_header){STK_STR("if-none-match"), STK_STR("*")};
	request.path = stk_buf_str(&out->path);
	request.headers = out->headers;
	request.headers_len = out->len;
	request.payload_hash = stk_buf_str(&out->hash);
	stk_sigv4_sign(&keys, &request, &out->authorization);
	out->headers[out->len++] = (struct stk_http_header){
		STK_STR("authorization"), stk_buf_str(&out->authorization)};
}

/* As much of an element as can be read. */
static void add_element(
	struct stk_buf *text, const char *before, struct stk_str body, const char *name, size_t max)
{
	struct stk_str inner;

	if (!stk_s3_xml_next(&body, name, &inner))
		return;
	stk_buf_add_text(text, before);
	if (stk_s3_xml_text(stk_str_sub(inner, 0, max), text, NULL) < 0)
		stk_buf_add_text(text, "…");
}

/* What the server said, in words, and what to do about it. */
static int explain(
	const struct s3 *s3, const struct stk_http_response *response, struct stk_err *err)
{
	struct stk_str body = stk_buf_str(&response->body);
	struct stk_str region = stk_http_response_header(response, "x-amz-bucket-region");
	struct stk_buf text = STK_BUF_INIT(4096);
	bool is_absent = response->status == 404 && stk_str_contains(body, STK_STR("NoSuchKey"));
	int code = is_absent                                            ? STK_E_NOT_FOUND
		   : response->status == 401 || response->status == 403 ? STK_E_AUTH
									: STK_E_HTTP;

	stk_buf_addf(&text, "HTTP %d", response->status);
	add_element(&text, " ", body, "Code", 100);
	add_element(&text, ": ", body, "Message", 300);
	stk_err_set(err, code, "%s: %s", s3->store.where, text.ptr);
	if (region.len > 0 && !stk_str_is(region, s3->region))
		stk_err_hint(err, "the bucket is in the region '%.*s', asked was '%s'",
			STK_STR_ARG(region), s3->region);
	else if (code == STK_E_AUTH)
		stk_err_hint(err,
			"AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN say who "
			"asks; the right to list, get, put and delete is needed, and a clock that "
			"is not 15 minutes off");
	stk_buf_release(&text);
	return code;
}

/* Send with retries. 0 for 2xx; the answer is the caller's to release either way. */
static int send(const struct s3 *s3, const struct ask *ask, struct stk_http_response *response,
	struct stk_err *err)
{
	struct signing signing = {.path = STK_BUF_EMPTY,
		.date = STK_BUF_EMPTY,
		.hash = STK_BUF_EMPTY,
		.authorization = STK_BUF_EMPTY};
	struct stk_retry retry = STK_RETRY_INIT;
	struct stk_buf url = STK_BUF_EMPTY;
	struct stk_http_request request = {.method = ask->method,
		.body = ask->body,
		.has_body = strcmp(ask->method, "PUT") == 0,
		.timeout_ms = TIMEOUT_MS,
		.max_body = ask->max_body};
	int rc;

	sign(s3, ask, &signing);
	stk_buf_addf(&url, "%s%s", s3->origin, signing.path.ptr);
	if (ask->query.len > 0)
		stk_buf_addf(&url, "?%.*s", STK_STR_ARG(ask->query));
	request.url = url.ptr;
	request.headers = signing.headers;
	request.headers_len = signing.len;
	retry.clock = s3->clock;
	/* a signature holds for 15 minutes: longer than all tries together */
	rc = stk_client_send_retry(s3->client, &retry, &request, response, err);
	if (rc == 0 && (response->status < 200 || response->status > 299))
		rc = explain(s3, response, err);
	else if (rc < 0)
		stk_err_wrap(err, "%s", s3->store.where);
	stk_buf_release(&signing.path);
	stk_buf_release(&signing.date);
	stk_buf_release(&signing.hash);
	stk_buf_release(&signing.authorization);
	stk_buf_release(&url);
	return rc;
}

static char *key_of(const struct s3 *s3, const struct stk_baseline_key *key)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_addf(&text, "%s%s/%s/", s3->prefix, key->workflow, key->revision);
	stk_baseline_format_name(&text, key);
	stk_buf_add_text(&text, SUFFIX);
	return stk_buf_take(&text, NULL);
}

/* --- listing --------------------------------------------------------------------------------- */

static bool is_word(struct stk_str word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (!isalnum((unsigned char)word.ptr[i]) && !strchr("._-", word.ptr[i]))
			return false;
	}
	return word.len > 0 && word.ptr[0] != '.';
}

/* An object of ours; others in the bucket are none of our business. */
static void add_object(
	const struct s3 *s3, struct stk_str key, size_t bytes, struct stk_baseline_items *out)
{
	struct stk_str workflow, revision;
	struct stk_baseline_key found = {0};

	if (!stk_str_starts(key, s3->prefix))
		return;
	key = stk_str_skip(key, strlen(s3->prefix));
	if (!stk_str_cut(&key, '/', &workflow) || !stk_str_cut(&key, '/', &revision) ||
		!is_word(workflow) || !is_word(revision) || !stk_str_ends(key, SUFFIX))
		return;
	key = stk_str_sub(key, 0, key.len - strlen(SUFFIX));
	if (!is_word(key) || stk_baseline_parse_name(key, &out->arena, &found, NULL) < 0)
		return;
	found.workflow = stk_arena_str(&out->arena, workflow);
	found.revision = stk_arena_str(&out->arena, revision);
	stk_vec_push(&out->list, (struct stk_baseline_item){found, bytes});
}

static int read_object(const struct s3 *s3, struct stk_str element, struct stk_baseline_items *out,
	struct stk_err *err)
{
	struct stk_str rest = element, inner;
	struct stk_buf key = STK_BUF_INIT(4096);
	int64_t bytes = 0;
	int rc = 0;

	if (!stk_s3_xml_next(&rest, "Key", &inner))
		return stk_err_set(err, STK_E_FORMAT, "an object without a key");
	rc = stk_s3_xml_text(inner, &key, err);
	rest = element;
	if (rc == 0 && stk_s3_xml_next(&rest, "Size", &inner) &&
		(stk_str_to_i64(inner, &bytes, NULL) < 0 || bytes < 0))
		rc = stk_err_set(err, STK_E_FORMAT, "'Size': a number of bytes is wanted");
	if (rc == 0)
		add_object(s3, stk_buf_str(&key), (size_t)bytes, out);
	stk_buf_release(&key);
	return rc;
}

/* One page; token gets the name of the next one, or nothing. */
static int read_page(const struct s3 *s3, struct stk_str page, struct stk_buf *token,
	struct stk_baseline_items *out, struct stk_err *err)
{
	struct stk_str rest = page, inner;
	int rc = 0;

	stk_buf_clear(token);
	if (!stk_str_contains(page, STK_STR("<ListBucketResult")))
		return stk_err_set(err, STK_E_FORMAT, "%s: the answer is no list", s3->store.where);
	while (rc == 0 && stk_s3_xml_next(&rest, "Contents", &inner)) {
		rc = read_object(s3, inner, out, err);
		if (rc == 0 && out->list.len > ITEMS_MAX)
			rc = stk_err_set(err, STK_E_TOO_LARGE, "more than %u baselines", ITEMS_MAX);
	}
	rest = page;
	if (rc == 0 && stk_s3_xml_next(&rest, "IsTruncated", &inner) && stk_str_is(inner, "true")) {
		rest = page;
		if (!stk_s3_xml_next(&rest, "NextContinuationToken", &inner) || inner.len == 0)
			rc = stk_err_set(err, STK_E_FORMAT, "a list that goes on, but not where");
		else
			rc = stk_s3_xml_text(inner, token, err);
	}
	if (rc < 0)
		stk_err_wrap(err, "%s", s3->store.where);
	return rc;
}

static int list_prefix(const struct s3 *s3, const char *prefix, struct stk_baseline_items *out,
	struct stk_err *err)
{
	struct stk_buf token = STK_BUF_INIT(TOKEN_MAX), query = STK_BUF_EMPTY;
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	int rc;

	for (size_t pages = 0;; pages++) {
		struct ask ask = {.method = "GET", .max_body = LIST_BYTES};

		if (pages > ITEMS_MAX / 1000) {
			rc = stk_err_set(
				err, STK_E_TOO_LARGE, "%s: a list without end", s3->store.where);
			break;
		}
		stk_buf_clear(&query);
		if (token.len > 0)
			stk_url_query_add(&query, "continuation-token", stk_buf_str(&token));
		stk_url_query_add(&query, "list-type", STK_STR("2"));
		stk_url_query_add(&query, "prefix", stk_str_of(prefix));
		ask.query = stk_buf_str(&query);
		rc = send(s3, &ask, &response, err);
		if (rc == 0)
			rc = read_page(s3, stk_buf_str(&response.body), &token, out, err);
		if (rc < 0 || token.len == 0)
			break;
	}
	stk_http_response_release(&response);
	stk_buf_release(&query);
	stk_buf_release(&token);
	return rc;
}

static int s3_list(struct stk_baseline_store *store, const char *workflow, const char *revision,
	struct stk_baseline_items *out, struct stk_err *err)
{
	const struct s3 *s3 = (const struct s3 *)store;
	char *prefix = workflow && revision
			       ? stk_xasprintf("%s%s/%s/", s3->prefix, workflow, revision)
		       : workflow ? stk_xasprintf("%s%s/", s3->prefix, workflow)
				  : stk_xstrdup(s3->prefix);
	size_t first = out->list.len, kept = first;
	int rc = list_prefix(s3, prefix, out, err);

	for (size_t i = first; rc == 0 && i < out->list.len; i++) {
		if (!revision || strcmp(out->list.items[i].key.revision, revision) == 0)
			out->list.items[kept++] = out->list.items[i];
	}
	if (rc == 0)
		out->list.len = kept;
	free(prefix);
	return rc;
}

/* --- objects --------------------------------------------------------------------------------- */

static int with_object(struct s3 *s3, const struct stk_baseline_key *key, struct ask *ask,
	struct stk_http_response *response, struct stk_err *err)
{
	char *name = key_of(s3, key);
	int rc;

	ask->key = stk_str_of(name);
	if (ask->max_body == 0)
		ask->max_body = LIST_BYTES;
	rc = send(s3, ask, response, err);
	free(name);
	return rc;
}

static int s3_read(struct stk_baseline_store *store, const struct stk_baseline_key *key,
	struct stk_buf *out, struct stk_err *err)
{
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct ask ask = {.method = "GET", .max_body = STK_KEPT_PACKED_MAX};
	int rc = with_object((struct s3 *)store, key, &ask, &response, err);

	if (rc == 0) {
		stk_buf_add_str(out, stk_buf_str(&response.body));
		rc = stk_buf_check(out, err);
	}
	stk_http_response_release(&response);
	return rc;
}

/* A key names one measurement: what is there already stays, and a repeated PUT whose first answer
 * was lost finds itself. A server that knows no conditions is asked again without. */
static int s3_write(struct stk_baseline_store *store, const struct stk_baseline_key *key,
	struct stk_str packed, struct stk_err *err)
{
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct ask ask = {.method = "PUT", .body = packed, .is_new = true};
	struct stk_err why = STK_ERR_INIT;
	int rc = with_object((struct s3 *)store, key, &ask, &response, &why);

	if (response.status == 412) {
		rc = 0;
	} else if (response.status == 501) {
		ask.is_new = false;
		rc = with_object((struct s3 *)store, key, &ask, &response, &why);
	}
	if (rc < 0 && err)
		*err = why;
	stk_http_response_release(&response);
	return rc;
}

static int s3_remove(
	struct stk_baseline_store *store, const struct stk_baseline_key *key, struct stk_err *err)
{
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct ask ask = {.method = "DELETE"};
	struct stk_err why = STK_ERR_INIT;
	int rc = with_object((struct s3 *)store, key, &ask, &response, &why);

	/* somebody else was faster */
	if (rc < 0 && stk_str_contains(stk_buf_str(&response.body), STK_STR("NoSuchKey")))
		rc = 0;
	if (rc < 0 && err)
		*err = why;
	stk_http_response_release(&response);
	return rc;
}

static void s3_release(struct stk_baseline_store *store)
{
	struct s3 *s3 = (struct s3 *)store;

	stk_client_free(s3->client);
	stk_secret_release(&s3->secret_key);
	stk_secret_release(&s3->session_token);
	free(s3->origin);
	free(s3->host);
	free(s3->root);
	free(s3->prefix);
	free(s3->access_key);
	free(s3->region);
}

static const struct stk_baseline_store_ops s3_ops = {.list = s3_list,
	.read = s3_read,
	.write = s3_write,
	.remove = s3_remove,
	.release = s3_release};

/* --- opening --------------------------------------------------------------------------------- */

/* As Amazon allows them: it goes into a host's name. */
static bool is_bucket(struct stk_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!islower((unsigned char)c) && !isdigit((unsigned char)c) &&
			((c != '.' && c != '-') || i == 0))
			return false;
	}
	return name.len >= 3 && name.len <= 63;
}

static int parse_url(
	const char *url, struct stk_str *bucket, struct stk_str *prefix, struct stk_err *err)
{
	struct stk_str rest = stk_str_of(url), word;

	if (!stk_str_starts(rest, "s3://"))
		return stk_err_set(err, STK_E_INVAL, "'%s': s3://bucket/prefix is wanted", url);
	rest = stk_str_skip(rest, strlen("s3://"));
	(void)stk_str_cut(&rest, '/', bucket);
	while (stk_str_starts(rest, "/"))
		rest = stk_str_skip(rest, 1);
	while (stk_str_ends(rest, "/"))
		rest.len--;
	if (!is_bucket(*bucket))
		return stk_err_set(err, STK_E_INVAL,
			"'%s': a bucket's name is 3 to 63 of a-z, 0-9, . and -", url);
	*prefix = rest;
	if (rest.len > PREFIX_MAX)
		return stk_err_set(err, STK_E_INVAL, "'%s': the prefix is too long", url);
	while (rest.len > 0 && stk_str_cut(&rest, '/', &word)) {
		/* libcurl would resolve them, and the signature is of what was asked */
		if (word.len == 0 || stk_str_is(word, ".") || stk_str_is(word, ".."))
			return stk_err_set(err, STK_E_INVAL,
				"'%s': folders with names of their own are wanted", url);
	}
	return 0;
}

static const char *first_of(
	const struct stk_env *env, const char *given, const char *a, const char *b)
{
	const char *found = given && given[0] ? given : stk_env_get(env, a);

	return found && found[0] ? found : stk_env_get(env, b);
}

/* Where requests go: host, path before the key. */
static int set_place(struct s3 *s3, const struct stk_baseline_s3_opts *opts, struct stk_str bucket,
	struct stk_err *err)
{
	const char *endpoint =
		first_of(opts->env, opts->endpoint, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
	bool is_own = endpoint && endpoint[0];
	char *amazon = stk_xasprintf("https://s3.%s.amazonaws.com%s", s3->region,
		stk_str_starts(stk_str_of(s3->region), "cn-") ? ".cn" : "");
	bool by_path = opts->style == STK_S3_STYLE_PATH ||
		       (opts->style == STK_S3_STYLE_DEFAULT &&
			       (is_own || stk_str_find_byte(bucket, '.') >= 0));
	struct stk_str dot = by_path ? STK_STR("") : bucket, path;
	struct stk_url url;
	int rc = stk_url_parse(stk_str_of(is_own ? endpoint : amazon), &url, err);

	if (rc < 0) {
		stk_err_wrap(err, "endpoint");
		goto out;
	}
	path = url.path;
	while (stk_str_ends(path, "/"))
		path.len--;
	bool is_usual = url.port == (stk_str_is(url.scheme, "https") ? 443 : 80);
	bool is_v6 = stk_str_find_byte(url.host, ':') >= 0;
	s3->host = stk_xasprintf("%.*s%s%s%.*s%s", STK_STR_ARG(dot), dot.len ? "." : "",
		is_v6 ? "[" : "", STK_STR_ARG(url.host), is_v6 ? "]" : "");
	if (!is_usual) {
		char *host = stk_xasprintf("%s:%u", s3->host, (unsigned)url.port);
		free(s3->host);
		s3->host = host;
	}
	s3->origin = stk_xasprintf("%.*s://%s", STK_STR_ARG(url.scheme), s3->host);
	s3->root = by_path ? stk_xasprintf("%.*s/%.*s/", STK_STR_ARG(path), STK_STR_ARG(bucket))
			   : stk_xasprintf("%.*s/", STK_STR_ARG(path));
out:
	free(amazon);
	return rc;
}

static int take_keys(struct s3 *s3, const struct stk_env *env, struct stk_err *err)
{
	const char *access = stk_env_get(env, "AWS_ACCESS_KEY_ID");
	const char *secret = stk_env_get(env, "AWS_SECRET_ACCESS_KEY");
	const char *token = stk_env_get(env, "AWS_SESSION_TOKEN");

	if (!access || !access[0] || !secret || !secret[0]) {
		stk_err_set(err, STK_E_AUTH, "%s: there are no credentials", s3->store.where);
		stk_err_hint(err, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and "
				  "AWS_SESSION_TOKEN with temporary ones");
		return STK_E_AUTH;
	}
	s3->access_key = stk_xstrdup(access);
	stk_secret_init(&s3->secret_key, stk_str_of(secret));
	if (token && token[0])
		stk_secret_init(&s3->session_token, stk_str_of(token));
	return 0;
}

int stk_baseline_store_s3(const struct stk_baseline_s3_opts *opts, struct stk_baseline_store **out,
	struct stk_err *err)
{
	struct stk_client_opts client = {.ca_file = stk_env_get(opts->env, "AWS_CA_BUNDLE"),
		.interrupts = opts->env->interrupts};
	const char *region = first_of(opts->env, opts->region, "AWS_REGION", "AWS_DEFAULT_REGION");
	struct stk_str bucket = STK_STR(""), prefix = STK_STR("");
	struct s3 *s3;
	int rc = parse_url(opts->url, &bucket, &prefix, err);

	if (rc < 0)
		return rc;
	s3 = stk_xcalloc(1, sizeof *s3);
	s3->store = (struct stk_baseline_store){.ops = &s3_ops,
		.where = stk_xasprintf("s3://%.*s%s%.*s", STK_STR_ARG(bucket),
			prefix.len ? "/" : "", STK_STR_ARG(prefix)),
		.lists_at_once = true};
	s3->clock = opts->env->clock ? opts->env->clock : stk_clock_system();
	s3->region = stk_xstrdup(region && region[0] ? region : "us-east-1");
	s3->prefix = prefix.len ? stk_xasprintf("%.*s/", STK_STR_ARG(prefix)) : stk_xstrdup("");
	rc = set_place(s3, opts, bucket, err);
	if (rc == 0)
		rc = take_keys(s3, opts->env, err);
	if (rc < 0) {
		stk_baseline_store_free(&s3->store);
		return rc;
	}
	if (opts->env->interrupts)
		client.interrupts_seen = atomic_load(opts->env->interrupts);
	s3->client = stk_client_new(&client);
	*out = &s3->store;
	return 0;
}
