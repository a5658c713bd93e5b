/* test_paired_rates: false alarms and findings of the whole procedure over many made-up runs.
 *
 * Seeds are fixed, so the counts are; the limits are those of the reference (6.18), with
 * three binomial standard deviations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/diff/compare.h"
#include "tests/support/compared.h"

enum { RUNS = 250 };

struct rates {
	int alarms;  /* runs with a regression or improvement that was not planted */
	int accused; /* of these, runs with a regression */
	int planted, found;
	int intervals, covered; /* 95 % intervals of rows that were not selected */
};

/* What kind of run; zero fields = the world's defaults. */
struct kind {
	size_t functions;
	int pairs, plants;
	double samples, noise, factor;
	double tick_ns; /* the profile is sampled by such a tick */
	bool untold;    /* and the comparison does not know it */
};

static struct world make_world(const struct kind *kind, uint64_t seed)
{
	struct world world;

	/* Seeds whose service has no function large enough are passed over. */
	for (uint64_t attempt = 0; attempt < 500; attempt++) {
		int planted = 0;

		world_init(&world, kind->functions, seed * 1000 + attempt);
		world.pairs = kind->pairs ? kind->pairs : world.pairs;
		world.samples = kind->samples > 0.0 ? kind->samples : world.samples;
		world.block_noise = world.row_noise = kind->noise;
		for (int i = 0; i < kind->plants; i++) {
			int at = world_pick(&world, 0.1);

			if (at < 0)
				break;
			world.functions[at].factor = kind->factor;
			planted++;
		}
		if (planted == kind->plants)
			break;
	}
	if (kind->tick_ns > 0.0)
		world_tick(&world, kind->tick_ns, seed);
	if (kind->untold)
		world.tick_ns = 0.0;
	return world;
}

static const struct world_function *planted_as(const struct world *world, const struct stk_row *row)
{
	for (size_t i = 0; i < world->len; i++) {
		if (strcmp(world->functions[i].name[0], row->function.name) == 0 &&
			strcmp(world->functions[i].file, row->function.file) == 0)
			return &world->functions[i];
	}
	return NULL;
}

static void count_run(const struct world *world, const struct compared *out, struct rates *rates)
{
	bool alarm = false, accused = false;

	for (size_t i = 0; i < out->result.rows.len; i++) {
		const struct stk_row *row = &out->result.rows.items[i];
		const struct world_function *one = planted_as(world, row);
		bool is_regression = row->verdict == STK_VERDICT_REGRESSION;

		assert_non_null(one);
		if (one->factor != 1.0) {
			rates->planted++;
			rates->found += is_regression;
			continue;
		}
		accused |= is_regression;
		alarm |= is_regression || row->verdict == STK_VERDICT_IMPROVEMENT;
		if (!isnan(row->lo) && row->level == 0.95) {
			rates->intervals++;
			rates->covered += row->lo <= 0.0 && row->hi >= 0.0;
		}
	}
	rates->alarms += alarm;
	rates->accused += accused;
}

static struct rates run_kind(const struct kind *kind)
{
	struct rates rates = {0};

	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		struct world world = make_world(kind, seed);
		struct compared out;

		compared_init(&out, &world);
		count_run(&world, &out, &rates);
		compared_release(&out);
	}
	return rates;
}

/* 5 % of RUNS and three standard deviations. */
static int allowed(double share)
{
	return (int)(share * RUNS + 3.0 * sqrt(share * (1.0 - share) * RUNS));
}

static void rates__nothing_planted(void **state)
{
	static const struct kind kinds[] = {
		{.functions = 20, .noise = 0.0},
		{.functions = 20, .noise = 0.03},
		{.functions = 12, .noise = 0.03, .samples = 500},
		{.functions = 20, .noise = 0.08},
		{.functions = 20, .noise = 0.03, .pairs = 4},
		{.functions = 20, .noise = 0.03, .pairs = 12},
		{.functions = 7, .noise = 0.03},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(kinds); i++) {
		struct rates rates = run_kind(&kinds[i]);

		assert_in_range(rates.alarms, 0, allowed(0.05));
		assert_true(rates.covered > 0.94 * rates.intervals);
	}
}

static void rates__planted_functions_are_found_and_nobody_else(void **state)
{
	static const struct {
		struct kind kind;
		double found; /* at least */
	} kinds[] = {
		{{.functions = 15, .noise = 0.03, .samples = 500, .plants = 1, .factor = 1.4},
			0.85},
		{{.functions = 20, .noise = 0.03, .samples = 800, .plants = 1, .factor = 1.4},
			0.95},
		{{.functions = 20, .noise = 0.03, .samples = 800, .plants = 1, .factor = 2.0},
			0.995},
		{{.functions = 10, .noise = 0.03, .samples = 800, .plants = 2, .factor = 1.7},
			0.98},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(kinds); i++) {
		struct rates rates = run_kind(&kinds[i].kind);

		assert_true(rates.found >= kinds[i].found * rates.planted);
		assert_in_range(rates.accused, 0, allowed(0.05));
	}
}

/* Requests of 0.8, 1.25 and 2 ticks. Accusations that the tick makes are as rare as any other, and
 * it costs few findings; who does not know of the tick accuses in one run of six. */
static void rates__a_clock_tick_accuses_nobody(void **state)
{
	static const struct {
		size_t functions;
		double tick_ns;
	} kinds[] = {{7, 4e6}, {12, 2.56e6}, {20, 1.6e6}};
	int untold = 0;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(kinds); i++) {
		struct kind kind = {.functions = kinds[i].functions,
			.pairs = 10,
			.noise = 0.03,
			.samples = 800,
			.plants = 1,
			.factor = 1.6,
			.tick_ns = kinds[i].tick_ns};
		struct rates rates = run_kind(&kind);

		assert_true(rates.found >= 0.9 * rates.planted);
		assert_in_range(rates.accused, 0, allowed(0.05));
		kind.untold = true;
		rates = run_kind(&kind);
		untold += rates.accused;
	}
	assert_true(untold > 0.1 * STK_ARRAY_LEN(kinds) * RUNS);
}

/* 6.18.10: a true +8 % is called "no change" in at most one of twenty. */
static void rates__equivalence_is_rarely_wrong(void **state)
{
	int wrong = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		struct kind kind = {.functions = 12,
			.noise = 0.01,
			.samples = 20000,
			.plants = 1,
			.factor = 1.08};
		struct world world = make_world(&kind, seed);
		struct compared out;

		compared_init(&out, &world);
		for (size_t i = 0; i < out.result.rows.len; i++) {
			const struct stk_row *row = &out.result.rows.items[i];

			wrong += planted_as(&world, row)->factor != 1.0 &&
				 row->verdict == STK_VERDICT_NO_CHANGE;
		}
		compared_release(&out);
	}
	assert_in_range(wrong, 0, allowed(0.05));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates__nothing_planted),
		cmocka_unit_test(rates__planted_functions_are_found_and_nobody_else),
		cmocka_unit_test(rates__a_clock_tick_accuses_nobody),
		cmocka_unit_test(rates__equivalence_is_rarely_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
