/* multi_handle: one exchange as libcurl wants it told, and its outcome as we want it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/crypto_tls.h"
#include "core/base/mem.h"
#include "core/http/multi_priv.h"
#include "core/http/url.h"

/* libcurl sends a body up to this size along with the header and counts it there. */
#define SENT_WITH_HEADER (64 * 1024)

static size_t take_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct stk_multi_handle *handle = ctx;
	struct stk_buf *out = handle->job->body_out;

	if (out) {
		stk_buf_add(out, bytes, size * count);
		if (out->failed) {
			handle->own_fault = STK_MULTI_TOO_LARGE;
			return 0;
		}
	}
	if (handle->job->got && size * count > 0) {
		handle->multi->done++;
		handle->job->got(handle->job);
	}
	return size * count;
}

/* libcurl takes a length that is no number for none, and of two it believes the last. */
static bool has_honest_length(struct stk_multi_handle *handle, struct stk_str line)
{
	static const char name[] = "content-length:";
	uint64_t length;

	if (!stk_str_eq_nocase(stk_str_sub(line, 0, sizeof name - 1), stk_str_of(name)))
		return true;
	line = stk_str_trim(stk_str_skip(line, sizeof name - 1));
	if (stk_str_to_u64(line, &length, NULL) < 0 || length > INT64_MAX ||
		(handle->has_length && length != handle->length))
		return false;
	handle->has_length = true;
	handle->length = length;
	return true;
}

/* The connection is the handle's only while the answer comes. */
static const char *tls_version(CURL *easy)
{
	const struct curl_tlssessioninfo *info = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info) != CURLE_OK || !info ||
		info->backend != CURLSSLBACKEND_OPENSSL)
		return NULL;
	return stk_crypto_tls_version(info->internals);
}

/* Keep the lines of the last header block: an interim answer is overwritten by the next. */
static size_t take_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct stk_multi_handle *handle = ctx;
	struct stk_buf *out = handle->job->head_out;
	struct stk_str line = stk_str_trim(stk_str_n(bytes, size * count));

	if (!out)
		return size * count;
	if (stk_str_starts(line, "HTTP/") && stk_str_find_byte(line, ' ') > 0) {
		stk_buf_clear(out);
		handle->head_over = handle->has_length = false;
		handle->job->tls_version = tls_version(handle->easy);
		return size * count;
	}
	handle->head_over |= line.len == 0;
	if (handle->head_over) /* trailers are dropped, as k6 does it */
		return size * count;
	stk_buf_add_str(out, line);
	stk_buf_add_byte(out, '\n');
	if (out->failed)
		handle->own_fault = STK_MULTI_HEAD_LARGE;
	else if (!has_honest_length(handle, line))
		handle->own_fault = STK_MULTI_LENGTH;
	return handle->own_fault == STK_MULTI_OK ? size * count : 0;
}

static int close_socket(void *ctx, curl_socket_t fd)
{
	stk_multi_forget_fd(ctx, fd);
	return close(fd);
}

/* The connection is there, the request goes out now. */
static int mark_request(void *ctx, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
	struct stk_multi_handle *handle = ctx;

	(void)remote_ip;
	(void)local_ip;
	(void)remote_port;
	(void)local_port;
	handle->asked_ns = stk_clock_mono(stk_clock_system());
	return CURL_PREREQFUNC_OK;
}

/* The address is known now; a refused one gets no socket. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct stk_multi_handle *handle = ctx;

	(void)purpose;
	if (stk_net_blocks_address(handle->multi->opts.net, &address->addr)) {
		handle->blocked = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static struct curl_blob blob_of(struct stk_str text)
{
	return (struct curl_blob){(void *)(uintptr_t)text.ptr, text.len, CURL_BLOB_NOCOPY};
}

static void set_tls(CURL *easy, const struct stk_net *net)
{
	static const long lowest[] = {[STK_NET_TLS_ANY] = CURL_SSLVERSION_DEFAULT,
		[STK_NET_TLS_1_0] = CURL_SSLVERSION_TLSv1_0,
		[STK_NET_TLS_1_1] = CURL_SSLVERSION_TLSv1_1,
		[STK_NET_TLS_1_2] = CURL_SSLVERSION_TLSv1_2,
		[STK_NET_TLS_1_3] = CURL_SSLVERSION_TLSv1_3};
	static const long highest[] = {[STK_NET_TLS_ANY] = CURL_SSLVERSION_MAX_NONE,
		[STK_NET_TLS_1_0] = CURL_SSLVERSION_MAX_TLSv1_0,
		[STK_NET_TLS_1_1] = CURL_SSLVERSION_MAX_TLSv1_1,
		[STK_NET_TLS_1_2] = CURL_SSLVERSION_MAX_TLSv1_2,
		[STK_NET_TLS_1_3] = CURL_SSLVERSION_MAX_TLSv1_3};
	struct curl_blob ca = blob_of(net->ca);

	curl_easy_setopt(easy, CURLOPT_SSLVERSION, lowest[net->tls_min] | highest[net->tls_max]);
	/* The distribution's folder of authorities holds what its bundle does, and with a folder
	 * libcurl parses all of them again for each connection instead of once for the multi
	 * handle. */
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	if (net->ca.len > 0)
		curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &ca);
	if (net->insecure_tls) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, NULL); /* it would be parsed all the same */
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

static void set_net(struct stk_multi_handle *handle, const struct stk_net *net)
{
	static const long families[] = {[STK_NET_PREFER_V4] = CURL_IPRESOLVE_WHATEVER,
		[STK_NET_PREFER_V6] = CURL_IPRESOLVE_WHATEVER,
		[STK_NET_ONLY_V4] = CURL_IPRESOLVE_V4,
		[STK_NET_ONLY_V6] = CURL_IPRESOLVE_V6};
	int64_t ttl_s = net->dns_ttl_ns / 1000000000;

	curl_easy_setopt(handle->easy, CURLOPT_DNS_CACHE_TIMEOUT,
		net->dns_ttl_ns == INT64_MAX ? -1L : (long)ttl_s);
	curl_easy_setopt(handle->easy, CURLOPT_IPRESOLVE, families[net->family]);
	if (net->blocked_ranges.len > 0) {
		curl_easy_setopt(handle->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
		curl_easy_setopt(handle->easy, CURLOPT_OPENSOCKETDATA, handle);
	}
	set_tls(handle->easy, net);
}

/* Options that stay the same from exchange to exchange. */
static void set_lasting(struct stk_multi_handle *handle)
{
	CURL *easy = handle->easy;
	const struct stk_multi_opts *opts = &handle->multi->opts;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, handle);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, handle->error);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); /* what it can unpack */
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, mark_request);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, handle);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, handle);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, handle);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, handle->multi);
	if (opts->user_agent)
		curl_easy_setopt(easy, CURLOPT_USERAGENT, opts->user_agent);
	if (opts->net)
		set_net(handle, opts->net);
}

struct stk_multi_handle *stk_multi_handle_new(struct stk_multi *multi)
{
	struct stk_multi_handle *handle = stk_xcalloc(1, sizeof *handle);

	handle->multi = multi;
	handle->easy = curl_easy_init();
	if (!handle->easy)
		STK_BUG("libcurl gives no handle");
	stk_buf_init(&handle->text, 0);
	stk_buf_init(&handle->url, 0);
	stk_buf_init(&handle->place_text, 0);
	set_lasting(handle);
	return handle;
}

void stk_multi_handle_free(struct stk_multi_handle *handle)
{
	if (!handle)
		return;
	curl_easy_cleanup(handle->easy);
	stk_vec_release(&handle->lines);
	stk_vec_release(&handle->offsets);
	stk_buf_release(&handle->text);
	stk_buf_release(&handle->url);
	stk_buf_release(&handle->place_text);
	free(handle);
}

static void add_line(struct stk_multi_handle *handle, struct stk_str name, struct stk_str value)
{
	size_t from = handle->text.len;

	stk_vec_push(&handle->offsets, from);
	stk_buf_add_str(&handle->text, name);
	if (value.len == 0) {
		stk_buf_add_byte(&handle->text, ';'); /* libcurl's word for an empty value */
	} else {
		stk_buf_add_text(&handle->text, ": ");
		stk_buf_add_str(&handle->text, value);
	}
	for (size_t i = from; i < handle->text.len; i++) /* one line stays one line */
		if ((unsigned char)handle->text.ptr[i] < ' ' && handle->text.ptr[i] != '\t')
			handle->text.ptr[i] = ' ';
	stk_buf_add_byte(&handle->text, '\0');
}

/* "Name:" keeps libcurl from sending its own line of that name. */
static void add_removal(struct stk_multi_handle *handle, const char *line)
{
	stk_vec_push(&handle->offsets, handle->text.len);
	stk_buf_add(&handle->text, line, strlen(line) + 1);
}

static bool has_header(const struct stk_multi_job *job, const char *name)
{
	for (size_t i = 0; i < job->headers_len; i++)
		if (stk_str_eq_nocase(job->headers[i].name, stk_str_of(name)))
			return true;
	return false;
}

/* Whether it goes out with a body, be it an empty one. */
static bool sends_body(const struct stk_multi_job *job)
{
	return job->has_body || (job->method && (strcmp(job->method, "POST") == 0 ||
							strcmp(job->method, "PUT") == 0 ||
							strcmp(job->method, "PATCH") == 0));
}

static void set_headers(struct stk_multi_handle *handle, const struct stk_multi_job *job)
{
	stk_buf_clear(&handle->text);
	stk_vec_clear(&handle->offsets);
	for (size_t i = 0; i < job->headers_len; i++) {
		struct stk_str name = job->headers[i].name;

		/* The length is the body's, whatever the script says (as k6). */
		if (!stk_str_eq_nocase(name, STK_STR("content-length")) &&
			!stk_str_eq_nocase(name, STK_STR("transfer-encoding")))
			add_line(handle, name, job->headers[i].value);
	}
	if (!has_header(job, "accept"))
		add_removal(handle, "Accept:");
	if (!has_header(job, "accept-encoding"))
		add_removal(handle, "Accept-Encoding:");
	if (sends_body(job)) { /* libcurl goes through all lines for each one that it makes */
		if (!has_header(job, "content-type"))
			add_removal(handle, "Content-Type:");
		add_removal(handle, "Expect:");
	}
	stk_vec_clear(&handle->lines);
	for (size_t i = 0; i < handle->offsets.len; i++)
		stk_vec_push(&handle->lines,
			(struct curl_slist){handle->text.ptr + handle->offsets.items[i], NULL});
	for (size_t i = 0; i + 1 < handle->lines.len; i++)
		handle->lines.items[i].next = &handle->lines.items[i + 1];
	curl_easy_setopt(handle->easy, CURLOPT_HTTPHEADER, handle->lines.items);
}

static void set_method(struct stk_multi_handle *handle, const struct stk_multi_job *job)
{
	CURL *easy = handle->easy;
	const char *method = job->method ? job->method : "GET";
	bool body = sends_body(job), is_get = !body && strcmp(method, "GET") == 0;

	if (is_get && handle->is_get)
		return;
	handle->is_get = is_get;
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, NULL);
	curl_easy_setopt(easy, CURLOPT_NOBODY, 0L);
	if (body) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)job->body.len);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, job->body.ptr ? job->body.ptr : "");
	} else if (strcmp(method, "HEAD") == 0) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	} else {
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	}
	if (body || strcmp(method, "GET") != 0)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

/* Where a mapped name is; Host and SNI keep the name. url NULL: nothing is mapped. */
static void set_place(struct stk_multi_handle *handle, const struct stk_url *url)
{
	const struct stk_net_host *host =
		url ? stk_net_find_host(handle->multi->opts.net, url->host, url->port) : NULL;
	bool is_v6;

	if (!host) {
		curl_easy_setopt(handle->easy, CURLOPT_CONNECT_TO, NULL);
		return;
	}
	is_v6 = strchr(host->address, ':') != NULL;
	stk_buf_clear(&handle->place_text);
	stk_buf_addf(&handle->place_text, "::%s%s%s:%u", is_v6 ? "[" : "", host->address,
		is_v6 ? "]" : "", (unsigned)(host->to_port ? host->to_port : url->port));
	handle->place_line = (struct curl_slist){handle->place_text.ptr, NULL};
	curl_easy_setopt(handle->easy, CURLOPT_CONNECT_TO, &handle->place_line);
}

static void set_certificate(struct stk_multi_handle *handle, const struct stk_url *url)
{
	const struct stk_net_certificate *certificate =
		stk_net_find_certificate(handle->multi->opts.net, url->host);
	struct curl_blob cert, key;

	if (certificate == handle->certificate)
		return;
	handle->certificate = certificate;
	if (!certificate) {
		curl_easy_setopt(handle->easy, CURLOPT_SSLCERT_BLOB, NULL);
		curl_easy_setopt(handle->easy, CURLOPT_SSLKEY_BLOB, NULL);
		return;
	}
	cert = blob_of(certificate->cert);
	key = blob_of(certificate->key);
	curl_easy_setopt(handle->easy, CURLOPT_SSLCERT_BLOB, &cert);
	curl_easy_setopt(handle->easy, CURLOPT_SSLKEY_BLOB, &key);
	curl_easy_setopt(handle->easy, CURLOPT_KEYPASSWD, certificate->password);
}

/* The URL, and what depends on its host alone; mostly it is the same as before. */
static void set_url(struct stk_multi_handle *handle, const char *text)
{
	struct stk_url url;
	const char *proxy;

	if (handle->url.len > 0 && stk_str_is(stk_buf_str(&handle->url), text))
		return;
	stk_buf_clear(&handle->url);
	stk_buf_add_text(&handle->url, text);
	curl_easy_setopt(handle->easy, CURLOPT_URL, text);
	if (stk_url_parse(stk_str_of(text), &url, NULL) < 0)
		return; /* libcurl will say so */
	proxy = stk_proxies_find(&handle->multi->proxies, &url);
	/* libcurl reads the variables by rules of its own when it is told nothing */
	handle->is_proxied = proxy != NULL;
	curl_easy_setopt(handle->easy, CURLOPT_PROXY, proxy ? proxy : "");
	curl_easy_setopt(handle->easy, CURLOPT_NOPROXY, "");
	if (!handle->multi->opts.net)
		return;
	set_place(handle, proxy ? NULL : &url); /* the proxy looks names up */
	set_certificate(handle, &url);
}

/* libcurl asks, is asked back, and answers; the job has the last answer only. */
static void set_digest(struct stk_multi_handle *handle, const struct stk_multi_job *job)
{
	CURL *easy = handle->easy;
	char *user, *password;

	if (!job->user.ptr && !handle->has_user)
		return;
	handle->has_user = job->user.ptr != NULL;
	user = job->user.ptr ? stk_str_dup(job->user) : NULL;
	password = job->user.ptr ? stk_str_dup(job->password) : NULL;
	curl_easy_setopt(easy, CURLOPT_USERNAME, user); /* copies */
	curl_easy_setopt(easy, CURLOPT_PASSWORD, password);
	curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)(user ? CURLAUTH_DIGEST : CURLAUTH_BASIC));
	free(user);
	free(password);
}

void stk_multi_handle_set(struct stk_multi_handle *handle, struct stk_multi_job *job)
{
	int64_t timeout_ms = (job->timeout_ns + STK_NS_PER_MS - 1) / STK_NS_PER_MS;

	handle->job = job;
	handle->own_fault = STK_MULTI_OK;
	handle->head_over = handle->has_length = handle->blocked = false;
	handle->started_ns = stk_clock_mono(stk_clock_system());
	handle->asked_ns = 0;
	handle->error[0] = '\0';
	job->handle = handle;
	job->fault = STK_MULTI_OK;
	job->status = 0;
	job->tls_version = NULL;
	job->text[0] = job->remote_ip[0] = '\0';
	set_url(handle, job->url);
	curl_easy_setopt(handle->easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	/* what nobody wants is not unpacked */
	curl_easy_setopt(handle->easy, CURLOPT_HTTP_CONTENT_DECODING, job->body_out ? 1L : 0L);
	/* over plain http nothing tells before the answer that there is no HTTP/2 */
	curl_easy_setopt(handle->easy, CURLOPT_PIPEWAIT,
		job->shares && strncasecmp(job->url, "https:", 6) == 0 ? 1L : 0L);
	set_digest(handle, job);
	set_headers(handle, job);
	set_method(handle, job);
}

static bool says(const struct stk_multi_handle *handle, const char *words)
{
	return strstr(handle->error, words) != NULL;
}

static enum stk_multi_fault connect_fault(const struct stk_multi_handle *handle)
{
	long number = 0;

	(void)curl_easy_getinfo(handle->easy, CURLINFO_OS_ERRNO, &number);
	if (handle->is_proxied)
		return STK_MULTI_PROXY;
	if (number == ECONNREFUSED)
		return STK_MULTI_REFUSED;
	return number == ETIMEDOUT ? STK_MULTI_CONNECT_TIMEOUT : STK_MULTI_CONNECT;
}

static enum stk_multi_fault fault_of(const struct stk_multi_handle *handle, CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return STK_MULTI_OK;
	case CURLE_URL_MALFORMAT:
		return STK_MULTI_URL;
	case CURLE_UNSUPPORTED_PROTOCOL:
		return says(handle, "HTTP/0.9") ? STK_MULTI_NOT_HTTP : STK_MULTI_SCHEME;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return STK_MULTI_DNS;
	case CURLE_COULDNT_CONNECT:
		return handle->blocked ? STK_MULTI_BLOCKED : connect_fault(handle);
	case CURLE_OPERATION_TIMEDOUT:
		return STK_MULTI_TIMEOUT;
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		if (says(handle, "Too large response headers"))
			return STK_MULTI_HEAD_LARGE;
		return says(handle, "reset by peer") ? STK_MULTI_RESET : STK_MULTI_OTHER;
	case CURLE_OUT_OF_MEMORY: /* its word for a line over 100 KiB: ours is never out of it */
		return handle->head_over ? STK_MULTI_OTHER : STK_MULTI_HEAD_LARGE;
	case CURLE_GOT_NOTHING:
		return STK_MULTI_EMPTY;
	case CURLE_PARTIAL_FILE:
		return STK_MULTI_CUT;
	case CURLE_SSL_CONNECT_ERROR:
		return says(handle, "wrong version number") || says(handle, "packet length")
			       ? STK_MULTI_NOT_TLS
			       : STK_MULTI_TLS;
	case CURLE_PEER_FAILED_VERIFICATION:
		return says(handle, "subject name") || says(handle, "match") ? STK_MULTI_HOSTNAME
									     : STK_MULTI_AUTHORITY;
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return STK_MULTI_HTTP2;
	case CURLE_BAD_CONTENT_ENCODING:
		return STK_MULTI_ENCODING;
	case CURLE_WRITE_ERROR:
		return STK_MULTI_ENCODING;
	default:
		return STK_MULTI_OTHER;
	}
}

/* Some of libcurl's texts hold ports and times: no two would be the same reason. */
static const char *fault_text(const struct stk_multi_handle *handle, CURLcode code)
{
	long number = 0;

	if (code != CURLE_COULDNT_CONNECT)
		return handle->error[0] ? handle->error : curl_easy_strerror(code);
	(void)curl_easy_getinfo(handle->easy, CURLINFO_OS_ERRNO, &number);
	return number != 0 ? strerrordesc_np((int)number) : curl_easy_strerror(code);
}

static int64_t time_us(CURL *easy, CURLINFO what)
{
	curl_off_t us = 0;

	(void)curl_easy_getinfo(easy, what, &us);
	return (int64_t)us;
}

/* libcurl stamps this one when its loop gets there, which can be after the answer has come:
 * then the moment before the request went out, which it told us, is the right one. */
static int64_t pretransfer_us(CURL *easy, const struct stk_multi_handle *handle)
{
	int64_t theirs = time_us(easy, CURLINFO_PRETRANSFER_TIME_T);
	int64_t ours = (handle->asked_ns - handle->started_ns) / STK_NS_PER_US;

	return handle->asked_ns > 0 && ours < theirs ? ours : theirs;
}

static void collect_times(const struct stk_multi_handle *handle, struct stk_multi_job *job)
{
	CURL *easy = handle->easy;
	long fresh = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &fresh);
	job->reused = fresh == 0;
	job->name_us = time_us(easy, CURLINFO_NAMELOOKUP_TIME_T);
	job->connect_us = time_us(easy, CURLINFO_CONNECT_TIME_T);
	job->tls_us = time_us(easy, CURLINFO_APPCONNECT_TIME_T);
	job->pretransfer_us = pretransfer_us(easy, handle);
	job->first_byte_us = time_us(easy, CURLINFO_STARTTRANSFER_TIME_T);
	job->total_us = time_us(easy, CURLINFO_TOTAL_TIME_T);
}

static void collect_bytes(CURL *easy, struct stk_multi_job *job)
{
	long request = 0, header = 0;
	curl_off_t body = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request);
	(void)curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &header);
	(void)curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
	job->bytes_sent = request;
	if (job->body.len > SENT_WITH_HEADER) {
		curl_off_t sent = 0;

		(void)curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
		job->bytes_sent += (int64_t)sent;
	}
	job->bytes_received = header + (int64_t)body;
}

void stk_multi_handle_collect(struct stk_multi_handle *handle, CURLcode code)
{
	struct stk_multi_job *job = handle->job;
	long status = 0, version = 0;
	char *address = NULL;

	job->fault = handle->own_fault != STK_MULTI_OK && code == CURLE_WRITE_ERROR
			     ? handle->own_fault
			     : fault_of(handle, code);
	if (job->fault != STK_MULTI_OK)
		(void)snprintf(job->text, sizeof job->text, "%.150s", fault_text(handle, code));
	(void)curl_easy_getinfo(handle->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(handle->easy, CURLINFO_HTTP_VERSION, &version);
	(void)curl_easy_getinfo(handle->easy, CURLINFO_PRIMARY_IP, &address);
	job->status = (int)status;
	job->http_version = version == CURL_HTTP_VERSION_2_0   ? 20
			    : version == CURL_HTTP_VERSION_1_0 ? 10
							       : 11;
	if (address)
		(void)snprintf(job->remote_ip, sizeof job->remote_ip, "%s", address);
	collect_times(handle, job);
	collect_bytes(handle->easy, job);
}
