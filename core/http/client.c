/* client: blocking HTTP requests on libcurl, one or a batch at once, with limits. */
#include "core/http/client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

#include "core/base/mem.h"

#define HEADERS_MAX     ((size_t)256 * 1024)
#define BODY_MAX        ((size_t)256 * 1024 * 1024)
#define TIMEOUT_MS      30000
#define POLL_MS         100
#define REDIRECTS_MAX   10L
#define PARALLEL_MAX    64
#define DEFAULT_CONNECT 10000

struct stk_client {
	CURLM *multi;
	int64_t connect_timeout_ms;
	int max_parallel;
	char *user_agent;
	char *ca_file;
	bool insecure_tls;
	const atomic_int *interrupts;
	int interrupts_seen;
};

/* One request on its way. */
struct transfer {
	CURL *easy;
	struct curl_slist *headers;
	struct stk_client_item *item;
	char error[CURL_ERROR_SIZE];
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		STK_BUG("libcurl cannot be initialised");
}

void stk_http_response_release(struct stk_http_response *response)
{
	stk_buf_release(&response->body);
	stk_buf_release(&response->text);
	stk_vec_release(&response->headers);
	response->status = 0;
	response->elapsed_ns = 0;
}

struct stk_str stk_http_response_header(const struct stk_http_response *response, const char *name)
{
	for (size_t i = 0; i < response->headers.len; i++)
		if (stk_str_eq_nocase(response->headers.items[i].name, stk_str_of(name)))
			return response->headers.items[i].value;
	return stk_str_n("", 0);
}

int64_t stk_http_response_date_ns(const struct stk_http_response *response)
{
	char *text = stk_str_dup(stk_http_response_header(response, "date"));
	time_t seconds = curl_getdate(text, NULL);

	free(text);
	return seconds < 0 ? -1 : (int64_t)seconds * STK_NS_PER_S;
}

struct stk_client *stk_client_new(const struct stk_client_opts *opts)
{
	static const struct stk_client_opts none = {0};
	struct stk_client *client = stk_xcalloc(1, sizeof *client);

	if (!opts)
		opts = &none;
	(void)pthread_once(&curl_once, init_curl);
	client->multi = curl_multi_init();
	if (!client->multi)
		STK_BUG("libcurl gives no multi handle");
	client->connect_timeout_ms =
		opts->connect_timeout_ms > 0 ? opts->connect_timeout_ms : DEFAULT_CONNECT;
	client->max_parallel = opts->max_parallel > 0 ? opts->max_parallel : 4;
	if (client->max_parallel > PARALLEL_MAX)
		client->max_parallel = PARALLEL_MAX;
	client->user_agent = stk_xstrdup(opts->user_agent ? opts->user_agent : "stoker");
	client->ca_file = opts->ca_file ? stk_xstrdup(opts->ca_file) : NULL;
	client->insecure_tls = opts->insecure_tls;
	client->interrupts = opts->interrupts;
	client->interrupts_seen = opts->interrupts_seen;
	return client;
}

void stk_client_free(struct stk_client *client)
{
	if (!client)
		return;
	curl_multi_cleanup(client->multi);
	free(client->user_agent);
	free(client->ca_file);
	free(client);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;

	stk_buf_add(&t->item->response.body, bytes, size * count);
	return t->item->response.body.failed ? 0 : size * count;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct stk_http_response *response = &((struct transfer *)ctx)->item->response;
	struct stk_str line = {bytes, size * count};

	if (stk_str_starts(line, "HTTP/")) {
		/* a new answer (after a redirect or 100 Continue): forget the last one's */
		stk_buf_clear(&response->text);
		stk_buf_clear(&response->body);
	}
	stk_buf_add_str(&response->text, line);
	return response->text.failed ? 0 : line.len;
}

/* Views of the header lines in text, once it does not move any more. */
static void split_headers(struct stk_http_response *response)
{
	struct stk_str rest = stk_buf_str(&response->text), line;

	stk_vec_clear(&response->headers);
	while (stk_str_cut(&rest, '\n', &line)) {
		ptrdiff_t colon = stk_str_find_byte(line, ':');
		struct stk_http_header header;

		if (colon <= 0 || stk_str_starts(line, "HTTP/"))
			continue;
		header.name = stk_str_trim(stk_str_sub(line, 0, (size_t)colon));
		header.value = stk_str_trim(stk_str_skip(line, (size_t)colon + 1));
		stk_vec_push(&response->headers, header);
	}
}

static int check_header(const struct stk_http_header *header, struct stk_err *err)
{
	struct stk_str parts[2] = {header->name, header->value};

	for (size_t p = 0; p < 2; p++)
		for (size_t i = 0; i < parts[p].len; i++) {
			char c = parts[p].ptr[i];

			if (c == '\r' || c == '\n' || c == '\0')
				return stk_err_set(err, STK_E_INVAL,
					"header '%.*s': a line break is not allowed",
					STK_STR_ARG(header->name));
		}
	return 0;
}

static int add_header(struct curl_slist **list, struct stk_str name, struct stk_str value)
{
	/* libcurl sends an empty header only when it is written "Name;" */
	char *line = value.len ? stk_xasprintf("%.*s: %.*s", STK_STR_ARG(name), STK_STR_ARG(value))
			       : stk_xasprintf("%.*s;", STK_STR_ARG(name));
	struct curl_slist *longer = curl_slist_append(*list, line);

	free(line);
	if (!longer)
		STK_BUG("libcurl is out of memory");
	*list = longer;
	return 0;
}

static int set_headers(
	struct transfer *t, const struct stk_http_request *request, struct stk_err *err)
{
	bool has_type = false;

	for (size_t i = 0; i < request->headers_len; i++) {
		int rc = check_header(&request->headers[i], err);

		if (rc < 0)
			return rc;
		if (stk_str_eq_nocase(request->headers[i].name, STK_STR("content-type")))
			has_type = true;
		(void)add_header(&t->headers, request->headers[i].name, request->headers[i].value);
	}
	/* libcurl would wait for 100 Continue, and add a form type of its own */
	t->headers = curl_slist_append(t->headers, "Expect:");
	if (!has_type && t->headers)
		t->headers = curl_slist_append(t->headers, "Content-Type:");
	if (!t->headers)
		STK_BUG("libcurl is out of memory");
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	return 0;
}

static void set_auth(CURL *easy, const struct stk_http_request *request)
{
	struct stk_str password = {NULL, 0};

	if (request->password && stk_secret_is_set(request->password))
		password = stk_secret_reveal(request->password);
	if (request->user) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(easy, CURLOPT_USERNAME, request->user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, password.ptr ? password.ptr : "");
	} else if (password.len) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, password.ptr);
	}
}

static void set_body(CURL *easy, const struct stk_http_request *request)
{
	const char *method = request->method;
	bool body = request->has_body || request->body.len;

	if (body) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
		curl_easy_setopt(
			easy, CURLOPT_POSTFIELDS, request->body.ptr ? request->body.ptr : "");
	}
	if (method && strcmp(method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (method && strcmp(method, body ? "POST" : "GET") != 0)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

static void set_limits(
	const struct stk_client *client, CURL *easy, const struct stk_http_request *request)
{
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)client->connect_timeout_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
		(long)(request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS));
	curl_easy_setopt(easy, CURLOPT_USERAGENT, client->user_agent);
	if (client->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
	if (client->insecure_tls) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (request->follow) {
		curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
		curl_easy_setopt(easy, CURLOPT_MAXREDIRS, REDIRECTS_MAX);
	}
	if (request->packed)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
}

/* Make the easy handle of an item and hand it to the multi handle. */
static int begin(struct stk_client *client, struct transfer *t, struct stk_client_item *item)
{
	const struct stk_http_request *request = &item->request;
	int rc;

	memset(t, 0, sizeof *t);
	t->item = item;
	stk_err_clear(&item->err);
	stk_http_response_release(&item->response);
	stk_buf_init(&item->response.body, request->max_body ? request->max_body : BODY_MAX);
	stk_buf_init(&item->response.text, HEADERS_MAX);
	if (!request->url)
		return stk_err_set(&item->err, STK_E_INVAL, "a request without a URL");
	t->easy = curl_easy_init();
	if (!t->easy)
		STK_BUG("libcurl gives no handle");
	rc = set_headers(t, request, &item->err);
	if (rc < 0)
		return rc;
	curl_easy_setopt(t->easy, CURLOPT_URL, request->url);
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	set_limits(client, t->easy, request);
	set_auth(t->easy, request);
	set_body(t->easy, request);
	if (curl_multi_add_handle(client->multi, t->easy) != CURLM_OK)
		return stk_err_set(&item->err, STK_E_INTERNAL, "libcurl does not take a request");
	return 0;
}

static int errc_of(CURLcode code)
{
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return STK_E_TIMEOUT;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return STK_E_INVAL;
	case CURLE_BAD_CONTENT_ENCODING:
		return STK_E_FORMAT;
	default:
		return STK_E_NET;
	}
}

/* The outcome of a transfer that libcurl says is over. */
static void finish(struct transfer *t, CURLcode code)
{
	struct stk_client_item *item = t->item;
	curl_off_t us = 0;
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &us);
	item->response.elapsed_ns = (int64_t)us * 1000;
	if (item->response.body.failed || item->response.text.failed) {
		(void)stk_err_set(&item->err, STK_E_TOO_LARGE,
			"'%s': the answer is larger than %zu bytes", item->request.url,
			item->response.body.limit);
		return;
	}
	if (code != CURLE_OK) {
		(void)stk_err_set(&item->err, errc_of(code), "'%s': %s", item->request.url,
			t->error[0] ? t->error : curl_easy_strerror(code));
		return;
	}
	item->response.status = (int)status;
	split_headers(&item->response);
}

static void end(struct stk_client *client, struct transfer *t)
{
	if (t->easy) {
		(void)curl_multi_remove_handle(client->multi, t->easy);
		curl_easy_cleanup(t->easy);
	}
	curl_slist_free_all(t->headers);
	memset(t, 0, sizeof *t);
}

/* Book what has ended; gives the number of transfers that did. */
static size_t reap(struct stk_client *client)
{
	size_t ended = 0;
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(client->multi, &left)) != NULL) {
		struct transfer *t = NULL;
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		finish(t, code);
		end(client, t);
		ended++;
	}
	return ended;
}

static bool is_interrupted(const struct stk_client *client)
{
	return client->interrupts && atomic_load(client->interrupts) > client->interrupts_seen;
}

/* A free slot, or NULL. */
static struct transfer *free_slot(struct transfer *slots, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!slots[i].item)
			return &slots[i];
	return NULL;
}

int stk_client_send_all(
	struct stk_client *client, struct stk_client_item *items, size_t len, struct stk_err *err)
{
	size_t slots_len = (size_t)client->max_parallel, next = 0, running = 0;
	struct transfer *slots = stk_xcalloc(slots_len, sizeof *slots);
	int rc = 0, still = 0;

	while (next < len || running) {
		struct transfer *slot;

		while (next < len && (slot = free_slot(slots, slots_len)) != NULL) {
			if (begin(client, slot, &items[next++]) == 0)
				running++;
			else
				end(client, slot);
		}
		if (is_interrupted(client)) {
			rc = stk_err_set(err, STK_E_ABORTED, "interrupted");
			break;
		}
		if (curl_multi_perform(client->multi, &still) != CURLM_OK) {
			rc = stk_err_set(err, STK_E_INTERNAL, "libcurl's multi interface");
			break;
		}
		running -= reap(client);
		if (running && still)
			(void)curl_multi_poll(client->multi, NULL, 0, POLL_MS, NULL);
	}
	for (size_t i = 0; i < slots_len; i++)
		if (slots[i].item) {
			(void)stk_err_set(&slots[i].item->err, STK_E_ABORTED, "interrupted");
			end(client, &slots[i]);
		}
	for (; next < len; next++)
		(void)stk_err_set(&items[next].err, STK_E_ABORTED, "interrupted");
	free(slots);
	return rc;
}

int stk_client_send(struct stk_client *client, const struct stk_http_request *request,
	struct stk_http_response *response, struct stk_err *err)
{
	struct stk_client_item item = {
		.request = *request, .response = *response, .err = STK_ERR_INIT};
	int rc = stk_client_send_all(client, &item, 1, err);

	*response = item.response;
	if (rc < 0)
		return rc;
	if (item.err.code && err)
		*err = item.err;
	return item.err.code;
}
