/* test_input_profile: self, total, edges and the samples behind a value. */
#include "core/diff/input.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/profile/profile.h"
#include "tests/support/near.h"

#define CPU   "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
#define ALLOC "memory:alloc_space:bytes:space:bytes"

static uint32_t frame(struct stk_profile *profile, const char *name)
{
	struct stk_frame one = {stk_str_of(name), STK_STR("shop.lua"), 3, 7};

	return stk_profile_add_frame(profile, &one);
}

static struct stk_profile *cpu_profile(int64_t period)
{
	struct stk_profile *profile = stk_profile_new();

	(void)stk_profile_add_type(profile, "samples", "count");
	(void)stk_profile_add_type(profile, "cpu", "nanoseconds");
	profile->period_type = profile->types.items[1];
	profile->period = period;
	return profile;
}

static void add(struct stk_profile *profile, const char *const *names, int64_t count, int64_t value)
{
	uint32_t locations[8];
	int64_t values[2] = {count, value};
	size_t len = 0;

	for (; names[len]; len++)
		locations[len] = frame(profile, names[len]);
	(void)stk_profile_add_sample(profile, locations, len, values);
}

static const struct stk_diff_value *value_of(const struct stk_diff_input *input, const char *name)
{
	const struct stk_diff_slice *slice = &input->slices.items[0];

	for (size_t i = 0; i < slice->values.len; i++) {
		const struct stk_diff_value *value = &slice->values.items[i];

		if (strcmp(input->functions.items[value->function].name, name) == 0)
			return value;
	}
	return NULL;
}

static void fill(
	struct stk_diff_input *input, const char *type_id, struct stk_profile *profile, size_t type)
{
	struct stk_diff_place place = {STK_SIDE_BASE, 0, 0, 100.0};

	stk_diff_input_init(input, type_id, NULL, NULL);
	assert_int_equal(stk_diff_input_add_profile(input, profile, type, &place, NULL), 0);
	stk_profile_free(profile);
}

static void input_add_profile__self_is_the_leaf_total_once_per_stack(void **state)
{
	struct stk_profile *profile = cpu_profile(4000000);
	struct stk_diff_input input;

	(void)state;
	add(profile, (const char *const[]){"leaf", "middle", "main", NULL}, 3, 12000000);
	add(profile, (const char *const[]){"middle", "main", NULL}, 1, 4000000);
	add(profile, (const char *const[]){"walk", "walk", "walk", "main", NULL}, 2, 8000000);
	fill(&input, CPU, profile, 1);
	assert_int_equal(value_of(&input, "leaf")->self, 12000000);
	assert_int_equal(value_of(&input, "middle")->self, 4000000);
	assert_int_equal(value_of(&input, "middle")->total, 16000000);
	assert_int_equal(value_of(&input, "main")->self, 0);
	assert_int_equal(value_of(&input, "main")->total, 24000000);
	assert_int_equal(value_of(&input, "walk")->self, 8000000);
	assert_int_equal(value_of(&input, "walk")->total, 8000000);
	assert_int_equal(input.slices.items[0].total, 24000000);
	test_near("samples", input.slices.items[0].samples, 6.0, 1e-12);
	test_near("n", value_of(&input, "leaf")->n_self, 3.0, 1e-12);
	test_near("hz", input.hz, 250.0, 1e-12);
	/* leaf<-middle, middle<-main, walk<-main; not walk<-walk. */
	assert_int_equal(input.edges.len, 3);
	assert_string_equal(input.functions.items[0].file, "shop.lua");
	stk_diff_input_release(&input);
}

static void input_add_profile__without_period_events_count(void **state)
{
	struct stk_profile *profile = cpu_profile(0);
	struct stk_diff_input input;

	(void)state;
	add(profile, (const char *const[]){"a", NULL}, 5, 50);
	add(profile, (const char *const[]){"b", NULL}, 2, 80);
	fill(&input, CPU, profile, 1);
	test_near("a", value_of(&input, "a")->n_self, 5.0, 1e-12);
	test_near("b", value_of(&input, "b")->n_self, 2.0, 1e-12);
	stk_diff_input_release(&input);
}

static struct stk_profile *heap_profile(void)
{
	struct stk_profile *profile = stk_profile_new();

	(void)stk_profile_add_type(profile, "alloc_objects", "count");
	(void)stk_profile_add_type(profile, "alloc_space", "bytes");
	profile->period_type = (struct stk_value_type){
		stk_profile_intern(profile, STK_STR("space")), profile->types.items[1].unit};
	profile->period = 524288;
	return profile;
}

static void input_add_profile__small_objects_weigh_the_sampling_rate(void **state)
{
	struct stk_profile *profile = heap_profile();
	struct stk_diff_input input;

	(void)state;
	/* 64-byte objects: a sample stands for 512 KiB; 4 MiB objects: each is a sample. */
	add(profile, (const char *const[]){"small", NULL}, 163840, 10485760);
	add(profile, (const char *const[]){"large", NULL}, 5, 20971520);
	fill(&input, ALLOC, profile, 1);
	test_near("small", value_of(&input, "small")->n_self, 20.0, 1e-4);
	test_near("large", value_of(&input, "large")->n_self, 5.0, 1e-3);
	stk_diff_input_release(&input);
}

static void input_add_profile__mixed_sizes_count_for_less(void **state)
{
	struct stk_profile *profile = heap_profile();
	struct stk_diff_input input;
	double sum;

	(void)state;
	add(profile, (const char *const[]){"f", "x", NULL}, 163840, 10485760);
	add(profile, (const char *const[]){"f", "y", NULL}, 5, 20971520);
	fill(&input, ALLOC, profile, 1);
	sum = 10485760.0 + 20971520.0;
	test_near("n", value_of(&input, "f")->n_self,
		sum * sum / (10485760.0 * 524288.0 + 20971520.0 * 4194304.0), 1e-3);
	stk_diff_input_release(&input);
}

static void input_add_profile__cut_off_rest_is_kept_apart(void **state)
{
	struct stk_profile *profile = cpu_profile(10);
	struct stk_frame rest = {STK_STR("other"), STK_STR(""), 0, 0};
	struct stk_diff_input input;
	uint32_t location;

	(void)state;
	add(profile, (const char *const[]){"a", NULL}, 3, 30);
	location = stk_profile_add_frame(profile, &rest);
	(void)stk_profile_add_sample(profile, &location, 1, (int64_t[]){1, 10});
	fill(&input, CPU, profile, 1);
	assert_null(value_of(&input, "other"));
	assert_true(input.other[STK_SIDE_BASE] == 10.0);
	assert_int_equal(input.slices.items[0].total, 40);
	stk_diff_input_release(&input);
}

static void input_add_profile__address_without_a_name_is_nobodys_self(void **state)
{
	struct stk_profile *profile = cpu_profile(10);
	struct stk_diff_input input;
	uint32_t locations[2];

	(void)state;
	locations[0] = stk_profile_add_location(profile, 0x1234, STK_PROFILE_NONE, NULL, 0);
	locations[1] = frame(profile, "caller");
	(void)stk_profile_add_sample(profile, locations, 2, (int64_t[]){1, 10});
	fill(&input, CPU, profile, 1);
	assert_int_equal(value_of(&input, "caller")->self, 0);
	assert_int_equal(value_of(&input, "caller")->total, 10);
	stk_diff_input_release(&input);
}

static void input_add_profile__unknown_type_is_refused(void **state)
{
	struct stk_profile *profile = cpu_profile(10);
	struct stk_diff_input input;
	struct stk_diff_place place = {STK_SIDE_BASE, 0, 0, 100.0};

	(void)state;
	stk_diff_input_init(&input, CPU, NULL, NULL);
	assert_int_equal(stk_diff_input_add_profile(&input, profile, 2, &place, NULL), STK_E_INVAL);
	place.side = STK_SIDE_NONE;
	assert_int_equal(stk_diff_input_add_profile(&input, profile, 1, &place, NULL), STK_E_INVAL);
	assert_int_equal(input.slices.len, 0);
	stk_profile_free(profile);
	stk_diff_input_release(&input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(input_add_profile__self_is_the_leaf_total_once_per_stack),
		cmocka_unit_test(input_add_profile__without_period_events_count),
		cmocka_unit_test(input_add_profile__small_objects_weigh_the_sampling_rate),
		cmocka_unit_test(input_add_profile__mixed_sizes_count_for_less),
		cmocka_unit_test(input_add_profile__cut_off_rest_is_kept_apart),
		cmocka_unit_test(input_add_profile__address_without_a_name_is_nobodys_self),
		cmocka_unit_test(input_add_profile__unknown_type_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
