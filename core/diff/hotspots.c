/* hotspots: what load costs per request beyond idle, per function (reference regression 6.12). */
#include "core/diff/hotspots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diff/links.h"
#include "core/git/changes.h"
#include "core/stats/student.h"

/* Of the marginal total: rows below it are not listed. */
#define SHARE_LISTED 0.0005
#define LEVEL        0.95

struct stk_hotspot_cost stk_hotspot_cost(
	const struct stk_hotspot_counts *counts, const struct stk_hotspots_windows *windows)
{
	double scale = windows->idle_s > 0.0 ? windows->load_s / windows->idle_s : 0.0;
	double variance = counts->phi * (counts->load + counts->idle * scale * scale);
	double half = stk_normal_quantile(0.5 + 0.5 * LEVEL);
	struct stk_hotspot_cost out;

	out.cost = counts->period * (counts->load - counts->idle * scale) / windows->requests;
	out.se = counts->period * sqrt(variance) / windows->requests;
	out.lo = out.cost - half * out.se;
	out.hi = out.cost + half * out.se;
	out.background_per_s =
		windows->idle_s > 0.0 ? counts->period * counts->idle / windows->idle_s : 0.0;
	return out;
}

/* Sums over the slices of one side. */
struct sums {
	double *value;  /* per function */
	double *moment; /* sum of value^2 / n: value per sample, weighed by value */
	double total, samples;
	int slices;
};

static void release_sums(struct sums *sums)
{
	free(sums->value);
	free(sums->moment);
}

static void sum_side(const struct stk_diff_input *input, int side, struct sums *out)
{
	size_t len = input->functions.len + 1;

	*out = (struct sums){.value = stk_xcalloc(len, sizeof(double)),
		.moment = stk_xcalloc(len, sizeof(double))};
	for (size_t i = 0; i < input->slices.len; i++) {
		const struct stk_diff_slice *slice = &input->slices.items[i];

		if (slice->side != side)
			continue;
		out->slices++;
		out->total += (double)slice->total;
		out->samples += slice->samples;
		for (size_t k = 0; k < slice->values.len; k++) {
			const struct stk_diff_value *value = &slice->values.items[k];
			double self = (double)value->self;

			if (value->self <= 0 || !(value->n_self > 0.0))
				continue;
			out->value[value->function] += self;
			out->moment[value->function] += self * self / value->n_self;
		}
	}
}

/* Seen often enough, five samples a slice, to tell scatter from counting. */
static bool is_frequent(const struct sums *sums, size_t f)
{
	return sums->value[f] > 0.0 &&
	       sums->value[f] * sums->value[f] / sums->moment[f] >= 5.0 * sums->slices;
}

static double load_requests(const struct stk_diff_input *input)
{
	double requests = 0.0;

	for (size_t i = 0; i < input->slices.len; i++) {
		if (input->slices.items[i].side == STK_SIDE_HEAD)
			requests += input->slices.items[i].requests;
	}
	return requests;
}

/* Sum over functions of (n - mu)^2 / mu in one slice that holds `part` of the requests. */
static double slice_chi(const struct stk_diff_slice *slice, double part, const struct sums *load,
	size_t functions, double *scratch)
{
	double chi = 0.0;

	memset(scratch, 0, functions * sizeof *scratch);
	for (size_t k = 0; k < slice->values.len; k++)
		scratch[slice->values.items[k].function] += (double)slice->values.items[k].self;
	for (size_t f = 0; f < functions; f++) {
		double mu = load->value[f] * part, off = scratch[f] - mu;

		if (is_frequent(load, f))
			chi += off * off / (mu * load->moment[f] / load->value[f]);
	}
	return chi;
}

/* How much more the load slices scatter than counting explains, pooled over functions: one
 * number, since few slices say little of a single function. */
static double dispersion(const struct stk_diff_input *input, const struct sums *load)
{
	double *scratch = stk_xcalloc(input->functions.len + 1, sizeof *scratch);
	double requests = load_requests(input), chi = 0.0, df = 0.0;

	for (size_t f = 0; f < input->functions.len; f++)
		df += is_frequent(load, f) ? (double)load->slices - 1.0 : 0.0;
	for (size_t i = 0; i < input->slices.len && requests > 0.0; i++) {
		const struct stk_diff_slice *slice = &input->slices.items[i];

		if (slice->side == STK_SIDE_HEAD && slice->requests > 0.0)
			chi += slice_chi(slice, slice->requests / requests, load,
				input->functions.len, scratch);
	}
	free(scratch);
	return load->slices >= 3 && df > 0.0 ? fmax(1.0, chi / df) : 1.0;
}

static double unit_of(const struct sums *idle, const struct sums *load, size_t f)
{
	double value = idle->value[f] + load->value[f];

	return value > 0.0 ? (idle->moment[f] + load->moment[f]) / value : 0.0;
}

static void fill_total(const struct sums *idle, const struct sums *load, double phi,
	const struct stk_hotspots_windows *windows, struct stk_hotspots *out)
{
	double samples = idle->samples + load->samples;
	double period = samples > 0.0 ? (idle->total + load->total) / samples : 1.0;
	struct stk_hotspot_counts counts = {
		idle->total / period, load->total / period, phi, period};
	struct stk_hotspot_cost cost = stk_hotspot_cost(&counts, windows);

	out->total = cost.cost;
	out->total_lo = cost.lo;
	out->total_hi = cost.hi;
	out->samples = load->samples;
}

static int compare_rows(const void *a, const void *b)
{
	const struct stk_hotspot *x = a, *y = b;
	int order;

	if (x->lo != y->lo)
		return x->lo > y->lo ? -1 : 1;
	order = strcmp(x->function.name, y->function.name);
	return order ? order : strcmp(x->function.file, y->function.file);
}

static void add_row(const struct stk_diff_input *input, size_t f,
	const struct stk_hotspot_cost *cost, struct stk_run *run, struct stk_hotspots *out)
{
	const struct stk_diff_function *known = &input->functions.items[f];
	int64_t line = known->line[STK_SIDE_HEAD] ? known->line[STK_SIDE_HEAD]
						  : known->line[STK_SIDE_BASE];
	struct stk_hotspot *row = stk_vec_push_new(&out->rows);

	row->function = stk_diff_input_describe(input, (uint32_t)f, STK_SIDE_HEAD, run);
	row->function.line = line;
	row->link.share = NAN;
	row->cost = cost->cost;
	row->lo = cost->lo;
	row->hi = cost->hi;
	row->background_per_s = cost->background_per_s;
	row->share = out->total > 0.0 ? cost->cost / out->total : NAN;
}

static void link_last(
	const struct stk_links *links, size_t f, struct stk_run *run, struct stk_hotspots *out)
{
	struct stk_row like = {.link = {.share = NAN}};

	if (links)
		stk_links_fill_row(links, f, false, run, &like);
	out->rows.items[out->rows.len - 1].link = like.link;
}

/* Every function a row of its own; costs are those under load. */
static void fill_matrix(const struct stk_diff_input *input, const struct sums *load,
	const struct stk_hotspots_windows *windows, struct stk_matrix *out)
{
	*out = (struct stk_matrix){.input = input,
		.len = input->functions.len,
		.rows = stk_xcalloc(input->functions.len + 1, sizeof *out->rows)};
	for (size_t f = 0; f < out->len; f++)
		for (int side = 0; side < STK_SIDES; side++)
			out->rows[f].function[side] = (uint32_t)f;
	out->all_total[STK_SIDE_HEAD] = load->total;
	out->all_requests[STK_SIDE_BASE] = 1.0; /* idle cost is nobody's request */
	out->all_requests[STK_SIDE_HEAD] = windows->requests;
}

/* Rows are linked where something differs: else there is no change to hang together with. */
static struct stk_links *make_links(const struct stk_matrix *matrix)
{
	const struct stk_changes *changes = matrix->input->changes;

	return changes && changes->files.len > 0 ? stk_links_new(matrix) : NULL;
}

int stk_hotspots_compute(const struct stk_diff_input *input,
	const struct stk_hotspots_windows *windows, struct stk_run *run, struct stk_hotspots *out,
	struct stk_err *err)
{
	struct sums idle, load;
	struct stk_matrix matrix;
	struct stk_links *links;
	double phi;

	sum_side(input, STK_SIDE_BASE, &idle);
	sum_side(input, STK_SIDE_HEAD, &load);
	if (load.slices == 0 || !(windows->requests > 0.0)) {
		release_sums(&idle);
		release_sums(&load);
		return stk_err_set(err, STK_E_NOT_FOUND, "'%s': the load window has no %s",
			input->short_name, load.slices ? "requests" : "profile slices");
	}
	*out = (struct stk_hotspots){.type_id = stk_run_text(run, input->type_id),
		.short_name = stk_run_text(run, input->short_name),
		.unit = stk_run_text(run, input->unit),
		.slices_idle = idle.slices,
		.slices_load = load.slices};
	phi = dispersion(input, &load);
	fill_total(&idle, &load, phi, windows, out);
	fill_matrix(input, &load, windows, &matrix);
	links = make_links(&matrix);
	for (size_t f = 0; f < input->functions.len; f++) {
		double unit = unit_of(&idle, &load, f);
		struct stk_hotspot_counts counts;
		struct stk_hotspot_cost cost;

		if (!(unit > 0.0))
			continue;
		counts = (struct stk_hotspot_counts){
			idle.value[f] / unit, load.value[f] / unit, phi, unit};
		cost = stk_hotspot_cost(&counts, windows);
		if (cost.cost <= 0.0 || cost.cost < SHARE_LISTED * out->total)
			continue;
		add_row(input, f, &cost, run, out);
		out->rows.items[out->rows.len - 1].samples = counts.load;
		link_last(links, f, run, out);
	}
	if (out->rows.len > 1)
		qsort(out->rows.items, out->rows.len, sizeof *out->rows.items, compare_rows);
	stk_links_free(links);
	free(matrix.rows);
	release_sums(&idle);
	release_sums(&load);
	return 0;
}
