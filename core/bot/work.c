/* work: a worker: one delivery after another out of the queue. */
#include <string.h>

#include "core/bot/bot_priv.h"

#define LOOK_NS  (250 * STK_NS_PER_MS) /* how late a delivery that is tried again may be seen */
#define SWEEP_NS (600 * STK_NS_PER_S)

struct worker {
	struct stk_bot *bot;
	struct stk_hub *hub;
	int64_t swept_ns;
};

static void on_say(const char *line, void *ctx)
{
	struct worker *worker = ctx;

	stk_bot_say(worker->bot, "%s", line);
}

static enum stk_tally_counter counter_of(const char *command)
{
	static const struct {
		const char *name;
		enum stk_tally_counter counter;
	} rows[] = {{"help", STK_TALLY_HELP}, {"run", STK_TALLY_RUN}, {"accept", STK_TALLY_ACCEPT},
		{"explain", STK_TALLY_EXPLAIN}};

	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, command) == 0)
			return rows[i].counter;
	return STK_TALLY_OTHER;
}

static void on_count(enum stk_task_event event, const char *detail, void *ctx)
{
	struct worker *worker = ctx;
	static const enum stk_tally_counter counters[] = {[STK_TASK_REFUSED] = STK_TALLY_REFUSED,
		[STK_TASK_POSTED] = STK_TALLY_POSTED,
		[STK_TASK_REJECTED] = STK_TALLY_REJECTED};

	stk_tally_add(&worker->bot->tally,
		event == STK_TASK_COMMAND ? counter_of(detail) : counters[event]);
}

static enum stk_task_end handle(
	struct worker *worker, const struct stk_queue_job *job, struct stk_err *err)
{
	struct stk_delivery delivery;
	struct stk_task task = {.hub = worker->hub,
		.ledger = worker->bot->ledger,
		.settings = &worker->bot->opts.task,
		.delivery = &delivery,
		.id = job->id,
		.is_again = job->tries > 1,
		.is_last = job->is_last,
		.say = on_say,
		.count = on_count,
		.ctx = worker};
	enum stk_task_end end = STK_TASK_HOPELESS;

	if (stk_delivery_parse(stk_str_of(job->event), stk_str_n(job->body, job->body_len),
		    &delivery, err) == 0)
		end = stk_task_run(&task, err);
	stk_delivery_release(&delivery);
	return end;
}

static void conclude(struct worker *worker, const struct stk_queue_job *job, enum stk_task_end end,
	const struct stk_err *why)
{
	static const enum stk_queue_end ends[] = {[STK_TASK_DONE] = STK_QUEUE_DONE,
		[STK_TASK_RETRY] = STK_QUEUE_RETRY,
		[STK_TASK_HOPELESS] = STK_QUEUE_BURY,
		[STK_TASK_STOPPED] = STK_QUEUE_BACK};
	struct stk_bot *bot = worker->bot;
	struct stk_err err = STK_ERR_INIT;
	bool is_dead = end == STK_TASK_HOPELESS || (end == STK_TASK_RETRY && job->is_last);

	if (end != STK_TASK_DONE)
		stk_bot_say(bot, "delivery %s, try %d: %s%s", job->id, job->tries, why->msg,
			is_dead ? "; given up" : "");
	if (end != STK_TASK_STOPPED)
		stk_tally_add(&bot->tally, is_dead                ? STK_TALLY_DEAD
					   : end == STK_TASK_DONE ? STK_TALLY_DONE
								  : STK_TALLY_RETRIED);
	if (stk_queue_end(
		    bot->queue, job, ends[end], end == STK_TASK_DONE ? NULL : why->msg, &err) < 0)
		stk_bot_say(
			bot, "delivery %s is handled again after a restart: %s", job->id, err.msg);
}

/* One delivery. False: none is due. */
static bool work_once(struct worker *worker)
{
	struct stk_queue_job job;
	struct stk_err err = STK_ERR_INIT;
	int rc = stk_queue_take(worker->bot->queue, &job, &err);

	if (rc < 0)
		stk_bot_say(worker->bot, "queue: %s", err.msg);
	if (rc <= 0)
		return false;
	conclude(worker, &job, handle(worker, &job, &err), &err);
	stk_queue_job_release(&job);
	return true;
}

static void sweep(struct worker *worker)
{
	int64_t now = stk_clock_mono(worker->bot->opts.clock);
	struct stk_err err = STK_ERR_INIT;

	if (worker->swept_ns && now - worker->swept_ns < SWEEP_NS)
		return;
	worker->swept_ns = now;
	if (stk_queue_sweep(worker->bot->queue, &err) < 0)
		stk_bot_say(worker->bot, "queue: %s", err.msg);
}

void stk_bot_wait(struct stk_bot *bot)
{
	struct timespec until;
	int64_t ns;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	ns = until.tv_nsec + LOOK_NS;
	until.tv_sec += ns / STK_NS_PER_S;
	until.tv_nsec = ns % STK_NS_PER_S;
	(void)pthread_cond_timedwait(&bot->wake, &bot->lock, &until);
}

/* Until something comes or may be due; false: stop. */
static bool wait_for_work(struct stk_bot *bot, bool is_idle)
{
	bool goes_on;

	(void)pthread_mutex_lock(&bot->lock);
	if (is_idle && !bot->is_stopping)
		stk_bot_wait(bot);
	goes_on = !bot->is_stopping;
	(void)pthread_mutex_unlock(&bot->lock);
	return goes_on;
}

static void work(struct worker *worker)
{
	bool did = true;

	while (wait_for_work(worker->bot, !did)) {
		did = work_once(worker);
		sweep(worker);
	}
}

void *stk_bot_work(void *arg)
{
	struct worker worker = {.bot = arg};
	struct stk_err err = STK_ERR_INIT;

	/* it was made once at the start to see that it can be */
	if (stk_hub_new(&worker.bot->opts.hub, &worker.hub, &err) == 0)
		work(&worker);
	else
		stk_bot_say(worker.bot, "a worker does not start: %s", err.msg);
	stk_hub_free(worker.hub);
	(void)pthread_mutex_lock(&worker.bot->lock);
	worker.bot->working--;
	(void)pthread_cond_broadcast(&worker.bot->wake);
	(void)pthread_mutex_unlock(&worker.bot->lock);
	return NULL;
}
