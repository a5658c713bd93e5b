/* test_baggage: which members of a header become labels. */
#include "core/demo/baggage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Labels as "key=value|", to compare at once. */
static void assert_labels(const char *header, const char *want)
{
	struct stk_buf got = STK_BUF_EMPTY;
	struct stk_demo_baggage baggage;

	stk_demo_baggage_init(&baggage);
	stk_demo_baggage_parse(&baggage, STK_STR("k6.x=left%20over"));
	stk_demo_baggage_parse(&baggage, stk_str_of(header));
	for (size_t i = 0; i < baggage.len; i++)
		stk_buf_addf(&got, "%.*s=%.*s|", STK_STR_ARG(baggage.labels[i].key),
			STK_STR_ARG(baggage.labels[i].value));
	assert_string_equal(got.ptr, want);
	stk_buf_release(&got);
	stk_demo_baggage_release(&baggage);
}

static void parse__takes_what_load_tests_send(void **state)
{
	(void)state;
	assert_labels("k6.test_run_id=r-1,k6.scenario=default,k6.name=GET:/orders",
		"k6_test_run_id=r-1|k6_scenario=default|k6_name=GET:/orders|");
	assert_labels(" k6.name = a%20b ; x=y , other=1,k6.foo.bar=z", "k6_name=a b|k6_foo_bar=z|");
	assert_labels("k6.name=http://h/p?x=1&y=2", "k6_name=http://h/p?x=1&y=2|");
	assert_labels("k6.name=%C3%A9", "k6_name=\xc3\xa9|");
}

static void parse__leaves_out_empty_and_foreign(void **state)
{
	(void)state;
	assert_labels("", "");
	assert_labels("k6.name=", "");
	assert_labels("a=1,b=2", "");
	assert_labels("k6.a=1,k6.b=,k6.c=3", "k6_a=1|k6_c=3|");
}

static void parse__gives_nothing_for_a_broken_header(void **state)
{
	(void)state;
	assert_labels("k6.name=a,broken", "");
	assert_labels("k6.name=a,=b", "");
	assert_labels("k6.name=a,,k6.b=c", "");
	assert_labels("k6.name=%zz", "");
	assert_labels("k6.name=%ff", "");
}

static void parse__is_bounded(void **state)
{
	struct stk_buf header = STK_BUF_EMPTY;

	(void)state;
	assert_labels("k6.a=1,k6.b=1,k6.c=1,k6.d=1,k6.e=1,k6.f=1,k6.g=1,k6.h=1,k6.i=1",
		"k6_a=1|k6_b=1|k6_c=1|k6_d=1|k6_e=1|k6_f=1|k6_g=1|k6_h=1|");
	stk_buf_add_text(&header, "k6.name=");
	stk_buf_add_fill(&header, 'x', 9000);
	assert_labels(header.ptr, "");
	stk_buf_release(&header);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__takes_what_load_tests_send),
		cmocka_unit_test(parse__leaves_out_empty_and_foreign),
		cmocka_unit_test(parse__gives_nothing_for_a_broken_header),
		cmocka_unit_test(parse__is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
