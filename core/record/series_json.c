/* series_json: the request series to JSON and back. */
#include "core/record/series_json.h"

#include <stdlib.h>

#include "core/base/mem.h"
#include "core/record/counts_json.h"
#include "core/record/run.h"

enum { KEYS_MAX = 100000 };

static uint64_t step(size_t i, const void *ctx)
{
	const struct stk_series_key *key = ctx;

	return key->steps.items[i];
}

struct stk_json *stk_series_json_write(const struct stk_series *series)
{
	struct stk_json *object = stk_json_new_object();
	struct stk_json *keys = stk_json_new_array();

	for (size_t i = 0; i < series->keys.len; i++) {
		const struct stk_series_key *key = &series->keys.items[i];
		struct stk_json *item = stk_json_new_object();
		stk_json_put(item, "side", stk_json_new_int(key->side));
		stk_json_put(item, "scenario", stk_json_new_text(key->scenario));
		stk_json_put(item, "name", stk_json_new_text(key->name));
		stk_json_put(item, "steps", stk_counts_json_write(key->steps.len, step, key));
		stk_json_push(keys, item);
	}
	stk_json_put(object, "start_ns", stk_json_new_int(series->start_ns));
	stk_json_put(object, "step_ns", stk_json_new_int(STK_SERIES_STEP_NS));
	stk_json_put(object, "keys", keys);
	return object;
}

static int read_key(const struct stk_json *object, size_t *budget, struct stk_series_key *key,
	struct stk_err *err)
{
	int64_t side = 0;
	uint64_t *counts = NULL;
	size_t len = 0;
	int rc = stk_json_need_int(object, "side", &side, err);

	key->scenario = stk_str_dup(stk_json_str(stk_json_get(object, "scenario")));
	key->name = stk_str_dup(stk_json_str(stk_json_get(object, "name")));
	if (rc == 0 && (side < STK_SIDE_NONE || side >= STK_SIDES))
		rc = stk_err_set(err, STK_E_FORMAT, "member 'side': no such side");
	if (rc == 0)
		rc = stk_counts_json_read(stk_json_get(object, "steps"), STK_SERIES_STEPS_MAX,
			budget, &counts, &len, err);
	key->side = (int)side;
	stk_vec_reserve(&key->steps, len);
	for (size_t i = 0; rc == 0 && i < len; i++) {
		if (counts[i] > UINT32_MAX)
			rc = stk_err_set(err, STK_E_FORMAT, "steps: a count over %u", UINT32_MAX);
		else
			stk_vec_push(&key->steps, (uint32_t)counts[i]);
	}
	free(counts);
	return rc;
}

int stk_series_json_read(const struct stk_json *object, size_t *budget, struct stk_series *series,
	struct stk_err *err)
{
	struct stk_json *keys;
	int64_t step_ns = 0;
	int rc = stk_json_need_int(object, "step_ns", &step_ns, err);

	if (rc < 0 || (rc = stk_json_need_int(object, "start_ns", &series->start_ns, err)) < 0 ||
		(rc = stk_json_need_array(object, "keys", &keys, err)) < 0)
		return rc;
	/* Sums run from the start on, in int64; nobody measured before 1970 or after 2200. */
	if (step_ns != STK_SERIES_STEP_NS || series->start_ns < 0 ||
		series->start_ns > INT64_MAX - 2 * STK_SERIES_STEPS_MAX * STK_SERIES_STEP_NS)
		return stk_err_set(err, STK_E_FORMAT, "start or step that cannot be");
	size_t len = stk_json_len(keys);
	if (len > KEYS_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "more than %d keys", KEYS_MAX);
	for (size_t i = 0; i < len; i++) {
		struct stk_series_key *key = stk_vec_push_new(&series->keys);
		rc = read_key(stk_json_at(keys, i), budget, key, err);
		if (rc < 0) {
			stk_err_wrap(err, "keys[%zu]", i);
			return rc;
		}
	}
	return 0;
}
