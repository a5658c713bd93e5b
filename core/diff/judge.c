/* judge: the run's verdict and headline from its rows, totals and preconditions. */
#include "core/diff/judge.h"

#include <math.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/units.h"

static const struct stk_precondition *first_failed(const struct stk_run *run)
{
	for (size_t i = 0; i < run->preconditions.len; i++) {
		if (run->preconditions.items[i].state == STK_CHECK_FAIL)
			return &run->preconditions.items[i];
	}
	return NULL;
}

static bool is_threshold_crossed(const struct stk_run *run)
{
	for (size_t i = 0; i < run->thresholds.len; i++) {
		if (!run->thresholds.items[i].ok && !run->thresholds.items[i].no_data)
			return true;
	}
	return false;
}

static void withhold_row(struct stk_row *row, const char *reason)
{
	if (row->verdict != STK_VERDICT_REGRESSION && row->verdict != STK_VERDICT_IMPROVEMENT &&
		row->verdict != STK_VERDICT_NO_CHANGE)
		return;
	row->verdict = STK_VERDICT_INCONCLUSIVE;
	row->reason = reason;
}

static void withhold_rows(const struct stk_rows *rows, const char *reason)
{
	for (size_t i = 0; i < rows->len; i++)
		withhold_row(&rows->items[i], reason);
}

/* Numbers stay, words go: nothing is concluded from a measurement that is not sound. */
static void withhold_verdicts(struct stk_run *run, const struct stk_precondition *failed)
{
	struct stk_buf text = STK_BUF_EMPTY;
	const char *reason;

	stk_buf_addf(&text, "precondition failed: %s", failed->name);
	reason = stk_run_text(run, text.ptr);
	for (size_t i = 0; i < run->totals.len; i++)
		withhold_row(&run->totals.items[i].row, reason);
	for (size_t i = 0; i < run->comparisons.len; i++) {
		struct stk_comparison *one = &run->comparisons.items[i];

		withhold_row(&one->total, reason);
		withhold_rows(&one->rows, reason);
		withhold_rows(&one->inclusive, reason);
		withhold_rows(&one->packages, reason);
	}
	stk_buf_release(&text);
}

typedef bool (*row_fn)(const struct stk_row *row);

static bool is_regression(const struct stk_row *row)
{
	return row->verdict == STK_VERDICT_REGRESSION && !row->accepted.reason;
}

static bool is_accepted(const struct stk_row *row)
{
	return row->verdict == STK_VERDICT_REGRESSION && row->accepted.reason;
}

static bool is_improvement(const struct stk_row *row)
{
	return row->verdict == STK_VERDICT_IMPROVEMENT;
}

static size_t count_in(const struct stk_rows *rows, row_fn is_meant)
{
	size_t found = 0;

	for (size_t i = 0; i < rows->len; i++)
		found += is_meant(&rows->items[i]);
	return found;
}

static size_t count_rows(const struct stk_run *run, row_fn is_meant)
{
	size_t found = 0;

	for (size_t i = 0; i < run->totals.len; i++)
		found += is_meant(&run->totals.items[i].row);
	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];

		found += is_meant(&one->total);
		found += count_in(&one->rows, is_meant) + count_in(&one->inclusive, is_meant) +
			 count_in(&one->packages, is_meant);
	}
	return found;
}

/* What the total would have had to do to be noticed: exact CPU first. */
static double noticed_total(const struct stk_run *run)
{
	for (size_t i = 0; i < run->totals.len; i++) {
		if (strcmp(run->totals.items[i].name, "cpu") == 0)
			return run->totals.items[i].row.mde;
	}
	return run->comparisons.len ? run->comparisons.items[0].total.mde : NAN;
}

static const char *nothing_seen(struct stk_run *run)
{
	struct stk_buf text = STK_BUF_EMPTY;
	double noticed = noticed_total(run);
	const char *headline = "NO REGRESSION SEEN";

	if (!isnan(noticed)) {
		stk_buf_add_text(&text, "NO REGRESSION SEEN (would have noticed ");
		stk_units_format_percent(&text, noticed, 1);
		stk_buf_add_text(&text, ")");
		headline = stk_run_text(run, text.ptr);
	}
	stk_buf_release(&text);
	return headline;
}

static const char *cannot_tell(struct stk_run *run, const struct stk_precondition *failed)
{
	struct stk_buf text = STK_BUF_EMPTY;
	const char *headline;

	stk_buf_addf(&text, "CANNOT TELL: %s", failed->text);
	headline = stk_run_text(run, text.ptr);
	stk_buf_release(&text);
	return headline;
}

/* What got dearer, but was taken on purpose. */
static const char *nothing_new(struct stk_run *run, size_t accepted)
{
	return stk_arena_printf(&run->arena, "NO NEW REGRESSION (%zu accepted)", accepted);
}

static const char *not_calibrated(struct stk_run *run, size_t suspects)
{
	return stk_arena_printf(&run->arena, "CANNOT TELL: %zu look%s dearer, not calibrated",
		suspects, suspects == 1 ? "s" : "");
}

static void judge_compared(struct stk_run *run)
{
	size_t accepted = count_rows(run, is_accepted);
	size_t suspects = count_rows(run, stk_compare_is_suspect);
	const struct stk_precondition *failed = first_failed(run);

	run->verdict = STK_VERDICT_NO_CHANGE;
	if (count_rows(run, is_regression) > 0)
		run->verdict = STK_VERDICT_REGRESSION;
	else if (failed || suspects > 0)
		run->verdict = STK_VERDICT_INCONCLUSIVE;
	else if (accepted == 0 && count_rows(run, is_improvement) > 0)
		run->verdict = STK_VERDICT_IMPROVEMENT;
	if (run->verdict == STK_VERDICT_REGRESSION)
		run->headline = "REGRESSION";
	else if (is_threshold_crossed(run))
		run->headline = "THRESHOLD CROSSED";
	else if (failed)
		run->headline = cannot_tell(run, failed);
	else if (suspects > 0)
		run->headline = not_calibrated(run, suspects);
	else if (accepted > 0)
		run->headline = nothing_new(run, accepted);
	else if (run->verdict == STK_VERDICT_IMPROVEMENT)
		run->headline = "IMPROVEMENT";
	else
		run->headline = nothing_seen(run);
}

void stk_judge_headline(struct stk_run *run)
{
	const struct stk_precondition *failed = first_failed(run);

	if (run->mode == STK_MODE_PAIRED || run->mode == STK_MODE_BASELINE) {
		judge_compared(run);
		return;
	}
	run->verdict = STK_VERDICT_NONE;
	run->headline = "HOTSPOTS";
	if (is_threshold_crossed(run))
		run->headline = "THRESHOLD CROSSED";
	else if (failed)
		run->headline = cannot_tell(run, failed);
}

void stk_judge_verdicts(struct stk_run *run, const struct stk_compare_opts *opts)
{
	const struct stk_precondition *failed;

	stk_judge_totals(run, opts);
	stk_judge_preconditions(run);
	failed = first_failed(run);
	if (failed)
		withhold_verdicts(run, failed);
}

void stk_judge_conclude(struct stk_run *run, const struct stk_gate_limits *gate)
{
	stk_judge_gates(run, gate);
	stk_judge_headline(run);
}

void stk_judge_run(struct stk_run *run, const struct stk_compare_opts *opts,
	const struct stk_gate_limits *gate)
{
	stk_judge_verdicts(run, opts);
	stk_judge_conclude(run, gate);
}
