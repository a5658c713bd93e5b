/* rest: calls of a forge's REST API: one after another, with its limits, retries and error texts.
 */
#ifndef STK_CORE_PUBLISH_REST_H
#define STK_CORE_PUBLISH_REST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/secret.h"
#include "core/http/client.h"

/* Where the token of each call comes from. The secret is borrowed until the next call. again: the
 * last one was refused with 401; give another one, or STK_E_AUTH. */
typedef int (*stk_rest_token_fn)(
	bool again, const struct stk_secret **out, struct stk_err *err, void *ctx);

struct stk_rest_opts {
	const char *base_url; /* "https://host/api/v3": paths are appended to it */
	const struct stk_http_header
		*headers; /* with every request, beside the usual ones; copied */
	size_t headers_len;
	const char *token_header; /* NULL: Authorization: Bearer; else the header that holds it */
	stk_rest_token_fn token;  /* NULL: none is sent */
	void *token_ctx;
	const char *token_source;      /* for messages: "GITHUB_TOKEN"; never the token */
	const char *user_agent;        /* "stoker/VERSION": GitHub refuses requests without one */
	const struct stk_clock *clock; /* NULL: the machine's */
	int64_t max_wait_ns;           /* all waiting the server may ask for; default 5 min */
	const atomic_int *interrupts;  /* above 0: STK_E_ABORTED; may be NULL */
	/* Not NULL: nothing is sent. Reads find nothing, writes are appended here and succeed. */
	struct stk_buf *dry;
	void (*say)(const char *line, void *ctx); /* told of long waits; may be NULL */
	void *say_ctx;
};

/* One thread at a time. */
struct stk_rest;

/* STK_E_INVAL: base_url is none, or holds a user or password. */
int stk_rest_new(const struct stk_rest_opts *opts, struct stk_rest **out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_rest_free(struct stk_rest *rest); /* NULL is fine */

struct stk_rest_request {
	const char *method;          /* GET, POST, PATCH, PUT, DELETE */
	const char *path;            /* "/repos/o/r/…", with its query, escaped */
	const struct stk_json *body; /* NULL = none */
	bool is_repeatable;          /* a POST that does no harm when it is carried out twice */
	bool is_once;                /* a PATCH that adds: carried out twice, it would add twice */
	const char *permission;      /* what the token needs: "pull-requests: write"; or NULL */
};

struct stk_rest_answer {
	int status;            /* 0: no answer came */
	struct stk_json *json; /* of the body; NULL if there is none */
	/* The request may have been carried out, but no answer says so: look before it is repeated.
	 */
	bool is_lost;
	char next[64]; /* the next page of a list, as it stands in a query ("page=2"); "" = last */
};

#define STK_REST_ANSWER_INIT                                                                       \
	{                                                                                          \
		0, NULL, false, ""                                                                 \
	}
void stk_rest_answer_release(struct stk_rest_answer *answer);

/* Send and wait. 0 for 2xx. Waits that the server asks for (429, 403 with Retry-After, an exhausted
 * or a secondary limit) are kept, up to max_wait_ns in all; lost connections and 500, 502, 503, 504
 * are tried three times where a repetition does no harm (GET, PUT, PATCH, DELETE, is_repeatable),
 * 409 twice; redirects are followed on the same host with the same method. STK_E_AUTH, _NOT_FOUND,
 * _HTTP, _TIMEOUT (would have to wait longer), _NET, _FORMAT else, with a text for people that
 * holds neither token nor control characters. *answer is cleared first and also filled on failure.
 */
int stk_rest_send(struct stk_rest *rest, const struct stk_rest_request *request,
	struct stk_rest_answer *answer, struct stk_err *err) STK_MUST_CHECK;

/* Called for each item of a list; not 0 ends the walk with that value. */
typedef int (*stk_rest_item_fn)(struct stk_json *item, void *ctx);

enum { STK_REST_PAGES_MAX = 100 };

struct stk_rest_list {
	const char *path;   /* of the first page, with its query */
	const char *member; /* the array within an object ("check_runs"); NULL: the answer is one */
	const char *permission; /* as above */
};

/* Walk a list through its pages. Only the page number is taken from a Link header, never its host,
 * and it must grow. More than STK_REST_PAGES_MAX pages: STK_E_TOO_LARGE. */
int stk_rest_each(struct stk_rest *rest, const struct stk_rest_list *list, stk_rest_item_fn fn,
	void *ctx, struct stk_err *err) STK_MUST_CHECK;

/* Whether nothing is really sent. */
bool stk_rest_is_dry(const struct stk_rest *rest);
/* HTTP status of the last call's answer; 0 if none came. */
int stk_rest_status(const struct stk_rest *rest);
/* The server's clock minus ours, by the Date of its last answer; 0 if it said none. */
int64_t stk_rest_skew_ns(const struct stk_rest *rest);

/* Append what an error answer says, fit for a message: "message" and its errors with field, at most
 * 2 KiB, on one line, control characters and the token taken out. */
void stk_rest_explain(const struct stk_json *json, struct stk_str token, struct stk_buf *buf);

#endif
