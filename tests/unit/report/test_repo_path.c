/* test_repo_path: which paths may be linked to. */
#include "core/report/repo_path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"

static void repo_path_is_fit__takes_only_paths_within(void **state)
{
	static const char *const fit[] = {"a", "a/b.go", "a b/ü.c", ".github/x", "..a/b"};
	static const char *const unfit[] = {"", "/etc/passwd", "a/../b", "..", "./a", "a//b", "a/",
		"a\\b", "a\nb", "a\xff", "\x1b[2J"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(fit); i++)
		assert_true(stk_repo_path_is_fit(fit[i]));
	for (size_t i = 0; i < STK_ARRAY_LEN(unfit); i++)
		assert_false(stk_repo_path_is_fit(unfit[i]));
	assert_false(stk_repo_path_is_fit(NULL));
	char *lengthy = stk_xcalloc(1, 1100);
	memset(lengthy, 'a', 1025);
	assert_false(stk_repo_path_is_fit(lengthy));
	free(lengthy);
}

static void repo_path_add_url__encodes_all_but_plain_bytes(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_repo_path_add_url(&buf, "a b/(c)<\"ü>.go");
	assert_string_equal(buf.ptr, "a%20b/%28c%29%3C%22%C3%BC%3E.go");
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repo_path_is_fit__takes_only_paths_within),
		cmocka_unit_test(repo_path_add_url__encodes_all_but_plain_bytes),
	};
	return cmocka_run_group_tests_name("repo_path", tests, NULL, NULL);
}
