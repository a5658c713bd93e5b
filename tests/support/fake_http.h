/* fake_http: a scripted HTTP server for tests: canned replies, recorded requests. */
#ifndef STK_TESTS_SUPPORT_FAKE_HTTP_H
#define STK_TESTS_SUPPORT_FAKE_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"

/* One canned answer. Rows are tried in order; the first whose method (NULL any) and path (NULL any;
 * ends in '*': a prefix; without the query) fit and that has uses left answers. times 0 = no end.
 */
struct fake_http_reply {
	const char *method;
	const char *path;
	int status;
	const char *content_type;
	const char *headers; /* "Name: value\nName: value", or NULL */
	struct stk_str body;
	int times;
	int cut_after; /* > 0: close after that many bytes of the body */
	int delay_ms;  /* before it answers */
};

/* One request as it came. Strings are owned by the fake. */
struct fake_http_request {
	const char *method;
	const char *target;
	const char *headers; /* "Name: value\n" … */
	struct stk_str body;
};

struct fake_http;

/* Listen on a free port of 127.0.0.1. The replies are copied, what they point to is not. Unknown
 * requests get 404. Fails the test when it cannot. */
struct fake_http *fake_http_start(const struct fake_http_reply *replies, size_t len);
void fake_http_stop(struct fake_http *fake);
uint16_t fake_http_port(const struct fake_http *fake);
/* "http://127.0.0.1:port"; owned by the fake. */
const char *fake_http_url(const struct fake_http *fake);
/* How many requests came so far; request number i (from 0), valid until stop. */
size_t fake_http_len(struct fake_http *fake);
const struct fake_http_request *fake_http_at(struct fake_http *fake, size_t i);
/* Whether request i had this header with this value ("name: value", any case of the name). */
bool fake_http_has_header(struct fake_http *fake, size_t i, const char *name, const char *value);

#endif
