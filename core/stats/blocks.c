/* blocks: the numbers of a paired comparison: many rows, a few pairs of blocks. */
#include "core/stats/blocks.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/stats/order.h"

#define DF_MAX 200.0
/* Of the robust shift: most weight of one row; variance every row is granted; standard errors
 * beyond which a row has no say; standard errors that a lasting shift must be away from none. */
#define WEIGHT_MAX     0.2
#define ROW_VARIANCE   0.001
#define BIWEIGHT_REACH 3.5
#define SUPPORT_ERRORS 2.0

enum { SHIFT_ROUNDS = 20 };

double stk_blocks_log_ratio(double base, double head, double base_requests, double head_requests)
{
	return log((head + 0.5) / head_requests) - log((base + 0.5) / base_requests);
}

static void fill_logs(const struct stk_blocks_data *data, struct stk_blocks *out)
{
	for (size_t row = 0; row < data->rows; row++) {
		for (size_t pair = 0; pair < data->pairs; pair++) {
			size_t at = row * data->pairs + pair;

			out->logs[at] = stk_blocks_log_ratio(data->base[at], data->head[at],
				data->base_requests[pair], data->head_requests[pair]);
		}
	}
}

static void median_shift(struct stk_blocks *out)
{
	double *column = stk_xcalloc(out->rows, sizeof *column);

	for (size_t pair = 0; pair < out->pairs; pair++) {
		for (size_t row = 0; row < out->rows; row++)
			column[row] = out->logs[row * out->pairs + pair];
		out->shift[pair] = stk_order_median(column, out->rows);
	}
	free(column);
}

static double counting_error(const struct stk_blocks_data *data, size_t row)
{
	double sum = 0.0;

	for (size_t at = row * data->pairs; at < (row + 1) * data->pairs; at++)
		sum += 1.0 / (data->base[at] + 0.5) + 1.0 / (data->head[at] + 0.5);
	return sum / (double)data->pairs;
}

static void fit_row(const struct stk_blocks_data *data, size_t row, struct stk_blocks *out)
{
	struct stk_blocks_row *item = &out->items[row];
	const double *logs = &out->logs[row * out->pairs];
	double *d = stk_xcalloc(out->pairs, sizeof *d);
	double pairs = (double)out->pairs;

	for (size_t pair = 0; pair < out->pairs; pair++)
		d[pair] = logs[pair] - out->shift[pair];
	item->raw = stk_order_mean(logs, out->pairs);
	item->theta = stk_order_mean(d, out->pairs);
	item->s2 = stk_order_variance(d, out->pairs);
	item->floor = counting_error(data, row);
	item->least = INFINITY;
	item->most = -INFINITY;
	for (size_t pair = 0; pair < out->pairs; pair++) {
		double rest = (pairs * item->theta - d[pair]) / (pairs - 1.0);

		item->least = fmin(item->least, rest);
		item->most = fmax(item->most, rest);
	}
	free(d);
}

/* Variance between pairs beyond counting error, as the rows share it. */
static double extra_variance(const struct stk_blocks *out)
{
	double sum = 0.0;

	for (size_t row = 0; row < out->rows; row++)
		sum += out->items[row].s2 - out->items[row].floor;
	return fmax(0.0, sum / (double)out->rows);
}

static void shrink(struct stk_blocks *out)
{
	double d = (double)out->pairs - 1.0;
	double *z = stk_xcalloc(out->rows, sizeof *z);

	out->tau2 = extra_variance(out);
	for (size_t row = 0; row < out->rows; row++) {
		const struct stk_blocks_row *item = &out->items[row];

		z[row] = log(fmax(item->s2, 1e-9) / (item->floor + out->tau2));
	}
	out->prior = stk_prior_fit(z, out->rows, d);
	for (size_t row = 0; row < out->rows; row++) {
		struct stk_blocks_row *item = &out->items[row];
		double expected = out->prior.s0_2 * (item->floor + out->tau2);

		item->s2_shrunk = (out->prior.d0 * expected + d * item->s2) / (out->prior.d0 + d);
		item->s2_shrunk = fmax(item->s2_shrunk, item->floor);
		item->se = sqrt(
			item->s2_shrunk / (double)out->pairs + out->shift_error * out->shift_error);
		item->df = fmin(out->prior.d0 + d, DF_MAX);
	}
	free(z);
}

/* Sum of weight[row] * values[row * stride]; values NULL = of the weights alone. */
static double weigh(const double *weight, const double *values, size_t rows, size_t stride)
{
	double sum = 0.0;

	for (size_t row = 0; row < rows; row++)
		sum += values ? weight[row] * values[row * stride] : weight[row];
	return sum;
}

/* Weight of each row by its error, none above WEIGHT_MAX of all: one large row must not be its
 * own yardstick. */
static void precision_weights(const struct stk_blocks *out, double tau2, double *weight)
{
	double all;

	for (size_t row = 0; row < out->rows; row++)
		weight[row] = 1.0 / (out->items[row].floor + tau2 + ROW_VARIANCE);
	all = weigh(weight, NULL, out->rows, 1);
	for (size_t row = 0; row < out->rows; row++)
		weight[row] = fmin(weight[row], WEIGHT_MAX * all);
}

/* Tukey's biweight: how much a row that stands `off` standard errors away still counts. */
static double biweight(double off)
{
	double inside = 1.0 - off / BIWEIGHT_REACH * off / BIWEIGHT_REACH;

	return inside > 0.0 ? inside * inside : 0.0;
}

/* What each row has to say on the shift that most of the precisely known rows share. */
static void settle_weights(const struct stk_blocks *out, double tau2, double *weight)
{
	double *raw = stk_xcalloc(out->rows, sizeof *raw);
	double *precision = stk_xcalloc(out->rows, sizeof *precision);
	double shift;

	for (size_t row = 0; row < out->rows; row++)
		raw[row] = out->items[row].raw;
	precision_weights(out, tau2, precision);
	shift = stk_order_median(raw, out->rows);
	for (int round = 0; round < SHIFT_ROUNDS; round++) {
		double all;

		for (size_t row = 0; row < out->rows; row++) {
			double se = sqrt((out->items[row].floor + tau2) / (double)out->pairs);

			weight[row] = precision[row] * biweight((raw[row] - shift) / se);
		}
		all = weigh(weight, NULL, out->rows, 1);
		if (all == 0.0)
			break;
		shift = weigh(weight, raw, out->rows, 1) / all;
	}
	free(precision);
	free(raw);
}

/* Standard error of a weighted mean of the rows, by leaving out one row after the other; infinite
 * where fewer than three rows have a say. */
static double jackknife_error(const struct stk_blocks *out, const double *weight)
{
	double all = weigh(weight, NULL, out->rows, 1), sum = 0.0, squares = 0.0, n = 0.0,
	       mean = 0.0;

	for (size_t row = 0; row < out->rows; row++)
		mean += weight[row] * out->items[row].raw / all;
	for (size_t row = 0; row < out->rows; row++) {
		double rest = all - weight[row];

		if (weight[row] <= 0.0 || rest <= 0.0)
			continue;
		double without = (mean * all - weight[row] * out->items[row].raw) / rest;
		sum += without;
		squares += without * without;
		n++;
	}
	if (n < 3.0)
		return INFINITY;
	return sqrt((n - 1.0) / n * fmax(0.0, squares - sum * sum / n));
}

/* The shifts of the pairs take out what a pair had in common; their mean, a lasting difference of
 * the sides, is taken out only where the rows agree on it. A few rows of which two are dear give
 * a mean with an error of its own size, which would accuse all the others. */
static void keep_supported_mean(struct stk_blocks *out, const double *weight)
{
	double mean = stk_order_mean(out->shift, out->pairs);
	double error = jackknife_error(out, weight);

	if (fabs(mean) > SUPPORT_ERRORS * error) {
		out->shift_error = error;
		return;
	}
	for (size_t pair = 0; pair < out->pairs; pair++)
		out->shift[pair] -= mean;
}

/* A second look at the shift: from the rows that stand near each other, each weighed by its
 * error. Two dear functions pull the median of fifteen by a third of the rows' spread, which
 * accuses others of having got cheaper; rows that stand apart have no say here. Where no row
 * stands near another the median stays. */
static void robust_shift(const struct stk_blocks_data *data, struct stk_blocks *out)
{
	double *weight = stk_xcalloc(out->rows, sizeof *weight);
	double all;

	for (size_t row = 0; row < out->rows; row++)
		fit_row(data, row, out);
	settle_weights(out, extra_variance(out), weight);
	all = weigh(weight, NULL, out->rows, 1);
	for (size_t pair = 0; all != 0.0 && pair < out->pairs; pair++)
		out->shift[pair] = weigh(weight, &out->logs[pair], out->rows, out->pairs) / all;
	if (all != 0.0)
		keep_supported_mean(out, weight);
	free(weight);
}

void stk_blocks_fit(const struct stk_blocks_data *data, struct stk_blocks *out)
{
	*out = (struct stk_blocks){.rows = data->rows, .pairs = data->pairs};
	out->logs = stk_xcalloc(data->rows * data->pairs, sizeof *out->logs);
	out->shift = stk_xcalloc(data->pairs, sizeof *out->shift);
	out->items = stk_xcalloc(data->rows, sizeof *out->items);
	fill_logs(data, out);
	if (data->shift != STK_BLOCKS_NONE)
		median_shift(out);
	if (data->shift == STK_BLOCKS_ROBUST)
		robust_shift(data, out);
	for (size_t row = 0; row < data->rows; row++)
		fit_row(data, row, out);
	shrink(out);
}

void stk_blocks_release(struct stk_blocks *blocks)
{
	free(blocks->logs);
	free(blocks->shift);
	free(blocks->items);
	*blocks = (struct stk_blocks){0};
}
