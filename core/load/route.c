/* route: a bounded table of routes by what the script wrote. */
#include "core/load/route.h"

#include <stdlib.h>

#include "core/base/mem.h"

void stk_routes_init(struct stk_routes *routes)
{
	*routes = (struct stk_routes){.map = STK_MAP_INIT};
	stk_buf_init(&routes->key, 0);
}

void stk_routes_release(struct stk_routes *routes)
{
	for (size_t i = 0; i < routes->map.len; i++) {
		struct stk_route *route = routes->map.entries[i].value.ptr;

		free(route->url);
		free(route->baggage);
		stk_buf_release(&route->made_head);
		free(route);
	}
	stk_map_release(&routes->map);
	stk_buf_release(&routes->key);
}

struct stk_route *stk_routes_find(struct stk_routes *routes, const struct stk_route_key *key)
{
	const int numbers[3] = {key->side, key->scenario, (int)key->url.len};
	const union stk_map_value *value;

	stk_buf_clear(&routes->key);
	stk_buf_add(&routes->key, numbers, sizeof numbers);
	stk_buf_add_str(&routes->key, key->url);
	stk_buf_add_str(&routes->key, key->name);
	value = stk_map_find(&routes->map, stk_buf_str(&routes->key));
	return value ? value->ptr : NULL;
}

struct stk_route *stk_routes_add(struct stk_routes *routes)
{
	struct stk_route *route;

	if (routes->map.len >= STK_ROUTES_MAX)
		return NULL;
	route = stk_xcalloc(1, sizeof *route);
	stk_buf_init(&route->made_head, 0);
	stk_map_put(&routes->map, stk_buf_str(&routes->key), NULL)->ptr = route;
	return route;
}
