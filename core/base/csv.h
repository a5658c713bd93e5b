/* csv: comma-separated values (RFC 4180) as rows of views. */
#ifndef STK_CORE_BASE_CSV_H
#define STK_CORE_BASE_CSV_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"
#include "core/base/vec.h"

#define STK_CSV_COLUMNS_MAX 10000

/* All cells in one array; row r has the cells from starts[r] to starts[r + 1]. Texts are in the
 * arena. */
struct stk_csv {
	struct stk_arena arena;
	STK_VEC(struct stk_str) cells;
	STK_VEC(size_t) starts; /* one more than there are rows */
};

/* Lines end with LF or CRLF, the last one may end without; empty lines are skipped; a cell in
 * double quotes may hold commas, line breaks and doubled quotes. STK_E_FORMAT with the line for an
 * open quote, text behind a closing quote, or a row whose number of cells differs from the first's.
 * Release in any case. */
int stk_csv_parse(struct stk_csv *csv, struct stk_str text, struct stk_err *err) STK_MUST_CHECK;
void stk_csv_release(struct stk_csv *csv);
size_t stk_csv_rows(const struct stk_csv *csv);
size_t stk_csv_columns(const struct stk_csv *csv); /* of every row */
struct stk_str stk_csv_cell(const struct stk_csv *csv, size_t row, size_t column);

#endif
