/* code_quality: regressions as entries of GitLab's merge-request widget. */
#include "core/report/code_quality.h"

#include "core/base/json.h"
#include "core/report/finding.h"

enum { ENTRIES_MAX = 1000 };

/* By what share of the whole the function grew. */
static const char *severity_of(const struct stk_row *row)
{
	return row->impact >= 0.1 ? "critical" : row->impact >= 0.03 ? "major" : "minor";
}

static struct stk_json *write_place(const struct stk_finding_place *place)
{
	struct stk_json *location = stk_json_new_object(), *lines = stk_json_new_object();

	stk_json_put(lines, "begin", stk_json_new_int(place->line));
	stk_json_put(location, "path", stk_json_new_text(place->path));
	stk_json_put(location, "lines", lines);
	return location;
}

static struct stk_json *write_entry(
	const struct stk_doc_finding *finding, const struct stk_finding_place *place)
{
	struct stk_json *entry = stk_json_new_object();
	struct stk_buf text = STK_BUF_EMPTY;

	stk_finding_add_text(finding, &text);
	stk_json_put(entry, "description", stk_json_new_str(stk_buf_str(&text)));
	stk_buf_clear(&text);
	stk_buf_add_text(&text, "stoker/");
	stk_finding_add_clean(&text, finding->comparison->short_name, 40);
	stk_json_put(entry, "check_name", stk_json_new_str(stk_buf_str(&text)));
	stk_buf_clear(&text);
	stk_finding_add_print(finding, &text);
	stk_json_put(entry, "fingerprint", stk_json_new_str(stk_buf_str(&text)));
	stk_json_put(entry, "severity", stk_json_new_text(severity_of(finding->row)));
	stk_json_put(entry, "location", write_place(place));
	stk_buf_release(&text);
	return entry;
}

void stk_code_quality_format(const struct stk_doc *doc, struct stk_buf *buf)
{
	struct stk_json *array = stk_json_new_array();
	struct stk_finding_place place;

	for (size_t i = 0; i < doc->findings.len && stk_json_len(array) < ENTRIES_MAX; i++)
		if (stk_finding_is_open(&doc->findings.items[i]) &&
			stk_finding_place(doc->findings.items[i].row, &place))
			stk_json_push(array, write_entry(&doc->findings.items[i], &place));
	stk_json_format(array, STK_JSON_INDENT, buf);
	stk_buf_add_byte(buf, '\n');
	stk_json_free(array);
}
