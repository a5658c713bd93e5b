/* pprof_json: a pprof as the protobuf JSON mapping writes it. */
#include "core/pyroscope/pprof_json.h"

#include "core/base/mem.h"
#include "core/pyroscope/wire.h"

struct value_type {
	int64_t type, unit;
};
struct label {
	int64_t key, str, num, num_unit;
};
struct sample {
	struct stk_wire_list location_id, value, label;
};
struct mapping {
	int64_t id, start, limit, offset, filename, build_id;
	bool has[4];
};
struct line {
	int64_t function_id, line;
};
struct location {
	int64_t id, mapping_id, address;
	struct stk_wire_list line;
	bool is_folded;
};
struct function {
	int64_t id, name, system_name, filename, start_line;
};
struct profile {
	struct stk_wire_list sample_type, sample, mapping, location, function, string_table;
	int64_t drop_frames, keep_frames, time_nanos, duration_nanos;
	struct value_type *period_type;
	int64_t period;
	struct stk_wire_list comment;
	int64_t default_sample_type;
};

/* clang-format off */
#define I(num, json, proto, type, member) \
	{ num, json, proto, STK_WIRE_I64, false, offsetof(struct type, member), NULL, NULL }
#define IL(num, json, proto, type, member) \
	{ num, json, proto, STK_WIRE_I64, true, offsetof(struct type, member), NULL, NULL }
#define B(num, json, proto, type, member) \
	{ num, json, proto, STK_WIRE_BOOL, false, offsetof(struct type, member), NULL, NULL }
#define LM(num, json, proto, type, member, sub) \
	{ num, json, proto, STK_WIRE_MSG, true, offsetof(struct type, member), &(sub), NULL }
#define MESSAGE(var, text, type, table) \
	static const struct stk_wire_message var = \
		{ text, sizeof(struct type), table, STK_ARRAY_LEN(table) }

static const struct stk_wire_field value_type_fields[] = {
	I(1, "type", NULL, value_type, type),
	I(2, "unit", NULL, value_type, unit),
};
MESSAGE(value_type_wire, "ValueType", value_type, value_type_fields);

static const struct stk_wire_field label_fields[] = {
	I(1, "key",     NULL,       label, key),
	I(2, "str",     NULL,       label, str),
	I(3, "num",     NULL,       label, num),
	I(4, "numUnit", "num_unit", label, num_unit),
};
MESSAGE(label_wire, "Label", label, label_fields);

static const struct stk_wire_field sample_fields[] = {
	IL(1, "locationId", "location_id", sample, location_id),
	IL(2, "value",      NULL,          sample, value),
	LM(3, "label",      NULL,          sample, label, label_wire),
};
MESSAGE(sample_wire, "Sample", sample, sample_fields);

static const struct stk_wire_field mapping_fields[] = {
	I(1,  "id",              NULL,                mapping, id),
	I(2,  "memoryStart",     "memory_start",      mapping, start),
	I(3,  "memoryLimit",     "memory_limit",      mapping, limit),
	I(4,  "fileOffset",      "file_offset",       mapping, offset),
	I(5,  "filename",        NULL,                mapping, filename),
	I(6,  "buildId",         "build_id",          mapping, build_id),
	B(7,  "hasFunctions",    "has_functions",     mapping, has[0]),
	B(8,  "hasFilenames",    "has_filenames",     mapping, has[1]),
	B(9,  "hasLineNumbers",  "has_line_numbers",  mapping, has[2]),
	B(10, "hasInlineFrames", "has_inline_frames", mapping, has[3]),
};
MESSAGE(mapping_wire, "Mapping", mapping, mapping_fields);

static const struct stk_wire_field line_fields[] = {
	I(1, "functionId", "function_id", line, function_id),
	I(2, "line",       NULL,          line, line),
};
MESSAGE(line_wire, "Line", line, line_fields);

static const struct stk_wire_field location_fields[] = {
	I(1,  "id",        NULL,         location, id),
	I(2,  "mappingId", "mapping_id", location, mapping_id),
	I(3,  "address",   NULL,         location, address),
	LM(4, "line",      NULL,         location, line, line_wire),
	B(5,  "isFolded",  "is_folded",  location, is_folded),
};
MESSAGE(location_wire, "Location", location, location_fields);

static const struct stk_wire_field function_fields[] = {
	I(1, "id",         NULL,          function, id),
	I(2, "name",       NULL,          function, name),
	I(3, "systemName", "system_name", function, system_name),
	I(4, "filename",   NULL,          function, filename),
	I(5, "startLine",  "start_line",  function, start_line),
};
MESSAGE(function_wire, "Function", function, function_fields);

static const struct stk_wire_field profile_fields[] = {
	LM(1,  "sampleType",        "sample_type",         profile, sample_type, value_type_wire),
	LM(2,  "sample",            NULL,                  profile, sample, sample_wire),
	LM(3,  "mapping",           NULL,                  profile, mapping, mapping_wire),
	LM(4,  "location",          NULL,                  profile, location, location_wire),
	LM(5,  "function",          NULL,                  profile, function, function_wire),
	{ 6,   "stringTable",       "string_table",        STK_WIRE_STR, true,
		offsetof(struct profile, string_table), NULL, NULL },
	I(7,   "dropFrames",        "drop_frames",         profile, drop_frames),
	I(8,   "keepFrames",        "keep_frames",         profile, keep_frames),
	I(9,   "timeNanos",         "time_nanos",          profile, time_nanos),
	I(10,  "durationNanos",     "duration_nanos",      profile, duration_nanos),
	{ 11,  "periodType",        "period_type",         STK_WIRE_MSG, false,
		offsetof(struct profile, period_type), &value_type_wire, NULL },
	I(12,  "period",            NULL,                  profile, period),
	IL(13, "comment",           NULL,                  profile, comment),
	I(14,  "defaultSampleType", "default_sample_type", profile, default_sample_type),
};
MESSAGE(profile_wire, "Profile", profile, profile_fields);
/* clang-format on */

int stk_pprof_json_write(struct stk_str pprof, struct stk_buf *out, struct stk_err *err)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct profile profile;
	int rc = stk_wire_read_proto(&profile_wire, pprof, &arena, &profile, err);

	if (rc == 0) {
		stk_wire_write_json(&profile_wire, &profile, out);
		rc = stk_buf_check(out, err);
	}
	stk_arena_release(&arena);
	return rc;
}

int stk_pprof_json_read(struct stk_str json, struct stk_buf *out, struct stk_err *err)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct profile profile;
	int rc = stk_wire_read_json(&profile_wire, json, &arena, &profile, err);

	if (rc == 0) {
		stk_wire_write_proto(&profile_wire, &profile, out);
		rc = stk_buf_check(out, err);
	}
	stk_arena_release(&arena);
	return rc;
}
