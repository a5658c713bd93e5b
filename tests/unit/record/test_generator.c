/* test_generator: when the generator is called the bottleneck, and why. */
#include "core/record/generator.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void check(struct stk_generator_info info, const char *want)
{
	struct stk_buf why = STK_BUF_EMPTY;

	assert_int_equal(stk_generator_bottleneck(&info, &why), want != NULL);
	assert_string_equal(why.ptr, want ? want : "");
	stk_buf_release(&why);
}

/* k6 10: nothing says that k6 was the bottleneck | the summary says so under GENERATOR | CPU of a
 * worker, late starts, lag of its loop */
static void generator_bottleneck__needs_a_reason(void **state)
{
	(void)state;
	check((struct stk_generator_info){.busy = 0.5, .late_p99_ms = 1, .lag_p99_ms = 1}, NULL);
	check((struct stk_generator_info){.busy = NAN, .late_p99_ms = NAN, .lag_p99_ms = NAN},
		NULL);
	check((struct stk_generator_info){.busy = 0.93},
		"its busiest worker used 93 % of a processor");
	check((struct stk_generator_info){.late_p99_ms = 12}, "starts were late: p99 12.0 ms");
	check((struct stk_generator_info){.busy = 1, .lag_p99_ms = 30},
		"its busiest worker used 100 % of a processor, answers lay unseen: p99 of a round "
		"of "
		"its loop 30.0 ms");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generator_bottleneck__needs_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
