/* run_merge: first whether the records belong together, then sums. */
#include "core/record/run_merge.h"

#include <math.h>
#include <string.h>

#include "core/base/buf.h"

#define SKEW_NS ((int64_t)1000000000) /* starts further apart are worth a word */

/* --- do they belong together? ----------------------------------------------------- */

static int check_plan(const struct stk_run *first, const struct stk_run *run, struct stk_err *err)
{
	if (!run->plan.fingerprint || run->comparisons.len > 0 || run->slices.len > 0)
		return stk_err_set(err, STK_E_INVAL, "%s is not a record of stoker load", run->id);
	if (strcmp(run->plan.fingerprint, first->plan.fingerprint) != 0)
		return stk_err_set(
			err, STK_E_INVAL, "%s and %s are of different plans", first->id, run->id);
	if (!run->plan.segment || !run->plan.sequence)
		return stk_err_set(err, STK_E_INVAL,
			"%s is of a whole plan already: nothing can be added to it", run->id);
	if (strcmp(run->plan.sequence, first->plan.sequence) != 0)
		return stk_err_set(err, STK_E_INVAL,
			"%s and %s cut the plan differently: %s and %s", first->id, run->id,
			first->plan.sequence, run->plan.sequence);
	return 0;
}

/* The one record of a segment "a:b". */
static int check_segment(
	const struct stk_run *const *runs, size_t len, const char *segment, struct stk_err *err)
{
	const struct stk_run *found = NULL;

	for (size_t i = 0; i < len; i++) {
		if (strcmp(runs[i]->plan.segment, segment) != 0)
			continue;
		if (found)
			return stk_err_set(err, STK_E_INVAL, "segment %s is there twice: %s and %s",
				segment, found->id, runs[i]->id);
		found = runs[i];
	}
	if (found)
		return 0;
	(void)stk_err_set(err, STK_E_INVAL, "the record of segment %s is missing", segment);
	stk_err_hint(err, "give the records of all segments of %s", runs[0]->plan.sequence);
	return STK_E_INVAL;
}

static int check_segments(const struct stk_run *const *runs, size_t len, struct stk_err *err)
{
	struct stk_str rest = stk_str_of(runs[0]->plan.sequence), from, to;
	struct stk_buf segment = STK_BUF_EMPTY;
	size_t parts = 0;
	int rc = 0;

	(void)stk_str_cut(&rest, ',', &from);
	while (rc == 0 && stk_str_cut(&rest, ',', &to)) {
		stk_buf_clear(&segment);
		stk_buf_addf(&segment, "%.*s:%.*s", STK_STR_ARG(from), STK_STR_ARG(to));
		rc = check_segment(runs, len, segment.ptr, err);
		from = to;
		parts++;
	}
	if (rc == 0 && parts != len)
		rc = stk_err_set(err, STK_E_INVAL, "%zu records for the %zu segments of %s", len,
			parts, runs[0]->plan.sequence);
	stk_buf_release(&segment);
	return rc;
}

static int check_metrics(
	const struct stk_metrics *into, const struct stk_metrics *from, struct stk_err *err)
{
	for (size_t i = 0; i < from->items.len; i++) {
		const struct stk_metric *metric = &from->items.items[i];
		const struct stk_metric *at =
			stk_metrics_find(into, metric->name, metric->selector);

		if (at && (at->type != metric->type || at->unit != metric->unit ||
				  (at->type == STK_METRIC_TREND &&
					  at->hist.unit != metric->hist.unit)))
			return stk_err_set(err, STK_E_FORMAT,
				"metric '%s' is of two kinds in the records", metric->name);
	}
	return 0;
}

/* --- sums ------------------------------------------------------------------------- */

static bool adds_up(const struct stk_metric *metric)
{
	return metric->type == STK_METRIC_GAUGE && metric->builtin &&
	       (strcmp(metric->name, "vus") == 0 || strcmp(metric->name, "vus_max") == 0);
}

/* Virtual users of several processes run at the same time; the rest of a gauge is its last value.
 */
static void fix_gauges(struct stk_metrics *into, const struct stk_run *const *runs, size_t len)
{
	for (size_t i = 0; i < into->items.len; i++) {
		struct stk_metric *at = &into->items.items[i];

		if (!adds_up(at))
			continue;
		at->min = at->max = at->last = 0;
		for (size_t j = 0; j < len; j++) {
			const struct stk_metric *part =
				stk_metrics_find(&runs[j]->metrics, at->name, at->selector);

			if (!part || part->count == 0)
				continue;
			at->min += part->min;
			at->max += part->max;
			at->last += part->last;
		}
	}
}

static void merge_generator(struct stk_generator_info *into, const struct stk_generator_info *from)
{
	into->busy = fmax(into->busy, from->busy); /* fmax passes over NaN */
	into->late_p99_ms = fmax(into->late_p99_ms, from->late_p99_ms);
	into->lag_p99_ms = fmax(into->lag_p99_ms, from->lag_p99_ms);
	into->paused_ns = into->paused_ns > from->paused_ns ? into->paused_ns : from->paused_ns;
	into->dropped += from->dropped;
	into->planned += from->planned;
	into->started += from->started;
	into->rate_planned += from->rate_planned;
}

static void merge_one(struct stk_run *out, const struct stk_run *run)
{
	if (run->start_ns < out->start_ns)
		out->start_ns = run->start_ns;
	if (run->end_ns > out->end_ns)
		out->end_ns = run->end_ns;
	if (run->partial.is_partial && !out->partial.is_partial) {
		out->partial.is_partial = true;
		out->partial.phase = stk_run_text(out, run->partial.phase);
		out->partial.reason = stk_run_text(out, run->partial.reason);
	}
	merge_generator(&out->generator, &run->generator);
	stk_series_merge(&out->series, &run->series);
	for (size_t i = 0; i < run->notes.len; i++)
		stk_run_note(out, run->notes.items[i].level, "%s: %s",
			run->plan.segment ? run->plan.segment : "", run->notes.items[i].text);
}

static void begin(struct stk_run *out, const struct stk_run *first)
{
	out->id = stk_run_text(out, first->id);
	out->name = stk_run_text(out, first->name);
	out->version = stk_run_text(out, first->version);
	out->command = stk_run_text(out, first->command);
	out->mode = first->mode;
	out->start_ns = first->start_ns;
	out->end_ns = first->end_ns;
	out->plan.fingerprint = stk_run_text(out, first->plan.fingerprint);
	for (size_t i = 0; i < first->thresholds.len; i++) {
		struct stk_threshold_result threshold = first->thresholds.items[i];

		threshold.metric = stk_run_text(out, threshold.metric);
		threshold.expr = stk_run_text(out, threshold.expr);
		stk_vec_push(&out->thresholds, threshold);
	}
}

/* A threshold that ended one part early did so for the whole. */
static int merge_thresholds(struct stk_run *out, const struct stk_run *run, struct stk_err *err)
{
	if (run->thresholds.len != out->thresholds.len)
		return stk_err_set(
			err, STK_E_FORMAT, "the records have different numbers of thresholds");
	for (size_t i = 0; i < run->thresholds.len; i++) {
		struct stk_threshold_result *at = &out->thresholds.items[i];
		const struct stk_threshold_result *from = &run->thresholds.items[i];

		if (strcmp(at->metric, from->metric) != 0 || strcmp(at->expr, from->expr) != 0)
			return stk_err_set(err, STK_E_FORMAT,
				"threshold %zu differs between the records", i + 1);
		at->ok &= from->ok;
		at->aborted |= from->aborted;
	}
	return 0;
}

static void note_skew(struct stk_run *out, const struct stk_run *const *runs, size_t len)
{
	int64_t last_ns = out->start_ns;

	for (size_t i = 0; i < len; i++)
		if (runs[i]->start_ns > last_ns)
			last_ns = runs[i]->start_ns;
	if (last_ns - out->start_ns > SKEW_NS)
		stk_run_note(out, STK_NOTE_WARN,
			"the segments did not start together: %.1f s apart",
			(double)(last_ns - out->start_ns) / 1e9);
}

int stk_run_merge(
	const struct stk_run *const *runs, size_t len, struct stk_run *out, struct stk_err *err)
{
	int rc = 0;

	if (len == 0)
		return stk_err_set(err, STK_E_INVAL, "there is no record to merge");
	if (!runs[0]->plan.fingerprint)
		return check_plan(runs[0], runs[0], err);
	for (size_t i = 0; rc == 0 && i < len; i++)
		rc = check_plan(runs[0], runs[i], err);
	if (rc == 0)
		rc = check_segments(runs, len, err);
	if (rc < 0)
		return rc;
	begin(out, runs[0]);
	for (size_t i = 0; i < len; i++) {
		rc = check_metrics(&out->metrics, &runs[i]->metrics, err);
		if (rc == 0)
			rc = merge_thresholds(out, runs[i], err);
		if (rc < 0)
			return rc;
		merge_one(out, runs[i]);
		stk_metrics_merge(&out->metrics, &runs[i]->metrics);
	}
	fix_gauges(&out->metrics, runs, len);
	out->metrics.duration_s =
		(double)(out->end_ns - out->start_ns - out->generator.paused_ns) / 1e9;
	note_skew(out, runs, len);
	return 0;
}
