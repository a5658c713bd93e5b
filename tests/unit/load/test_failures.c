/* test_failures: reasons counted, merged, said with the most frequent first; a bound on their
 * number. */
#include "core/load/failures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void check_said(const struct stk_failures *failures, int64_t requests, const char *line)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_failures_say(failures, requests, &buf);
	assert_string_equal(buf.len > 0 ? buf.ptr : "", line);
	stk_buf_release(&buf);
}

static void failures_say__names_reasons_most_frequent_first(void **state)
{
	struct stk_failures failures = {.len = 0};

	(void)state;
	check_said(&failures, 7, "");
	stk_failures_add(&failures, 503, 1503, "");
	stk_failures_add(&failures, 0, 1050, "request timeout");
	stk_failures_add(&failures, 0, 1050, "request timeout");
	stk_failures_add(&failures, 204, 0, ""); /* the script expected another one */
	check_said(&failures, 7,
		"4 of 7 requests failed: request timeout (1050) 2 times, status 204 once, status "
		"503 (1503) once");
}

static void failures_merge__adds_up(void **state)
{
	struct stk_failures one = {.len = 0}, other = {.len = 0};

	(void)state;
	stk_failures_add(&one, 0, 1000, "EOF");
	stk_failures_add(&other, 0, 1000, "EOF");
	stk_failures_add(&other, 0, 1000, "unexpected EOF");
	other.unsent = 1;
	stk_failures_merge(&one, &other);
	check_said(
		&one, 2, "3 of 3 requests failed: EOF (1000) 2 times, unexpected EOF (1000) once");
}

/* A target that makes up reasons costs neither memory nor a count. */
static void failures_add__is_bounded(void **state)
{
	struct stk_failures one = {.len = 0}, other = {.len = 0};
	char text[400];

	(void)state;
	for (int i = 0; i < 100; i++) {
		(void)snprintf(text, sizeof text, "%0399d", i);
		stk_failures_add(i % 2 ? &one : &other, 0, 1000, i < 50 ? text : "same");
	}
	stk_failures_merge(&one, &other);
	assert_int_equal(one.len, STK_FAILURES_MAX);
	int64_t all = one.others;
	for (size_t i = 0; i < one.len; i++)
		all += one.items[i].count;
	assert_int_equal(all, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures_say__names_reasons_most_frequent_first),
		cmocka_unit_test(failures_merge__adds_up),
		cmocka_unit_test(failures_add__is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
