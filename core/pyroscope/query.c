/* query: wire tables of the querier's messages (numbers and names of the public protocol). */
#include "core/pyroscope/query.h"

#include "core/base/mem.h"

/* clang-format off */
#define F(num, json, proto, k, type, member) \
	{ num, json, proto, STK_WIRE_##k, false, offsetof(struct type, member), NULL, NULL }
#define L(num, json, proto, k, type, member) \
	{ num, json, proto, STK_WIRE_##k, true, offsetof(struct type, member), NULL, NULL }
#define M(num, json, proto, type, member, sub) \
	{ num, json, proto, STK_WIRE_MSG, false, offsetof(struct type, member), &(sub), NULL }
#define LM(num, json, proto, type, member, sub) \
	{ num, json, proto, STK_WIRE_MSG, true, offsetof(struct type, member), &(sub), NULL }
#define E(num, json, proto, type, member, names) \
	{ num, json, proto, STK_WIRE_ENUM, false, offsetof(struct type, member), NULL, names }
#define MESSAGE(var, text, type, table) \
	const struct stk_wire_message var = \
		{ text, sizeof(struct type), table, STK_ARRAY_LEN(table) }

static const struct stk_wire_field types_request[] = {
	F(1, "start", NULL, I64, stk_query_types_request, start),
	F(2, "end",   NULL, I64, stk_query_types_request, end),
};
MESSAGE(stk_query_types_request_wire, "ProfileTypesRequest", stk_query_types_request, types_request);

static const struct stk_wire_field type[] = {
	F(1, "ID",         NULL,          STR, stk_query_type, id),
	F(2, "name",       NULL,          STR, stk_query_type, name),
	F(4, "sampleType", "sample_type", STR, stk_query_type, sample_type),
	F(5, "sampleUnit", "sample_unit", STR, stk_query_type, sample_unit),
	F(6, "periodType", "period_type", STR, stk_query_type, period_type),
	F(7, "periodUnit", "period_unit", STR, stk_query_type, period_unit),
};
static MESSAGE(type_wire, "ProfileType", stk_query_type, type);

static const struct stk_wire_field types_response[] = {
	LM(1, "profileTypes", "profile_types", stk_query_types_response, types, type_wire),
};
MESSAGE(stk_query_types_response_wire, "ProfileTypesResponse", stk_query_types_response, types_response);

static const struct stk_wire_field names_request[] = {
	L(1, "matchers", NULL, STR, stk_query_names_request, matchers),
	F(2, "start",    NULL, I64, stk_query_names_request, start),
	F(3, "end",      NULL, I64, stk_query_names_request, end),
};
MESSAGE(stk_query_names_request_wire, "LabelNamesRequest", stk_query_names_request, names_request);

static const struct stk_wire_field values_request[] = {
	F(1, "name",     NULL, STR, stk_query_values_request, name),
	L(2, "matchers", NULL, STR, stk_query_values_request, matchers),
	F(3, "start",    NULL, I64, stk_query_values_request, start),
	F(4, "end",      NULL, I64, stk_query_values_request, end),
};
MESSAGE(stk_query_values_request_wire, "LabelValuesRequest", stk_query_values_request, values_request);

static const struct stk_wire_field names_response[] = {
	L(1, "names", NULL, STR, stk_query_names_response, names),
};
MESSAGE(stk_query_names_response_wire, "LabelNamesResponse", stk_query_names_response, names_response);

static const struct stk_wire_field label[] = {
	F(1, "name",  NULL, STR, stk_query_label, name),
	F(2, "value", NULL, STR, stk_query_label, value),
};
MESSAGE(stk_query_label_wire, "LabelPair", stk_query_label, label);

static const struct stk_wire_field labels[] = {
	LM(1, "labels", NULL, stk_query_labels, labels, stk_query_label_wire),
};
static MESSAGE(labels_wire, "Labels", stk_query_labels, labels);

static const struct stk_wire_field series_request[] = {
	L(1, "matchers",   NULL,          STR, stk_query_series_request, matchers),
	L(2, "labelNames", "label_names", STR, stk_query_series_request, label_names),
	F(3, "start",      NULL,          I64, stk_query_series_request, start),
	F(4, "end",        NULL,          I64, stk_query_series_request, end),
};
MESSAGE(stk_query_series_request_wire, "SeriesRequest", stk_query_series_request, series_request);

static const struct stk_wire_field series_response[] = {
	LM(2, "labelsSet", "labels_set", stk_query_series_response, labels_set, labels_wire),
};
MESSAGE(stk_query_series_response_wire, "SeriesResponse", stk_query_series_response, series_response);

static const char *const formats[] = {
	"PROFILE_FORMAT_UNSPECIFIED", "PROFILE_FORMAT_FLAMEGRAPH", "PROFILE_FORMAT_TREE",
	"PROFILE_FORMAT_DOT", "PROFILE_FORMAT_PPROF", NULL,
};

static const struct stk_wire_field location[] = {
	F(1, "name", NULL, STR, stk_query_location, name),
};
static MESSAGE(location_wire, "Location", stk_query_location, location);

static const struct stk_wire_field go_pgo[] = {
	F(1, "keepLocations",    "keep_locations",    I64,  stk_query_go_pgo, keep_locations),
	F(2, "aggregateCallees", "aggregate_callees", BOOL, stk_query_go_pgo, aggregate_callees),
};
static MESSAGE(go_pgo_wire, "GoPGO", stk_query_go_pgo, go_pgo);

static const struct stk_wire_field stack_selector[] = {
	LM(1, "callSite", "call_site", stk_query_stack_selector, call_site, location_wire),
	M(2,  "goPgo",    "go_pgo",    stk_query_stack_selector, go_pgo, go_pgo_wire),
};
static MESSAGE(stack_selector_wire, "StackTraceSelector", stk_query_stack_selector, stack_selector);

static const struct stk_wire_field stacks_request[] = {
	F(1,  "profileTypeID",      "profile_typeID",       STR, stk_query_stacks_request, type_id),
	F(2,  "labelSelector",      "label_selector",       STR, stk_query_stacks_request, selector),
	F(3,  "start",              NULL,                   I64, stk_query_stacks_request, start),
	F(4,  "end",                NULL,                   I64, stk_query_stacks_request, end),
	F(5,  "maxNodes",           "max_nodes",            I64, stk_query_stacks_request, max_nodes),
	E(6,  "format",             NULL,                   stk_query_stacks_request, format, formats),
	M(7,  "stackTraceSelector", "stack_trace_selector", stk_query_stacks_request, stack_selector, stack_selector_wire),
	L(8,  "profileIdSelector",  "profile_id_selector",  STR, stk_query_stacks_request, profile_ids),
	L(10, "traceIdSelector",    "trace_id_selector",    STR, stk_query_stacks_request, trace_ids),
	L(11, "spanSelector",       "span_selector",        STR, stk_query_stacks_request, spans),
};
MESSAGE(stk_query_stacks_request_wire, "SelectMergeStacktracesRequest", stk_query_stacks_request, stacks_request);

static const struct stk_wire_field level[] = {
	L(1, "values", NULL, I64, stk_query_level, values),
};
static MESSAGE(level_wire, "Level", stk_query_level, level);

static const struct stk_wire_field flame[] = {
	L(1,  "names",   NULL,       STR, stk_query_flame, names),
	LM(2, "levels",  NULL,       stk_query_flame, levels, level_wire),
	F(3,  "total",   NULL,       I64, stk_query_flame, total),
	F(4,  "maxSelf", "max_self", I64, stk_query_flame, max_self),
};
static MESSAGE(flame_wire, "FlameGraph", stk_query_flame, flame);

static const struct stk_wire_field stacks_response[] = {
	M(1, "flamegraph", NULL, stk_query_stacks_response, flamegraph, flame_wire),
	F(2, "tree",       NULL, BYTES, stk_query_stacks_response, tree),
	F(3, "dot",        NULL, STR,   stk_query_stacks_response, dot),
};
MESSAGE(stk_query_stacks_response_wire, "SelectMergeStacktracesResponse", stk_query_stacks_response, stacks_response);

static const struct stk_wire_field profile_request[] = {
	F(1, "profileTypeID",      "profile_typeID",       STR, stk_query_profile_request, type_id),
	F(2, "labelSelector",      "label_selector",       STR, stk_query_profile_request, selector),
	F(3, "start",              NULL,                   I64, stk_query_profile_request, start),
	F(4, "end",                NULL,                   I64, stk_query_profile_request, end),
	F(5, "maxNodes",           "max_nodes",            I64, stk_query_profile_request, max_nodes),
	M(6, "stackTraceSelector", "stack_trace_selector", stk_query_profile_request, stack_selector, stack_selector_wire),
	L(7, "profileIdSelector",  "profile_id_selector",  STR, stk_query_profile_request, profile_ids),
	L(8, "traceIdSelector",    "trace_id_selector",    STR, stk_query_profile_request, trace_ids),
};
MESSAGE(stk_query_profile_request_wire, "SelectMergeProfileRequest", stk_query_profile_request, profile_request);

static const char *const aggregations[] = {
	"TIME_SERIES_AGGREGATION_TYPE_SUM", "TIME_SERIES_AGGREGATION_TYPE_AVERAGE", NULL,
};
static const char *const exemplar_types[] = {
	"EXEMPLAR_TYPE_UNSPECIFIED", "EXEMPLAR_TYPE_NONE", "EXEMPLAR_TYPE_INDIVIDUAL",
	"EXEMPLAR_TYPE_SPAN", NULL,
};

static const struct stk_wire_field points_request[] = {
	F(1,  "profileTypeID",      "profile_typeID",       STR, stk_query_points_request, type_id),
	F(2,  "labelSelector",      "label_selector",       STR, stk_query_points_request, selector),
	F(3,  "start",              NULL,                   I64, stk_query_points_request, start),
	F(4,  "end",                NULL,                   I64, stk_query_points_request, end),
	L(5,  "groupBy",            "group_by",             STR, stk_query_points_request, group_by),
	F(6,  "step",               NULL,                   F64, stk_query_points_request, step),
	E(7,  "aggregation",        NULL,                   stk_query_points_request, aggregation, aggregations),
	M(8,  "stackTraceSelector", "stack_trace_selector", stk_query_points_request, stack_selector, stack_selector_wire),
	F(9,  "limit",              NULL,                   I64, stk_query_points_request, limit),
	E(10, "exemplarType",       "exemplar_type",        stk_query_points_request, exemplar_type, exemplar_types),
};
MESSAGE(stk_query_points_request_wire, "SelectSeriesRequest", stk_query_points_request, points_request);

static const struct stk_wire_field point[] = {
	F(1, "value",     NULL, F64, stk_query_point, value),
	F(2, "timestamp", NULL, I64, stk_query_point, timestamp),
};
static MESSAGE(point_wire, "Point", stk_query_point, point);

static const struct stk_wire_field points[] = {
	LM(1, "labels", NULL, stk_query_points, labels, stk_query_label_wire),
	LM(2, "points", NULL, stk_query_points, points, point_wire),
};
static MESSAGE(points_wire, "Series", stk_query_points, points);

static const struct stk_wire_field points_response[] = {
	LM(1, "series", NULL, stk_query_points_response, series, points_wire),
};
MESSAGE(stk_query_points_response_wire, "SelectSeriesResponse", stk_query_points_response, points_response);

static const char *const heatmap_kinds[] = {
	"HEATMAP_QUERY_TYPE_UNSPECIFIED", "HEATMAP_QUERY_TYPE_INDIVIDUAL",
	"HEATMAP_QUERY_TYPE_SPAN", NULL,
};

static const struct stk_wire_field heatmap_request[] = {
	F(1, "profileTypeID", "profile_typeID", STR, stk_query_heatmap_request, type_id),
	F(2, "labelSelector", "label_selector", STR, stk_query_heatmap_request, selector),
	F(3, "start",         NULL,             I64, stk_query_heatmap_request, start),
	F(4, "end",           NULL,             I64, stk_query_heatmap_request, end),
	F(5, "step",          NULL,             F64, stk_query_heatmap_request, step),
	L(6, "groupBy",       "group_by",       STR, stk_query_heatmap_request, group_by),
	E(7, "queryType",     "query_type",     stk_query_heatmap_request, query_type, heatmap_kinds),
	E(8, "exemplarType",  "exemplar_type",  stk_query_heatmap_request, exemplar_type, exemplar_types),
	F(9, "limit",         NULL,             I64, stk_query_heatmap_request, limit),
};
MESSAGE(stk_query_heatmap_request_wire, "SelectHeatmapRequest", stk_query_heatmap_request, heatmap_request);

static const struct stk_wire_field slot[] = {
	F(1, "timestamp", NULL,    I64, stk_query_slot, timestamp),
	L(2, "yMin",      "y_min", F64, stk_query_slot, y_min),
	L(3, "counts",    NULL,    I32, stk_query_slot, counts),
};
static MESSAGE(slot_wire, "HeatmapSlot", stk_query_slot, slot);

static const struct stk_wire_field heatmap[] = {
	LM(1, "labels", NULL, stk_query_heatmap, labels, stk_query_label_wire),
	LM(2, "slots",  NULL, stk_query_heatmap, slots, slot_wire),
};
static MESSAGE(heatmap_wire, "HeatmapSeries", stk_query_heatmap, heatmap);

static const struct stk_wire_field heatmap_response[] = {
	LM(1, "series", NULL, stk_query_heatmap_response, series, heatmap_wire),
};
MESSAGE(stk_query_heatmap_response_wire, "SelectHeatmapResponse", stk_query_heatmap_response, heatmap_response);

static const struct stk_wire_field diff_request[] = {
	M(1, "left",  NULL, stk_query_diff_request, left,  stk_query_stacks_request_wire),
	M(2, "right", NULL, stk_query_diff_request, right, stk_query_stacks_request_wire),
};
MESSAGE(stk_query_diff_request_wire, "DiffRequest", stk_query_diff_request, diff_request);

static const struct stk_wire_field flame_diff[] = {
	L(1,  "names",      NULL,       STR, stk_query_flame_diff, names),
	LM(2, "levels",     NULL,       stk_query_flame_diff, levels, level_wire),
	F(3,  "total",      NULL,       I64, stk_query_flame_diff, total),
	F(4,  "maxSelf",    "max_self", I64, stk_query_flame_diff, max_self),
	F(5,  "leftTicks",  NULL,       I64, stk_query_flame_diff, left_ticks),
	F(6,  "rightTicks", NULL,       I64, stk_query_flame_diff, right_ticks),
};
static MESSAGE(flame_diff_wire, "FlameGraphDiff", stk_query_flame_diff, flame_diff);

static const struct stk_wire_field diff_response[] = {
	M(1, "flamegraph", NULL, stk_query_diff_response, flamegraph, flame_diff_wire),
};
MESSAGE(stk_query_diff_response_wire, "DiffResponse", stk_query_diff_response, diff_response);

static const struct stk_wire_field stats_response[] = {
	F(1, "dataIngested",      "data_ingested",       BOOL, stk_query_stats_response, ingested),
	F(2, "oldestProfileTime", "oldest_profile_time", I64,  stk_query_stats_response, oldest_ms),
	F(3, "newestProfileTime", "newest_profile_time", I64,  stk_query_stats_response, newest_ms),
};
MESSAGE(stk_query_stats_response_wire, "GetProfileStatsResponse", stk_query_stats_response, stats_response);

const struct stk_wire_message stk_query_empty_wire = { "Empty", sizeof(struct stk_query_empty), NULL, 0 };
/* clang-format on */
