/* test_names: what differs from build to build goes, the rest stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/profile/names.h"

static void names_normalise__takes_off_what_builds_add(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {{"main.burn", "main.burn"}, {"copy_user+0x1a/0x40", "copy_user"},
		{"app::run::h0123456789abcdef", "app::run"}, {"f.isra.0.part.1", "f"},
		{"f.constprop.2.cold", "f"}, {"main.Map[go.shape.int]", "main.Map"},
		{"main.run.func1", "main.run.func"}, {"main.run.func12.3", "main.run.func"},
		{"", ""}};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_buf out = STK_BUF_EMPTY;
		stk_names_normalise(stk_str_of(rows[i].from), &out);
		assert_string_equal(out.ptr, rows[i].to);
		stk_buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_normalise__takes_off_what_builds_add),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
