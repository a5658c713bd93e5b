/* counts_json: long lists of counts, mostly zero, as short JSON arrays. */
#ifndef STK_CORE_RECORD_COUNTS_JSON_H
#define STK_CORE_RECORD_COUNTS_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/json.h"

/* Counts in all lists of one document together: what a hostile one can make us allocate. */
#define STK_COUNTS_JSON_MAX ((size_t)16 << 20)

/* The n-th count of whatever holds them. */
typedef uint64_t (*stk_counts_json_get_fn)(size_t i, const void *ctx);

/* len counts as an array: a number is a count, -n stands for n zeros; zeros at the end are left
 * out. The caller's. */
struct stk_json *stk_counts_json_write(size_t len, stk_counts_json_get_fn get, const void *ctx);

/* Back: *counts_out (the caller frees; NULL when empty) and its length. More
 * than `len_max` of them and anything but such numbers are STK_E_FORMAT; *budget is what the
 * document may still hold, taken from. */
int stk_counts_json_read(const struct stk_json *array, size_t len_max, size_t *budget,
	uint64_t **counts_out, size_t *len_out, struct stk_err *err) STK_MUST_CHECK;

#endif
