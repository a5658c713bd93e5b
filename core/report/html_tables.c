/* html_tables: verdict, totals, functions, hotspots and windows as HTML. */
#include <math.h>
#include <string.h>

#include "core/base/units.h"
#include "core/report/figures.h"
#include "core/report/html_priv.h"
#include "core/report/html_text.h"
#include "core/report/parts.h"
#include "core/report/text.h"

/* A name in a table; the whole one stands in its title and in the flame graph. */
enum { NAME_COLUMNS = 140, TITLE_COLUMNS = 2000, BAR_WIDTH = 120 };

static void add_cleaned(struct stk_buf *buf, const char *text)
{
	stk_html_add_text(buf, stk_str_of(text));
}

/* --- numbers ------------------------------------------------------------------------------ */

/* A cell whose number sorts: data-v is what it stands for. */
static void open_number(struct stk_buf *buf, double value)
{
	stk_buf_add_text(buf, "<td class=\"n\"");
	if (isfinite(value))
		stk_buf_addf(buf, " data-v=\"%.6g\"", value);
	stk_buf_add_byte(buf, '>');
}

static void add_cost(struct stk_buf *buf, double value, double beside, const char *unit)
{
	struct stk_buf text = STK_BUF_EMPTY;

	open_number(buf, value);
	stk_figures_add_cost(&text, value, beside, unit);
	stk_html_add_text(buf, stk_buf_str(&text));
	stk_buf_add_text(buf, "</td>");
	stk_buf_release(&text);
}

static bool is_exact(const struct stk_total *total)
{
	return strcmp(total->name, "errors") == 0 || strcmp(total->name, "throughput") == 0;
}

static double clamp(double value, double limit)
{
	return value < -limit ? -limit : value > limit ? limit : value;
}

/* The interval as a bar around zero, which ends at -limit and +limit. */
static void add_bar(struct stk_buf *buf, const struct stk_row *row, double limit)
{
	double scale = BAR_WIDTH / (2 * limit), middle = BAR_WIDTH / 2.0;
	double from = middle + clamp(isnan(row->lo) ? row->change : row->lo, limit) * scale;
	double to = middle + clamp(isnan(row->hi) ? row->change : row->hi, limit) * scale;

	stk_buf_addf(buf, "<td class=\"bar\">");
	if (isfinite(row->change) && !isnan(row->lo) && !isnan(row->hi))
		stk_buf_addf(buf,
			"<svg width=\"%d\" height=\"16\" aria-hidden=\"true\"><path class=\"z\" "
			"d=\"M%d.5 0v16\"/><path class=\"i\" d=\"M%.1f 8H%.1f\"/><circle "
			"cx=\"%.1f\" "
			"cy=\"8\" r=\"3\"/></svg>",
			BAR_WIDTH, BAR_WIDTH / 2, from, fmax(to, from + 1),
			middle + clamp(row->change, limit) * scale);
	stk_buf_add_text(buf, "</td>");
}

static void add_change(struct stk_buf *buf, const struct stk_row *row)
{
	bool is_gone = !(row->head_cost > 0), is_new = !(row->base_cost > 0);

	/* from or to nothing there is no ratio; of what is rare none is told */
	open_number(buf, isfinite(row->change) ? row->change
			 : is_new == is_gone   ? NAN
			 : is_gone             ? -1
					       : 1e6);
	if (isfinite(row->change))
		stk_figures_add_change(buf, row->change);
	else
		stk_buf_add_text(buf, is_new == is_gone ? "–" : is_gone ? "gone" : "new");
	stk_buf_add_text(buf, "</td><td class=\"n ci\">");
	if (isfinite(row->lo) || isfinite(row->hi)) {
		stk_buf_add_byte(buf, '[');
		stk_figures_add_limit(buf, row->lo);
		stk_buf_add_text(buf, ", ");
		/* of what is new nothing bounds the growth; a record knows no infinity */
		stk_figures_add_limit(buf, is_new && isnan(row->hi) ? INFINITY : row->hi);
		stk_buf_add_byte(buf, ']');
	}
	stk_buf_add_text(buf, "</td>");
}

/* --- verdicts ----------------------------------------------------------------------------- */

struct words {
	const char *key, *mark, *word;
};

static const struct words *words_of(const char *key)
{
	static const struct words words[] = {{"regression", "✗", "dearer"},
		{"improvement", "✓", "cheaper"}, {"moved", "≈", "moved"}, {"new", "+", "new"},
		{"vanished", "−", "gone"}, {"inconclusive", "?", "unclear"},
		{"no_change", "=", "same"}, {"rare", "", "too rare"},
		{"quiet", "", "nothing seen"}};
	size_t i = 0;

	while (i + 1 < STK_ARRAY_LEN(words) && strcmp(words[i].key, key) != 0)
		i++;
	return &words[i];
}

const char *stk_html_verdict_key(const struct stk_row *row)
{
	if (row->verdict == STK_VERDICT_INCONCLUSIVE && !(row->tested && row->q < 0.05))
		return row->tested ? "quiet" : "rare";
	if (row->verdict == STK_VERDICT_NONE)
		return row->tested ? "quiet" : "rare";
	return stk_verdict_name(row->verdict);
}

static void add_verdict(struct stk_buf *buf, const struct stk_row *row, const char *key)
{
	const struct words *words = words_of(key);
	const char *word = words->word;

	if (row->verdict == STK_VERDICT_MOVED && row->partner.name && row->reason &&
		strcmp(row->reason, "renamed") == 0)
		word = "renamed";
	stk_buf_addf(buf, "<span class=\"v\"><i aria-hidden=\"true\">%s</i>%s</span>", words->mark,
		word);
}

/* --- the top of the page ------------------------------------------------------------------ */

static const char *tone_class(enum stk_doc_tone tone)
{
	static const char *const classes[] = {"", "strong", "bad", "good", "warn", "info", "dim"};

	return classes[tone];
}

static const char *total_title(const struct stk_total *total)
{
	static const char *const titles[][2] = {{"cpu", "CPU per request"}, {"p50", "Latency p50"},
		{"p95", "Latency p95"}, {"p99", "Latency p99"}, {"throughput", "Throughput"},
		{"errors", "Errors"}};

	for (size_t i = 0; i < STK_ARRAY_LEN(titles); i++)
		if (strcmp(titles[i][0], total->name) == 0)
			return titles[i][1];
	return total->name;
}

static void add_total_costs(struct stk_buf *buf, const struct stk_total *total)
{
	const struct stk_row *row = &total->row;

	if (strcmp(total->name, "errors") == 0)
		stk_buf_addf(buf, "<td class=\"n\">%.2f %%</td><td class=\"n\">%.2f %%</td>",
			row->base_cost * 100, row->head_cost * 100);
	else if (is_exact(total))
		stk_buf_addf(buf, "<td class=\"n\">%.1f/s</td><td class=\"n\">%.1f/s</td>",
			row->base_cost, row->head_cost);
	else {
		add_cost(buf, row->base_cost, row->head_cost, total->unit);
		add_cost(buf, row->head_cost, row->base_cost, total->unit);
	}
}

static void add_total(const struct stk_total *total, const char *note, struct stk_buf *buf)
{
	stk_buf_addf(buf, "<tr data-verdict=\"%s\"><th scope=\"row\">",
		stk_verdict_name(total->row.verdict));
	add_cleaned(buf, total_title(total));
	stk_buf_addf(buf, "<small>%s</small></th>", note);
	add_total_costs(buf, total);
	if (strcmp(total->name, "errors") == 0) { /* a rate has points, no ratio */
		stk_buf_addf(buf, "<td class=\"n\">%+.2f pt</td><td></td><td class=\"bar\"></td>",
			(total->row.head_cost - total->row.base_cost) * 100);
	} else {
		add_change(buf, &total->row);
		add_bar(buf, &total->row, 0.5);
	}
	stk_buf_add_text(buf, "</tr>\n");
}

static void add_totals(struct stk_doc *doc, struct stk_buf *buf)
{
	const struct stk_run *run = doc->run;
	bool has_cpu = false;

	stk_buf_add_text(buf,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Totals\"><table "
		"class=\"totals\"><caption class=\"sr\">Totals of base and "
		"head</caption><thead><tr><th "
		"scope=\"col\">In total</th><th scope=\"col\" class=\"n\">base</th><th "
		"scope=\"col\" "
		"class=\"n\">head</th><th scope=\"col\" class=\"n\">change</th><th scope=\"col\" "
		"class=\"n\">95 %</th><td class=\"bar\"></td></tr></thead><tbody>\n");
	for (size_t i = 0; i < run->totals.len; i++)
		if (strcmp(run->totals.items[i].name, "cpu") == 0) {
			add_total(&run->totals.items[i], "exact", buf);
			has_cpu = true;
		}
	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];
		struct stk_total total = {stk_parts_type_title(doc, one), one->unit, one->total};
		if (!has_cpu || strcmp(one->short_name, "cpu") != 0)
			add_total(&total, "sampled", buf);
	}
	for (size_t i = 0; i < run->totals.len; i++)
		if (strcmp(run->totals.items[i].name, "cpu") != 0)
			add_total(&run->totals.items[i], "", buf);
	stk_buf_add_text(buf, "</tbody></table></div>\n");
}

void stk_html_add_verdict(struct stk_doc *doc, struct stk_buf *buf)
{
	const struct stk_doc_section *section =
		doc->sections.len > 0 ? &doc->sections.items[0] : NULL;
	const struct stk_doc_line *line =
		section && section->blocks.len > 0 ? &section->blocks.items[0].line : NULL;
	static const char *const marks[] = {"", "", "✗", "✓", "?", "", ""};

	stk_buf_addf(buf, "<h1 class=\"%s\"><i aria-hidden=\"true\">%s</i><span>",
		tone_class(doc->tone), marks[doc->tone]);
	add_cleaned(buf, line ? line->label : doc->headline);
	stk_buf_add_text(buf, "</span></h1>\n");
	if (line && line->text[0]) {
		stk_buf_add_text(buf, "<p class=\"lead\">");
		add_cleaned(buf, line->text);
		stk_buf_add_text(buf, "</p>\n");
	}
	if (line && line->aside) {
		stk_buf_add_text(buf, "<p class=\"subject\">");
		add_cleaned(buf, line->aside);
		stk_buf_add_text(buf, "</p>\n");
	}
	if (doc->run->totals.len + doc->run->comparisons.len > 0)
		add_totals(doc, buf);
	for (size_t i = 1; section && i < section->blocks.len; i++)
		if (section->blocks.items[i].kind == STK_DOC_LINE) {
			stk_buf_add_text(buf, "<p>");
			add_cleaned(buf, section->blocks.items[i].line.text);
			stk_buf_add_text(buf, "</p>\n");
		}
}

/* --- functions ---------------------------------------------------------------------------- */

static void add_name(struct stk_buf *buf, const char *name)
{
	struct stk_str text = stk_str_of(name);
	struct stk_buf cut = STK_BUF_EMPTY;

	stk_buf_add_text(buf, "<bdi class=\"fn\"");
	if (stk_text_width(text) > NAME_COLUMNS) {
		stk_text_add_cut(&cut, text, TITLE_COLUMNS);
		stk_buf_add_text(buf, " title=\"");
		stk_html_add_text(buf, stk_buf_str(&cut));
		stk_buf_add_byte(buf, '"');
		stk_buf_clear(&cut);
	}
	stk_text_add_cut(&cut, text, NAME_COLUMNS);
	stk_buf_add_byte(buf, '>');
	stk_html_add_text(buf, stk_buf_str(&cut));
	stk_buf_add_text(buf, "</bdi>");
	stk_buf_release(&cut);
}

static void add_small(struct stk_buf *buf, const char *text)
{
	struct stk_buf cut = STK_BUF_EMPTY;

	stk_text_add_cut(&cut, stk_str_of(text), NAME_COLUMNS);
	stk_buf_add_text(buf, "<small>");
	stk_html_add_text(buf, stk_buf_str(&cut));
	stk_buf_add_text(buf, "</small>");
	stk_buf_release(&cut);
}

static void add_counts(struct stk_buf *buf, const struct stk_row *row)
{
	open_number(buf, row->n_base + row->n_head);
	stk_figures_add_count(buf, row->n_base);
	stk_buf_add_text(buf, " + ");
	stk_figures_add_count(buf, row->n_head);
	stk_buf_add_text(buf, "</td>");
}

static void add_row(struct stk_doc *doc, const struct stk_comparison *comparison, size_t number,
	struct stk_buf *buf)
{
	const struct stk_row *row = &comparison->rows.items[number];
	const char *key = stk_html_verdict_key(row);

	stk_buf_addf(buf, "<tr data-verdict=\"%s\" data-row=\"%zu\"><td>", key, number);
	add_verdict(buf, row, key);
	stk_buf_add_text(buf, "</td><th scope=\"row\">");
	if (row->partner.name) {
		add_name(buf, row->partner.name);
		stk_buf_add_text(buf, " → ");
	}
	add_name(buf, row->function.name);
	add_small(buf, stk_parts_place_and_link(doc, row));
	if (row->accepted.reason)
		add_small(buf, stk_doc_textf(doc, "%s: %s", stk_parts_accepted(doc, row),
				       row->accepted.reason));
	stk_buf_add_text(buf, "</th>");
	add_cost(buf, row->base_cost, row->head_cost, comparison->unit);
	add_cost(buf, row->head_cost, row->base_cost, comparison->unit);
	add_change(buf, row);
	add_bar(buf, row, 1.0);
	open_number(buf, row->impact);
	stk_figures_add_points(buf, row->impact);
	stk_buf_add_text(buf, "</td>");
	add_counts(buf, row);
	stk_buf_add_text(buf, "</tr>\n");
}

static void open_type(const char *key, const char *title, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "<section class=\"type\" data-type=\"");
	add_cleaned(buf, key);
	stk_buf_add_text(buf, "\"><h3>");
	add_cleaned(buf, title);
	stk_buf_add_text(
		buf, "</h3><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	add_cleaned(buf, title);
	stk_buf_add_text(
		buf, ", all functions\"><table class=\"functions\"><caption class=\"sr\">");
	add_cleaned(buf, title);
	stk_buf_add_text(buf, "</caption><thead><tr>");
}

/* Titles are ours; a button sorts by its column. */
static void add_head(struct stk_buf *buf, const char *title, bool is_number)
{
	stk_buf_addf(buf, "<th scope=\"col\"%s><button type=\"button\">%s</button></th>",
		is_number ? " class=\"n\"" : "", title);
}

void stk_html_add_functions(
	struct stk_doc *doc, const struct stk_comparison *comparison, struct stk_buf *buf)
{
	static const char *const numbers[] = {"base", "head", "change"};
	size_t len = comparison->rows.len;

	open_type(comparison->short_name, stk_parts_type_title(doc, comparison), buf);
	add_head(buf, "verdict", false);
	add_head(buf, "function", false);
	for (size_t i = 0; i < STK_ARRAY_LEN(numbers); i++)
		add_head(buf, numbers[i], true);
	stk_buf_add_text(buf, "<th scope=\"col\" class=\"n\">interval</th><td class=\"bar\"></td>");
	add_head(buf, "of total", true);
	add_head(buf, "samples", true);
	stk_buf_add_text(buf, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < len && i < STK_HTML_ROWS_MAX; i++)
		add_row(doc, comparison, i, buf);
	stk_buf_add_text(buf, "</tbody></table></div>\n");
	if (len > STK_HTML_ROWS_MAX)
		stk_buf_addf(buf, "<p class=\"dim\">%zu more functions stand in run.json.</p>\n",
			len - STK_HTML_ROWS_MAX);
	stk_buf_add_text(buf, "</section>\n");
}

void stk_html_add_hotspots(
	struct stk_doc *doc, const struct stk_hotspots *hotspots, struct stk_buf *buf)
{
	struct stk_comparison like = {.short_name = hotspots->short_name};

	open_type(hotspots->short_name, stk_parts_type_title(doc, &like), buf);
	add_head(buf, "function", false);
	add_head(buf, "per request", true);
	stk_buf_add_text(buf,
		"<th scope=\"col\" class=\"n\">from</th><th scope=\"col\" class=\"n\">to</th>");
	add_head(buf, "share", true);
	add_head(buf, "samples", true);
	stk_buf_add_text(buf, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < hotspots->rows.len && i < STK_HTML_ROWS_MAX; i++) {
		const struct stk_hotspot *spot = &hotspots->rows.items[i];
		stk_buf_addf(buf, "<tr data-verdict=\"%s\" data-row=\"%zu\"><th scope=\"row\">",
			spot->lo > 0 ? "sure" : "rare", i);
		add_name(buf, spot->function.name);
		add_small(buf, stk_parts_spot_place_and_link(doc, spot));
		stk_buf_add_text(buf, "</th>");
		add_cost(buf, spot->cost, spot->hi, hotspots->unit);
		add_cost(buf, spot->lo, spot->hi, hotspots->unit);
		add_cost(buf, spot->hi, spot->hi, hotspots->unit);
		open_number(buf, spot->share);
		stk_figures_add_share(buf, spot->share);
		stk_buf_add_text(buf, "</td>");
		open_number(buf, spot->samples);
		stk_figures_add_count(buf, spot->samples);
		stk_buf_add_text(buf, "</td></tr>\n");
	}
	stk_buf_add_text(buf, "</tbody></table></div></section>\n");
}

/* --- windows ------------------------------------------------------------------------------ */

static void add_window(
	const struct stk_run *run, const struct stk_window *window, struct stk_buf *buf)
{
	static const char *const sides[] = {"base", "head"};
	bool has_cpu = window->cpu_ns >= 0 && window->requests > 0;
	double quantiles[] = {window->p50_ms, window->p95_ms, window->p99_ms};

	stk_buf_add_text(buf, "<tr><th scope=\"row\">");
	add_cleaned(buf, window->name);
	stk_buf_addf(buf, "</th><td>%s</td><td class=\"n\">+",
		window->side >= 0 && run->mode == STK_MODE_PAIRED ? sides[window->side] : "");
	stk_units_format_duration(buf, window->start_ns - run->windows.items[0].start_ns);
	stk_buf_add_text(buf, "</td><td class=\"n\">");
	stk_units_format_duration(buf, window->end_ns - window->start_ns);
	stk_buf_add_text(buf, "</td><td class=\"n\">");
	stk_figures_add_count(buf, (double)window->requests);
	stk_buf_add_text(buf, "</td><td class=\"n\">");
	stk_figures_add_count(buf, (double)window->failed);
	stk_buf_add_text(buf, "</td>");
	for (size_t i = 0; i < STK_ARRAY_LEN(quantiles); i++)
		add_cost(buf, quantiles[i], NAN, "ms");
	add_cost(buf, has_cpu ? (double)window->cpu_ns / (double)window->requests : NAN, NAN,
		"nanoseconds");
	stk_buf_add_text(buf, "</tr>\n");
}

void stk_html_add_windows(const struct stk_run *run, struct stk_buf *buf)
{
	static const char *const titles[] = {
		"start", "length", "requests", "failed", "p50", "p95", "p99", "CPU per request"};

	stk_buf_add_text(buf,
		"<details><summary>The same as a table</summary><div class=\"scroll\" "
		"tabindex=\"0\" role=\"region\" aria-label=\"Windows\"><table><caption "
		"class=\"sr\">Windows of the run</caption><thead><tr><th "
		"scope=\"col\">window</th><th scope=\"col\">side</th>");
	for (size_t i = 0; i < STK_ARRAY_LEN(titles); i++)
		stk_buf_addf(buf, "<th scope=\"col\" class=\"n\">%s</th>", titles[i]);
	stk_buf_add_text(buf, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < run->windows.len; i++)
		add_window(run, &run->windows.items[i], buf);
	stk_buf_add_text(buf, "</tbody></table></div></details>\n");
}
