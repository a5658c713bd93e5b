/* run_shape: which members of the record's structs stand in run.json, one row per member. */
#include "core/record/run_shape.h"

#include "core/record/run.h"

static const char *const modes[] = {"paired", "idle", "baseline", "soak", NULL};
static const char *const sides[] = {"base", "head", NULL};
static const char *const window_kinds[] = {"idle", "load", "warmup", "block", NULL};
static const char *const check_states[] = {"ok", "warn", "fail", NULL};
static const char *const note_levels[] = {"info", "warn", NULL};
static const char *const link_kinds[] = {
	"unknown", "changed", "called_from", "calls", "unrelated", NULL};
static const char *const verdicts[] = {"none", "regression", "improvement", "moved", "no_change",
	"inconclusive", "new", "vanished", NULL};

/* clang-format off */
static const struct stk_field function_fields[] = {
	{ "name", STK_FIELD_TEXT, offsetof(struct stk_function, name), true, 0, 0, NULL, NULL, 0, false },
	{ "file", STK_FIELD_TEXT, offsetof(struct stk_function, file), false, 0, 0, NULL, NULL, 0, false },
	{ "line", STK_FIELD_I64, offsetof(struct stk_function, line), false, 0, INT64_C(1099511627776), NULL, NULL, 0, false },
	{ "path", STK_FIELD_TEXT, offsetof(struct stk_function, path), false, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape function_shape = { function_fields, sizeof(struct stk_function), false };

static const struct stk_field partner_fields[] = {
	{ "name", STK_FIELD_TEXT, offsetof(struct stk_function, name), false, 0, 0, NULL, NULL, 0, false },
	{ "file", STK_FIELD_TEXT, offsetof(struct stk_function, file), false, 0, 0, NULL, NULL, 0, false },
	{ "line", STK_FIELD_I64, offsetof(struct stk_function, line), false, 0, INT64_C(1099511627776), NULL, NULL, 0, false },
	{ "path", STK_FIELD_TEXT, offsetof(struct stk_function, path), false, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape partner_shape = { partner_fields, sizeof(struct stk_function), true };

static const struct stk_field side_info_fields[] = {
	{ "title", STK_FIELD_TEXT, offsetof(struct stk_side_info, title), false, 0, 0, NULL, NULL, 0, false },
	{ "revision", STK_FIELD_TEXT, offsetof(struct stk_side_info, revision), false, 0, 0, NULL, NULL, 0, false },
	{ "ref", STK_FIELD_TEXT, offsetof(struct stk_side_info, ref), false, 0, 0, NULL, NULL, 0, false },
	{ "why", STK_FIELD_TEXT, offsetof(struct stk_side_info, why), false, 0, 0, NULL, NULL, 0, false },
	{ "dirty", STK_FIELD_BOOL, offsetof(struct stk_side_info, dirty), false, 0, 0, NULL, NULL, 0, false },
	{ "url", STK_FIELD_TEXT, offsetof(struct stk_side_info, url), false, 0, 0, NULL, NULL, 0, false },
	{ "command", STK_FIELD_TEXT, offsetof(struct stk_side_info, command), false, 0, 0, NULL, NULL, 0, false },
	{ "selector", STK_FIELD_TEXT, offsetof(struct stk_side_info, selector), false, 0, 0, NULL, NULL, 0, false },
	{ "agent", STK_FIELD_TEXT, offsetof(struct stk_side_info, agent), false, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape side_info_shape = { side_info_fields, sizeof(struct stk_side_info), true };

static const struct stk_field window_fields[] = {
	{ "name", STK_FIELD_TEXT, offsetof(struct stk_window, name), true, 0, 0, NULL, NULL, 0, false },
	{ "kind", STK_FIELD_ENUM, offsetof(struct stk_window, kind), true, 0, 0, NULL, window_kinds, 0, false },
	{ "side", STK_FIELD_ENUM, offsetof(struct stk_window, side), true, 0, 0, NULL, sides, 0, true },
	{ "pair", STK_FIELD_INT, offsetof(struct stk_window, pair), true, -1, 1000000, NULL, NULL, 0, false },
	{ "start_ns", STK_FIELD_I64, offsetof(struct stk_window, start_ns), true, 0, 0, NULL, NULL, 0, false },
	{ "end_ns", STK_FIELD_I64, offsetof(struct stk_window, end_ns), true, 0, 0, NULL, NULL, 0, false },
	{ "start_mono_ns", STK_FIELD_I64, offsetof(struct stk_window, start_mono_ns), false, 0, 0, NULL, NULL, 0, false },
	{ "end_mono_ns", STK_FIELD_I64, offsetof(struct stk_window, end_mono_ns), false, 0, 0, NULL, NULL, 0, false },
	{ "requests", STK_FIELD_I64, offsetof(struct stk_window, requests), true, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "failed", STK_FIELD_I64, offsetof(struct stk_window, failed), true, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "cpu_ns", STK_FIELD_I64, offsetof(struct stk_window, cpu_ns), true, -1, INT64_MAX, NULL, NULL, 0, false },
	{ "rss_bytes", STK_FIELD_I64, offsetof(struct stk_window, rss_bytes), true, -1, INT64_MAX, NULL, NULL, 0, false },
	{ "throttled_ns", STK_FIELD_I64, offsetof(struct stk_window, throttled_ns), false, -1, INT64_MAX, NULL, NULL, 0, false },
	{ "restarts", STK_FIELD_INT, offsetof(struct stk_window, restarts), false, -1, 1000000, NULL, NULL, 0, false },
	{ "p50_ms", STK_FIELD_REAL, offsetof(struct stk_window, p50_ms), false, 0, 0, NULL, NULL, 0, false },
	{ "p95_ms", STK_FIELD_REAL, offsetof(struct stk_window, p95_ms), false, 0, 0, NULL, NULL, 0, false },
	{ "p99_ms", STK_FIELD_REAL, offsetof(struct stk_window, p99_ms), false, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape window_shape = { window_fields, sizeof(struct stk_window), false };

static const struct stk_field slice_fields[] = {
	{ "type_id", STK_FIELD_TEXT, offsetof(struct stk_slice, type_id), true, 0, 0, NULL, NULL, 0, false },
	{ "side", STK_FIELD_ENUM, offsetof(struct stk_slice, side), true, 0, 0, NULL, sides, 0, true },
	{ "instance", STK_FIELD_TEXT, offsetof(struct stk_slice, instance), true, 0, 0, NULL, NULL, 0, false },
	{ "start_ns", STK_FIELD_I64, offsetof(struct stk_slice, start_ns), true, 0, 0, NULL, NULL, 0, false },
	{ "end_ns", STK_FIELD_I64, offsetof(struct stk_slice, end_ns), true, 0, 0, NULL, NULL, 0, false },
	{ "total", STK_FIELD_I64, offsetof(struct stk_slice, total), true, 0, 0, NULL, NULL, 0, false },
	{ "samples", STK_FIELD_I64, offsetof(struct stk_slice, samples), true, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "requests", STK_FIELD_REAL, offsetof(struct stk_slice, requests), true, 0, 0, NULL, NULL, 0, false },
	{ "pair", STK_FIELD_INT, offsetof(struct stk_slice, pair), true, -1, 1000000, NULL, NULL, 0, false },
	{ "counted", STK_FIELD_BOOL, offsetof(struct stk_slice, counted), true, 0, 0, NULL, NULL, 0, false },
	{ "why_not", STK_FIELD_TEXT, offsetof(struct stk_slice, why_not), false, 0, 0, NULL, NULL, 0, false },
	{ "file", STK_FIELD_TEXT, offsetof(struct stk_slice, file), false, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape slice_shape = { slice_fields, sizeof(struct stk_slice), false };

static const struct stk_field row_link_fields[] = {
	{ "kind", STK_FIELD_ENUM, offsetof(struct stk_row_link, kind), true, 0, 0, NULL, link_kinds, 0, false },
	{ "via", STK_FIELD_STRUCT, offsetof(struct stk_row_link, via), false, 0, 0, &partner_shape, NULL, 0, false },
	{ "share", STK_FIELD_REAL, offsetof(struct stk_row_link, share), false, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape row_link_shape = { row_link_fields, sizeof(struct stk_row_link), false };

static const struct stk_field acceptance_fields[] = {
	{ "reason", STK_FIELD_TEXT, offsetof(struct stk_acceptance, reason), false, 0, 0, NULL, NULL, 0, false },
	{ "author", STK_FIELD_TEXT, offsetof(struct stk_acceptance, author), false, 0, 0, NULL, NULL, 0, false },
	{ "until_ns", STK_FIELD_I64, offsetof(struct stk_acceptance, until_ns), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape acceptance_shape = { acceptance_fields, sizeof(struct stk_acceptance), true };

static const struct stk_field row_fields[] = {
	{ "function", STK_FIELD_STRUCT, offsetof(struct stk_row, function), true, 0, 0, &function_shape, NULL, 0, false },
	{ "partner", STK_FIELD_STRUCT, offsetof(struct stk_row, partner), false, 0, 0, &partner_shape, NULL, 0, false },
	{ "base_cost", STK_FIELD_REAL, offsetof(struct stk_row, base_cost), false, 0, 0, NULL, NULL, 0, false },
	{ "head_cost", STK_FIELD_REAL, offsetof(struct stk_row, head_cost), false, 0, 0, NULL, NULL, 0, false },
	{ "n_base", STK_FIELD_REAL, offsetof(struct stk_row, n_base), false, 0, 0, NULL, NULL, 0, false },
	{ "n_head", STK_FIELD_REAL, offsetof(struct stk_row, n_head), false, 0, 0, NULL, NULL, 0, false },
	{ "change", STK_FIELD_REAL, offsetof(struct stk_row, change), false, 0, 0, NULL, NULL, 0, false },
	{ "lo", STK_FIELD_REAL, offsetof(struct stk_row, lo), false, 0, 0, NULL, NULL, 0, false },
	{ "hi", STK_FIELD_REAL, offsetof(struct stk_row, hi), false, 0, 0, NULL, NULL, 0, false },
	{ "level", STK_FIELD_REAL, offsetof(struct stk_row, level), false, 0, 0, NULL, NULL, 0, false },
	{ "theta", STK_FIELD_REAL, offsetof(struct stk_row, theta), false, 0, 0, NULL, NULL, 0, false },
	{ "se", STK_FIELD_REAL, offsetof(struct stk_row, se), false, 0, 0, NULL, NULL, 0, false },
	{ "df", STK_FIELD_REAL, offsetof(struct stk_row, df), false, 0, 0, NULL, NULL, 0, false },
	{ "p", STK_FIELD_REAL, offsetof(struct stk_row, p), false, 0, 0, NULL, NULL, 0, false },
	{ "q", STK_FIELD_REAL, offsetof(struct stk_row, q), false, 0, 0, NULL, NULL, 0, false },
	{ "impact", STK_FIELD_REAL, offsetof(struct stk_row, impact), false, 0, 0, NULL, NULL, 0, false },
	{ "share", STK_FIELD_REAL, offsetof(struct stk_row, share), false, 0, 0, NULL, NULL, 0, false },
	{ "mde", STK_FIELD_REAL, offsetof(struct stk_row, mde), false, 0, 0, NULL, NULL, 0, false },
	{ "tested", STK_FIELD_BOOL, offsetof(struct stk_row, tested), true, 0, 0, NULL, NULL, 0, false },
	{ "verdict", STK_FIELD_ENUM, offsetof(struct stk_row, verdict), true, 0, 0, NULL, verdicts, 0, false },
	{ "reason", STK_FIELD_TEXT, offsetof(struct stk_row, reason), false, 0, 0, NULL, NULL, 0, false },
	{ "link", STK_FIELD_STRUCT, offsetof(struct stk_row, link), false, 0, 0, &row_link_shape, NULL, 0, false },
	{ "accepted", STK_FIELD_STRUCT, offsetof(struct stk_row, accepted), false, 0, 0, &acceptance_shape, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape row_shape = { row_fields, sizeof(struct stk_row), false };

static const struct stk_field sensitivity_fields[] = {
	{ "share", STK_FIELD_REAL, offsetof(struct stk_sensitivity, share), true, 0, 0, NULL, NULL, 0, false },
	{ "change", STK_FIELD_REAL, offsetof(struct stk_sensitivity, change), true, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape sensitivity_shape = { sensitivity_fields, sizeof(struct stk_sensitivity), false };

static const struct stk_field comparison_fields[] = {
	{ "type_id", STK_FIELD_TEXT, offsetof(struct stk_comparison, type_id), true, 0, 0, NULL, NULL, 0, false },
	{ "short_name", STK_FIELD_TEXT, offsetof(struct stk_comparison, short_name), true, 0, 0, NULL, NULL, 0, false },
	{ "unit", STK_FIELD_TEXT, offsetof(struct stk_comparison, unit), true, 0, 0, NULL, NULL, 0, false },
	{ "is_level", STK_FIELD_BOOL, offsetof(struct stk_comparison, is_level), true, 0, 0, NULL, NULL, 0, false },
	{ "calibrated", STK_FIELD_BOOL, offsetof(struct stk_comparison, calibrated), false, 0, 0, NULL, NULL, 0, false },
	{ "pairs", STK_FIELD_INT, offsetof(struct stk_comparison, pairs), true, 0, 1000000, NULL, NULL, 0, false },
	{ "slices_base", STK_FIELD_INT, offsetof(struct stk_comparison, slices_base), true, 0, 100000000, NULL, NULL, 0, false },
	{ "slices_head", STK_FIELD_INT, offsetof(struct stk_comparison, slices_head), true, 0, 100000000, NULL, NULL, 0, false },
	{ "samples_base", STK_FIELD_REAL, offsetof(struct stk_comparison, samples_base), false, 0, 0, NULL, NULL, 0, false },
	{ "samples_head", STK_FIELD_REAL, offsetof(struct stk_comparison, samples_head), false, 0, 0, NULL, NULL, 0, false },
	{ "hz", STK_FIELD_REAL, offsetof(struct stk_comparison, hz), false, 0, 0, NULL, NULL, 0, false },
	{ "period", STK_FIELD_REAL, offsetof(struct stk_comparison, period), false, 0, 0, NULL, NULL, 0, false },
	{ "unlabelled", STK_FIELD_REAL, offsetof(struct stk_comparison, unlabelled), false, 0, 0, NULL, NULL, 0, false },
	{ "other", STK_FIELD_REAL, offsetof(struct stk_comparison, other), false, 0, 0, NULL, NULL, 0, false },
	{ "tick_error", STK_FIELD_REAL, offsetof(struct stk_comparison, tick_error), false, 0, 0, NULL, NULL, 0, false },
	{ "common_shift", STK_FIELD_REAL, offsetof(struct stk_comparison, common_shift), false, 0, 0, NULL, NULL, 0, false },
	{ "q_threshold", STK_FIELD_REAL, offsetof(struct stk_comparison, q_threshold), false, 0, 0, NULL, NULL, 0, false },
	{ "tested", STK_FIELD_SIZE, offsetof(struct stk_comparison, tested), false, 0, 0, NULL, NULL, 0, false },
	{ "changed_share", STK_FIELD_REAL, offsetof(struct stk_comparison, changed_share), false, 0, 0, NULL, NULL, 0, false },
	{ "total", STK_FIELD_STRUCT, offsetof(struct stk_comparison, total), true, 0, 0, &row_shape, NULL, 0, false },
	{ "rows", STK_FIELD_LIST, offsetof(struct stk_comparison, rows), true, 0, 200000, &row_shape, NULL, 0, false },
	{ "inclusive", STK_FIELD_LIST, offsetof(struct stk_comparison, inclusive), false, 0, 200000, &row_shape, NULL, 0, false },
	{ "packages", STK_FIELD_LIST, offsetof(struct stk_comparison, packages), false, 0, 200000, &row_shape, NULL, 0, false },
	{ "sensitivity", STK_FIELD_LIST, offsetof(struct stk_comparison, sensitivity), false, 0, 1000, &sensitivity_shape, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape comparison_shape = { comparison_fields, sizeof(struct stk_comparison), false };

static const struct stk_field total_fields[] = {
	{ "name", STK_FIELD_TEXT, offsetof(struct stk_total, name), true, 0, 0, NULL, NULL, 0, false },
	{ "unit", STK_FIELD_TEXT, offsetof(struct stk_total, unit), true, 0, 0, NULL, NULL, 0, false },
	{ "row", STK_FIELD_STRUCT, offsetof(struct stk_total, row), true, 0, 0, &row_shape, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape total_shape = { total_fields, sizeof(struct stk_total), false };

static const struct stk_field hotspot_fields[] = {
	{ "function", STK_FIELD_STRUCT, offsetof(struct stk_hotspot, function), true, 0, 0, &function_shape, NULL, 0, false },
	{ "cost", STK_FIELD_REAL, offsetof(struct stk_hotspot, cost), false, 0, 0, NULL, NULL, 0, false },
	{ "lo", STK_FIELD_REAL, offsetof(struct stk_hotspot, lo), false, 0, 0, NULL, NULL, 0, false },
	{ "hi", STK_FIELD_REAL, offsetof(struct stk_hotspot, hi), false, 0, 0, NULL, NULL, 0, false },
	{ "background_per_s", STK_FIELD_REAL, offsetof(struct stk_hotspot, background_per_s), false, 0, 0, NULL, NULL, 0, false },
	{ "share", STK_FIELD_REAL, offsetof(struct stk_hotspot, share), false, 0, 0, NULL, NULL, 0, false },
	{ "samples", STK_FIELD_REAL, offsetof(struct stk_hotspot, samples), false, 0, 0, NULL, NULL, 0, false },
	{ "link", STK_FIELD_STRUCT, offsetof(struct stk_hotspot, link), false, 0, 0, &row_link_shape, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape hotspot_shape = { hotspot_fields, sizeof(struct stk_hotspot), false };

static const struct stk_field hotspots_fields[] = {
	{ "type_id", STK_FIELD_TEXT, offsetof(struct stk_hotspots, type_id), true, 0, 0, NULL, NULL, 0, false },
	{ "short_name", STK_FIELD_TEXT, offsetof(struct stk_hotspots, short_name), true, 0, 0, NULL, NULL, 0, false },
	{ "unit", STK_FIELD_TEXT, offsetof(struct stk_hotspots, unit), true, 0, 0, NULL, NULL, 0, false },
	{ "slices_idle", STK_FIELD_INT, offsetof(struct stk_hotspots, slices_idle), true, 0, 100000000, NULL, NULL, 0, false },
	{ "slices_load", STK_FIELD_INT, offsetof(struct stk_hotspots, slices_load), true, 0, 100000000, NULL, NULL, 0, false },
	{ "total", STK_FIELD_REAL, offsetof(struct stk_hotspots, total), false, 0, 0, NULL, NULL, 0, false },
	{ "total_lo", STK_FIELD_REAL, offsetof(struct stk_hotspots, total_lo), false, 0, 0, NULL, NULL, 0, false },
	{ "total_hi", STK_FIELD_REAL, offsetof(struct stk_hotspots, total_hi), false, 0, 0, NULL, NULL, 0, false },
	{ "samples", STK_FIELD_REAL, offsetof(struct stk_hotspots, samples), false, 0, 0, NULL, NULL, 0, false },
	{ "rows", STK_FIELD_LIST, offsetof(struct stk_hotspots, rows), true, 0, 200000, &hotspot_shape, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape hotspots_shape = { hotspots_fields, sizeof(struct stk_hotspots), false };

static const struct stk_field threshold_fields[] = {
	{ "metric", STK_FIELD_TEXT, offsetof(struct stk_threshold_result, metric), true, 0, 0, NULL, NULL, 0, false },
	{ "expr", STK_FIELD_TEXT, offsetof(struct stk_threshold_result, expr), true, 0, 0, NULL, NULL, 0, false },
	{ "value", STK_FIELD_REAL, offsetof(struct stk_threshold_result, value), false, 0, 0, NULL, NULL, 0, false },
	{ "ok", STK_FIELD_BOOL, offsetof(struct stk_threshold_result, ok), true, 0, 0, NULL, NULL, 0, false },
	{ "no_data", STK_FIELD_BOOL, offsetof(struct stk_threshold_result, no_data), false, 0, 0, NULL, NULL, 0, false },
	{ "aborted", STK_FIELD_BOOL, offsetof(struct stk_threshold_result, aborted), false, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape threshold_shape = { threshold_fields, sizeof(struct stk_threshold_result), false };

static const struct stk_field gate_fields[] = {
	{ "name", STK_FIELD_TEXT, offsetof(struct stk_gate_result, name), true, 0, 0, NULL, NULL, 0, false },
	{ "limit", STK_FIELD_TEXT, offsetof(struct stk_gate_result, limit), true, 0, 0, NULL, NULL, 0, false },
	{ "text", STK_FIELD_TEXT, offsetof(struct stk_gate_result, text), true, 0, 0, NULL, NULL, 0, false },
	{ "crossed", STK_FIELD_BOOL, offsetof(struct stk_gate_result, crossed), true, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape gate_shape = { gate_fields, sizeof(struct stk_gate_result), false };

static const struct stk_field precondition_fields[] = {
	{ "name", STK_FIELD_TEXT, offsetof(struct stk_precondition, name), true, 0, 0, NULL, NULL, 0, false },
	{ "state", STK_FIELD_ENUM, offsetof(struct stk_precondition, state), true, 0, 0, NULL, check_states, 0, false },
	{ "text", STK_FIELD_TEXT, offsetof(struct stk_precondition, text), true, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape precondition_shape = { precondition_fields, sizeof(struct stk_precondition), false };

static const struct stk_field fact_fields[] = {
	{ "key", STK_FIELD_TEXT, offsetof(struct stk_fact, key), true, 0, 0, NULL, NULL, 0, false },
	{ "value", STK_FIELD_TEXT, offsetof(struct stk_fact, value), true, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape fact_shape = { fact_fields, sizeof(struct stk_fact), false };

static const struct stk_field note_fields[] = {
	{ "level", STK_FIELD_ENUM, offsetof(struct stk_note, level), true, 0, 0, NULL, note_levels, 0, false },
	{ "text", STK_FIELD_TEXT, offsetof(struct stk_note, text), true, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape note_shape = { note_fields, sizeof(struct stk_note), false };

static const struct stk_field generator_fields[] = {
	{ "busy", STK_FIELD_REAL, offsetof(struct stk_generator_info, busy), false, 0, 0, NULL, NULL, 0, false },
	{ "late_p99_ms", STK_FIELD_REAL, offsetof(struct stk_generator_info, late_p99_ms), false, 0, 0, NULL, NULL, 0, false },
	{ "lag_p99_ms", STK_FIELD_REAL, offsetof(struct stk_generator_info, lag_p99_ms), false, 0, 0, NULL, NULL, 0, false },
	{ "paused_ns", STK_FIELD_I64, offsetof(struct stk_generator_info, paused_ns), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "dropped", STK_FIELD_I64, offsetof(struct stk_generator_info, dropped), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "planned", STK_FIELD_I64, offsetof(struct stk_generator_info, planned), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "started", STK_FIELD_I64, offsetof(struct stk_generator_info, started), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "rate_planned", STK_FIELD_REAL, offsetof(struct stk_generator_info, rate_planned), false, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape generator_shape = { generator_fields, sizeof(struct stk_generator_info), false };

static const struct stk_field plan_fields[] = {
	{ "fingerprint", STK_FIELD_TEXT, offsetof(struct stk_plan_info, fingerprint), false, 0, 0, NULL, NULL, 0, false },
	{ "segment", STK_FIELD_TEXT, offsetof(struct stk_plan_info, segment), false, 0, 0, NULL, NULL, 0, false },
	{ "sequence", STK_FIELD_TEXT, offsetof(struct stk_plan_info, sequence), false, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape plan_shape = { plan_fields, sizeof(struct stk_plan_info), true };

static const struct stk_field partial_fields[] = {
	{ "is_partial", STK_FIELD_BOOL, offsetof(struct stk_partial, is_partial), true, 0, 0, NULL, NULL, 0, false },
	{ "phase", STK_FIELD_TEXT, offsetof(struct stk_partial, phase), false, 0, 0, NULL, NULL, 0, false },
	{ "reason", STK_FIELD_TEXT, offsetof(struct stk_partial, reason), false, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape partial_shape = { partial_fields, sizeof(struct stk_partial), false };

static const struct stk_field repository_fields[] = {
	{ "remote", STK_FIELD_TEXT, offsetof(struct stk_repository, remote), false, 0, 0, NULL, NULL, 0, false },
	{ "default_branch", STK_FIELD_TEXT, offsetof(struct stk_repository, default_branch), false, 0, 0, NULL, NULL, 0, false },
	{ "commits", STK_FIELD_I64, offsetof(struct stk_repository, commits), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "files", STK_FIELD_I64, offsetof(struct stk_repository, files), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "lines", STK_FIELD_I64, offsetof(struct stk_repository, lines), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape repository_shape = { repository_fields, sizeof(struct stk_repository), false };

static const struct stk_field baseline_fields[] = {
	{ "revision", STK_FIELD_TEXT, offsetof(struct stk_baseline_info, revision), false, 0, 0, NULL, NULL, 0, false },
	{ "run", STK_FIELD_TEXT, offsetof(struct stk_baseline_info, run), false, 0, 0, NULL, NULL, 0, false },
	{ "where", STK_FIELD_TEXT, offsetof(struct stk_baseline_info, where), false, 0, 0, NULL, NULL, 0, false },
	{ "why", STK_FIELD_TEXT, offsetof(struct stk_baseline_info, why), false, 0, 0, NULL, NULL, 0, false },
	{ "measured_ns", STK_FIELD_I64, offsetof(struct stk_baseline_info, measured_ns), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape baseline_shape = { baseline_fields, sizeof(struct stk_baseline_info), true };

static const struct stk_field report_link_fields[] = {
	{ "name", STK_FIELD_TEXT, offsetof(struct stk_report_link, name), true, 0, 0, NULL, NULL, 0, false },
	{ "text", STK_FIELD_TEXT, offsetof(struct stk_report_link, text), true, 0, 0, NULL, NULL, 0, false },
	{ "url", STK_FIELD_TEXT, offsetof(struct stk_report_link, url), true, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape report_link_shape = { report_link_fields, sizeof(struct stk_report_link), false };

static const struct stk_field calibration_fields[] = {
	{ "plan", STK_FIELD_TEXT, offsetof(struct stk_calibration_info, plan), false, 0, 0, NULL, NULL, 0, false },
	{ "why_not", STK_FIELD_TEXT, offsetof(struct stk_calibration_info, why_not), false, 0, 0, NULL, NULL, 0, false },
	{ "runs", STK_FIELD_INT, offsetof(struct stk_calibration_info, runs), false, 0, 1000000, NULL, NULL, 0, false },
	{ "alarms", STK_FIELD_INT, offsetof(struct stk_calibration_info, alarms), false, 0, 1000000, NULL, NULL, 0, false },
	{ "alarms_below", STK_FIELD_REAL, offsetof(struct stk_calibration_info, alarms_below), false, 0, 0, NULL, NULL, 0, false },
	{ "sigma", STK_FIELD_REAL, offsetof(struct stk_calibration_info, sigma), false, 0, 0, NULL, NULL, 0, false },
	{ "first_ns", STK_FIELD_I64, offsetof(struct stk_calibration_info, first_ns), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "last_ns", STK_FIELD_I64, offsetof(struct stk_calibration_info, last_ns), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape calibration_shape = { calibration_fields, sizeof(struct stk_calibration_info), true };

static const struct stk_field run_fields[] = {
	{ "id", STK_FIELD_TEXT, offsetof(struct stk_run, id), true, 0, 0, NULL, NULL, 0, false },
	{ "name", STK_FIELD_TEXT, offsetof(struct stk_run, name), true, 0, 0, NULL, NULL, 0, false },
	{ "version", STK_FIELD_TEXT, offsetof(struct stk_run, version), true, 0, 0, NULL, NULL, 0, false },
	{ "command", STK_FIELD_TEXT, offsetof(struct stk_run, command), true, 0, 0, NULL, NULL, 0, false },
	{ "mode", STK_FIELD_ENUM, offsetof(struct stk_run, mode), true, 0, 0, NULL, modes, 0, false },
	{ "start_ns", STK_FIELD_I64, offsetof(struct stk_run, start_ns), true, 0, 0, NULL, NULL, 0, false },
	{ "end_ns", STK_FIELD_I64, offsetof(struct stk_run, end_ns), true, 0, 0, NULL, NULL, 0, false },
	{ "partial", STK_FIELD_STRUCT, offsetof(struct stk_run, partial), true, 0, 0, &partial_shape, NULL, 0, false },
	{ "exit_code", STK_FIELD_INT, offsetof(struct stk_run, exit_code), true, 0, 255, NULL, NULL, 0, false },
	{ "verdict", STK_FIELD_ENUM, offsetof(struct stk_run, verdict), true, 0, 0, NULL, verdicts, 0, false },
	{ "headline", STK_FIELD_TEXT, offsetof(struct stk_run, headline), false, 0, 0, NULL, NULL, 0, false },
	{ "base", STK_FIELD_STRUCT, offsetof(struct stk_run, sides[STK_SIDE_BASE]), false, 0, 0, &side_info_shape, NULL, 0, false },
	{ "head", STK_FIELD_STRUCT, offsetof(struct stk_run, sides[STK_SIDE_HEAD]), false, 0, 0, &side_info_shape, NULL, 0, false },
	{ "repository", STK_FIELD_STRUCT, offsetof(struct stk_run, repository), false, 0, 0, &repository_shape, NULL, 0, false },
	{ "baseline", STK_FIELD_STRUCT, offsetof(struct stk_run, baseline), false, 0, 0, &baseline_shape, NULL, 0, false },
	{ "calibration", STK_FIELD_STRUCT, offsetof(struct stk_run, calibration), false, 0, 0, &calibration_shape, NULL, 0, false },
	{ "planned_pairs", STK_FIELD_INT, offsetof(struct stk_run, planned_pairs), false, 0, 1000000, NULL, NULL, 0, false },
	{ "block_ns", STK_FIELD_I64, offsetof(struct stk_run, block_ns), false, 0, INT64_MAX, NULL, NULL, 0, false },
	{ "generator", STK_FIELD_STRUCT, offsetof(struct stk_run, generator), false, 0, 0, &generator_shape, NULL, 0, false },
	{ "plan", STK_FIELD_STRUCT, offsetof(struct stk_run, plan), false, 0, 0, &plan_shape, NULL, 0, false },
	{ "preconditions", STK_FIELD_LIST, offsetof(struct stk_run, preconditions), false, 0, 1000, &precondition_shape, NULL, 0, false },
	{ "totals", STK_FIELD_LIST, offsetof(struct stk_run, totals), false, 0, 1000, &total_shape, NULL, 0, false },
	{ "comparisons", STK_FIELD_LIST, offsetof(struct stk_run, comparisons), false, 0, 100, &comparison_shape, NULL, 0, false },
	{ "hotspots", STK_FIELD_LIST, offsetof(struct stk_run, hotspots), false, 0, 100, &hotspots_shape, NULL, 0, false },
	{ "thresholds", STK_FIELD_LIST, offsetof(struct stk_run, thresholds), false, 0, 10000, &threshold_shape, NULL, 0, false },
	{ "gates", STK_FIELD_LIST, offsetof(struct stk_run, gates), false, 0, 1000, &gate_shape, NULL, 0, false },
	{ "windows", STK_FIELD_LIST, offsetof(struct stk_run, windows), false, 0, 100000, &window_shape, NULL, 0, false },
	{ "slices", STK_FIELD_LIST, offsetof(struct stk_run, slices), false, 0, 1000000, &slice_shape, NULL, 0, false },
	{ "environment", STK_FIELD_LIST, offsetof(struct stk_run, environment), false, 0, 1000, &fact_shape, NULL, 0, false },
	{ "notes", STK_FIELD_LIST, offsetof(struct stk_run, notes), false, 0, 10000, &note_shape, NULL, 0, false },
	{ "links", STK_FIELD_LIST, offsetof(struct stk_run, links), false, 0, 100, &report_link_shape, NULL, 0, false },
	{ .name = NULL },
};
const struct stk_shape stk_run_shape = { run_fields, sizeof(struct stk_run), false };

/* clang-format on */
