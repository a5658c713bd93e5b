/* route: a bounded table of routes by what the script wrote. */
#include "core/load/route.h"

#include <stdlib.h>
#include <string.h>

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

		free(route->key);
		free(route->url);
		free(route->baggage);
		stk_buf_release(&route->made_head);
		free(route);
	}
	stk_map_release(&routes->map);
	stk_buf_release(&routes->key);
}

enum { NUMBERS = 3 }; /* at the start of a key */

static bool is_key(
	const struct stk_route *route, const int numbers[NUMBERS], const struct stk_route_key *key)
{
	const size_t head = NUMBERS * sizeof *numbers;

	return route->key_len == head + key->url.len + key->name.len &&
	       memcmp(route->key, numbers, head) == 0 &&
	       stk_str_eq(stk_str_n(route->key + head, key->url.len), key->url) &&
	       stk_str_eq(stk_str_n(route->key + head + key->url.len, key->name.len), key->name);
}

static struct stk_route *find_in_map(
	struct stk_routes *routes, const int numbers[NUMBERS], const struct stk_route_key *key)
{
	const union stk_map_value *value;

	stk_buf_clear(&routes->key);
	stk_buf_add(&routes->key, numbers, NUMBERS * sizeof *numbers);
	stk_buf_add_str(&routes->key, key->url);
	stk_buf_add_str(&routes->key, key->name);
	value = stk_map_find(&routes->map, stk_buf_str(&routes->key));
	return value ? value->ptr : NULL;
}

struct stk_route *stk_routes_find(struct stk_routes *routes, const struct stk_route_key *key)
{
	const int numbers[NUMBERS] = {key->side, key->scenario, (int)key->url.len};
	struct stk_route **two = routes->recent[((uintptr_t)key->url.ptr >> 4) % STK_ROUTES_RECENT];
	struct stk_route *found = two[1];

	if (two[0] && is_key(two[0], numbers, key))
		return two[0];
	if (!found || !is_key(found, numbers, key))
		found = find_in_map(routes, numbers, key);
	if (!found)
		return NULL;
	two[1] = two[0];
	two[0] = found;
	return found;
}

struct stk_route *stk_routes_add(struct stk_routes *routes)
{
	struct stk_route *route;

	if (routes->map.len >= STK_ROUTES_MAX)
		return NULL;
	route = stk_xcalloc(1, sizeof *route);
	route->key = stk_str_dup(stk_buf_str(&routes->key));
	route->key_len = routes->key.len;
	stk_buf_init(&route->made_head, 0);
	stk_map_put(&routes->map, stk_buf_str(&routes->key), NULL)->ptr = route;
	return route;
}
