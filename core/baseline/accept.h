/* accept: a regression of a run that is taken on purpose, as an entry of .stoker/accepted.json. */
#ifndef STK_CORE_BASELINE_ACCEPT_H
#define STK_CORE_BASELINE_ACCEPT_H

#include "core/baseline/accepted.h"

struct stk_accept_opts {
	const char *function; /* as the report names it, or "total" */
	const char *profile;  /* short name or full id; NULL = each type in which it got dearer */
	const char *reason, *author;
	double limit;     /* largest change it covers; NaN = what the run showed, rounded up */
	int64_t until_ns; /* first moment it does not hold any more */
};

/* What got dearer in a run, as an entry of the file names it. Borrowed from the run. */
struct stk_accept_row {
	const char *function; /* "total": of the type, or of what is exact (p95, throughput) */
	const char *profile;  /* short name of the type, or name of the exact total */
	const char *type_id;  /* its full id */
	const struct stk_row *row;
};

/* Not 0 ends the walk with that value. */
typedef int (*stk_accept_fn)(const struct stk_accept_row *row, void *ctx, struct stk_err *err);

/* Call fn for each total, function, function with all it calls, and package that got dearer. */
int stk_accept_each(
	const struct stk_run *run, stk_accept_fn fn, void *ctx, struct stk_err *err) STK_MUST_CHECK;

/* Add an entry for a row to those of one command, for the run's workflow alone; where there is one
 * for the same name, the larger limit stays. function and profile of opts do not count. */
int stk_accept_take(struct stk_accepted *fresh, const struct stk_run *run,
	const struct stk_accept_row *row, const struct stk_accept_opts *opts,
	struct stk_err *err) STK_MUST_CHECK;

/* Add an entry for each profile type in which the function got dearer in this run, in place of one
 * that is there. STK_E_NOT_FOUND when it did not, naming what did or the nearest name. */
int stk_accept_add(struct stk_accepted *accepted, const struct stk_run *run,
	const struct stk_accept_opts *opts, size_t *added_out, struct stk_err *err) STK_MUST_CHECK;

#endif
