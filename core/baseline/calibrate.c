/* calibrate: the figures that follow from A/A runs (reference regression 6.9). */
#include "core/baseline/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/stats/decide.h"
#include "core/stats/family.h"
#include "core/stats/order.h"
#include "core/stats/student.h"

#define TRIM           0.05   /* of either side, before a mean is taken */
#define TRIMMED        0.8009 /* what is left of a mean of squares of normal values then */
#define RUNS_SURE      30     /* from here on the mean itself, below it its upper limit */
#define Z_UPPER        0.8416212335729143 /* 80 % */
#define BAND_ROWS_MIN  10                 /* a band with fewer takes what all bands show together */
#define Q_MAX          0.05
#define NULL_MARGIN    0.02
#define TOTAL_CHANGE   0.03
#define INFLATION_FROM 1.1

STK_VEC_TYPE(numbers, double);

static bool is_in(size_t run, enum stk_calibrate_half half)
{
	return half == STK_CALIBRATE_ALL || run % 2 == (size_t)half;
}

static const struct stk_calibration_type *type_of(
	const struct stk_calibration_run *run, const char *short_name)
{
	for (size_t i = 0; i < run->types.len; i++) {
		if (strcmp(run->types.items[i].short_name, short_name) == 0)
			return &run->types.items[i];
	}
	return NULL;
}

static int compare_numbers(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* A mean of squares that a few runs with a burst in them do not decide. */
static double mean_of_squares(struct numbers *list)
{
	size_t cut = (size_t)(TRIM * (double)list->len);

	qsort(list->items, list->len, sizeof *list->items, compare_numbers);
	return stk_order_mean(list->items + cut, list->len - 2 * cut) / (cut > 0 ? TRIMMED : 1.0);
}

/* Lower 20 % quantile of chi-square, by Wilson and Hilferty. */
static double chi_square_low(double df)
{
	double spread = 2.0 / (9.0 * df), root = 1.0 - spread - Z_UPPER * sqrt(spread);

	return df * root * root * root;
}

/* The deviation that stays of squares when what is explained is taken off; few runs may have been
 * lucky ones. */
static double deviation(struct numbers *squares, struct numbers *explained, size_t runs)
{
	double seen, known;

	if (squares->len == 0)
		return NAN;
	seen = mean_of_squares(squares);
	known = stk_order_mean(explained->items, explained->len);
	if (runs < RUNS_SURE && runs > 0)
		seen *= (double)runs / chi_square_low((double)runs);
	return sqrt(fmax(0.0, seen - known));
}

/* theta^2 and v of the rows of a band, of all for band = their number. */
static double band_deviation(const struct stk_calibration *calibration, const char *short_name,
	enum stk_calibrate_half half, int band)
{
	struct numbers squares = STK_VEC_INIT, explained = STK_VEC_INIT;
	size_t runs = 0;
	double sigma;

	for (size_t i = 0; i < calibration->runs.len; i++) {
		const struct stk_calibration_type *type =
			type_of(&calibration->runs.items[i], short_name);

		if (!type || !is_in(i, half))
			continue;
		runs++;
		for (size_t k = 0; k < type->rows.len; k++) {
			const struct stk_calibration_row *row = &type->rows.items[k];

			if (band < STK_DISPERSION_BANDS && stk_dispersion_band(row->share) != band)
				continue;
			stk_vec_push(&squares, row->theta * row->theta);
			stk_vec_push(&explained, row->v);
		}
	}
	sigma = squares.len >= BAND_ROWS_MIN ? deviation(&squares, &explained, runs) : NAN;
	stk_vec_release(&squares);
	stk_vec_release(&explained);
	return sigma;
}

static double total_deviation(const struct stk_calibration *calibration, const char *short_name,
	enum stk_calibrate_half half)
{
	struct numbers squares = STK_VEC_INIT, explained = STK_VEC_INIT;
	double sigma;

	for (size_t i = 0; i < calibration->runs.len; i++) {
		const struct stk_calibration_type *type =
			type_of(&calibration->runs.items[i], short_name);

		if (!type || !is_in(i, half) || isnan(type->theta))
			continue;
		stk_vec_push(&squares, type->theta * type->theta);
		stk_vec_push(&explained, type->v);
	}
	sigma = deviation(&squares, &explained, squares.len);
	stk_vec_release(&squares);
	stk_vec_release(&explained);
	return sigma;
}

/* An estimate with what lies between windows in it (Satterthwaite). */
static struct stk_estimate widen(double theta, double v, double df, double sigma, double df_sigma)
{
	double s2 = sigma * sigma, sum = v + s2;

	return (struct stk_estimate){
		theta, sqrt(sum), sum * sum / (v * v / df + s2 * s2 / fmax(df_sigma, 1.0))};
}

static size_t count_runs(const struct stk_calibration *calibration, enum stk_calibrate_half half)
{
	size_t runs = 0;

	for (size_t i = 0; i < calibration->runs.len; i++)
		runs += is_in(i, half);
	return runs;
}

/* How much further than said the outermost twentieth of the rows lies out. */
static double inflation(const struct stk_calibration *calibration,
	const struct stk_calibrated_type *figures, enum stk_calibrate_half half)
{
	double df_sigma = (double)count_runs(calibration, half) - 1.0, factor = 1.0;
	struct numbers ratios = STK_VEC_INIT;

	for (size_t i = 0; i < calibration->runs.len; i++) {
		const struct stk_calibration_type *type =
			type_of(&calibration->runs.items[i], figures->short_name);

		for (size_t k = 0; type && is_in(i, half) && k < type->rows.len; k++) {
			const struct stk_calibration_row *row = &type->rows.items[k];
			struct stk_estimate one = widen(row->theta, row->v, row->df,
				figures->sigma[stk_dispersion_band(row->share)], df_sigma);

			if (one.se > 0.0)
				stk_vec_push(&ratios, fabs(one.theta) / one.se /
							      stk_student_quantile(0.975, one.df));
		}
	}
	if (ratios.len >= 20) {
		qsort(ratios.items, ratios.len, sizeof *ratios.items, compare_numbers);
		factor = ratios.items[(size_t)(0.95 * (double)(ratios.len - 1))];
	}
	stk_vec_release(&ratios);
	return factor > INFLATION_FROM ? factor : 1.0;
}

void stk_calibrate_type(const struct stk_calibration *calibration, const char *short_name,
	enum stk_calibrate_half half, struct stk_calibrated_type *out)
{
	bool is_paired = strcmp(calibration->key.mode, "paired") == 0;
	double all = band_deviation(calibration, short_name, half, STK_DISPERSION_BANDS);

	*out = (struct stk_calibrated_type){.short_name = short_name};
	/* in pairs of blocks the variance between windows is in that of the pairs already */
	for (int band = 0; !is_paired && band < STK_DISPERSION_BANDS; band++) {
		double sigma = band_deviation(calibration, short_name, half, band);

		out->sigma[band] = isnan(sigma) ? (isnan(all) ? 0.0 : all) : sigma;
	}
	if (!is_paired) {
		double total = total_deviation(calibration, short_name, half);

		out->sigma_total = isnan(total) ? 0.0 : total;
	}
	out->inflation = inflation(calibration, out, half);
}

/* Would any function of this type be called a regression? */
static bool has_row_alarm(const struct stk_calibration_type *type,
	const struct stk_calibrated_type *figures, double df_sigma)
{
	double *p = stk_xcalloc(type->rows.len + 1, sizeof *p);
	bool alarm = false;

	for (size_t k = 0; k < type->rows.len; k++) {
		const struct stk_calibration_row *row = &type->rows.items[k];
		struct stk_estimate one = widen(row->theta, row->v, row->df,
			figures->sigma[stk_dispersion_band(row->share)], df_sigma);

		one.se *= figures->inflation;
		p[k] = stk_decide_p(&one, log1p(NULL_MARGIN));
	}
	stk_family_bh(p, type->rows.len, p);
	for (size_t k = 0; k < type->rows.len; k++)
		alarm = alarm || (p[k] < Q_MAX && type->rows.items[k].eligible);
	free(p);
	return alarm;
}

static bool has_total_alarm(const struct stk_calibration_type *type,
	const struct stk_calibrated_type *figures, double df_sigma)
{
	struct stk_estimate one =
		widen(type->theta, type->v, type->df, figures->sigma_total, df_sigma);

	if (isnan(type->theta) || type->theta < log1p(TOTAL_CHANGE))
		return false;
	one.se *= figures->inflation;
	return stk_decide_p(&one, log1p(NULL_MARGIN)) < Q_MAX;
}

int stk_calibrate_alarms(const struct stk_calibration *calibration)
{
	int alarms = 0;

	for (size_t i = 0; i < calibration->runs.len; i++) {
		const struct stk_calibration_run *run = &calibration->runs.items[i];
		enum stk_calibrate_half other = i % 2 ? STK_CALIBRATE_EVEN : STK_CALIBRATE_ODD;
		double df_sigma = (double)count_runs(calibration, other) - 1.0;
		bool alarm = false;

		for (size_t k = 0; !alarm && k < run->types.len; k++) {
			const struct stk_calibration_type *type = &run->types.items[k];
			struct stk_calibrated_type figures;

			stk_calibrate_type(calibration, type->short_name, other, &figures);
			alarm = has_row_alarm(type, &figures, df_sigma) ||
				has_total_alarm(type, &figures, df_sigma);
		}
		alarms += alarm;
	}
	return alarms;
}
