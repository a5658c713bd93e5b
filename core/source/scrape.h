/* scrape: slices of one target's /debug/pprof, taken while the load runs.
 *
 * A thread of its own asks for profile?seconds=N again and again, and for the cumulative profiles
 * at the borders; their differences are the slices of allocations and delays, the later one is that
 * of levels. It begins with the first stk_source_types or stk_source_describe, and ends with
 * stk_source_close. Selectors are not looked at: the target is the selection. */
#ifndef STK_CORE_SOURCE_SCRAPE_H
#define STK_CORE_SOURCE_SCRAPE_H

#include "core/source/source.h"

struct stk_source_scrape_opts {
	const char *url;              /* "http://127.0.0.1:6060" */
	const char *path;             /* NULL: "/debug/pprof" */
	int64_t slice_ns;             /* of a CPU profile, whole seconds; 0 means 5 s */
	const atomic_int *interrupts; /* may be NULL */
};

/* STK_E_INVAL: no URL, or a slice that is not of whole seconds, 1 s to 60 s. */
int stk_source_scrape_new(const struct stk_source_scrape_opts *opts, struct stk_source **out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
