/* test_paired_groups: callers and packages are a family of their own, and accuse nobody. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/diff/compare.h"
#include "core/diff/groups.h"
#include "core/stats/family.h"
#include "tests/support/compared.h"
#include "tests/support/near.h"

enum { RUNS = 250 };

static void settle_in_packages(struct world *world)
{
	static const char *const files[] = {
		"shop/cart/a.lua", "shop/db/b.lua", "shop/json/c.lua", "shop/mail/d.lua"};

	for (size_t i = 0; i < world->len; i++)
		world->functions[i].file = files[i % STK_ARRAY_LEN(files)];
}

static const struct stk_row *find_in(const struct stk_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->len; i++) {
		if (strcmp(rows->items[i].function.name, name) == 0)
			return &rows->items[i];
	}
	return NULL;
}

static size_t count_in(const struct stk_rows *rows, enum stk_verdict verdict)
{
	size_t seen = 0;

	for (size_t i = 0; i < rows->len; i++)
		seen += rows->items[i].verdict == verdict;
	return seen;
}

/* Every function of a package a little dearer, each too noisy to tell: the package tells. */
static void paired_groups__a_package_is_found_where_no_function_is(void **state)
{
	int found = 0, alone = 0, wrong = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct world world;
		struct compared out;
		const struct stk_row *json;

		world_init(&world, 60, seed);
		settle_in_packages(&world);
		world.samples = 5000.0;
		world.row_noise = 0.08;
		for (size_t i = 2; i < world.len; i += 4)
			world.functions[i].factor = 1.18;
		compared_init(&out, &world);
		json = find_in(&out.result.packages, "shop/json");
		assert_non_null(json);
		found += json->verdict == STK_VERDICT_REGRESSION;
		alone += json->verdict == STK_VERDICT_REGRESSION &&
			 compared_count(&out, STK_VERDICT_REGRESSION) == 0;
		wrong += count_in(&out.result.packages, STK_VERDICT_REGRESSION) >
			 (json->verdict == STK_VERDICT_REGRESSION);
		compared_release(&out);
	}
	assert_in_range(found, 28, 40);
	assert_in_range(alone, 10, 40);
	assert_int_equal(wrong, 0);
}

/* The plant is named as a function, so neither its callers nor its package are. */
static void paired_groups__what_a_function_explains_is_folded(void **state)
{
	struct world world;
	struct compared out;
	size_t folded = 0;
	int planted;

	(void)state;
	world_init(&world, 20, 11);
	settle_in_packages(&world);
	planted = world_pick(&world, 0.1);
	assert_true(planted > 3); /* it has a caller below the root */
	world.functions[planted].factor = 2.0;
	compared_init(&out, &world);
	assert_int_equal(compared_count(&out, STK_VERDICT_REGRESSION), 1);
	assert_int_equal(count_in(&out.result.inclusive, STK_VERDICT_REGRESSION), 0);
	assert_int_equal(count_in(&out.result.packages, STK_VERDICT_REGRESSION), 0);
	for (size_t i = 0; i < out.result.inclusive.len; i++) {
		const char *reason = out.result.inclusive.items[i].reason;

		folded += reason && strcmp(reason, STK_GROUPS_FOLDED) == 0;
	}
	assert_true(folded > 0);
	compared_release(&out);
}

static void paired_groups__are_corrected_apart_from_functions(void **state)
{
	struct world world;
	struct compared out;
	double p[2 * WORLD_FUNCTIONS_MAX], q[2 * WORLD_FUNCTIONS_MAX];
	const struct stk_rows *lists[2];
	size_t len = 0;

	(void)state;
	world_init(&world, 20, 5);
	settle_in_packages(&world);
	compared_init(&out, &world);
	lists[0] = &out.result.inclusive;
	lists[1] = &out.result.packages;
	assert_true(lists[0]->len > 0 && lists[1]->len > 0);
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < lists[i]->len; k++)
			p[len++] = lists[i]->items[k].p;
	stk_family_bh(p, len, q);
	len = 0;
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < lists[i]->len; k++)
			test_near("q", lists[i]->items[k].q, q[len++], 1e-12);
	compared_release(&out);
}

/* A slower clock is a matter of the total. */
static void paired_groups__a_uniform_shift_accuses_none(void **state)
{
	struct world world;
	struct compared out;

	(void)state;
	world_init(&world, 20, 5);
	settle_in_packages(&world);
	world.factor = 1.15;
	compared_init(&out, &world);
	assert_true(out.result.common_shift > 0.1);
	assert_int_equal(count_in(&out.result.inclusive, STK_VERDICT_REGRESSION), 0);
	assert_int_equal(count_in(&out.result.packages, STK_VERDICT_REGRESSION), 0);
	compared_release(&out);
}

/* A function that is new between a caller and what it called costs nothing below it. */
static void paired_groups__a_new_caller_is_not_dearer(void **state)
{
	struct world world;
	struct compared out;

	(void)state;
	world_init(&world, 15, 14);
	world.functions[1].name[0] = "";
	world.functions[1].name[1] = "middleware.wrap";
	world.functions[1].share = 0.02;
	compared_init(&out, &world);
	assert_null(find_in(&out.result.inclusive, "middleware.wrap"));
	assert_int_equal(count_in(&out.result.inclusive, STK_VERDICT_REGRESSION), 0);
	compared_release(&out);
}

static int false_alarms(size_t functions, double noise, double plant)
{
	int alarms = 0;

	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		struct world world;
		struct compared out;
		int planted;

		world_init(&world, functions, seed);
		settle_in_packages(&world);
		world.row_noise = world.block_noise = noise;
		planted = plant > 1.0 ? world_pick(&world, 0.05) : -1;
		if (planted >= 0)
			world.functions[planted].factor = plant;
		compared_init(&out, &world);
		alarms += count_in(&out.result.inclusive, STK_VERDICT_REGRESSION) +
				  count_in(&out.result.packages, STK_VERDICT_REGRESSION) >
			  0;
		compared_release(&out);
	}
	return alarms;
}

static int allowed(double share)
{
	return (int)(share * RUNS + 3.0 * sqrt(share * (1.0 - share) * RUNS));
}

static void paired_groups__false_alarms_are_rare(void **state)
{
	(void)state;
	assert_in_range(false_alarms(20, 0.03, 1.0), 0, allowed(0.025));
	assert_in_range(false_alarms(40, 0.03, 1.0), 0, allowed(0.025));
	assert_in_range(false_alarms(20, 0.08, 1.0), 0, allowed(0.025));
	/* with a function that is named, too */
	assert_in_range(false_alarms(20, 0.03, 1.7), 0, allowed(0.05));
}

static struct compared with_tick(double tick_ns)
{
	struct world world;
	struct compared out;

	world_init(&world, 20, 7);
	settle_in_packages(&world);
	world.functions[3].factor = 1.8;
	world.tick_ns = tick_ns;
	compared_init(&out, &world);
	return out;
}

/* A package holds of the clock tick's error what it has not of the whole. */
static void paired_groups__hold_the_error_of_the_clock_tick(void **state)
{
	struct compared plain = with_tick(0.0), ticked = with_tick(4e6);
	double all = ticked.result.total.n_base + ticked.result.total.n_head;

	(void)state;
	assert_true(ticked.result.tick_error > 0.01);
	assert_true(ticked.result.packages.len > 1);
	for (size_t i = 0; i < ticked.result.packages.len; i++) {
		const struct stk_row *row = &ticked.result.packages.items[i];
		double rest = 1.0 - (row->n_base + row->n_head) / all;

		test_near(row->function.name, row->se,
			hypot(find_in(&plain.result.packages, row->function.name)->se,
				ticked.result.tick_error * rest),
			1e-9);
	}
	compared_release(&plain);
	compared_release(&ticked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paired_groups__a_package_is_found_where_no_function_is),
		cmocka_unit_test(paired_groups__hold_the_error_of_the_clock_tick),
		cmocka_unit_test(paired_groups__what_a_function_explains_is_folded),
		cmocka_unit_test(paired_groups__are_corrected_apart_from_functions),
		cmocka_unit_test(paired_groups__a_uniform_shift_accuses_none),
		cmocka_unit_test(paired_groups__a_new_caller_is_not_dearer),
		cmocka_unit_test(paired_groups__false_alarms_are_rare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
