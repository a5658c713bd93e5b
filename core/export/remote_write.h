/* remote_write: Prometheus' remote write 1.0: series as protobuf, packed by snappy. */
#ifndef STK_CORE_EXPORT_REMOTE_WRITE_H
#define STK_CORE_EXPORT_REMOTE_WRITE_H

#include "core/base/buf.h"
#include "core/base/vec.h"
#include "core/export/totals.h"

/* The value that ends a series at once (Prometheus' stale marker, a NaN of its own). */
double stk_remote_write_stale(void);

struct stk_remote_label {
	struct stk_str name, value;
};
/* A series' labels, sorted by name. */
struct stk_remote_labels {
	STK_VEC(struct stk_remote_label) items;
};

/* Append to out, as a TimeSeries of a WriteRequest: its labels, to be followed by samples. */
struct stk_remote_point {
	int64_t ms;
	double value;
};
void stk_remote_write_series(struct stk_buf *out, const struct stk_remote_labels *labels,
	const struct stk_remote_point *points, size_t len);
/* The same with one native histogram (schema 3: buckets grow by 2^(1/8)) out of hist, whose values
 * times scale are the series' unit. */
void stk_remote_write_native(struct stk_buf *out, const struct stk_remote_labels *labels,
	int64_t ms, const struct stk_hist *hist, double scale);
/* request: TimeSeries one behind the other; out: what goes over the wire. */
int stk_remote_write_pack(
	const struct stk_buf *request, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

/* A label's name: what Prometheus does not allow becomes '_'. */
void stk_remote_write_add_name(struct stk_buf *out, const char *name);

#endif
