/* test_queue: a delivery that was taken is handled, once, also by the next process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/bot/queue.h"

struct world {
	struct stk_fake_clock clock;
	struct stk_queue_opts opts;
	struct stk_queue *queue;
	char *dir, *path;
};

static void open_queue(struct world *world)
{
	assert_int_equal(stk_queue_open(&world->opts, &world->queue, NULL), 0);
}

static int setup(void **state)
{
	struct world *world = stk_xcalloc(1, sizeof *world);

	stk_fake_clock_init(&world->clock, 0, INT64_C(1795358285) * STK_NS_PER_S);
	assert_int_equal(stk_fs_mkdtemp("stk-queue", &world->dir, NULL), 0);
	world->path = stk_fs_join(world->dir, "queue.db");
	world->opts = (struct stk_queue_opts){.path = world->path,
		.clock = &world->clock.clock,
		.max_waiting = 3,
		.max_bytes = 1000,
		.max_dead = 1,
		.max_tries = 3,
		.first_pause_ns = 10 * STK_NS_PER_S};
	open_queue(world);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	stk_queue_close(world->queue);
	assert_int_equal(stk_fs_remove_tree(world->dir, NULL), 0);
	free(world->path);
	free(world->dir);
	free(world);
	return 0;
}

static enum stk_queue_added add(struct world *world, const char *id, const char *body)
{
	struct stk_queue_item item = {stk_str_of(id), STK_STR("issue_comment"), stk_str_of(body)};
	enum stk_queue_added added;

	assert_int_equal(stk_queue_add(world->queue, &item, &added, NULL), 0);
	return added;
}

static int take(struct world *world, struct stk_queue_job *job)
{
	return stk_queue_take(world->queue, job, NULL);
}

static void end(struct world *world, struct stk_queue_job *job, enum stk_queue_end how)
{
	assert_int_equal(stk_queue_end(world->queue, job, how, "why", NULL), 0);
	stk_queue_job_release(job);
}

static struct stk_queue_counts count(struct world *world)
{
	struct stk_queue_counts counts;

	assert_int_equal(stk_queue_count(world->queue, &counts, NULL), 0);
	return counts;
}

static void queue_take__gives_the_oldest_once(void **state)
{
	struct world *world = *state;
	struct stk_queue_job job, other;

	assert_int_equal(take(world, &job), 0);
	assert_int_equal(add(world, "a", "1"), STK_QUEUE_ADDED);
	assert_int_equal(add(world, "b", "2"), STK_QUEUE_ADDED);
	assert_int_equal(take(world, &job), 1);
	assert_string_equal(job.id, "a");
	assert_string_equal(job.event, "issue_comment");
	assert_string_equal(job.body, "1");
	assert_int_equal(job.tries, 1);
	assert_int_equal(take(world, &other), 1);
	assert_string_equal(other.id, "b");
	assert_int_equal(count(world).running, 2);
	end(world, &job, STK_QUEUE_DONE);
	end(world, &other, STK_QUEUE_DONE);
	assert_int_equal(take(world, &job), 0);
	assert_int_equal(count(world).known, 2);
	assert_int_equal(count(world).oldest_ns, 0);
}

static void queue_add__knows_id_and_body(void **state)
{
	struct world *world = *state;
	struct stk_queue_job job;

	assert_int_equal(add(world, "a", "1"), STK_QUEUE_ADDED);
	assert_int_equal(add(world, "a", "2"), STK_QUEUE_SEEN);
	assert_int_equal(add(world, "b", "1"), STK_QUEUE_SEEN);
	assert_int_equal(take(world, &job), 1);
	assert_int_equal(add(world, "a", "1"), STK_QUEUE_SEEN);
	end(world, &job, STK_QUEUE_DONE);
	assert_int_equal(add(world, "a", "1"), STK_QUEUE_SEEN);
	/* forgotten after a week */
	stk_fake_clock_advance(&world->clock, 7 * 24 * 3600 * STK_NS_PER_S + 1);
	assert_int_equal(stk_queue_sweep(world->queue, NULL), 0);
	assert_int_equal(count(world).known, 0);
	assert_int_equal(add(world, "a", "1"), STK_QUEUE_ADDED);
}

static void queue_add__is_bounded_in_number_and_bytes(void **state)
{
	struct world *world = *state;
	char *large = stk_xcalloc(1, 1001);
	struct stk_queue_job job;

	memset(large, 'x', 1000);
	assert_int_equal(add(world, "a", "1"), STK_QUEUE_ADDED);
	assert_int_equal(add(world, "l", large), STK_QUEUE_FULL);
	assert_int_equal(add(world, "b", "2"), STK_QUEUE_ADDED);
	assert_int_equal(take(world, &job), 1); /* in hand still counts */
	assert_int_equal(add(world, "c", "3"), STK_QUEUE_ADDED);
	assert_int_equal(add(world, "d", "4"), STK_QUEUE_FULL);
	assert_int_equal(count(world).known, 3);
	end(world, &job, STK_QUEUE_DONE);
	assert_int_equal(add(world, "d", "4"), STK_QUEUE_ADDED);
	free(large);
}

static void queue_end__pauses_longer_each_time_and_gives_up(void **state)
{
	struct world *world = *state;
	struct stk_queue_job job;

	(void)add(world, "a", "1");
	assert_int_equal(take(world, &job), 1);
	end(world, &job, STK_QUEUE_RETRY);
	assert_int_equal(take(world, &job), 0);
	stk_fake_clock_advance(&world->clock, 10 * STK_NS_PER_S);
	assert_int_equal(take(world, &job), 1);
	assert_int_equal(job.tries, 2);
	end(world, &job, STK_QUEUE_RETRY);
	stk_fake_clock_advance(&world->clock, 19 * STK_NS_PER_S);
	assert_int_equal(take(world, &job), 0);
	stk_fake_clock_advance(&world->clock, STK_NS_PER_S);
	assert_int_equal(take(world, &job), 1);
	assert_true(job.is_last);
	assert_int_equal(count(world).oldest_ns, 30 * STK_NS_PER_S);
	end(world, &job, STK_QUEUE_RETRY);
	assert_int_equal(count(world).dead, 1);
	stk_fake_clock_advance(&world->clock, 3600 * STK_NS_PER_S);
	assert_int_equal(take(world, &job), 0);
	/* sent again on purpose */
	assert_int_equal(add(world, "a", "1"), STK_QUEUE_REVIVED);
	assert_int_equal(take(world, &job), 1);
	assert_int_equal(job.tries, 1);
	end(world, &job, STK_QUEUE_DONE);
}

static void queue_end__gives_back_what_was_interrupted(void **state)
{
	struct world *world = *state;
	struct stk_queue_job job;

	(void)add(world, "a", "1");
	assert_int_equal(take(world, &job), 1);
	end(world, &job, STK_QUEUE_BACK);
	assert_int_equal(take(world, &job), 1);
	assert_int_equal(job.tries, 1);
	end(world, &job, STK_QUEUE_BURY);
	assert_int_equal(count(world).dead, 1);
}

static void queue_sweep__keeps_the_newest_of_the_given_up(void **state)
{
	struct world *world = *state;
	struct stk_queue_job job;

	for (int i = 0; i < 3; i++) {
		char id[2] = {(char)('a' + i), '\0'};

		(void)add(world, id, id);
		assert_int_equal(take(world, &job), 1);
		end(world, &job, STK_QUEUE_BURY);
	}
	assert_int_equal(stk_queue_sweep(world->queue, NULL), 0);
	assert_int_equal(count(world).dead, 1);
	assert_int_equal(add(world, "a", "a"), STK_QUEUE_SEEN);
	assert_int_equal(add(world, "c", "c"), STK_QUEUE_REVIVED);
}

static void queue_open__takes_up_what_was_in_hand(void **state)
{
	struct world *world = *state;
	struct stk_queue_job job;

	(void)add(world, "a", "1");
	(void)add(world, "b", "2");
	assert_int_equal(take(world, &job), 1);
	stk_queue_job_release(&job);
	stk_queue_close(world->queue);
	world->queue = NULL;
	open_queue(world);
	assert_int_equal(count(world).waiting, 2);
	assert_int_equal(take(world, &job), 1);
	assert_string_equal(job.id, "a");
	assert_int_equal(job.tries, 2); /* one that kills the process is not tried for ever */
	end(world, &job, STK_QUEUE_DONE);
}

static void queue_open__says_what_is_no_database(void **state)
{
	struct world *world = *state;
	struct stk_queue_opts opts = {.path = world->dir};
	struct stk_queue *queue = NULL;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_queue_open(&opts, &queue, &err), STK_E_IO);
	assert_null(queue);
	stk_queue_close(NULL);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(queue_take__gives_the_oldest_once),
		CASE(queue_add__knows_id_and_body),
		CASE(queue_add__is_bounded_in_number_and_bytes),
		CASE(queue_end__pauses_longer_each_time_and_gives_up),
		CASE(queue_end__gives_back_what_was_interrupted),
		CASE(queue_sweep__keeps_the_newest_of_the_given_up),
		CASE(queue_open__takes_up_what_was_in_hand),
		CASE(queue_open__says_what_is_no_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
