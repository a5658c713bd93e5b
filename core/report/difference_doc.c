/* difference_doc: what `stoker diff` found, as a document for people. */
#include "core/report/difference_doc.h"

#include <math.h>
#include <string.h>

#include "core/report/figures.h"
#include "core/report/markdown.h"
#include "core/report/parts.h"

/* A level that a common shift must reach to be worth a line. */
#define SHIFT_SHOWN 0.02

static void add_interval(struct stk_doc *doc, struct stk_doc_cell *cell, double lo, double hi)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	if (isfinite(lo) || isfinite(hi)) {
		stk_figures_add_limit(&buf, lo);
		cell->text = stk_doc_take(doc, &buf);
		stk_figures_add_limit(&buf, hi);
		cell->hi = stk_doc_take(doc, &buf);
	}
	stk_buf_release(&buf);
}

/* "cpu per request" */
static const char *type_words(const struct stk_difference *difference, struct stk_doc *doc)
{
	const char *per = stk_difference_per_name(difference->per);

	return stk_doc_textf(doc, "%s%s%s", difference->short_name, per[0] ? " per " : "", per);
}

static void add_total(const struct stk_difference *difference, struct stk_doc_section *section,
	struct stk_doc *doc)
{
	const struct stk_difference_end *base = &difference->ends[STK_SIDE_BASE];
	const struct stk_difference_end *head = &difference->ends[STK_SIDE_HEAD];
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_figures_add_pair(&buf, base->total, head->total, difference->unit);
	if (isfinite(difference->change)) {
		stk_buf_add_text(&buf, ", ");
		stk_figures_add_change(&buf, difference->change);
	}
	if (isfinite(difference->lo)) {
		stk_buf_add_text(&buf, " [");
		stk_figures_add_limit(&buf, difference->lo);
		stk_buf_add_text(&buf, ", ");
		stk_figures_add_limit(&buf, difference->hi);
		stk_buf_add_byte(&buf, ']');
	}
	stk_doc_add_line(section, "", stk_doc_take(doc, &buf));
	if (base->samples > 0 || head->samples > 0) {
		stk_figures_add_count(&buf, base->samples);
		stk_buf_add_text(&buf, " + ");
		stk_figures_add_count(&buf, head->samples);
		stk_buf_add_text(&buf, " samples in ");
	}
	if (base->slices == 1 && head->slices == 1)
		stk_buf_add_text(&buf, "one profile a side");
	else
		stk_buf_addf(&buf, "%d + %d profiles", base->slices, head->slices);
	stk_doc_add_line(section, "", stk_doc_take(doc, &buf))->text_tone = STK_DOC_DIM;
	stk_buf_release(&buf);
}

/* What must be known to read the figures. */
static void add_limits(const struct stk_difference *difference, struct stk_doc_section *section,
	struct stk_doc *doc)
{
	static const char *const per[] = {
		[STK_PER_ALL] = "Not divided by anything: neither requests nor times are known. "
				"Profiles of different length differ by that alone.",
		[STK_PER_SECOND] = "Per second of profiled time: requests are not known, so more "
				   "load looks dearer (--requests, --base-requests say them).",
		[STK_PER_REQUEST] = NULL,
		[STK_PER_LEVEL] = "A level, not a flow: the mean of its pictures, per nothing."};
	struct stk_buf buf = STK_BUF_EMPTY;

	if (per[difference->per])
		stk_doc_add_line(section, "", per[difference->per]);
	if (!difference->has_spread)
		stk_doc_add_line(section, "",
			"No intervals: one profile a side has no spread, and two sides need three "
			"slices each. This is what was measured, not how sure it is.");
	if (fabs(difference->common_shift) >= SHIFT_SHOWN) {
		stk_buf_add_text(&buf, "All functions together moved by ");
		stk_figures_add_change(&buf, difference->common_shift);
		stk_buf_add_text(&buf, "; the intervals of the rows leave that out.");
		stk_doc_add_line(section, "", stk_doc_take(doc, &buf));
	}
	if (difference->is_one_run)
		stk_doc_add_line(section, "",
			"Both sides of one run: its report compares them pair by pair, which is "
			"surer (stoker report).");
	else if (difference->has_spread)
		stk_doc_add_line(section, "",
			"Measured one after the other and not calibrated: a change of the machine "
			"looks like one of the code (stoker run compares in turn).");
	stk_buf_release(&buf);
}

static void add_columns(const struct stk_difference *difference, struct stk_doc_table *table)
{
	stk_doc_add_column(table, "function", STK_DOC_LEFT, 0);
	table->columns[0].is_code = true;
	stk_doc_add_column(table, "base", STK_DOC_RIGHT, 0);
	stk_doc_add_column(table, "head", STK_DOC_RIGHT, 0);
	stk_doc_add_column(table, "change", STK_DOC_RIGHT, 0);
	stk_doc_add_column(table, difference->has_spread ? "95 %" : "samples", STK_DOC_RIGHT, 3);
	stk_doc_add_column(table, "of total", STK_DOC_RIGHT, 2);
	stk_doc_add_column(table, "with callees", STK_DOC_RIGHT, 1);
	stk_doc_add_column(table, "", STK_DOC_LEFT, 4);
	table->has_head = true;
}

static const char *change_text(
	const struct stk_difference_row *row, struct stk_doc *doc, struct stk_buf *buf)
{
	if (row->self[STK_SIDE_BASE] == 0 && row->self[STK_SIDE_HEAD] == 0)
		return ""; /* only what it calls changed */
	if (row->total[STK_SIDE_BASE] == 0)
		return "new";
	if (row->total[STK_SIDE_HEAD] == 0)
		return "gone";
	if (!isfinite(row->change))
		return "from 0";
	stk_figures_add_change(buf, row->change);
	return stk_doc_take(doc, buf);
}

static bool is_moved(const struct stk_difference_row *row)
{
	return row->moved.name || row->moved_within;
}

/* "order.go:41", "moved to order.sum · order.go:41": moved cost is no change of the whole. */
static const char *place_text(const struct stk_difference_row *row, struct stk_doc *doc)
{
	const char *place = stk_parts_place(doc, &row->function);
	bool grew = row->self[STK_SIDE_HEAD] > row->self[STK_SIDE_BASE];
	const char *told = row->moved_within;

	if (row->moved.name)
		told = stk_doc_textf(doc, "moved %s %s", grew ? "from" : "to", row->moved.name);
	if (!told)
		return place;
	return place[0] ? stk_doc_textf(doc, "%s · %s", told, place) : told;
}

static enum stk_doc_tone tone_of(const struct stk_difference_row *row)
{
	if (is_moved(row))
		return STK_DOC_INFO;
	if (!row->is_sure)
		return STK_DOC_PLAIN;
	return row->self[STK_SIDE_HEAD] > row->self[STK_SIDE_BASE] ? STK_DOC_BAD : STK_DOC_GOOD;
}

static void add_row(const struct stk_difference *difference, const struct stk_difference_row *row,
	struct stk_doc_table *table, struct stk_doc *doc)
{
	struct stk_doc_row *into = stk_doc_add_row(table);
	const double *self = row->self;
	struct stk_buf buf = STK_BUF_EMPTY;

	into->cells[0].text = row->partner.name ? stk_doc_textf(doc, "%s → %s", row->partner.name,
							  row->function.name)
						: row->function.name;
	for (int side = 0; side < STK_SIDES; side++) {
		stk_figures_add_cost(&buf, self[side], self[!side], difference->unit);
		into->cells[1 + side].text = stk_doc_take(doc, &buf);
	}
	into->cells[3].text = change_text(row, doc, &buf);
	into->cells[3].tone = tone_of(row);
	if (difference->has_spread) {
		add_interval(doc, &into->cells[4], row->lo, row->hi);
	} else if (row->n[STK_SIDE_BASE] > 0 || row->n[STK_SIDE_HEAD] > 0) {
		stk_figures_add_count(&buf, row->n[STK_SIDE_BASE]);
		stk_buf_add_text(&buf, ", ");
		stk_figures_add_count(&buf, row->n[STK_SIDE_HEAD]);
		into->cells[4].text = stk_doc_take(doc, &buf);
	}
	if (isfinite(row->impact)) {
		stk_figures_add_points(&buf, row->impact);
		into->cells[5].text = stk_doc_take(doc, &buf);
	}
	stk_figures_add_pair(
		&buf, row->total[STK_SIDE_BASE], row->total[STK_SIDE_HEAD], difference->unit);
	into->cells[6].text = stk_doc_take(doc, &buf);
	into->cells[7].text = place_text(row, doc);
	into->cells[7].tone = is_moved(row) ? STK_DOC_INFO : STK_DOC_DIM;
	stk_buf_release(&buf);
}

void stk_difference_doc_fill(
	const struct stk_difference *difference, size_t rows_max, struct stk_doc *doc)
{
	struct stk_doc_section *section = stk_doc_add_section(doc, "difference", NULL, false);
	size_t shown =
		rows_max > 0 && rows_max < difference->rows.len ? rows_max : difference->rows.len;
	struct stk_doc_table *table;

	doc->headline = type_words(difference, doc);
	stk_doc_add_line(section, doc->headline,
		stk_doc_textf(doc, "%s → %s", difference->ends[STK_SIDE_BASE].title,
			difference->ends[STK_SIDE_HEAD].title))
		->label_tone = STK_DOC_STRONG;
	add_total(difference, section, doc);
	add_limits(difference, section, doc);
	section = stk_doc_add_section(doc, "functions", "Functions", false);
	table = stk_doc_add_table(section);
	add_columns(difference, table);
	for (size_t i = 0; i < shown; i++)
		add_row(difference, &difference->rows.items[i], table, doc);
	if (shown < difference->rows.len)
		stk_doc_add_line(section, "",
			stk_doc_textf(doc, "%zu more functions with smaller changes (--rows 0)",
				difference->rows.len - shown))
			->text_tone = STK_DOC_DIM;
}

void stk_difference_doc_format_markdown(const struct stk_doc *doc, struct stk_buf *buf)
{
	for (size_t i = 0; i < doc->sections.len; i++)
		stk_markdown_add_section(buf, &doc->sections.items[i], 0);
}
