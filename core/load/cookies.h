/* cookies: what one VU was told to remember during one iteration (RFC 6265). */
#ifndef STK_CORE_LOAD_COOKIES_H
#define STK_CORE_LOAD_COOKIES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/vec.h"
#include "core/http/url.h"

#define STK_COOKIES_MAX      300 /* per jar; the oldest goes */
#define STK_COOKIE_BYTES_MAX 4096

struct stk_cookie {
	char *name, *value, *domain, *path;
	int64_t expires_wall_ns; /* 0: with the iteration */
	bool host_only, secure;
};

struct stk_cookies {
	STK_VEC(struct stk_cookie) items; /* in order of creation */
};

void stk_cookies_init(struct stk_cookies *jar);
void stk_cookies_release(struct stk_cookies *jar);
void stk_cookies_clear(struct stk_cookies *jar);
/* Take a Set-Cookie value of an answer of url. False: refused (foreign domain, no name, too
 * long). An expired one removes. */
bool stk_cookies_put(struct stk_cookies *jar, const struct stk_url *url, struct stk_str set_cookie,
	int64_t wall_ns);
/* Append "a=1; b=2" for a request to url: longest path first, then oldest. */
void stk_cookies_format(const struct stk_cookies *jar, const struct stk_url *url, int64_t wall_ns,
	struct stk_buf *buf);

/* Forget what would be sent to url: the cookies of that name, all if name is empty. */
void stk_cookies_remove(
	struct stk_cookies *jar, const struct stk_url *url, struct stk_str name, int64_t wall_ns);

#endif
