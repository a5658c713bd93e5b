/* query: the messages of querier.v1.QuerierService as structs, with their wire tables. */
#ifndef STK_CORE_PYROSCOPE_QUERY_H
#define STK_CORE_PYROSCOPE_QUERY_H

#include "core/pyroscope/wire.h"

/* Times are milliseconds since 1970 UTC, both ends inclusive. Every struct X below has its table
 * stk_query_X_wire for stk_wire_read_* and stk_wire_write_*. */
#define STK_QUERY_PATH "/querier.v1.QuerierService/"

struct stk_query_types_request { /* ProfileTypes */
	int64_t start;
	int64_t end;
};
struct stk_query_type {
	struct stk_str id;
	struct stk_str name;
	struct stk_str sample_type;
	struct stk_str sample_unit;
	struct stk_str period_type;
	struct stk_str period_unit;
};
struct stk_query_types_response {
	struct stk_wire_list types; /* of struct stk_query_type */
};

struct stk_query_names_request {       /* LabelNames */
	struct stk_wire_list matchers; /* of struct stk_str: selectors */
	int64_t start;
	int64_t end;
};
struct stk_query_values_request { /* LabelValues */
	struct stk_str name;
	struct stk_wire_list matchers;
	int64_t start;
	int64_t end;
};
struct stk_query_names_response {   /* of both */
	struct stk_wire_list names; /* of struct stk_str */
};

struct stk_query_label {
	struct stk_str name;
	struct stk_str value;
};
struct stk_query_labels {
	struct stk_wire_list labels; /* of struct stk_query_label */
};
struct stk_query_series_request { /* Series */
	struct stk_wire_list matchers;
	struct stk_wire_list label_names;
	int64_t start;
	int64_t end;
};
struct stk_query_series_response {
	struct stk_wire_list labels_set; /* of struct stk_query_labels */
};

enum stk_query_format {
	STK_QUERY_FORMAT_UNSPECIFIED,
	STK_QUERY_FORMAT_FLAMEGRAPH,
	STK_QUERY_FORMAT_TREE,
	STK_QUERY_FORMAT_DOT,
	STK_QUERY_FORMAT_PPROF
};
struct stk_query_location {
	struct stk_str name;
};
struct stk_query_go_pgo {
	int64_t keep_locations;
	bool aggregate_callees;
};
struct stk_query_stack_selector {
	struct stk_wire_list call_site; /* of struct stk_query_location, root first */
	struct stk_query_go_pgo *go_pgo;
};
struct stk_query_stacks_request { /* SelectMergeStacktraces; each side of Diff */
	struct stk_str type_id;
	struct stk_str selector;
	int64_t start;
	int64_t end;
	int64_t max_nodes;
	int32_t format; /* enum stk_query_format */
	struct stk_query_stack_selector *stack_selector;
	struct stk_wire_list profile_ids;
	struct stk_wire_list trace_ids;
	struct stk_wire_list spans;
};
struct stk_query_level {
	struct stk_wire_list values; /* of int64_t: 4 (or, in a diff, 7) per node */
};
struct stk_query_flame {
	struct stk_wire_list names;
	struct stk_wire_list levels; /* of struct stk_query_level */
	int64_t total;
	int64_t max_self;
};
struct stk_query_stacks_response {
	struct stk_query_flame *flamegraph;
	struct stk_str tree;
	struct stk_str dot;
};

struct stk_query_profile_request { /* SelectMergeProfile; the answer is a pprof */
	struct stk_str type_id;
	struct stk_str selector;
	int64_t start;
	int64_t end;
	int64_t max_nodes;
	struct stk_query_stack_selector *stack_selector;
	struct stk_wire_list profile_ids;
	struct stk_wire_list trace_ids;
};

struct stk_query_points_request { /* SelectSeries */
	struct stk_str type_id;
	struct stk_str selector;
	int64_t start;
	int64_t end;
	struct stk_wire_list group_by;
	double step; /* seconds */
	int32_t aggregation;
	struct stk_query_stack_selector *stack_selector;
	int64_t limit;
	int32_t exemplar_type;
};
struct stk_query_point {
	double value;
	int64_t timestamp;
};
struct stk_query_points {
	struct stk_wire_list labels; /* of struct stk_query_label */
	struct stk_wire_list points; /* of struct stk_query_point */
};
struct stk_query_points_response {
	struct stk_wire_list series; /* of struct stk_query_points */
};

enum stk_query_heatmap_kind {
	STK_QUERY_HEATMAP_UNSPECIFIED,
	STK_QUERY_HEATMAP_INDIVIDUAL,
	STK_QUERY_HEATMAP_SPAN
};
struct stk_query_heatmap_request { /* SelectHeatmap */
	struct stk_str type_id;
	struct stk_str selector;
	int64_t start;
	int64_t end;
	double step; /* seconds */
	struct stk_wire_list group_by;
	int32_t query_type; /* enum stk_query_heatmap_kind */
	int32_t exemplar_type;
	int64_t limit;
};
struct stk_query_slot {
	int64_t timestamp;
	struct stk_wire_list y_min;  /* of double */
	struct stk_wire_list counts; /* of int32_t: profiles per band */
};
struct stk_query_heatmap {
	struct stk_wire_list labels;
	struct stk_wire_list slots; /* of struct stk_query_slot */
};
struct stk_query_heatmap_response {
	struct stk_wire_list series; /* of struct stk_query_heatmap */
};

struct stk_query_diff_request { /* Diff */
	struct stk_query_stacks_request *left;
	struct stk_query_stacks_request *right;
};
struct stk_query_flame_diff {
	struct stk_wire_list names;
	struct stk_wire_list levels;
	int64_t total;
	int64_t max_self;
	int64_t left_ticks;
	int64_t right_ticks;
};
struct stk_query_diff_response {
	struct stk_query_flame_diff *flamegraph;
};

struct stk_query_stats_response { /* GetProfileStats; the request is empty */
	bool ingested;
	int64_t oldest_ms;
	int64_t newest_ms;
};
struct stk_query_empty {
	char unused;
};

extern const struct stk_wire_message stk_query_types_request_wire;
extern const struct stk_wire_message stk_query_types_response_wire;
extern const struct stk_wire_message stk_query_names_request_wire;
extern const struct stk_wire_message stk_query_values_request_wire;
extern const struct stk_wire_message stk_query_names_response_wire;
extern const struct stk_wire_message stk_query_series_request_wire;
extern const struct stk_wire_message stk_query_series_response_wire;
extern const struct stk_wire_message stk_query_stacks_request_wire;
extern const struct stk_wire_message stk_query_stacks_response_wire;
extern const struct stk_wire_message stk_query_profile_request_wire;
extern const struct stk_wire_message stk_query_points_request_wire;
extern const struct stk_wire_message stk_query_points_response_wire;
extern const struct stk_wire_message stk_query_heatmap_request_wire;
extern const struct stk_wire_message stk_query_heatmap_response_wire;
extern const struct stk_wire_message stk_query_diff_request_wire;
extern const struct stk_wire_message stk_query_diff_response_wire;
extern const struct stk_wire_message stk_query_stats_response_wire;
extern const struct stk_wire_message stk_query_empty_wire;
extern const struct stk_wire_message stk_query_label_wire;

#endif
