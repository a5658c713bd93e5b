/* calibrated: what A/A runs have shown, in the file that goes with the repository. */
#include "core/baseline/calibrated.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/units.h"
#include "core/baseline/calibrate.h"
#include "core/stats/binomial.h"

enum { ENTRIES_MAX = 1000, TYPES_MAX = 100, SCHEMA = 1 };

#define DAY_NS (24 * 3600 * STK_NS_PER_S)
/* More false alarms than this for sure: not fit for a gate. */
#define ALARMS_MAX 0.05

void stk_calibrateds_init(struct stk_calibrateds *all)
{
	*all = (struct stk_calibrateds){.arena = STK_ARENA_INIT};
}

void stk_calibrateds_release(struct stk_calibrateds *all)
{
	for (size_t i = 0; i < all->list.len; i++)
		stk_vec_release(&all->list.items[i].types);
	stk_vec_release(&all->list);
	stk_arena_release(&all->arena);
	stk_calibrateds_init(all);
}

/* --- reading --------------------------------------------------------------------------------- */

/* A deviation of logs: 0 is none, 10 is absurd. */
static bool take_sigma(const struct stk_json *value, double *out)
{
	*out = stk_json_real(value, NAN);
	return *out >= 0.0 && *out <= 10.0;
}

static int read_type(struct stk_calibrateds *all, const struct stk_json *object,
	struct stk_calibrated_type *out, struct stk_err *err)
{
	struct stk_json *sigma = NULL;
	const char *name = NULL;
	int rc = stk_json_need_text(object, "name", &name, err);
	bool ok;

	if (rc == 0)
		rc = stk_json_need_array(object, "sigma", &sigma, err);
	if (rc < 0)
		return rc;
	ok = stk_json_len(sigma) == STK_DISPERSION_BANDS &&
	     take_sigma(stk_json_get(object, "sigma_total"), &out->sigma_total);
	for (size_t i = 0; ok && i < STK_DISPERSION_BANDS; i++)
		ok = take_sigma(stk_json_at(sigma, i), &out->sigma[i]);
	out->inflation = stk_json_real(stk_json_get(object, "inflation"), NAN);
	if (!ok || !(out->inflation >= 1.0 && out->inflation <= 100.0))
		return stk_err_set(err, STK_E_FORMAT,
			"'%s': %d deviations from 0 to 10 and an inflation from 1 are wanted", name,
			STK_DISPERSION_BANDS);
	out->short_name = stk_arena_dup(&all->arena, name);
	return 0;
}

static int read_time(
	const struct stk_json *object, const char *key, int64_t *out, struct stk_err *err)
{
	const char *text = NULL;
	int rc = stk_json_need_text(object, key, &text, err);

	if (rc == 0)
		rc = stk_units_parse_rfc3339(stk_str_of(text), out, err);
	return rc;
}

static int read_counts(
	const struct stk_json *object, struct stk_calibrated *out, struct stk_err *err)
{
	int64_t method = 0, runs = 0, alarms = 0;
	int rc = stk_json_need_int(object, "method", &method, err);

	if (rc == 0)
		rc = stk_json_need_int(object, "runs", &runs, err);
	if (rc == 0)
		rc = stk_json_need_int(object, "alarms", &alarms, err);
	if (rc == 0 && (runs < 0 || runs > 1000000 || alarms < 0 || alarms > runs || method < 0 ||
			       method > 1000))
		rc = stk_err_set(err, STK_E_FORMAT, "%lld alarms in %lld runs cannot be",
			(long long)alarms, (long long)runs);
	if (rc == 0) {
		out->method = (int)method;
		out->runs = (int)runs;
		out->alarms = (int)alarms;
	}
	return rc;
}

static int read_entry(struct stk_calibrateds *all, const struct stk_json *object,
	struct stk_calibrated *out, struct stk_err *err)
{
	const struct {
		const char *name;
		const char **out;
	} texts[] = {{"workflow", &out->key.workflow}, {"mode", &out->key.mode},
		{"machine", &out->key.machine}, {"plan", &out->key.plan},
		{"version", &out->version}};
	struct stk_json *types = NULL;
	int rc = read_counts(object, out, err);

	for (size_t i = 0; rc == 0 && i < STK_ARRAY_LEN(texts); i++) {
		const char *text = NULL;

		rc = stk_json_need_text(object, texts[i].name, &text, err);
		if (rc == 0)
			*texts[i].out = stk_arena_dup(&all->arena, text);
	}
	if (rc == 0)
		rc = read_time(object, "first", &out->first_ns, err);
	if (rc == 0)
		rc = read_time(object, "last", &out->last_ns, err);
	if (rc == 0)
		rc = stk_json_need_array(object, "types", &types, err);
	if (rc == 0 && stk_json_len(types) > TYPES_MAX)
		rc = stk_err_set(err, STK_E_TOO_LARGE, "more than %d types", TYPES_MAX);
	for (size_t i = 0; rc == 0 && i < stk_json_len(types); i++)
		rc = read_type(all, stk_json_at(types, i), stk_vec_push_new(&out->types), err);
	return rc;
}

int stk_calibrateds_parse(struct stk_str text, struct stk_calibrateds *all, struct stk_err *err)
{
	struct stk_json *object = NULL, *list = NULL;
	int64_t schema = 0;
	int rc;

	if (text.len > STK_CALIBRATED_BYTES_MAX)
		return stk_err_set(
			err, STK_E_TOO_LARGE, STK_CALIBRATED_PATH ": %zu bytes", text.len);
	rc = stk_json_parse(text, &object, err);
	if (rc == 0)
		rc = stk_json_need_int(object, "schema", &schema, err);
	if (rc == 0 && schema != SCHEMA)
		rc = stk_err_set(err, STK_E_FORMAT, "schema %lld, this stoker reads %d",
			(long long)schema, SCHEMA);
	if (rc == 0)
		rc = stk_json_need_array(object, "calibrations", &list, err);
	if (rc == 0 && stk_json_len(list) > ENTRIES_MAX)
		rc = stk_err_set(err, STK_E_TOO_LARGE, "more than %d entries", ENTRIES_MAX);
	for (size_t i = 0; rc == 0 && i < stk_json_len(list); i++) {
		rc = read_entry(all, stk_json_at(list, i), stk_vec_push_new(&all->list), err);
		if (rc < 0)
			stk_err_wrap(err, "calibrations[%zu]", i);
	}
	stk_json_free(object);
	if (rc < 0)
		stk_err_wrap(err, STK_CALIBRATED_PATH);
	return rc;
}

/* --- writing --------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
	const struct stk_calibration_key *x = &((const struct stk_calibrated *)a)->key;
	const struct stk_calibration_key *y = &((const struct stk_calibrated *)b)->key;
	int order = strcmp(x->workflow, y->workflow);

	if (order == 0)
		order = strcmp(x->mode, y->mode);
	return order ? order : strcmp(x->machine, y->machine);
}

/* As many digits as mean something. */
static struct stk_json *write_figure(double value)
{
	return stk_json_new_real(round(value * 1e5) / 1e5);
}

static void put_time(struct stk_json *object, const char *key, int64_t wall_ns)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_units_format_rfc3339(&text, wall_ns);
	stk_json_put(object, key, stk_json_new_text(text.ptr));
	stk_buf_release(&text);
}

static struct stk_json *write_type(const struct stk_calibrated_type *type)
{
	struct stk_json *object = stk_json_new_object(), *sigma = stk_json_new_array();

	stk_json_put(object, "name", stk_json_new_text(type->short_name));
	for (int i = 0; i < STK_DISPERSION_BANDS; i++)
		stk_json_push(sigma, write_figure(type->sigma[i]));
	stk_json_put(object, "sigma", sigma);
	stk_json_put(object, "sigma_total", write_figure(type->sigma_total));
	stk_json_put(object, "inflation", write_figure(type->inflation));
	return object;
}

static struct stk_json *write_entry(const struct stk_calibrated *entry)
{
	struct stk_json *object = stk_json_new_object(), *types = stk_json_new_array();

	stk_json_put(object, "workflow", stk_json_new_text(entry->key.workflow));
	stk_json_put(object, "mode", stk_json_new_text(entry->key.mode));
	stk_json_put(object, "machine", stk_json_new_text(entry->key.machine));
	stk_json_put(object, "plan", stk_json_new_text(entry->key.plan));
	stk_json_put(object, "method", stk_json_new_int(entry->method));
	stk_json_put(object, "version", stk_json_new_text(entry->version));
	stk_json_put(object, "runs", stk_json_new_int(entry->runs));
	stk_json_put(object, "alarms", stk_json_new_int(entry->alarms));
	put_time(object, "first", entry->first_ns);
	put_time(object, "last", entry->last_ns);
	for (size_t i = 0; i < entry->types.len; i++)
		stk_json_push(types, write_type(&entry->types.items[i]));
	stk_json_put(object, "types", types);
	return object;
}

void stk_calibrateds_format(struct stk_calibrateds *all, struct stk_buf *buf)
{
	if (all->list.len > 1)
		qsort(all->list.items, all->list.len, sizeof *all->list.items, by_key);
	stk_buf_add_text(buf, "{\n \"schema\": 1,\n \"calibrations\": [");
	for (size_t i = 0; i < all->list.len; i++) {
		struct stk_json *one = write_entry(&all->list.items[i]);

		stk_buf_add_text(buf, i == 0 ? "\n  " : ",\n  ");
		stk_json_format(one, STK_JSON_COMPACT, buf);
		stk_json_free(one);
	}
	stk_buf_add_text(buf, all->list.len ? "\n ]\n}\n" : "]\n}\n");
}

/* --- looking --------------------------------------------------------------------------------- */

const struct stk_calibrated *stk_calibrateds_find(const struct stk_calibrateds *all,
	const struct stk_calibration_key *key, const struct stk_calibrated **near_out)
{
	*near_out = NULL;
	for (size_t i = 0; i < all->list.len; i++) {
		const struct stk_calibrated *one = &all->list.items[i];

		if (stk_calibration_is_key(&one->key, key))
			return one;
		if (strcmp(one->key.workflow, key->workflow) == 0 &&
			strcmp(one->key.mode, key->mode) == 0 &&
			(!*near_out || strcmp(one->key.machine, key->machine) == 0))
			*near_out = one;
	}
	return NULL;
}

const char *stk_calibrated_objection(
	const struct stk_calibrated *calibrated, int64_t now_ns, struct stk_arena *arena)
{
	if (calibrated->method != STK_CALIBRATED_METHOD)
		return "the A/A runs are of another version of the procedure";
	if (calibrated->runs < STK_CALIBRATED_RUNS_MIN)
		return stk_arena_printf(
			arena, "%d of %d A/A runs", calibrated->runs, STK_CALIBRATED_RUNS_MIN);
	if (now_ns - calibrated->last_ns > STK_CALIBRATED_DAYS * DAY_NS)
		return stk_arena_printf(arena, "the A/A runs are %lld days old, at most %d count",
			(long long)((now_ns - calibrated->last_ns) / DAY_NS), STK_CALIBRATED_DAYS);
	if (stk_binomial_exact(calibrated->alarms, calibrated->runs, 0.95).low > ALARMS_MAX)
		return stk_arena_printf(arena, "%d of %d A/A runs raised a false alarm",
			calibrated->alarms, calibrated->runs);
	return NULL;
}

double stk_calibrated_alarms_below(const struct stk_calibrated *calibrated)
{
	return calibrated->runs > 0
		       ? stk_binomial_exact_upper(calibrated->alarms, calibrated->runs, 0.95)
		       : 1.0;
}

const struct stk_calibrated_type *stk_calibrated_type(
	const struct stk_calibrated *calibrated, const char *short_name)
{
	for (size_t i = 0; i < calibrated->types.len; i++) {
		if (strcmp(calibrated->types.items[i].short_name, short_name) == 0)
			return &calibrated->types.items[i];
	}
	return NULL;
}

/* --- from runs ------------------------------------------------------------------------------- */

static void put_types(struct stk_calibrateds *all, const struct stk_calibration *calibration,
	struct stk_calibrated *out)
{
	for (size_t i = 0; i < calibration->runs.len; i++) {
		const struct stk_calibration_run *run = &calibration->runs.items[i];

		for (size_t k = 0; k < run->types.len; k++) {
			struct stk_calibrated_type one;

			if (stk_calibrated_type(out, run->types.items[k].short_name))
				continue;
			stk_calibrate_type(calibration, run->types.items[k].short_name,
				STK_CALIBRATE_ALL, &one);
			one.short_name = stk_arena_dup(&all->arena, one.short_name);
			stk_vec_push(&out->types, one);
		}
	}
}

static struct stk_calibrated *place_for(
	struct stk_calibrateds *all, const struct stk_calibration_key *key)
{
	for (size_t i = 0; i < all->list.len; i++) {
		struct stk_calibrated *one = &all->list.items[i];

		if (strcmp(one->key.workflow, key->workflow) == 0 &&
			strcmp(one->key.mode, key->mode) == 0 &&
			strcmp(one->key.machine, key->machine) == 0) {
			stk_vec_release(&one->types);
			return one;
		}
	}
	return stk_vec_push_new(&all->list);
}

void stk_calibrateds_put(struct stk_calibrateds *all, const struct stk_calibration *calibration)
{
	const struct stk_calibration_key *key = &calibration->key;
	struct stk_calibrated *out = place_for(all, key);
	struct stk_arena *arena = &all->arena;

	*out = (struct stk_calibrated){
		.key = {stk_arena_dup(arena, key->workflow), stk_arena_dup(arena, key->mode),
			stk_arena_dup(arena, key->machine), stk_arena_dup(arena, key->plan)},
		.version = stk_arena_dup(arena, calibration->version),
		.method = STK_CALIBRATED_METHOD,
		.runs = (int)calibration->runs.len};
	for (size_t i = 0; i < calibration->runs.len; i++) {
		const struct stk_calibration_run *run = &calibration->runs.items[i];

		out->alarms += run->alarm;
		if (i == 0 || run->measured_ns < out->first_ns)
			out->first_ns = run->measured_ns;
		if (run->measured_ns > out->last_ns)
			out->last_ns = run->measured_ns;
	}
	if (strcmp(key->mode, "paired") != 0)
		out->alarms = stk_calibrate_alarms(calibration);
	put_types(all, calibration, out);
}
