/* test_blocks: the paired procedure agrees with an independent program to nine digits. */
#include "core/stats/blocks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/json.h"
#include "core/stats/decide.h"
#include "core/stats/family.h"
#include "tests/support/near.h"

#define DIGITS 1e-9
#define MARGIN log(1.02)
#define Q      0.05

struct vector {
	struct stk_blocks_data data;
	double *numbers[4];
	const struct stk_json *expected;
};

static struct stk_json *read_vectors(void)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *root = NULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_fs_read("tests/fixtures/stats/vectors.json", &text, &err) < 0 ||
		stk_json_parse(stk_buf_str(&text), &root, &err) < 0)
		fail_msg("%s", err.msg);
	stk_buf_release(&text);
	return root;
}

static double *flat(const struct stk_json *table, size_t rows, size_t columns)
{
	double *out = calloc(rows * columns, sizeof *out);

	assert_non_null(out);
	for (size_t i = 0; i < rows * columns; i++) {
		const struct stk_json *row = rows > 1 ? stk_json_at(table, i / columns) : table;

		out[i] = stk_json_real(stk_json_at(row, i % columns), NAN);
	}
	return out;
}

static void vector_read(const struct stk_json *one, struct vector *out)
{
	size_t rows = stk_json_len(stk_json_get(one, "base_counts"));
	size_t pairs = stk_json_len(stk_json_get(one, "base_requests"));

	out->numbers[0] = flat(stk_json_get(one, "base_counts"), rows, pairs);
	out->numbers[1] = flat(stk_json_get(one, "head_counts"), rows, pairs);
	out->numbers[2] = flat(stk_json_get(one, "base_requests"), 1, pairs);
	out->numbers[3] = flat(stk_json_get(one, "head_requests"), 1, pairs);
	out->data = (struct stk_blocks_data){.rows = rows,
		.pairs = pairs,
		.base = out->numbers[0],
		.head = out->numbers[1],
		.base_requests = out->numbers[2],
		.head_requests = out->numbers[3]};
	out->expected = stk_json_get(one, "expected");
}

static void vector_release(struct vector *one)
{
	for (size_t i = 0; i < 4; i++)
		free(one->numbers[i]);
}

static void expect(const struct stk_json *object, const char *key, double got)
{
	test_near(key, got, stk_json_real(stk_json_get(object, key), NAN), DIGITS);
}

static void each_vector(void (*check)(const struct vector *one, const struct stk_blocks *fit))
{
	struct stk_json *root = read_vectors();
	const struct stk_json *list = stk_json_get(root, "paired_6_6");

	assert_int_equal(stk_json_len(list), 5);
	for (size_t i = 0; i < stk_json_len(list); i++) {
		struct vector one;
		struct stk_blocks fit;

		vector_read(stk_json_at(list, i), &one);
		stk_blocks_fit(&one.data, &fit);
		check(&one, &fit);
		stk_blocks_release(&fit);
		vector_release(&one);
	}
	stk_json_free(root);
}

static void check_prior(const struct vector *one, const struct stk_blocks *fit)
{
	for (size_t i = 0; i < fit->pairs; i++)
		test_near("g", fit->shift[i],
			stk_json_real(stk_json_at(stk_json_get(one->expected, "g"), i), NAN),
			DIGITS);
	expect(one->expected, "tau2", fit->tau2);
	expect(one->expected, "zbar", fit->prior.zbar);
	expect(one->expected, "V", fit->prior.v);
	expect(one->expected, "e", fit->prior.e);
	expect(one->expected, "d0", fit->prior.d0);
	expect(one->expected, "s0_2", fit->prior.s0_2);
	expect(one->expected, "df", fit->items[0].df);
}

static void check_rows(const struct vector *one, const struct stk_blocks *fit)
{
	const struct stk_json *rows = stk_json_get(one->expected, "rows");

	for (size_t i = 0; i < fit->rows; i++) {
		const struct stk_json *row = stk_json_at(rows, i);

		expect(row, "theta", fit->items[i].theta);
		expect(row, "raw", fit->items[i].raw);
		expect(row, "S2", fit->items[i].s2);
		expect(row, "floor", fit->items[i].floor);
		expect(row, "S2_shrunk", fit->items[i].s2_shrunk);
		expect(row, "se", fit->items[i].se);
		expect(row, "change", expm1(fit->items[i].theta));
		expect(row, "leave_one_out_min", expm1(fit->items[i].least));
	}
}

static void check_row_tests(const struct stk_json *row, const struct stk_estimate *estimate,
	double fcr_level, double alpha)
{
	double low, high;

	stk_decide_interval(estimate, 0.95, &low, &high);
	expect(row, "low95", expm1(low));
	expect(row, "high95", expm1(high));
	stk_decide_interval(estimate, fcr_level, &low, &high);
	expect(row, "low_fcr", expm1(low));
	expect(row, "high_fcr", expm1(high));
	expect(row, "mde", stk_decide_mde(estimate, alpha, MARGIN));
	assert_int_equal(stk_decide_is_equivalent(estimate, log(1.05)),
		stk_json_bool(stk_json_get(row, "no_change"), false));
}

static void check_tests(const struct vector *one, const struct stk_blocks *fit)
{
	const struct stk_json *rows = stk_json_get(one->expected, "rows");
	double *p = calloc(fit->rows, sizeof *p), *q = calloc(fit->rows, sizeof *q);
	size_t selected = 0;
	double level;

	for (size_t i = 0; i < fit->rows; i++) {
		struct stk_estimate estimate = {
			fit->items[i].theta, fit->items[i].se, fit->items[i].df};

		p[i] = stk_decide_p(&estimate, MARGIN);
	}
	stk_family_bh(p, fit->rows, q);
	for (size_t i = 0; i < fit->rows; i++)
		selected += q[i] < Q;
	assert_int_equal(selected, stk_json_int(stk_json_get(one->expected, "selected"), -1));
	level = stk_family_fcr_level(Q, selected, fit->rows);
	expect(one->expected, "fcr_level", level);
	for (size_t i = 0; i < fit->rows; i++) {
		struct stk_estimate estimate = {
			fit->items[i].theta, fit->items[i].se, fit->items[i].df};

		expect(stk_json_at(rows, i), "p", p[i]);
		expect(stk_json_at(rows, i), "q", q[i]);
		check_row_tests(stk_json_at(rows, i), &estimate, level, 1.0 - level);
	}
	free(p);
	free(q);
}

static void blocks_fit__shift_and_prior_agree(void **state)
{
	(void)state;
	each_vector(check_prior);
}

static void blocks_fit__rows_agree(void **state)
{
	(void)state;
	each_vector(check_rows);
}

static void blocks_fit__tests_and_limits_agree(void **state)
{
	(void)state;
	each_vector(check_tests);
}

static void check_swapped(const struct vector *one, const struct stk_blocks *fit)
{
	struct stk_blocks_data data = one->data;
	struct stk_blocks swapped;

	data.base = one->data.head;
	data.head = one->data.base;
	data.base_requests = one->data.head_requests;
	data.head_requests = one->data.base_requests;
	stk_blocks_fit(&data, &swapped);
	for (size_t i = 0; i < fit->rows; i++) {
		test_near("theta", swapped.items[i].theta, -fit->items[i].theta, 1e-10);
		test_near("se", swapped.items[i].se, fit->items[i].se, 1e-10);
		test_near("least", swapped.items[i].least, -fit->items[i].most, 1e-10);
	}
	stk_blocks_release(&swapped);
}

static void blocks_fit__swapping_the_sides_flips_signs_only(void **state)
{
	(void)state;
	each_vector(check_swapped);
}

/* A shift known beforehand, taken out through the requests, gives the vectors' numbers: so groups
 * take that of the functions. */
static void check_given_shift(const struct vector *one, const struct stk_blocks *fit)
{
	struct stk_blocks_data data = one->data;
	double *requests = calloc(data.pairs, sizeof *requests), shift = 0.0;
	struct stk_blocks given;

	for (size_t i = 0; i < data.pairs; i++) {
		double g = stk_json_real(stk_json_at(stk_json_get(one->expected, "g"), i), NAN);

		requests[i] = data.head_requests[i] * exp(g);
		shift += g / (double)data.pairs;
	}
	data.head_requests = requests;
	data.shift = STK_BLOCKS_NONE;
	stk_blocks_fit(&data, &given);
	for (size_t i = 0; i < given.rows; i++) {
		const struct stk_json *row = stk_json_at(stk_json_get(one->expected, "rows"), i);

		expect(row, "raw", given.items[i].raw + shift);
		assert_float_equal(given.items[i].theta, fit->items[i].theta, 1e-12);
		expect(row, "S2", given.items[i].s2);
		expect(row, "se", given.items[i].se);
	}
	stk_blocks_release(&given);
	free(requests);
}

static void blocks_fit__a_given_shift_agrees(void **state)
{
	(void)state;
	each_vector(check_given_shift);
}

static void blocks_fit__few_rows_fall_back(void **state)
{
	static const double base[] = {100, 110, 90, 105}, head[] = {100, 110, 90, 105};
	static const double requests[] = {1000, 1000, 1000, 1000};
	struct stk_blocks_data data = {1, 4, base, head, requests, requests, STK_BLOCKS_NONE};
	struct stk_blocks fit;

	(void)state;
	stk_blocks_fit(&data, &fit);
	assert_true(fit.items[0].theta == 0.0);
	test_near("df", fit.items[0].df, 7.0, 1e-12);
	/* Equal blocks look better than counting allows: the floor holds. */
	test_near("floor", fit.items[0].s2_shrunk, fit.items[0].floor, 1e-12);
	stk_blocks_release(&fit);
}

/* Worked by an independent program: two of seven rows doubled, the first is held to a fifth. */
static void blocks_fit__robust_shift_listens_to_the_others(void **state)
{
	static const double base[] = {400, 420, 390, 100, 95, 110, 90, 105, 98, 60, 70, 64, 55, 50,
		61, 30, 34, 28, 200, 210, 190};
	static const double head[] = {424, 400, 405, 98, 104, 100, 99, 96, 105, 66, 63, 70, 120,
		112, 118, 33, 29, 31, 390, 420, 400};
	static const double base_requests[] = {1000, 1010, 990},
			    head_requests[] = {1005, 995, 1000};
	static const double want[] = {
		0.05189585414393911, -0.02829750723981765, 0.01795165085704015};
	struct stk_blocks_data data = {
		7, 3, base, head, base_requests, head_requests, STK_BLOCKS_ROBUST};
	struct stk_blocks fit;

	(void)state;
	stk_blocks_fit(&data, &fit);
	for (size_t i = 0; i < 3; i++)
		test_near("shift", fit.shift[i], want[i], DIGITS);
	assert_true(fit.items[4].theta > 0.5 && fit.items[6].theta > 0.5);
	stk_blocks_release(&fit);
}

/* The same with blocks that scatter more than counting explains. */
static void blocks_fit__robust_shift_with_scatter(void **state)
{
	static const double base[] = {400, 520, 330, 100, 75, 130, 90, 125, 78, 60, 80, 54, 55, 40,
		71, 30, 24, 38, 200, 260, 150};
	static const double head[] = {424, 400, 405, 98, 134, 80, 99, 76, 125, 66, 43, 80, 120, 132,
		98, 33, 39, 21, 390, 320, 480};
	static const double base_requests[] = {1000, 1010, 990},
			    head_requests[] = {1005, 995, 1000};
	static const double want[] = {
		0.1391396258027627, 0.025179773959466578, 0.10635817685221012};
	struct stk_blocks_data data = {
		7, 3, base, head, base_requests, head_requests, STK_BLOCKS_ROBUST};
	struct stk_blocks fit;

	(void)state;
	stk_blocks_fit(&data, &fit);
	/* what the pairs differ in goes; the lasting part has an error as large as itself and stays
	 */
	for (size_t i = 0; i < 3; i++)
		test_near("shift", fit.shift[i], want[i] - (want[0] + want[1] + want[2]) / 3.0,
			DIGITS);
	test_near("error", fit.shift_error, 0.0, DIGITS);
	assert_true(fit.tau2 > 0.0);
	stk_blocks_release(&fit);
}

/* A uniform shift is what all rows agree on: it goes, and its error is in every row's. */
static void blocks_fit__uniform_shift_is_taken_out(void **state)
{
	enum { ROWS = 12, PAIRS = 6 };
	double base[ROWS * PAIRS], head[ROWS * PAIRS], requests[PAIRS];
	struct stk_blocks_data data = {
		ROWS, PAIRS, base, head, requests, requests, STK_BLOCKS_ROBUST};
	struct stk_blocks fit;

	(void)state;
	for (size_t i = 0; i < PAIRS; i++)
		requests[i] = 1000;
	for (size_t i = 0; i < ROWS * PAIRS; i++) {
		base[i] = 4000 + 137 * (double)(i % 17);
		head[i] = base[i] * (1.10 + 0.002 * ((double)(i % 5) - 2.0));
	}
	stk_blocks_fit(&data, &fit);
	assert_true(fit.shift_error > 0.0 && fit.shift_error < 0.02);
	assert_true(fabs(fit.items[0].raw - log(1.10)) < 0.01);
	assert_true(fabs(fit.items[0].theta) < 0.01);
	stk_blocks_release(&fit);
}

/* Rows that agree with nobody: the median stays. */
static void blocks_fit__robust_shift_of_strangers(void **state)
{
	static const double base[] = {1e6, 1e6, 1e6, 1e6}, head[] = {1e6, 1e6, 4e6, 4e6};
	static const double requests[] = {1000, 1000};
	struct stk_blocks_data data = {2, 2, base, head, requests, requests, STK_BLOCKS_ROBUST};
	struct stk_blocks fit;

	(void)state;
	stk_blocks_fit(&data, &fit);
	test_near("shift", fit.shift[0], log(2.0), 1e-6);
	stk_blocks_release(&fit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_fit__shift_and_prior_agree),
		cmocka_unit_test(blocks_fit__rows_agree),
		cmocka_unit_test(blocks_fit__tests_and_limits_agree),
		cmocka_unit_test(blocks_fit__swapping_the_sides_flips_signs_only),
		cmocka_unit_test(blocks_fit__a_given_shift_agrees),
		cmocka_unit_test(blocks_fit__few_rows_fall_back),
		cmocka_unit_test(blocks_fit__robust_shift_listens_to_the_others),
		cmocka_unit_test(blocks_fit__robust_shift_with_scatter),
		cmocka_unit_test(blocks_fit__uniform_shift_is_taken_out),
		cmocka_unit_test(blocks_fit__robust_shift_of_strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
