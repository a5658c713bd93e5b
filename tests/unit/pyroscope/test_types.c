/* test_types: profile type ids and short names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/pyroscope/types.h"

static void types_parse__wants_five_or_six_parts(void **state)
{
	static const char *const bad[] = {"", "a", "a:b:c:d", "a:b:c:d:e:f:g"};
	struct stk_types_id id;
	struct stk_buf out = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(stk_types_parse(STK_STR("off_cpu:off_cpu:nanoseconds::"), &id, NULL), 0);
	assert_true(stk_str_is(id.sample_unit, "nanoseconds"));
	assert_int_equal(id.period_unit.len, 0);
	assert_int_equal(stk_types_parse(STK_STR("a:b:c:d:e:delta"), &id, NULL), 0);
	stk_types_format(&out, &id);
	assert_string_equal(out.ptr, "a:b:c:d:e");
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++)
		assert_int_equal(stk_types_parse(stk_str_of(bad[i]), &id, NULL), STK_E_INVAL);
	stk_buf_release(&out);
}

static void types_find__takes_the_first_that_exists(void **state)
{
	const struct stk_str ids[] = {STK_STR("memory:alloc_in_new_tlab_bytes:bytes:space:bytes"),
		STK_STR("process_cpu:samples:count:cpu:nanoseconds"),
		STK_STR("wall:cpu:nanoseconds:wall:nanoseconds"),
		STK_STR("memory:inuse_space:bytes:space:bytes"), STK_STR("foo:bar:count::")};

	(void)state;
	assert_int_equal(stk_types_find(STK_STR("cpu"), ids, 5), 2);
	assert_int_equal(stk_types_find(STK_STR("cpu"), ids, 2), 1);
	assert_int_equal(stk_types_find(STK_STR("alloc_space"), ids, 5), 0);
	assert_int_equal(stk_types_find(STK_STR("inuse_space"), ids, 5), 3);
	assert_int_equal(stk_types_find(ids[3], ids, 5), 3);
	assert_int_equal(stk_types_find(STK_STR("foo:bar"), ids, 5), 4);
	assert_int_equal(stk_types_find(STK_STR("bar"), ids, 5), 4);
	assert_int_equal(stk_types_find(STK_STR("foo:ba"), ids, 5), -1);
	assert_int_equal(stk_types_find(STK_STR("mutex"), ids, 5), -1);
}

static void types_is_flow__knows_levels(void **state)
{
	static const struct {
		const char *id;
		bool flow;
	} rows[] = {{"process_cpu:cpu:nanoseconds:cpu:nanoseconds", true},
		{"memory:alloc_space:bytes:space:bytes", true},
		{"memory:inuse_space:bytes:space:bytes", false},
		{"goroutines:goroutine:count:goroutine:count", false},
		{"memory:live:count:objects:count", false}};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_types_id id;

		assert_int_equal(stk_types_parse(stk_str_of(rows[i].id), &id, NULL), 0);
		assert_int_equal(stk_types_is_flow(&id), rows[i].flow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_parse__wants_five_or_six_parts),
		cmocka_unit_test(types_find__takes_the_first_that_exists),
		cmocka_unit_test(types_is_flow__knows_levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
