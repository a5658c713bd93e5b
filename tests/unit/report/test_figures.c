/* test_figures: numbers as reports print them. */
#include "core/report/figures.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/mem.h"

static void is(struct stk_buf *buf, const char *want)
{
	assert_string_equal(buf->ptr, want);
	stk_buf_clear(buf);
}

static void figures_add_pair__has_one_unit(void **state)
{
	static const struct {
		double base, head;
		const char *unit, *want;
	} pairs[] = {
		{1630000, 1802000, "nanoseconds", "1.63 → 1.80 ms"},
		{440000, 617000, "nanoseconds", "0.44 → 0.62 ms"},
		{90000, 110000, "nanoseconds", "0.09 → 0.11 ms"},
		{999, 1001, "nanoseconds", "1.00 → 1.00 µs"},
		{62668.8, 81715.2, "bytes", "61.2 → 79.8 KiB"},
		{11.8, 13.1, "ms", "11.8 → 13.1 ms"},
		{1204, NAN, "ms", "1 204 → -"},
		{NAN, 30000, "nanoseconds", "- → 30.0 µs"},
		{3, 4, "count", "3.00 → 4.00"},
		{0, 0, "bytes", "0.00 → 0.00 B"},
	};
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(pairs); i++) {
		stk_figures_add_pair(&buf, pairs[i].base, pairs[i].head, pairs[i].unit);
		is(&buf, pairs[i].want);
	}
	stk_buf_release(&buf);
}

static void figures_add_change__prints_percent_and_points_apart(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_figures_add_change(&buf, 0.402);
	is(&buf, "+40.2 %");
	stk_figures_add_change(&buf, -0.076);
	is(&buf, "-7.6 %");
	stk_figures_add_change(&buf, 12.5);
	is(&buf, "+1250 %");
	stk_figures_add_change(&buf, NAN);
	is(&buf, "-");
	stk_figures_add_limit(&buf, 1.1);
	is(&buf, "+110");
	stk_figures_add_limit(&buf, INFINITY);
	is(&buf, "+∞");
	stk_figures_add_points(&buf, 0.109);
	is(&buf, "+10.9 pt");
	stk_figures_add_share(&buf, 0.402);
	is(&buf, "40.2 %");
	stk_figures_add_share(&buf, 1);
	is(&buf, "100 %");
	stk_buf_release(&buf);
}

static void figures_add_count__groups_and_bounds(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_figures_add_count(&buf, 28800);
	is(&buf, "28 800");
	stk_figures_add_count(&buf, NAN);
	is(&buf, "-");
	stk_figures_add_count(&buf, 1e300);
	is(&buf, "1e+300");
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_add_pair__has_one_unit),
		cmocka_unit_test(figures_add_change__prints_percent_and_points_apart),
		cmocka_unit_test(figures_add_count__groups_and_bounds),
	};
	return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
