/* counts_json: run-length coded zeros between counts. */
#include "core/record/counts_json.h"

#include <stdlib.h>

#include "core/base/mem.h"

struct stk_json *stk_counts_json_write(size_t len, stk_counts_json_get_fn get, const void *ctx)
{
	struct stk_json *array = stk_json_new_array();
	int64_t zeros = 0;

	for (size_t i = 0; i < len; i++) {
		uint64_t count = get(i, ctx);
		if (count == 0) {
			zeros++;
			continue;
		}
		if (zeros > 0)
			stk_json_push(array, stk_json_new_int(-zeros));
		stk_json_push(
			array, stk_json_new_int(count > INT64_MAX ? INT64_MAX : (int64_t)count));
		zeros = 0;
	}
	return array;
}

/* How many counts the array stands for. */
static int measure(
	const struct stk_json *array, size_t len_max, size_t *len_out, struct stk_err *err)
{
	size_t len = 0;

	if (stk_json_type(array) != STK_JSON_ARRAY)
		return stk_err_set(err, STK_E_FORMAT, "a list of counts expected");
	for (size_t i = 0; i < stk_json_len(array); i++) {
		const struct stk_json *item = stk_json_at(array, i);
		if (stk_json_type(item) != STK_JSON_INT)
			return stk_err_set(err, STK_E_FORMAT, "[%zu]: a whole number expected", i);
		int64_t number = stk_json_int(item, 0);
		if (number < -(int64_t)len_max)
			return stk_err_set(
				err, STK_E_TOO_LARGE, "[%zu]: more than %zu counts", i, len_max);
		len += number < 0 ? (size_t)-number : 1;
		if (len > len_max)
			return stk_err_set(
				err, STK_E_TOO_LARGE, "[%zu]: more than %zu counts", i, len_max);
	}
	*len_out = len;
	return 0;
}

int stk_counts_json_read(const struct stk_json *array, size_t len_max, size_t *budget,
	uint64_t **counts_out, size_t *len_out, struct stk_err *err)
{
	size_t len = 0, at = 0;
	int rc = measure(array, len_max, &len, err);

	if (rc < 0)
		return rc;
	if (len > *budget)
		return stk_err_set(err, STK_E_TOO_LARGE, "more than %zu counts in one document",
			STK_COUNTS_JSON_MAX);
	*budget -= len;
	uint64_t *counts = len > 0 ? stk_xcalloc(len, sizeof *counts) : NULL;
	for (size_t i = 0; i < stk_json_len(array); i++) {
		int64_t number = stk_json_int(stk_json_at(array, i), 0);
		if (number < 0)
			at += (size_t)-number;
		else
			counts[at++] = (uint64_t)number;
	}
	*counts_out = counts;
	*len_out = len;
	return 0;
}
