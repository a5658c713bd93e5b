/* describe: what a matrix says of a row, of everything and of itself, before anything is tested. */
#ifndef STK_CORE_DIFF_DESCRIBE_H
#define STK_CORE_DIFF_DESCRIBE_H

#include "core/diff/matrix.h"
#include "core/record/run.h"

/* A row with its names, costs, samples, share and impact; text goes into run's arena. */
struct stk_row stk_describe_row(const struct stk_matrix *matrix, size_t at, struct stk_run *run);
/* The row "total": costs and samples of everything. */
struct stk_row stk_describe_total(const struct stk_matrix *matrix);
/* A comparison without rows and verdict. shift: log. */
struct stk_comparison stk_describe_comparison(
	const struct stk_matrix *matrix, double shift, double q, struct stk_run *run);

#endif
