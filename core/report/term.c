/* term: lays tables and lines out for a width; columns that do not fit move below their row. */
#include "core/report/term.h"

#include <string.h>

#include "core/report/palette.h"
#include "core/report/text.h"

enum { WIDTH_MIN = 40, LABEL = 12, NAME_MIN = 10, NAME_WANTED = 26, INDENT = 13, KEPT_MAX = 30 };

struct term {
	const struct stk_term_opts *opts;
	size_t width;
	struct stk_buf *buf;
};

static void add_toned(struct term *term, enum stk_doc_tone tone, struct stk_str text)
{
	bool color = term->opts->color && tone != STK_DOC_PLAIN && text.len > 0;

	stk_buf_add_text(term->buf, stk_palette_start(tone, color));
	stk_buf_add_str(term->buf, text);
	stk_buf_add_text(term->buf, stk_palette_end(color));
}

/* Text without anything that could drive the terminal; the caller releases. */
static struct stk_buf clean(const char *text)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_text_add_plain(&buf, stk_str_of(text));
	return buf;
}

static size_t width_of(const char *text)
{
	struct stk_buf plain = clean(text);
	size_t width = stk_text_width(stk_buf_str(&plain));

	stk_buf_release(&plain);
	return width;
}

/* --- paragraphs ------------------------------------------------------------------ */

/* The next word that a line may break after: "28 800", "6 %", "[+7, +15]" and "250 Hz" stay whole.
 */
static bool cut_word(struct stk_str *rest, struct stk_str *word)
{
	size_t len = 0;
	bool in_brackets = false;

	if (!rest->ptr)
		return false;
	for (; len < rest->len; len++) {
		char byte = rest->ptr[len];
		in_brackets = byte == '[' || (in_brackets && byte != ']');
		if (byte != ' ')
			continue;
		char before = len > 0 ? rest->ptr[len - 1] : ' ';
		char after = len + 1 < rest->len ? rest->ptr[len + 1] : ' ';
		bool is_figure = before >= '0' && before <= '9' &&
				 (after == '%' || (after >= '0' && after <= '9'));
		if (!is_figure && !(in_brackets && len < KEPT_MAX))
			break;
	}
	*word = stk_str_sub(*rest, 0, len);
	*rest = len < rest->len ? stk_str_skip(*rest, len + 1) : (struct stk_str){NULL, 0};
	return true;
}

/* Words of text behind `used` columns that are printed already; later lines begin at indent. */
static void add_wrapped(
	struct term *term, const char *text, size_t used, size_t indent, enum stk_doc_tone tone)
{
	struct stk_buf plain = clean(text), cut = STK_BUF_EMPTY;
	struct stk_str rest = stk_buf_str(&plain), word;
	bool first = true;

	while (cut_word(&rest, &word)) {
		if (word.len == 0)
			continue;
		size_t width = stk_text_width(word);
		if (!first && used + 1 + width > term->width) {
			stk_buf_add_byte(term->buf, '\n');
			stk_buf_add_fill(term->buf, ' ', indent);
			used = indent;
			first = true;
		}
		if (!first) {
			stk_buf_add_byte(term->buf, ' ');
			used++;
		}
		if (used + width > term->width) { /* one word wider than the screen */
			stk_buf_clear(&cut);
			stk_text_add_cut(&cut, word, term->width - used);
			word = stk_buf_str(&cut);
			width = stk_text_width(word);
		}
		add_toned(term, tone, word);
		used += width;
		first = false;
	}
	stk_buf_release(&plain);
	stk_buf_release(&cut);
}

/* On one line, however narrow the terminal is: half an address leads nowhere. */
static void add_url(struct term *term, const struct stk_doc_line *line)
{
	struct stk_buf label = clean(line->label), text = clean(line->text);
	size_t width = stk_text_width(stk_buf_str(&label));

	add_toned(term, line->label_tone, stk_buf_str(&label));
	stk_buf_add_fill(term->buf, ' ', width < LABEL ? LABEL - width : 2);
	stk_buf_addf(term->buf, "%s  (%s)\n", line->url, text.ptr);
	stk_buf_release(&label);
	stk_buf_release(&text);
}

static void add_line(struct term *term, const struct stk_doc_line *line, bool is_verdict)
{
	struct stk_buf label = clean(line->label);
	size_t label_width = stk_text_width(stk_buf_str(&label));
	size_t text_width = width_of(line->text);
	size_t column = is_verdict ? INDENT : label_width > 0 || line->is_under ? LABEL : 0;
	size_t used = label_width;

	if (label_width > 0 && label_width >= column && text_width > 0)
		column = label_width + 2;
	if (column + NAME_MIN > term->width)
		column = 2;
	if (label_width > term->width) {
		add_wrapped(term, line->label, 0, 2, line->label_tone);
		used = term->width;
	} else {
		add_toned(term, line->label_tone, stk_buf_str(&label));
	}
	if (line->is_fixed && column + text_width > term->width)
		column = 0;
	if (text_width > 0) {
		if (used < column) {
			stk_buf_add_fill(term->buf, ' ', column - used);
			used = column;
		} else if (used > 0) {
			stk_buf_add_byte(term->buf, '\n');
			stk_buf_add_fill(term->buf, ' ', column);
			used = column;
		}
		add_wrapped(term, line->text, used, column, line->text_tone);
		used += text_width;
	}
	if (line->aside) {
		size_t aside = width_of(line->aside);
		if (used + 3 + aside <= term->width) {
			/* at a fixed place where it can be, so that reports look alike */
			size_t at = used + 3 < 51 && 51 + aside <= term->width ? 51 : used + 3;
			stk_buf_add_fill(term->buf, ' ', at - used);
			add_wrapped(term, line->aside, at, at, STK_DOC_DIM);
		} else {
			size_t indent = INDENT + 20 < term->width ? INDENT : 2;
			stk_buf_add_byte(term->buf, '\n');
			stk_buf_add_fill(term->buf, ' ', indent);
			add_wrapped(term, line->aside, indent, indent, STK_DOC_DIM);
		}
	}
	stk_buf_add_byte(term->buf, '\n');
	stk_buf_release(&label);
}

/* --- tables ---------------------------------------------------------------------- */

struct layout {
	bool shown[STK_DOC_COLUMNS_MAX];
	size_t width[STK_DOC_COLUMNS_MAX];
	size_t lo[STK_DOC_COLUMNS_MAX], hi[STK_DOC_COLUMNS_MAX]; /* of intervals */
	size_t indent, gap;
};

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static bool is_mark(const struct stk_doc_table *table, size_t column)
{
	return column == 0 && table->columns[0].title[0] == '\0' && table->columns_len > 1;
}

static void measure(const struct stk_doc_table *table, struct layout *layout)
{
	for (size_t i = 0; i < table->columns_len; i++) {
		size_t plain = 0;
		for (size_t j = 0; j < table->rows.len; j++) {
			const struct stk_doc_cell *cell = &table->rows.items[j].cells[i];
			if (cell->hi) {
				layout->lo[i] = larger(layout->lo[i], width_of(cell->text));
				layout->hi[i] = larger(layout->hi[i], width_of(cell->hi));
			} else {
				plain = larger(plain, width_of(cell->text));
			}
		}
		size_t interval = layout->hi[i] > 0 ? layout->lo[i] + layout->hi[i] + 4 : 0;
		layout->width[i] = larger(plain, interval);
		layout->shown[i] = layout->width[i] > 0;
		if (table->has_head && layout->shown[i] && !is_mark(table, i)) {
			size_t title = width_of(table->columns[i].title);
			/* the first title stands above the mark too */
			if (i == 1 && is_mark(table, 0))
				title = title > 2 ? title - 2 : 0;
			layout->width[i] = larger(layout->width[i], title);
		}
	}
}

static size_t gap_before(
	const struct stk_doc_table *table, const struct layout *layout, size_t column)
{
	if (column == 0)
		return 0;
	return is_mark(table, column - 1) ? 1 : layout->gap;
}

static size_t total_width(const struct stk_doc_table *table, const struct layout *layout)
{
	size_t sum = layout->indent;
	bool first = true;

	for (size_t i = 0; i < table->columns_len; i++) {
		if (!layout->shown[i])
			continue;
		sum += layout->width[i] + (first ? 0 : gap_before(table, layout, i));
		first = false;
	}
	return sum;
}

static size_t name_column(const struct stk_doc_table *table)
{
	for (size_t i = 0; i < table->columns_len; i++)
		if (table->columns[i].is_code)
			return i;
	return 0;
}

/* Hide the columns that may go, the highest drop first; then shorten names. */
static void fit(const struct stk_doc_table *table, size_t width, struct layout *layout)
{
	size_t name = name_column(table);
	size_t natural = layout->width[name];
	size_t wanted = natural < NAME_WANTED ? natural : NAME_WANTED;

	if (total_width(table, layout) > width)
		layout->gap = 2;
	while (total_width(table, layout) - natural + wanted > width) {
		int highest = 0;
		for (size_t i = 0; i < table->columns_len; i++)
			if (layout->shown[i] && table->columns[i].drop > highest)
				highest = table->columns[i].drop;
		if (highest == 0)
			break;
		for (size_t i = 0; i < table->columns_len; i++)
			if (table->columns[i].drop == highest)
				layout->shown[i] = false;
	}
	size_t all = total_width(table, layout);
	if (all > width) {
		size_t over = all - width;
		layout->width[name] = natural > over + NAME_MIN ? natural - over : NAME_MIN;
	}
}

static void add_cell(struct term *term, const struct stk_doc_table *table,
	const struct layout *layout, const struct stk_doc_cell *cell, size_t column)
{
	struct stk_buf text = STK_BUF_EMPTY, plain = clean(cell->text);
	size_t width = layout->width[column];

	if (cell->hi) {
		size_t lo = stk_text_width(stk_buf_str(&plain)), hi = width_of(cell->hi);
		stk_buf_add_byte(&text, '[');
		stk_buf_add_fill(&text, ' ', layout->lo[column] - lo);
		stk_buf_add_str(&text, stk_buf_str(&plain));
		stk_buf_add_text(&text, ", ");
		stk_buf_add_fill(&text, ' ', layout->hi[column] - hi);
		stk_text_add_plain(&text, stk_str_of(cell->hi));
		stk_buf_add_byte(&text, ']');
	} else {
		stk_text_add_cut(&text, stk_buf_str(&plain), width);
	}
	size_t used = stk_text_width(stk_buf_str(&text));
	size_t fill = used < width ? width - used : 0;
	if (table->columns[column].align == STK_DOC_RIGHT)
		stk_buf_add_fill(term->buf, ' ', fill);
	add_toned(term, cell->tone, stk_buf_str(&text));
	if (table->columns[column].align == STK_DOC_LEFT)
		stk_buf_add_fill(term->buf, ' ', fill);
	stk_buf_release(&text);
	stk_buf_release(&plain);
}

/* Blanks at the end of the line just written are of no use. */
static void end_row(struct term *term)
{
	while (term->buf->len > 0 && term->buf->ptr[term->buf->len - 1] == ' ')
		stk_buf_truncate(term->buf, term->buf->len - 1);
	stk_buf_add_byte(term->buf, '\n');
}

static void add_head(
	struct term *term, const struct stk_doc_table *table, const struct layout *layout)
{
	struct layout wide = *layout;
	bool first = true, has_mark = is_mark(table, 0) && layout->shown[0];

	stk_buf_add_fill(term->buf, ' ', layout->indent);
	for (size_t i = 0; i < table->columns_len; i++) {
		if (!layout->shown[i] || (i == 0 && has_mark))
			continue;
		if (!first)
			stk_buf_add_fill(term->buf, ' ', gap_before(table, layout, i));
		if (i == 1 && has_mark)
			wide.width[1] += 2;
		struct stk_doc_cell cell = {table->columns[i].title, NULL, STK_DOC_STRONG};
		if (table->columns[i].title[0])
			add_cell(term, table, &wide, &cell, i);
		first = false;
	}
	end_row(term);
}

/* What did not fit, joined, on lines of its own. */
static void add_below(struct term *term, const struct stk_doc_table *table,
	const struct layout *layout, const struct stk_doc_row *row)
{
	struct stk_buf text = STK_BUF_EMPTY;
	size_t indent = layout->indent + (is_mark(table, 0) ? 4 : 2);

	for (size_t i = 0; i < table->columns_len; i++) {
		const struct stk_doc_cell *cell = &row->cells[i];
		if (layout->shown[i] || layout->width[i] == 0 || cell->text[0] == '\0')
			continue;
		if (text.len > 0)
			stk_buf_add_text(&text, " · ");
		if (table->columns[i].title[0])
			stk_buf_addf(&text, "%s ", table->columns[i].title);
		if (cell->hi)
			stk_buf_addf(&text, "[%s, %s]", cell->text, cell->hi);
		else
			stk_buf_add_text(&text, cell->text);
	}
	if (text.len > 0) {
		stk_buf_add_fill(term->buf, ' ', indent);
		add_wrapped(term, text.ptr, indent, indent, STK_DOC_DIM);
		stk_buf_add_byte(term->buf, '\n');
	}
	stk_buf_release(&text);
}

static void add_table(struct term *term, const struct stk_doc_table *table)
{
	struct layout layout = {.gap = 3};

	if (table->is_indented)
		layout.indent = term->width >= 70 ? INDENT : 2;
	measure(table, &layout);
	fit(table, term->width, &layout);
	if (table->has_head && table->rows.len > 0)
		add_head(term, table, &layout);
	for (size_t i = 0; i < table->rows.len; i++) {
		const struct stk_doc_row *row = &table->rows.items[i];
		bool first = true;
		stk_buf_add_fill(term->buf, ' ', layout.indent);
		for (size_t j = 0; j < table->columns_len; j++) {
			if (!layout.shown[j])
				continue;
			if (!first)
				stk_buf_add_fill(term->buf, ' ', gap_before(table, &layout, j));
			add_cell(term, table, &layout, &row->cells[j], j);
			first = false;
		}
		end_row(term);
		add_below(term, table, &layout, row);
	}
}

void stk_term_format(
	const struct stk_doc *doc, const struct stk_term_opts *opts, struct stk_buf *buf)
{
	size_t width = opts->width < WIDTH_MIN ? WIDTH_MIN : (size_t)opts->width;
	struct term term = {opts, width, buf};

	for (size_t i = 0; i < doc->sections.len; i++) {
		const struct stk_doc_section *section = &doc->sections.items[i];
		if (section->blocks.len == 0)
			continue;
		if (i > 0 && section->has_gap)
			stk_buf_add_byte(buf, '\n');
		for (size_t j = 0; j < section->blocks.len; j++) {
			const struct stk_doc_block *block = &section->blocks.items[j];
			if (block->kind == STK_DOC_LINE && block->line.url)
				add_url(&term, &block->line);
			else if (block->kind == STK_DOC_LINE)
				add_line(&term, &block->line, strcmp(section->id, "verdict") == 0);
			else
				add_table(&term, &block->table);
		}
	}
}
