/* comment_table: rows of functions with cost, change, share and link to the changed lines. */
#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/report/comment_priv.h"
#include "core/report/figures.h"
#include "core/report/finding.h"
#include "core/report/markdown.h"
#include "core/report/parts.h"
#include "core/report/repo_path.h"

enum { ROWS_MAX = 10, GROUPS_MAX = 3, PLACE_WIDTH = 60, TITLE_WIDTH = 48, REASON_WIDTH = 120 };

static const char *mark_of(const struct stk_row *row)
{
	if (row->accepted.reason)
		return "⚪";
	switch (row->verdict) {
	case STK_VERDICT_REGRESSION:
		return "🔴";
	case STK_VERDICT_IMPROVEMENT:
		return "🟢";
	case STK_VERDICT_MOVED:
	case STK_VERDICT_NEW:
	case STK_VERDICT_VANISHED:
		return "🔵";
	case STK_VERDICT_INCONCLUSIVE: /* it looks like a change, but was not judged one */
		return row->tested && row->q < 0.05 ? "🟡" : "";
	case STK_VERDICT_NONE:
	case STK_VERDICT_NO_CHANGE:
		break;
	}
	return "";
}

/* ".../blob/SHA/path#L10" into buf; false where there is nothing to link to. */
static bool add_url(struct stk_buf *buf, const char *blob, const struct stk_function *function)
{
	if (!blob || !stk_repo_path_is_fit(function->path))
		return false;
	stk_buf_add_text(buf, blob);
	stk_repo_path_add_url(buf, function->path);
	if (function->line > 0)
		stk_buf_addf(buf, "#L%lld", (long long)function->line);
	return true;
}

/* A name, linked to where it stands in the repository. */
static void add_linked(struct stk_buf *buf, const char *blob, const struct stk_function *function,
	const char *text, size_t width)
{
	struct stk_buf url = STK_BUF_EMPTY;
	bool has_url = add_url(&url, blob, function);

	if (has_url)
		stk_buf_add_byte(buf, '[');
	stk_markdown_add_name(buf, text, width);
	if (has_url)
		stk_buf_addf(buf, "](%s)", url.ptr);
	stk_buf_release(&url);
}

/* Of the repository, else as the profile has it, unless that names the machine it was built on. */
static const char *place_path(const struct stk_function *function)
{
	if (stk_repo_path_is_fit(function->path))
		return function->path;
	return stk_repo_path_is_fit(function->file) ? function->file : NULL;
}

static void add_place(struct stk_buf *buf, const struct stk_function *function)
{
	const char *path = place_path(function);
	struct stk_buf place = STK_BUF_EMPTY;

	if (!path)
		return;
	stk_buf_add_text(&place, path);
	if (function->line > 0)
		stk_buf_addf(&place, ":%lld", (long long)function->line);
	stk_buf_add_text(buf, "<br><sub>");
	stk_markdown_add_name(buf, place.ptr, PLACE_WIDTH);
	stk_buf_add_text(buf, "</sub>");
	stk_buf_release(&place);
}

static void add_accepted(struct stk_buf *buf, const struct stk_acceptance *accepted)
{
	struct stk_buf date = STK_BUF_EMPTY;

	stk_buf_add_text(buf, "<br><sub>accepted");
	if (accepted->author && accepted->author[0]) {
		stk_buf_add_text(buf, " by ");
		stk_markdown_add_name(buf, accepted->author, TITLE_WIDTH);
	}
	/* until_ns is the first moment after the last day */
	if (accepted->until_ns > 0) {
		stk_units_format_rfc3339(&date, accepted->until_ns - 1);
		stk_buf_addf(buf, " until %.10s", date.ptr);
	} else {
		stk_buf_add_text(buf, " without end");
	}
	stk_buf_add_text(buf, ": ");
	stk_markdown_add_cut(buf, accepted->reason, REASON_WIDTH);
	stk_buf_add_text(buf, "</sub>");
	stk_buf_release(&date);
}

static void add_function(
	const struct stk_comment *comment, const struct stk_row *row, struct stk_buf *buf)
{
	const struct stk_comment_links *links = &comment->opts->links;
	bool is_gone = row->verdict == STK_VERDICT_VANISHED;

	if (row->partner.name) {
		add_linked(buf, links->blob_base, &row->partner, row->partner.name,
			STK_COMMENT_NAME_WIDTH / 2);
		stk_buf_add_text(buf, " → ");
	}
	add_linked(buf, is_gone ? links->blob_base : links->blob_head, &row->function,
		row->function.name, STK_COMMENT_NAME_WIDTH);
	add_place(buf, &row->function);
	if (row->accepted.reason) {
		add_accepted(buf, &row->accepted);
	} else if (row->verdict == STK_VERDICT_INCONCLUSIVE && row->reason && row->q < 0.05) {
		stk_buf_add_text(buf, "<br><sub>");
		stk_markdown_add_cut(buf, row->reason, REASON_WIDTH);
		stk_buf_add_text(buf, "</sub>");
	}
}

static void add_change_cell(const struct stk_row *row, struct stk_buf *buf)
{
	bool is_strong = row->verdict == STK_VERDICT_REGRESSION && !row->accepted.reason;

	if (row->verdict == STK_VERDICT_MOVED && row->partner.name) {
		bool renamed = row->reason && strcmp(row->reason, "renamed") == 0;
		stk_buf_add_text(buf, renamed ? "renamed" : "moved");
		return;
	}
	if (!isfinite(row->change)) {
		stk_buf_add_text(buf, stk_parts_no_change(row));
		return;
	}
	stk_buf_add_text(buf, is_strong ? "**" : "");
	stk_comment_add_change(row, buf);
	stk_buf_add_text(buf, is_strong ? "**" : "");
	if (isfinite(row->lo) || isfinite(row->hi)) {
		stk_buf_add_text(buf, "\xc2\xa0");
		stk_comment_add_interval(row, "", buf);
	}
}

static void add_share(struct stk_buf *buf, double share)
{
	if (!isfinite(share) || fabs(share) > 1e4)
		return;
	stk_buf_addf(buf, "%.*f\xc2\xa0%%", share < 0.0995 ? 1 : 0, share * 100);
}

/* "encode.go:58", linked to the changed line. */
static void add_via(
	const struct stk_comment *comment, const struct stk_function *via, struct stk_buf *buf)
{
	const char *path = place_path(via);
	struct stk_buf name = STK_BUF_EMPTY;

	if (path) {
		const char *slash = strrchr(path, '/');
		stk_buf_add_text(&name, slash ? slash + 1 : path);
		if (via->line > 0)
			stk_buf_addf(&name, ":%lld", (long long)via->line);
		add_linked(buf, comment->opts->links.blob_head, via, name.ptr, TITLE_WIDTH);
	} else {
		stk_markdown_add_name(
			buf, via->name ? via->name : "a changed function", TITLE_WIDTH);
	}
	stk_buf_release(&name);
}

static void add_link(
	const struct stk_comment *comment, const struct stk_row_link *link, struct stk_buf *buf)
{
	struct stk_buf url = STK_BUF_EMPTY;

	switch (link->kind) {
	case STK_LINK_CHANGED:
		if (add_url(&url, comment->opts->links.blob_head, &link->via))
			stk_buf_addf(buf, "[changed here](%s)", url.ptr);
		else
			stk_buf_add_text(buf, "changed here");
		break;
	case STK_LINK_CALLED_FROM:
		stk_buf_add_text(buf, "called from ");
		add_via(comment, &link->via, buf);
		break;
	case STK_LINK_CALLS:
		stk_buf_add_text(buf, "calls ");
		add_via(comment, &link->via, buf);
		break;
	case STK_LINK_UNRELATED:
		stk_buf_add_text(buf, "not in this change");
		break;
	case STK_LINK_UNKNOWN:
		break;
	}
	stk_buf_release(&url);
}

/* One table of several that share their rows' order. */
struct table {
	const struct stk_comparison *comparison;
	const struct stk_doc_finding *rows;
	size_t len;
};

static bool has_links(const struct table *table)
{
	for (size_t i = 0; i < table->len; i++)
		if (table->rows[i].comparison == table->comparison &&
			table->rows[i].row->link.kind != STK_LINK_UNKNOWN)
			return true;
	return false;
}

static void add_table_head(const struct table *table, bool with_link, struct stk_buf *buf)
{
	const char *title = stk_parts_type_words(table->comparison);

	stk_buf_add_text(buf, "\n| | ");
	stk_markdown_add_cut(buf, title, TITLE_WIDTH);
	if (title == table->comparison->short_name && !table->comparison->is_level)
		stk_buf_add_text(buf, " per request");
	stk_buf_add_text(buf, " | base → head | change\xc2\xa0[");
	double level = stk_parts_level(table->comparison);
	stk_buf_addf(buf, "%.3g\xc2\xa0%%] | share |%s\n", isfinite(level) ? level * 100 : 95,
		with_link ? " link to this change |" : "");
	stk_buf_addf(buf, "|:-:|---|--:|--:|--:|%s\n", with_link ? "---|" : "");
}

static void add_table(
	const struct stk_comment *comment, const struct table *table, struct stk_buf *buf)
{
	bool with_link = has_links(table);
	struct stk_buf pair = STK_BUF_EMPTY;

	add_table_head(table, with_link, buf);
	for (size_t i = 0; i < table->len; i++) {
		const struct stk_row *row = table->rows[i].row;
		if (table->rows[i].comparison != table->comparison)
			continue;
		stk_buf_addf(buf, "| %s | ", mark_of(row));
		add_function(comment, row, buf);
		stk_buf_add_text(buf, " | ");
		stk_buf_clear(&pair);
		stk_figures_add_pair(
			&pair, row->base_cost, row->head_cost, table->comparison->unit);
		stk_markdown_add_figure(buf, stk_buf_str(&pair));
		stk_buf_add_text(buf, " | ");
		add_change_cell(row, buf);
		stk_buf_add_text(buf, " | ");
		add_share(buf, row->share);
		stk_buf_add_text(buf, " |");
		if (with_link) {
			stk_buf_add_byte(buf, ' ');
			add_link(comment, &row->link, buf);
			stk_buf_add_text(buf, " |");
		}
		stk_buf_add_byte(buf, '\n');
	}
	stk_buf_release(&pair);
}

/* A table for each profile type among the rows, in order of their first row. */
static void add_tables(const struct stk_comment *comment, const struct stk_doc_finding *rows,
	size_t len, struct stk_buf *buf)
{
	for (size_t i = 0; i < len; i++) {
		struct table table = {rows[i].comparison, rows, len};
		size_t first = 0;
		while (rows[first].comparison != rows[i].comparison)
			first++;
		if (first == i)
			add_table(comment, &table, buf);
	}
}

void stk_comment_add_sensitivity(
	const struct stk_comparison *comparison, const char *before, struct stk_buf *buf)
{
	enum { FIGURES_MAX = 4 };

	for (size_t i = 0; i < comparison->sensitivity.len && i < FIGURES_MAX; i++) {
		const struct stk_sensitivity *one = &comparison->sensitivity.items[i];
		if (!isfinite(one->change) || one->change > 1e3 || !(one->share >= 0))
			continue;
		stk_buf_addf(buf, "%s+%.*f\xc2\xa0%% ", before, one->change < 0.0995 ? 1 : 0,
			one->change * 100);
		if (one->share >= 1)
			stk_buf_add_text(buf, "in total");
		else
			stk_buf_addf(buf, "on %s of %.0f\xc2\xa0%%",
				before[0] == ',' ? "one" : "a function", one->share * 100);
		before = ", ";
	}
}

/* "3 of 23 functions · 87 % of the increase runs through changed lines · would have noticed …" */
static bool add_sub(const struct stk_comment *comment, const struct stk_comparison *comparison,
	bool is_first, struct stk_buf *buf)
{
	bool with_type = comment->run->comparisons.len > 1;
	size_t found = 0;

	for (size_t i = 0; i < comment->rows.len; i++)
		found += comment->rows.items[i].comparison == comparison;
	if (found == 0 && comparison->sensitivity.len == 0)
		return false;
	stk_buf_add_text(buf, is_first ? "\n<sub>" : "<br>");
	if (with_type) {
		stk_markdown_add_cut(buf, stk_parts_type_words(comparison), TITLE_WIDTH);
		stk_buf_add_text(buf, ": ");
	}
	if (found <= comparison->tested)
		stk_buf_addf(buf, "%zu of %zu functions", found, comparison->tested);
	else
		stk_buf_addf(buf, "%zu functions", found);
	if (comparison->changed_share >= 0 && comparison->changed_share <= 1)
		stk_buf_addf(buf,
			" · %.0f\xc2\xa0%% of the increase runs through lines that this %s changed",
			comparison->changed_share * 100,
			comment->opts->flavour == STK_COMMENT_GITLAB ? "merge request"
								     : "pull request");
	stk_comment_add_sensitivity(comparison, " · would have noticed ", buf);
	return true;
}

/* One line for each profile type, all in one paragraph. */
static void add_subs(const struct stk_comment *comment, struct stk_buf *buf)
{
	enum { TYPES_MAX = 6 };
	const struct stk_run *run = comment->run;
	bool any = false;

	for (size_t i = 0; i < run->comparisons.len && i < TYPES_MAX; i++)
		any = add_sub(comment, &run->comparisons.items[i], !any, buf) || any;
	if (any)
		stk_buf_add_text(buf, "</sub>\n");
}

static void add_hotspot(const struct stk_comment *comment, const struct stk_hotspot *spot,
	const char *unit, struct stk_buf *buf)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_add_text(buf, "| ");
	add_linked(buf, comment->opts->links.blob_head, &spot->function, spot->function.name,
		STK_COMMENT_NAME_WIDTH);
	add_place(buf, &spot->function);
	if (spot->link.kind != STK_LINK_UNKNOWN && spot->link.kind != STK_LINK_UNRELATED) {
		stk_buf_add_text(buf, "<br><sub>");
		add_link(comment, &spot->link, buf);
		stk_buf_add_text(buf, "</sub>");
	}
	stk_buf_add_text(buf, " | ");
	stk_figures_add_cost(&text, spot->cost, spot->hi, unit);
	stk_markdown_add_figure(buf, stk_buf_str(&text));
	stk_buf_clear(&text);
	if (isfinite(spot->lo) && isfinite(spot->hi)) {
		stk_buf_add_text(&text, " [");
		stk_figures_add_cost(&text, spot->lo, spot->hi, unit);
		char *space = strrchr(text.ptr, ' '); /* the unit stands at the upper limit */
		if (space > text.ptr && space[-1] != ' ')
			stk_buf_truncate(&text, (size_t)(space - text.ptr));
		stk_buf_add_text(&text, ", ");
		stk_figures_add_cost(&text, spot->hi, spot->hi, unit);
		stk_buf_add_byte(&text, ']');
	}
	stk_markdown_add_figure(buf, stk_buf_str(&text));
	stk_buf_add_text(buf, " | ");
	add_share(buf, spot->share);
	stk_buf_add_text(buf, " |\n");
	stk_buf_release(&text);
}

/* Where load costs: the table of a run that compared nothing. */
static void add_hotspots(const struct stk_comment *comment, struct stk_buf *buf)
{
	const struct stk_run *run = comment->run;
	size_t left = ROWS_MAX;

	for (size_t i = 0; i < run->hotspots.len && left > 0; i++) {
		const struct stk_hotspots *hotspots = &run->hotspots.items[i];
		struct stk_comparison like = {.short_name = hotspots->short_name};
		size_t shown = hotspots->rows.len < left ? hotspots->rows.len : left;
		if (shown == 0)
			continue;
		stk_buf_add_text(buf, "\n| ");
		stk_markdown_add_cut(buf, stk_parts_type_words(&like), TITLE_WIDTH);
		stk_buf_addf(buf, " under load%s | cost [95\xc2\xa0%%] | share |\n|---|--:|--:|\n",
			hotspots->slices_idle > 0 ? ", idle cost subtracted" : "");
		for (size_t j = 0; j < shown; j++)
			add_hotspot(comment, &hotspots->rows.items[j], hotspots->unit, buf);
		if (hotspots->rows.len > shown)
			stk_buf_addf(
				buf, "\nand %zu more, in the report\n", hotspots->rows.len - shown);
		left -= shown;
	}
}

/* What the functions above do not explain; without anything to expand. */
static void add_groups(const struct stk_comment *comment, struct stk_buf *buf)
{
	const struct stk_doc *doc = comment->doc;
	struct stk_buf text = STK_BUF_EMPTY;

	for (size_t i = 0; i < doc->groups.len && i < GROUPS_MAX; i++) {
		stk_buf_clear(&text);
		stk_finding_add_group(&doc->groups.items[i], &text);
		stk_buf_add_text(buf, i == 0 ? "\n- " : "- ");
		stk_markdown_add_text(buf, stk_buf_str(&text));
		stk_buf_add_byte(buf, '\n');
	}
	if (doc->groups.len > GROUPS_MAX)
		stk_buf_addf(buf, "- and %zu more, in the report\n", doc->groups.len - GROUPS_MAX);
	stk_buf_release(&text);
}

void stk_comment_add_found(const struct stk_comment *comment, struct stk_buf *buf)
{
	size_t shown = comment->rows.len < ROWS_MAX ? comment->rows.len : ROWS_MAX;

	add_tables(comment, comment->rows.items, shown, buf);
	if (comment->rows.len > shown)
		stk_buf_addf(buf, "\nand %zu more below\n", comment->rows.len - shown);
	add_groups(comment, buf);
	add_subs(comment, buf);
	if (comment->run->comparisons.len == 0)
		add_hotspots(comment, buf);
}

size_t stk_comment_add_all(const struct stk_comment *comment, size_t most, struct stk_buf *buf)
{
	const struct stk_run *run = comment->run;
	STK_VEC(struct stk_doc_finding) rows = STK_VEC_INIT;
	size_t left_out = 0;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *comparison = &run->comparisons.items[i];
		for (size_t j = 0; j < comparison->rows.len; j++) {
			if (rows.len < most)
				stk_vec_push(&rows, (struct stk_doc_finding){comparison,
							    &comparison->rows.items[j]});
			else
				left_out++;
		}
	}
	add_tables(comment, rows.items, rows.len, buf);
	stk_vec_release(&rows);
	return left_out;
}
