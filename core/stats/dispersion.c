/* dispersion: the numbers of two unpaired groups of slices (reference regression 6.5). */
#include "core/stats/dispersion.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/stats/decide.h"
#include "core/stats/order.h"

/* Relative variance that every row is granted when rows are weighed against each other. */
#define ROW_VARIANCE 0.001

int stk_dispersion_band(double share)
{
	static const double ends[STK_DISPERSION_BANDS - 1] = {0.01, 0.02, 0.05};
	int band = 0;

	while (band < (int)STK_ARRAY_LEN(ends) && share >= ends[band])
		band++;
	return band;
}

static double row_sum(const struct stk_dispersion_group *group, size_t row)
{
	double sum = 0.0;

	for (size_t i = 0; i < group->slices; i++)
		sum += group->counts[row * group->slices + i];
	return sum;
}

static double all_requests(const struct stk_dispersion_group *group)
{
	double sum = 0.0;

	for (size_t i = 0; i < group->slices; i++)
		sum += group->requests[i];
	return sum;
}

/* How much more or less of everything a slice holds than its requests explain. */
static double *common_mode(
	const struct stk_dispersion_group *group, size_t rows, const double *sums)
{
	double requests = all_requests(group);
	double *mode = stk_xcalloc(group->slices, sizeof *mode);

	for (size_t i = 0; i < group->slices; i++) {
		double seen = 0.0, expected = 0.0;

		for (size_t row = 0; row < rows; row++) {
			double mean = group->requests[i] * sums[row] / requests;
			double weight = 1.0 / (1.0 + ROW_VARIANCE * mean);

			seen += weight * group->counts[row * group->slices + i];
			expected += weight * mean;
		}
		mode[i] = expected > 0.0 ? seen / expected : 1.0;
	}
	return mode;
}

/* Sum of (n - mu)^2 / mu of one row in one group. */
static double chi_square(
	const struct stk_dispersion_group *group, const double *mode, size_t row, double sum)
{
	double scale = 0.0, chi = 0.0;

	for (size_t i = 0; i < group->slices; i++)
		scale += group->requests[i] * mode[i];
	for (size_t i = 0; i < group->slices; i++) {
		double mu = sum * group->requests[i] * mode[i] / scale;
		double off = group->counts[row * group->slices + i] - mu;

		if (mu > 0.0)
			chi += off * off / mu;
	}
	return chi;
}

static void fit_rows(const struct stk_dispersion_data *data, double df, struct stk_dispersion *out)
{
	double requests_base = all_requests(&data->base), requests_head = all_requests(&data->head);

	for (size_t row = 0; row < out->rows; row++) {
		struct stk_dispersion_row *item = &out->items[row];

		item->theta = log(item->n_head / requests_head) - log(item->n_base / requests_base);
		item->phi = (chi_square(&data->base, out->cm_base, row, item->n_base) +
				    chi_square(&data->head, out->cm_head, row, item->n_head)) /
			    df;
	}
}

/* Extra variance that grows with the count: the trend all rows share. */
static double trend(const struct stk_dispersion *out, double slices)
{
	double above = 0.0, below = 0.0;

	for (size_t row = 0; row < out->rows; row++) {
		const struct stk_dispersion_row *item = &out->items[row];
		double mean = (item->n_base + item->n_head) / slices;
		double root = 1.0 + ROW_VARIANCE * mean;
		double weight = 1.0 / (root * root);

		above += weight * mean * (item->phi - 1.0);
		below += weight * mean * mean;
	}
	return below > 0.0 ? fmax(0.0, above / below) : 0.0;
}

static void shrink(const struct stk_dispersion_data *data, double df, struct stk_dispersion *out)
{
	double slices = (double)(data->base.slices + data->head.slices);
	double inflation = data->inflation > 0.0 ? data->inflation : 1.0;
	double *z = stk_xcalloc(out->rows, sizeof *z);
	bool *bursty = stk_xcalloc(out->rows, sizeof *bursty);

	out->tau2 = trend(out, slices);
	for (size_t row = 0; row < out->rows; row++) {
		struct stk_dispersion_row *item = &out->items[row];
		double expected = 1.0 + out->tau2 * (item->n_base + item->n_head) / slices;

		z[row] = log(fmax(item->phi, 1e-3) / expected);
	}
	out->prior = data->robust ? stk_prior_fit_robust(z, out->rows, df, bursty)
				  : stk_prior_fit(z, out->rows, df);
	for (size_t row = 0; row < out->rows; row++) {
		struct stk_dispersion_row *item = &out->items[row];
		double expected = 1.0 + out->tau2 * (item->n_base + item->n_head) / slices;
		double d0 = bursty[row] ? 0.0 : out->prior.d0;
		double phi = (d0 * out->prior.s0_2 * expected + df * item->phi) / (d0 + df);
		double v = fmax(phi, 1.0) * (1.0 / item->n_base + 1.0 / item->n_head);
		double sigma = data->sigma_rows ? data->sigma_rows[row] : data->sigma_aa;
		double sigma2 = sigma * sigma;

		item->phi_shrunk = fmax(phi, 1.0);
		item->se = inflation * sqrt(v + sigma2);
		item->df = stk_decide_joint_df(v, d0 + df, sigma2, data->df_aa);
	}
	free(bursty);
	free(z);
}

static double common_shift(const struct stk_dispersion *out)
{
	double *values = stk_xcalloc(out->rows, sizeof *values);
	double *weights = stk_xcalloc(out->rows, sizeof *weights);
	double shift;

	for (size_t row = 0; row < out->rows; row++) {
		const struct stk_dispersion_row *item = &out->items[row];

		values[row] = item->theta;
		weights[row] = 1.0 / (1.0 / item->n_base + 1.0 / item->n_head + 0.002);
	}
	shift = stk_order_median_weighted(values, weights, out->rows);
	free(weights);
	free(values);
	return isnan(shift) ? 0.0 : shift;
}

void stk_dispersion_fit(const struct stk_dispersion_data *data, struct stk_dispersion *out)
{
	double df = (double)(data->base.slices + data->head.slices) - 2.0;
	double *sums = stk_xcalloc(2 * data->rows + 1, sizeof *sums);

	*out = (struct stk_dispersion){.rows = data->rows};
	out->items = stk_xcalloc(data->rows + 1, sizeof *out->items);
	for (size_t row = 0; row < data->rows; row++) {
		sums[row] = out->items[row].n_base = row_sum(&data->base, row);
		sums[data->rows + row] = out->items[row].n_head = row_sum(&data->head, row);
	}
	out->cm_base = common_mode(&data->base, data->rows, sums);
	out->cm_head = common_mode(&data->head, data->rows, sums + data->rows);
	fit_rows(data, df, out);
	shrink(data, df, out);
	out->shift = common_shift(out);
	free(sums);
}

void stk_dispersion_release(struct stk_dispersion *dispersion)
{
	free(dispersion->cm_base);
	free(dispersion->cm_head);
	free(dispersion->items);
	*dispersion = (struct stk_dispersion){0};
}
