/* annotations: rows of the report that lead to a changed line, as GitHub wants them. */
#include "core/publish/annotations.h"

#include <math.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/report/text.h"

#define LINE_MAX_NUMBER 10000000

/* "internal/cart/store.go": relative, without . and .. and empty parts. */
static bool is_path(struct stk_str path)
{
	struct stk_str part;

	if (!path.len || path.len > 1024 || !stk_str_is_utf8(path) ||
		stk_str_find_byte(path, '\\') >= 0)
		return false;
	while (stk_str_cut(&path, '/', &part))
		if (!part.len || stk_str_is(part, ".") || stk_str_is(part, ".."))
			return false;
	return true;
}

/* The changed place that a row leads to; NULL if it leads to none. */
static const struct stk_function *place_of(const struct stk_row *row)
{
	const struct stk_function *via = &row->link.via;

	if (row->link.kind != STK_LINK_CHANGED && row->link.kind != STK_LINK_CALLED_FROM &&
		row->link.kind != STK_LINK_CALLS)
		return NULL;
	if (!via->path || via->line < 1 || via->line > LINE_MAX_NUMBER ||
		!is_path(stk_str_of(via->path)))
		return NULL;
	return via;
}

static void add_name(struct stk_buf *buf, const char *name)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	stk_text_add_plain(&plain, stk_str_of(name));
	stk_text_add_cut(buf, stk_buf_str(&plain), 120);
	stk_buf_release(&plain);
}

static void add_message(const struct stk_doc_finding *finding, struct stk_buf *buf)
{
	const struct stk_row *row = finding->row;
	const char *what =
		finding->comparison->short_name ? finding->comparison->short_name : "cost";

	add_name(buf, row->function.name);
	stk_buf_addf(buf, ": %s %s", what, finding->comparison->is_level ? "" : "per request ");
	if (isfinite(row->change)) {
		stk_buf_addf(buf, "%+.0f %%", row->change * 100);
		if (isfinite(row->lo) && isfinite(row->hi))
			stk_buf_addf(buf, " [%+.0f, %+.0f]", row->lo * 100, row->hi * 100);
	} else {
		stk_buf_add_text(buf, stk_verdict_name(row->verdict));
	}
	if (row->link.kind == STK_LINK_CALLED_FROM) {
		stk_buf_add_text(buf, ", called from ");
		add_name(buf, row->link.via.name);
	} else if (row->link.kind == STK_LINK_CALLS) {
		stk_buf_add_text(buf, ", calls ");
		add_name(buf, row->link.via.name);
	}
}

static struct stk_json *annotation_of(const struct stk_doc_finding *finding)
{
	const struct stk_function *place = place_of(finding->row);
	bool is_bad =
		finding->row->verdict == STK_VERDICT_REGRESSION && !finding->row->accepted.reason;
	struct stk_json *json = stk_json_new_object();
	struct stk_buf message = STK_BUF_EMPTY;

	add_message(finding, &message);
	stk_json_put(json, "path", stk_json_new_text(place->path));
	stk_json_put(json, "start_line", stk_json_new_int(place->line));
	stk_json_put(json, "end_line", stk_json_new_int(place->line));
	stk_json_put(json, "annotation_level", stk_json_new_text(is_bad ? "warning" : "notice"));
	stk_json_put(json, "title",
		stk_json_new_text(is_bad ? "dearer per request"
				  : finding->row->verdict == STK_VERDICT_REGRESSION
					  ? "dearer per request, accepted"
					  : "cheaper per request"));
	stk_json_put(json, "message", stk_json_new_str(stk_buf_str(&message)));
	stk_buf_release(&message);
	return json;
}

struct stk_json *stk_annotations_of(const struct stk_doc *doc)
{
	struct stk_json *all = stk_json_new_array();

	for (size_t i = 0; i < doc->findings.len; i++) {
		const struct stk_doc_finding *finding = &doc->findings.items[i];
		enum stk_verdict verdict = finding->row->verdict;

		if (stk_json_len(all) == STK_ANNOTATIONS_MAX)
			break;
		if ((verdict == STK_VERDICT_REGRESSION || verdict == STK_VERDICT_IMPROVEMENT) &&
			finding->row->function.name && place_of(finding->row))
			stk_json_push(all, annotation_of(finding));
	}
	return all;
}

static bool is_same_member(const struct stk_json *a, const struct stk_json *b, const char *key)
{
	return stk_str_eq(stk_json_str(stk_json_get(a, key)), stk_json_str(stk_json_get(b, key)));
}

bool stk_annotations_is_same(const struct stk_json *a, const struct stk_json *b)
{
	return stk_json_int(stk_json_get(a, "start_line"), 0) ==
		       stk_json_int(stk_json_get(b, "start_line"), 0) &&
	       is_same_member(a, b, "path") && is_same_member(a, b, "message");
}
