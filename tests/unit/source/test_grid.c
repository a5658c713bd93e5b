/* test_grid: interval, phase and stamp rule from observed points; slices of points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/source/grid.h"

#define CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
#define MEM "memory:alloc_space:bytes:space:bytes"
#define S   STK_NS_PER_S

static void grid_describe__takes_the_distance_of_stamps(void **state)
{
	const struct stk_grid_point points[] = {{7 * S, 0}, {22 * S, 0}, {37 * S, 0}};
	struct stk_source_info info = {0};

	(void)state;
	stk_grid_describe(points, 3, MEM, "gospy", &info);
	assert_int_equal(info.interval_ns, 15 * S);
	assert_int_equal(info.phase_ns, 7 * S);
	assert_true(info.stamp_at_end);
	assert_false(info.skips_idle);
}

static void grid_describe__a_duration_tells_from_one_point(void **state)
{
	const struct stk_grid_point point = {41 * S, 4 * S};
	struct stk_source_info info = {0};

	(void)state;
	stk_grid_describe(&point, 1, CPU, "stoker", &info);
	assert_int_equal(info.interval_ns, 4 * S);
	assert_int_equal(info.phase_ns, 1 * S);
	assert_false(info.stamp_at_end);
	assert_true(info.skips_idle);
}

/* Node's first slice is odd, and idle slices that were skipped double a distance. */
static void grid_describe__is_not_misled_by_an_odd_slice(void **state)
{
	const struct stk_grid_point points[] = {
		{3 * S, 0}, {10 * S, 0}, {20 * S, 0}, {30 * S, 0}, {50 * S, 0}, {60 * S, 0}};
	struct stk_source_info info = {0};

	(void)state;
	stk_grid_describe(points, 6, CPU, "", &info);
	assert_int_equal(info.interval_ns, 10 * S);
	assert_int_equal(info.phase_ns, 0);
}

/* A service that is called every other turn of the warm-up. */
static void grid_describe__idle_slices_do_not_stretch_the_interval(void **state)
{
	const struct stk_grid_point points[] = {
		{3 * S, 0}, {6 * S, 0}, {12 * S, 0}, {21 * S, 0}, {24 * S, 0}};
	struct stk_source_info info = {0};

	(void)state;
	for (size_t len = 3; len <= STK_ARRAY_LEN(points); len++) {
		stk_grid_describe(points, len, CPU, "stoker", &info);
		assert_int_equal(info.interval_ns, 3 * S);
	}
}

static void grid_describe__two_stamps_are_not_enough(void **state)
{
	const struct stk_grid_point points[] = {{3 * S, 0}, {10 * S, 0}};
	struct stk_source_info info = {0};

	(void)state;
	stk_grid_describe(points, 2, CPU, "", &info);
	assert_int_equal(info.interval_ns, 0);
}

static void grid_describe__stamps_as_agents_are_known_to_do(void **state)
{
	static const struct {
		const char *agent, *type;
		bool at_end, by_tick;
	} rows[] = {
		{"gospy", CPU, false, true},
		{"gospy", MEM, true, false},
		{"gospy", "goroutines:goroutine:count:goroutine:count", true, false},
		{"nodespy", "wall:wall:nanoseconds:wall:nanoseconds", true, false},
		{"nodespy", MEM, true, false},
		{"javaspy", MEM, false, false},
		{"javaspy", CPU, false, false},
		{"com.grafana.pyroscope/go", MEM, true, false},
		{"com.grafana.pyroscope/python", MEM, false, false},
		{"com.grafana.pyroscope/rust", CPU, false, true},
		{"stoker", MEM, false, false},
		{"pyroscope-rs", MEM, false, false},
		{"", CPU, false, false},
		{"", MEM, true, false},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		const struct stk_grid_point point = {100 * S, 10 * S};
		struct stk_source_info info = {0};
		stk_grid_describe(&point, 1, rows[i].type, rows[i].agent, &info);
		if (info.stamp_at_end != rows[i].at_end || info.samples_by_tick != rows[i].by_tick)
			fail_msg("%s %s", rows[i].agent, rows[i].type);
	}
}

static void grid_is_by_tick__cpu_time_of_who_sets_timers(void **state)
{
	const char *cpu = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

	(void)state;
	assert_true(stk_grid_is_by_tick(cpu, "gospy"));
	assert_true(stk_grid_is_by_tick(cpu, "com.grafana.pyroscope/go"));
	assert_true(stk_grid_is_by_tick(cpu, "go pprof"));
	assert_true(stk_grid_is_by_tick(cpu, "pyroscope-rs"));
	assert_true(stk_grid_is_by_tick(cpu, "stoker"));
	assert_false(stk_grid_is_by_tick(cpu, "pyspy"));
	assert_false(stk_grid_is_by_tick(cpu, "nodespy"));
	assert_false(stk_grid_is_by_tick(cpu, ""));
	assert_false(stk_grid_is_by_tick(cpu, NULL));
	assert_false(stk_grid_is_by_tick("memory:alloc_space:bytes:space:bytes", "gospy"));
}

static void grid_slice__lies_before_or_behind_its_stamp(void **state)
{
	struct stk_source_info info = {.interval_ns = 10 * S};
	const struct stk_grid_point plain = {50 * S, 0}, timed = {50 * S, 9 * S};
	int64_t start, end;

	(void)state;
	stk_grid_slice(&info, &plain, &start, &end);
	assert_int_equal(start, 50 * S);
	assert_int_equal(end, 60 * S);
	info.stamp_at_end = true;
	stk_grid_slice(&info, &timed, &start, &end);
	assert_int_equal(start, 41 * S);
	assert_int_equal(end, 50 * S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grid_describe__takes_the_distance_of_stamps),
		cmocka_unit_test(grid_describe__a_duration_tells_from_one_point),
		cmocka_unit_test(grid_describe__is_not_misled_by_an_odd_slice),
		cmocka_unit_test(grid_describe__idle_slices_do_not_stretch_the_interval),
		cmocka_unit_test(grid_describe__two_stamps_are_not_enough),
		cmocka_unit_test(grid_describe__stamps_as_agents_are_known_to_do),
		cmocka_unit_test(grid_is_by_tick__cpu_time_of_who_sets_timers),
		cmocka_unit_test(grid_slice__lies_before_or_behind_its_stamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
