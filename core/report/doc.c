/* doc: makes a document of sections, and holds its parts. */
#include "core/report/doc.h"

#include <string.h>

#include "core/report/parts.h"

void stk_doc_init(struct stk_doc *doc, const struct stk_run *run)
{
	memset(doc, 0, sizeof *doc);
	doc->run = run;
	stk_parts_add_verdict(doc);
	stk_parts_add_thresholds(doc);
	for (size_t i = 0; i < run->comparisons.len; i++)
		stk_parts_add_comparison(doc, &run->comparisons.items[i]);
	stk_parts_add_groups(doc);
	stk_parts_add_renames(doc);
	stk_parts_add_unseen(doc);
	for (size_t i = 0; i < run->hotspots.len; i++)
		stk_parts_add_hotspots(doc, &run->hotspots.items[i]);
	stk_parts_add_load(doc);
	stk_parts_add_coverage(doc);
	stk_parts_add_links(doc);
	stk_parts_add_environment(doc);
}

bool stk_doc_is_url(const char *text)
{
	enum { URL_MAX = 8000 };
	struct stk_str url = stk_str_of(text);

	if (url.len > URL_MAX ||
		(!stk_str_starts(url, "http://") && !stk_str_starts(url, "https://")))
		return false;
	for (size_t i = 0; i < url.len; i++)
		if (url.ptr[i] <= ' ' || url.ptr[i] > '~' || strchr("\"'<>`()[]{}\\^|", url.ptr[i]))
			return false;
	return true;
}

void stk_doc_release(struct stk_doc *doc)
{
	for (size_t i = 0; i < doc->sections.len; i++) {
		struct stk_doc_section *section = &doc->sections.items[i];
		for (size_t j = 0; j < section->blocks.len; j++)
			stk_vec_release(&section->blocks.items[j].table.rows);
		stk_vec_release(&section->blocks);
	}
	stk_vec_release(&doc->sections);
	stk_vec_release(&doc->findings);
	stk_vec_release(&doc->groups);
	stk_arena_release(&doc->arena);
	memset(doc, 0, sizeof *doc);
}

struct stk_doc_section *stk_doc_add_section(
	struct stk_doc *doc, const char *id, const char *title, bool is_detail)
{
	struct stk_doc_section *section = stk_vec_push_new(&doc->sections);

	section->id = id;
	section->title = title;
	section->is_detail = is_detail;
	section->has_gap = true;
	return section;
}

struct stk_doc_line *stk_doc_add_line(
	struct stk_doc_section *section, const char *label, const char *text)
{
	struct stk_doc_block *block = stk_vec_push_new(&section->blocks);

	block->kind = STK_DOC_LINE;
	block->line.label = label;
	block->line.text = text;
	return &block->line;
}

struct stk_doc_table *stk_doc_add_table(struct stk_doc_section *section)
{
	struct stk_doc_block *block = stk_vec_push_new(&section->blocks);

	block->kind = STK_DOC_TABLE;
	return &block->table;
}

void stk_doc_add_column(
	struct stk_doc_table *table, const char *title, enum stk_doc_align align, int drop)
{
	if (table->columns_len == STK_DOC_COLUMNS_MAX)
		STK_BUG("a table of more than %d columns", STK_DOC_COLUMNS_MAX);
	table->columns[table->columns_len++] =
		(struct stk_doc_column){.title = title, .align = align, .drop = drop};
}

struct stk_doc_row *stk_doc_add_row(struct stk_doc_table *table)
{
	struct stk_doc_row *row = stk_vec_push_new(&table->rows);

	for (size_t i = 0; i < STK_DOC_COLUMNS_MAX; i++)
		row->cells[i].text = "";
	return row;
}

const char *stk_doc_take(struct stk_doc *doc, struct stk_buf *buf)
{
	const char *text = stk_arena_str(&doc->arena, stk_buf_str(buf));

	stk_buf_clear(buf);
	return text;
}

const char *stk_doc_textf(struct stk_doc *doc, const char *fmt, ...)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	va_list args;

	va_start(args, fmt);
	stk_buf_vaddf(&buf, fmt, args);
	va_end(args);
	const char *text = stk_doc_take(doc, &buf);
	stk_buf_release(&buf);
	return text;
}
