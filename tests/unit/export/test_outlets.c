/* test_outlets: several outputs from their texts, all or none, ended once. */
#include "core/export/outlets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/load/plan.h"
#include "core/load/tap.h"

static char *dir;

static int make_dir(void **state)
{
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	return stk_fs_mkdtemp("outlets", &dir, &err);
}

static int drop_dir(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	int rc = stk_fs_remove_tree(dir, &err);

	(void)state;
	free(dir);
	return rc;
}

static void outlets_start__none_for_no_texts(void **state)
{
	const struct stk_env env = {.clock = stk_clock_system()};
	struct stk_outlets outlets = {NULL, NULL};
	struct stk_buf said = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_outlets_start(&outlets, NULL, 0, &env, &err), 0);
	assert_null(outlets.tap);
	stk_outlets_stop(&outlets, &said);
	stk_outlets_release(&outlets);
	assert_int_equal(said.len, 0);
	stk_buf_release(&said);
}

static void outlets_start__a_wrong_one_opens_none(void **state)
{
	const struct stk_env env = {.clock = stk_clock_system()};
	char *first = stk_xasprintf("json=%s/first", dir);
	const char *texts[] = {first, "jsn=x"};
	struct stk_outlets outlets = {NULL, NULL};
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_outlets_start(&outlets, texts, 2, &env, &err), STK_E_INVAL);
	assert_non_null(strstr(err.msg, "no output 'jsn'"));
	assert_null(outlets.tap);
	assert_null(outlets.feed);
	free(first);
}

static void outlets_stop__has_written_what_every_plan_sent(void **state)
{
	const struct stk_env env = {.clock = stk_clock_system()};
	char *path = stk_fs_join(dir, "out"), *text = stk_xasprintf("json=%s", path);
	const char *texts[] = {text};
	struct stk_outlets outlets = {NULL, NULL};
	struct stk_buf said = STK_BUF_EMPTY, lines = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct stk_plan plans[2];

	(void)state;
	assert_int_equal(stk_outlets_start(&outlets, texts, 1, &env, &err), 0);
	for (int i = 0; i < 2; i++) { /* an engine after the other, each with a plan of its own */
		int id = -1;

		stk_plan_init(&plans[i]);
		assert_int_equal(stk_plan_add_metric(&plans[i], i ? "second" : "first",
					 STK_METRIC_COUNTER, STK_METRIC_DEFAULT, &id, &err),
			0);
		struct stk_tap_lane *lane = stk_tap_lane_new(outlets.tap, &plans[i], env.clock);
		stk_tap_lane_add(lane, id, 5 + i, NULL);
		stk_tap_lane_free(lane);
	}
	stk_outlets_stop(&outlets, &said);
	stk_outlets_stop(&outlets, &said);
	stk_outlets_release(&outlets);
	assert_int_equal(said.len, 0);
	assert_int_equal(stk_fs_read(path, &lines, &err), 0);
	assert_non_null(strstr(lines.ptr, "\"metric\":\"first\",\"type\":\"Point\""));
	assert_non_null(strstr(lines.ptr, "\"metric\":\"second\",\"type\":\"Point\""));
	for (int i = 0; i < 2; i++)
		stk_plan_release(&plans[i]);
	stk_buf_release(&lines);
	stk_buf_release(&said);
	free(text);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outlets_start__none_for_no_texts),
		cmocka_unit_test(outlets_start__a_wrong_one_opens_none),
		cmocka_unit_test(outlets_stop__has_written_what_every_plan_sent),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
