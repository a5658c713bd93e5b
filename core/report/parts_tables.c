/* parts_tables: the tables of functions: found, renamed, hot; and what could not be seen. */
#include <math.h>
#include <string.h>

#include "core/base/units.h"
#include "core/report/figures.h"
#include "core/report/parts.h"

/* Rows on a screen; the record has them all. */
enum { ROWS_MAX = 12, HOTSPOTS_MAX = 12 };

const char *stk_parts_type_words(const struct stk_comparison *comparison)
{
	static const struct {
		const char *short_name, *title;
	} titles[] = {{"cpu", "CPU per request"}, {"alloc_space", "Allocated per request"},
		{"alloc_objects", "Objects allocated per request"}, {"inuse_space", "Live heap"},
		{"inuse_objects", "Live objects"}, {"goroutines", "Goroutines"}};

	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
		if (strcmp(titles[i].short_name, comparison->short_name) == 0)
			return titles[i].title;
	return comparison->short_name;
}

const char *stk_parts_type_title(struct stk_doc *doc, const struct stk_comparison *comparison)
{
	const char *words = stk_parts_type_words(comparison);

	if (words != comparison->short_name)
		return words;
	return stk_doc_textf(doc, "%s%s", words, comparison->is_level ? "" : " per request");
}

const char *stk_parts_place(struct stk_doc *doc, const struct stk_function *function)
{
	if (!function->file || !function->file[0])
		return "";
	if (function->line <= 0)
		return function->file;
	return stk_doc_textf(doc, "%s:%lld", function->file, (long long)function->line);
}

/* Shown in the table of its type: what changed, and what looks so but was not judged. */
static bool is_found(const struct stk_row *row)
{
	switch (row->verdict) {
	case STK_VERDICT_REGRESSION:
	case STK_VERDICT_IMPROVEMENT:
	case STK_VERDICT_NEW:
	case STK_VERDICT_VANISHED:
		return true;
	case STK_VERDICT_MOVED:
		return !row->partner.name;
	case STK_VERDICT_INCONCLUSIVE:
		return row->tested && row->q < 0.05;
	default:
		return false;
	}
}

static void set_mark(struct stk_doc_cell *cell, const struct stk_row *row)
{
	static const struct {
		const char *mark;
		enum stk_doc_tone tone;
	} marks[] = {
		[STK_VERDICT_NONE] = {" ", STK_DOC_PLAIN},
		[STK_VERDICT_REGRESSION] = {"✗", STK_DOC_BAD},
		[STK_VERDICT_IMPROVEMENT] = {"✓", STK_DOC_GOOD},
		[STK_VERDICT_MOVED] = {"≈", STK_DOC_INFO},
		[STK_VERDICT_NO_CHANGE] = {"=", STK_DOC_DIM},
		[STK_VERDICT_INCONCLUSIVE] = {"?", STK_DOC_WARN},
		[STK_VERDICT_NEW] = {"+", STK_DOC_INFO},
		[STK_VERDICT_VANISHED] = {"-", STK_DOC_INFO},
	};

	cell->text = row->accepted.reason ? "○" : marks[row->verdict].mark;
	cell->tone = row->accepted.reason ? STK_DOC_DIM : marks[row->verdict].tone;
}

const char *stk_parts_accepted(struct stk_doc *doc, const struct stk_row *row)
{
	const struct stk_acceptance *accepted = &row->accepted;
	struct stk_buf text = STK_BUF_EMPTY, until = STK_BUF_EMPTY;
	const char *taken;

	if (!accepted->reason)
		return NULL;
	stk_buf_add_text(&text, "accepted");
	if (accepted->author && accepted->author[0])
		stk_buf_addf(&text, " by %s", accepted->author);
	if (accepted->until_ns > 0) { /* the first moment after the last day */
		stk_units_format_rfc3339(&until, accepted->until_ns - 1);
		stk_buf_addf(&text, " until %.10s", until.ptr);
	}
	taken = stk_doc_take(doc, &text);
	stk_buf_release(&text);
	stk_buf_release(&until);
	return taken;
}

const char *stk_parts_no_change(const struct stk_row *row)
{
	return !(row->base_cost > 0) ? "new" : !(row->head_cost > 0) ? "gone" : "too rare";
}

static void set_change(struct stk_doc *doc, struct stk_doc_row *into, const struct stk_row *row)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	/* From or to nothing there is no ratio. */
	if (!isfinite(row->change)) {
		into->cells[4].text = row->base_cost > 0 ? "gone" : "new";
	} else {
		stk_figures_add_change(&buf, row->change);
		into->cells[4].text = stk_doc_take(doc, &buf);
	}
	if (isfinite(row->change) && (isfinite(row->lo) || isfinite(row->hi))) {
		stk_figures_add_limit(&buf, row->lo);
		into->cells[5].text = stk_doc_take(doc, &buf);
		stk_figures_add_limit(&buf, row->hi);
		into->cells[5].hi = stk_doc_take(doc, &buf);
	} else if (isfinite(row->n_base) && isfinite(row->n_head)) {
		stk_buf_add_text(&buf, "n ");
		stk_figures_add_count(&buf, row->n_base);
		stk_buf_add_text(&buf, ", ");
		stk_figures_add_count(&buf, row->n_head);
		into->cells[5].text = stk_doc_take(doc, &buf);
	}
	stk_buf_release(&buf);
}

static void add_found(struct stk_doc *doc, struct stk_doc_table *table,
	const struct stk_comparison *comparison, const struct stk_row *row)
{
	struct stk_doc_row *into = stk_doc_add_row(table);
	struct stk_buf buf = STK_BUF_EMPTY;

	set_mark(&into->cells[0], row);
	into->cells[1].text = row->partner.name ? stk_doc_textf(doc, "%s → %s", row->partner.name,
							  row->function.name)
						: row->function.name;
	stk_figures_add_cost(&buf, row->base_cost, row->head_cost, comparison->unit);
	into->cells[2].text = stk_doc_take(doc, &buf);
	stk_figures_add_cost(&buf, row->head_cost, row->base_cost, comparison->unit);
	into->cells[3].text = stk_doc_take(doc, &buf);
	set_change(doc, into, row);
	into->cells[4].tone = into->cells[0].tone;
	stk_figures_add_points(&buf, row->impact);
	into->cells[6].text = stk_doc_take(doc, &buf);
	const char *place = stk_parts_place_and_link(doc, row);
	bool has_reason = row->reason && row->verdict != STK_VERDICT_NEW && !row->partner.name;
	const char *more = stk_parts_accepted(doc, row);
	more = more ? more : has_reason ? row->reason : NULL;
	into->cells[7].text =
		more ? stk_doc_textf(doc, "%s%s%s", place, place[0] ? " · " : "", more) : place;
	into->cells[7].tone = STK_DOC_DIM;
	stk_buf_release(&buf);
}

/* The least and the greatest level of the intervals that are shown; NaN without any. */
static void find_levels(
	const struct stk_comparison *comparison, double *least_out, double *most_out)
{
	double least = NAN, most = NAN;

	for (size_t i = 0; i < comparison->rows.len; i++) {
		const struct stk_row *row = &comparison->rows.items[i];
		if (is_found(row) && isfinite(row->level)) {
			least = fmin(least, row->level);
			most = fmax(most, row->level);
		}
	}
	*least_out = least;
	*most_out = most;
}

double stk_parts_level(const struct stk_comparison *comparison)
{
	double least, most;

	find_levels(comparison, &least, &most);
	return least >= 0 && least < 1 ? least : NAN;
}

/* "95 %", or the least of the rows' levels where selection widened them. */
static const char *level_title(struct stk_doc *doc, const struct stk_comparison *comparison)
{
	double least, most;

	find_levels(comparison, &least, &most);
	if (isnan(least) || fabs(least - 0.95) < 0.0005)
		return isnan(least) || most - least < 0.0005 ? "95 %" : "≥ 95 %";
	return stk_doc_textf(doc, "%s%.1f %%", most - least < 0.0005 ? "" : "≥ ", least * 100);
}

static struct stk_doc_table *add_row_table(
	struct stk_doc *doc, struct stk_doc_section *section, const char *title, const char *level)
{
	struct stk_doc_table *table = stk_doc_add_table(section);

	(void)doc;
	table->has_head = true;
	stk_doc_add_column(table, "", STK_DOC_LEFT, 0);
	stk_doc_add_column(table, title, STK_DOC_LEFT, 0);
	table->columns[1].is_code = true;
	stk_doc_add_column(table, "base", STK_DOC_RIGHT, 3);
	stk_doc_add_column(table, "head", STK_DOC_RIGHT, 3);
	stk_doc_add_column(table, "change", STK_DOC_RIGHT, 0);
	stk_doc_add_column(table, level, STK_DOC_LEFT, 1);
	stk_doc_add_column(table, "of total", STK_DOC_RIGHT, 2);
	stk_doc_add_column(table, "", STK_DOC_LEFT, 4);
	return table;
}

void stk_parts_add_comparison(struct stk_doc *doc, const struct stk_comparison *comparison)
{
	const char *title = stk_parts_type_title(doc, comparison);
	struct stk_doc_table *table = NULL;
	struct stk_doc_section *section = NULL;
	size_t found = 0;

	for (size_t i = 0; i < comparison->rows.len; i++) {
		const struct stk_row *row = &comparison->rows.items[i];
		if (row->verdict != STK_VERDICT_NONE && row->verdict != STK_VERDICT_NO_CHANGE &&
			(is_found(row) || row->partner.name))
			stk_vec_push(&doc->findings, (struct stk_doc_finding){comparison, row});
		if (!is_found(row) || ++found > ROWS_MAX)
			continue;
		if (!section) {
			section = stk_doc_add_section(doc, comparison->short_name, title, false);
			table = add_row_table(doc, section, title, level_title(doc, comparison));
		}
		add_found(doc, table, comparison, row);
	}
	if (found > ROWS_MAX)
		stk_doc_add_line(section, "",
			stk_doc_textf(doc, "and %zu more, in run.json", found - ROWS_MAX));
	const char *changed = stk_parts_changed_share(doc, comparison);
	if (section && changed)
		stk_doc_add_line(section, "", changed);
	if (section && isfinite(comparison->common_shift) && fabs(comparison->common_shift) > 0.03)
		stk_doc_add_line(section, "",
			stk_doc_textf(doc,
				"All functions together shifted by %+.1f %%; the changes above are "
				"beside that.",
				comparison->common_shift * 100));
}

static void collect_groups(struct stk_doc *doc, const struct stk_comparison *comparison,
	const struct stk_rows *rows, bool is_package)
{
	for (size_t i = 0; i < rows->len; i++) {
		const struct stk_row *row = &rows->items[i];
		bool is_suspect = row->verdict == STK_VERDICT_INCONCLUSIVE && row->reason &&
				  stk_str_starts(stk_str_of(row->reason), "suspect");

		if (row->verdict == STK_VERDICT_REGRESSION ||
			row->verdict == STK_VERDICT_IMPROVEMENT || is_suspect)
			stk_vec_push(&doc->groups,
				(struct stk_doc_group){{comparison, row}, is_package});
	}
}

/* The last cell says what kind of group it is, of which profile, and where it stands. */
static void add_group(
	struct stk_doc *doc, struct stk_doc_table *table, const struct stk_doc_group *group)
{
	const struct stk_comparison *comparison = group->finding.comparison;
	const char *place = stk_parts_place(doc, &group->finding.row->function);

	add_found(doc, table, comparison, group->finding.row);
	table->rows.items[table->rows.len - 1].cells[7].text = stk_doc_textf(doc, "%s · %s%s%s",
		group->is_package ? "package" : "with all it calls",
		stk_parts_type_title(doc, comparison), place[0] ? " · " : "", place);
}

void stk_parts_add_groups(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;
	struct stk_doc_section *section;
	struct stk_doc_table *table;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];

		collect_groups(doc, one, &one->packages, true);
		collect_groups(doc, one, &one->inclusive, false);
	}
	if (doc->groups.len == 0)
		return;
	section = stk_doc_add_section(doc, "groups", "Packages and callers", false);
	table = add_row_table(doc, section, "Packages and callers", "≥ 95 %");
	for (size_t i = 0; i < doc->groups.len && i < ROWS_MAX; i++)
		add_group(doc, table, &doc->groups.items[i]);
	if (doc->groups.len > ROWS_MAX)
		stk_doc_add_line(section, "",
			stk_doc_textf(
				doc, "and %zu more, in run.json", doc->groups.len - ROWS_MAX));
}

void stk_parts_add_renames(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;
	struct stk_doc_table *table = NULL;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *comparison = &run->comparisons.items[i];
		for (size_t j = 0; j < comparison->rows.len; j++) {
			const struct stk_row *row = &comparison->rows.items[j];
			if (row->verdict != STK_VERDICT_MOVED || !row->partner.name)
				continue;
			if (!table) {
				struct stk_doc_section *section = stk_doc_add_section(
					doc, "renamed", "Renamed, cost unchanged", false);
				table = add_row_table(
					doc, section, "Renamed, cost unchanged", "95 %");
			}
			if (table->rows.len < ROWS_MAX)
				add_found(doc, table, comparison, row);
		}
	}
}

static void add_sensitivity(struct stk_buf *buf, const struct stk_comparison *comparison)
{
	const char *before = " This run would have noticed ";

	for (size_t i = 0; i < comparison->sensitivity.len; i++) {
		const struct stk_sensitivity *one = &comparison->sensitivity.items[i];
		if (!isfinite(one->change))
			continue;
		stk_buf_addf(buf, "%s%+.*f %% ", before, one->change < 0.0995 ? 1 : 0,
			one->change * 100);
		if (one->share >= 1)
			stk_buf_add_text(buf, "in total");
		else
			stk_buf_addf(buf, "on %s of %.0f %%", i == 0 ? "a function" : "one",
				one->share * 100);
		before = ", ";
	}
	if (before[0] == ',')
		stk_buf_add_byte(buf, '.');
}

static size_t count_unseen(const struct stk_comparison *comparison, bool tested)
{
	size_t count = 0;

	for (size_t i = 0; i < comparison->rows.len; i++) {
		const struct stk_row *row = &comparison->rows.items[i];
		bool is_shown = is_found(row) || row->verdict == STK_VERDICT_MOVED;
		count += !is_shown && row->tested == tested;
	}
	return count;
}

void stk_parts_add_unseen(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;
	struct stk_doc_section *section = NULL;
	struct stk_buf buf = STK_BUF_EMPTY;
	bool judged = true;

	for (size_t i = 0; i < run->preconditions.len; i++)
		judged = judged && run->preconditions.items[i].state != STK_CHECK_FAIL;
	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *comparison = &run->comparisons.items[i];
		size_t tested = count_unseen(comparison, true);
		size_t rare = count_unseen(comparison, false);
		if (!section)
			section = stk_doc_add_section(doc, "unseen", NULL, false);
		if (run->comparisons.len > 1)
			stk_buf_addf(&buf, "%s: ", stk_parts_type_title(doc, comparison));
		if (tested > 0 || rare == 0)
			stk_buf_addf(&buf, "%zu%s function%s: %s.", tested,
				tested < comparison->tested ? " other" : "", tested == 1 ? "" : "s",
				judged ? "no increase seen" : "measured, not judged");
		if (rare > 0)
			stk_buf_addf(&buf, "%s%zu %s too rare to tell.", tested > 0 ? " " : "",
				rare,
				tested > 0  ? "more"
				: rare == 1 ? "function is"
					    : "functions are");
		add_sensitivity(&buf, comparison);
		stk_doc_add_line(section, "", stk_doc_take(doc, &buf));
	}
	stk_buf_release(&buf);
}

/* --- hotspots -------------------------------------------------------------------- */

static void add_hotspot(struct stk_doc *doc, struct stk_doc_table *table,
	const struct stk_hotspots *hotspots, const struct stk_hotspot *spot)
{
	struct stk_doc_row *row = stk_doc_add_row(table);
	struct stk_buf buf = STK_BUF_EMPTY;

	row->cells[0].text = spot->function.name;
	stk_figures_add_cost(&buf, spot->cost, spot->hi, hotspots->unit);
	row->cells[1].text = stk_doc_take(doc, &buf);
	stk_figures_add_cost(&buf, spot->lo, spot->hi, hotspots->unit);
	/* the unit stands at the upper limit only */
	char *space = strrchr(buf.ptr, ' ');
	if (space)
		stk_buf_truncate(&buf, (size_t)(space - buf.ptr));
	row->cells[2].text = stk_doc_take(doc, &buf);
	stk_figures_add_cost(&buf, spot->hi, spot->hi, hotspots->unit);
	row->cells[2].hi = stk_doc_take(doc, &buf);
	stk_figures_add_share(&buf, spot->share);
	row->cells[3].text = stk_doc_take(doc, &buf);
	stk_figures_add_count(&buf, spot->samples);
	row->cells[4].text = stk_doc_take(doc, &buf);
	row->cells[5].text = stk_parts_spot_place_and_link(doc, spot);
	row->cells[5].tone = STK_DOC_DIM;
	stk_buf_release(&buf);
}

/* Rows come by lower limit: those above 0 are there for sure, the others may be nothing. */
static size_t count_shown(const struct stk_hotspots *hotspots)
{
	size_t shown = 0;

	while (shown < hotspots->rows.len && shown < HOTSPOTS_MAX &&
		hotspots->rows.items[shown].lo > 0)
		shown++;
	return shown;
}

static void add_rest(struct stk_doc *doc, struct stk_doc_section *section,
	const struct stk_hotspots *hotspots, size_t shown)
{
	double share = 0, cost = 0;
	struct stk_buf buf = STK_BUF_EMPTY;

	for (size_t i = shown; i < hotspots->rows.len; i++) {
		share += hotspots->rows.items[i].share;
		cost += hotspots->rows.items[i].cost;
	}
	stk_buf_addf(&buf, "%zu more%s: ", hotspots->rows.len - shown,
		shown < HOTSPOTS_MAX ? ", each too rare to be sure of" : "");
	stk_figures_add_cost(&buf, cost, NAN, hotspots->unit);
	stk_buf_add_text(&buf, ", ");
	stk_figures_add_share(&buf, share);
	stk_doc_add_line(section, "", stk_doc_take(doc, &buf));
	stk_buf_release(&buf);
}

void stk_parts_add_hotspots(struct stk_doc *doc, const struct stk_hotspots *hotspots)
{
	struct stk_comparison like = {.short_name = hotspots->short_name};
	const char *title = stk_parts_type_title(doc, &like);
	struct stk_doc_section *section = stk_doc_add_section(
		doc, stk_doc_textf(doc, "hotspots-%s", hotspots->short_name), title, false);
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_buf_addf(&buf, "%s under load%s: ", title,
		hotspots->slices_idle > 0 ? " (idle cost subtracted)" : " (no idle window)");
	stk_figures_add_cost(&buf, hotspots->total, NAN, hotspots->unit);
	if (isfinite(hotspots->total_lo) && isfinite(hotspots->total_hi)) {
		stk_buf_add_text(&buf, " [");
		stk_figures_add_cost(&buf, hotspots->total_lo, hotspots->total_hi, hotspots->unit);
		stk_buf_add_text(&buf, ", ");
		stk_figures_add_cost(&buf, hotspots->total_hi, hotspots->total_hi, hotspots->unit);
		stk_buf_add_text(&buf, "]");
	}
	stk_buf_add_text(&buf, ", ");
	stk_figures_add_count(&buf, hotspots->samples);
	stk_buf_addf(&buf, " samples, %d + %d slices (load, idle)", hotspots->slices_load,
		hotspots->slices_idle);
	stk_doc_add_line(section, "", stk_doc_take(doc, &buf))->text_tone = STK_DOC_STRONG;
	stk_buf_release(&buf);
	struct stk_doc_table *table = stk_doc_add_table(section);
	table->has_head = true;
	stk_doc_add_column(table, "function", STK_DOC_LEFT, 0);
	table->columns[0].is_code = true;
	stk_doc_add_column(table, "per request", STK_DOC_RIGHT, 0);
	stk_doc_add_column(table, "95 %", STK_DOC_LEFT, 1);
	stk_doc_add_column(table, "share", STK_DOC_RIGHT, 2);
	stk_doc_add_column(table, "samples", STK_DOC_RIGHT, 3);
	stk_doc_add_column(table, "", STK_DOC_LEFT, 4);
	size_t shown = count_shown(hotspots);
	for (size_t i = 0; i < shown; i++)
		add_hotspot(doc, table, hotspots, &hotspots->rows.items[i]);
	if (hotspots->rows.len > shown)
		add_rest(doc, section, hotspots, shown);
}
