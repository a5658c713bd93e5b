/* client: blocking HTTP requests on libcurl, one or a batch at once, with limits and retries. */
#ifndef STK_CORE_HTTP_CLIENT_H
#define STK_CORE_HTTP_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/base/vec.h"

struct stk_http_header {
	struct stk_str name;
	struct stk_str value;
};

/* What goes out. Everything is borrowed until the call returns. NULL/0 take the default. */
struct stk_http_request {
	const char *method; /* NULL: GET, or POST when there is a body */
	const char *url;
	const struct stk_http_header *headers;
	size_t headers_len;
	struct stk_str body;
	bool has_body; /* an empty body is sent too (Content-Length: 0) */
	/* Basic authentication when user is set, else Bearer when only password is set. */
	const char *user;
	const struct stk_secret *password;
	int64_t timeout_ms; /* whole request; default 30,000 */
	size_t max_body;    /* bytes of the answer's body, unpacked; default 256 MiB */
	bool follow;        /* up to ten redirects (credentials stay with the first host) */
	bool packed;        /* ask for gzip and unpack it */
};

struct stk_http_response {
	int status;                              /* 0: none came */
	struct stk_buf body;                     /* whole */
	STK_VEC(struct stk_http_header) headers; /* of the last answer; views into text */
	struct stk_buf text;
	int64_t elapsed_ns;
};

#define STK_HTTP_RESPONSE_INIT                                                                     \
	{                                                                                          \
		0, STK_BUF_EMPTY, STK_VEC_INIT, STK_BUF_EMPTY, 0                                   \
	}

void stk_http_response_release(struct stk_http_response *response);
/* A header by name, whatever the case; the empty view if absent. */
struct stk_str stk_http_response_header(const struct stk_http_response *response, const char *name);
/* What the server's clock said (its Date header), in ns of whole seconds; -1 if it did not say. */
int64_t stk_http_response_date_ns(const struct stk_http_response *response);

struct stk_client_opts {
	int64_t connect_timeout_ms;   /* default 10,000 */
	int max_parallel;             /* of one batch; default 4 */
	const char *user_agent;       /* default "stoker" */
	const char *ca_file;          /* extra trust anchor, PEM; NULL = the system's */
	bool insecure_tls;            /* do not check certificates */
	const atomic_int *interrupts; /* above interrupts_seen: STK_E_ABORTED; may be NULL */
	int interrupts_seen;          /* so many have been heeded already */
};

/* A client keeps its connections between calls. One thread at a time. */
struct stk_client;

struct stk_client *stk_client_new(const struct stk_client_opts *opts); /* opts may be NULL */
void stk_client_free(struct stk_client *client);                       /* NULL is fine */

/* Send and wait. 0: an answer came, whatever its status. STK_E_NET, STK_E_TIMEOUT, STK_E_TOO_LARGE,
 * STK_E_INVAL (URL), STK_E_ABORTED else. *response must be initialised; it is cleared first. */
int stk_client_send(struct stk_client *client, const struct stk_http_request *request,
	struct stk_http_response *response, struct stk_err *err) STK_MUST_CHECK;

struct stk_client_item {
	struct stk_http_request request;
	struct stk_http_response response;
	struct stk_err err; /* err.code 0: an answer came */
};

/* All of them, max_parallel at once, each with its own result. 0, or STK_E_ABORTED. */
int stk_client_send_all(struct stk_client *client, struct stk_client_item *items, size_t len,
	struct stk_err *err) STK_MUST_CHECK;

/* When to try again: exponential with a jitter of a half, from first_ms up to max_ms. */
struct stk_retry {
	int tries;        /* in all; default 5 */
	int64_t first_ms; /* default 250 */
	int64_t max_ms;   /* default 8,000 */
	uint64_t seed;    /* of the jitter */
	const struct stk_clock *clock;
};

#define STK_RETRY_INIT                                                                             \
	{                                                                                          \
		5, 250, 8000, 0, NULL                                                              \
	}

/* Whether an outcome is worth another try: no connection, time-out, 408, 429, 502, 503, 504. A 500
 * only if its body says Unavailable (a Pyroscope answers 500 to hopeless requests, too) or is S3's
 * InternalError. */
bool stk_retry_wants(const struct stk_http_response *response, const struct stk_err *err);
/* Pause before try number n (1 = the first repetition), in ns; a Retry-After in seconds wins, up to
 * max_ms. */
int64_t stk_retry_pause_ns(
	const struct stk_retry *retry, int n, const struct stk_http_response *response);
/* stk_client_send with retries; the last outcome is returned. */
int stk_client_send_retry(struct stk_client *client, const struct stk_retry *retry,
	const struct stk_http_request *request, struct stk_http_response *response,
	struct stk_err *err) STK_MUST_CHECK;

/* An answer that is not 2xx as an error: "HTTP 503: first line of the body" with STK_E_HTTP,
 * STK_E_AUTH (401, 403) or STK_E_NOT_FOUND (404). 0 for 2xx. */
int stk_http_response_check(
	const struct stk_http_response *response, struct stk_err *err) STK_MUST_CHECK;

#endif
