/* test_route: what is kept is found by all parts of its key, and no more than fits is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/load/route.h"

static void routes_find__tells_all_parts_apart(void **state)
{
	const struct stk_route_key keys[] = {{0, 0, STK_STR("/a"), STK_STR("b")},
		{1, 0, STK_STR("/a"), STK_STR("b")}, {0, 1, STK_STR("/a"), STK_STR("b")},
		{0, 0, STK_STR("/ab"), STK_STR("")}, {0, 0, STK_STR("/a"), STK_STR("")}};
	struct stk_route *made[STK_ARRAY_LEN(keys)];
	struct stk_routes routes;

	(void)state;
	stk_routes_init(&routes);
	for (size_t i = 0; i < STK_ARRAY_LEN(keys); i++) {
		assert_null(stk_routes_find(&routes, &keys[i]));
		made[i] = stk_routes_add(&routes);
	}
	for (size_t i = 0; i < STK_ARRAY_LEN(keys); i++)
		assert_ptr_equal(stk_routes_find(&routes, &keys[i]), made[i]);
	stk_routes_release(&routes);
}

static void routes_find__tells_urls_apart_that_lie_at_one_place(void **state)
{
	struct stk_route *made[6];
	struct stk_routes routes;
	char url[16];

	(void)state;
	stk_routes_init(&routes);
	for (int turn = 0; turn < 3; turn++)
		for (int i = 0; i < 6; i++) {
			struct stk_route_key key = {.side = i % 2, .name = STK_STR("n")};
			struct stk_route *found;

			(void)snprintf(url, sizeof url, "/%d", i / 2);
			key.url = stk_str_of(url);
			found = stk_routes_find(&routes, &key);
			if (turn > 0)
				assert_ptr_equal(found, made[i]);
			else
				assert_null(found);
			if (turn == 0)
				made[i] = stk_routes_add(&routes);
		}
	stk_routes_release(&routes);
}

static void routes_add__stops_at_the_limit(void **state)
{
	struct stk_routes routes;
	char url[16];

	(void)state;
	stk_routes_init(&routes);
	for (int i = 0; i <= STK_ROUTES_MAX; i++) {
		struct stk_route_key key = {.side = 0};

		(void)snprintf(url, sizeof url, "/%d", i);
		key.url = stk_str_of(url);
		assert_null(stk_routes_find(&routes, &key));
		assert_int_equal(stk_routes_add(&routes) != NULL, i < STK_ROUTES_MAX);
	}
	stk_routes_release(&routes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_find__tells_all_parts_apart),
		cmocka_unit_test(routes_find__tells_urls_apart_that_lie_at_one_place),
		cmocka_unit_test(routes_add__stops_at_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
