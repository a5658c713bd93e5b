/* csv: one pass over the text, a cell at a time. */
#include "core/base/csv.h"

#include <string.h>

struct cursor {
	const char *ptr, *end;
	size_t line; /* from 1 */
};

size_t stk_csv_rows(const struct stk_csv *csv)
{
	return csv->starts.len ? csv->starts.len - 1 : 0;
}

size_t stk_csv_columns(const struct stk_csv *csv)
{
	return stk_csv_rows(csv) ? csv->starts.items[1] - csv->starts.items[0] : 0;
}

struct stk_str stk_csv_cell(const struct stk_csv *csv, size_t row, size_t column)
{
	return csv->cells.items[csv->starts.items[row] + column];
}

void stk_csv_release(struct stk_csv *csv)
{
	stk_arena_release(&csv->arena);
	stk_vec_release(&csv->cells);
	stk_vec_release(&csv->starts);
}

static bool at_line_end(const struct cursor *cur)
{
	return cur->ptr == cur->end || *cur->ptr == '\n' ||
	       (*cur->ptr == '\r' && (cur->ptr + 1 == cur->end || cur->ptr[1] == '\n'));
}

static void skip_line_end(struct cursor *cur)
{
	if (cur->ptr < cur->end && *cur->ptr == '\r')
		cur->ptr++;
	if (cur->ptr < cur->end && *cur->ptr == '\n')
		cur->ptr++;
	cur->line++;
}

/* Behind the opening quote; doubled quotes become one, in place in the arena's copy. */
static int quoted_cell(struct stk_csv *csv, struct cursor *cur, struct stk_err *err)
{
	const char *start = cur->ptr;
	size_t opened = cur->line, len = 0;

	for (;; cur->ptr++) {
		if (cur->ptr == cur->end)
			return stk_err_set(
				err, STK_E_FORMAT, "line %zu: a quote is not closed", opened);
		cur->line += *cur->ptr == '\n';
		if (*cur->ptr != '"')
			continue;
		if (cur->ptr + 1 == cur->end || cur->ptr[1] != '"')
			break;
		cur->ptr++;
	}
	char *copy = stk_arena_alloc(&csv->arena, (size_t)(cur->ptr - start) + 1);
	for (const char *at = start; at < cur->ptr; at++) {
		copy[len++] = *at;
		at += *at == '"';
	}
	copy[len] = '\0';
	stk_vec_push(&csv->cells, stk_str_n(copy, len));
	cur->ptr++;
	if (!at_line_end(cur) && *cur->ptr != ',')
		return stk_err_set(
			err, STK_E_FORMAT, "line %zu: text behind a closing quote", cur->line);
	return 0;
}

static int next_cell(struct stk_csv *csv, struct cursor *cur, struct stk_err *err)
{
	if (cur->ptr < cur->end && *cur->ptr == '"') {
		cur->ptr++;
		return quoted_cell(csv, cur, err);
	}
	const char *start = cur->ptr;
	while (!at_line_end(cur) && *cur->ptr != ',')
		cur->ptr++;
	size_t len = (size_t)(cur->ptr - start);
	stk_vec_push(
		&csv->cells, stk_str_n(stk_arena_str(&csv->arena, stk_str_n(start, len)), len));
	return 0;
}

static int next_row(struct stk_csv *csv, struct cursor *cur, struct stk_err *err)
{
	size_t line = cur->line, first = csv->cells.len, want = stk_csv_columns(csv);

	for (;;) {
		int rc = next_cell(csv, cur, err);
		if (rc < 0)
			return rc;
		if (csv->cells.len - first > STK_CSV_COLUMNS_MAX)
			return stk_err_set(err, STK_E_TOO_LARGE, "line %zu: over %d columns", line,
				STK_CSV_COLUMNS_MAX);
		if (at_line_end(cur))
			break;
		cur->ptr++;
	}
	skip_line_end(cur);
	size_t have = csv->cells.len - first;
	if (stk_csv_rows(csv) && have != want)
		return stk_err_set(err, STK_E_FORMAT,
			"line %zu: %zu cells where the first row has %zu", line, have, want);
	stk_vec_push(&csv->starts, csv->cells.len);
	return 0;
}

int stk_csv_parse(struct stk_csv *csv, struct stk_str text, struct stk_err *err)
{
	memset(csv, 0, sizeof *csv);
	if (stk_str_starts(text, "\xef\xbb\xbf"))
		text = stk_str_skip(text, 3);
	struct cursor cur = {text.ptr, text.ptr + text.len, 1};
	stk_vec_push(&csv->starts, (size_t)0);
	while (cur.ptr < cur.end) {
		if (at_line_end(&cur)) {
			skip_line_end(&cur);
			continue;
		}
		int rc = next_row(csv, &cur, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}
