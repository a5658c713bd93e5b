/* test_plants: what is fixed, what may be drawn, and that a plant costs what it says. */
#include "core/demo/plants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "core/base/mem.h"
#include "core/demo/shop.h"

static void planting_parse__knows_three_words(void **state)
{
	enum stk_demo_planting planting = STK_DEMO_PLANT_NONE;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_demo_planting_parse(STK_STR("fixed"), &planting, &err), 0);
	assert_int_equal(planting, STK_DEMO_PLANT_FIXED);
	assert_int_equal(stk_demo_planting_parse(STK_STR("random"), &planting, &err), 0);
	assert_int_equal(planting, STK_DEMO_PLANT_RANDOM);
	assert_int_equal(stk_demo_planting_parse(STK_STR("none"), &planting, &err), 0);
	assert_int_equal(planting, STK_DEMO_PLANT_NONE);
	assert_string_equal(stk_demo_planting_name(STK_DEMO_PLANT_RANDOM), "random");
	assert_int_equal(stk_demo_planting_parse(STK_STR("Fixed"), &planting, &err), STK_E_INVAL);
	assert_string_equal(err.msg, "plant 'Fixed' is not one of none, fixed, random");
}

static void plants__fixed_are_one_of_each_kind(void **state)
{
	struct stk_demo_plants plants;

	(void)state;
	stk_demo_plants(STK_DEMO_PLANT_FIXED, 0, &plants);
	assert_int_equal(plants.len, 3);
	assert_int_equal(plants.items[0].kind, STK_DEMO_CPU);
	assert_int_equal(plants.items[1].kind, STK_DEMO_MEMORY);
	assert_int_equal(plants.items[2].kind, STK_DEMO_RENAME);
	assert_string_equal(plants.items[2].rename, "cart.totals");
	stk_demo_plants(STK_DEMO_PLANT_NONE, 0, &plants);
	assert_int_equal(plants.len, 0);
}

static void plants__random_draws_all_ten_and_sizes_from_40_to_100(void **state)
{
	int seen[10] = {0}, all = 0;
	double least = 2, most = 0, sum = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 1000; seed++) {
		struct stk_demo_plants plants;

		stk_demo_plants(STK_DEMO_PLANT_RANDOM, seed, &plants);
		assert_int_equal(plants.len, 1);
		for (size_t i = 0; i < 10; i++)
			seen[i] += strcmp(plants.items[0].function, stk_demo_pool[i].function) == 0;
		least = fmin(least, plants.items[0].size);
		most = fmax(most, plants.items[0].size);
		sum += plants.items[0].size;
	}
	for (size_t i = 0; i < 10; i++) {
		assert_in_range(seen[i], 60, 140); /* 100, sigma 9.5 */
		all += seen[i];
	}
	assert_int_equal(all, 1000);
	assert_true(least >= 0.40 && least < 0.41 && most <= 1.00 && most > 0.99);
	assert_true(fabs(sum / 1000 - 0.70) < 0.03);
}

/* --- what they cost -------------------------------------------------------------------- */

#define VISITS ((size_t)200)

struct cost {
	struct stk_sampler_slice slice;
	double total;            /* estimate */
	uint64_t bytes, objects; /* exact */
};

static void visit(const struct stk_demo_plant *plant, uint64_t seed, struct cost *out)
{
	struct stk_app_reply reply = STK_APP_REPLY_INIT;
	struct stk_sampler_totals before, after;
	struct stk_demo_plants plants = {.len = plant != NULL};
	struct stk_app *app;

	if (plant)
		plants.items[0] = *plant;
	*out = (struct cost){.slice = STK_SAMPLER_SLICE_INIT};
	assert_int_equal(stk_demo_shop_new(&plants, 0, seed, &app, NULL), 0);
	for (size_t n = 0; n < STK_DEMO_MIX_LEN; n++)
		stk_demo_shop_visit(app, n, &reply);
	stk_sampler_take(stk_app_sampler(app), &out->slice);
	stk_sampler_totals(stk_app_sampler(app), &before);
	for (size_t n = 0; n < VISITS; n++) {
		stk_demo_shop_visit(app, n, &reply);
		assert_true(reply.status == 200 || reply.status == 201);
	}
	stk_sampler_totals(stk_app_sampler(app), &after);
	stk_sampler_take(stk_app_sampler(app), &out->slice);
	out->bytes = after.allocated_bytes - before.allocated_bytes;
	out->objects = after.allocated_objects - before.allocated_objects;
	for (size_t i = 0; i < out->slice.rows.len; i++)
		out->total += out->slice.rows.items[i].alloc_bytes;
	stk_app_reply_release(&reply);
	stk_app_free(app);
}

static void new__gives_the_pool_its_shares_of_memory(void **state)
{
	/* Names in a slice are the sampler's: measured while the app lives. */
	struct stk_sampler_slice slice = STK_SAMPLER_SLICE_INIT;
	struct stk_app_reply reply = STK_APP_REPLY_INIT;
	struct stk_app *app;
	double total = 0;

	(void)state;
	assert_int_equal(stk_demo_shop_new(NULL, 0, 11, &app, NULL), 0);
	stk_sampler_take(stk_app_sampler(app), &slice);
	for (size_t n = 0; n < VISITS; n++)
		stk_demo_shop_visit(app, n, &reply);
	stk_sampler_take(stk_app_sampler(app), &slice);
	for (size_t i = 0; i < slice.rows.len; i++)
		total += slice.rows.items[i].alloc_bytes;
	for (size_t p = 0; p < 10; p++) {
		double own = 0;

		for (size_t i = 0; i < slice.rows.len; i++) {
			uint32_t leaf = slice.frames.items[slice.rows.items[i].frames_at];

			if (strcmp(slice.locations.items[leaf].name, stk_demo_pool[p].function) ==
				0)
				own += slice.rows.items[i].alloc_bytes;
		}
		if (stk_demo_pool[p].kind == STK_DEMO_MEMORY)
			assert_true(own > 0.12 * total);
		else
			assert_true(own < 0.01 * total);
	}
	stk_sampler_slice_release(&slice);
	stk_app_reply_release(&reply);
	stk_app_free(app);
}

static void plant__of_cpu_allocates_no_more(void **state)
{
	struct cost plain, planted;

	(void)state;
	visit(NULL, 5, &plain);
	for (size_t i = 0; i < 10; i++) {
		struct stk_demo_plant plant = stk_demo_pool[i];

		if (plant.kind != STK_DEMO_CPU)
			continue;
		plant.size = 1;
		visit(&plant, 5, &planted);
		/* hashes are seeded anew in each state, and other prices are other texts */
		assert_true(fabs((double)planted.bytes / (double)plain.bytes - 1) < 0.002);
		assert_true(fabs((double)planted.objects / (double)plain.objects - 1) < 0.02);
		stk_sampler_slice_release(&planted.slice);
	}
	stk_sampler_slice_release(&plain.slice);
}

static void plant__of_memory_makes_blocks_larger_not_more(void **state)
{
	struct cost plain, planted;

	(void)state;
	visit(NULL, 5, &plain);
	for (size_t i = 0; i < 10; i++) {
		struct stk_demo_plant plant = stk_demo_pool[i];
		double growth;

		if (plant.kind != STK_DEMO_MEMORY)
			continue;
		plant.size = 1;
		visit(&plant, 5, &planted);
		growth = (double)planted.bytes / (double)plain.bytes - 1;
		assert_true(growth > 0.12 && growth < 0.40); /* its share, once more */
		assert_true(labs((long)(planted.objects - plain.objects)) < (long)VISITS / 10);
		stk_sampler_slice_release(&planted.slice);
	}
	stk_sampler_slice_release(&plain.slice);
}

static int64_t visits_cpu(struct stk_app *app)
{
	struct stk_app_reply reply = STK_APP_REPLY_INIT;
	struct timespec a, b;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	for (size_t n = 0; n < 2 * STK_DEMO_MIX_LEN; n++)
		stk_demo_shop_visit(app, n, &reply);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	stk_app_reply_release(&reply);
	return (b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec;
}

/* Both shops in turn, so that both meet the same machine; the least of the rounds, since other
 * programs only ever add to it. */
static void plant__of_cpu_costs_cpu(void **state)
{
	struct stk_demo_plants plants = {.len = 1, .items = {stk_demo_pool[0]}};
	int64_t least[2] = {INT64_MAX, INT64_MAX};
	struct stk_app *apps[2];

	(void)state;
	plants.items[0].size = 3; /* thrice its third on top */
	assert_int_equal(stk_demo_shop_new(NULL, 0, 5, &apps[0], NULL), 0);
	assert_int_equal(stk_demo_shop_new(&plants, 0, 5, &apps[1], NULL), 0);
	for (int round = 0; round < 20; round++) {
		int64_t used = visits_cpu(apps[round % 2]);
		least[round % 2] = used < least[round % 2] ? used : least[round % 2];
	}
	assert_true((double)least[1] > 1.4 * (double)least[0]);
	stk_app_free(apps[0]);
	stk_app_free(apps[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planting_parse__knows_three_words),
		cmocka_unit_test(plants__fixed_are_one_of_each_kind),
		cmocka_unit_test(plants__random_draws_all_ten_and_sizes_from_40_to_100),
		cmocka_unit_test(new__gives_the_pool_its_shares_of_memory),
		cmocka_unit_test(plant__of_cpu_allocates_no_more),
		cmocka_unit_test(plant__of_memory_makes_blocks_larger_not_more),
		cmocka_unit_test(plant__of_cpu_costs_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
