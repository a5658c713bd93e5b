/* test_places: each instance counts its own slices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/flow/places.h"

static void places_put__counts_per_instance(void **state)
{
	static const struct {
		const char *instance;
		int place, number;
	} rows[] = {{"a", 0, 0}, {"b", 0, 1}, {"a", 1, 0}, {"a", 2, 0}, {"b", 1, 1}, {"", 0, 2}};
	struct stk_places places = STK_PLACES_INIT;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		int number = -1;

		assert_int_equal(stk_places_put(&places, rows[i].instance, &number), rows[i].place);
		assert_int_equal(number, rows[i].number);
	}
	stk_places_release(&places);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_put__counts_per_instance),
	};
	return cmocka_run_group_tests_name("places", tests, NULL, NULL);
}
