/* test_fingerprint: the same for every segment of a plan, another for every other plan. */
#include "core/load/fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"

static void make(struct stk_plan *plan)
{
	struct stk_scenario *scenario;

	stk_plan_init(plan);
	scenario = stk_plan_add_scenario(plan, "s");
	scenario->executor = "constant-vus";
	scenario->vus = 3;
	scenario->duration_ns = 5 * STK_NS_PER_S;
	stk_vec_push(&plan->thresholds,
		(struct stk_threshold_spec){.metric = "http_reqs", .expr = "count>1"});
}

static void check(struct stk_plan *plan, bool is_same)
{
	struct stk_buf one = STK_BUF_EMPTY, two = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct stk_plan plain;

	make(&plain);
	if (stk_plan_validate(&plain, &err) < 0 || stk_plan_validate(plan, &err) < 0)
		fail_msg("%s", err.msg);
	stk_plan_add_fingerprint(&plain, &one);
	stk_plan_add_fingerprint(plan, &two);
	assert_int_equal(one.len, 32);
	assert_int_equal(strcmp(one.ptr, two.ptr) == 0, is_same);
	stk_buf_release(&one);
	stk_buf_release(&two);
	stk_plan_release(&plain);
	stk_plan_release(plan);
}

static void plan_fingerprint__is_of_the_whole(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_plan plan;

	(void)state;
	make(&plan);
	check(&plan, true);
	make(&plan);
	assert_int_equal(
		stk_segment_parse("0:1/3", "0,1/3,1", &plan.arena, &plan.segment, &err), 0);
	plan.base_url[1] = "http://elsewhere";
	stk_vec_push(&plan.tags, (struct stk_tag){"instance", "2"});
	check(&plan, true);
}

static void plan_fingerprint__tells_plans_apart(void **state)
{
	struct stk_plan plan;

	(void)state;
	make(&plan);
	plan.scenarios.items[0].vus = 4;
	check(&plan, false);
	make(&plan);
	plan.thresholds.items[0].expr = "count>2";
	check(&plan, false);
	make(&plan);
	plan.rps = 5;
	check(&plan, false);
	make(&plan);
	stk_vec_push(&plan.scenarios.items[0].tags, (struct stk_tag){"a", "b"});
	check(&plan, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_fingerprint__is_of_the_whole),
		cmocka_unit_test(plan_fingerprint__tells_plans_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
