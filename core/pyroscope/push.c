/* push: wire tables of the push messages. */
#include "core/pyroscope/push.h"

/* clang-format off */
static const struct stk_wire_field sample[] = {
	{ 1, "rawProfile", "raw_profile", STK_WIRE_BYTES, false, offsetof(struct stk_push_sample, profile), NULL, NULL },
	{ 2, "ID",         NULL,          STK_WIRE_STR,   false, offsetof(struct stk_push_sample, id), NULL, NULL },
};
static const struct stk_wire_message sample_wire =
	{ "RawSample", sizeof(struct stk_push_sample), sample, 2 };

static const struct stk_wire_field series[] = {
	{ 1, "labels",  NULL, STK_WIRE_MSG, true, offsetof(struct stk_push_series, labels), &stk_query_label_wire, NULL },
	{ 2, "samples", NULL, STK_WIRE_MSG, true, offsetof(struct stk_push_series, samples), &sample_wire, NULL },
};
static const struct stk_wire_message series_wire =
	{ "RawProfileSeries", sizeof(struct stk_push_series), series, 2 };

static const struct stk_wire_field request[] = {
	{ 1, "series", NULL, STK_WIRE_MSG, true, offsetof(struct stk_push_request, series), &series_wire, NULL },
};
const struct stk_wire_message stk_push_request_wire =
	{ "PushRequest", sizeof(struct stk_push_request), request, 1 };
/* clang-format on */
