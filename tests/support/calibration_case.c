/* calibration_case: A/A runs as a service would have given them, drawn with a known scatter. */
#include "tests/support/calibration_case.h"

#include <math.h>

#include "core/base/clock.h"
#include "core/base/rand.h"

enum { ROWS = 40, DF = 30 };

/* Of the standard normal distribution, by Box and Muller. */
static double normal(struct stk_rand *rng)
{
	double u = stk_rand_f64(rng), v = stk_rand_f64(rng);

	return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * 3.14159265358979 * v);
}

void calibration_case_init(
	struct stk_calibration *out, const char *mode, int runs, double within, double between)
{
	double all = sqrt(within * within + between * between);
	struct stk_rand rng;

	stk_calibration_init(out);
	stk_rand_init(&rng, 7, 1);
	out->key = (struct stk_calibration_key){"shop", mode, "12ab", "34cd"};
	out->version = "1.0";
	for (int i = 0; i < runs; i++) {
		struct stk_calibration_run *run = stk_vec_push_new(&out->runs);
		struct stk_calibration_type *type = stk_vec_push_new(&run->types);

		run->measured_ns = (int64_t)(i + 1) * 3600 * STK_NS_PER_S;
		*type = (struct stk_calibration_type){
			"cpu", all * normal(&rng), within * within, DF, STK_VEC_INIT};
		for (int k = 0; k < ROWS; k++) {
			double theta = all * normal(&rng);

			stk_vec_push(
				&type->rows, (struct stk_calibration_row){theta, within * within,
						     DF, 0.006 + 0.002 * k, theta >= log1p(0.05)});
		}
	}
}
