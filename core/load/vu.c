/* vu: one VU's iterations between driver and worker, and what the driver may ask for. */
#include <string.h>

#include "core/base/mem.h"
#include "core/load/load_priv.h"

struct stk_vu *stk_vu_new(struct stk_worker *worker, int64_t id, struct stk_err *err)
{
	const struct stk_vu_driver *driver = worker->engine->driver;
	struct stk_vu *vu = stk_xcalloc(1, sizeof *vu);

	vu->worker = worker;
	vu->id = id;
	vu->in_scenario =
		stk_xcalloc(worker->engine->plan->scenarios.len + 1, sizeof *vu->in_scenario);
	stk_buf_init(&vu->group, 0);
	stk_cookies_init(&vu->jar);
	stk_watch_enter(worker, NULL);
	if (driver->vu_open(worker->driver, vu, &vu->state, err) < 0)
		vu->state = NULL;
	stk_watch_leave(worker);
	return vu;
}

void stk_vu_free(struct stk_vu *vu)
{
	if (!vu)
		return;
	if (vu->state)
		vu->worker->engine->driver->vu_close(vu->state);
	if (vu->session)
		vu->worker->engine->transport->forget(vu->worker->transport, &vu->session);
	for (size_t i = 0; i < vu->fetches.len; i++) {
		stk_fetch_release(vu->fetches.items[i]);
		free(vu->fetches.items[i]);
	}
	stk_vec_release(&vu->fetches);
	stk_vu_clear_tags(vu);
	stk_vec_release(&vu->tags);
	stk_cookies_release(&vu->jar);
	stk_buf_release(&vu->group);
	free(vu->in_scenario);
	free(vu);
}

/* --- what the driver asks for --- */

int64_t stk_vu_now_ns(const struct stk_vu *vu)
{
	return stk_worker_now(vu->worker);
}

int64_t stk_vu_wall_ns(const struct stk_vu *vu)
{
	return stk_clock_wall(vu->worker->engine->clock);
}

int64_t stk_vu_id(const struct stk_vu *vu)
{
	return vu->id;
}

const struct stk_plan *stk_vu_plan(const struct stk_vu *vu)
{
	return vu->worker->engine->plan;
}

double stk_vu_progress(const struct stk_vu *vu)
{
	double part;

	if (!vu->executor)
		return 0;
	part = vu->executor->ops->progress(vu->executor, stk_vu_now_ns(vu));
	return part < 0 ? 0 : part > 1 ? 1 : part;
}

void stk_vu_sleep_until(struct stk_vu *vu, int64_t mono_ns)
{
	if (vu->wait != STK_WAIT_NOTHING)
		STK_BUG("a VU waits for two things");
	vu->wait = STK_WAIT_SLEEP;
	stk_timers_add(&vu->worker->timers, &vu->timer, mono_ns);
}

static bool same_host(const struct stk_fetch *a, const struct stk_fetch *b)
{
	return a->parts->port == b->parts->port &&
	       stk_str_eq_nocase(a->parts->host, b->parts->host);
}

/* Requests under way: all, and those to the host of fetch. */
static size_t under_way(const struct stk_vu *vu, const struct stk_fetch *fetch, size_t *all_out)
{
	size_t same = 0;

	*all_out = 0;
	for (size_t i = 0; i < vu->fetches_used; i++) {
		const struct stk_fetch *other = vu->fetches.items[i];

		if (other->state != STK_FETCH_RUNNING)
			continue;
		++*all_out;
		same += same_host(fetch, other);
	}
	return same;
}

/* Under rps every request of all VUs has a turn of its own, 1/rps after the one before. True: it is
 * now; else the timer is set. */
static bool take_turn(struct stk_vu *vu)
{
	struct stk_engine *engine = vu->worker->engine;
	int64_t gap_ns, now_ns, turn_ns;
	long long next_ns;

	if (engine->plan->rps == 0)
		return true;
	if (vu->has_turn) {
		vu->has_turn = false;
		return true;
	}
	gap_ns = STK_NS_PER_S / engine->plan->rps;
	now_ns = stk_vu_now_ns(vu);
	next_ns = atomic_load(&engine->turn_ns);
	do
		turn_ns = next_ns > now_ns ? next_ns : now_ns;
	while (!atomic_compare_exchange_weak(&engine->turn_ns, &next_ns, turn_ns + gap_ns));
	if (turn_ns <= now_ns)
		return true;
	vu->has_turn = true;
	stk_timers_add(&vu->worker->timers, &vu->timer, turn_ns);
	return false;
}

/* Start what may be started: a single request always, of a batch as many as the limits let. */
static void start_more(struct stk_vu *vu)
{
	const struct stk_plan *plan = vu->worker->engine->plan;

	for (size_t i = 0; i < vu->fetches_used; i++) {
		struct stk_fetch *fetch = vu->fetches.items[i];
		size_t all, same;

		if (fetch->state != STK_FETCH_QUEUED)
			continue;
		same = under_way(vu, fetch, &all);
		if (all >= (size_t)plan->batch)
			return;
		if (plan->batch_per_host != 0 && same >= (size_t)plan->batch_per_host)
			continue;
		if (vu->timer.place != 0 || !take_turn(vu))
			return;
		stk_fetch_start(fetch);
	}
}

void stk_vu_turn(struct stk_vu *vu)
{
	start_more(vu);
}

static struct stk_fetch *fetch_at(struct stk_vu *vu, size_t i)
{
	while (vu->fetches.len <= i) {
		struct stk_fetch *fetch = stk_xcalloc(1, sizeof *fetch);

		fetch->vu = vu;
		stk_exchange_init(&fetch->exchange);
		stk_buf_init(&fetch->url_text, 0);
		stk_buf_init(&fetch->scratch, 0);
		stk_vec_push(&vu->fetches, fetch);
	}
	return vu->fetches.items[i];
}

/* A stream that an error of the script left open. */
static void cancel_left(struct stk_vu *vu)
{
	for (size_t i = 0; i < vu->fetches_used; i++)
		if (vu->fetches.items[i]->state == STK_FETCH_RUNNING)
			stk_fetch_cancel(vu->fetches.items[i]);
}

void stk_vu_submit(struct stk_vu *vu, const struct stk_request *requests, size_t len)
{
	if (vu->wait != STK_WAIT_NOTHING || len == 0)
		STK_BUG("a VU waits for two things, or for none");
	cancel_left(vu);
	vu->wait = STK_WAIT_REQUESTS;
	vu->fetches_used = vu->fetches_left = len;
	for (size_t i = 0; i < len; i++) {
		struct stk_fetch *fetch = fetch_at(vu, i);

		fetch->request = &requests[i];
		fetch->state = STK_FETCH_QUEUED;
		stk_fetch_prepare(fetch);
	}
	start_more(vu);
}

void stk_vu_fetched(struct stk_vu *vu, struct stk_fetch *fetch)
{
	(void)fetch;
	vu->fetches_left--;
	if (vu->fetches_left == 0)
		stk_vu_got(vu);
	else if (vu->fetches_used > 1)
		start_more(vu);
}

struct stk_str stk_vu_streamed(const struct stk_vu *vu)
{
	return stk_buf_str(&vu->fetches.items[0]->exchange.body_out);
}

void stk_vu_take_streamed(struct stk_vu *vu)
{
	stk_buf_clear(&vu->fetches.items[0]->exchange.body_out);
}

bool stk_vu_is_answered(const struct stk_vu *vu)
{
	return vu->fetches.items[0]->state == STK_FETCH_DONE;
}

void stk_vu_wait_stream(struct stk_vu *vu)
{
	vu->wait = STK_WAIT_REQUESTS;
	if (stk_vu_is_answered(vu))
		stk_worker_enqueue(vu->worker, vu, STK_NEXT_RESUME);
}

void stk_vu_finish_stream(struct stk_vu *vu)
{
	struct stk_worker *worker = vu->worker;

	vu->wait = STK_WAIT_REQUESTS;
	if (stk_vu_is_answered(vu))
		stk_worker_enqueue(worker, vu, STK_NEXT_RESUME);
	else
		worker->engine->transport->finish(
			worker->transport, &vu->fetches.items[0]->exchange);
}

void stk_vu_got(struct stk_vu *vu)
{
	if (vu->next == STK_NEXT_NOTHING && vu->wait == STK_WAIT_REQUESTS)
		stk_worker_enqueue(vu->worker, vu, STK_NEXT_RESUME);
}

const struct stk_response *stk_vu_response(const struct stk_vu *vu, size_t i)
{
	struct stk_response *response = &vu->worker->response;

	stk_fetch_answer(vu->fetches.items[i], response);
	return response;
}

static void sample_tagged(
	struct stk_vu *vu, int metric, double value, const struct stk_vu_tags *tags)
{
	struct stk_worker *worker = vu->worker;
	const struct stk_engine *engine = worker->engine;
	struct stk_tag group = {"group", vu->group.ptr};
	struct stk_tag_lists lists = {.len = 0};
	const struct stk_scenario *scenario = vu->iteration.scenario;
	const struct stk_tag *side = stk_engine_side_tag(engine, vu->iteration.side);
	stk_system_tags chosen = engine->plan->system_tags;
	struct stk_tag kept[STK_VU_TAGS_EXTRA_MAX];

	if (tags) {
		bool all = chosen == engine->all_system_tags;

		stk_tag_lists_add(&lists, all ? tags->extra : kept,
			all ? tags->extra_len
			    : stk_system_tags_filter(chosen, tags->extra, tags->extra_len, kept));
		stk_tag_lists_add(&lists, tags->tags, tags->tags_len);
		lists.repeated = tags->repeated;
	}
	stk_tag_lists_add(&lists, &group, engine->has_group_tag);
	stk_tag_lists_add(&lists, side, side ? 1 : 0);
	stk_tag_lists_add(&lists, vu->tags.items, vu->tags.len);
	if (scenario) {
		stk_tag_lists_add(&lists, &engine->scenario_tags[vu->iteration.scenario_index],
			engine->has_scenario_tag);
		stk_tag_lists_add(&lists, scenario->tags.items, scenario->tags.len);
	}
	stk_tag_lists_add(&lists, engine->plan->tags.items, engine->plan->tags.len);
	stk_counts_add(worker->counts, metric, value, &lists);
}

void stk_vu_sample(struct stk_vu *vu, int metric, double value, const struct stk_vu_tags *tags)
{
	if (!vu->counted)
		return;
	if (vu->worker->engine->plan->has_sections && vu->iteration.scenario)
		stk_worker_section_add(vu->worker, vu->iteration.scenario,
			vu->group.len > 0 ? vu->group.ptr : "", metric, value);
	if (!stk_counts_add_bare(vu->worker->counts, metric, value))
		sample_tagged(vu, metric, value, tags);
}

void stk_vu_add(
	struct stk_vu *vu, int metric, double value, const struct stk_tag *tags, size_t tags_len)
{
	stk_vu_sample(vu, metric, value, &(struct stk_vu_tags){NULL, 0, tags, tags_len, false});
}

void stk_vu_check(struct stk_vu *vu, struct stk_str name, bool passed, const struct stk_tag *tags,
	size_t tags_len)
{
	struct stk_tally *tally = &vu->worker->tally;
	struct stk_tag check = {"check", NULL};
	char *text = NULL;

	if (!vu->counted)
		return;
	if (stk_counts_wants_tags(vu->worker->counts, STK_METRIC_CHECKS)) {
		text = stk_str_dup(name);
		check.value = text;
	}
	stk_vu_sample(vu, STK_METRIC_CHECKS, passed ? 1 : 0,
		&(struct stk_vu_tags){&check, text ? 1 : 0, tags, tags_len, false});
	if (!stk_counts_check(vu->worker->counts, stk_buf_str(&vu->group), name, passed) &&
		!atomic_exchange(&vu->worker->engine->checks_are_full, true))
		stk_worker_warn(vu->worker,
			"more than %d different checks: the rest counts in the metric and is not "
			"listed (a check's name should hold no data)",
			STK_COUNTS_CHECKS_MAX);
	if (vu->worker->engine->plan->has_sections && vu->iteration.scenario) {
		text = text ? text : stk_str_dup(name);
		stk_vu_section_check(vu, text, passed);
	}
	stk_tally_add(passed ? &tally->checks_passed : &tally->checks_failed, 1);
	free(text);
}

void stk_vu_set_group(struct stk_vu *vu, struct stk_str path)
{
	stk_buf_clear(&vu->group);
	stk_buf_add_str(&vu->group, path);
}

struct stk_cookies *stk_vu_cookies(struct stk_vu *vu)
{
	return &vu->jar;
}

void stk_vu_abort(struct stk_vu *vu, const char *message)
{
	stk_engine_end(vu->worker->engine, STK_END_SCRIPT, STK_STOP_GRACEFUL, message);
}

/* --- its life on the worker --- */

static void begin_iteration(struct stk_vu *vu, int64_t now_ns)
{
	struct stk_worker *worker = vu->worker;
	struct stk_engine *engine = worker->engine;
	struct stk_iteration *it = &vu->iteration;

	stk_buf_clear(&vu->group);
	/* ports do not part cookies: those of one side are never the other's */
	if (!engine->plan->no_cookies_reset || it->side != engine->schedule[worker->entry].side)
		stk_cookies_clear(&vu->jar);
	if (vu->tags.len > 0 && vu->tags_scenario != it->scenario_index)
		stk_vu_clear_tags(vu);
	vu->tags_scenario = it->scenario_index;
	vu->bytes_sent = vu->bytes_received = 0;
	vu->in_iteration = true;
	it->started_mono_ns = now_ns;
	if (it->kind != STK_ITERATION_LOAD) {
		stk_buf_add_text(
			&vu->group, it->kind == STK_ITERATION_SETUP ? "::setup" : "::teardown");
		return;
	}
	vu->entry = worker->entry;
	vu->counted = engine->schedule[vu->entry].counted;
	it->side = engine->schedule[vu->entry].side;
	it->base_url = engine->plan->base_url[it->side];
	it->vu_id = vu->id;
	it->iter = vu->iterations++;
	it->iter_in_scenario = vu->in_scenario[it->scenario_index]++;
	it->intended_mono_ns = vu->intended_ns;
	worker->entries.items[vu->entry].iterations++;
	stk_tally_add(&worker->tally.running, 1);
	if (stk_executor_is_open_model(vu->executor->ops)) {
		double late_ms = (double)(now_ns - vu->intended_ns) / 1e6;

		stk_vu_sample(vu, STK_METRIC_ITERATION_LATENESS, late_ms, NULL);
		stk_hist_add(&worker->lateness_ms, late_ms);
	}
}

static void end_samples(struct stk_vu *vu, int64_t now_ns)
{
	double ms = (double)(now_ns - vu->iteration.started_mono_ns) / 1e6;

	stk_vu_sample(vu, STK_METRIC_ITERATIONS, 1, NULL);
	stk_vu_sample(vu, STK_METRIC_ITERATION_DURATION, ms, NULL);
	if (stk_executor_is_open_model(vu->executor->ops))
		stk_vu_sample(vu, STK_METRIC_ITERATION_RESPONSE,
			(double)(now_ns - vu->intended_ns) / 1e6, NULL);
}

static void count_data(struct stk_vu *vu)
{
	if (vu->iteration.kind != STK_ITERATION_LOAD)
		return;
	stk_buf_clear(&vu->group);
	stk_vu_sample(vu, STK_METRIC_DATA_SENT, (double)vu->bytes_sent, NULL);
	stk_vu_sample(vu, STK_METRIC_DATA_RECEIVED, (double)vu->bytes_received, NULL);
}

static void count_failure(struct stk_vu *vu, const struct stk_err *err)
{
	struct stk_engine *engine = vu->worker->engine;
	const struct stk_engine_observer *observer = &engine->opts.observer;

	stk_vu_sample(vu, STK_METRIC_ITERATION_ERRORS, 1, NULL);
	stk_tally_add(&vu->worker->tally.errors, 1);
	if (observer->failed)
		observer->failed(observer->ctx, vu->iteration.scenario, err);
}

/* The VU is free again. A stop acts before a next iteration starts; it may take the VU away. */
static void leave_iteration(struct stk_vu *vu, int64_t now_ns)
{
	struct stk_executor *executor = vu->executor;
	size_t slot = vu->slot;

	vu->rests = false;
	stk_tally_add(&vu->worker->tally.running, -1);
	stk_worker_take_stop(vu->worker, now_ns);
	stk_executor_ended(executor, slot, now_ns);
}

static void end_iteration(struct stk_vu *vu, enum stk_vu_status status, const struct stk_err *err)
{
	struct stk_worker *worker = vu->worker;
	int64_t now_ns = stk_worker_now(worker);

	vu->in_iteration = false;
	cancel_left(vu);
	if (vu->iteration.kind != STK_ITERATION_LOAD) {
		vu->special_over = true;
		if (status == STK_VU_FAILED)
			vu->worker->special_err = *err;
		return;
	}
	stk_buf_clear(&vu->group);
	if (status == STK_VU_FAILED)
		count_failure(vu, err);
	end_samples(vu, now_ns);
	count_data(vu);
	if (worker->engine->plan->no_vu_reuse && worker->engine->transport->forget)
		worker->engine->transport->forget(worker->transport, &vu->session);
	stk_tally_add(&worker->tally.iterations, 1);
	vu->rests = now_ns - vu->iteration.started_mono_ns < worker->engine->plan->min_iteration_ns;
	if (vu->rests)
		stk_vu_sleep_until(
			vu, vu->iteration.started_mono_ns + worker->engine->plan->min_iteration_ns);
	else
		leave_iteration(vu, now_ns);
}

static void count_interrupted(struct stk_vu *vu)
{
	struct stk_tally *tally = &vu->worker->tally;

	vu->in_iteration = false;
	count_data(vu);
	if (vu->iteration.kind != STK_ITERATION_LOAD)
		return;
	stk_tally_add(&tally->running, -1);
	stk_tally_add(&tally->interrupted, 1);
}

/* The driver ended it because it was asked to (setup and teardown: their loop sees the time). */
static void cut_iteration(struct stk_vu *vu)
{
	struct stk_executor *executor = vu->executor;
	size_t slot = vu->slot;
	int64_t now_ns = stk_worker_now(vu->worker);

	count_interrupted(vu);
	if (!executor)
		return;
	stk_worker_take_stop(vu->worker, now_ns);
	stk_executor_cut(executor, slot, now_ns);
}

/* The one that runs next: of thousands, most are not in any cache. */
static void fetch_ahead(const struct stk_vu *vu)
{
	if (!vu)
		return;
	__builtin_prefetch(vu->state);
	if (vu->fetches.len > 0) {
		__builtin_prefetch(&vu->fetches.items[0]->exchange.timings);
		__builtin_prefetch(vu->fetches.items[0]->exchange.head.ptr);
	}
}

void stk_vu_run(struct stk_vu *vu)
{
	const struct stk_vu_driver *driver = vu->worker->engine->driver;
	struct stk_err *err = &vu->worker->err; /* too large to be emptied for each run */
	enum stk_vu_next next = vu->next;
	enum stk_vu_status status;

	fetch_ahead(vu->queue_next);
	stk_worker_dequeue(vu->worker, vu);
	vu->wait = STK_WAIT_NOTHING;
	if (vu->rests) {
		leave_iteration(vu, stk_worker_now(vu->worker));
		return;
	}
	stk_err_clear(err);
	if (next == STK_NEXT_START)
		begin_iteration(vu, stk_worker_now(vu->worker));
	if (!vu->state) {
		(void)stk_err_set(err, STK_E_SCRIPT, "the VU could not be opened");
		status = STK_VU_FAILED;
	} else {
		stk_watch_enter(vu->worker, vu);
		status = next == STK_NEXT_START ? driver->start(vu->state, &vu->iteration, err)
						: driver->resume(vu->state, err);
		stk_watch_leave(vu->worker);
	}
	if (status == STK_VU_WAITING && vu->wait == STK_WAIT_NOTHING)
		STK_BUG("a VU waits for nothing");
	if (status == STK_VU_INTERRUPTED)
		cut_iteration(vu);
	else if (status != STK_VU_WAITING)
		end_iteration(vu, status, err);
}

static void give_up(struct stk_vu *vu)
{
	stk_timers_remove(&vu->worker->timers, &vu->timer);
	vu->has_turn = false;
	for (size_t i = 0; vu->wait == STK_WAIT_REQUESTS && i < vu->fetches_used; i++)
		stk_fetch_cancel(vu->fetches.items[i]);
	vu->wait = STK_WAIT_NOTHING;
}

void stk_vu_cancel(struct stk_vu *vu)
{
	if (vu->next != STK_NEXT_NOTHING)
		stk_worker_dequeue(vu->worker, vu);
	give_up(vu);
	if (vu->rests)
		stk_tally_add(&vu->worker->tally.running, -1);
	vu->rests = false;
	if (!vu->in_iteration)
		return;
	stk_watch_enter(vu->worker, NULL);
	if (vu->state)
		vu->worker->engine->driver->cancel(vu->state);
	stk_watch_leave(vu->worker);
	count_interrupted(vu);
}
