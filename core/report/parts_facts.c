/* parts_facts: latency, gates, trust, coverage, time line, machine, warnings. */
#include <math.h>
#include <string.h>

#include "core/base/units.h"
#include "core/report/figures.h"
#include "core/report/parts.h"

enum { TIMELINE_WIDTH = 40, REASONS_MAX = 8 };

/* --- load ------------------------------------------------------------------------ */

/* "p95 11.8 → 13.1 ms +11 % [+7, +15]": as many digits as the interval supports. */
static void add_total(struct stk_buf *buf, const struct stk_total *total)
{
	const struct stk_row *row = &total->row;
	int digits = isfinite(row->hi - row->lo) && row->hi - row->lo < 0.02 ? 1 : 0;

	if (strcmp(total->name, "errors") == 0) {
		stk_buf_addf(
			buf, "errors %.2f → %.2f %%", row->base_cost * 100, row->head_cost * 100);
		return;
	}
	if (strcmp(total->name, "throughput") == 0) {
		stk_buf_addf(buf, "%.1f → %.1f req/s", row->base_cost, row->head_cost);
		return;
	}
	stk_buf_addf(buf, "%s ", total->name);
	stk_figures_add_pair(buf, row->base_cost, row->head_cost, total->unit);
	if (isfinite(row->change))
		stk_buf_addf(buf, " %+.*f %%", digits, row->change * 100);
	if (isfinite(row->lo) && isfinite(row->hi))
		stk_buf_addf(buf, " [%+.*f, %+.*f]", digits, row->lo * 100, digits, row->hi * 100);
}

static bool add_paired_load(struct stk_buf *buf, const struct stk_run *run)
{
	static const char *const order[] = {"p95", "p50", "p99", "errors", "throughput"};
	bool any = false;

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		for (size_t j = 0; j < run->totals.len; j++) {
			if (strcmp(run->totals.items[j].name, order[i]) != 0)
				continue;
			if (any)
				stk_buf_add_text(buf, " · ");
			add_total(buf, &run->totals.items[j]);
			any = true;
		}
	}
	return any;
}

static void add_metric(struct stk_buf *buf, const struct stk_metrics *metrics, const char *name,
	const char *aggregation, const char *format)
{
	const struct stk_metric *metric = stk_metrics_find(metrics, name, "");
	double value;

	if (!metric || !stk_metric_value(metric, aggregation, metrics->duration_s, &value))
		return;
	if (buf->len > 0)
		stk_buf_add_text(buf, " · ");
	if (strcmp(format, "ms") == 0) {
		stk_buf_addf(buf, "%s ", aggregation);
		stk_figures_add_cost(buf, value, NAN, "ms");
	} else if (strcmp(format, "rate") == 0) {
		stk_buf_addf(buf, "%.1f req/s", value);
	} else {
		stk_buf_addf(buf, "%s %.2f %%", format, value * 100);
	}
}

static void add_gates(struct stk_doc *doc, struct stk_doc_section *section)
{
	const struct stk_run *run = doc->run;

	for (size_t i = 0; i < run->gates.len; i++) {
		const struct stk_gate_result *gate = &run->gates.items[i];
		bool has_limit = strcmp(gate->limit, "none") != 0; /* that of functions */
		struct stk_doc_line *line = stk_doc_add_line(section, i == 0 ? "Gates" : "",
			stk_doc_textf(doc, "%s %s%s%s: %s", gate->crossed ? "✗" : "✓", gate->name,
				has_limit ? " " : "", has_limit ? gate->limit : "", gate->text));
		line->is_under = i > 0;
		if (gate->crossed)
			line->text_tone = STK_DOC_BAD;
	}
}

void stk_parts_add_load(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;
	struct stk_doc_section *section = stk_doc_add_section(doc, "load", "Load", false);
	struct stk_buf buf = STK_BUF_EMPTY;

	if (!add_paired_load(&buf, run)) {
		add_metric(&buf, &run->metrics, "http_req_duration", "p(95)", "ms");
		add_metric(&buf, &run->metrics, "http_req_duration", "med", "ms");
		add_metric(&buf, &run->metrics, "http_req_failed", "rate", "failed");
		add_metric(&buf, &run->metrics, "http_reqs", "rate", "rate");
	}
	if (buf.len > 0)
		stk_doc_add_line(section, "Latency", stk_doc_take(doc, &buf));
	add_gates(doc, section);
	bool is_alone = section->blocks.len == 0;
	section = stk_doc_add_section(doc, "trust", "Trust", false);
	section->has_gap = is_alone;
	stk_parts_add_trust(doc, section);
	stk_buf_release(&buf);
}

/* --- coverage -------------------------------------------------------------------- */

struct tally {
	int counted[STK_SIDES], all[STK_SIDES];
	const char *reasons[REASONS_MAX];
	int times[REASONS_MAX];
	size_t len;
};

static void count_reason(struct tally *tally, const char *reason)
{
	size_t i = 0;

	while (i < tally->len && strcmp(tally->reasons[i], reason) != 0)
		i++;
	if (i == REASONS_MAX)
		return;
	if (i == tally->len) {
		tally->reasons[tally->len++] = reason;
		tally->times[i] = 0;
	}
	tally->times[i]++;
}

static struct tally tally_slices(const struct stk_run *run, const char *type_id)
{
	struct tally tally = {.len = 0};

	for (size_t i = 0; i < run->slices.len; i++) {
		const struct stk_slice *slice = &run->slices.items[i];
		int side = slice->side == STK_SIDE_BASE ? STK_SIDE_BASE : STK_SIDE_HEAD;
		if (strcmp(slice->type_id, type_id) != 0)
			continue;
		tally.all[side]++;
		tally.counted[side] += slice->counted;
		if (!slice->counted)
			count_reason(&tally, slice->why_not ? slice->why_not : "not counted");
	}
	return tally;
}

/* Half a percent is far below what the scatter of any run is. */
#define TICK_ERROR_SHOWN 0.005

static void add_tick_error(struct stk_buf *buf, const struct stk_comparison *one)
{
	if (one->tick_error >= TICK_ERROR_SHOWN)
		stk_buf_addf(buf,
			", taken at the kernel's clock ticks, which shift cost between the "
			"functions of a request: intervals allow for a standard error of %.*f %%",
			one->tick_error < 0.0995 ? 1 : 0, one->tick_error * 100);
}

static void add_slices(struct stk_doc *doc, struct stk_doc_section *section, const char *type_id,
	const char *name, bool is_first)
{
	struct tally tally = tally_slices(doc->run, type_id);
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_buf_addf(&buf, "%s: ", name);
	if (tally.all[STK_SIDE_BASE] > 0)
		stk_buf_addf(&buf, "base %d of %d, head %d of %d slices counted",
			tally.counted[STK_SIDE_BASE], tally.all[STK_SIDE_BASE],
			tally.counted[STK_SIDE_HEAD], tally.all[STK_SIDE_HEAD]);
	else
		stk_buf_addf(&buf, "%d of %d slices counted", tally.counted[STK_SIDE_HEAD],
			tally.all[STK_SIDE_HEAD]);
	for (size_t i = 0; i < tally.len; i++)
		stk_buf_addf(&buf, "%s%d %s", i == 0 ? " (left out: " : ", ", tally.times[i],
			tally.reasons[i]);
	if (tally.len > 0)
		stk_buf_add_byte(&buf, ')');
	for (size_t i = 0; i < doc->run->comparisons.len; i++) {
		const struct stk_comparison *one = &doc->run->comparisons.items[i];
		if (strcmp(one->type_id, type_id) != 0)
			continue;
		stk_buf_add_text(&buf, " · ");
		stk_figures_add_count(&buf, one->samples_base);
		stk_buf_add_text(&buf, " + ");
		stk_figures_add_count(&buf, one->samples_head);
		stk_buf_add_text(&buf, " samples");
		if (one->hz > 0)
			stk_buf_addf(&buf, " at %.0f Hz", one->hz);
		if (one->unlabelled > 0)
			stk_buf_addf(
				&buf, ", %.0f %% without request labels", one->unlabelled * 100);
		add_tick_error(&buf, one);
	}
	struct stk_doc_line *line =
		stk_doc_add_line(section, is_first ? "Slices" : "", stk_doc_take(doc, &buf));
	line->is_under = !is_first;
	stk_buf_release(&buf);
}

/* One line per type that has slices, in order of first sight. */
static void add_all_slices(struct stk_doc *doc, struct stk_doc_section *section)
{
	const struct stk_run *run = doc->run;
	const char *seen[16];
	size_t len = 0;

	for (size_t i = 0; i < run->slices.len && len < 16; i++) {
		const char *type_id = run->slices.items[i].type_id;
		size_t j = 0;
		while (j < len && strcmp(seen[j], type_id) != 0)
			j++;
		if (j < len)
			continue;
		seen[len++] = type_id;
		struct stk_str rest = stk_str_of(type_id), word, sample;
		bool full = stk_str_cut(&rest, ':', &word) && stk_str_cut(&rest, ':', &sample);
		const char *name = full ? stk_doc_textf(doc, "%.*s", STK_STR_ARG(sample)) : type_id;
		add_slices(doc, section, type_id, name, len == 1);
	}
}

/* What a column of the time line stands for: the window that covers its middle. */
static const char *window_at(const struct stk_run *run, int64_t wall_ns)
{
	const char *mark = "·";

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];
		if (wall_ns < window->start_ns || wall_ns >= window->end_ns)
			continue;
		switch (window->kind) {
		case STK_WINDOW_IDLE:
			return "i";
		case STK_WINDOW_LOAD:
			return "L";
		case STK_WINDOW_BLOCK:
			return window->side == STK_SIDE_BASE ? "b" : "H";
		case STK_WINDOW_WARMUP:
			mark = "w";
		}
	}
	return mark;
}

static void add_timeline(struct stk_doc *doc, struct stk_doc_section *section)
{
	const struct stk_run *run = doc->run;
	int64_t start_ns = INT64_MAX, end_ns = 0;
	struct stk_buf buf = STK_BUF_EMPTY;

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];
		start_ns = window->start_ns < start_ns ? window->start_ns : start_ns;
		end_ns = window->end_ns > end_ns ? window->end_ns : end_ns;
	}
	if (end_ns <= start_ns)
		return;
	for (int i = 0; i < TIMELINE_WIDTH; i++) {
		double middle = (double)(end_ns - start_ns) * (i + 0.5) / TIMELINE_WIDTH;
		stk_buf_add_text(&buf, window_at(run, start_ns + (int64_t)middle));
	}
	stk_doc_add_line(section, "Time", stk_doc_take(doc, &buf))->is_fixed = true;
	stk_units_format_clock(&buf, start_ns);
	stk_buf_add_text(&buf, " to ");
	stk_units_format_clock(&buf, end_ns);
	stk_buf_add_text(&buf, " UTC, ");
	stk_units_format_duration(&buf, end_ns - start_ns);
	stk_buf_add_text(&buf, run->mode == STK_MODE_PAIRED ? " · w warm-up, b base, H head"
							    : " · w warm-up, i idle, L load");
	struct stk_doc_line *line = stk_doc_add_line(section, "", stk_doc_take(doc, &buf));
	line->text_tone = STK_DOC_DIM;
	line->is_under = true;
	stk_buf_release(&buf);
}

static void add_preconditions(struct stk_doc *doc, struct stk_doc_section *section)
{
	const struct stk_run *run = doc->run;
	size_t held = 0;

	for (size_t i = 0; i < run->preconditions.len; i++)
		held += run->preconditions.items[i].state == STK_CHECK_OK;
	if (run->preconditions.len > 0)
		stk_doc_add_line(section, "Checks",
			stk_doc_textf(doc, "%zu of %zu preconditions hold", held,
				run->preconditions.len));
	for (size_t i = 0; i < run->preconditions.len; i++) {
		const struct stk_precondition *one = &run->preconditions.items[i];
		if (one->state != STK_CHECK_WARN)
			continue;
		struct stk_doc_line *line = stk_doc_add_line(
			section, "", stk_doc_textf(doc, "%s: %s", one->name, one->text));
		line->is_under = true;
		line->text_tone = STK_DOC_WARN;
	}
}

void stk_parts_add_coverage(struct stk_doc *doc)
{
	struct stk_doc_section *section =
		stk_doc_add_section(doc, "coverage", "How it was measured", true);

	section->has_gap = false;
	add_preconditions(doc, section);
	add_all_slices(doc, section);
	add_timeline(doc, section);
}

/* --- environment ----------------------------------------------------------------- */

static void add_side(struct stk_doc *doc, struct stk_doc_section *section, int side)
{
	const struct stk_side_info *info = &doc->run->sides[side];
	const char *const more[] = {info->revision, info->why, info->url, info->agent};
	struct stk_buf buf = STK_BUF_EMPTY;

	if (!info->title)
		return;
	stk_buf_add_text(&buf, info->title);
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
		if (more[i] && more[i][0] && strcmp(more[i], info->title) != 0)
			stk_buf_addf(&buf, " · %s", more[i]);
	stk_doc_add_line(section, side == STK_SIDE_BASE ? "Base" : "Head", stk_doc_take(doc, &buf));
	stk_buf_release(&buf);
}

void stk_parts_add_environment(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;
	struct stk_doc_section *section =
		stk_doc_add_section(doc, "environment", "Where it was measured", true);
	struct stk_buf buf = STK_BUF_EMPTY;

	section->has_gap = false;
	add_side(doc, section, STK_SIDE_BASE);
	add_side(doc, section, STK_SIDE_HEAD);
	for (size_t i = 0; i < run->environment.len; i++)
		stk_buf_addf(&buf, "%s%s %s", i > 0 ? " · " : "", run->environment.items[i].key,
			run->environment.items[i].value);
	if (buf.len > 0)
		stk_doc_add_line(section, "Machine", stk_doc_take(doc, &buf));
	stk_doc_add_line(
		section, "Run", stk_doc_textf(doc, "%s · stoker %s", run->id, run->version));
	stk_buf_release(&buf);
	section = stk_doc_add_section(doc, "notes", "Warnings and notes", false);
	for (size_t i = 0; i < run->notes.len; i++) {
		const struct stk_note *note = &run->notes.items[i];
		bool warn = note->level == STK_NOTE_WARN;
		struct stk_doc_line *line =
			stk_doc_add_line(section, warn ? "Warning" : "Note", note->text);
		line->label_tone = warn ? STK_DOC_WARN : STK_DOC_PLAIN;
	}
}
