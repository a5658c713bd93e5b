/* otlp: totals as a request of OpenTelemetry's metrics protocol (OTLP, protobuf). */
#ifndef STK_CORE_EXPORT_OTLP_H
#define STK_CORE_EXPORT_OTLP_H

#include "core/base/buf.h"
#include "core/export/totals.h"

struct stk_otlp_opts {
	const char *service, *version; /* attributes of the resource */
	const char *prefix;            /* before each metric's name; may be "" */
	int64_t wall_ns;               /* time of the points */
};

/* Append an ExportMetricsServiceRequest with everything since the start (cumulative): a counter as
 * a monotonic sum, a gauge as one, a trend as a histogram, a rate as the counter <name>.total with
 * the attribute condition, zero or nonzero (reference k6 7.5). */
void stk_otlp_format(
	const struct stk_totals *totals, const struct stk_otlp_opts *opts, struct stk_buf *out);

#endif
