/* test_labels: one baggage line, plain characters only, never too long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/load/labels.h"

static void line(const struct stk_label_values *values, const char *own, const char *want)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_labels_format(&buf, values, stk_str_of(own));
	assert_string_equal(buf.ptr, want);
	stk_buf_release(&buf);
}

static void labels_format__puts_ours_first(void **state)
{
	struct stk_label_values values = {"r-1", "shop", STK_STR("GET:/orders")};

	(void)state;
	line(&values, NULL, "k6.test_run_id=r-1,k6.scenario=shop,k6.name=GET:/orders");
	line(&values, " a=1 , k6.name=x,, b=2;meta",
		"k6.test_run_id=r-1,k6.scenario=shop,k6.name=GET:/orders,a=1,b=2;meta");
	values = (struct stk_label_values){NULL, NULL, STK_STR("get ok?é")};
	line(&values, NULL, "k6.name=get-ok---");
	line(&values, "a=1", "k6.name=get-ok---,a=1");
}

static void labels_format__stays_under_the_limit(void **state)
{
	static char big[10000];
	struct stk_label_values values = {"r", "s", STK_STR("n")};
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	memset(big, 'x', sizeof big - 1);
	memcpy(big, "a=", 2);
	memcpy(big + 9000, ",z=1", 4);
	stk_labels_format(&buf, &values, stk_str_of(big));
	assert_true(buf.len <= STK_LABELS_BYTES_MAX);
	assert_true(
		stk_str_starts(stk_buf_str(&buf), "k6.test_run_id=r,k6.scenario=s,k6.name=n,z="));
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_format__puts_ours_first),
		cmocka_unit_test(labels_format__stays_under_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
