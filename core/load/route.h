/* route: what all requests of one URL and name have in common, worked out once per worker. */
#ifndef STK_CORE_LOAD_ROUTE_H
#define STK_CORE_LOAD_ROUTE_H

#include <stdbool.h>

#include "core/base/map.h"
#include "core/http/url.h"
#include "core/load/names.h"

/* More than these are worked out for each request: URLs with numbers in them. */
#define STK_ROUTES_MAX    1000
#define STK_ROUTES_RECENT 16

struct stk_route {
	char *key; /* by which it is found */
	size_t key_len;
	char *url;            /* absolute, without fragment */
	size_t url_len;       /* of url */
	struct stk_url parts; /* of url */
	const struct stk_name *name;
	bool is_allowed, is_target;
	char *baggage;     /* the line's value without anything of the script's; NULL: none */
	size_t series_key; /* + 1; 0: not looked up */
	struct stk_buf made_head; /* of a GET with no headers but baggage: stk_exchange.made_head */
};

/* One thread at a time. Keys: side, scenario, URL and name as the script wrote them. */
struct stk_routes {
	struct stk_map map;
	struct stk_buf key;
	/* Found lately, by where the URL lies, which is mostly where it lay; of each two, the one
	 * found last comes first. */
	struct stk_route *recent[STK_ROUTES_RECENT][2];
};

struct stk_route_key {
	int side, scenario;
	struct stk_str url, name;
};

void stk_routes_init(struct stk_routes *routes);
void stk_routes_release(struct stk_routes *routes);
/* NULL if it is not there. Valid as long as routes. */
struct stk_route *stk_routes_find(struct stk_routes *routes, const struct stk_route_key *key);
/* An empty one for the key of the find just before; NULL: there are too many. */
struct stk_route *stk_routes_add(struct stk_routes *routes);

#endif
