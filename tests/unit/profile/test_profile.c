/* test_profile: building, stacks with inlined frames, sums, merging, the codec there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/profile/pprof.h"

/* rec;rec;leaf where leaf is inlined into its caller's location. */
static struct stk_profile *make(int64_t value)
{
	struct stk_profile *profile = stk_profile_new();
	struct stk_frame rec = {.name = STK_STR("rec"), .file = STK_STR("a.c"), .line = 3};
	uint32_t outer = stk_profile_add_frame(profile, &rec), stack[3];
	uint32_t name = stk_profile_intern(profile, STK_STR("leaf"));
	struct stk_profile_function leaf = {name, name, 0, 0};
	struct stk_profile_line lines[] = {{stk_profile_add_function(profile, &leaf), 9},
		profile->lines.items[profile->locations.items[outer].first_line]};
	const int64_t values[] = {1, value};

	(void)stk_profile_add_type(profile, "samples", "count");
	(void)stk_profile_add_type(profile, "cpu", "nanoseconds");
	profile->time_ns = 50;
	profile->duration_ns = 10;
	stack[0] = stk_profile_add_location(profile, 0x10, STK_PROFILE_NONE, lines, 2);
	stack[1] = outer;
	(void)stk_profile_add_sample(profile, stack, 2, values);
	stk_profile_add_label(profile, STK_STR("k"), STK_STR("v"));
	return profile;
}

static void assert_sums(const struct stk_profile *profile, int64_t want)
{
	struct stk_function_sum *sums = stk_profile_sums(profile, 1);

	for (size_t i = 0; i < profile->functions.len; i++) {
		struct stk_str name = stk_profile_string(profile, profile->functions.items[i].name);
		assert_int_equal(sums[i].total, want);
		assert_int_equal(sums[i].self, stk_str_is(name, "leaf") ? want : 0);
	}
	free(sums);
}

static void profile_sums__self_is_innermost_and_recursion_counts_once(void **state)
{
	struct stk_profile *profile = make(7);
	struct stk_stack stack = STK_VEC_INIT;

	(void)state;
	assert_sums(profile, 7);
	stk_profile_stack(profile, 0, &stack);
	assert_int_equal(stack.len, 3);
	assert_int_equal(stack.items[0].line, 9);
	stk_vec_release(&stack);
	stk_profile_free(profile);
}

static void merger_add__joins_equal_stacks(void **state)
{
	struct stk_profile *a = make(7), *b = make(5), *sum;
	struct stk_merger *merger = stk_merger_new();

	(void)state;
	stk_profile_scale(b, -1);
	assert_int_equal(stk_merger_add(merger, a, NULL, NULL), 0);
	assert_int_equal(stk_merger_add(merger, b, NULL, NULL), 0);
	sum = stk_merger_take(merger);
	assert_int_equal(sum->samples.len, 1);
	assert_int_equal(sum->duration_ns, 20);
	assert_sums(sum, 2);
	stk_merger_free(merger);
	stk_profile_free(a);
	stk_profile_free(b);
	stk_profile_free(sum);
}

static void pprof_decode__reads_what_was_encoded(void **state)
{
	struct stk_profile *profile = make(INT64_MIN), *again = NULL;
	struct stk_buf bytes = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(stk_pprof_encode_gzip(profile, &bytes, NULL), 0);
	assert_int_equal(stk_pprof_decode(stk_buf_str(&bytes), &again, NULL), 0);
	assert_sums(again, INT64_MIN);
	assert_true(stk_str_is(stk_profile_sample_label(again, 0, STK_STR("k")), "v"));
	assert_int_equal(again->time_ns, 50);
	stk_buf_release(&bytes);
	stk_profile_free(profile);
	stk_profile_free(again);
}

/* Every cut and every changed byte: an error or a profile, never a crash. */
static void pprof_decode__survives_damage(void **state)
{
	struct stk_profile *profile = make(7);
	struct stk_buf bytes = STK_BUF_EMPTY;
	int refused = 0;

	(void)state;
	stk_pprof_encode(profile, &bytes);
	for (size_t i = 0; i < bytes.len; i++)
		for (int bit = -1; bit < 8; bit++) {
			struct stk_profile *again = NULL;
			char kept = bytes.ptr[i];
			if (bit >= 0)
				bytes.ptr[i] = (char)(bytes.ptr[i] ^ 1 << bit);
			if (stk_pprof_decode(stk_str_n(bytes.ptr, bit < 0 ? i : bytes.len), &again,
				    NULL) < 0)
				refused++;
			else
				free(again->types.len > 0 ? stk_profile_sums(again, 0) : NULL);
			bytes.ptr[i] = kept;
			stk_profile_free(again);
		}
	assert_true(refused > 100);
	stk_buf_release(&bytes);
	stk_profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(profile_sums__self_is_innermost_and_recursion_counts_once),
		cmocka_unit_test(merger_add__joins_equal_stacks),
		cmocka_unit_test(pprof_decode__reads_what_was_encoded),
		cmocka_unit_test(pprof_decode__survives_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
