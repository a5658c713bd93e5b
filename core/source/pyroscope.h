/* pyroscope: slices from a Pyroscope 1.x or 2.x over HTTP. */
#ifndef STK_CORE_SOURCE_PYROSCOPE_H
#define STK_CORE_SOURCE_PYROSCOPE_H

#include "core/base/secret.h"
#include "core/source/source.h"

struct stk_http_header;

/* Everything is copied. */
struct stk_source_pyroscope_opts {
	const char *url;                 /* with a path prefix if there is one */
	const char *tenant;              /* X-Scope-OrgID; NULL none */
	const char *user;                /* basic authentication; NULL: secret is a bearer token */
	const struct stk_secret *secret; /* password or token; NULL none */
	const struct stk_http_header *headers;
	size_t headers_len;
	int concurrency;               /* requests at once; 0 means 4 */
	const char *ca_file;           /* extra trust anchor; NULL the system's */
	const struct stk_clock *clock; /* NULL the machine's */
	const atomic_int *interrupts;  /* above interrupts_seen ends a request: STK_E_ABORTED */
	int interrupts_seen;
};

/* STK_E_INVAL for a URL that is none. Nothing is sent yet. */
int stk_source_pyroscope_new(const struct stk_source_pyroscope_opts *opts, struct stk_source **out,
	struct stk_err *err) STK_MUST_CHECK;

/* The sum of everything that the query matches, by one call. *out is the caller's; NULL: there is
 * nothing. Only for sources of this file, as is the next one. */
int stk_source_pyroscope_merge(struct stk_source *source, const struct stk_source_query *query,
	struct stk_profile **out, struct stk_err *err) STK_MUST_CHECK;
/* The values that a label has among the series that the query's selector matches in its window,
 * sorted. */
int stk_source_pyroscope_values(struct stk_source *source, const struct stk_source_query *query,
	const char *label, struct stk_source_names *out, struct stk_err *err) STK_MUST_CHECK;

#endif
