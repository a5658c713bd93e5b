/* test_flames: which slices a flame graph is made of, and what its costs are divided by. */
#include "core/flow/flames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/profile/profile.h"
#include "core/record/flame.h"
#include "tests/support/near.h"

#define CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
#define S   INT64_C(1000000000)

struct flames_case {
	struct stk_run run;
	struct stk_session session;
	struct stk_flames flames;
};

static int setup(void **state)
{
	struct flames_case *fc = stk_xcalloc(1, sizeof *fc);
	struct stk_err err = STK_ERR_INIT;

	stk_run_init(&fc->run);
	fc->session.run = &fc->run;
	*state = fc;
	return stk_fs_mkdtemp("flames", &fc->session.folder, &err);
}

static int teardown(void **state)
{
	struct flames_case *fc = *state;

	for (size_t i = 0; i < fc->session.profiles.len; i++)
		stk_profile_free(fc->session.profiles.items[i].profile);
	stk_vec_release(&fc->session.profiles);
	stk_flames_release(&fc->flames);
	int rc = stk_fs_remove_tree(fc->session.folder, NULL);
	free(fc->session.folder);
	stk_run_release(&fc->run);
	free(fc);
	return rc;
}

/* A slice of three seconds from start_s on, with one stack of this value. */
static void add_slice(struct flames_case *fc, const struct stk_slice *like, int64_t start_s)
{
	struct stk_session_profile kept = {fc->run.slices.len, 0, stk_profile_new()};
	struct stk_frame frame = {STK_STR("work"), STK_STR("w.go"), 1, 1};
	struct stk_slice slice = *like;
	uint32_t location;

	(void)stk_profile_add_type(kept.profile, "cpu", "nanoseconds");
	location = stk_profile_add_frame(kept.profile, &frame);
	(void)stk_profile_add_sample(kept.profile, &location, 1, &slice.total);
	slice.type_id = CPU;
	slice.start_ns = start_s * S;
	slice.end_ns = (start_s + 3) * S;
	stk_vec_push(&fc->run.slices, slice);
	stk_vec_push(&fc->session.profiles, kept);
}

static const struct stk_flame *write_and_read(struct flames_case *fc)
{
	struct stk_err err = STK_ERR_INIT;

	if (stk_flames_write(&fc->session, &err) < 0 ||
		stk_flame_read_all(fc->session.folder, &fc->run, &fc->flames, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(fc->flames.len, 1);
	return &fc->flames.items[0];
}

static double cost(const struct stk_flame *flame, int side)
{
	return (double)flame->nodes.items[0].value[side] / flame->divisor[side];
}

static void flames_write__takes_pairs_that_count_on_both_sides(void **state)
{
	struct flames_case *fc = *state;
	struct stk_comparison cpu = {.type_id = CPU,
		.short_name = "cpu",
		.unit = "nanoseconds",
		.hz = 100,
		.period = 1e7};
	static const struct stk_slice slices[] = {
		{.side = 0, .pair = 0, .counted = true, .requests = 10, .total = 100},
		{.side = 1, .pair = 0, .counted = true, .requests = 20, .total = 400},
		{.side = 1, .pair = 0, .counted = false, .requests = 20, .total = 999},
		{.side = 1, .pair = 1, .counted = true, .requests = 20, .total = 999}, /* alone */
		{.side = 0, .pair = 2, .counted = true, .requests = 30, .total = 300},
		{.side = 1, .pair = 2, .counted = true, .requests = 30, .total = 600}};

	stk_vec_push(&fc->run.comparisons, cpu);
	for (size_t i = 0; i < STK_ARRAY_LEN(slices); i++)
		add_slice(fc, &slices[i], (int64_t)i * 3);
	const struct stk_flame *flame = write_and_read(fc);
	assert_int_equal(flame->nodes.items[0].value[STK_SIDE_BASE], 400);
	assert_int_equal(flame->nodes.items[0].value[STK_SIDE_HEAD], 1000);
	test_near("base", cost(flame, STK_SIDE_BASE), 10, 1e-9);
	test_near("head", cost(flame, STK_SIDE_HEAD), 20, 1e-9);
	test_near("period", flame->period, 1e7, 1e-9);
	assert_string_equal(flame->names.items[1].function.name, "work");
}

static void flames_write__several_instances_share_their_requests(void **state)
{
	struct flames_case *fc = *state;
	struct stk_comparison cpu = {.type_id = CPU, .short_name = "cpu", .unit = "nanoseconds"};
	static const struct stk_slice slices[] = {
		{.side = 0, .counted = true, .instance = "a", .requests = 10, .total = 50},
		{.side = 0, .counted = true, .instance = "b", .requests = 10, .total = 50},
		{.side = 1, .counted = true, .instance = "c", .requests = 10, .total = 100}};

	stk_vec_push(&fc->run.comparisons, cpu);
	for (size_t i = 0; i < STK_ARRAY_LEN(slices); i++)
		add_slice(fc, &slices[i], 0);
	const struct stk_flame *flame = write_and_read(fc);
	test_near("base", cost(flame, STK_SIDE_BASE), 10, 1e-9);
	test_near("head", cost(flame, STK_SIDE_HEAD), 10, 1e-9);
}

static void flames_write__a_level_is_a_mean_of_slices(void **state)
{
	struct flames_case *fc = *state;
	struct stk_comparison level = {
		.type_id = CPU, .short_name = "inuse_space", .unit = "bytes", .is_level = true};
	static const struct stk_slice slices[] = {
		{.side = 0, .counted = true, .requests = 10, .total = 50},
		{.side = 0, .counted = true, .requests = 10, .total = 150},
		{.side = 1, .counted = true, .requests = 10, .total = 100}};

	stk_vec_push(&fc->run.comparisons, level);
	for (size_t i = 0; i < STK_ARRAY_LEN(slices); i++)
		add_slice(fc, &slices[i], (int64_t)i * 3);
	const struct stk_flame *flame = write_and_read(fc);
	assert_true(flame->is_level);
	test_near("base", cost(flame, STK_SIDE_BASE), 100, 1e-9);
	test_near("head", cost(flame, STK_SIDE_HEAD), 100, 1e-9);
}

static void flames_write__idle_stands_for_the_time_of_the_load(void **state)
{
	struct flames_case *fc = *state;
	struct stk_hotspots cpu = {.type_id = CPU, .short_name = "cpu", .unit = "nanoseconds"};
	struct stk_window idle = {.name = "idle", .kind = STK_WINDOW_IDLE, .end_ns = 3 * S};
	struct stk_window load = {
		.name = "load", .kind = STK_WINDOW_LOAD, .start_ns = 3 * S, .end_ns = 9 * S};
	static const struct stk_slice slices[] = {{.side = 1, .counted = true, .total = 30},
		{.side = 1, .counted = true, .requests = 10, .total = 200},
		{.side = 1, .counted = true, .requests = 10, .total = 400}};

	stk_vec_push(&fc->run.hotspots, cpu);
	stk_vec_push(&fc->run.windows, idle);
	stk_vec_push(&fc->run.windows, load);
	for (size_t i = 0; i < STK_ARRAY_LEN(slices); i++)
		add_slice(fc, &slices[i], (int64_t)i * 3);
	const struct stk_flame *flame = write_and_read(fc);
	assert_true(flame->is_idle);
	/* 30 in 3 s of idling are 60 in the 6 s that served 20 requests */
	test_near("idle", cost(flame, STK_SIDE_BASE), 3, 1e-9);
	test_near("load", cost(flame, STK_SIDE_HEAD), 30, 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			flames_write__takes_pairs_that_count_on_both_sides, setup, teardown),
		cmocka_unit_test_setup_teardown(
			flames_write__several_instances_share_their_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(
			flames_write__a_level_is_a_mean_of_slices, setup, teardown),
		cmocka_unit_test_setup_teardown(
			flames_write__idle_stands_for_the_time_of_the_load, setup, teardown),
	};
	return cmocka_run_group_tests_name("flames", tests, NULL, NULL);
}
