/* calibration: A/A runs of a workflow: what they differed by, kept as it was measured. */
#include "core/baseline/calibration.h"

#include <math.h>
#include <string.h>

#include "core/base/json.h"

enum { RUNS_MAX = 1000, TYPES_MAX = 100, ROWS_MAX = 100000, SCHEMA = 1 };

void stk_calibration_init(struct stk_calibration *calibration)
{
	*calibration = (struct stk_calibration){.arena = STK_ARENA_INIT};
}

void stk_calibration_release(struct stk_calibration *calibration)
{
	for (size_t i = 0; i < calibration->runs.len; i++) {
		struct stk_calibration_run *run = &calibration->runs.items[i];

		for (size_t k = 0; k < run->types.len; k++)
			stk_vec_release(&run->types.items[k].rows);
		stk_vec_release(&run->types);
	}
	stk_vec_release(&calibration->runs);
	stk_arena_release(&calibration->arena);
	stk_calibration_init(calibration);
}

bool stk_calibration_is_key(
	const struct stk_calibration_key *a, const struct stk_calibration_key *b)
{
	return strcmp(a->workflow, b->workflow) == 0 && strcmp(a->mode, b->mode) == 0 &&
	       strcmp(a->machine, b->machine) == 0 && strcmp(a->plan, b->plan) == 0;
}

/* --- writing --------------------------------------------------------------------------------- */

static struct stk_json *write_numbers(const double *numbers, size_t len)
{
	struct stk_json *array = stk_json_new_array();

	for (size_t i = 0; i < len; i++)
		stk_json_push(array, stk_json_new_real(numbers[i]));
	return array;
}

static struct stk_json *write_type(const struct stk_calibration_type *type)
{
	const double total[] = {type->theta, type->v, type->df};
	struct stk_json *object = stk_json_new_object(), *rows = stk_json_new_array();

	stk_json_put(object, "name", stk_json_new_text(type->short_name));
	stk_json_put(object, "total", write_numbers(total, STK_ARRAY_LEN(total)));
	for (size_t i = 0; i < type->rows.len; i++) {
		const struct stk_calibration_row *row = &type->rows.items[i];
		const double numbers[] = {
			row->theta, row->v, row->df, row->share, row->eligible ? 1.0 : 0.0};

		stk_json_push(rows, write_numbers(numbers, STK_ARRAY_LEN(numbers)));
	}
	stk_json_put(object, "rows", rows);
	return object;
}

static struct stk_json *write_run(const struct stk_calibration_run *run)
{
	struct stk_json *object = stk_json_new_object(), *types = stk_json_new_array();

	stk_json_put(object, "measured_ns", stk_json_new_int(run->measured_ns));
	stk_json_put(object, "alarm", stk_json_new_bool(run->alarm));
	for (size_t i = 0; i < run->types.len; i++)
		stk_json_push(types, write_type(&run->types.items[i]));
	stk_json_put(object, "types", types);
	return object;
}

void stk_calibration_format(const struct stk_calibration *calibration, struct stk_buf *buf)
{
	struct stk_json *object = stk_json_new_object(), *runs = stk_json_new_array();

	stk_json_put(object, "schema", stk_json_new_int(SCHEMA));
	stk_json_put(object, "workflow", stk_json_new_text(calibration->key.workflow));
	stk_json_put(object, "mode", stk_json_new_text(calibration->key.mode));
	stk_json_put(object, "machine", stk_json_new_text(calibration->key.machine));
	stk_json_put(object, "plan", stk_json_new_text(calibration->key.plan));
	stk_json_put(object, "version", stk_json_new_text(calibration->version));
	for (size_t i = 0; i < calibration->runs.len; i++)
		stk_json_push(runs, write_run(&calibration->runs.items[i]));
	stk_json_put(object, "runs", runs);
	stk_json_format(object, STK_JSON_COMPACT, buf);
	stk_buf_add_byte(buf, '\n');
	stk_json_free(object);
}

/* --- reading --------------------------------------------------------------------------------- */

/* Numbers of a list of exactly this length; null is NaN. */
static int read_numbers(const struct stk_json *array, double *out, size_t len, struct stk_err *err)
{
	if (stk_json_type(array) != STK_JSON_ARRAY || stk_json_len(array) != len)
		return stk_err_set(err, STK_E_FORMAT, "a list of %zu numbers is wanted", len);
	for (size_t i = 0; i < len; i++)
		out[i] = stk_json_real(stk_json_at(array, i), NAN);
	return 0;
}

static bool is_measured(double theta, double v, double df)
{
	return isfinite(theta) && fabs(theta) < 50.0 && v >= 0.0 && v < 1e6 && df > 0.0;
}

static int read_row(
	const struct stk_json *value, struct stk_calibration_row *out, struct stk_err *err)
{
	double numbers[5];
	int rc = read_numbers(value, numbers, STK_ARRAY_LEN(numbers), err);

	if (rc < 0)
		return rc;
	*out = (struct stk_calibration_row){
		numbers[0], numbers[1], numbers[2], numbers[3], numbers[4] > 0.0};
	if (!is_measured(out->theta, out->v, out->df) || !(out->share >= 0.0 && out->share <= 1.0))
		return stk_err_set(err, STK_E_FORMAT, "numbers that nothing can have measured");
	return 0;
}

static int read_type(struct stk_calibration *calibration, const struct stk_json *object,
	struct stk_calibration_type *out, struct stk_err *err)
{
	struct stk_json *rows = NULL, *total = NULL;
	const char *name = NULL;
	double numbers[3];
	int rc = stk_json_need_text(object, "name", &name, err);

	if (rc == 0)
		rc = stk_json_need_array(object, "total", &total, err);
	if (rc == 0)
		rc = read_numbers(total, numbers, STK_ARRAY_LEN(numbers), err);
	if (rc == 0)
		rc = stk_json_need_array(object, "rows", &rows, err);
	if (rc == 0 && stk_json_len(rows) > ROWS_MAX)
		rc = stk_err_set(err, STK_E_TOO_LARGE, "more than %d rows", ROWS_MAX);
	if (rc < 0)
		return rc;
	out->short_name = stk_arena_dup(&calibration->arena, name);
	out->theta = out->v = out->df = NAN;
	if (is_measured(numbers[0], numbers[1], numbers[2])) {
		out->theta = numbers[0];
		out->v = numbers[1];
		out->df = numbers[2];
	}
	for (size_t i = 0; rc == 0 && i < stk_json_len(rows); i++) {
		rc = read_row(stk_json_at(rows, i), stk_vec_push_new(&out->rows), err);
		if (rc < 0)
			stk_err_wrap(err, "rows[%zu]", i);
	}
	return rc;
}

static int read_run(struct stk_calibration *calibration, const struct stk_json *object,
	struct stk_calibration_run *out, struct stk_err *err)
{
	struct stk_json *types = NULL;
	int rc = stk_json_need_int(object, "measured_ns", &out->measured_ns, err);

	if (rc == 0)
		rc = stk_json_need_array(object, "types", &types, err);
	if (rc == 0 && stk_json_len(types) > TYPES_MAX)
		rc = stk_err_set(err, STK_E_TOO_LARGE, "more than %d types", TYPES_MAX);
	if (rc == 0)
		out->alarm = stk_json_bool(stk_json_get(object, "alarm"), false);
	for (size_t i = 0; rc == 0 && i < stk_json_len(types); i++) {
		rc = read_type(
			calibration, stk_json_at(types, i), stk_vec_push_new(&out->types), err);
		if (rc < 0)
			stk_err_wrap(err, "types[%zu]", i);
	}
	return rc;
}

static int read_head(
	struct stk_calibration *calibration, const struct stk_json *object, struct stk_err *err)
{
	struct stk_calibration_key *key = &calibration->key;
	const struct {
		const char *name;
		const char **out;
	} texts[] = {{"workflow", &key->workflow}, {"mode", &key->mode}, {"machine", &key->machine},
		{"plan", &key->plan}, {"version", &calibration->version}};
	int64_t schema = 0;
	int rc = stk_json_need_int(object, "schema", &schema, err);

	if (rc == 0 && schema != SCHEMA)
		rc = stk_err_set(err, STK_E_FORMAT, "schema %lld, this stoker reads %d",
			(long long)schema, SCHEMA);
	for (size_t i = 0; rc == 0 && i < STK_ARRAY_LEN(texts); i++) {
		const char *text = NULL;

		rc = stk_json_need_text(object, texts[i].name, &text, err);
		if (rc == 0)
			*texts[i].out = stk_arena_dup(&calibration->arena, text);
	}
	return rc;
}

int stk_calibration_parse(
	struct stk_str text, struct stk_calibration *calibration, struct stk_err *err)
{
	struct stk_json *object = NULL, *runs = NULL;
	int rc;

	if (text.len > STK_CALIBRATION_BYTES_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "calibration: %zu bytes", text.len);
	rc = stk_json_parse(text, &object, err);
	if (rc == 0)
		rc = read_head(calibration, object, err);
	if (rc == 0)
		rc = stk_json_need_array(object, "runs", &runs, err);
	if (rc == 0 && stk_json_len(runs) > RUNS_MAX)
		rc = stk_err_set(err, STK_E_TOO_LARGE, "more than %d runs", RUNS_MAX);
	for (size_t i = 0; rc == 0 && i < stk_json_len(runs); i++) {
		rc = read_run(calibration, stk_json_at(runs, i),
			stk_vec_push_new(&calibration->runs), err);
		if (rc < 0)
			stk_err_wrap(err, "runs[%zu]", i);
	}
	stk_json_free(object);
	if (rc < 0)
		stk_err_wrap(err, "calibration");
	return rc;
}
