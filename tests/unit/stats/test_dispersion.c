/* test_dispersion: the golden vector of the sequential procedure. */
#include "core/stats/dispersion.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/stats/decide.h"
#include "core/stats/family.h"
#include "tests/support/near.h"

enum { ROWS = 12, SLICES = 4 };

static const double base_requests[SLICES] = {15020, 14890, 15110, 14980};
static const double head_requests[SLICES] = {15200, 15060, 14950, 15130};
static const double base_counts[ROWS * SLICES] = {
	981,
	867,
	933,
	819,
	532,
	567,
	555,
	590,
	480,
	402,
	453,
	361,
	306,
	303,
	308,
	305,
	281,
	248,
	303,
	229,
	175,
	182,
	167,
	191,
	168,
	152,
	183,
	131,
	114,
	107,
	115,
	108,
	111,
	89,
	101,
	80,
	53,
	61,
	58,
	66,
	61,
	44,
	55,
	35,
	31,
	30,
	31,
	30,
};
static const double head_counts[ROWS * SLICES] = {
	966,
	850,
	1004,
	800,
	559,
	593,
	530,
	576,
	440,
	392,
	463,
	379,
	322,
	319,
	317,
	320,
	423,
	351,
	389,
	326,
	168,
	192,
	174,
	185,
	192,
	146,
	174,
	139,
	110,
	114,
	108,
	115,
	107,
	85,
	115,
	75,
	58,
	66,
	53,
	62,
	52,
	42,
	58,
	38,
	34,
	33,
	33,
	34,
};

static const struct stk_dispersion_data golden = {
	.rows = ROWS,
	.base = {SLICES, base_counts, base_requests},
	.head = {SLICES, head_counts, head_requests},
	.sigma_aa = 0.02,
	.df_aa = 29.0,
};

static void dispersion_fit__golden_common_mode(void **state)
{
	static const double want_base[] = {1.04642, 0.97956, 1.03399, 0.93950};
	static const double want_head[] = {1.04068, 0.97655, 1.05104, 0.93206};
	struct stk_dispersion fit;

	(void)state;
	stk_dispersion_fit(&golden, &fit);
	for (size_t i = 0; i < SLICES; i++) {
		test_near("base", fit.cm_base[i], want_base[i], 1e-5);
		test_near("head", fit.cm_head[i], want_head[i], 1e-5);
	}
	stk_dispersion_release(&fit);
}

static void dispersion_fit__golden_prior(void **state)
{
	struct stk_dispersion fit;

	(void)state;
	stk_dispersion_fit(&golden, &fit);
	test_near("tau2", fit.tau2, 0.002408, 3e-4);
	test_near("zbar", fit.prior.zbar, -0.31626, 2e-5);
	test_near("V", fit.prior.v, 0.76387, 2e-5);
	test_near("d0", fit.prior.d0, 6.3609, 2e-5);
	test_near("s0^2", fit.prior.s0_2, 0.73653, 2e-5);
	test_near("g", fit.shift, 0.00057, 1e-2);
	stk_dispersion_release(&fit);
}

static void dispersion_fit__golden_rows(void **state)
{
	static const struct {
		size_t row;
		double theta, phi, shrunk, se, df;
	} want[] = {
		{0, -0.00011, 1.7286, 2.0419, 0.03913, 21.50},
		{1, NAN, 5.0991, 3.3678, 0.05824, 15.77},
		{4, 0.33324, 1.5173, 1.4065, 0.05167, 16.88},
		{7, NAN, 0.4238, 1.0, NAN, NAN},
		{11, 0.08817, NAN, NAN, 0.12673, NAN},
	};
	struct stk_dispersion fit;

	(void)state;
	stk_dispersion_fit(&golden, &fit);
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		const struct stk_dispersion_row *row = &fit.items[want[i].row];

		if (!isnan(want[i].theta))
			assert_true(fabs(row->theta - want[i].theta) < 5.1e-6);
		if (!isnan(want[i].phi))
			test_near("phi", row->phi, want[i].phi, 2e-4);
		if (!isnan(want[i].shrunk))
			test_near("shrunk", row->phi_shrunk, want[i].shrunk, 1e-4);
		if (!isnan(want[i].se))
			test_near("se", row->se, want[i].se, 2e-4);
		if (!isnan(want[i].df))
			test_near("df", row->df, want[i].df, 4e-4);
	}
	stk_dispersion_release(&fit);
}

static void dispersion_fit__golden_rejects_only_the_fifth(void **state)
{
	struct stk_dispersion fit;
	double p[ROWS], q[ROWS];

	(void)state;
	stk_dispersion_fit(&golden, &fit);
	for (size_t i = 0; i < ROWS; i++) {
		struct stk_estimate estimate = {
			fit.items[i].theta - fit.shift, fit.items[i].se, fit.items[i].df};

		p[i] = stk_decide_p(&estimate, log(1.02));
	}
	stk_family_bh(p, ROWS, q);
	for (size_t i = 0; i < ROWS; i++)
		assert_int_equal(q[i] < 0.05, i == 4);
	test_near("f01", p[0], 0.988, 1e-3);
	test_near("f05", p[4], 8e-6, 0.05);
	test_near("f05 q", q[4], 9.8e-5, 0.01);
	test_near("f12", p[11], 0.507, 1e-3);
	stk_dispersion_release(&fit);
}

static void dispersion_fit__without_a_window_effect(void **state)
{
	struct stk_dispersion_data data = golden;
	struct stk_dispersion fit;

	(void)state;
	data.sigma_aa = data.df_aa = 0.0;
	stk_dispersion_fit(&data, &fit);
	test_near("df", fit.items[0].df, fit.prior.d0 + 6.0, 1e-12);
	test_near("se", fit.items[0].se * fit.items[0].se,
		fit.items[0].phi_shrunk * (1.0 / 3600.0 + 1.0 / 3620.0), 1e-12);
	stk_dispersion_release(&fit);
}

static void dispersion_fit__no_rows(void **state)
{
	struct stk_dispersion_data none = golden;
	struct stk_dispersion fit;

	(void)state;
	none.rows = 0;
	stk_dispersion_fit(&none, &fit);
	assert_true(fit.shift == 0.0);
	assert_true(fit.prior.d0 == 4.0);
	stk_dispersion_release(&fit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dispersion_fit__golden_common_mode),
		cmocka_unit_test(dispersion_fit__golden_prior),
		cmocka_unit_test(dispersion_fit__golden_rows),
		cmocka_unit_test(dispersion_fit__golden_rejects_only_the_fifth),
		cmocka_unit_test(dispersion_fit__without_a_window_effect),
		cmocka_unit_test(dispersion_fit__no_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
