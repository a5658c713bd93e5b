/* ends: the two ends of `stoker diff`: files, saved runs, stretches of time of a Pyroscope. */
#ifndef STK_CORE_FLOW_ENDS_H
#define STK_CORE_FLOW_ENDS_H

#include "core/flow/ask.h"
#include "core/record/difference.h"
#include "core/record/flame.h"

/* Parts that a stretch of time is asked for in: enough for an interval, few enough for a server. */
#define STK_ENDS_PARTS_MAX 20

/* One end: profiles with what they cover. Release it in any case. */
struct stk_end {
	char *title;
	char *type_id; /* "cpu:cpu:nanoseconds:cpu:nanoseconds" of a file: its name is made up */
	struct stk_source_slices slices;
	STK_VEC(double) requests; /* of each slice; all 0: unknown */
	char *run_id;             /* of a saved run; NULL */
};

void stk_end_release(struct stk_end *end);

/* Where words are looked for, and which profile type is wanted (a short name, a sample type or a
 * full id; NULL: cpu, or what a file shows by default). */
struct stk_end_opts {
	const char *runs_dir;
	const char *type;
};

/* Read what a word names: a file (pprof, gzip'd or not, or folded text) or a saved run ("last",
 * "last~1", an id, a folder, a run.json; with ":base" behind it its other side). STK_E_NOT_FOUND
 * for a type that it has not, with those that it has. */
int stk_end_read(const char *word, const struct stk_end_opts *opts, struct stk_end *out,
	struct stk_err *err) STK_MUST_CHECK;

/* Ask a Pyroscope, in parts of whole slices where there are enough of them. title is borrowed for
 * the call. */
int stk_end_ask(const struct stk_ask *ask, const char *title, struct stk_end *out,
	struct stk_err *err) STK_MUST_CHECK;

/* Requests that were made while an end was profiled, spread over its slices by their length. */
void stk_end_set_requests(struct stk_end *end, double requests);

/* Base against head: out as of stk_contrast_make, text in run's arena, and the flame graph of both
 * (initialised by the caller; may be NULL). STK_E_INVAL when both have not the same sample type. */
int stk_ends_compare(const struct stk_end ends[STK_SIDES], struct stk_run *run,
	struct stk_difference *out, struct stk_flame *flame, struct stk_err *err) STK_MUST_CHECK;

/* "main;parse 30 45": both ends as folded text with two counts, as difffolded.pl writes it. */
int stk_ends_format_folded(const struct stk_end ends[STK_SIDES], struct stk_buf *buf,
	struct stk_err *err) STK_MUST_CHECK;

#endif
