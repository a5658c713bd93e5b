/* test_gaps: slices that a grid promises and nobody has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/source/gaps.h"

#define S STK_NS_PER_S

static const struct stk_source_info every_ten = {.interval_ns = 10 * S, .phase_ns = 3 * S};

/* Slices of ten seconds that start at these seconds; the list ends with -1. */
static void add(struct stk_source_slices *slices, const char *instance, const int *starts)
{
	for (; *starts >= 0; starts++)
		stk_vec_push(slices, (struct stk_source_slice){.instance = stk_xstrdup(instance),
					     .start_ns = *starts * S,
					     .end_ns = (*starts + 10) * S});
}

/* Gaps of the slices under load from second `from` to second `to`. */
static struct stk_gaps find(struct stk_source_slices *slices, const struct stk_source_info *info,
	int64_t from, int64_t to)
{
	struct stk_gap_span span = {from * S, to * S};
	struct stk_gap_spans spans = {&span, 1, 1};
	struct stk_gaps gaps = STK_VEC_INIT;

	stk_gaps_find(slices, info, &spans, &gaps);
	return gaps;
}

static void assert_gap(const struct stk_gap *gap, const char *instance, int64_t from, int slices)
{
	assert_string_equal(gap->instance, instance);
	assert_int_equal(gap->start_ns, from * S);
	assert_int_equal(gap->end_ns, (from + 10 * slices) * S);
	assert_int_equal(gap->slices, slices);
}

static void gaps_find__of_a_whole_row_are_none(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;

	(void)state;
	add(&slices, "a", (const int[]){3, 13, 23, 33, -1});
	struct stk_gaps gaps = find(&slices, &every_ten, 0, 100);
	assert_int_equal(gaps.len, 0);
	stk_source_slices_release(&slices);
}

static void gaps_find__tells_each_hole_of_each_instance(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;

	(void)state;
	add(&slices, "a", (const int[]){3, 13, 43, 53, 73, -1});
	add(&slices, "b", (const int[]){3, 23, 33, 43, -1});
	struct stk_gaps gaps = find(&slices, &every_ten, 0, 100);
	assert_int_equal(gaps.len, 3);
	assert_gap(&gaps.items[0], "a", 23, 2);
	assert_gap(&gaps.items[1], "a", 63, 1);
	assert_gap(&gaps.items[2], "b", 13, 1);
	stk_vec_release(&gaps);
	stk_source_slices_release(&slices);
}

/* An idle service need not send anything; neither what is half in the load. */
static void gaps_find__looks_only_where_there_was_load(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_gap_span load[] = {{0, 30 * S}, {60 * S, 83 * S}};
	struct stk_gap_spans spans = {load, 2, 2};
	struct stk_gaps gaps = STK_VEC_INIT;

	(void)state;
	add(&slices, "a", (const int[]){3, 13, 93, -1});
	stk_gaps_find(&slices, &every_ten, &spans, &gaps);
	assert_int_equal(gaps.len, 1);
	assert_gap(&gaps.items[0], "a", 63, 2);
	stk_vec_release(&gaps);
	stk_source_slices_release(&slices);
}

static void gaps_find__bears_wandering_stamps(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;
	const int64_t off[] = {12 * STK_NS_PER_MS, -900 * STK_NS_PER_MS, 3 * S, -3 * S, 0};

	(void)state;
	add(&slices, "a", (const int[]){3, 13, 23, 33, 43, -1});
	for (size_t i = 0; i < slices.len; i++) {
		slices.items[i].start_ns += off[i];
		slices.items[i].end_ns += off[i];
	}
	struct stk_gaps gaps = find(&slices, &every_ten, 0, 100);
	assert_int_equal(gaps.len, 0);
	stk_source_slices_release(&slices);
}

static void gaps_find__without_any_slice_is_all_of_the_load(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_gaps gaps = find(&slices, &every_ten, 0, 53);

	(void)state;
	assert_int_equal(gaps.len, 1);
	assert_gap(&gaps.items[0], "", 3, 5);
	stk_vec_release(&gaps);
}

static void gaps_find__without_a_grid_finds_none(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_source_info info = {0};
	struct stk_gaps gaps = find(&slices, &info, 0, 100);

	(void)state;
	assert_int_equal(gaps.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_find__of_a_whole_row_are_none),
		cmocka_unit_test(gaps_find__tells_each_hole_of_each_instance),
		cmocka_unit_test(gaps_find__looks_only_where_there_was_load),
		cmocka_unit_test(gaps_find__bears_wandering_stamps),
		cmocka_unit_test(gaps_find__without_any_slice_is_all_of_the_load),
		cmocka_unit_test(gaps_find__without_a_grid_finds_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
