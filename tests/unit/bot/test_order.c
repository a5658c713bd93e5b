/* test_order: commands of comments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/bot/order.h"

#define DAY_NS (24 * 3600 * STK_NS_PER_S)

static void parse(const char *text, struct stk_order *order)
{
	stk_order_parse(stk_str_of(text), order);
}

static void check_kind(const char *text, enum stk_order_kind kind)
{
	struct stk_order order;

	parse(text, &order);
	if (order.kind != kind)
		fail_msg("'%s' is %s", text, stk_order_name(order.kind));
	assert_int_equal(stk_order_is_for_us(stk_str_of(text)), kind != STK_ORDER_NONE);
	stk_order_release(&order);
}

static void order_parse__takes_the_first_line_only(void **state)
{
	(void)state;
	check_kind("/stoker", STK_ORDER_HELP);
	check_kind("/stoker help", STK_ORDER_HELP);
	check_kind("\r\n \n  /stoker run \r\nthanks!", STK_ORDER_RUN);
	check_kind("/stoker\trun", STK_ORDER_RUN);
	check_kind("/Stoker Run", STK_ORDER_RUN); /* as phones begin a line */
	check_kind("/stoker fly /stoker run", STK_ORDER_UNKNOWN);
	check_kind("please /stoker run", STK_ORDER_NONE);
	check_kind("> /stoker run", STK_ORDER_NONE);
	check_kind("text\n/stoker run", STK_ORDER_NONE);
	check_kind("    /stoker run", STK_ORDER_NONE);
	check_kind("\t/stoker run", STK_ORDER_NONE);
	check_kind("/stokers run", STK_ORDER_NONE);
	check_kind("", STK_ORDER_NONE);
}

static void check_more(const char *text, bool has_more)
{
	struct stk_order order;

	parse(text, &order);
	assert_int_equal(order.kind, STK_ORDER_EXPLAIN);
	assert_int_equal(order.has_more, has_more);
	stk_order_release(&order);
}

static void order_parse__sees_that_there_are_more(void **state)
{
	(void)state;
	check_more("/stoker explain f\n\ntext\n  /stoker run\nx", true);
	check_more("/stoker explain f\n/stoker", true);
	check_more("/stoker explain f\nand /stoker run\n    /stoker run\n> /stoker run\n", false);
	check_more("/stoker explain f", false);
}

static void order_parse__reads_the_commit_of_run(void **state)
{
	struct stk_order order;

	(void)state;
	parse("/stoker run", &order);
	assert_null(order.sha);
	assert_null(order.wrong);
	stk_order_release(&order);
	parse("/stoker run `2D91E07`", &order);
	assert_string_equal(order.sha, "2d91e07");
	stk_order_release(&order);
	parse("/stoker run main", &order);
	assert_non_null(order.wrong);
	stk_order_release(&order);
	parse("/stoker run 2d91e07 and more", &order);
	assert_non_null(order.wrong);
	stk_order_release(&order);
}

static void check_accept(const char *text, const char *reason, int days, const char *function)
{
	struct stk_order order;

	parse(text, &order);
	assert_int_equal(order.kind, STK_ORDER_ACCEPT);
	if (!reason) {
		if (!order.wrong)
			fail_msg("'%s' is taken", text);
	} else {
		assert_null(order.wrong);
		assert_string_equal(order.reason, reason);
		assert_true(order.for_ns == days * DAY_NS);
		if (function)
			assert_string_equal(order.function, function);
		else
			assert_null(order.function);
	}
	stk_order_release(&order);
}

static void order_parse__reads_reason_time_and_function(void **state)
{
	(void)state;
	check_accept("/stoker accept \"needed for v2\" 30d", "needed for v2", 30, NULL);
	check_accept("/stoker accept \"x\"", "x", 30, NULL);
	check_accept("/stoker accept \"x\" 48h `cart.Get`", "x", 2, "cart.Get");
	check_accept("/stoker accept \"x\" find", "x", 30, "find");
	check_accept("/stoker accept \"x\" 7d operator new(unsigned long)", "x", 7,
		"operator new(unsigned long)");
	/* as phones write quotes */
	check_accept(
		"/stoker accept \xe2\x80\x9cna\xc3\xafve\xe2\x80\x9d 1d", "na\xc3\xafve", 1, NULL);
	check_accept("/stoker accept \"a \\\"b\\\" \\\\c\" 1d", "a \"b\" \\c", 1, NULL);
	check_accept("/stoker accept \" a\x1b[31m \" 1d", "a?[31m", 1, NULL);
	/* a time that is none is not the name of a function */
	check_accept("/stoker accept \"x\" 30", NULL, 0, NULL);
	check_accept("/stoker accept \"x\" 30 days", NULL, 0, NULL);
	check_accept("/stoker accept \"x\" 4w", NULL, 0, NULL);
	check_accept("/stoker accept \"x\" 3des::crypt", "x", 30, "3des::crypt");
	check_accept("/stoker accept", NULL, 0, NULL);
	check_accept("/stoker accept why 30d", NULL, 0, NULL);
	check_accept("/stoker accept \"no end", NULL, 0, NULL);
	check_accept("/stoker accept \"\" 30d", NULL, 0, NULL);
	check_accept("/stoker accept \"x\" 1h", NULL, 0, NULL);
	check_accept("/stoker accept \"x\" 9999d", NULL, 0, NULL);
}

static void order_parse__bounds_what_it_keeps(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	stk_buf_add_text(&text, "/stoker accept \"");
	stk_buf_add_fill(&text, 'x', 501);
	stk_buf_add_text(&text, "\" 1d");
	check_accept(text.ptr, NULL, 0, NULL);
	stk_buf_clear(&text);
	stk_buf_add_text(&text, "/stoker accept \"x\" 1d ");
	stk_buf_add_fill(&text, 'x', 1001);
	check_accept(text.ptr, NULL, 0, NULL);
	stk_buf_release(&text);
}

static void order_parse__takes_a_function_as_it_is_pasted(void **state)
{
	static const char *const texts[] = {"/stoker explain `cart.(*Store).Get`",
		"/stoker explain cart.(*Store).Get  \r", "/stoker explain \"cart.(*Store).Get\""};
	struct stk_order order;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		parse(texts[i], &order);
		assert_int_equal(order.kind, STK_ORDER_EXPLAIN);
		assert_string_equal(order.function, "cart.(*Store).Get");
		stk_order_release(&order);
	}
	parse("/stoker explain ``", &order);
	assert_non_null(order.wrong);
	stk_order_release(&order);
	parse("/stoker \x1b[31mred", &order);
	assert_string_equal(order.word, "?[31mred");
	stk_order_release(&order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_parse__takes_the_first_line_only),
		cmocka_unit_test(order_parse__sees_that_there_are_more),
		cmocka_unit_test(order_parse__reads_the_commit_of_run),
		cmocka_unit_test(order_parse__reads_reason_time_and_function),
		cmocka_unit_test(order_parse__bounds_what_it_keeps),
		cmocka_unit_test(order_parse__takes_a_function_as_it_is_pasted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
