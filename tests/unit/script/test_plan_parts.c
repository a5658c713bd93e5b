/* test_plan_parts: stages and thresholds as written, and plans scaled to a length. */
#include "core/script/plan_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "core/script/state.h"

#define SECOND INT64_C(1000000000)

struct fixture {
	struct stk_state *state;
	struct stk_plan plan;
	struct stk_table table;
	struct stk_err err;
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){.err = STK_ERR_INIT};
	assert_int_equal(stk_state_new(NULL, 0, &f.state, &f.err), 0);
	stk_plan_init(&f.plan);
	f.table = (struct stk_table){.lua = stk_state_lua(f.state),
		.where = "case.lua:3",
		.path = "",
		.kind = "",
		.arena = &f.plan.arena};
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stk_plan_release(&f->plan);
	stk_state_free(f->state);
	return 0;
}

static void push_value(struct fixture *f, const char *expr)
{
	char text[512];

	stk_err_clear(&f->err);
	lua_settop(f->table.lua, 0);
	snprintf(text, sizeof text, "return %s", expr);
	assert_int_equal(stk_state_compile(f->table.lua, text, strlen(text), "=expr", &f->err), 0);
	assert_int_equal(stk_state_call(f->state, f->table.lua, 0, 1, &f->err), 0);
}

static void read_stages__by_place_and_by_name(void **state)
{
	struct fixture *f = *state;
	struct stk_stages stages = STK_VEC_INIT;

	push_value(f, "{ {'30s', 100}, {duration = 60, target = 0} }");
	assert_int_equal(stk_plan_read_stages(&f->table, "stages", &stages, &f->err), 0);
	assert_int_equal(stages.len, 2);
	assert_int_equal(stages.items[0].duration_ns, 30 * SECOND);
	assert_int_equal(stages.items[0].target, 100);
	assert_int_equal(stages.items[1].duration_ns, 60 * SECOND);
	stk_vec_release(&stages);
}

static void refused_stages(struct fixture *f, const char *expr, const char *message)
{
	struct stk_stages stages = STK_VEC_INIT;

	push_value(f, expr);
	assert_int_equal(stk_plan_read_stages(&f->table, "stages", &stages, &f->err), STK_E_SCRIPT);
	assert_string_equal(f->err.msg, message);
	assert_int_equal(stages.len, 0);
}

static void read_stages__names_the_wrong_one(void **state)
{
	struct fixture *f = *state;

	refused_stages(f, "{}", "case.lua:3: stages: at least one stage is wanted");
	refused_stages(f, "{ {'30s', 1}, {'10s'} }", "case.lua:3: stages.[2].target: is missing");
	refused_stages(
		f, "{ {'30s', -1} }", "case.lua:3: stages.[1].target: -1 is too small, at least 0");
}

static void read_thresholds__text_table_and_list(void **state)
{
	struct fixture *f = *state;
	const struct stk_threshold_spec *specs;

	push_value(f, "{ checks = 'rate>0.99', errors = { {'rate<0.01', abort = true, "
		      "delay = '30s', no_data = 'fail'}, 'rate<0.5' }, "
		      "lat = {'p(95)<800', abort = true} }");
	assert_int_equal(stk_plan_read_thresholds(&f->table, "thresholds", &f->plan, &f->err), 0);
	assert_int_equal(f->plan.thresholds.len, 4);
	specs = f->plan.thresholds.items; /* by metric, in byte order */
	assert_string_equal(specs[0].metric, "checks");
	assert_string_equal(specs[0].expr, "rate>0.99");
	assert_false(specs[0].abort);
	assert_string_equal(specs[1].metric, "errors");
	assert_true(specs[1].abort && specs[1].no_data_fails);
	assert_int_equal(specs[1].delay_ns, 30 * SECOND);
	assert_string_equal(specs[2].expr, "rate<0.5");
	assert_string_equal(specs[3].expr, "p(95)<800");
	assert_true(specs[3].abort);
}

static void read_thresholds__refuses_what_is_none(void **state)
{
	struct fixture *f = *state;

	push_value(f, "{ checks = 3 }");
	assert_int_equal(
		stk_plan_read_thresholds(&f->table, "thresholds", &f->plan, &f->err), STK_E_SCRIPT);
	assert_string_equal(f->err.msg, "case.lua:3: thresholds.checks: text (\"p(95)<800\") or a "
					"list of thresholds is wanted, not number");
	push_value(f, "{ checks = {'rate>0', abrot = true} }");
	assert_int_equal(
		stk_plan_read_thresholds(&f->table, "thresholds", &f->plan, &f->err), STK_E_SCRIPT);
	assert_string_equal(f->err.hint, "did you mean 'abort'?");
}

static void plan_scale__keeps_proportions(void **state)
{
	struct fixture *f = *state;
	struct stk_scenario *ramp = stk_plan_add_scenario(&f->plan, "ramp");
	struct stk_scenario *flat;

	ramp->executor = "ramping-vus";
	stk_vec_push(&ramp->stages, (struct stk_stage){30 * SECOND, 10});
	stk_vec_push(&ramp->stages, (struct stk_stage){90 * SECOND, 0});
	flat = stk_plan_add_scenario(&f->plan, "flat");
	flat->executor = "constant-vus";
	flat->duration_ns = 60 * SECOND;
	flat->start_time_ns = 20 * SECOND;
	if (stk_plan_validate(&f->plan, &f->err) < 0)
		fail_msg("%s", f->err.msg);
	stk_plan_scale(&f->plan, stk_plan_duration_ns(&f->plan) / 2);
	ramp = &f->plan.scenarios.items[0];
	flat = &f->plan.scenarios.items[1];
	assert_int_equal(ramp->stages.items[0].duration_ns, 15 * SECOND);
	assert_int_equal(ramp->stages.items[1].duration_ns, 45 * SECOND);
	assert_int_equal(flat->duration_ns, 30 * SECOND);
	assert_int_equal(flat->start_time_ns, 10 * SECOND);
	stk_plan_clear_scenarios(&f->plan);
	assert_int_equal(f->plan.scenarios.len, 0);
	stk_plan_scale(&f->plan, SECOND); /* of nothing is nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			read_stages__by_place_and_by_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			read_stages__names_the_wrong_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			read_thresholds__text_table_and_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			read_thresholds__refuses_what_is_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(plan_scale__keeps_proportions, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
