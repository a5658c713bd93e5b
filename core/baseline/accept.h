/* accept: a regression of a run that is taken on purpose, as an entry of .stoker/accepted.json. */
#ifndef STK_CORE_BASELINE_ACCEPT_H
#define STK_CORE_BASELINE_ACCEPT_H

#include "core/baseline/accepted.h"

struct stk_accept_opts {
	const char *function; /* as the report names it, or "total" */
	const char *profile;  /* short name; NULL = each type in which it got dearer */
	const char *reason, *author;
	double limit;     /* largest change it covers; NaN = what the run showed, rounded up */
	int64_t until_ns; /* first moment it does not hold any more */
};

/* Add an entry for each profile type in which the function got dearer in this run, for its workflow
 * alone. STK_E_NOT_FOUND when it did not, naming what did or the nearest name. */
int stk_accept_add(struct stk_accepted *accepted, const struct stk_run *run,
	const struct stk_accept_opts *opts, size_t *added_out, struct stk_err *err) STK_MUST_CHECK;

#endif
