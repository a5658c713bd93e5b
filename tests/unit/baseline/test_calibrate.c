/* test_calibrate: known scatter is found again; runs that are apart by it raise no alarm. */
#include "core/baseline/calibrate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/calibration_case.h"

static void calibrate_type__finds_what_lies_between_windows(void **state)
{
	struct stk_calibrated_type few, many;
	struct stk_calibration calibration;

	(void)state;
	calibration_case_init(&calibration, "baseline", 200, 0.03, 0.05);
	stk_calibrate_type(&calibration, "cpu", STK_CALIBRATE_ALL, &many);
	for (int band = 0; band < STK_DISPERSION_BANDS; band++) {
		assert_true(many.sigma[band] > 0.038);
		assert_true(many.sigma[band] < 0.055);
	}
	assert_true(many.sigma_total > 0.035 && many.sigma_total < 0.06);
	assert_float_equal(many.inflation, 1.0, 0.0);
	stk_calibration_release(&calibration);
	/* few runs may have been lucky ones: their upper limit */
	calibration_case_init(&calibration, "baseline", 20, 0.03, 0.05);
	stk_calibrate_type(&calibration, "cpu", STK_CALIBRATE_ALL, &few);
	assert_true(few.sigma[1] > 0.045);
	stk_calibration_release(&calibration);
}

static void calibrate_type__finds_nothing_where_nothing_is(void **state)
{
	struct stk_calibrated_type type;
	struct stk_calibration calibration;

	(void)state;
	calibration_case_init(&calibration, "baseline", 100, 0.03, 0.0);
	stk_calibrate_type(&calibration, "cpu", STK_CALIBRATE_ALL, &type);
	assert_true(type.sigma[0] < 0.012 && type.sigma[3] < 0.012);
	stk_calibrate_type(&calibration, "none", STK_CALIBRATE_ALL, &type);
	assert_float_equal(type.sigma[0], 0.0, 0.0);
	assert_float_equal(type.sigma_total, 0.0, 0.0);
	stk_calibration_release(&calibration);
}

static void calibrate_type__widens_pairs_that_scatter_more_than_they_say(void **state)
{
	struct stk_calibrated_type type;
	struct stk_calibration calibration;

	(void)state;
	calibration_case_init(&calibration, "paired", 40, 0.03, 0.0);
	stk_calibrate_type(&calibration, "cpu", STK_CALIBRATE_ALL, &type);
	assert_float_equal(type.inflation, 1.0, 0.0);
	stk_calibration_release(&calibration);
	calibration_case_init(&calibration, "paired", 40, 0.03, 0.04); /* 0.05 in all */
	stk_calibrate_type(&calibration, "cpu", STK_CALIBRATE_ALL, &type);
	assert_float_equal(type.sigma[2], 0.0, 0.0);
	assert_true(type.inflation > 1.45 && type.inflation < 1.85);
	stk_calibration_release(&calibration);
}

static void calibrate_alarms__are_rare_with_measured_scatter(void **state)
{
	struct stk_calibration calibration;

	(void)state;
	/* taken for pure counting noise nearly every one would raise an alarm */
	calibration_case_init(&calibration, "baseline", 60, 0.02, 0.06);
	assert_true(stk_calibrate_alarms(&calibration) <= 4);
	stk_calibration_release(&calibration);
}

static void calibrate_alarms__see_the_run_that_stands_out(void **state)
{
	struct stk_calibration calibration;
	struct stk_calibration_row *row;

	(void)state;
	calibration_case_init(&calibration, "baseline", 40, 0.02, 0.02);
	int before = stk_calibrate_alarms(&calibration);
	row = &calibration.runs.items[5].types.items[0].rows.items[3];
	row->theta = 0.5;
	row->eligible = true;
	assert_int_equal(stk_calibrate_alarms(&calibration), before + 1);
	row->eligible = false; /* the garbage collector, say */
	assert_int_equal(stk_calibrate_alarms(&calibration), before);
	stk_calibration_release(&calibration);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calibrate_type__finds_what_lies_between_windows),
		cmocka_unit_test(calibrate_type__finds_nothing_where_nothing_is),
		cmocka_unit_test(calibrate_type__widens_pairs_that_scatter_more_than_they_say),
		cmocka_unit_test(calibrate_alarms__are_rare_with_measured_scatter),
		cmocka_unit_test(calibrate_alarms__see_the_run_that_stands_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
