/* test_publisher: the table of publishers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/publish/publisher.h"

static void publisher_find__knows_each_forges_own(void **state)
{
	(void)state;
	assert_non_null(stk_publisher_find(STK_STR("comment"), STK_FORGE_GITHUB));
	assert_null(stk_publisher_find(STK_STR("check"), STK_FORGE_GITLAB));
	assert_null(stk_publisher_find(STK_STR("comm"), STK_FORGE_GITHUB));
	assert_null(stk_publisher_find(STK_STR("comment"), STK_FORGE_NONE));
	assert_true(stk_publisher_is_name(STK_STR("summary")));
	assert_false(stk_publisher_is_name(STK_STR("Summary")));
}

static void publishers__are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; stk_publishers[i]; i++) {
		assert_non_null(stk_publishers[i]->name);
		assert_non_null(stk_publishers[i]->post);
		assert_true(stk_publishers[i]->forges != 0);
		assert_true(!stk_publishers[i]->needs_number || stk_publishers[i]->is_remote);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(publisher_find__knows_each_forges_own),
		cmocka_unit_test(publishers__are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
