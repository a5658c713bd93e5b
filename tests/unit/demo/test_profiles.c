/* test_profiles: slices as pprof hold the same sums, labels and stamps. */
#include "core/demo/profiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/gzip.h"
#include "core/profile/pprof.h"

static struct stk_sampler_frame places[] = {
	{"[native]", "", 0, 0},
	{"cart.sum", "demo/cart.lua", 12, 9},
	{"shop.handle", "demo/shop.lua", 25, 20},
};
static uint32_t frames[] = {0, 1, 2};
static struct stk_sampler_label label = {{"k6_name", 7}, {"add", 3}};

static struct stk_sampler_row rows[] = {
	{NULL, 0, 0, 1, 3, 0, 0, 12.4, 1000.6},
	{&label, 1, 1, 2, 22, 7.6, 70000.4, 0, 0},
};

static struct stk_sampler_slice slice(void)
{
	struct stk_sampler_slice s = STK_SAMPLER_SLICE_INIT;

	s.locations.items = places;
	s.locations.len = 3;
	s.frames.items = frames;
	s.frames.len = 3;
	s.rows.items = rows;
	s.rows.len = 2;
	s.ticks = 25;
	s.cpu_ns = 100050012;
	s.alloc_mean = 16384;
	return s;
}

static struct stk_profile *decode(struct stk_buf *bytes)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_profile *profile = NULL;

	assert_true(stk_gzip_is(stk_buf_str(bytes)));
	if (stk_pprof_decode(stk_buf_str(bytes), &profile, &err) < 0)
		fail_msg("%s", err.msg);
	stk_buf_release(bytes);
	return profile;
}

static void assert_text(const struct stk_profile *profile, uint32_t text, const char *want)
{
	assert_true(stk_str_is(stk_profile_string(profile, text), want));
}

static void cpu__has_ticks_and_time_by_the_measured_period(void **state)
{
	struct stk_sampler_slice s = slice();
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_profile *profile;

	(void)state;
	assert_int_equal(stk_demo_profiles_cpu(&s, 1, 4000000000, 8000000000, &bytes, NULL), 0);
	profile = decode(&bytes);
	assert_int_equal(profile->time_ns, 4000000000);
	assert_int_equal(profile->duration_ns, 4000000000);
	assert_int_equal(profile->period, 4002000); /* 100,050,012 / 25 */
	assert_text(profile, profile->period_type.type, "cpu");
	assert_text(profile, profile->types.items[0].type, "samples");
	assert_text(profile, profile->types.items[1].unit, "nanoseconds");
	assert_int_equal(stk_profile_total(profile, 0), 25);
	assert_int_equal(stk_profile_total(profile, 1), 25 * 4002000);
	stk_profile_free(profile);
}

static void cpu__keeps_stacks_files_lines_and_labels(void **state)
{
	struct stk_sampler_slice s = slice();
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_stack stack = STK_VEC_INIT;
	const struct stk_profile_function *leaf;
	struct stk_profile *profile;

	(void)state;
	assert_int_equal(stk_demo_profiles_cpu(&s, 1, 0, 1, &bytes, NULL), 0);
	profile = decode(&bytes);
	assert_int_equal(profile->samples.len, 2);
	assert_int_equal(stk_profile_sample_label(profile, 0, STK_STR("k6_name")).len, 0);
	assert_true(stk_str_is(stk_profile_sample_label(profile, 1, STK_STR("k6_name")), "add"));
	stk_profile_stack(profile, 1, &stack);
	assert_int_equal(stack.len, 2);
	leaf = &profile->functions.items[stack.items[0].function];
	assert_text(profile, leaf->name, "cart.sum");
	assert_text(profile, leaf->file, "demo/cart.lua");
	assert_int_equal(leaf->start_line, 9);
	assert_int_equal(stack.items[0].line, 12);
	assert_text(profile, profile->functions.items[stack.items[1].function].name, "shop.handle");
	stk_vec_release(&stack);
	stk_profile_free(profile);
}

static void memory__has_four_types_rounded(void **state)
{
	static const int64_t want[] = {8, 70000, 12, 1001};
	struct stk_sampler_slice s = slice();
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_profile *profile;

	(void)state;
	assert_int_equal(stk_demo_profiles_memory(&s, 1, 0, 1, &bytes, NULL), 0);
	profile = decode(&bytes);
	assert_int_equal(profile->types.len, 4);
	assert_int_equal(profile->period, 16384);
	assert_text(profile, profile->period_type.type, "space");
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(stk_profile_total(profile, i), want[i]);
	stk_profile_free(profile);
}

static void cpu__of_several_threads_is_one_profile(void **state)
{
	struct stk_sampler_slice two[2] = {slice(), slice()};
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_profile *profile;

	(void)state;
	two[1].cpu_ns += 5000;
	assert_int_equal(stk_demo_profiles_cpu(two, 2, 0, 1, &bytes, NULL), 0);
	profile = decode(&bytes);
	assert_int_equal(stk_profile_total(profile, 0), 50);
	assert_int_equal(profile->period, 4002100); /* 200,105,024 / 50 = 4,002,100.48 */
	stk_profile_free(profile);
}

static void nothing__is_no_profile(void **state)
{
	struct stk_sampler_slice empty = STK_SAMPLER_SLICE_INIT;
	struct stk_buf bytes = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(stk_demo_profiles_cpu(&empty, 1, 0, 1, &bytes, NULL), 0);
	assert_int_equal(stk_demo_profiles_memory(&empty, 1, 0, 1, &bytes, NULL), 0);
	assert_int_equal(bytes.len, 0);
	stk_buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpu__has_ticks_and_time_by_the_measured_period),
		cmocka_unit_test(cpu__keeps_stacks_files_lines_and_labels),
		cmocka_unit_test(memory__has_four_types_rounded),
		cmocka_unit_test(cpu__of_several_threads_is_one_profile),
		cmocka_unit_test(nothing__is_no_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
