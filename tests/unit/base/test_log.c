/* test_log: lines for those who debug. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/log.h"

static char seen[4096];

static void keep(const char *component, enum stk_log_level level, const char *line, void *ctx)
{
	assert_ptr_equal(ctx, seen);
	(void)snprintf(seen, sizeof seen, "%s %d %s", component, (int)level, line);
}

static void log_on__follows_the_filter(void **state)
{
	(void)state;
	stk_log_set("http=debug,all=warn,load", keep, seen);
	assert_true(stk_log_on("http", STK_LOG_DEBUG));
	assert_true(stk_log_on("store", STK_LOG_WARN));
	assert_false(stk_log_on("store", STK_LOG_INFO));
	assert_true(stk_log_on("load", STK_LOG_DEBUG));
	stk_log_set("all=error", keep, seen);
	assert_true(stk_log_on("x", STK_LOG_ERROR));
	assert_false(stk_log_on("x", STK_LOG_WARN));
	stk_log_set("", keep, seen);
	assert_false(stk_log_on("x", STK_LOG_ERROR));
	stk_log_set("all", NULL, NULL);
	assert_false(stk_log_on("x", STK_LOG_ERROR));
}

static void log__hands_one_line_to_the_sink(void **state)
{
	char big[5000];

	(void)state;
	seen[0] = 0;
	stk_log_set("http=info", keep, seen);
	stk_log("http", STK_LOG_DEBUG, "no");
	assert_string_equal(seen, "");
	stk_log("http", STK_LOG_INFO, "url=%s status=%d", "/x", 200);
	assert_string_equal(seen, "http 2 url=/x status=200");
	memset(big, 'y', sizeof big);
	big[sizeof big - 1] = 0;
	stk_log("http", STK_LOG_INFO, "%s", big);
	assert_true(strlen(seen) > 2000 && strlen(seen) < 2100);
	stk_log_set(NULL, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_on__follows_the_filter),
		cmocka_unit_test(log__hands_one_line_to_the_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
