/* test_source: waiting for the last slice, on a clock that stands still. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/source/source.h"

#define S STK_NS_PER_S

/* Profiles arrive a second after their slice has ended, up to the last one. */
struct slow {
	struct stk_source base;
	int64_t interval_ns, last_stamp_ns;
	int asked;
};

static int slow_newest(struct stk_source *source, const struct stk_source_query *query,
	int64_t *stamp_out, struct stk_err *err)
{
	struct slow *slow = (struct slow *)source;
	int64_t there = stk_clock_wall(source->clock) - S - slow->interval_ns;

	(void)query;
	(void)err;
	slow->asked++;
	there -= there % slow->interval_ns;
	*stamp_out = there < slow->last_stamp_ns ? there : slow->last_stamp_ns;
	return 0;
}

static const struct stk_source_ops slow_ops = {.newest = slow_newest};

static void keep_text(const char *text, void *ctx)
{
	strncat(ctx, text, 90);
	strncat(ctx, "\n", 2);
}

static void source_wait__until_the_slice_that_ends_the_window(void **state)
{
	struct stk_source_query query = {"process_cpu:cpu:nanoseconds:cpu:nanoseconds",
		"{service_name=\"shop\"}", 0, INT64_MAX};
	struct stk_source_info info = {.interval_ns = 10 * S};
	struct stk_fake_clock clock;
	char said[8192] = "";
	struct stk_source_waiting waiting = {.tell = keep_text, .ctx = said};

	(void)state;
	stk_fake_clock_init(&clock, 0, 1000 * S);
	struct slow slow = {{&slow_ops, &clock.clock}, 10 * S, INT64_MAX, 0};
	assert_int_equal(stk_source_wait(&slow.base, &query, &info, 1000 * S, &waiting, NULL), 1);
	/* the slice [990, 1000] has stamp 990 and comes at 1001 */
	assert_true(stk_clock_wall(&clock.clock) >= 1001 * S);
	assert_true(stk_clock_wall(&clock.clock) < 1002 * S);
	assert_non_null(strstr(said, "shop cpu: slice ending 00:16:40"));
}

static void source_wait__gives_up_two_intervals_and_15_s_later(void **state)
{
	struct stk_source_query query = {
		"memory:alloc_space:bytes:space:bytes", "{}", 0, INT64_MAX};
	struct stk_source_info info = {.interval_ns = 10 * S};
	struct stk_fake_clock clock;

	(void)state;
	stk_fake_clock_init(&clock, 0, 1000 * S);
	struct slow slow = {{&slow_ops, &clock.clock}, 10 * S, 950 * S, 0};
	assert_int_equal(stk_source_wait(&slow.base, &query, &info, 1000 * S, NULL, NULL), 0);
	assert_true(stk_clock_wall(&clock.clock) >= 1035 * S);
	assert_true(stk_clock_wall(&clock.clock) < 1037 * S);
}

static void source_wait__ends_when_interrupted(void **state)
{
	struct stk_source_query query = {
		"memory:alloc_space:bytes:space:bytes", "{}", 0, INT64_MAX};
	struct stk_source_info info = {.interval_ns = 10 * S};
	atomic_int interrupts = 1;
	struct stk_source_waiting waiting = {.interrupts = &interrupts};
	struct stk_fake_clock clock;

	(void)state;
	stk_fake_clock_init(&clock, 0, 1000 * S);
	struct slow slow = {{&slow_ops, &clock.clock}, 10 * S, 950 * S, 0};
	assert_int_equal(stk_source_wait(&slow.base, &query, &info, 1000 * S, &waiting, NULL),
		STK_E_ABORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(source_wait__until_the_slice_that_ends_the_window),
		cmocka_unit_test(source_wait__gives_up_two_intervals_and_15_s_later),
		cmocka_unit_test(source_wait__ends_when_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
