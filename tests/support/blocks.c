/* blocks: a made-up paired run: windows, requests and CPU time, quiet unless told otherwise. */
#include "tests/support/blocks.h"

#include <math.h>
#include <string.h>

#define SECOND   ((int64_t)1000000000)
#define START    (1700000000 * SECOND)
#define BLOCK    (12 * SECOND)
#define PER_STEP 40

static void add_series(struct stk_run *run, int side, int64_t start_ns)
{
	size_t list = stk_series_key(&run->series, side, "default", "list");
	size_t order = stk_series_key(&run->series, side, "default", "order");

	for (int64_t at = start_ns; at < start_ns + BLOCK; at += STK_SERIES_STEP_NS) {
		stk_series_add(&run->series, list, at, PER_STEP * 3 / 4);
		stk_series_add(&run->series, order, at, PER_STEP / 4);
	}
}

static void add_slices(struct stk_run *run, int side, int pair, int64_t start_ns)
{
	for (int i = 0; i < 3; i++) {
		struct stk_slice *slice = stk_vec_push_new(&run->slices);

		slice->type_id = TEST_CPU_TYPE;
		slice->side = side;
		slice->instance = "";
		slice->start_ns = start_ns + i * 4 * SECOND;
		slice->end_ns = slice->start_ns + 4 * SECOND;
		slice->pair = pair;
		slice->counted = i > 0;
		slice->why_not = i > 0 ? NULL : "holds a switch";
	}
}

static void add_block(struct stk_run *run, int side, int pair, int turn)
{
	struct stk_window *window = stk_vec_push_new(&run->windows);
	double ripple = 1.0 + 0.005 * ((turn * 7) % 5 - 2) / 2.0;

	window->name = "block";
	window->kind = STK_WINDOW_BLOCK;
	window->side = side;
	window->pair = pair;
	window->start_ns = START + turn * BLOCK;
	window->end_ns = window->start_ns + BLOCK;
	window->start_mono_ns = turn * BLOCK;
	window->end_mono_ns = window->start_mono_ns + BLOCK;
	window->requests = PER_STEP * 120;
	window->cpu_ns = (int64_t)((double)window->requests * 1e6 * ripple);
	window->rss_bytes = -1;
	window->throttled_ns = -1;
	window->restarts = -1;
	window->p50_ms = 5.0 * ripple;
	window->p95_ms = 10.0 * ripple;
	window->p99_ms = 15.0 * ripple;
	add_series(run, side, window->start_ns);
	add_slices(run, side, pair, window->start_ns);
}

static struct stk_row quiet_row(const char *name)
{
	return (struct stk_row){.function = {name, "a.lua", 1},
		.base_cost = 1e6,
		.head_cost = 1e6,
		.n_base = 5000,
		.n_head = 5000,
		.change = 0.0,
		.lo = -0.02,
		.hi = 0.02,
		.level = 0.95,
		.theta = 0.0,
		.se = 0.01,
		.df = 5.0,
		.p = 0.9,
		.q = 0.9,
		.impact = 0.0,
		.share = 1.0,
		.mde = 0.04,
		.tested = true};
}

void blocks_init(struct stk_run *run, int pairs)
{
	struct stk_comparison *one;

	stk_run_init(run);
	run->mode = STK_MODE_PAIRED;
	run->planned_pairs = pairs;
	for (int pair = 0; pair < pairs; pair++) {
		add_block(run, pair % 2, pair, 2 * pair);
		add_block(run, 1 - pair % 2, pair, 2 * pair + 1);
	}
	one = stk_vec_push_new(&run->comparisons);
	one->type_id = TEST_CPU_TYPE;
	one->short_name = "cpu";
	one->unit = "nanoseconds";
	one->pairs = pairs;
	one->samples_base = one->samples_head = 5000.0;
	one->total = quiet_row("total");
	run->generator = (struct stk_generator_info){.busy = 0.04,
		.late_p99_ms = 0.4,
		.planned = 9600,
		.started = 9600,
		.rate_planned = 400};
}

struct stk_row *blocks_add_row(struct stk_run *run, const char *name, enum stk_verdict verdict)
{
	struct stk_row *row = stk_vec_push_new(&run->comparisons.items[0].rows);

	*row = quiet_row(name);
	row->verdict = verdict;
	if (verdict == STK_VERDICT_REGRESSION)
		row->q = 0.001;
	return row;
}

const struct stk_total *blocks_total(const struct stk_run *run, const char *name)
{
	for (size_t i = 0; i < run->totals.len; i++) {
		if (strcmp(run->totals.items[i].name, name) == 0)
			return &run->totals.items[i];
	}
	return NULL;
}

int blocks_state(const struct stk_run *run, const char *name)
{
	for (size_t i = 0; i < run->preconditions.len; i++) {
		if (strcmp(run->preconditions.items[i].name, name) == 0)
			return (int)run->preconditions.items[i].state;
	}
	return -1;
}
