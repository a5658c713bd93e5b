/* proxy: which proxy the environment wants for a URL, by the rules of Go's net/http, which are
 * k6's: HTTP_PROXY for http, HTTPS_PROXY for https, none for NO_PROXY and for this machine. */
#ifndef STK_CORE_HTTP_PROXY_H
#define STK_CORE_HTTP_PROXY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/vec.h"
#include "core/http/net.h"
#include "core/http/url.h"

/* A host, all below a host, or addresses that are asked straight. */
struct stk_proxy_hole {
	char *name;         /* NULL: range */
	bool is_below_only; /* ".name" and "*.name"; a name alone is meant, too */
	struct stk_net_range range;
	uint16_t port; /* only this one; 0: each */
};

struct stk_proxies {
	char *http, *https; /* URLs as libcurl takes them; NULL: none */
	bool is_off;        /* NO_PROXY is * */
	STK_VEC(struct stk_proxy_hole) holes;
};

/* What the variables say now, in capitals or not; ALL_PROXY stands for those that are not set, as
 * for curl. Words of NO_PROXY that make no sense are passed over, as there. */
void stk_proxies_init(struct stk_proxies *proxies);
void stk_proxies_release(struct stk_proxies *proxies);
/* The proxy for a URL, NULL: it is asked straight. */
const char *stk_proxies_find(const struct stk_proxies *proxies, const struct stk_url *url);

#endif
