/* test_runtime: housekeeping is told from people's functions, and never accused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/diff/runtime.h"
#include "tests/support/compared.h"

static void runtime_is_own__knows_collectors_schedulers_and_profilers(void **state)
{
	(void)state;
	assert_true(stk_runtime_is_own("[native]"));
	assert_true(stk_runtime_is_own("[gc]"));
	assert_true(stk_runtime_is_own("runtime.gcBgMarkWorker.func2"));
	assert_true(stk_runtime_is_own("runtime.futexsleep"));
	assert_true(stk_runtime_is_own("C2 CompilerThread0"));
	assert_true(stk_runtime_is_own("runtime/pprof.(*profileBuilder).flush"));
	assert_true(stk_runtime_is_own("github.com/grafana/pyroscope-go.(*Session).upload"));
	assert_false(stk_runtime_is_own("runtime.mallocgc"));
	assert_false(stk_runtime_is_own("main.schedule"));
	assert_false(stk_runtime_is_own("pricing.apply_rules"));
	assert_false(stk_runtime_is_own(""));
}

/* The same increase: a function is accused, the collector only shown. */
static void compare_paired__housekeeping_is_shown_not_accused(void **state)
{
	struct world world;
	struct compared out;

	(void)state;
	world_init(&world, 15, 3);
	world.functions[2].share = world.functions[6].share = 0.15;
	world.functions[2].factor = world.functions[6].factor = 1.7;
	world.functions[6].name[0] = "[gc]";
	compared_init(&out, &world);
	assert_int_equal(
		compared_find(&out, world.functions[2].name[0])->verdict, STK_VERDICT_REGRESSION);
	const struct stk_row *row = compared_find(&out, "[gc]");
	assert_int_equal(row->verdict, STK_VERDICT_INCONCLUSIVE);
	assert_string_equal(row->reason, "the runtime's own: shown, not accused");
	assert_true(row->change > 0.4 && row->change < 1.1);
	compared_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runtime_is_own__knows_collectors_schedulers_and_profilers),
		cmocka_unit_test(compare_paired__housekeeping_is_shown_not_accused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
