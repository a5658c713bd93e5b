/* url: take a URL apart, put one together, escape and read query strings. */
#ifndef STK_CORE_HTTP_URL_H
#define STK_CORE_HTTP_URL_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/vec.h"

/* Views into the parsed text. port is the scheme's default (80, 443) if none is written.
 * host is without brackets ("::1"); path is "" or begins with '/'; query without '?'. */
struct stk_url {
	struct stk_str scheme; /* "http" or "https", as written */
	struct stk_str userinfo;
	struct stk_str host;
	uint16_t port;
	struct stk_str path;
	struct stk_str query;
	struct stk_str fragment;
};

/* An absolute http or https URL; STK_E_INVAL for anything else, blanks and control bytes included.
 */
int stk_url_parse(struct stk_str text, struct stk_url *out, struct stk_err *err) STK_MUST_CHECK;

/* Append base and path with exactly one slash between them ("http://h/api/" + "/x" =
 * "http://h/api/x"). An absolute path (with scheme) replaces base. */
void stk_url_join(struct stk_buf *buf, struct stk_str base, struct stk_str path);

/* Append text percent-encoded as a query or path component: all but A-Z a-z 0-9 - . _ ~ */
void stk_url_escape(struct stk_buf *buf, struct stk_str text);
/* Append text with %XX undone; '+' becomes a blank if plus_is_blank. STK_E_FORMAT for a cut or
 * wrong %XX. */
int stk_url_unescape(struct stk_buf *buf, struct stk_str text, bool plus_is_blank,
	struct stk_err *err) STK_MUST_CHECK;

/* Append "key=value" to a query under construction, with '&' before it when buf is not empty;
 * both are escaped. */
void stk_url_query_add(struct stk_buf *buf, const char *key, struct stk_str value);

/* A query string taken apart: decoded pairs in order. */
struct stk_url_pair {
	struct stk_str key;
	struct stk_str value;
};

struct stk_url_query {
	STK_VEC(struct stk_url_pair) pairs;
	struct stk_buf text; /* owns the decoded bytes */
};

#define STK_URL_QUERY_MAX_PAIRS 1000

/* Parse "a=1&b=%20". Pairs with a broken escape are left out (as Go's net/url does); more than
 * STK_URL_QUERY_MAX_PAIRS is STK_E_TOO_LARGE. Release what was filled, also after an error. */
int stk_url_query_parse(
	struct stk_url_query *query, struct stk_str text, struct stk_err *err) STK_MUST_CHECK;
void stk_url_query_release(struct stk_url_query *query);
/* The first value of a key, the empty view if absent; stk_url_query_has tells them apart. */
struct stk_str stk_url_query_get(const struct stk_url_query *query, const char *key);
bool stk_url_query_has(const struct stk_url_query *query, const char *key);

#endif
