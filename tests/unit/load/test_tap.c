/* test_tap: what workers write is what the reader gets, in order, and what does not fit is counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "core/load/tap.h"

static const struct stk_tag some[] = {{"name", "/a"}, {"status", "200"}};

static struct stk_tag_lists lists_of(const struct stk_tag *tags, size_t len, bool repeated)
{
	struct stk_tag_lists lists = {.len = 0};

	stk_tag_lists_add(&lists, tags, len);
	lists.repeated = repeated;
	return lists;
}

static void tap_lane_add__joins_samples_of_one_moment(void **state)
{
	struct stk_tap *tap = stk_tap_new(4);
	struct stk_plan plan;
	struct stk_tap_lane *lane;
	struct stk_tag_lists first = lists_of(some, 2, false), again = lists_of(some, 2, true);
	struct stk_tap_chunk *chunk;
	struct stk_tap_record record;
	size_t at = 0;

	(void)state;
	stk_plan_init(&plan);
	lane = stk_tap_lane_new(tap, &plan, stk_clock_system());
	stk_tap_lane_add(lane, 7, 1, &first);
	stk_tap_lane_add(lane, 8, 2.5, &again);
	stk_tap_lane_add(lane, 7, 3, &first);
	assert_null(stk_tap_take(tap, 0));
	stk_tap_lane_flush(lane);
	chunk = stk_tap_take(tap, 0);
	assert_non_null(chunk);
	assert_ptr_equal(chunk->plan, &plan);
	assert_true(stk_tap_chunk_next(chunk, &at, &record));
	assert_int_equal(record.values_len, 2);
	assert_int_equal(record.values[1].metric, 8);
	assert_true(record.values[1].value == 2.5);
	/* of one list the last entry comes first: it wins */
	assert_int_equal(record.tags.len, 19);
	assert_memory_equal(record.tags.ptr, "status\000200\0name\0/a", 19);
	assert_true(record.wall_ns > 0);
	assert_true(stk_tap_chunk_next(chunk, &at, &record));
	assert_int_equal(record.values_len, 1);
	assert_false(stk_tap_chunk_next(chunk, &at, &record));
	stk_tap_give(tap, chunk);
	stk_tap_lane_free(lane);
	stk_tap_free(tap);
	stk_plan_release(&plan);
}

/* k6 7.8: a slow output grows the memory | at most 16 MiB wait; the rest is lost for outputs,
 * counted and said | the load never waits */
static void tap__counts_what_a_slow_reader_misses(void **state)
{
	struct stk_tap *tap = stk_tap_new(2);
	struct stk_plan plan;
	struct stk_tap_lane *lane;
	struct stk_tag_lists lists = lists_of(some, 2, false);
	struct stk_tap_chunk *chunk;
	int64_t got = 0, all = 20000;

	(void)state;
	stk_plan_init(&plan);
	lane = stk_tap_lane_new(tap, &plan, stk_clock_system());
	for (int64_t i = 0; i < all; i++)
		stk_tap_lane_add(lane, 0, 1, &lists);
	stk_tap_lane_free(lane);
	while ((chunk = stk_tap_take(tap, 0))) {
		got += chunk->samples;
		stk_tap_give(tap, chunk);
	}
	assert_true(got > 0);
	assert_true(stk_tap_lost(tap) > 0);
	assert_int_equal(got + stk_tap_lost(tap), all);
	stk_tap_free(tap);
	stk_plan_release(&plan);
}

static void tap_lane_add__loses_only_the_sample_that_never_fits(void **state)
{
	struct stk_tap *tap = stk_tap_new(2);
	struct stk_plan plan;
	struct stk_tap_lane *lane;
	char *large = malloc(STK_TAP_CHUNK_BYTES + 1);
	struct stk_tag tag = {"url", large};
	struct stk_tag_lists huge = lists_of(&tag, 1, false), small = lists_of(some, 1, false);
	struct stk_tap_chunk *chunk;
	int64_t got = 0;

	(void)state;
	memset(large, 'x', STK_TAP_CHUNK_BYTES);
	large[STK_TAP_CHUNK_BYTES] = '\0';
	stk_plan_init(&plan);
	lane = stk_tap_lane_new(tap, &plan, stk_clock_system());
	stk_tap_lane_add(lane, 0, 1, &small);
	stk_tap_lane_add(lane, 0, 1, &huge);
	stk_tap_lane_add(lane, 0, 1, &small);
	stk_tap_lane_free(lane);
	while ((chunk = stk_tap_take(tap, 0))) {
		got += chunk->samples;
		stk_tap_give(tap, chunk);
	}
	assert_int_equal(got, 2);
	assert_int_equal(stk_tap_lost(tap), 1);
	stk_tap_free(tap);
	stk_plan_release(&plan);
	free(large);
}

/* Every way in which a chunk can end: no byte is written behind it, no sample is lost. */
static void tap_lane_add__ends_chunks_at_any_byte(void **state)
{
	char value[200];
	struct stk_tag tag = {"v", value};
	struct stk_plan plan;

	(void)state;
	stk_plan_init(&plan);
	for (size_t len = 0; len < sizeof value - 1; len++) {
		struct stk_tap *tap = stk_tap_new(8);
		struct stk_tap_lane *lane = stk_tap_lane_new(tap, &plan, stk_clock_system());
		struct stk_tag_lists lists = lists_of(&tag, 1, false);
		struct stk_tag_lists again = lists_of(&tag, 1, true);
		struct stk_tap_chunk *chunk;
		int64_t got = 0;

		memset(value, 'x', len);
		value[len] = '\0';
		for (int i = 0; i < 3000; i++)
			stk_tap_lane_add(lane, 0, 1, i % 3 ? &again : &lists);
		stk_tap_lane_free(lane);
		while ((chunk = stk_tap_take(tap, 0))) {
			assert_true(chunk->len <= sizeof chunk->bytes);
			got += chunk->samples;
			stk_tap_give(tap, chunk);
		}
		assert_int_equal(got, 3000);
		stk_tap_free(tap);
	}
	stk_plan_release(&plan);
}

/* --- several writers ------------------------------------------------------------------ */

enum { WRITERS = 4, EACH = 50000 };

struct writer {
	pthread_t thread;
	struct stk_tap *tap;
	const struct stk_plan *plan;
};

static void *write_all(void *ctx)
{
	const struct writer *writer = ctx;
	struct stk_tap_lane *lane = stk_tap_lane_new(writer->tap, writer->plan, stk_clock_system());
	struct stk_tag_lists lists = lists_of(some, 2, false);

	for (int i = 0; i < EACH; i++)
		stk_tap_lane_add(lane, 3, 1, &lists);
	stk_tap_lane_free(lane);
	return NULL;
}

static void tap__takes_samples_of_several_threads(void **state)
{
	struct stk_tap *tap = stk_tap_new(STK_TAP_CHUNKS);
	struct writer writers[WRITERS];
	struct stk_plan plan;
	double sum = 0;

	(void)state;
	stk_plan_init(&plan);
	for (size_t i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){.tap = tap, .plan = &plan};
		assert_int_equal(
			pthread_create(&writers[i].thread, NULL, write_all, &writers[i]), 0);
	}
	while (sum + (double)stk_tap_lost(tap) < WRITERS * EACH) {
		struct stk_tap_chunk *chunk = stk_tap_take(tap, STK_NS_PER_S);
		struct stk_tap_record record;

		for (size_t at = 0; chunk && stk_tap_chunk_next(chunk, &at, &record);)
			for (size_t i = 0; i < record.values_len; i++)
				sum += record.values[i].value;
		if (chunk)
			stk_tap_give(tap, chunk);
	}
	assert_true(sum + (double)stk_tap_lost(tap) == WRITERS * EACH);
	for (size_t i = 0; i < WRITERS; i++)
		(void)pthread_join(writers[i].thread, NULL);
	stk_tap_free(tap);
	stk_plan_release(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tap_lane_add__joins_samples_of_one_moment),
		cmocka_unit_test(tap__counts_what_a_slow_reader_misses),
		cmocka_unit_test(tap_lane_add__loses_only_the_sample_that_never_fits),
		cmocka_unit_test(tap_lane_add__ends_chunks_at_any_byte),
		cmocka_unit_test(tap__takes_samples_of_several_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
