/* rest_priv: what the files of the REST client share. */
#ifndef STK_CORE_PUBLISH_REST_PRIV_H
#define STK_CORE_PUBLISH_REST_PRIV_H

#include "core/base/vec.h"
#include "core/http/url.h"
#include "core/publish/rest.h"

struct stk_rest {
	struct stk_rest_opts opts; /* texts are copies */
	char *base;
	struct stk_url origin; /* views into base */
	char *token_header, *token_source;
	STK_VEC(struct stk_http_header) headers; /* owned texts */
	const struct stk_clock *clock;
	struct stk_client *client;
	int64_t waited_ns;     /* of max_wait_ns */
	int64_t last_write_ns; /* monotonic */
	int64_t skew_ns;
	size_t writes;
	int status; /* of the last call */
};

/* One request on its way through its tries. */
struct stk_rest_try {
	const struct stk_rest_request *request;
	struct stk_buf url;
	struct stk_http_response response;
	int failures, limits, redirects;
	bool has_conflicted, has_renewed;
};

/* Sleep, heeding interrupts. STK_E_TIMEOUT: more than the rest of max_wait_ns; STK_E_ABORTED. */
int stk_rest_wait(
	struct stk_rest *rest, int64_t ns, const char *why, struct stk_err *err) STK_MUST_CHECK;
/* Writes go one after another, a second apart once there are several. */
int stk_rest_pace(struct stk_rest *rest, struct stk_err *err) STK_MUST_CHECK;
/* How long a 403 or 429 asks to wait; -1: it is about permission, not about a limit. limits: how
 * often this request was limited before. */
int64_t stk_rest_limit_ns(
	const struct stk_rest *rest, const struct stk_http_response *response, int limits);
/* Pause before try number n of a request that failed on the server's side. */
int64_t stk_rest_backoff_ns(int n);

/* The text for an answer that says no; always an error code. */
int stk_rest_fail(const struct stk_rest *rest, const struct stk_rest_try *t,
	const struct stk_json *json, struct stk_str token, struct stk_err *err);

/* The page number that rel="next" of a Link header names, as "page=2"; "" for none. */
void stk_rest_next(struct stk_str link, char *out, size_t size);

#endif
