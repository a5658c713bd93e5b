/* test_timers: the earliest first, any taken out, against a plain sorted list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/rand.h"
#include "core/load/timers.h"

static void timers_first__is_the_earliest_whatever_was_removed(void **state)
{
	enum { N = 200 };
	static struct stk_timer all[N];
	struct stk_timers timers = {STK_VEC_INIT};
	struct stk_rand rng;
	size_t in = 0;

	(void)state;
	stk_rand_init(&rng, 9, 0);
	for (int round = 0; round < 5000; round++) {
		struct stk_timer *timer = &all[stk_rand_range(&rng, 0, N - 1)];
		const struct stk_timer *first;

		if (timer->place != 0) {
			stk_timers_remove(&timers, timer);
			stk_timers_remove(&timers, timer); /* again: nothing */
			in--;
		} else {
			stk_timers_add(&timers, timer, stk_rand_range(&rng, 0, 1000));
			in++;
		}
		first = stk_timers_first(&timers);
		assert_int_equal(timers.heap.len, in);
		assert_true((first != NULL) == (in > 0));
		for (size_t i = 0; i < N; i++)
			if (all[i].place != 0)
				assert_true(first->at_ns <= all[i].at_ns);
	}
	stk_timers_release(&timers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_first__is_the_earliest_whatever_was_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
