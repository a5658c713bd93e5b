/* finding: words, place and fingerprint of a judged row. */
#include "core/report/finding.h"

#include <math.h>
#include <string.h>

#include "core/report/figures.h"
#include "core/report/parts.h"
#include "core/report/repo_path.h"
#include "core/report/text.h"

enum { NAME_WIDTH = 200, LINE_MAX = 100000000 };

static bool take(const struct stk_function *function, struct stk_finding_place *out)
{
	if (!stk_repo_path_is_fit(function->path))
		return false;
	out->path = function->path;
	out->line = function->line < 1 ? 1 : function->line > LINE_MAX ? LINE_MAX : function->line;
	return true;
}

bool stk_finding_place(const struct stk_row *row, struct stk_finding_place *out)
{
	return take(&row->function, out) || take(&row->link.via, out);
}

void stk_finding_add_clean(struct stk_buf *buf, const char *text, size_t width)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	stk_text_add_plain(&plain, stk_str_of(text));
	stk_text_add_cut(buf, stk_buf_str(&plain), width);
	stk_buf_release(&plain);
}

static void add_figures(const struct stk_doc_finding *finding, struct stk_buf *buf)
{
	const struct stk_row *row = finding->row;

	stk_buf_add_text(buf, ": ");
	stk_finding_add_clean(buf, stk_parts_type_words(finding->comparison), NAME_WIDTH);
	stk_buf_add_byte(buf, ' ');
	stk_figures_add_change(buf, row->change);
	if (isfinite(row->lo) && isfinite(row->hi)) {
		stk_buf_add_text(buf, " [");
		stk_figures_add_limit(buf, row->lo);
		stk_buf_add_text(buf, ", ");
		stk_figures_add_limit(buf, row->hi);
		stk_buf_add_byte(buf, ']');
	}
	stk_buf_add_text(buf, " (");
	stk_figures_add_pair(buf, row->base_cost, row->head_cost, finding->comparison->unit);
	stk_buf_add_byte(buf, ')');
}

void stk_finding_add_text(const struct stk_doc_finding *finding, struct stk_buf *buf)
{
	stk_finding_add_clean(buf, finding->row->function.name, NAME_WIDTH);
	add_figures(finding, buf);
}

void stk_finding_add_group(const struct stk_doc_group *group, struct stk_buf *buf)
{
	stk_buf_add_text(buf, group->is_package ? "package " : "");
	stk_finding_add_clean(buf, group->finding.row->function.name, NAME_WIDTH);
	stk_buf_add_text(buf, group->is_package ? "" : " with all it calls");
	add_figures(&group->finding, buf);
}

void stk_finding_add_print(const struct stk_doc_finding *finding, struct stk_buf *buf)
{
	const struct stk_function *function = &finding->row->function;
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_addf(&text, "%s\n%s\n%s", finding->comparison->short_name, function->name,
		function->path ? function->path : "");
	for (uint64_t seed = 1; seed <= 2; seed++)
		stk_buf_addf(
			buf, "%016llx", (unsigned long long)stk_str_hash(stk_buf_str(&text), seed));
	stk_buf_release(&text);
}

bool stk_finding_is_open(const struct stk_doc_finding *finding)
{
	return finding->row->verdict == STK_VERDICT_REGRESSION && !finding->row->accepted.reason;
}
