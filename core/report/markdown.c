/* markdown: headings, tables and folds; everything from outside is escaped. */
#include "core/report/markdown.h"

#include <ctype.h>
#include <string.h>

#include "core/report/text.h"

/* An @ that no mention begins with: a word joiner follows, which shows nothing. */
static const char at_sign[] = "@\xe2\x81\xa0";

static void add_reference(struct stk_buf *buf, unsigned char byte)
{
	stk_buf_addf(buf, "&#%u;", byte);
}

void stk_markdown_add_text(struct stk_buf *buf, struct stk_str text)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	stk_text_add_plain(&plain, text);
	for (size_t i = 0; i < plain.len; i++) {
		unsigned char byte = (unsigned char)plain.ptr[i];
		if (byte == '@')
			stk_buf_add_text(buf, at_sign);
		else if (byte == '-' && i > 0 && isdigit((unsigned char)plain.ptr[i + 1]) &&
			 strchr(" [", plain.ptr[i - 1]))
			stk_buf_add_text(buf, "−"); /* a minus, not a hyphen */
		else if (byte < 0x80 && strchr("\\`*_{}[]<>&|~#!$^\"", byte) != NULL)
			add_reference(buf, byte);
		else
			stk_buf_add_byte(buf, (char)byte);
	}
	stk_buf_release(&plain);
}

void stk_markdown_add_code(struct stk_buf *buf, struct stk_str text)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	stk_text_add_plain(&plain, text);
	struct stk_str name = stk_buf_str(&plain);
	bool simple = name.len > 0 && stk_str_trim(name).len == name.len;
	for (size_t i = 0; simple && i < name.len; i++)
		simple = strchr("`|\\\r\n", name.ptr[i]) == NULL;
	if (simple) {
		stk_buf_addf(buf, "`%.*s`", STK_STR_ARG(name));
	} else {
		stk_buf_add_text(buf, "<code>");
		for (size_t i = 0; i < name.len; i++) {
			unsigned char byte = (unsigned char)name.ptr[i];
			if (byte == '@')
				stk_buf_add_text(buf, at_sign);
			else if (byte < 0x80 && ispunct(byte))
				add_reference(buf, byte);
			else
				stk_buf_add_byte(buf, (char)byte);
		}
		stk_buf_add_text(buf, "</code>");
	}
	stk_buf_release(&plain);
}

static const char *mark_of(const struct stk_doc *doc)
{
	if (doc->run->verdict == STK_VERDICT_IMPROVEMENT)
		return "🟢";
	switch (doc->tone) {
	case STK_DOC_BAD:
		return "🔴";
	case STK_DOC_GOOD:
		return "⚪";
	case STK_DOC_WARN:
		return "🟡";
	default:
		return "🔵";
	}
}

static void add_cell(
	struct stk_buf *buf, const struct stk_doc_column *column, const struct stk_doc_cell *cell)
{
	stk_buf_add_byte(buf, ' ');
	if (cell->hi) {
		stk_buf_add_byte(buf, '[');
		stk_markdown_add_text(buf, stk_str_of(cell->text));
		stk_buf_add_text(buf, ", ");
		stk_markdown_add_text(buf, stk_str_of(cell->hi));
		stk_buf_add_byte(buf, ']');
	} else if (column->is_code && cell->text[0]) {
		stk_markdown_add_code(buf, stk_str_of(cell->text));
	} else {
		stk_markdown_add_text(buf, stk_str_of(cell->text));
	}
	stk_buf_add_text(buf, " |");
}

static void add_table(struct stk_buf *buf, const struct stk_doc_table *table)
{
	if (table->rows.len == 0)
		return;
	stk_buf_add_text(buf, "\n|");
	for (size_t i = 0; i < table->columns_len; i++) {
		stk_buf_add_byte(buf, ' ');
		stk_markdown_add_text(buf, stk_str_of(table->columns[i].title));
		stk_buf_add_text(buf, " |");
	}
	stk_buf_add_text(buf, "\n|");
	for (size_t i = 0; i < table->columns_len; i++)
		stk_buf_add_text(buf, table->columns[i].align == STK_DOC_RIGHT ? "--:|" : "---|");
	stk_buf_add_byte(buf, '\n');
	for (size_t i = 0; i < table->rows.len; i++) {
		stk_buf_add_byte(buf, '|');
		for (size_t j = 0; j < table->columns_len; j++)
			add_cell(buf, &table->columns[j], &table->rows.items[i].cells[j]);
		stk_buf_add_byte(buf, '\n');
	}
}

static void add_line(struct stk_buf *buf, const struct stk_doc_line *line)
{
	stk_buf_add_byte(buf, '\n');
	if (line->label[0]) {
		stk_buf_add_text(buf, "**");
		stk_markdown_add_text(buf, stk_str_of(line->label));
		stk_buf_add_text(buf, "** ");
	}
	if (line->is_fixed)
		stk_markdown_add_code(buf, stk_str_of(line->text));
	else
		stk_markdown_add_text(buf, stk_str_of(line->text));
	stk_buf_add_byte(buf, '\n');
}

/* The first line of the verdict: heading, then what was compared. */
static void add_heading(
	const struct stk_doc *doc, const struct stk_doc_line *line, struct stk_buf *buf)
{
	stk_buf_addf(buf, "### %s ", mark_of(doc));
	stk_markdown_add_text(buf, stk_str_of(line->label));
	if (line->text[0]) {
		stk_buf_add_text(buf, ": ");
		stk_markdown_add_text(buf, stk_str_of(line->text));
	}
	stk_buf_add_byte(buf, '\n');
	if (line->aside) {
		stk_buf_add_byte(buf, '\n');
		stk_markdown_add_text(buf, stk_str_of(line->aside));
		stk_buf_add_byte(buf, '\n');
	}
}

static void add_section(const struct stk_doc_section *section, size_t first, struct stk_buf *buf)
{
	if (section->is_detail && section->title)
		stk_buf_addf(buf, "\n<details><summary>%s</summary>\n", section->title);
	for (size_t i = first; i < section->blocks.len; i++) {
		const struct stk_doc_block *block = &section->blocks.items[i];
		if (block->kind == STK_DOC_LINE)
			add_line(buf, &block->line);
		else
			add_table(buf, &block->table);
	}
	if (section->is_detail && section->title)
		stk_buf_add_text(buf, "\n</details>\n");
}

void stk_markdown_format(const struct stk_doc *doc, struct stk_buf *buf)
{
	for (size_t i = 0; i < doc->sections.len; i++) {
		const struct stk_doc_section *section = &doc->sections.items[i];
		if (section->blocks.len == 0)
			continue;
		if (i == 0)
			add_heading(doc, &section->blocks.items[0].line, buf);
		add_section(section, i == 0 ? 1 : 0, buf);
	}
}
