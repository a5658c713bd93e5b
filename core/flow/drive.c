/* drive: load on the sides: one window at one side, or alternating blocks at both. */
#include "core/flow/drive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/flow/blocks.h"
#include "core/flow/drive_priv.h"
#include "core/flow/outputs.h"
#include "core/flow/program.h"
#include "core/flow/slices.h"
#include "core/load/threshold.h"
#include "core/script/driver.h"
#include "core/script/plan.h"

/* What this run changes in every plan of its load script. */
static void begin_changes(struct stk_drive *drive)
{
	const struct stk_session *session = drive->session;
	const struct stk_flow_opts *opts = session->opts;
	const struct stk_pairs_text *wanted = &session->workflow->tags;
	struct stk_tag *tags =
		stk_arena_zalloc(&session->run->arena, wanted->len + 1, sizeof *tags);

	for (size_t i = 0; i < wanted->len; i++)
		tags[i] = (struct stk_tag){wanted->items[i].name, wanted->items[i].value};
	for (int side = 0; side < STK_SIDES; side++)
		if (stk_session_has_side(session, side))
			drive->changes.base_url[side] = session->sides[side].url;
	drive->changes.scenario = drive->spec->scenario;
	drive->changes.rate = drive->spec->rate;
	drive->changes.rate_unit_ns = drive->spec->rate_unit_ns;
	drive->changes.vus = drive->spec->vus;
	drive->changes.allow_hosts = opts->allow_hosts;
	drive->changes.allow_hosts_len = opts->allow_hosts_len;
	drive->changes.has_seed = opts->seed != 0;
	drive->changes.seed = opts->seed;
	drive->changes.run_id = session->run->id;
	drive->changes.tags = tags;
	drive->changes.tags_len = wanted->len;
}

void stk_drive_init(
	struct stk_drive *drive, struct stk_session *session, const struct stk_load_spec *spec)
{
	memset(drive, 0, sizeof *drive);
	drive->session = session;
	drive->spec = spec;
	drive->plan = stk_xcalloc(1, sizeof *drive->plan);
	stk_plan_init(drive->plan);
	stk_load_result_init(&drive->result);
	begin_changes(drive);
}

bool stk_drive_replaces(const struct stk_load_spec *spec)
{
	return spec->rate > 0 || spec->vus > 0;
}

int64_t stk_drive_length_ns(const struct stk_load_spec *spec)
{
	return spec->duration_ns == 0 && stk_drive_replaces(spec) ? 60 * STK_NS_PER_S
								  : spec->duration_ns;
}

/* Where a profiler looks on, evenly spaced starts would choose what it sees (plan.h, jitter). */
static void spread_starts(struct stk_plan *plan)
{
	for (size_t i = 0; i < plan->scenarios.len; i++) {
		plan->scenarios.items[i].jitter = true;
		plan->scenarios.items[i].jitter_seed = plan->seed + i;
	}
}

int stk_drive_plan(struct stk_drive *drive, int64_t duration_ns, struct stk_err *err)
{
	int rc;

	if (stk_drive_replaces(drive->spec))
		drive->changes.duration_ns = duration_ns;
	else
		drive->changes.scale_to_ns = duration_ns;
	stk_plan_release(drive->plan);
	rc = stk_session_script(drive->session, drive->spec->script, &drive->script, err);
	if (rc == 0)
		rc = stk_script_plan(drive->script.script, &drive->changes, drive->plan, err);
	if (rc == 0)
		spread_starts(drive->plan);
	return rc;
}

int stk_drive_foresee(struct stk_drive *drive, struct stk_err *err)
{
	for (int side = 0; side < STK_SIDES; side++)
		if (!drive->changes.base_url[side])
			drive->changes.base_url[side] = "http://127.0.0.1";
	return stk_drive_plan(drive, stk_drive_length_ns(drive->spec), err);
}

int stk_drive_try(struct stk_session *session, struct stk_err *err)
{
	const struct stk_load_spec *spec = &session->workflow->load;
	struct stk_drive drive;
	int rc;

	if (stk_load_is_program(spec) || (!spec->script && session->workflow->run_fn))
		return 0;
	stk_drive_init(&drive, session, spec);
	rc = stk_drive_foresee(&drive, err);
	/* stk_drive_release would keep the plan for the outputs, which there are none of yet */
	stk_plan_release(drive.plan);
	free(drive.plan);
	stk_load_result_release(&drive.result);
	return rc;
}

void stk_drive_release(struct stk_drive *drive)
{
	stk_engine_free(drive->engine);
	stk_load_result_release(&drive->result);
	stk_outputs_keep_plan(drive->session, drive->plan);
}

int stk_drive_start(struct stk_drive *drive, const struct stk_side_entry *schedule, size_t len,
	struct stk_err *err)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	int rc;

	opts.schedule = schedule;
	opts.schedule_len = len;
	opts.clock = drive->session->clock;
	opts.skip_setup = drive->skip_setup;
	opts.skip_teardown = drive->skip_teardown;
	opts.tap = drive->session->outlets.tap;
	opts.tag_sides = true;
	drive->engine =
		stk_engine_new(drive->plan, stk_script_driver_ops(drive->script.driver), &opts);
	rc = stk_engine_start(drive->engine, err);
	if (rc == 0)
		rc = stk_engine_wait_started(
			drive->engine, &drive->start_mono_ns, &drive->start_wall_ns, err);
	return rc;
}

/* Keep an eye on everything while the engine runs until the given time. 1 = the engine ended
 * before it, 0 = the time came, or an error (a service died, stop now). */
int stk_drive_until(
	struct stk_drive *drive, int64_t mono_ns, stk_drive_tick_fn tick, struct stk_err *err)
{
	struct stk_session *session = drive->session;

	for (;;) {
		int64_t now = stk_clock_mono(session->clock);
		int64_t next = now + 200 * STK_NS_PER_MS;
		bool over = stk_engine_wait_until(drive->engine, next < mono_ns ? next : mono_ns);
		int rc = stk_session_check_services(session, err);

		if (rc < 0) {
			stk_engine_stop(drive->engine, STK_STOP_NOW);
			return rc;
		}
		if (stk_session_interrupts(session) >= 2) {
			stk_engine_stop(drive->engine, STK_STOP_NOW);
			stk_session_heed_interrupt(session);
			return stk_err_set(err, STK_E_ABORTED, "interrupted");
		}
		if (tick)
			tick(drive);
		if (over)
			return 1;
		if (stk_clock_mono(session->clock) >= mono_ns)
			return 0;
	}
}

struct stk_window *stk_drive_open_window(
	struct stk_session *session, const char *name, enum stk_window_kind kind, int side)
{
	struct stk_window *window = stk_vec_push_new(&session->run->windows);
	struct stk_service_usage usage;

	window->name = stk_run_text(session->run, name);
	window->kind = kind;
	window->side = side;
	window->pair = -1;
	window->start_ns = stk_clock_wall(session->clock);
	window->start_mono_ns = stk_clock_mono(session->clock);
	window->end_ns = window->start_ns;
	window->end_mono_ns = window->start_mono_ns;
	stk_session_usage(session, side, &usage);
	/* so far; closing the window makes it what was used in it */
	window->cpu_ns = usage.cpu_ns;
	window->throttled_ns = usage.throttled_ns;
	window->restarts = usage.restarts;
	window->rss_bytes = -1;
	window->p50_ms = window->p95_ms = window->p99_ms = NAN;
	return window;
}

static int64_t since(int64_t now, int64_t before)
{
	return now >= 0 && before >= 0 ? now - before : -1;
}

void stk_drive_close_window(struct stk_session *session, struct stk_window *window)
{
	struct stk_service_usage usage;

	stk_session_usage(session, window->side, &usage);
	window->end_ns = stk_clock_wall(session->clock);
	window->end_mono_ns = stk_clock_mono(session->clock);
	window->cpu_ns = since(usage.cpu_ns, window->cpu_ns);
	window->throttled_ns = since(usage.throttled_ns, window->throttled_ns);
	window->restarts = (int)since(usage.restarts, window->restarts);
	window->rss_bytes = usage.rss_bytes;
}

void stk_drive_fill_window(struct stk_window *window, const struct stk_entry_stats *stats)
{
	window->requests = stats->requests;
	window->failed = stats->failed;
	if (stats->requests == 0)
		return;
	window->p50_ms = stk_hist_quantile(&stats->duration_ms, 0.50);
	window->p95_ms = stk_hist_quantile(&stats->duration_ms, 0.95);
	window->p99_ms = stk_hist_quantile(&stats->duration_ms, 0.99);
}

/* Thresholds hold for all that was counted so far, also in the blocks before this engine's. Their
 * texts belong to the plan, which goes: copy them. */
static void keep_thresholds(struct stk_drive *drive)
{
	struct stk_run *run = drive->session->run;

	run->thresholds.len = 0;
	for (size_t i = 0; i < drive->result.thresholds.len; i++) {
		struct stk_threshold_result one =
			stk_threshold_judge(drive->plan, &drive->plan->thresholds.items[i],
				&run->metrics, run->metrics.duration_s, true);

		one.aborted = drive->result.thresholds.items[i].aborted;
		one.metric = stk_run_text(run, one.metric);
		one.expr = stk_run_text(run, one.expr);
		stk_vec_push(&run->thresholds, one);
	}
}

/* Several engines of one run: the busiest and latest of them, and all that they planned. */
static void add_generator(struct stk_generator_info *into, const struct stk_generator_info *from)
{
	into->busy = fmax(into->busy, from->busy); /* fmax passes over NaN */
	into->late_p99_ms = fmax(into->late_p99_ms, from->late_p99_ms);
	into->dropped += from->dropped;
	into->planned += from->planned;
	into->started += from->started;
	into->rate_planned = from->rate_planned;
}

void stk_drive_keep_result(struct stk_drive *drive)
{
	struct stk_session *session = drive->session;
	const struct stk_load_result *result = &drive->result;

	double before_s = session->run->metrics.duration_s;

	stk_metrics_merge(&session->run->metrics, &result->metrics);
	session->run->metrics.duration_s = before_s + result->metrics.duration_s;
	stk_series_merge(&session->run->series, &result->series);
	keep_thresholds(drive);
	add_generator(&session->run->generator, &result->generator);
	session->iterations += result->iterations;
	session->errors += result->errors;
	stk_failures_merge(&session->failures, &result->failures);
	if (result->reason == STK_END_THRESHOLD)
		stk_session_partial(
			session, result->message ? result->message : "the load ended early");
}

/* Wait for running iterations and teardown, then take what was counted. */
int stk_drive_finish(struct stk_drive *drive, struct stk_err *err)
{
	int64_t limit = stk_clock_mono(drive->session->clock) +
			stk_plan_max_duration_ns(drive->plan) + 120 * STK_NS_PER_S;
	int rc = stk_drive_until(drive, limit, NULL, err);

	while (!stk_engine_wait_until(
		drive->engine, stk_clock_mono(drive->session->clock) + STK_NS_PER_S))
		stk_engine_stop(drive->engine, STK_STOP_NOW);
	stk_engine_result(drive->engine, &drive->result);
	stk_drive_keep_result(drive);
	if (rc >= 0 &&
		(drive->result.reason == STK_END_SETUP || drive->result.reason == STK_END_SCRIPT))
		rc = stk_err_set(err, STK_E_SCRIPT, "%s",
			drive->result.message ? drive->result.message
					      : "the script ended the load");
	return rc < 0 ? rc : 0;
}

static void show_load(struct stk_drive *drive)
{
	struct stk_load_progress progress;
	struct stk_buf state = STK_BUF_EMPTY, detail = STK_BUF_EMPTY;

	stk_engine_progress(drive->engine, &progress);
	stk_buf_addf(&detail, "%.0f req/s", progress.rate_per_s);
	if (!isnan(progress.p95_ms))
		stk_buf_addf(&detail, "   p95 %.1f ms", progress.p95_ms);
	stk_buf_addf(&detail, "   errors %lld", (long long)progress.failed);
	stk_units_format_duration(&state, progress.elapsed_ns / STK_NS_PER_S * STK_NS_PER_S);
	stk_session_line(drive->session,
		&(struct stk_flow_line){.label = drive->label,
			.fraction = progress.planned_ns > 0 ? (double)progress.elapsed_ns /
								      (double)progress.planned_ns
							    : -1,
			.detail = detail.ptr,
			.right = state.ptr});
	stk_buf_release(&state);
	stk_buf_release(&detail);
}

int stk_drive_refuse_short(
	const struct stk_session *session, const char *name, int64_t ns, struct stk_err *err)
{
	int64_t slice_ns = stk_slices_longest_ns(session);
	struct stk_buf want = STK_BUF_EMPTY;

	if (slice_ns == 0 || ns >= 3 * slice_ns)
		return 0;
	stk_units_format_duration(&want, 4 * slice_ns);
	stk_err_set(err, STK_E_SCRIPT, "window '%s' is too short for three slices of the profiles",
		name);
	stk_err_hint(err, "give it %s or more", want.ptr);
	stk_buf_release(&want);
	return STK_E_SCRIPT;
}

int stk_drive_load(struct stk_session *session, const char *name, const struct stk_load_spec *spec,
	size_t *out, struct stk_err *err)
{
	struct stk_side_entry schedule = {0, STK_SIDE_HEAD, true};
	size_t number = session->run->windows.len;
	struct stk_drive drive;
	int rc;

	if (stk_load_is_program(spec))
		return stk_program_load(session, name, spec, out, err);
	session->phase = stk_run_text(session->run, name);
	stk_drive_init(&drive, session, spec);
	drive.label = name;
	rc = stk_drive_plan(&drive, stk_drive_length_ns(spec), err);
	if (rc == 0)
		rc = stk_drive_refuse_short(session, name, stk_plan_duration_ns(drive.plan), err);
	if (rc == 0)
		rc = stk_drive_start(&drive, &schedule, 1, err);
	if (rc < 0)
		goto out;
	stk_drive_open_window(session, name, STK_WINDOW_LOAD, STK_SIDE_HEAD);
	int64_t end = drive.start_mono_ns + stk_plan_duration_ns(drive.plan);
	while (rc == 0 && stk_clock_mono(session->clock) < end) {
		rc = stk_drive_until(
			&drive, stk_clock_mono(session->clock) + STK_NS_PER_S, show_load, err);
		if (rc == 0 && stk_session_interrupts(session) == 1) {
			stk_engine_stop(drive.engine, STK_STOP_GRACEFUL);
			stk_session_heed_interrupt(session);
			break;
		}
	}
	stk_drive_close_window(session, &session->run->windows.items[number]);
	rc = rc < 0 ? rc : stk_drive_finish(&drive, err);
	if (drive.result.entries.len > 0)
		stk_drive_fill_window(
			&session->run->windows.items[number], &drive.result.entries.items[0]);
	*out = number;
out:
	stk_drive_release(&drive);
	return rc;
}

int stk_drive_wait(
	struct stk_session *session, const char *name, int64_t ns, size_t *out, struct stk_err *err)
{
	size_t number = session->run->windows.len;
	struct stk_buf state = STK_BUF_EMPTY;
	int64_t end;
	int rc = stk_drive_refuse_short(session, name, ns, err);

	if (rc < 0)
		return rc;
	stk_units_format_duration(&state, ns);
	stk_buf_add_text(&state, " without load");
	session->phase = stk_run_text(session->run, name);
	stk_drive_open_window(session, name, STK_WINDOW_IDLE, STK_SIDE_HEAD);
	end = stk_clock_mono(session->clock) + ns;
	while (rc == 0 && stk_clock_mono(session->clock) < end) {
		int64_t next = stk_clock_mono(session->clock) + 200 * STK_NS_PER_MS;
		double left = (double)(end - stk_clock_mono(session->clock)) / (double)ns;

		stk_session_line(
			session, &(struct stk_flow_line){
					 .label = name, .fraction = 1 - left, .state = state.ptr});
		stk_clock_sleep_until(session->clock, next < end ? next : end);
		rc = stk_session_check_services(session, err);
		if (rc == 0 && stk_session_interrupts(session) > 0) {
			stk_session_heed_interrupt(session);
			rc = stk_err_set(err, STK_E_ABORTED, "interrupted");
		}
	}
	stk_drive_close_window(session, &session->run->windows.items[number]);
	stk_buf_release(&state);
	*out = number;
	return rc;
}
