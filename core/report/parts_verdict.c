/* parts_verdict: the first lines: what was found, in what, in total, and why not more. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/figures.h"
#include "core/report/parts.h"

/* What was accepted is no finding. */
static bool is_open(const struct stk_row *row, enum stk_verdict verdict)
{
	return row->verdict == verdict && !row->accepted.reason;
}

static size_t count_in(const struct stk_rows *rows, enum stk_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < rows->len; i++)
		count += is_open(&rows->items[i], verdict);
	return count;
}

static size_t count_verdict(const struct stk_run *run, enum stk_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < run->comparisons.len; i++)
		count += count_in(&run->comparisons.items[i].rows, verdict);
	return count;
}

static size_t count_groups(const struct stk_run *run, enum stk_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < run->comparisons.len; i++)
		count += count_in(&run->comparisons.items[i].packages, verdict) +
			 count_in(&run->comparisons.items[i].inclusive, verdict);
	return count;
}

static const struct stk_threshold_result *first_crossed(const struct stk_run *run)
{
	for (size_t i = 0; i < run->thresholds.len; i++)
		if (!run->thresholds.items[i].ok && !run->thresholds.items[i].no_data)
			return &run->thresholds.items[i];
	return NULL;
}

/* "p(95)<800": the words before and behind the operator. */
static void split_expr(const char *expr, struct stk_str *aggregation, struct stk_str *limit)
{
	size_t at = strcspn(expr, "<>=!");

	*aggregation = stk_str_trim(stk_str_n(expr, at));
	*limit = stk_str_trim(stk_str_of(expr + at + strspn(expr + at, "<>=!")));
}

/* The observed value in the metric's unit: ms for times, % for rates. */
static void add_seen(struct stk_buf *buf, const struct stk_run *run,
	const struct stk_threshold_result *threshold)
{
	struct stk_str name = stk_str_of(threshold->metric);
	ptrdiff_t brace = stk_str_find_byte(name, '{');
	char *bare = stk_str_dup(brace >= 0 ? stk_str_sub(name, 0, (size_t)brace) : name);
	const struct stk_metric *metric = stk_metrics_find(&run->metrics, bare, "");
	bool is_rate = metric ? metric->type == STK_METRIC_RATE : strcmp(bare, "checks") == 0;
	bool is_time =
		metric ? metric->unit == STK_METRIC_TIME : strcmp(bare, "http_req_duration") == 0;

	if (is_rate)
		stk_figures_add_share(buf, threshold->value);
	else
		stk_figures_add_cost(buf, threshold->value, NAN, is_time ? "ms" : "");
	free(bare);
}

/* "p95 +11.0 %": where neither cost nor allocation is what changed. */
static const char *exact_sentence(struct stk_doc *doc, enum stk_verdict verdict)
{
	const struct stk_run *run = doc->run;
	const struct stk_total *found = NULL;
	struct stk_buf buf = STK_BUF_EMPTY;
	const char *text = NULL;

	for (size_t i = 0; i < run->comparisons.len; i++)
		if (is_open(&run->comparisons.items[i].total, verdict))
			return NULL;
	for (size_t i = 0; i < run->totals.len; i++) {
		if (!is_open(&run->totals.items[i].row, verdict))
			continue;
		if (strcmp(run->totals.items[i].name, "cpu") == 0)
			return NULL;
		found = found ? found : &run->totals.items[i];
	}
	if (found) {
		stk_buf_addf(&buf, "%s ", found->name);
		stk_figures_add_change(&buf, found->row.change);
		text = stk_doc_take(doc, &buf);
	}
	stk_buf_release(&buf);
	return text;
}

static const char *functions_sentence(
	struct stk_doc *doc, enum stk_verdict verdict, const char *what)
{
	size_t count = count_verdict(doc->run, verdict), groups = count_groups(doc->run, verdict);
	const char *exact = count + groups == 0 ? exact_sentence(doc, verdict) : NULL;

	if (exact)
		return exact;
	if (count == 0 && groups > 0)
		return stk_doc_textf(doc, "%zu %s %s per request", groups,
			groups == 1 ? "package or caller" : "packages and callers", what);
	if (count == 0)
		return stk_doc_textf(doc, "%s per request in total", what);
	return stk_doc_textf(
		doc, "%zu function%s %s per request", count, count == 1 ? "" : "s", what);
}

static const char *hotspot_sentence(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;

	for (size_t i = 0; i < run->hotspots.len; i++)
		if (run->hotspots.items[i].rows.len > 0)
			return stk_doc_textf(doc, "%s costs most under load",
				run->hotspots.items[i].rows.items[0].function.name);
	return "";
}

static const char *sentence(struct stk_doc *doc)
{
	const struct stk_threshold_result *crossed = first_crossed(doc->run);
	struct stk_str headline = stk_str_of(doc->headline), aggregation, limit;
	struct stk_buf buf = STK_BUF_EMPTY;

	if (stk_str_starts(headline, "REGRESSION"))
		return functions_sentence(doc, STK_VERDICT_REGRESSION, "dearer");
	if (stk_str_starts(headline, "IMPROVEMENT"))
		return functions_sentence(doc, STK_VERDICT_IMPROVEMENT, "cheaper");
	if (stk_str_starts(headline, "HOTSPOTS"))
		return hotspot_sentence(doc);
	if (!crossed || !stk_str_starts(headline, "THRESHOLD"))
		return "";
	split_expr(crossed->expr, &aggregation, &limit);
	stk_buf_addf(&buf, "%.*s of %s ", STK_STR_ARG(aggregation), crossed->metric);
	add_seen(&buf, doc->run, crossed);
	stk_buf_addf(&buf, ", limit %.*s", STK_STR_ARG(limit));
	const char *text = stk_doc_take(doc, &buf);
	stk_buf_release(&buf);
	return text;
}

void stk_parts_sum_requests(const struct stk_run *run, int64_t *requests_out, int64_t *failed_out)
{
	int64_t requests = 0, failed = 0;

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];
		if (window->kind == STK_WINDOW_BLOCK || window->kind == STK_WINDOW_LOAD) {
			/* A hostile record may name numbers whose sum does not fit. */
			requests += window->requests > INT64_MAX - requests ? 0 : window->requests;
			failed += window->failed > INT64_MAX - failed ? 0 : window->failed;
		}
	}
	*requests_out = requests;
	*failed_out = failed;
}

/* "shop 1.0 → 1.1 · paired, 6 pairs · 28 800 requests, 0 failed" */
static const char *subject(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;
	const char *base = run->sides[STK_SIDE_BASE].title, *head = run->sides[STK_SIDE_HEAD].title;
	struct stk_buf buf = STK_BUF_EMPTY;
	int64_t requests, failed;

	if (base && head) {
		/* "shop 1.0" and "shop 1.1" share a word: say it once */
		const char *space = strrchr(base, ' ');
		size_t common = space ? (size_t)(space - base) + 1 : 0;
		bool shared = common > 0 && strncmp(base, head, common) == 0;
		stk_buf_addf(&buf, "%s → %s", base, shared ? head + common : head);
	} else {
		stk_buf_add_text(&buf, head ? head : run->name);
	}
	stk_buf_addf(&buf, " · %s", stk_mode_name(run->mode));
	if (run->planned_pairs > 0)
		stk_buf_addf(&buf, ", %d pairs", run->planned_pairs);
	stk_parts_sum_requests(run, &requests, &failed);
	stk_buf_add_text(&buf, " · ");
	stk_figures_add_count(&buf, (double)requests);
	stk_buf_add_text(&buf, " requests, ");
	stk_figures_add_count(&buf, (double)failed);
	stk_buf_add_text(&buf, " failed");
	const char *text = stk_doc_take(doc, &buf);
	stk_buf_release(&buf);
	return text;
}

static enum stk_doc_tone headline_tone(const struct stk_run *run, const char *headline)
{
	if (stk_str_starts(stk_str_of(headline), "REGRESSION") ||
		stk_str_starts(stk_str_of(headline), "THRESHOLD"))
		return STK_DOC_BAD;
	if (run->verdict == STK_VERDICT_INCONCLUSIVE || run->partial.is_partial)
		return STK_DOC_WARN;
	return run->hotspots.len > 0 && run->comparisons.len == 0 ? STK_DOC_STRONG : STK_DOC_GOOD;
}

static void add_total(struct stk_doc *doc, struct stk_doc_table *table, const char *name,
	const char *unit, const struct stk_row *total)
{
	struct stk_doc_row *row = stk_doc_add_row(table);
	struct stk_buf buf = STK_BUF_EMPTY;

	row->cells[0].text = name;
	stk_figures_add_pair(&buf, total->base_cost, total->head_cost, unit);
	row->cells[1].text = stk_doc_take(doc, &buf);
	stk_figures_add_change(&buf, total->change);
	row->cells[2].text = stk_doc_take(doc, &buf);
	if (is_open(total, STK_VERDICT_REGRESSION))
		row->cells[2].tone = STK_DOC_BAD;
	else if (total->verdict == STK_VERDICT_IMPROVEMENT)
		row->cells[2].tone = STK_DOC_GOOD;
	if (isfinite(total->lo) || isfinite(total->hi)) {
		stk_figures_add_limit(&buf, total->lo);
		row->cells[3].text = stk_doc_take(doc, &buf);
		stk_figures_add_limit(&buf, total->hi);
		row->cells[3].hi = stk_doc_take(doc, &buf);
	} else if (isfinite(total->n_base) && isfinite(total->n_head)) {
		stk_buf_add_text(&buf, "(");
		stk_figures_add_count(&buf, total->n_base);
		stk_buf_add_text(&buf, " + ");
		stk_figures_add_count(&buf, total->n_head);
		stk_buf_add_text(&buf, " samples)");
		row->cells[3].text = stk_doc_take(doc, &buf);
	}
	stk_buf_release(&buf);
}

const char *stk_parts_total_name(const struct stk_comparison *comparison)
{
	static const struct {
		const char *short_name, *text;
	} names[] = {{"cpu", "CPU per request"}, {"alloc_space", "allocated"},
		{"alloc_objects", "objects allocated"}, {"inuse_space", "live heap"},
		{"inuse_objects", "live objects"}};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i].short_name, comparison->short_name) == 0)
			return names[i].text;
	return comparison->short_name;
}

/* Exact CPU where the kernel told it, else what the samples add up to. */
static void add_totals(struct stk_doc *doc, struct stk_doc_section *section)
{
	const struct stk_run *run = doc->run;
	struct stk_doc_table *table = stk_doc_add_table(section);
	bool has_cpu = false;

	table->is_indented = true;
	stk_doc_add_column(table, "total", STK_DOC_LEFT, 0);
	stk_doc_add_column(table, "base → head", STK_DOC_LEFT, 2);
	stk_doc_add_column(table, "change", STK_DOC_RIGHT, 0);
	stk_doc_add_column(table, "95 %", STK_DOC_LEFT, 1);
	for (size_t i = 0; i < run->totals.len; i++) {
		if (strcmp(run->totals.items[i].name, "cpu") != 0)
			continue;
		add_total(doc, table, "CPU per request", run->totals.items[i].unit,
			&run->totals.items[i].row);
		has_cpu = true;
	}
	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *comparison = &run->comparisons.items[i];
		if (!has_cpu || strcmp(comparison->short_name, "cpu") != 0)
			add_total(doc, table, stk_parts_total_name(comparison), comparison->unit,
				&comparison->total);
	}
}

static const char *partial_text(struct stk_doc *doc)
{
	const struct stk_partial *partial = &doc->run->partial;

	return stk_doc_textf(doc, "ended early%s%s%s%s", partial->phase ? " in phase " : "",
		partial->phase ? partial->phase : "", partial->reason ? ": " : "",
		partial->reason ? partial->reason : "");
}

static void add_objections(struct stk_doc *doc, struct stk_doc_section *section)
{
	const struct stk_run *run = doc->run;

	if (run->partial.is_partial && run->headline) {
		struct stk_doc_line *line = stk_doc_add_line(section, "PARTIAL", partial_text(doc));
		line->label_tone = STK_DOC_WARN;
	}
	for (size_t i = 0; i < run->preconditions.len; i++) {
		const struct stk_precondition *precondition = &run->preconditions.items[i];
		if (precondition->state != STK_CHECK_FAIL)
			continue;
		struct stk_doc_line *line = stk_doc_add_line(section,
			stk_doc_textf(doc, "✗ %s", precondition->name), precondition->text);
		line->label_tone = STK_DOC_WARN;
	}
}

void stk_parts_add_verdict(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;
	struct stk_doc_section *section = stk_doc_add_section(doc, "verdict", NULL, false);

	doc->headline = run->headline ? run->headline : run->partial.is_partial ? "PARTIAL" : "RUN";
	doc->tone = headline_tone(run, doc->headline);
	section->has_gap = false;
	bool is_cut = run->partial.is_partial && !run->headline;
	struct stk_doc_line *line = stk_doc_add_line(
		section, doc->headline, is_cut ? partial_text(doc) : sentence(doc));
	line->label_tone = doc->tone;
	line->text_tone = STK_DOC_STRONG;
	line->aside = subject(doc);
	add_objections(doc, section);
	if (run->totals.len > 0 || run->comparisons.len > 0)
		add_totals(doc, section);
}

static void add_threshold_row(struct stk_doc *doc, struct stk_doc_table *table,
	const struct stk_threshold_result *threshold)
{
	struct stk_doc_row *row = stk_doc_add_row(table);
	struct stk_str aggregation, limit;
	struct stk_buf buf = STK_BUF_EMPTY;

	split_expr(threshold->expr, &aggregation, &limit);
	row->cells[0].text = threshold->metric;
	stk_buf_addf(&buf, "%.*s ", STK_STR_ARG(aggregation));
	if (threshold->no_data || !isfinite(threshold->value))
		stk_buf_add_text(&buf, "no data");
	else
		add_seen(&buf, doc->run, threshold);
	row->cells[1].text = stk_doc_take(doc, &buf);
	row->cells[2].text =
		stk_doc_textf(doc, "%s", threshold->expr + strcspn(threshold->expr, "<>=!"));
	row->cells[3].text = threshold->no_data ? "?" : threshold->ok ? "✓" : "✗";
	row->cells[3].tone = threshold->no_data ? STK_DOC_WARN
			     : threshold->ok    ? STK_DOC_GOOD
						: STK_DOC_BAD;
	if (threshold->aborted)
		row->cells[4].text = "ended the load";
	stk_buf_release(&buf);
}

void stk_parts_add_thresholds(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;
	size_t met = 0, silent = 0;

	for (size_t i = 0; i < run->thresholds.len; i++) {
		met += run->thresholds.items[i].ok && !run->thresholds.items[i].no_data;
		silent += run->thresholds.items[i].no_data;
	}
	if (run->thresholds.len == 0)
		return;
	struct stk_doc_section *section =
		stk_doc_add_section(doc, "thresholds", "Thresholds", met == run->thresholds.len);
	if (met == run->thresholds.len) {
		stk_doc_add_line(section, "Thresholds",
			stk_doc_textf(doc, "%zu of %zu met", met, run->thresholds.len));
		return;
	}
	struct stk_doc_table *table = stk_doc_add_table(section);
	table->has_head = true;
	stk_doc_add_column(table, "Thresholds", STK_DOC_LEFT, 0);
	table->columns[0].is_code = true;
	stk_doc_add_column(table, "seen", STK_DOC_LEFT, 0);
	stk_doc_add_column(table, "limit", STK_DOC_LEFT, 1);
	stk_doc_add_column(table, "", STK_DOC_LEFT, 0);
	stk_doc_add_column(table, "", STK_DOC_LEFT, 2);
	for (size_t i = 0; i < run->thresholds.len; i++)
		add_threshold_row(doc, table, &run->thresholds.items[i]);
	if (silent > 0)
		stk_doc_add_line(section, "",
			stk_doc_textf(doc, "%zu of %zu had no data: neither met nor crossed",
				silent, run->thresholds.len));
}
