/* script_run: script, plan, driver, engine, in one go. */
#include "tests/support/script_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/script/driver.h"

void script_run_init(struct script_run *run)
{
	memset(run, 0, sizeof *run);
	lua_case_init(&run->lc);
	run->shop = shop_server_start();
	run->workers = 1;
	stk_plan_init(&run->plan);
	stk_load_result_init(&run->result);
}

void script_run_release(struct script_run *run)
{
	stk_load_result_release(&run->result);
	stk_plan_release(&run->plan);
	shop_server_stop(run->shop);
	lua_case_release(&run->lc);
}

int script_run_setup(void **state)
{
	static struct script_run run;

	script_run_init(&run);
	*state = &run;
	return 0;
}

int script_run_teardown(void **state)
{
	script_run_release(*state);
	return 0;
}

static int drive(struct script_run *run)
{
	struct stk_script_driver *driver = stk_script_driver_new(run->lc.script);
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	int64_t mono_ns, wall_ns;

	opts.workers = run->workers;
	struct stk_engine *engine =
		stk_engine_new(&run->plan, stk_script_driver_ops(driver), &opts);
	int rc = stk_engine_start(engine, &run->err);
	if (rc == 0)
		rc = stk_engine_wait_started(engine, &mono_ns, &wall_ns, &run->err);
	if (rc == 0) {
		int64_t limit_ns = stk_clock_mono(stk_clock_system()) + 60 * STK_NS_PER_S;
		if (!stk_engine_wait_until(engine, limit_ns))
			fail_msg("the load did not end");
		stk_load_result_release(&run->result);
		stk_load_result_init(&run->result);
		stk_engine_result(engine, &run->result);
	}
	stk_engine_free(engine);
	run->lua_bytes = stk_script_driver_memory(driver).bytes;
	run->lua_vus = stk_script_driver_memory(driver).vus;
	stk_script_driver_free(driver);
	return rc;
}

int script_run_text(struct script_run *run, const char *text)
{
	char *base_url = stk_xasprintf("BASE_URL=%s", shop_server_url(run->shop));
	const char *vars[] = {base_url, "TEST_PASSWORD=hunter2", NULL};

	run->lc.vars = vars;
	stk_buf_clear(&run->lc.talk);
	stk_err_clear(&run->err);
	int rc = lua_case_load(&run->lc, text);
	run->lc.vars = NULL;
	free(base_url);
	if (rc < 0)
		return rc;
	stk_plan_release(&run->plan);
	rc = stk_script_plan(run->lc.script, &run->changes, &run->plan, &run->err);
	if (rc == 0)
		rc = drive(run);
	(void)lua_case_message(&run->lc, &run->err);
	(void)lua_case_talk(&run->lc);
	return rc;
}

int script_run_body(struct script_run *run, const char *body)
{
	char *text = stk_xasprintf(
		"local stoker = require 'stoker' local http, check, group, sleep = stoker.http, "
		"stoker.check, stoker.group, stoker.sleep\n"
		"return stoker.load { base_url = stoker.env 'BASE_URL', default = "
		"function()\n%s\nend }",
		body);
	int rc = script_run_text(run, text);

	free(text);
	return rc;
}

void script_run_expect_talk(struct script_run *run, const char *body, const char *want)
{
	if (script_run_body(run, body) != 0)
		fail_msg("%s", run->lc.err.msg);
	assert_string_equal(run->lc.talk.ptr, want);
}

void script_run_expect_error(struct script_run *run, const char *body, const char *text)
{
	char *want = stk_xasprintf("error: %s\n", text);

	if (script_run_body(run, body) != 0)
		fail_msg("%s", run->lc.err.msg);
	assert_int_equal(run->result.errors, 1);
	assert_string_equal(run->lc.talk.ptr, want);
	free(want);
}

int64_t script_run_check(const struct script_run *run, const char *name, bool passes)
{
	const struct stk_metrics *metrics = &run->result.metrics;

	for (size_t i = 0; i < metrics->checks.len; i++)
		if (strcmp(metrics->checks.items[i].name, name) == 0)
			return passes ? metrics->checks.items[i].passes
				      : metrics->checks.items[i].fails;
	return -1;
}
