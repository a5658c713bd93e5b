/* test_pprof_json: recorded pprof bytes to JSON and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/pyroscope/pprof_json.h"

#define FOLDER "tests/fixtures/pyroscope/profiles/"

static void pprof_json__comes_back_the_same(void **state)
{
	static const char *const files[] = {
		"cpu_base.pb", "cpu_load.pb", "inlined.pb", "labels.pb", "heap_1.pb"};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct stk_buf bytes = STK_BUF_EMPTY, json = STK_BUF_EMPTY, back = STK_BUF_EMPTY,
			       again = STK_BUF_EMPTY;
		char *path = stk_fs_join(FOLDER, files[i]);

		assert_int_equal(stk_fs_read(path, &bytes, NULL), 0);
		assert_int_equal(stk_pprof_json_write(stk_buf_str(&bytes), &json, NULL), 0);
		assert_non_null(strstr(json.ptr, "\"stringTable\":[\"\","));
		assert_int_equal(stk_pprof_json_read(stk_buf_str(&json), &back, NULL), 0);
		assert_int_equal(stk_pprof_json_write(stk_buf_str(&back), &again, NULL), 0);
		assert_string_equal(again.ptr, json.ptr);
		stk_buf_release(&bytes);
		stk_buf_release(&json);
		stk_buf_release(&back);
		stk_buf_release(&again);
		free(path);
	}
}

static void pprof_json__refuses_garbage(void **state)
{
	struct stk_buf out = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(stk_pprof_json_write(STK_STR("\xff\xff"), &out, NULL), STK_E_FORMAT);
	assert_int_equal(stk_pprof_json_read(STK_STR("{\"sample\":1}"), &out, NULL), STK_E_FORMAT);
	stk_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pprof_json__comes_back_the_same),
		cmocka_unit_test(pprof_json__refuses_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
