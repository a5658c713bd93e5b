/* judge_gates: the limits of a workflow against what was found. */
#include <math.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/units.h"
#include "core/diff/judge.h"

/* Functions fail a run only when surer than what makes a row a finding. */
#define Q_FUNCTIONS 0.01

static const struct stk_row *find_total(const struct stk_run *run, const char *name)
{
	for (size_t i = 0; i < run->totals.len; i++) {
		if (strcmp(run->totals.items[i].name, name) == 0)
			return &run->totals.items[i].row;
	}
	for (size_t i = 0; i < run->comparisons.len; i++) {
		if (strcmp(run->comparisons.items[i].short_name, name) == 0)
			return &run->comparisons.items[i].total;
	}
	return NULL;
}

static const char *change_text(struct stk_run *run, const struct stk_row *row)
{
	struct stk_buf text = STK_BUF_EMPTY;
	const char *kept;

	if (isnan(row->change)) {
		kept = "not measured";
	} else {
		stk_units_format_percent(&text, row->change, 1);
		stk_buf_add_text(&text, " [");
		stk_units_format_percent(&text, row->lo, 1);
		stk_buf_add_text(&text, ", ");
		stk_units_format_percent(&text, row->hi, 1);
		stk_buf_add_text(&text, "]");
		kept = stk_run_text(run, text.ptr);
	}
	stk_buf_release(&text);
	return kept;
}

/* "+5%", "0.5pt". */
static const char *limit_text(struct stk_run *run, double limit, const char *form)
{
	struct stk_buf text = STK_BUF_EMPTY;
	const char *kept;

	stk_buf_addf(&text, "%s%.4g%s", strcmp(form, "pt") == 0 ? "" : form, 100.0 * limit,
		strcmp(form, "pt") == 0 ? "pt" : "%");
	kept = stk_run_text(run, text.ptr);
	stk_buf_release(&text);
	return kept;
}

/* Two windows without calibration never fail a run. */
static const char *would_have_failed(struct stk_run *run, const char *text)
{
	return stk_arena_printf(&run->arena, "%s: would have failed: not calibrated", text);
}

/* Latency and throughput of two windows: nobody knows how far apart those of one build lie. */
static bool is_one_window(const struct stk_run *run, const struct stk_row *row)
{
	return run->mode == STK_MODE_BASELINE && row->verdict == STK_VERDICT_INCONCLUSIVE &&
	       !row->tested;
}

static void gate_total(struct stk_run *run, const char *name, double limit)
{
	bool is_loss = strcmp(name, "throughput") == 0;
	const struct stk_row *row;
	struct stk_gate_result gate = {.name = name, .text = "not measured"};

	if (isnan(limit))
		return;
	gate.limit = limit_text(run, limit, is_loss ? "-" : "+");
	row = find_total(run, name);
	if (row) {
		gate.text = change_text(run, row);
		bool is_over = (is_loss ? -row->change : row->change) >= limit;

		gate.crossed =
			row->verdict == STK_VERDICT_REGRESSION && is_over && !row->accepted.reason;
		if (is_over && (stk_compare_is_suspect(row) || is_one_window(run, row)))
			gate.text = would_have_failed(run, gate.text);
	}
	stk_vec_push(&run->gates, gate);
}

static void gate_errors(struct stk_run *run, double limit)
{
	const struct stk_row *row = find_total(run, "errors");
	struct stk_gate_result gate = {.name = "errors", .text = "not measured"};
	struct stk_buf text = STK_BUF_EMPTY;

	if (isnan(limit))
		return;
	gate.limit = limit_text(run, limit, "pt");
	if (row && !isnan(row->change)) {
		stk_buf_addf(&text, "%.2f %% -> %.2f %%", 100.0 * row->base_cost,
			100.0 * row->head_cost);
		gate.text = stk_run_text(run, text.ptr);
		gate.crossed = row->change >= limit && row->p < 0.05 && !row->accepted.reason;
	}
	stk_vec_push(&run->gates, gate);
	stk_buf_release(&text);
}

static void gate_functions(struct stk_run *run)
{
	struct stk_gate_result gate = {.name = "functions", .limit = "none"};
	struct stk_buf text = STK_BUF_EMPTY;
	size_t found = 0, suspects = 0;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];

		for (size_t k = 0; k < one->rows.len; k++) {
			const struct stk_row *row = &one->rows.items[k];

			if (!(row->q < Q_FUNCTIONS) || row->accepted.reason)
				continue;
			if (stk_compare_is_suspect(row))
				suspects++;
			else if (row->verdict != STK_VERDICT_REGRESSION)
				continue;
			if (found++ < 3)
				stk_buf_addf(
					&text, "%s%s", found > 1 ? ", " : "", row->function.name);
		}
	}
	if (found > 3)
		stk_buf_addf(&text, " and %zu more", found - 3);
	gate.crossed = found > suspects;
	gate.text = found > 0 ? stk_run_text(run, text.ptr) : "no function dearer";
	if (found > 0 && !gate.crossed)
		gate.text = would_have_failed(run, gate.text);
	stk_vec_push(&run->gates, gate);
	stk_buf_release(&text);
}

void stk_judge_gates(struct stk_run *run, const struct stk_gate_limits *gate)
{
	if (!gate || !gate->is_set ||
		(run->mode != STK_MODE_PAIRED && run->mode != STK_MODE_BASELINE))
		return;
	gate_total(run, "cpu", gate->cpu);
	gate_total(run, "alloc_space", gate->alloc_space);
	gate_total(run, "alloc_objects", gate->alloc_objects);
	gate_total(run, "inuse_space", gate->inuse_space);
	gate_total(run, "p50", gate->p50);
	gate_total(run, "p95", gate->p95);
	gate_total(run, "p99", gate->p99);
	gate_total(run, "throughput", gate->throughput);
	gate_errors(run, gate->errors);
	if (gate->functions)
		gate_functions(run);
}

bool stk_judge_gate_crossed(const struct stk_run *run)
{
	for (size_t i = 0; i < run->gates.len; i++) {
		if (run->gates.items[i].crossed)
			return true;
	}
	return false;
}
