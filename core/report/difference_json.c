/* difference_json: what `stoker diff` found, as the document "stoker.diff". */
#include "core/base/json.h"
#include "core/report/difference_doc.h"

static const char *const side_names[STK_SIDES] = {"base", "head"};

/* {"base": …, "head": …} */
static struct stk_json *pair_of(const double values[STK_SIDES])
{
	struct stk_json *object = stk_json_new_object();

	for (int side = 0; side < STK_SIDES; side++)
		stk_json_put(object, side_names[side], stk_json_new_real(values[side]));
	return object;
}

static struct stk_json *row_of(const struct stk_difference_row *row)
{
	struct stk_json *object = stk_json_new_object();

	stk_json_put(object, "name", stk_json_new_text(row->function.name));
	stk_json_put(object, "was", stk_json_new_text(row->partner.name));
	stk_json_put(object, "file", stk_json_new_text(row->function.file));
	stk_json_put(object, "line", stk_json_new_int(row->function.line));
	stk_json_put(object, "self", pair_of(row->self));
	stk_json_put(object, "total", pair_of(row->total));
	stk_json_put(object, "samples", pair_of(row->n));
	stk_json_put(object, "change", stk_json_new_real(row->change));
	stk_json_put(object, "low", stk_json_new_real(row->lo));
	stk_json_put(object, "high", stk_json_new_real(row->hi));
	stk_json_put(object, "impact", stk_json_new_real(row->impact));
	stk_json_put(object, "sure", stk_json_new_bool(row->is_sure));
	stk_json_put(object, "moved", stk_json_new_text(row->moved.name));
	stk_json_put(object, "moved_within", stk_json_new_text(row->moved_within));
	return object;
}

static struct stk_json *end_of(const struct stk_difference_end *end)
{
	struct stk_json *object = stk_json_new_object();

	stk_json_put(object, "title", stk_json_new_text(end->title));
	stk_json_put(object, "profiles", stk_json_new_int(end->slices));
	stk_json_put(object, "samples", stk_json_new_real(end->samples));
	stk_json_put(object, "divisor", stk_json_new_real(end->divisor));
	stk_json_put(object, "total", stk_json_new_real(end->total));
	return object;
}

void stk_difference_doc_format_json(
	const struct stk_difference *difference, size_t rows_max, struct stk_buf *buf)
{
	static const char *const per[] = {"all", "second", "request", "level"};
	struct stk_json *document = stk_json_new_object(), *rows = stk_json_new_array();
	size_t len = difference->rows.len;

	for (size_t i = 0; i < (rows_max > 0 && rows_max < len ? rows_max : len); i++)
		stk_json_push(rows, row_of(&difference->rows.items[i]));
	stk_json_put(document, "document", stk_json_new_text("stoker.diff"));
	stk_json_put(document, "schema", stk_json_new_int(STK_DIFFERENCE_SCHEMA));
	stk_json_put(document, "type", stk_json_new_text(difference->type_id));
	stk_json_put(document, "unit", stk_json_new_text(difference->unit));
	stk_json_put(document, "per", stk_json_new_text(per[difference->per]));
	for (int side = 0; side < STK_SIDES; side++)
		stk_json_put(document, side_names[side], end_of(&difference->ends[side]));
	stk_json_put(document, "spread", stk_json_new_bool(difference->has_spread));
	stk_json_put(document, "change", stk_json_new_real(difference->change));
	stk_json_put(document, "low", stk_json_new_real(difference->lo));
	stk_json_put(document, "high", stk_json_new_real(difference->hi));
	stk_json_put(document, "common_shift", stk_json_new_real(difference->common_shift));
	stk_json_put(document, "functions", stk_json_new_int((int64_t)len));
	stk_json_put(document, "rows", rows);
	stk_json_format(document, STK_JSON_INDENT, buf);
	stk_buf_add_byte(buf, '\n');
	stk_json_free(document);
}
