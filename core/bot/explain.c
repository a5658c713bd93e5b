/* explain: one function of a record, in Markdown. */
#include "core/bot/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/bot/edges.h"
#include "core/report/doc.h"
#include "core/report/figures.h"
#include "core/report/finding.h"
#include "core/report/markdown.h"
#include "core/report/parts.h"
#include "core/report/repo_path.h"

enum { NAME_WIDTH = 100, SEVERAL_MAX = 8, EDGES_MAX = 8, TABLE_MAX = 12 };

/* Tables of a flame graph begin before that many bytes: the answer stays below GitHub's limit. */
enum { FLAMES_FROM_MAX = 30000 };

/* --- which function ------------------------------------------------------------------------ */

enum rank { WHOLE, END, PART, NOT_AT_ALL };

/* The names that fit best so far. */
struct search {
	struct stk_arena arena; /* of the names */
	struct stk_str wanted;
	enum rank rank;
	const char *names[SEVERAL_MAX];
	size_t len;
	size_t more; /* that had no place */
};

static enum rank rank_of(struct stk_str name, struct stk_str wanted)
{
	if (stk_str_eq(name, wanted))
		return WHOLE;
	if (name.len > wanted.len &&
		stk_str_eq(stk_str_skip(name, name.len - wanted.len), wanted) &&
		strchr("./:)", name.ptr[name.len - wanted.len - 1]))
		return END;
	return stk_str_contains(name, wanted) ? PART : NOT_AT_ALL;
}

bool stk_explain_means(struct stk_str wanted, struct stk_str name)
{
	return rank_of(name, wanted) <= END;
}

static void consider(struct search *search, const char *name)
{
	enum rank rank = name ? rank_of(stk_str_of(name), search->wanted) : NOT_AT_ALL;

	if (rank == NOT_AT_ALL || rank > search->rank)
		return;
	if (rank < search->rank) {
		search->rank = rank;
		search->len = search->more = 0;
	}
	for (size_t i = 0; i < search->len; i++)
		if (strcmp(search->names[i], name) == 0)
			return;
	if (search->len < SEVERAL_MAX)
		search->names[search->len++] = stk_arena_dup(&search->arena, name);
	else
		search->more++;
}

static void search_run(struct search *search, const struct stk_run *run)
{
	for (size_t i = 0; i < run->comparisons.len; i++)
		for (size_t k = 0; k < run->comparisons.items[i].rows.len; k++)
			consider(search, run->comparisons.items[i].rows.items[k].function.name);
	for (size_t i = 0; i < run->hotspots.len; i++)
		for (size_t k = 0; k < run->hotspots.items[i].rows.len; k++)
			consider(search, run->hotspots.items[i].rows.items[k].function.name);
}

/* Functions that were too rare to be compared, or only call others. */
static void search_flames(struct search *search, const struct stk_parcel_record *record)
{
	for (size_t i = 0; i < record->flames.len; i++) {
		struct stk_flame flame;

		stk_flame_init(&flame);
		if (stk_flame_unpack(stk_buf_str(&record->flames.items[i].bytes), &flame, NULL) ==
			0)
			for (size_t k = 0; k < flame.names.len; k++)
				consider(search, flame.names.items[k].function.name);
		stk_flame_release(&flame);
	}
}

static void add_several(const struct search *search, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "Which one? ");
	for (size_t i = 0; i < search->len; i++) {
		stk_buf_add_text(buf, i ? " · " : "");
		stk_markdown_add_name(buf, search->names[i], NAME_WIDTH);
	}
	if (search->more)
		stk_buf_addf(buf, " and %zu more", search->more);
	stk_buf_add_byte(buf, '\n');
}

/* --- numbers ------------------------------------------------------------------------------- */

struct explaining {
	const struct stk_run *run;
	const struct stk_parcel_record *record;
	const char *function, *blob;
	struct stk_doc doc;
	struct stk_buf *buf;
};

static void add_figure(struct stk_buf *buf, struct stk_buf *figure)
{
	stk_markdown_add_figure(buf, stk_buf_str(figure));
	stk_buf_clear(figure);
}

static void add_change(struct stk_buf *buf, const struct stk_row *row)
{
	struct stk_buf figure = STK_BUF_EMPTY;

	if (!isfinite(row->change)) {
		stk_buf_add_text(buf, stk_parts_no_change(row));
		return;
	}
	stk_figures_add_change(&figure, row->change);
	stk_buf_add_text(buf, "**");
	add_figure(buf, &figure);
	stk_buf_add_text(buf, "**");
	if (isfinite(row->lo) && isfinite(row->hi)) {
		stk_figures_add_limit(&figure, row->lo);
		stk_buf_add_text(&figure, ", ");
		stk_figures_add_limit(&figure, row->hi);
		stk_buf_add_text(buf, " [");
		add_figure(buf, &figure);
		stk_buf_add_byte(buf, ']');
	}
	stk_buf_release(&figure);
}

static void add_row(
	struct explaining *e, const struct stk_comparison *comparison, const struct stk_row *row)
{
	struct stk_buf *buf = e->buf, figure = STK_BUF_EMPTY;

	stk_buf_add_text(buf, "| ");
	stk_markdown_add_text(buf, stk_str_of(stk_parts_type_title(&e->doc, comparison)));
	stk_buf_add_text(buf, " | ");
	stk_figures_add_pair(&figure, row->base_cost, row->head_cost, comparison->unit);
	add_figure(buf, &figure);
	stk_buf_add_text(buf, " | ");
	add_change(buf, row);
	stk_buf_add_text(buf, " | ");
	stk_figures_add_share(&figure, row->share);
	add_figure(buf, &figure);
	stk_buf_add_text(buf, " | ");
	stk_figures_add_count(&figure, row->n_base);
	stk_buf_add_text(&figure, " / ");
	stk_figures_add_count(&figure, row->n_head);
	add_figure(buf, &figure);
	stk_buf_addf(buf, " | %s", stk_verdict_name(row->verdict));
	if (row->reason) {
		stk_buf_add_text(buf, ": ");
		stk_markdown_add_cut(buf, row->reason, NAME_WIDTH);
	}
	stk_buf_add_text(buf, " |\n");
	stk_buf_release(&figure);
}

static bool is_it(const struct explaining *e, const struct stk_function *function)
{
	return function->name && strcmp(function->name, e->function) == 0;
}

static void add_table(struct explaining *e)
{
	size_t rows = 0;

	for (size_t i = 0; i < e->run->comparisons.len; i++) {
		const struct stk_comparison *comparison = &e->run->comparisons.items[i];

		for (size_t k = 0; k < comparison->rows.len; k++) {
			if (!is_it(e, &comparison->rows.items[k].function) || rows == TABLE_MAX)
				continue;
			if (rows++ == 0)
				stk_buf_add_text(e->buf,
					"\n| | base → head | change | share of base | samples | "
					"verdict |\n"
					"|---|--:|--:|--:|--:|---|\n");
			add_row(e, comparison, &comparison->rows.items[k]);
		}
	}
}

static void add_hotspots(struct explaining *e)
{
	struct stk_buf figure = STK_BUF_EMPTY;

	for (size_t i = 0; i < e->run->hotspots.len; i++) {
		const struct stk_hotspots *spots = &e->run->hotspots.items[i];

		for (size_t k = 0; k < spots->rows.len; k++) {
			const struct stk_hotspot *spot = &spots->rows.items[k];

			if (!is_it(e, &spot->function))
				continue;
			stk_buf_add_text(e->buf, "\n");
			stk_markdown_add_text(e->buf, stk_str_of(spots->short_name));
			stk_buf_add_text(e->buf, " under load: ");
			stk_figures_add_cost(&figure, spot->cost, spot->cost, spots->unit);
			stk_buf_add_text(&figure, " per request, ");
			stk_figures_add_share(&figure, spot->share);
			add_figure(e->buf, &figure);
			stk_buf_add_text(e->buf, " of what load costs\n");
			break;
		}
	}
	stk_buf_release(&figure);
}

/* --- the changed line ---------------------------------------------------------------------- */

static void add_place(struct explaining *e, const struct stk_finding_place *place)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_addf(&text, "%s:%lld", place->path, (long long)place->line);
	if (e->blob)
		stk_buf_add_byte(e->buf, '[');
	stk_markdown_add_name(e->buf, text.ptr, NAME_WIDTH);
	if (e->blob) {
		stk_buf_addf(e->buf, "](%s", e->blob);
		stk_repo_path_add_url(e->buf, place->path);
		stk_buf_addf(e->buf, "#L%lld)", (long long)place->line);
	}
	stk_buf_release(&text);
}

/* The row that says most about the change: the first with a link. */
static const struct stk_row *find_linked(
	const struct explaining *e, const struct stk_comparison **comparison)
{
	const struct stk_row *any = NULL;

	for (size_t i = 0; i < e->run->comparisons.len; i++) {
		const struct stk_comparison *one = &e->run->comparisons.items[i];

		for (size_t k = 0; k < one->rows.len; k++) {
			const struct stk_row *row = &one->rows.items[k];

			if (!is_it(e, &row->function))
				continue;
			if (!any || any->link.kind == STK_LINK_UNKNOWN) {
				any = row;
				*comparison = one;
			}
		}
	}
	return any;
}

static void add_link(struct explaining *e)
{
	const struct stk_comparison *comparison = NULL;
	const struct stk_row *row = find_linked(e, &comparison);
	struct stk_finding_place place;
	const char *link = row ? stk_parts_link(&e->doc, row) : "";

	if (!row || (!link[0] && !row->function.file))
		return;
	stk_buf_add_byte(e->buf, '\n');
	if (link[0])
		stk_markdown_add_start(e->buf, stk_str_of(link));
	if (stk_finding_place(row, &place)) {
		stk_buf_add_text(e->buf, link[0] ? ": " : "");
		add_place(e, &place);
	} else if (row->function.file && row->function.file[0]) {
		stk_buf_add_text(e->buf, link[0] ? "; " : "");
		stk_markdown_add_name(e->buf, stk_parts_place(&e->doc, &row->function), NAME_WIDTH);
	}
	if (row->link.share > 0.0 && row->link.share <= 1.0)
		stk_buf_addf(e->buf, " · %.0f %% of its increase runs through changed lines",
			row->link.share * 100);
	stk_buf_add_byte(e->buf, '\n');
}

/* --- callers and callees ------------------------------------------------------------------- */

static void add_edges(struct explaining *e, const char *title, const struct stk_edge_list *list,
	const struct stk_flame *flame)
{
	struct stk_buf figure = STK_BUF_EMPTY;

	if (list->len == 0)
		return;
	stk_buf_addf(e->buf, "\n| %s | %s |\n|---|--:|\n", title,
		flame->is_idle ? "idle → load" : "base → head");
	for (size_t i = 0; i < list->len && i < EDGES_MAX; i++) {
		const struct stk_edge *edge = &list->items[i];

		stk_buf_add_text(e->buf, "| ");
		if (edge->name[0])
			stk_markdown_add_name(e->buf, edge->name, NAME_WIDTH);
		else
			stk_buf_add_text(e->buf, "(the root, or too small)");
		stk_buf_add_text(e->buf, " | ");
		stk_figures_add_pair(
			&figure, edge->cost[STK_SIDE_BASE], edge->cost[STK_SIDE_HEAD], flame->unit);
		add_figure(e->buf, &figure);
		stk_buf_add_text(e->buf, " |\n");
	}
	if (list->len > EDGES_MAX)
		stk_buf_addf(e->buf, "| and %zu more | |\n", list->len - EDGES_MAX);
	stk_buf_release(&figure);
}

static void add_flame(struct explaining *e, const char *short_name)
{
	struct stk_edges edges;
	struct stk_flame flame;

	if (e->buf->len > FLAMES_FROM_MAX)
		return;
	stk_flame_init(&flame);
	/* a broken one costs the tables, not the answer */
	if (stk_parcel_read_flame(e->record, short_name, &flame, NULL) == 1) {
		stk_edges_init(&edges, &flame, e->function);
		if (edges.found) {
			stk_buf_add_text(e->buf, "\n<details><summary>Callers and callees: ");
			stk_markdown_add_text(e->buf, stk_str_of(short_name));
			stk_buf_addf(
				e->buf, "%s</summary>\n", flame.is_level ? "" : ", per request");
			add_edges(e, "called by", &edges.callers, &flame);
			add_edges(e, "calls", &edges.callees, &flame);
			stk_buf_add_text(e->buf, "\n</details>\n");
		}
		stk_edges_release(&edges);
	}
	stk_flame_release(&flame);
}

static void add_flames(struct explaining *e)
{
	for (size_t i = 0; i < e->run->comparisons.len && i < STK_PARCEL_FLAMES_MAX; i++)
		add_flame(e, e->run->comparisons.items[i].short_name);
	for (size_t i = 0; i < e->run->hotspots.len && i < STK_PARCEL_FLAMES_MAX; i++)
		add_flame(e, e->run->hotspots.items[i].short_name);
}

static void add_sides(struct explaining *e)
{
	static const char *const names[] = {"base", "head"};

	stk_buf_add_text(e->buf, "\n<sub>run ");
	stk_markdown_add_name(e->buf, e->run->id ? e->run->id : "?", NAME_WIDTH);
	for (int side = 0; side < STK_SIDES; side++) {
		const char *revision = e->run->sides[side].revision;
		char *cut;

		if (!revision)
			continue;
		cut = stk_xstrndup(revision, 12);
		stk_buf_addf(e->buf, ", %s ", names[side]);
		stk_markdown_add_name(e->buf, cut, NAME_WIDTH);
		free(cut);
	}
	stk_buf_add_text(e->buf, "</sub>\n");
}

static void add_function(struct explaining *e)
{
	stk_doc_init(&e->doc, e->run);
	stk_buf_add_text(e->buf, "**");
	stk_markdown_add_name(e->buf, e->function, NAME_WIDTH);
	stk_buf_add_text(e->buf, "**\n");
	add_table(e);
	add_hotspots(e);
	add_link(e);
	add_flames(e);
	add_sides(e);
	stk_doc_release(&e->doc);
}

enum stk_explain_found stk_explain_format(const struct stk_run *run,
	const struct stk_parcel_record *record, const struct stk_explain_opts *opts,
	struct stk_buf *buf)
{
	struct search search = {.wanted = stk_str_of(opts->function), .rank = NOT_AT_ALL};
	struct explaining e = {.run = run, .record = record, .blob = opts->blob, .buf = buf};
	enum stk_explain_found found = STK_EXPLAIN_NONE;

	search_run(&search, run);
	if (search.len == 0 || search.rank == PART)
		search_flames(&search, record);
	if (search.len > 1) {
		found = STK_EXPLAIN_SEVERAL;
		add_several(&search, buf);
	} else if (search.len == 1) {
		found = STK_EXPLAIN_ONE;
		e.function = search.names[0];
		add_function(&e);
	}
	stk_arena_release(&search.arena);
	return found;
}
