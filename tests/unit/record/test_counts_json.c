/* test_counts_json: short arrays of mostly zeros, both ways, within their bounds. */
#include "core/record/counts_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/mem.h"

static uint64_t get(size_t i, const void *ctx)
{
	return ((const uint64_t *)ctx)[i];
}

static int read_text(const char *text, size_t len_max, size_t *budget, uint64_t **out, size_t *len)
{
	struct stk_json *array = NULL;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_json_parse(stk_str_of(text), &array, &err), 0);
	int rc = stk_counts_json_read(array, len_max, budget, out, len, &err);
	stk_json_free(array);
	return rc;
}

static void counts_json_write__shortens_zeros(void **state)
{
	static const uint64_t counts[] = {0, 0, 5, 0, 7, 7, 0, 0, 0};
	struct stk_json *array = stk_counts_json_write(STK_ARRAY_LEN(counts), get, counts);
	struct stk_buf buf = STK_BUF_EMPTY;
	uint64_t *again = NULL;
	size_t len = 0, budget = 100;

	(void)state;
	stk_json_format(array, STK_JSON_COMPACT, &buf);
	assert_string_equal(buf.ptr, "[-2,5,-1,7,7]");
	assert_int_equal(read_text(buf.ptr, 10, &budget, &again, &len), 0);
	assert_int_equal(len, 6);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(again[i], counts[i]);
	assert_int_equal(budget, 94);
	free(again);
	stk_json_free(array);
	stk_buf_release(&buf);
}

static void counts_json_read__stays_within_its_bounds(void **state)
{
	uint64_t *counts = NULL;
	size_t len = 0, budget = 100;

	(void)state;
	assert_int_equal(read_text("[]", 0, &budget, &counts, &len), 0);
	assert_null(counts);
	assert_int_equal(read_text("[1,2,3]", 2, &budget, &counts, &len), STK_E_TOO_LARGE);
	assert_int_equal(read_text("[-11]", 10, &budget, &counts, &len), STK_E_TOO_LARGE);
	assert_int_equal(
		read_text("[-9223372036854775808]", 10, &budget, &counts, &len), STK_E_TOO_LARGE);
	assert_int_equal(read_text("[-6,-6]", 10, &budget, &counts, &len), STK_E_TOO_LARGE);
	assert_int_equal(read_text("[1.5]", 10, &budget, &counts, &len), STK_E_FORMAT);
	assert_int_equal(read_text("{}", 10, &budget, &counts, &len), STK_E_FORMAT);
	budget = 2;
	assert_int_equal(read_text("[1,2,3]", 10, &budget, &counts, &len), STK_E_TOO_LARGE);
	assert_int_equal(budget, 2);
	assert_null(counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_json_write__shortens_zeros),
		cmocka_unit_test(counts_json_read__stays_within_its_bounds),
	};
	return cmocka_run_group_tests_name("counts_json", tests, NULL, NULL);
}
