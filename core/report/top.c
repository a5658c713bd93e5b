/* top: the functions of one profile by their own cost, for people and for programs. */
#include "core/report/top.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/report/figures.h"
#include "core/report/parts.h"

/* A function with its sums. */
struct item {
	uint32_t function;
	struct stk_str name;
	struct stk_function_sum sum;
};

struct items {
	struct item *list;
	size_t len, shown;
	double total;
};

static int by_self(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->sum.self != y->sum.self)
		return x->sum.self < y->sum.self ? 1 : -1;
	if (x->sum.total != y->sum.total)
		return x->sum.total < y->sum.total ? 1 : -1;
	return stk_str_cmp(x->name, y->name);
}

static struct stk_str name_of(const struct stk_profile *profile, uint32_t function)
{
	return stk_profile_string(profile, profile->functions.items[function].name);
}

static struct items sort_functions(const struct stk_top *top)
{
	struct stk_function_sum *sums = stk_profile_sums(top->profile, top->type);
	struct items items = {stk_xcalloc(top->profile->functions.len + 1, sizeof *items.list), 0,
		0, (double)stk_profile_total(top->profile, top->type)};

	for (uint32_t i = 0; i < top->profile->functions.len; i++)
		if (sums[i].self != 0 || sums[i].total != 0)
			items.list[items.len++] =
				(struct item){i, name_of(top->profile, i), sums[i]};
	if (items.len > 1)
		qsort(items.list, items.len, sizeof *items.list, by_self);
	items.shown = top->rows_max > 0 && items.len > top->rows_max ? top->rows_max : items.len;
	free(sums);
	return items;
}

static double share_of(const struct items *items, int64_t value)
{
	return items->total > 0 ? (double)value / items->total : 0;
}

/* --- for people ------------------------------------------------------------------------------- */

static void add_row(const struct stk_top *top, const struct items *items, size_t i,
	struct stk_doc_table *table, struct stk_doc *doc)
{
	const struct item *item = &items->list[i];
	const struct stk_profile_function *from = &top->profile->functions.items[item->function];
	struct stk_function function = {stk_arena_str(&doc->arena, item->name),
		stk_arena_str(&doc->arena, stk_profile_string(top->profile, from->file)),
		from->start_line, NULL};
	struct stk_doc_row *row = stk_doc_add_row(table);
	const int64_t values[] = {item->sum.self, item->sum.total};
	struct stk_buf buf = STK_BUF_EMPTY;

	row->cells[0].text = function.name;
	for (size_t k = 0; k < STK_ARRAY_LEN(values); k++) {
		stk_figures_add_cost(&buf, (double)values[k], (double)values[k], top->unit);
		row->cells[1 + 2 * k].text = stk_doc_take(doc, &buf);
		stk_figures_add_share(&buf, share_of(items, values[k]));
		row->cells[2 + 2 * k].text = stk_doc_take(doc, &buf);
	}
	row->cells[5].text = stk_parts_place(doc, &function);
	row->cells[5].tone = STK_DOC_DIM;
	stk_buf_release(&buf);
}

static void add_head(const struct stk_top *top, const struct items *items,
	struct stk_doc_section *section, struct stk_doc *doc)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_figures_add_cost(&buf, items->total, items->total, top->unit);
	stk_buf_addf(&buf, " of %s in all", top->type_id);
	if (items->shown < items->len)
		stk_buf_addf(&buf, ", %zu of %zu functions", items->shown, items->len);
	const char *text = stk_doc_take(doc, &buf);

	stk_doc_add_line(section, top->title, "")->label_tone = STK_DOC_STRONG;
	stk_doc_add_line(section, "", text);
	stk_buf_release(&buf);
}

void stk_top_fill_doc(const struct stk_top *top, struct stk_doc *doc)
{
	struct stk_doc_section *section = stk_doc_add_section(doc, "top", NULL, false);
	struct items items = sort_functions(top);
	struct stk_doc_table *table;

	doc->headline = "top";
	add_head(top, &items, section, doc);
	table = stk_doc_add_table(section);
	table->has_head = true;
	stk_doc_add_column(table, "function", STK_DOC_LEFT, 0);
	table->columns[0].is_code = true;
	stk_doc_add_column(table, "self", STK_DOC_RIGHT, 0);
	stk_doc_add_column(table, "", STK_DOC_RIGHT, 2);
	stk_doc_add_column(table, "with callees", STK_DOC_RIGHT, 0);
	stk_doc_add_column(table, "", STK_DOC_RIGHT, 1);
	stk_doc_add_column(table, "", STK_DOC_LEFT, 3);
	for (size_t i = 0; i < items.shown; i++)
		add_row(top, &items, i, table, doc);
	free(items.list);
}

/* --- for programs ----------------------------------------------------------------------------- */

static struct stk_json *row_json(
	const struct stk_top *top, const struct items *items, const struct item *item)
{
	const struct stk_profile_function *from = &top->profile->functions.items[item->function];
	struct stk_json *row = stk_json_new_object();

	stk_json_put(row, "name", stk_json_new_str(item->name));
	stk_json_put(row, "file", stk_json_new_str(stk_profile_string(top->profile, from->file)));
	stk_json_put(row, "line", stk_json_new_int(from->start_line));
	stk_json_put(row, "self", stk_json_new_int(item->sum.self));
	stk_json_put(row, "total", stk_json_new_int(item->sum.total));
	stk_json_put(row, "self_share", stk_json_new_real(share_of(items, item->sum.self)));
	stk_json_put(row, "total_share", stk_json_new_real(share_of(items, item->sum.total)));
	return row;
}

void stk_top_format_json(const struct stk_top *top, struct stk_buf *buf)
{
	struct stk_json *document = stk_json_new_object(), *rows = stk_json_new_array();
	struct items items = sort_functions(top);

	for (size_t i = 0; i < items.shown; i++)
		stk_json_push(rows, row_json(top, &items, &items.list[i]));
	stk_json_put(document, "document", stk_json_new_text("stoker.top"));
	stk_json_put(document, "schema", stk_json_new_int(STK_TOP_SCHEMA));
	stk_json_put(document, "query", stk_json_new_text(top->title));
	stk_json_put(document, "type", stk_json_new_text(top->type_id));
	stk_json_put(document, "unit", stk_json_new_text(top->unit));
	stk_json_put(document, "from_ns", stk_json_new_int(top->from_ns));
	stk_json_put(document, "to_ns", stk_json_new_int(top->to_ns));
	stk_json_put(
		document, "total", stk_json_new_int(stk_profile_total(top->profile, top->type)));
	stk_json_put(document, "functions", stk_json_new_int((int64_t)items.len));
	stk_json_put(document, "rows", rows);
	stk_json_format(document, STK_JSON_INDENT, buf);
	stk_buf_add_byte(buf, '\n');
	stk_json_free(document);
	free(items.list);
}
