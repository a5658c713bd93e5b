/* kept_json: a kept run as gzip'd JSON and back; long lists are flat arrays of integers. */
#include <math.h>
#include <string.h>

#include "core/base/gzip.h"
#include "core/base/json.h"
#include "core/baseline/kept.h"
#include "core/record/fields.h"

#define DOCUMENT      "stoker.baseline"
#define FUNCTIONS_MAX 200000u
#define SLICES_MAX    20000u
#define VALUES_MAX    ((size_t)8 << 20) /* of a document, all slices together */
#define EDGES_MAX     1000000u
#define TYPES_MAX     100
#define COUNT_MAX     ((int64_t)1 << 53)
#define THOUSAND      1000.0

/* clang-format off */
static const struct stk_field endpoint_fields[] = {
	{ "name", STK_FIELD_TEXT, offsetof(struct stk_kept_endpoint, name), true, 0, 0, NULL, NULL, 0, false },
	{ "requests", STK_FIELD_REAL, offsetof(struct stk_kept_endpoint, requests), true, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape endpoint_shape = { endpoint_fields, sizeof(struct stk_kept_endpoint), false };

static const struct stk_field load_fields[] = {
	{ "seconds", STK_FIELD_REAL, offsetof(struct stk_kept_load, seconds), true, 0, 0, NULL, NULL, 0, false },
	{ "requests", STK_FIELD_I64, offsetof(struct stk_kept_load, requests), true, 0, COUNT_MAX, NULL, NULL, 0, false },
	{ "failed", STK_FIELD_I64, offsetof(struct stk_kept_load, failed), true, 0, COUNT_MAX, NULL, NULL, 0, false },
	{ "rate_planned", STK_FIELD_REAL, offsetof(struct stk_kept_load, rate_planned), true, 0, 0, NULL, NULL, 0, false },
	{ "p50_ms", STK_FIELD_REAL, offsetof(struct stk_kept_load, p50_ms), false, 0, 0, NULL, NULL, 0, false },
	{ "p95_ms", STK_FIELD_REAL, offsetof(struct stk_kept_load, p95_ms), false, 0, 0, NULL, NULL, 0, false },
	{ "p99_ms", STK_FIELD_REAL, offsetof(struct stk_kept_load, p99_ms), false, 0, 0, NULL, NULL, 0, false },
	{ "cpu_ns", STK_FIELD_I64, offsetof(struct stk_kept_load, cpu_ns), false, -1, INT64_MAX, NULL, NULL, 0, false },
	{ "endpoints", STK_FIELD_LIST, offsetof(struct stk_kept_load, endpoints), true, 0, 10000, &endpoint_shape, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape load_shape = { load_fields, sizeof(struct stk_kept_load), false };

static const struct stk_field fact_fields[] = {
	{ "key", STK_FIELD_TEXT, offsetof(struct stk_fact, key), true, 0, 0, NULL, NULL, 0, false },
	{ "value", STK_FIELD_TEXT, offsetof(struct stk_fact, value), true, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape fact_shape = { fact_fields, sizeof(struct stk_fact), false };

static const struct stk_field kept_fields[] = {
	{ "version", STK_FIELD_TEXT, offsetof(struct stk_kept, version), true, 0, 0, NULL, NULL, 0, false },
	{ "workflow", STK_FIELD_TEXT, offsetof(struct stk_kept, workflow), true, 0, 0, NULL, NULL, 0, false },
	{ "run", STK_FIELD_TEXT, offsetof(struct stk_kept, run), true, 0, 0, NULL, NULL, 0, false },
	{ "revision", STK_FIELD_TEXT, offsetof(struct stk_kept, revision), true, 0, 0, NULL, NULL, 0, false },
	{ "ref", STK_FIELD_TEXT, offsetof(struct stk_kept, ref), false, 0, 0, NULL, NULL, 0, false },
	{ "agent", STK_FIELD_TEXT, offsetof(struct stk_kept, agent), false, 0, 0, NULL, NULL, 0, false },
	{ "measured_ns", STK_FIELD_I64, offsetof(struct stk_kept, measured_ns), true, 0, INT64_MAX / 2, NULL, NULL, 0, false },
	{ "load", STK_FIELD_STRUCT, offsetof(struct stk_kept, load), true, 0, 0, &load_shape, NULL, 0, false },
	{ "environment", STK_FIELD_LIST, offsetof(struct stk_kept, environment), true, 0, 1000, &fact_shape, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape kept_shape = { kept_fields, sizeof(struct stk_kept), false };

static const struct stk_field type_fields[] = {
	{ "type_id", STK_FIELD_TEXT, offsetof(struct stk_kept_type, type_id), true, 0, 0, NULL, NULL, 0, false },
	{ "short_name", STK_FIELD_TEXT, offsetof(struct stk_kept_type, short_name), true, 0, 0, NULL, NULL, 0, false },
	{ "unit", STK_FIELD_TEXT, offsetof(struct stk_kept_type, unit), true, 0, 0, NULL, NULL, 0, false },
	{ "is_level", STK_FIELD_BOOL, offsetof(struct stk_kept_type, is_level), true, 0, 0, NULL, NULL, 0, false },
	{ "period", STK_FIELD_REAL, offsetof(struct stk_kept_type, period), true, 0, 0, NULL, NULL, 0, false },
	{ "hz", STK_FIELD_REAL, offsetof(struct stk_kept_type, hz), true, 0, 0, NULL, NULL, 0, false },
	{ "other", STK_FIELD_REAL, offsetof(struct stk_kept_type, other), true, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape type_shape = { type_fields, sizeof(struct stk_kept_type), false };

static const struct stk_field slice_fields[] = {
	{ "start_ns", STK_FIELD_I64, offsetof(struct stk_kept_slice, start_ns), true, 0, INT64_MAX / 2, NULL, NULL, 0, false },
	{ "duration_ns", STK_FIELD_I64, offsetof(struct stk_kept_slice, duration_ns), true, 1, INT64_MAX / 2, NULL, NULL, 0, false },
	{ "instance", STK_FIELD_TEXT, offsetof(struct stk_kept_slice, instance), true, 0, 0, NULL, NULL, 0, false },
	{ "requests", STK_FIELD_REAL, offsetof(struct stk_kept_slice, requests), true, 0, 0, NULL, NULL, 0, false },
	{ "total", STK_FIELD_I64, offsetof(struct stk_kept_slice, total), true, 0, COUNT_MAX, NULL, NULL, 0, false },
	{ "samples", STK_FIELD_REAL, offsetof(struct stk_kept_slice, samples), true, 0, 0, NULL, NULL, 0, false },
	{ .name = NULL },
};
static const struct stk_shape slice_shape = { slice_fields, sizeof(struct stk_kept_slice), false };
/* clang-format on */

/* --- writing ------------------------------------------------------------------------------- */

static void push_int(struct stk_json *array, int64_t value)
{
	stk_json_push(array, stk_json_new_int(value));
}

static int64_t thousandths(double n)
{
	return n > 0.0 && n < (double)COUNT_MAX / THOUSAND ? llround(n * THOUSAND) : 0;
}

static struct stk_json *write_functions(const struct stk_kept_type *type)
{
	struct stk_json *list = stk_json_new_array();

	for (size_t i = 0; i < type->functions.len; i++) {
		const struct stk_kept_function *function = &type->functions.items[i];
		struct stk_json *one = stk_json_new_array();

		stk_json_push(one, stk_json_new_text(function->name));
		stk_json_push(one, stk_json_new_text(function->file));
		push_int(one, function->line);
		push_int(one, function->total);
		push_int(one, thousandths(function->n_total));
		stk_json_push(list, one);
	}
	return list;
}

static struct stk_json *write_slices(const struct stk_kept_type *type)
{
	struct stk_json *list = stk_json_new_array();

	for (size_t i = 0; i < type->slices.len; i++) {
		const struct stk_kept_slice *slice = &type->slices.items[i];
		struct stk_json *one = stk_fields_write(&slice_shape, slice);
		struct stk_json *values = stk_json_new_array();

		for (size_t k = 0; k < slice->values.len; k++) {
			push_int(values, slice->values.items[k].function);
			push_int(values, slice->values.items[k].self);
			push_int(values, thousandths(slice->values.items[k].n));
		}
		stk_json_put(one, "values", values);
		stk_json_push(list, one);
	}
	return list;
}

static struct stk_json *write_type(const struct stk_kept_type *type)
{
	struct stk_json *object = stk_fields_write(&type_shape, type);
	struct stk_json *edges = stk_json_new_array();

	for (size_t i = 0; i < type->edges.len; i++) {
		push_int(edges, type->edges.items[i].caller);
		push_int(edges, type->edges.items[i].callee);
		push_int(edges, type->edges.items[i].value);
	}
	stk_json_put(object, "functions", write_functions(type));
	stk_json_put(object, "slices", write_slices(type));
	stk_json_put(object, "edges", edges);
	return object;
}

int stk_kept_format(const struct stk_kept *kept, struct stk_buf *out, struct stk_err *err)
{
	struct stk_json *object = stk_fields_write(&kept_shape, kept);
	struct stk_json *types = stk_json_new_array();
	struct stk_buf text = STK_BUF_INIT(STK_KEPT_UNPACKED_MAX);
	size_t before = out->len;
	int rc;

	for (size_t i = 0; i < kept->types.len; i++)
		stk_json_push(types, write_type(&kept->types.items[i]));
	stk_json_put(object, "document", stk_json_new_text(DOCUMENT));
	stk_json_put(object, "schema", stk_json_new_int(STK_KEPT_SCHEMA));
	stk_json_put(object, "types", types);
	stk_json_format(object, STK_JSON_COMPACT, &text);
	rc = stk_buf_check(&text, err);
	if (rc == 0)
		rc = stk_gzip_pack(stk_buf_str(&text), 9, out, err);
	if (rc == 0 && out->len - before > STK_KEPT_PACKED_MAX)
		rc = stk_err_set(err, STK_E_TOO_LARGE,
			"a baseline of %zu bytes; at most %zu are kept", out->len - before,
			STK_KEPT_PACKED_MAX);
	stk_json_free(object);
	stk_buf_release(&text);
	return rc;
}

/* --- reading ------------------------------------------------------------------------------- */

struct reading {
	struct stk_kept *kept;
	size_t values; /* read so far */
};

/* Item i of a flat array, a whole number from 0 to most. */
static int need_count(
	const struct stk_json *array, size_t i, int64_t most, int64_t *out, struct stk_err *err)
{
	const struct stk_json *item = stk_json_at(array, i);
	int64_t value = stk_json_int(item, -1);

	if (stk_json_type(item) != STK_JSON_INT || value < 0 || value > most)
		return stk_err_set(err, STK_E_FORMAT,
			"item %zu: a whole number from 0 to %lld is missing", i, (long long)most);
	*out = value;
	return 0;
}

static int need_flat(const struct stk_json *object, const char *key, size_t most,
	struct stk_json **out, struct stk_err *err)
{
	int rc = stk_json_need_array(object, key, out, err);

	if (rc < 0)
		return rc;
	if (stk_json_len(*out) % 3 != 0)
		return stk_err_set(err, STK_E_FORMAT, "member '%s': not a list of threes", key);
	if (stk_json_len(*out) / 3 > most)
		return stk_err_set(
			err, STK_E_TOO_LARGE, "member '%s': more than %zu items", key, most);
	return 0;
}

static int read_text(
	struct stk_kept *kept, const struct stk_json *value, const char **out, struct stk_err *err)
{
	struct stk_str text = stk_json_str(value);

	if (stk_json_type(value) != STK_JSON_STRING || stk_str_find_byte(text, '\0') >= 0)
		return stk_err_set(err, STK_E_FORMAT, "a name is missing");
	*out = stk_arena_str(&kept->arena, text);
	return 0;
}

static int read_function(struct stk_kept *kept, const struct stk_json *from,
	struct stk_kept_function *out, struct stk_err *err)
{
	int64_t n = 0;
	int rc = read_text(kept, stk_json_at(from, 0), &out->name, err);

	if (rc == 0)
		rc = read_text(kept, stk_json_at(from, 1), &out->file, err);
	if (rc == 0)
		rc = need_count(from, 2, (int64_t)1 << 40, &out->line, err);
	if (rc == 0)
		rc = need_count(from, 3, COUNT_MAX, &out->total, err);
	if (rc == 0)
		rc = need_count(from, 4, COUNT_MAX, &n, err);
	out->n_total = (double)n / THOUSAND;
	return rc;
}

static int read_functions(struct stk_kept *kept, const struct stk_json *object,
	struct stk_kept_type *type, struct stk_err *err)
{
	struct stk_json *list = NULL;
	int rc = stk_json_need_array(object, "functions", &list, err);

	if (rc == 0 && stk_json_len(list) > FUNCTIONS_MAX)
		return stk_err_set(
			err, STK_E_TOO_LARGE, "functions: more than %u of them", FUNCTIONS_MAX);
	for (size_t i = 0; rc == 0 && i < stk_json_len(list); i++) {
		rc = read_function(
			kept, stk_json_at(list, i), stk_vec_push_new(&type->functions), err);
		if (rc < 0)
			stk_err_wrap(err, "functions[%zu]", i);
	}
	return rc;
}

static int read_values(struct reading *reading, const struct stk_json *object,
	const struct stk_kept_type *type, struct stk_kept_slice *slice, struct stk_err *err)
{
	struct stk_json *flat = NULL;
	int64_t most = (int64_t)type->functions.len - 1;
	int rc = need_flat(object, "values", VALUES_MAX - reading->values, &flat, err);

	if (rc < 0)
		return rc;
	reading->values += stk_json_len(flat) / 3;
	for (size_t i = 0; rc == 0 && i < stk_json_len(flat); i += 3) {
		int64_t function = 0, self = 0, n = 0;

		rc = need_count(flat, i, most, &function, err);
		if (rc == 0)
			rc = need_count(flat, i + 1, COUNT_MAX, &self, err);
		if (rc == 0)
			rc = need_count(flat, i + 2, COUNT_MAX, &n, err);
		stk_vec_push(&slice->values,
			(struct stk_kept_value){(uint32_t)function, self, (double)n / THOUSAND});
	}
	return rc;
}

static bool is_count(double value)
{
	return value >= 0.0 && value <= (double)COUNT_MAX;
}

static int read_slice(struct reading *reading, const struct stk_json *object,
	const struct stk_kept_type *type, struct stk_kept_slice *slice, struct stk_err *err)
{
	int rc = stk_fields_read(&slice_shape, object, slice, &reading->kept->arena, err);

	if (rc == 0 && (!is_count(slice->requests) || !is_count(slice->samples)))
		rc = stk_err_set(err, STK_E_FORMAT, "requests, samples: no such number");
	return rc == 0 ? read_values(reading, object, type, slice, err) : rc;
}

static int read_slices(struct reading *reading, const struct stk_json *object,
	struct stk_kept_type *type, struct stk_err *err)
{
	struct stk_json *list = NULL;
	int rc = stk_json_need_array(object, "slices", &list, err);

	if (rc == 0 && stk_json_len(list) > SLICES_MAX)
		return stk_err_set(
			err, STK_E_TOO_LARGE, "slices: more than %u of them", SLICES_MAX);
	for (size_t i = 0; rc == 0 && i < stk_json_len(list); i++) {
		rc = read_slice(
			reading, stk_json_at(list, i), type, stk_vec_push_new(&type->slices), err);
		if (rc < 0)
			stk_err_wrap(err, "slices[%zu]", i);
	}
	return rc;
}

static int read_edges(
	const struct stk_json *object, struct stk_kept_type *type, struct stk_err *err)
{
	struct stk_json *flat = NULL;
	int64_t most = (int64_t)type->functions.len - 1;
	int rc = need_flat(object, "edges", EDGES_MAX, &flat, err);

	for (size_t i = 0; rc == 0 && i < stk_json_len(flat); i += 3) {
		int64_t caller = 0, callee = 0, value = 0;

		rc = need_count(flat, i, most, &caller, err);
		if (rc == 0)
			rc = need_count(flat, i + 1, most, &callee, err);
		if (rc == 0)
			rc = need_count(flat, i + 2, COUNT_MAX, &value, err);
		stk_vec_push(&type->edges,
			(struct stk_kept_edge){(uint32_t)caller, (uint32_t)callee, value});
	}
	return rc;
}

static int read_type(struct reading *reading, const struct stk_json *object, struct stk_err *err)
{
	struct stk_kept_type *type = stk_vec_push_new(&reading->kept->types);
	int rc = stk_fields_read(&type_shape, object, type, &reading->kept->arena, err);

	if (rc == 0 && (!is_count(type->period) || !is_count(type->hz) || !is_count(type->other)))
		rc = stk_err_set(err, STK_E_FORMAT, "period, hz, other: no such number");
	if (rc == 0)
		rc = read_functions(reading->kept, object, type, err);
	if (rc == 0)
		rc = read_slices(reading, object, type, err);
	return rc == 0 ? read_edges(object, type, err) : rc;
}

static int check_load(const struct stk_kept_load *load, struct stk_err *err)
{
	bool ok = is_count(load->seconds) && is_count(load->rate_planned);

	for (size_t i = 0; i < load->endpoints.len; i++)
		ok = ok && is_count(load->endpoints.items[i].requests);
	return ok ? 0 : stk_err_set(err, STK_E_FORMAT, "load: no such number");
}

static int read_document(
	struct reading *reading, const struct stk_json *object, struct stk_err *err)
{
	struct stk_json *types = NULL;
	int64_t schema = stk_json_int(stk_json_get(object, "schema"), 0);
	int rc;

	if (!stk_str_is(stk_json_str(stk_json_get(object, "document")), DOCUMENT))
		return stk_err_set(
			err, STK_E_FORMAT, "not a baseline (no \"document\": \"%s\")", DOCUMENT);
	if (schema != STK_KEPT_SCHEMA) {
		stk_err_set(err, STK_E_FORMAT, "schema %lld, this stoker reads %d",
			(long long)schema, STK_KEPT_SCHEMA);
		stk_err_hint(err, "save it anew with this stoker");
		return STK_E_FORMAT;
	}
	rc = stk_fields_read(&kept_shape, object, reading->kept, &reading->kept->arena, err);
	if (rc == 0)
		rc = check_load(&reading->kept->load, err);
	if (rc == 0)
		rc = stk_json_need_array(object, "types", &types, err);
	if (rc == 0 && stk_json_len(types) > TYPES_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "types: more than %d of them", TYPES_MAX);
	for (size_t i = 0; rc == 0 && i < stk_json_len(types); i++) {
		rc = read_type(reading, stk_json_at(types, i), err);
		if (rc < 0)
			stk_err_wrap(err, "types[%zu]", i);
	}
	return rc;
}

int stk_kept_parse(struct stk_str packed, struct stk_kept *kept, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_INIT(STK_KEPT_UNPACKED_MAX);
	struct stk_json *object = NULL;
	struct reading reading = {kept, 0};
	int rc;

	if (packed.len > STK_KEPT_PACKED_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "%zu bytes, at most %zu are read",
			packed.len, STK_KEPT_PACKED_MAX);
	rc = stk_gzip_unpack(packed, &text, err);
	if (rc == 0)
		rc = stk_json_parse(stk_buf_str(&text), &object, err);
	if (rc == 0)
		rc = read_document(&reading, object, err);
	stk_json_free(object);
	stk_buf_release(&text);
	if (rc < 0)
		stk_err_wrap(err, "baseline");
	return rc;
}
