/* load_summary: metrics at the end of a load test in k6's layout: blocks of aligned lines. */
#include "core/report/load_summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/record/generator.h"
#include "core/report/palette.h"
#include "core/report/text.h"

enum { PARTS_MAX = STK_LOAD_SUMMARY_STATS_MAX };

static const char *const usual_stats[] = {"avg", "min", "med", "max", "p(90)", "p(95)"};

/* One line: a name, dots, and columns that stand under each other within a block. */
struct line {
	const struct stk_metric *metric;
	char *name;
	char *parts[PARTS_MAX];
};

struct block {
	const char *title;
	STK_VEC(struct line) lines;
};

/* --- values ---------------------------------------------------------------------- */

/* At most `digits` behind the point, without zeros at the end. */
static void add_number(struct stk_buf *buf, double value, int digits)
{
	stk_buf_addf(buf, "%.*f", digits, value);
	if (digits == 0)
		return;
	while (buf->ptr[buf->len - 1] == '0')
		stk_buf_truncate(buf, buf->len - 1);
	if (buf->ptr[buf->len - 1] == '.')
		stk_buf_truncate(buf, buf->len - 1);
}

/* k6 counts data in powers of 1000. */
static void add_data(struct stk_buf *buf, double bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	size_t i = 0;

	while (fabs(bytes) >= 1000 && i + 1 < STK_ARRAY_LEN(units)) {
		bytes /= 1000;
		i++;
	}
	stk_buf_addf(buf, "%.*f %s", i == 0 ? 0 : bytes < 10 ? 1 : 0, bytes, units[i]);
}

static void add_value(struct stk_buf *buf, const struct stk_metric *metric, double value)
{
	if (metric->unit == STK_METRIC_TIME) {
		if (value == 0)
			stk_buf_add_text(buf, "0s");
		else
			stk_units_format_duration(buf, (int64_t)llround(value * 1e6));
	} else if (metric->unit == STK_METRIC_DATA) {
		add_data(buf, value);
	} else {
		add_number(buf, value, 6);
	}
}

/* Cut, not rounded, as k6 does: 2 of 3 is 66.66 %. */
static void add_percent(struct stk_buf *buf, int64_t part, int64_t whole)
{
	double percent = whole > 0 ? 100.0 * (double)part / (double)whole : 0;

	stk_buf_addf(buf, "%.2f%%", floor(percent * 100 + 1e-9) / 100);
}

static void fill_trend(struct line *line, const struct stk_load_summary *summary)
{
	bool usual = summary->trend_stats_len == 0;
	const char *const *stats = usual ? usual_stats : summary->trend_stats;
	size_t len = usual ? STK_ARRAY_LEN(usual_stats) : summary->trend_stats_len;
	struct stk_buf buf = STK_BUF_EMPTY;

	for (size_t i = 0; i < len && i < PARTS_MAX; i++) {
		double value = 0;
		(void)stk_metric_value(line->metric, stats[i], 0, &value); /* none is 0 */
		stk_buf_addf(&buf, "%s=", stats[i]);
		if (strcmp(stats[i], "count") == 0)
			add_number(&buf, value, 0);
		else
			add_value(&buf, line->metric, value);
		line->parts[i] = stk_buf_take(&buf, NULL);
	}
}

static void fill_parts(struct line *line, const struct stk_load_summary *summary)
{
	double duration_s = summary->metrics->duration_s;
	const struct stk_metric *metric = line->metric;
	double per_second = duration_s > 0 ? metric->sum / duration_s : 0;
	struct stk_buf buf = STK_BUF_EMPTY;

	switch (metric->type) {
	case STK_METRIC_TREND:
		fill_trend(line, summary);
		return;
	case STK_METRIC_COUNTER:
		add_value(&buf, metric, metric->sum);
		line->parts[0] = stk_buf_take(&buf, NULL);
		if (metric->unit == STK_METRIC_DATA) {
			add_data(&buf, per_second);
		} else {
			add_number(&buf, per_second, 6);
		}
		stk_buf_add_text(&buf, "/s");
		line->parts[1] = stk_buf_take(&buf, NULL);
		return;
	case STK_METRIC_RATE:
		add_percent(&buf, metric->passes, metric->count);
		line->parts[0] = stk_buf_take(&buf, NULL);
		stk_buf_addf(&buf, "%lld out of %lld", (long long)metric->passes,
			(long long)metric->count);
		line->parts[1] = stk_buf_take(&buf, NULL);
		return;
	case STK_METRIC_GAUGE:
		add_value(&buf, metric, metric->last);
		line->parts[0] = stk_buf_take(&buf, NULL);
		stk_buf_add_text(&buf, "min=");
		add_value(&buf, metric, metric->min);
		line->parts[1] = stk_buf_take(&buf, NULL);
		stk_buf_add_text(&buf, "max=");
		add_value(&buf, metric, metric->max);
		line->parts[2] = stk_buf_take(&buf, NULL);
	}
}

/* --- blocks ---------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct line *left = a, *right = b;
	int order = strcmp(left->metric->name, right->metric->name);

	return order != 0 ? order : strcmp(left->metric->selector, right->metric->selector);
}

static char *line_name(const struct stk_metric *metric)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	if (metric->selector[0]) {
		stk_buf_add_text(&buf, "  { ");
		stk_text_add_plain(&buf, stk_str_of(metric->selector));
		stk_buf_add_text(&buf, " }");
	} else {
		stk_text_add_plain(&buf, stk_str_of(metric->name));
	}
	return stk_buf_take(&buf, NULL);
}

static void add_metric(struct block *block, const struct stk_metric *metric,
	const struct stk_load_summary *summary)
{
	struct line line = {.metric = metric, .name = line_name(metric)};

	fill_parts(&line, summary);
	stk_vec_push(&block->lines, line);
}

static bool is_detail(const char *name)
{
	static const char *const details[] = {"http_req_blocked", "http_req_connecting",
		"http_req_tls_handshaking", "http_req_sending", "http_req_waiting",
		"http_req_receiving", "group_duration", "iteration_lateness", "iteration_response"};

	for (size_t i = 0; i < STK_ARRAY_LEN(details); i++)
		if (strcmp(details[i], name) == 0)
			return true;
	return false;
}

enum { CUSTOM, HTTP, EXECUTION, NETWORK, BLOCKS };

static int block_of(const struct stk_metric *metric)
{
	if (!metric->builtin)
		return CUSTOM;
	if (strncmp(metric->name, "http_", 5) == 0)
		return HTTP;
	return strncmp(metric->name, "data_", 5) == 0 ? NETWORK : EXECUTION;
}

static void format_line(const struct line *line, const size_t *widths, size_t name_width,
	bool color, struct stk_buf *buf)
{
	size_t used = stk_text_width(stk_str_of(line->name));

	stk_buf_addf(buf, "    %s%s", line->name, stk_palette_start(STK_DOC_DIM, color));
	stk_buf_add_fill(buf, '.', name_width + 3 - used);
	stk_buf_addf(buf, ":%s", stk_palette_end(color));
	for (size_t i = 0; i < PARTS_MAX && line->parts[i]; i++) {
		size_t width = stk_text_width(stk_str_of(line->parts[i]));
		stk_buf_addf(buf, " %s", line->parts[i]);
		if (i + 1 < PARTS_MAX && line->parts[i + 1])
			stk_buf_add_fill(buf, ' ', widths[i] - width);
	}
	stk_buf_add_byte(buf, '\n');
}

/* Widths of the columns over all blocks: trends have some of their own, all others share theirs. */
struct widths {
	size_t name, trend[PARTS_MAX], other[PARTS_MAX];
};

static void widen(struct widths *widths, const struct block *block)
{
	for (size_t i = 0; i < block->lines.len; i++) {
		const struct line *line = &block->lines.items[i];
		bool is_trend = line->metric->type == STK_METRIC_TREND;
		size_t *parts = is_trend ? widths->trend : widths->other;
		size_t name = stk_text_width(stk_str_of(line->name));

		widths->name = name > widths->name ? name : widths->name;
		for (size_t j = 0; j < PARTS_MAX && line->parts[j]; j++) {
			size_t width = stk_text_width(stk_str_of(line->parts[j]));

			parts[j] = width > parts[j] ? width : parts[j];
		}
	}
}

static void format_block(
	const struct block *block, const struct widths *widths, bool color, struct stk_buf *buf)
{
	if (block->lines.len == 0)
		return;
	stk_buf_addf(buf, "    %s%s%s\n", stk_palette_start(STK_DOC_STRONG, color), block->title,
		stk_palette_end(color));
	for (size_t i = 0; i < block->lines.len; i++) {
		const struct line *line = &block->lines.items[i];
		format_line(line,
			line->metric->type == STK_METRIC_TREND ? widths->trend : widths->other,
			widths->name, color, buf);
	}
	stk_buf_add_byte(buf, '\n');
}

static void release_block(struct block *block)
{
	for (size_t i = 0; i < block->lines.len; i++) {
		free(block->lines.items[i].name);
		for (size_t j = 0; j < PARTS_MAX; j++)
			free(block->lines.items[i].parts[j]);
	}
	stk_vec_release(&block->lines);
}

/* all: metrics of the script without a value are shown, too. */
static void add_metrics(const struct stk_load_summary *summary, bool all, struct stk_buf *buf)
{
	struct block blocks[BLOCKS] = {{.title = "CUSTOM"}, {.title = "HTTP"},
		{.title = "EXECUTION"}, {.title = "NETWORK"}};
	const struct stk_metrics *metrics = summary->metrics;
	struct widths widths = {0};

	for (size_t i = 0; i < metrics->items.len; i++) {
		const struct stk_metric *metric = &metrics->items.items[i];
		bool hidden = strcmp(metric->name, "checks") == 0 ||
			      ((metric->builtin || !all) && metric->count == 0) ||
			      (metric->builtin && !summary->full && is_detail(metric->name));
		if (!hidden)
			add_metric(&blocks[block_of(metric)], metric, summary);
	}
	for (size_t i = 0; i < BLOCKS; i++) {
		if (blocks[i].lines.len > 1)
			qsort(blocks[i].lines.items, blocks[i].lines.len,
				sizeof *blocks[i].lines.items, by_name);
		widen(&widths, &blocks[i]);
	}
	for (size_t i = 0; i < BLOCKS; i++) {
		format_block(&blocks[i], &widths, summary->color, buf);
		release_block(&blocks[i]);
	}
}

/* --- thresholds and checks --------------------------------------------------------- */

static void add_mark(struct stk_buf *buf, bool ok, bool color)
{
	enum stk_doc_tone tone = ok ? STK_DOC_GOOD : STK_DOC_BAD;

	stk_buf_addf(buf, "%s%s%s", stk_palette_start(tone, color), ok ? "✓" : "✗",
		stk_palette_end(color));
}

/* The metric that "name" or "name{selector}" means; NULL if it measured nothing. */
static const struct stk_metric *metric_of(const struct stk_metrics *metrics, const char *key)
{
	for (size_t i = 0; i < metrics->items.len; i++) {
		const struct stk_metric *metric = &metrics->items.items[i];
		size_t len = strlen(metric->name), more = strlen(metric->selector);
		if (strncmp(key, metric->name, len) != 0)
			continue;
		if (key[len] == '\0' && more == 0)
			return metric;
		if (key[len] == '{' && more > 0 && strlen(key + len) == more + 2 &&
			strncmp(key + len + 1, metric->selector, more) == 0)
			return metric;
	}
	return NULL;
}

static void add_threshold(const struct stk_load_summary *summary,
	const struct stk_threshold_result *threshold, const char *indent, struct stk_buf *buf)
{
	const struct stk_metric *metric = metric_of(summary->metrics, threshold->metric);
	size_t len = strcspn(threshold->expr, "<>=! ");

	stk_buf_add_text(buf, indent);
	if (threshold->no_data)
		stk_buf_addf(buf, "%s?%s", stk_palette_start(STK_DOC_WARN, summary->color),
			stk_palette_end(summary->color));
	else
		add_mark(buf, threshold->ok, summary->color);
	stk_buf_addf(buf, " '%s' %.*s=", threshold->expr, (int)len, threshold->expr);
	if (threshold->no_data || !isfinite(threshold->value))
		stk_buf_add_text(buf, "no data");
	else if (metric && metric->type == STK_METRIC_RATE)
		stk_buf_addf(buf, "%.2f%%", floor(threshold->value * 10000 + 1e-9) / 100);
	else if (metric && metric->type == STK_METRIC_TREND)
		add_value(buf, metric, threshold->value);
	else
		add_number(buf, threshold->value, 6);
	if (!threshold->no_data && metric && metric->type == STK_METRIC_COUNTER && len == 4)
		stk_buf_add_text(buf, "/s"); /* its rate */
	stk_buf_add_byte(buf, '\n');
}

/* Where the selector of a submetric begins whose parent has thresholds, too; else 0. */
static size_t selector_of(const struct stk_load_summary *summary, const char *metric)
{
	size_t len = strcspn(metric, "{");

	for (size_t i = 0; metric[len] && i < summary->thresholds_len; i++)
		if (strlen(summary->thresholds[i].metric) == len &&
			strncmp(summary->thresholds[i].metric, metric, len) == 0)
			return len;
	return 0;
}

static void add_thresholds(const struct stk_load_summary *summary, struct stk_buf *buf)
{
	const char *metric = NULL;

	if (summary->thresholds_len == 0)
		return;
	stk_buf_addf(buf, "  %s█ THRESHOLDS%s \n",
		stk_palette_start(STK_DOC_STRONG, summary->color), stk_palette_end(summary->color));
	for (size_t i = 0; i < summary->thresholds_len; i++) {
		const struct stk_threshold_result *threshold = &summary->thresholds[i];
		size_t from = selector_of(summary, threshold->metric);
		const char *indent = from > 0 ? "      " : "    ";
		if (!metric || strcmp(metric, threshold->metric) != 0) {
			stk_buf_addf(buf, "\n%s", indent);
			stk_text_add_plain(buf, stk_str_of(threshold->metric + from));
			stk_buf_add_byte(buf, '\n');
		}
		metric = threshold->metric;
		add_threshold(summary, threshold, indent, buf);
	}
	stk_buf_add_text(buf, "\n\n");
}

static void add_check_totals(const struct stk_metrics *metrics, struct stk_buf *buf)
{
	int64_t passes = 0, fails = 0;

	for (size_t i = 0; i < metrics->checks.len; i++) {
		passes += metrics->checks.items[i].passes;
		fails += metrics->checks.items[i].fails;
	}
	int64_t all = passes + fails;
	char count[32];
	struct stk_buf good = STK_BUF_EMPTY, bad = STK_BUF_EMPTY;
	(void)snprintf(count, sizeof count, "%lld", (long long)all); /* fits */
	add_percent(&good, passes, all);
	add_percent(&bad, fails, all);
	size_t width = strlen(count) > good.len ? strlen(count) : good.len;
	width = bad.len > width ? bad.len : width;
	stk_buf_addf(buf, "    checks_total.......: %-*s ", (int)width, count);
	add_number(buf, metrics->duration_s > 0 ? (double)all / metrics->duration_s : 0, 6);
	stk_buf_add_text(buf, "/s\n");
	stk_buf_addf(buf, "    checks_succeeded...: %-*s %lld out of %lld\n", (int)width, good.ptr,
		(long long)passes, (long long)all);
	stk_buf_addf(buf, "    checks_failed......: %-*s %lld out of %lld\n\n", (int)width, bad.ptr,
		(long long)fails, (long long)all);
	stk_buf_release(&good);
	stk_buf_release(&bad);
}

static void add_checks(const struct stk_load_summary *summary, struct stk_buf *buf)
{
	const struct stk_metrics *metrics = summary->metrics;

	if (metrics->checks.len == 0)
		return;
	add_check_totals(metrics, buf);
	for (size_t i = 0; i < metrics->checks.len; i++) {
		const struct stk_check_count *check = &metrics->checks.items[i];
		int64_t all = check->passes + check->fails;
		stk_buf_add_text(buf, "    ");
		add_mark(buf, check->fails == 0, summary->color);
		stk_buf_add_byte(buf, ' ');
		stk_text_add_plain(buf, stk_str_of(check->name));
		if (check->fails > 0)
			stk_buf_addf(buf, "\n      ↳  %lld%% — ✓ %lld / ✗ %lld",
				(long long)(check->passes * 100 / all), (long long)check->passes,
				(long long)check->fails);
		stk_buf_add_byte(buf, '\n');
	}
	stk_buf_add_byte(buf, '\n');
}

/* --- scenarios and groups ---------------------------------------------------------- */

/* How deep a group lies and its own name: "::outer::inner" is 2, inner; "" leaves the name. */
static size_t depth_of(struct stk_str group, struct stk_str *name)
{
	size_t depth = 0;

	for (ptrdiff_t at; (at = stk_str_find(group, STK_STR("::"))) >= 0; depth++)
		*name = group = stk_str_skip(group, (size_t)at + 2);
	return depth;
}

static void add_head(const struct stk_load_summary *summary, const char *kind, struct stk_str name,
	size_t level, struct stk_buf *buf)
{
	if (level == 0)
		stk_buf_add_byte(buf, '\n');
	stk_buf_add_fill(buf, ' ', 2 + 2 * level);
	stk_buf_addf(buf, "%s%s %s: ", stk_palette_start(STK_DOC_STRONG, summary->color),
		level > 0 ? "↳" : "█", kind);
	stk_text_add_plain(buf, name);
	stk_buf_addf(buf, "%s \n\n", stk_palette_end(summary->color));
}

/* A scenario named default is the whole, its groups stand by themselves. */
static void add_section(const struct stk_load_summary *summary, const struct stk_section *section,
	struct stk_buf *buf)
{
	bool is_default = strcmp(section->scenario, "default") == 0;
	struct stk_str name = stk_str_of(section->scenario);
	size_t depth = depth_of(stk_str_of(section->group), &name);
	size_t level = is_default && depth > 0 ? depth - 1 : depth;
	struct stk_metrics metrics = section->metrics; /* borrowed, but for the time */
	struct stk_load_summary part = *summary;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_str rest, line;

	if (is_default && depth == 0)
		return;
	metrics.duration_s = summary->metrics->duration_s;
	part.metrics = &metrics;
	add_checks(&part, &text);
	add_metrics(&part, false, &text);
	add_head(summary, depth > 0 ? "GROUP" : "SCENARIO", name, level, buf);
	rest = stk_buf_str(&text);
	while (rest.len > 0 && stk_str_cut(&rest, '\n', &line)) {
		if (line.len > 0)
			stk_buf_add_fill(buf, ' ', 2 * level);
		stk_buf_add_str(buf, line);
		stk_buf_add_byte(buf, '\n');
	}
	stk_buf_release(&text);
}

/* Only when there is something to say: the numbers above would be about the generator. */
static void add_generator(const struct stk_load_summary *summary, struct stk_buf *buf)
{
	struct stk_buf why = STK_BUF_EMPTY;

	if (summary->generator && stk_generator_bottleneck(summary->generator, &why)) {
		stk_buf_addf(buf, "\n    %sGENERATOR%s\n    %s\n",
			stk_palette_start(STK_DOC_WARN, summary->color),
			stk_palette_end(summary->color), why.ptr);
		stk_buf_add_text(buf,
			"    The generator was the bottleneck: latencies are too high "
			"by what it was late.\n");
	}
	stk_buf_release(&why);
}

void stk_load_summary_format(const struct stk_load_summary *summary, struct stk_buf *buf)
{
	stk_buf_add_byte(buf, '\n');
	add_thresholds(summary, buf);
	stk_buf_addf(buf, "  %s█ TOTAL RESULTS%s \n\n",
		stk_palette_start(STK_DOC_STRONG, summary->color), stk_palette_end(summary->color));
	add_checks(summary, buf);
	add_metrics(summary, true, buf);
	for (size_t i = 0; summary->sections && i < summary->sections->items.len; i++)
		add_section(summary, &summary->sections->items.items[i], buf);
	add_generator(summary, buf);
}
