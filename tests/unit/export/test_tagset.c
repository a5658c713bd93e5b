/* test_tagset: tags of a record are found again, sorted, each key once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/export/tagset.h"

#define RECORD(text) stk_str_n(text, sizeof(text) - 1)

static void tagsets_get__sorts_and_keeps_the_first_of_equal_keys(void **state)
{
	struct stk_tagsets sets = {.map = STK_MAP_INIT};
	const struct stk_tagset *set =
		stk_tagsets_get(&sets, RECORD("url\0/x\0name\0a\"b\0url\0/y\0group\0\0"));

	(void)state;
	assert_int_equal(set->len, 3);
	assert_string_equal(set->items[0].key, "group");
	assert_string_equal(stk_tagset_value(set, "url"), "/x");
	assert_null(stk_tagset_value(set, "status"));
	assert_string_equal(set->json.ptr, "{\"group\":\"\",\"name\":\"a\\\"b\",\"url\":\"/x\"}");
	assert_ptr_equal(
		stk_tagsets_get(&sets, RECORD("url\0/x\0name\0a\"b\0url\0/y\0group\0\0")), set);
	assert_int_equal(stk_tagsets_get(&sets, RECORD(""))->len, 0);
	stk_tagsets_release(&sets);
}

static void tagsets_get__keeps_no_more_than_the_limit(void **state)
{
	struct stk_tagsets sets = {.map = STK_MAP_INIT};
	struct stk_buf record = STK_BUF_EMPTY;
	const struct stk_tagset *set = NULL;

	(void)state;
	for (int i = 0; i <= STK_TAGSETS_MAX; i++) {
		stk_buf_clear(&record);
		stk_buf_add(&record, "id", 3);
		stk_buf_addf(&record, "%d", i);
		stk_buf_add_byte(&record, '\0');
		set = stk_tagsets_get(&sets, stk_buf_str(&record));
	}
	assert_int_equal(set->number, STK_TAGSETS_MAX);
	assert_string_equal(stk_tagset_value(set, "id"), "10000");
	assert_int_equal(sets.map.len, STK_TAGSETS_MAX);
	stk_buf_release(&record);
	stk_tagsets_release(&sets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tagsets_get__sorts_and_keeps_the_first_of_equal_keys),
		cmocka_unit_test(tagsets_get__keeps_no_more_than_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
