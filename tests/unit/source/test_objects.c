/* test_objects: numbers of objects come behind the bytes of the same pushes, and of no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/profile/folded.h"
#include "core/source/objects.h"

/* One stack "main" with that value; the caller's slices own it. */
static void add_slice(struct stk_source_slices *slices, const char *instance, int64_t start_ns,
	const char *type, const char *text)
{
	const struct stk_folded_opts opts = {.type = type, .unit = "bytes"};
	struct stk_source_slice *slice = stk_vec_push_new(slices);

	slice->instance = stk_xstrdup(instance);
	slice->start_ns = start_ns;
	slice->end_ns = start_ns + 10;
	assert_int_equal(stk_folded_read(stk_str_of(text), &opts, &slice->profile, NULL), 0);
}

static void check_id(const char *type_id, const char *wanted)
{
	char *other = stk_objects_type_id(type_id);

	assert_non_null(other);
	assert_string_equal(other, wanted);
	free(other);
}

static void objects_type_id__swaps_the_column_and_keeps_the_rest(void **state)
{
	(void)state;
	check_id("memory:alloc_space:bytes:space:bytes", "memory:alloc_objects:count:space:bytes");
	check_id("memory:alloc_objects:count:space:bytes", "memory:alloc_space:bytes:space:bytes");
	check_id("memory:inuse_space:bytes::", "memory:inuse_objects:count::");
	check_id("memory:inuse_objects:count::", "memory:inuse_space:bytes::");
	assert_null(stk_objects_type_id("process_cpu:cpu:nanoseconds:cpu:nanoseconds"));
	assert_null(stk_objects_type_id(""));
}

static void objects_join__puts_the_other_column_behind(void **state)
{
	struct stk_source_slices bytes = STK_VEC_INIT, counts = STK_VEC_INIT;

	(void)state;
	add_slice(&bytes, "a", 100, "alloc_space", "main 4096");
	add_slice(&counts, "b", 100, "alloc_objects", "main 1");
	add_slice(&counts, "a", 100, "alloc_objects", "main 7");
	stk_objects_join(&bytes, &counts);
	assert_int_equal(bytes.items[0].profile->types.len, 2);
	assert_int_equal(bytes.items[0].sample_type, 0);
	assert_int_equal(stk_profile_total(bytes.items[0].profile, 0), 4096);
	assert_int_equal(stk_profile_total(bytes.items[0].profile, 1), 7);
	/* a second time: it has both already */
	stk_objects_join(&bytes, &counts);
	assert_int_equal(bytes.items[0].profile->types.len, 2);
	stk_source_slices_release(&bytes);
	stk_source_slices_release(&counts);
}

static void objects_join__leaves_a_slice_without_a_partner(void **state)
{
	struct stk_source_slices bytes = STK_VEC_INIT, counts = STK_VEC_INIT;

	(void)state;
	add_slice(&bytes, "a", 100, "alloc_space", "main 4096");
	add_slice(&counts, "a", 110, "alloc_objects", "main 7");
	add_slice(&counts, "b", 100, "alloc_objects", "main 8");
	stk_objects_join(&bytes, &counts);
	assert_int_equal(bytes.items[0].profile->types.len, 1);
	assert_int_equal(stk_profile_total(bytes.items[0].profile, 0), 4096);
	stk_source_slices_release(&bytes);
	stk_source_slices_release(&counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_type_id__swaps_the_column_and_keeps_the_rest),
		cmocka_unit_test(objects_join__puts_the_other_column_behind),
		cmocka_unit_test(objects_join__leaves_a_slice_without_a_partner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
