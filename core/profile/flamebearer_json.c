/* flamebearer_json: flame graphs as JSON documents, Connect's and the legacy one, both ways. */
#include <stdlib.h>

#include "core/base/json.h"
#include "core/profile/flamebearer.h"

#define MAX_LEVELS 65536

/* --- writing ------------------------------------------------------------------------------- */

static void put_text(struct stk_buf *buf, struct stk_str text)
{
	struct stk_json *value = stk_json_new_str(text);

	stk_json_format(value, STK_JSON_COMPACT, buf);
	stk_json_free(value);
}

static void put_names(const struct stk_flamebearer *flame, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "\"names\":[");
	for (size_t i = 0; i < flame->names.len; i++) {
		if (i > 0)
			stk_buf_add_byte(buf, ',');
		put_text(buf, flame->names.items[i]);
	}
	stk_buf_add_byte(buf, ']');
}

static void put_values(
	const struct stk_flamebearer_level *level, const char *quote, struct stk_buf *buf)
{
	for (size_t i = 0; i < level->len; i++)
		stk_buf_addf(buf, "%s%s%lld%s", i > 0 ? "," : "", quote,
			(long long)level->values[i], quote);
}

static void put_count(struct stk_buf *buf, const char *key, int64_t value)
{
	if (value != 0)
		stk_buf_addf(buf, ",\"%s\":\"%lld\"", key, (long long)value);
}

void stk_flamebearer_write_connect(const struct stk_flamebearer *flame, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "{\"flamegraph\":{");
	put_names(flame, buf);
	stk_buf_add_text(buf, ",\"levels\":[");
	for (size_t i = 0; i < flame->levels.len; i++) {
		stk_buf_add_text(buf, i > 0 ? ",{\"values\":[" : "{\"values\":[");
		put_values(&flame->levels.items[i], "\"", buf);
		stk_buf_add_text(buf, "]}");
	}
	stk_buf_add_byte(buf, ']');
	put_count(buf, "total", flame->total);
	put_count(buf, "maxSelf", flame->max_self);
	put_count(buf, "leftTicks", flame->left_ticks);
	put_count(buf, "rightTicks", flame->right_ticks);
	stk_buf_add_text(buf, "}}");
}

static void put_timeline(const struct stk_flamebearer_meta *meta, struct stk_buf *buf)
{
	if (!meta->has_timeline) {
		stk_buf_add_text(buf, ",\"timeline\":null");
		return;
	}
	stk_buf_addf(
		buf, ",\"timeline\":{\"startTime\":%lld,\"samples\":[", (long long)meta->start_s);
	for (size_t i = 0; i < meta->samples_len; i++)
		stk_buf_addf(buf, "%s%lld", i > 0 ? "," : "", (long long)meta->samples[i]);
	stk_buf_addf(buf, "],\"durationDelta\":%lld,\"watermarks\":null}", (long long)meta->step_s);
}

void stk_flamebearer_describe(
	struct stk_flamebearer_meta *meta, struct stk_str sample_type, struct stk_str unit)
{
	static const char *const objects[] = {
		"inuse_objects", "alloc_objects", "goroutine", "samples"};

	*meta = (struct stk_flamebearer_meta){
		.name = sample_type, .units = unit, .sample_rate = 100};
	for (size_t i = 0; i < STK_ARRAY_LEN(objects); i++)
		if (stk_str_is(sample_type, objects[i]))
			meta->units = STK_STR("objects");
	if (stk_str_is(sample_type, "cpu")) {
		meta->units = STK_STR("samples");
		meta->sample_rate = 1000000000;
	}
}

void stk_flamebearer_write_legacy(const struct stk_flamebearer *flame,
	const struct stk_flamebearer_meta *meta, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "{\"version\":1,\"flamebearer\":{");
	put_names(flame, buf);
	stk_buf_add_text(buf, ",\"levels\":[");
	for (size_t i = 0; i < flame->levels.len; i++) {
		stk_buf_add_text(buf, i > 0 ? ",[" : "[");
		put_values(&flame->levels.items[i], "", buf);
		stk_buf_add_byte(buf, ']');
	}
	stk_buf_addf(buf, "],\"numTicks\":%lld,\"maxSelf\":%lld}", (long long)flame->total,
		(long long)flame->max_self);
	stk_buf_addf(buf, ",\"metadata\":{\"format\":\"%s\",\"spyName\":\"\",\"sampleRate\":%lld,",
		flame->is_diff ? "double" : "single", (long long)meta->sample_rate);
	stk_buf_add_text(buf, "\"units\":");
	put_text(buf, meta->units);
	stk_buf_add_text(buf, ",\"name\":");
	put_text(buf, meta->name);
	stk_buf_add_byte(buf, '}');
	put_timeline(meta, buf);
	stk_buf_add_text(buf, ",\"groups\":null,\"heatmap\":null");
	if (flame->left_ticks != 0)
		stk_buf_addf(buf, ",\"leftTicks\":%lld", (long long)flame->left_ticks);
	if (flame->right_ticks != 0)
		stk_buf_addf(buf, ",\"rightTicks\":%lld", (long long)flame->right_ticks);
	stk_buf_add_byte(buf, '}');
}

/* --- reading ------------------------------------------------------------------------------- */

/* An integer as a number or as text; absent is 0. */
static int read_int(
	const struct stk_json *value, const char *what, int64_t *out, struct stk_err *err)
{
	int rc;

	*out = 0;
	switch (stk_json_type(value)) {
	case STK_JSON_NULL:
		return 0;
	case STK_JSON_INT:
		*out = stk_json_int(value, 0);
		return 0;
	case STK_JSON_STRING:
		rc = stk_str_to_i64(stk_json_str(value), out, err);
		if (rc < 0)
			stk_err_wrap(err, "flame graph: %s", what);
		return rc;
	default:
		return stk_err_set(
			err, STK_E_FORMAT, "flame graph: %s: an integer is missing", what);
	}
}

static int read_names(
	struct stk_flamebearer *flame, const struct stk_json *names, struct stk_err *err)
{
	size_t len = stk_json_len(names);

	if (len > STK_FLAMEBEARER_MAX_NODES)
		return stk_err_set(err, STK_E_TOO_LARGE, "flame graph: more than %zu names",
			STK_FLAMEBEARER_MAX_NODES);
	for (size_t i = 0; i < len; i++) {
		const struct stk_json *name = stk_json_at(names, i);
		if (stk_json_type(name) != STK_JSON_STRING)
			return stk_err_set(
				err, STK_E_FORMAT, "flame graph: name %zu: a text is missing", i);
		struct stk_str text = stk_json_str(name);
		text.ptr = stk_arena_str(&flame->arena, text);
		stk_vec_push(&flame->names, text);
	}
	return 0;
}

static int read_level(struct stk_flamebearer *flame, const struct stk_json *values, size_t *nodes,
	struct stk_err *err)
{
	size_t len = stk_json_len(values), width = flame->is_diff ? 7 : 4;
	size_t depth = flame->levels.len;
	struct stk_flamebearer_level *level;

	if (len % width != 0)
		return stk_err_set(err, STK_E_FORMAT,
			"flame graph: level %zu: %zu values are no multiple of %zu", depth, len,
			width);
	*nodes += len / width;
	if (*nodes > STK_FLAMEBEARER_MAX_NODES || depth >= MAX_LEVELS)
		return stk_err_set(err, STK_E_TOO_LARGE, "flame graph: more than %zu nodes",
			STK_FLAMEBEARER_MAX_NODES);
	level = stk_vec_push_new(&flame->levels);
	level->values = stk_xreallocarray(NULL, len + 1, sizeof *level->values);
	for (size_t i = 0; i < len; i++) {
		int rc = read_int(stk_json_at(values, i), "a value", &level->values[i], err);
		if (rc < 0)
			return rc;
		level->len = i + 1;
		if (i % width == width - 1 &&
			(uint64_t)level->values[i] >= (uint64_t)flame->names.len)
			return stk_err_set(err, STK_E_FORMAT,
				"flame graph: level %zu: name %lld of %zu", depth,
				(long long)level->values[i], flame->names.len);
	}
	return 0;
}

static int read_levels(
	struct stk_flamebearer *flame, const struct stk_json *levels, struct stk_err *err)
{
	size_t nodes = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < stk_json_len(levels); i++) {
		const struct stk_json *level = stk_json_at(levels, i);
		if (stk_json_type(level) == STK_JSON_OBJECT)
			level = stk_json_get(level, "values");
		rc = read_level(flame, level, &nodes, err);
	}
	return rc;
}

/* Counts stand in the flame graph (Connect) or beside it (legacy). */
static int read_counts(struct stk_flamebearer *flame, const struct stk_json *graph,
	const struct stk_json *beside, struct stk_err *err)
{
	const struct {
		const struct stk_json *in;
		const char *key;
		int64_t *out;
	} rows[] = {
		{graph, beside ? "numTicks" : "total", &flame->total},
		{graph, "maxSelf", &flame->max_self},
		{beside ? beside : graph, "leftTicks", &flame->left_ticks},
		{beside ? beside : graph, "rightTicks", &flame->right_ticks},
	};

	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		int rc = read_int(
			stk_json_get(rows[i].in, rows[i].key), rows[i].key, rows[i].out, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Connect's document does not say which kind it is: level 0 has one node, of 4 values or of 7. */
static bool is_double(const struct stk_json *graph)
{
	const struct stk_json *level = stk_json_at(stk_json_get(graph, "levels"), 0);

	return stk_json_len(stk_json_get(level, "values")) == 7;
}

static int read_document(
	struct stk_flamebearer *flame, const struct stk_json *doc, struct stk_err *err)
{
	const struct stk_json *graph = stk_json_get(doc, "flamegraph"), *beside = NULL;
	int rc;

	if (graph) {
		flame->is_diff = is_double(graph);
	} else {
		graph = stk_json_get(doc, "flamebearer");
		beside = doc;
		flame->is_diff = stk_str_is(
			stk_json_str(stk_json_get(stk_json_get(doc, "metadata"), "format")),
			"double");
	}
	if (stk_json_type(doc) != STK_JSON_OBJECT)
		return stk_err_set(err, STK_E_FORMAT, "flame graph: not a JSON object");
	if (!graph && stk_json_len(doc) > 0)
		return stk_err_set(err, STK_E_FORMAT,
			"flame graph: neither 'flamegraph' nor 'flamebearer' is there");
	rc = read_names(flame, stk_json_get(graph, "names"), err);
	if (rc == 0)
		rc = read_levels(flame, stk_json_get(graph, "levels"), err);
	if (rc == 0)
		rc = read_counts(flame, graph, beside, err);
	return rc;
}

int stk_flamebearer_read(struct stk_flamebearer *flame, struct stk_str json, struct stk_err *err)
{
	struct stk_json *doc = NULL;
	int rc = stk_json_parse(json, &doc, err);

	if (rc == 0)
		rc = read_document(flame, doc, err);
	stk_json_free(doc);
	return rc;
}
