/* load_run: one load test from the script to the exit code. */
#include "cmd/load_run.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "cmd/keys.h"
#include "cmd/load_end.h"
#include "cmd/load_outputs.h"
#include "cmd/load_settings.h"
#include "cmd/progress.h"
#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/base/version.h"
#include "core/export/summary_json.h"
#include "core/load/engine.h"
#include "core/load/fingerprint.h"
#include "core/record/run_store.h"
#include "core/script/driver.h"
#include "core/script/plan.h"
#include "core/script/script.h"

#define TICK_NS       (100 * STK_NS_PER_MS)
#define START_TICK_NS (10 * STK_NS_PER_MS)
#define TALK_MAX      ((size_t)1 << 20)
#define ERRORS_SHARE  0.01 /* more iterations in error than this: the script is at fault */

/* Lines of the script's threads, until the main thread prints them. */
struct talk {
	pthread_mutex_t lock;
	struct stk_buf lines;
};

struct load_test {
	struct stk_env *env;
	const struct stk_load_settings *settings;
	struct talk talk;
	struct stk_script *script;
	struct stk_plan plan;
	struct stk_script_driver *driver;
	struct stk_engine *engine;
	struct stk_progress *progress; /* NULL: over */
	struct stk_load_result result;
	int interrupts_seen, pauses_seen;
	bool paused, has_keys;
	struct stk_load_outputs outputs;
	struct stk_trend_stats stats;
	struct stk_buf said; /* by outputs, for the end */
};

static void keep_talk(enum stk_script_talk kind, const char *line, void *ctx)
{
	static const char *const heads[] = {"", "warning: ", "script: "};
	struct talk *talk = ctx;

	pthread_mutex_lock(&talk->lock);
	stk_buf_addf(&talk->lines, "%s%s", heads[kind], line);
	stk_buf_add_byte(&talk->lines, '\0');
	pthread_mutex_unlock(&talk->lock);
}

static void say(struct load_test *test, const char *line)
{
	if (test->progress)
		stk_progress_warn(test->progress, "%s", line);
	else
		fprintf(test->env->err, "%s\n", line);
}

/* Lines end with NUL, because a traceback holds line breaks. */
static void print_talk(struct load_test *test)
{
	struct stk_buf lines;

	pthread_mutex_lock(&test->talk.lock);
	lines = test->talk.lines;
	stk_buf_init(&test->talk.lines, TALK_MAX);
	pthread_mutex_unlock(&test->talk.lock);
	for (size_t at = 0; at < lines.len; at += strlen(lines.ptr + at) + 1)
		say(test, lines.ptr + at);
	if (lines.failed)
		say(test, "warning: the script prints too much; lines are missing");
	stk_buf_release(&lines);
}

static void warn(void *ctx, const char *text)
{
	keep_talk(STK_TALK_WARN, text, ctx);
}

/* --- setting up ------------------------------------------------------------------- */

static int load_script(struct load_test *test, const char *path, struct stk_err *err)
{
	struct stk_script_opts opts = STK_SCRIPT_OPTS_INIT;

	opts.path = path;
	opts.env = test->env;
	opts.vars = test->settings->vars.texts.items;
	opts.vars_len = test->settings->vars.texts.len;
	opts.talk = keep_talk;
	opts.talk_ctx = &test->talk;
	int rc = stk_script_load(&opts, &test->script, err);
	if (rc == 0 && stk_script_kind(test->script) == STK_SCRIPT_WORKFLOW) {
		rc = stk_err_set(err, STK_E_INVAL, "%s is a workflow, not a load script", path);
		stk_err_hint(err, "stoker run %s", path);
	}
	return rc;
}

static int make_plan(struct load_test *test, struct stk_err *err)
{
	struct stk_plan_changes changes = {.run_id = NULL};
	struct stk_load_changes held = {0};
	char *id = stk_run_store_id(stk_clock_wall(test->env->clock), "load");
	int rc = stk_load_changes_read(test->settings, &held, err);

	if (rc == 0) {
		changes.run_id = id;
		changes.base_url[STK_SIDE_HEAD] = test->settings->base_url;
		changes.shortcuts = &held.shortcuts;
		changes.tags = held.tags.items;
		changes.tags_len = held.tags.len;
		changes.allow_hosts = test->settings->allow_hosts.texts.items;
		changes.allow_hosts_len = test->settings->allow_hosts.texts.len;
		changes.has_seed = test->settings->seed != STK_UNSET;
		changes.seed = (uint64_t)test->settings->seed;
		changes.has_rps = test->settings->rps != STK_UNSET;
		changes.rps = test->settings->rps;
		changes.has_min_iteration = test->settings->min_iteration_ns != STK_UNSET;
		changes.min_iteration_ns = test->settings->min_iteration_ns;
		changes.system_tags = test->settings->system_tags ? &held.system_tags : NULL;
		changes.no_setup = test->settings->no_setup;
		changes.no_teardown = test->settings->no_teardown;
		changes.no_thresholds = test->settings->no_thresholds;
		changes.segment = test->settings->segment;
		changes.segment_sequence = test->settings->segment_sequence;
		rc = stk_script_plan(test->script, &changes, &test->plan, err);
	}
	for (size_t i = 0; rc == 0 && test->settings->strict && i < test->plan.thresholds.len; i++)
		test->plan.thresholds.items[i].no_data_fails = true;
	test->plan.has_sections = strcmp(test->settings->summary, "full") == 0;
	stk_load_changes_release(&held);
	free(id);
	return rc;
}

static int start_engine(struct load_test *test, struct stk_err *err)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;

	for (size_t i = 0; i < test->plan.warnings.len; i++)
		stk_progress_warn(test->progress, "warning: %s", test->plan.warnings.items[i]);
	test->driver = stk_script_driver_new(test->script);
	opts.clock = test->env->clock;
	opts.workers = (int)test->settings->workers;
	opts.live = test->env->err_tty && !test->settings->quiet;
	opts.observer.ctx = &test->talk;
	opts.observer.warn = warn;
	opts.tap = test->outputs.outlets.tap;
	test->engine = stk_engine_new(&test->plan, stk_script_driver_ops(test->driver), &opts);
	return stk_engine_start(test->engine, err);
}

/* --- running ---------------------------------------------------------------------- */

static void heed_interrupts(struct load_test *test)
{
	int count = atomic_load(test->env->interrupts);

	if (count == test->interrupts_seen)
		return;
	test->interrupts_seen = count;
	stk_engine_stop(test->engine, count == 1 ? STK_STOP_GRACEFUL : STK_STOP_NOW);
	if (count == 1)
		stk_progress_warn(test->progress,
			"stopping: running iterations may end, then teardown; again to stop now");
}

static void toggle_pause(struct load_test *test)
{
	test->paused = !test->paused;
	if (test->paused)
		stk_engine_pause(test->engine);
	else
		stk_engine_resume(test->engine);
	stk_progress_warn(test->progress,
		test->paused ? "paused: nothing starts until it goes on%s" : "going on%s",
		test->has_keys && test->paused ? " (p)" : "");
}

/* SIGUSR1, or p on the terminal: pause, or go on. */
static void heed_pauses(struct load_test *test)
{
	int count = test->env->pauses ? atomic_load(test->env->pauses) : 0;
	char key;

	if (test->interrupts_seen > 0)
		return;
	for (; test->pauses_seen < count; test->pauses_seen++)
		toggle_pause(test);
	while (test->has_keys && (key = stk_keys_read()) != 0)
		if (key == 'p' || key == 'P' || key == ' ')
			toggle_pause(test);
}

enum { NAME_WIDTH = 40 };

static void show_slowest(struct load_test *test)
{
	static const char *const labels[] = {"slowest", "2nd", "3rd"};
	struct stk_live_endpoint slowest[STK_ARRAY_LEN(labels)];
	size_t len = stk_engine_slowest(test->engine, slowest, STK_ARRAY_LEN(labels));
	int width = 0;

	for (size_t i = 0; i < len; i++)
		if ((int)strnlen(slowest[i].name, NAME_WIDTH) > width)
			width = (int)strnlen(slowest[i].name, NAME_WIDTH);
	for (size_t i = 0; i < len; i++) {
		char text[160];

		(void)snprintf(text, sizeof text, "%-*.*s p95 %8.1f ms %8lld requests", width,
			NAME_WIDTH, slowest[i].name, slowest[i].p95_ms,
			(long long)slowest[i].requests);
		stk_progress_set(test->progress,
			&(struct stk_progress_line){
				.label = labels[i], .fraction = -1, .detail = text});
	}
}

static void show_progress(struct load_test *test)
{
	static const char *const phases[] = {"starting", "setup", "running", "teardown", "done"};
	struct stk_load_progress now;
	struct stk_buf detail = STK_BUF_EMPTY, right = STK_BUF_EMPTY;

	stk_engine_progress(test->engine, &now);
	if (now.phase == STK_PHASE_LOAD) {
		stk_buf_addf(&detail, "%lld/%lld VUs  %lld iterations  %.0f req/s",
			(long long)now.vus, (long long)now.vus_max, (long long)now.iterations,
			isnan(now.rate_per_s) ? 0 : now.rate_per_s);
		if (!isnan(now.p95_ms))
			stk_buf_addf(&detail, "  p95 %.1f ms", now.p95_ms);
		if (now.failed)
			stk_buf_addf(&detail, "  failed %lld", (long long)now.failed);
		if (now.elapsed_ns < STK_NS_PER_S)
			stk_buf_add_text(&right, "0s");
		else
			stk_units_format_duration(
				&right, now.elapsed_ns / STK_NS_PER_S * STK_NS_PER_S);
	}
	struct stk_progress_line line = {.label = "load",
		.fraction = now.phase == STK_PHASE_LOAD && now.planned_ns > 0
				    ? (double)now.elapsed_ns / (double)now.planned_ns
				    : -1,
		.state = now.paused ? "paused" : phases[now.phase],
		.detail = detail.len ? detail.ptr : NULL,
		.right = right.len ? right.ptr : NULL};
	if (line.fraction > 1)
		line.fraction = 1;
	stk_progress_set(test->progress, &line);
	if (now.phase == STK_PHASE_LOAD && test->env->err_tty)
		show_slowest(test);
	stk_buf_release(&detail);
	stk_buf_release(&right);
}

/* Until the load has begun or everything is over; setup may be interrupted too. */
static int wait_for_start(struct load_test *test, struct stk_err *err)
{
	struct stk_load_progress now = {.phase = STK_PHASE_NEW};
	int64_t mono_ns, wall_ns;
	bool over = false;
	int rc;

	while (!over && now.phase < STK_PHASE_LOAD) {
		over = stk_engine_wait_until(
			test->engine, stk_clock_mono(test->env->clock) + START_TICK_NS);
		heed_interrupts(test);
		print_talk(test);
		stk_engine_progress(test->engine, &now);
	}
	rc = stk_engine_wait_started(test->engine, &mono_ns, &wall_ns, err);
	if (rc == 0)
		stk_load_outputs_begun(&test->outputs, &test->plan, wall_ns, &test->said);
	return rc;
}

static void wait_for_end(struct load_test *test)
{
	bool over = false;

	while (!over) {
		over = stk_engine_wait_until(
			test->engine, stk_clock_mono(test->env->clock) + TICK_NS);
		heed_interrupts(test);
		heed_pauses(test);
		print_talk(test);
		show_progress(test);
	}
}

/* --- the end ---------------------------------------------------------------------- */

/* By which records of segments are found to belong together. */
static void add_plan(struct stk_run *run, const struct stk_plan *plan)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_plan_add_fingerprint(plan, &buf);
	run->plan.fingerprint = stk_run_text(run, buf.ptr);
	run->plan.segment = stk_run_text(run, plan->segment.text);
	run->plan.sequence = stk_run_text(run, plan->segment.sequence);
	stk_buf_release(&buf);
}

/* The run as a record has it; texts of thresholds stay the plan's. */
static void fill_run(struct load_test *test, int code, struct stk_run *run)
{
	struct stk_load_result *result = &test->result;

	stk_run_init(run);
	run->id = stk_run_text(run, test->plan.run_id);
	run->name = stk_run_text(run, stk_script_path(test->script));
	run->version = stk_run_text(run, stk_version());
	run->mode = STK_MODE_IDLE;
	run->start_ns = result->start_wall_ns;
	run->end_ns = result->end_wall_ns;
	run->partial.is_partial = result->reason != STK_END_PLANNED;
	run->partial.reason = stk_run_text(run, result->message);
	run->exit_code = code;
	run->generator = result->generator;
	add_plan(run, &test->plan);
	stk_metrics_merge(&run->metrics, &result->metrics);
	stk_series_merge(&run->series, &result->series);
	for (size_t i = 0; i < result->thresholds.len; i++)
		stk_vec_push(&run->thresholds, result->thresholds.items[i]);
}

/* What stopped the run, each with its line and its code; the worst code counts. */
static int judge(const struct load_test *test, struct stk_buf *lines)
{
	const struct stk_load_result *result = &test->result;
	int code = STK_EXIT_OK;

	if (result->message)
		stk_buf_addf(lines, "stoker: %s\n", result->message);
	if (result->reason == STK_END_INTERRUPTED)
		code = atomic_load(test->env->signal_no) == 15 ? STK_EXIT_TERMINATED
							       : STK_EXIT_INTERRUPTED;
	if (result->reason == STK_END_SCRIPT || result->reason == STK_END_SETUP)
		code = stk_exit_worse(code, STK_EXIT_SCRIPT);
	int64_t begun = result->iterations; /* failed ones are among them */
	if (result->errors > 0 && (double)result->errors > ERRORS_SHARE * (double)begun) {
		stk_buf_addf(lines,
			"stoker: %lld of %lld iterations ended in an error of the script\n",
			(long long)result->errors, (long long)begun);
		code = stk_exit_worse(code, STK_EXIT_SCRIPT);
	}
	if (!result->thresholds_ok) {
		stk_buf_add_text(lines, "stoker: thresholds were crossed:");
		for (size_t i = 0; i < result->thresholds.len; i++)
			if (!result->thresholds.items[i].ok)
				stk_buf_addf(lines, " %s %s%s", result->thresholds.items[i].metric,
					result->thresholds.items[i].expr,
					result->thresholds.items[i].no_data ? " (no data)" : "");
		stk_buf_add_byte(lines, '\n');
		code = stk_exit_worse(code, STK_EXIT_THRESHOLD);
	}
	return code;
}

/* A file that cannot be written changes no exit code, as in k6. */
static void write_files(struct load_test *test, const struct stk_run *run)
{
	const struct stk_load_files files = {test->settings->summary_export, test->settings->junit};
	struct stk_err err = STK_ERR_INIT;

	if (stk_load_files_write(&files, run, &test->stats, &err) < 0)
		stk_buf_addf(&test->said, "not written: %s\n", err.msg);
}

static void print_said(struct load_test *test)
{
	struct stk_str rest = stk_buf_str(&test->said), line;

	while (rest.len > 0 && stk_str_cut(&rest, '\n', &line))
		if (line.len > 0)
			fprintf(test->env->err, "warning: %.*s\n", STK_STR_ARG(line));
}

static int report(struct load_test *test)
{
	struct stk_buf lines = STK_BUF_EMPTY;
	int code = judge(test, &lines);
	struct stk_run run;

	fill_run(test, code, &run);
	stk_engine_free(test->engine); /* the script's summary has one of its own */
	test->engine = NULL;
	stk_load_end_show(&(struct stk_load_end){.env = test->env,
		.settings = test->settings,
		.run = &run,
		.sections = &test->result.sections,
		.stats = &test->stats,
		.plan = &test->plan,
		.driver = test->driver,
		.interrupts_seen = test->interrupts_seen});
	print_talk(test);
	write_files(test, &run);
	stk_run_release(&run);
	print_said(test);
	fputs(lines.ptr, test->env->err);
	stk_buf_release(&lines);
	return code;
}

static void say_failures(const struct stk_load_result *result, struct stk_buf *said)
{
	const struct stk_metric *requests = stk_metrics_find(&result->metrics, "http_reqs", "");
	size_t before = said->len;

	stk_failures_say(&result->failures, requests ? requests->count : 0, said);
	if (said->len > before)
		stk_buf_add_byte(said, '\n');
}

/* Nothing was measured that a threshold asks for, which is no failure by itself. */
static void say_silent(const struct stk_load_result *result, struct stk_buf *said)
{
	for (size_t i = 0; i < result->thresholds.len; i++) {
		const struct stk_threshold_result *one = &result->thresholds.items[i];

		if (one->no_data && one->ok)
			stk_buf_addf(said,
				"threshold of %s, %s: no data (--strict makes it fail)\n",
				one->metric, one->expr);
	}
}

static int run_test(struct load_test *test, const char *path, struct stk_err *err)
{
	int rc = load_script(test, path, err);

	if (rc == 0)
		rc = make_plan(test, err);
	if (rc == 0)
		rc = stk_trend_stats_parse(test->settings->trend_stats ? test->settings->trend_stats
								       : test->plan.trend_stats,
			&test->stats, err);
	print_talk(test); /* an output may wait for its reader */
	if (rc == 0)
		rc = stk_load_outputs_start(&test->outputs, test->env, test->settings, err);
	if (rc == 0)
		rc = start_engine(test, err);
	if (rc == 0)
		rc = wait_for_start(test, err);
	print_talk(test);
	if (rc < 0)
		return rc;
	test->has_keys =
		strcmp(path, "-") != 0 && !test->settings->quiet && stk_keys_open(test->env);
	if (test->has_keys)
		stk_progress_say(test->progress, "p pauses, and goes on");
	wait_for_end(test);
	stk_keys_close();
	stk_engine_result(test->engine, &test->result);
	stk_load_outputs_ended(&test->outputs, &test->plan, &test->result, &test->said);
	say_failures(&test->result, &test->said);
	say_silent(&test->result, &test->said);
	return 0;
}

int stk_load_run(struct stk_env *env, const char *path, const struct stk_load_settings *settings)
{
	struct load_test test = {.env = env, .settings = settings};
	struct stk_err err = STK_ERR_INIT;
	int code;

	pthread_mutex_init(&test.talk.lock, NULL);
	stk_buf_init(&test.talk.lines, TALK_MAX);
	stk_buf_init(&test.said, 0);
	stk_plan_init(&test.plan);
	stk_load_result_init(&test.result);
	test.progress = stk_progress_new(env, settings->quiet);
	int rc = run_test(&test, path, &err);
	stk_progress_free(test.progress);
	test.progress = NULL;
	if (rc < 0)
		code = stk_opts_fail(env, &err);
	else
		code = report(&test);
	stk_engine_free(test.engine);
	stk_load_outputs_release(&test.outputs);
	stk_trend_stats_release(&test.stats);
	stk_buf_release(&test.said);
	stk_load_result_release(&test.result);
	stk_script_driver_free(test.driver);
	stk_plan_release(&test.plan);
	stk_script_free(test.script);
	stk_buf_release(&test.talk.lines);
	pthread_mutex_destroy(&test.talk.lock);
	return code;
}
