/* markdown: escapes what comes from outside, and lays out tables and lines. */
#include "core/report/markdown.h"

#include <ctype.h>
#include <string.h>

#include "core/report/text.h"

/* Shows nothing, and nobody is mentioned, no issue linked and no command run across it: servers
 * look for these in the text that is shown, after character references have been resolved. */
static const char joiner[] = "\xe2\x81\xa0";
static const char minus[] = "\xe2\x88\x92";
static const char no_break[] = "\xc2\xa0";

static void add_reference(struct stk_buf *buf, unsigned char byte)
{
	stk_buf_addf(buf, "&#%u;", byte);
}

static bool is_one_of(char byte, const char *set)
{
	return byte != '\0' && strchr(set, byte) != NULL;
}

/* @name, #12, GH-3, !1 (merge request), &1 (epic), ~label, $snippet, %milestone, ^alert,
 * https://, www. */
static bool starts_reference(struct stk_str text, size_t i)
{
	struct stk_str next = stk_str_skip(text, i + 1);

	if (is_one_of(text.ptr[i], "@#!&~$%^"))
		return next.len > 0 && !is_one_of(next.ptr[0], " \t.,;");
	if (text.ptr[i] == ':')
		return stk_str_starts(next, "//");
	if (text.ptr[i] == '-')
		return next.len > 0 && isdigit((unsigned char)next.ptr[0]) && i >= 2 &&
		       stk_str_eq_nocase(stk_str_sub(text, i - 2, 2), STK_STR("gh"));
	return is_one_of(text.ptr[i], "wW") && i >= 2 && next.len > 0 && next.ptr[0] == '.' &&
	       stk_str_eq_nocase(stk_str_sub(text, i - 2, 2), STK_STR("ww"));
}

/* A minus sign, not the hyphen of a word. */
static bool is_minus(struct stk_str text, size_t i)
{
	return text.ptr[i] == '-' && i > 0 && i + 1 < text.len &&
	       is_one_of(text.ptr[i - 1], " [(") && isdigit((unsigned char)text.ptr[i + 1]);
}

static void add_plain_text(struct stk_buf *buf, struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];
		if (is_minus(text, i))
			stk_buf_add_text(buf, minus);
		else if (is_one_of(byte, "\\`*_{}[]<>&|~#!$^\""))
			add_reference(buf, (unsigned char)byte);
		else
			stk_buf_add_byte(buf, byte);
		if (starts_reference(text, i))
			stk_buf_add_text(buf, joiner);
	}
}

static void clean(struct stk_buf *plain, struct stk_str text, size_t width)
{
	struct stk_buf whole = STK_BUF_EMPTY;

	/* what is cut away need not be cleaned: at most 4 bytes a column, plus marks of none */
	if (text.len <= width * 8) {
		stk_text_add_plain(&whole, text);
	} else {
		stk_text_add_plain(&whole, stk_str_sub(text, 0, width * 4));
		stk_text_add_plain(&whole, stk_str_skip(text, text.len - width * 4));
	}
	stk_text_add_cut(plain, stk_buf_str(&whole), width);
	stk_buf_release(&whole);
}

static void add_cut_text(struct stk_buf *buf, struct stk_str text, size_t width)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	clean(&plain, text, width);
	add_plain_text(buf, stk_buf_str(&plain));
	stk_buf_release(&plain);
}

void stk_markdown_add_text(struct stk_buf *buf, struct stk_str text)
{
	add_cut_text(buf, text, STK_MARKDOWN_TEXT_MAX);
}

void stk_markdown_add_cut(struct stk_buf *buf, const char *text, size_t width)
{
	add_cut_text(buf, stk_str_of(text), width);
}

void stk_markdown_add_start(struct stk_buf *buf, struct stk_str text)
{
	size_t digits = 0;

	while (digits < text.len && isdigit((unsigned char)text.ptr[digits]))
		digits++;
	bool numbered = digits > 0 && digits < text.len && is_one_of(text.ptr[digits], ".)");
	if (text.len > 0 && (numbered || is_one_of(text.ptr[0], " \t-+=/:")))
		stk_buf_add_text(buf, joiner);
	stk_markdown_add_text(buf, text);
}

static void add_code(struct stk_buf *buf, struct stk_str name)
{
	bool simple = name.len > 0 && stk_str_trim(name).len == name.len;

	for (size_t i = 0; simple && i < name.len; i++)
		simple = !is_one_of(name.ptr[i], "`|\\\r\n");
	if (simple) {
		stk_buf_addf(buf, "`%.*s`", STK_STR_ARG(name));
		return;
	}
	stk_buf_add_text(buf, "<code>");
	for (size_t i = 0; i < name.len; i++) {
		unsigned char byte = (unsigned char)name.ptr[i];
		if (byte < 0x80 && ispunct(byte))
			add_reference(buf, byte);
		else
			stk_buf_add_byte(buf, (char)byte);
		if (starts_reference(name, i))
			stk_buf_add_text(buf, joiner);
	}
	stk_buf_add_text(buf, "</code>");
}

static void add_cut_code(struct stk_buf *buf, struct stk_str text, size_t width)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	clean(&plain, text, width);
	add_code(buf, stk_buf_str(&plain));
	stk_buf_release(&plain);
}

void stk_markdown_add_code(struct stk_buf *buf, struct stk_str text)
{
	add_cut_code(buf, text, STK_MARKDOWN_TEXT_MAX);
}

void stk_markdown_add_name(struct stk_buf *buf, const char *name, size_t width)
{
	add_cut_code(buf, stk_str_of(name), width);
}

void stk_markdown_add_figure(struct stk_buf *buf, struct stk_str text)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	stk_markdown_add_text(&plain, text);
	for (size_t i = 0; i < plain.len; i++) {
		if (plain.ptr[i] == ' ')
			stk_buf_add_text(buf, no_break);
		else if (plain.ptr[i] == '-' && isdigit((unsigned char)plain.ptr[i + 1]) &&
			 (i == 0 || !isalnum((unsigned char)plain.ptr[i - 1])))
			stk_buf_add_text(buf, minus);
		else
			stk_buf_add_byte(buf, plain.ptr[i]);
	}
	stk_buf_release(&plain);
}

static void add_cell(
	struct stk_buf *buf, const struct stk_doc_column *column, const struct stk_doc_cell *cell)
{
	stk_buf_add_byte(buf, ' ');
	if (cell->hi) {
		stk_buf_add_byte(buf, '[');
		stk_markdown_add_figure(buf, stk_str_of(cell->text));
		stk_buf_addf(buf, ",%s", no_break);
		stk_markdown_add_figure(buf, stk_str_of(cell->hi));
		stk_buf_add_byte(buf, ']');
	} else if (column->is_code && cell->text[0]) {
		stk_markdown_add_code(buf, stk_str_of(cell->text));
	} else if (column->align == STK_DOC_RIGHT) {
		stk_markdown_add_figure(buf, stk_str_of(cell->text));
	} else {
		stk_markdown_add_text(buf, stk_str_of(cell->text));
	}
	stk_buf_add_text(buf, " |");
}

static void add_more(struct stk_buf *buf, size_t more)
{
	if (more > 0)
		stk_buf_addf(buf, "\nand %zu more, in run.json\n", more);
}

void stk_markdown_add_table(struct stk_buf *buf, const struct stk_doc_table *table)
{
	size_t shown =
		table->rows.len < STK_MARKDOWN_LINES_MAX ? table->rows.len : STK_MARKDOWN_LINES_MAX;

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
	for (size_t i = 0; i < shown; i++) {
		stk_buf_add_byte(buf, '|');
		for (size_t j = 0; j < table->columns_len; j++)
			add_cell(buf, &table->columns[j], &table->rows.items[i].cells[j]);
		stk_buf_add_byte(buf, '\n');
	}
	add_more(buf, table->rows.len - shown);
}

/* The address is clean: stk_doc_is_url. */
static void add_link(struct stk_buf *buf, const struct stk_doc_line *line)
{
	stk_buf_add_byte(buf, '[');
	stk_markdown_add_text(buf, stk_str_of(line->text));
	stk_buf_addf(buf, "](%s)", line->url);
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
	else if (line->url)
		add_link(buf, line);
	else if (line->label[0])
		stk_markdown_add_text(buf, stk_str_of(line->text));
	else
		stk_markdown_add_start(buf, stk_str_of(line->text));
	stk_buf_add_byte(buf, '\n');
}

void stk_markdown_add_section(
	struct stk_buf *buf, const struct stk_doc_section *section, size_t first)
{
	size_t end = section->blocks.len;

	if (end > first + STK_MARKDOWN_LINES_MAX)
		end = first + STK_MARKDOWN_LINES_MAX;
	for (size_t i = first; i < end; i++) {
		const struct stk_doc_block *block = &section->blocks.items[i];
		if (block->kind == STK_DOC_LINE)
			add_line(buf, &block->line);
		else
			stk_markdown_add_table(buf, &block->table);
	}
	if (first < section->blocks.len)
		add_more(buf, section->blocks.len - end);
}
