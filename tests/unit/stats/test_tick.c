/* test_tick: the error that is granted is what a made-up kernel makes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/stats/tick.h"
#include "tests/support/near.h"
#include "tests/support/ticks.h"

enum { FUNCTIONS = 10, REQUESTS = 150000 };

static void tick_error__by_hand(void **state)
{
	(void)state;
	test_near("as long as a tick", stk_tick_error(4e6, 4e6, 0.1), 0.06, 1e-12);
	test_near("cheaper counts alike", stk_tick_error(4e6, 4e6, -0.1), 0.06, 1e-12);
	test_near("a quarter", stk_tick_error(4e6, 1e6, 0.1), 0.06, 1e-12);
	test_near("a fortieth", stk_tick_error(4e6, 1e5, 0.1), 0.006, 1e-12);
	test_near("forty ticks", stk_tick_error(4e6, 160e6, 0.1), 0.006, 1e-12);
	assert_true(stk_tick_error(0.0, 4e6, 0.1) == 0.0);
	assert_true(stk_tick_error(4e6, 0.0, 0.1) == 0.0);
	assert_true(stk_tick_error(4e6, INFINITY, 0.1) == 0.0);
	assert_true(stk_tick_error(4e6, 4e6, INFINITY) == 0.0);
	assert_true(stk_tick_error(4e6, 4e6, NAN) == 0.0);
}

/* One request as long as a tick, half busy: the last function gets twice what the first gets. */
static void tick_error__what_comes_last_gets_more(void **state)
{
	static const double functions[] = {0.25, 0.25, 0.25, 0.25};
	struct ticks_service service = {functions, STK_ARRAY_LEN(functions), 1.0, 2.5};
	double seen[STK_ARRAY_LEN(functions)];

	(void)state;
	ticks_sample(&service, REQUESTS, 1, seen);
	assert_true(seen[0] < 0.8 && seen[3] > 1.25);
}

/* Root mean square, over plants and functions, of what an unchanged function seems to change. */
static double simulate(double length, double pause, double growth)
{
	double base[FUNCTIONS], head[FUNCTIONS], saw_base[FUNCTIONS], saw_head[FUNCTIONS];
	struct ticks_service before = {base, FUNCTIONS, pause * length, 2.5}, after = before;
	double squares = 0.0, n = 0.0;

	after.functions = head;
	for (int i = 0; i < FUNCTIONS; i++)
		base[i] = length / FUNCTIONS;
	ticks_sample(&before, REQUESTS, 1, saw_base);
	for (int plant = 0; plant < FUNCTIONS; plant += 3) {
		for (int i = 0; i < FUNCTIONS; i++)
			head[i] = base[i] * (i == plant ? 1.0 + growth : 1.0);
		ticks_sample(&after, REQUESTS, 2, saw_head);
		for (int i = 0; i < FUNCTIONS; i++) {
			double off = log(saw_head[i] / saw_base[i]);

			squares += i == plant ? 0.0 : off * off;
			n += i == plant ? 0.0 : 1.0;
		}
	}
	return sqrt(squares / n);
}

/* For a tenth of a request; larger functions, and those far from the dear one, change less. */
static void tick_error__is_of_the_size_that_ticks_make(void **state)
{
	static const double lengths[] = {0.25, 0.5, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0};
	static const double pauses[] = {0.3, 1.5};
	double total = log(1.1);

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(lengths); i++) {
		for (size_t j = 0; j < STK_ARRAY_LEN(pauses); j++) {
			double made = simulate(lengths[i], pauses[j], 1.0);
			double granted = stk_tick_error(4e6, lengths[i] * 4e6, total);

			assert_true(made < 2.7 * granted);
			if (lengths[i] >= 0.9 && lengths[i] <= 2.0)
				assert_true(made > 0.3 * granted);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tick_error__by_hand),
		cmocka_unit_test(tick_error__what_comes_last_gets_more),
		cmocka_unit_test(tick_error__is_of_the_size_that_ticks_make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
