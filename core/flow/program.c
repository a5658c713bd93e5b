/* program: load by k6 or another command: one window at one side, or one turn of a block. */
#include "core/flow/program.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/base/units.h"
#include "core/flow/drive_priv.h"
#include "core/flow/slices.h"
#include "core/generator/generator.h"
#include "core/generator/k6.h"

#define STANDARD_NS (60 * STK_NS_PER_S)
/* k6 gives teardown 60 s; its summary and outputs come behind that. */
#define GRACE_NS (90 * STK_NS_PER_S)
/* A command that was told its seconds may need a moment more. */
#define OVERRUN_NS (5 * STK_NS_PER_S)

/* Texts are the run's. */
static struct stk_generator_spec generator_spec(
	struct stk_session *session, const struct stk_load_spec *spec)
{
	const struct stk_load_program *program = &spec->program;
	struct stk_generator_spec out = {.k6_program = stk_env_get(session->env, STK_K6_VARIABLE),
		.shell = program->shell,
		.argv = program->argv,
		.args = program->args,
		.vus = spec->vus,
		.dir = session->workflow->dir};

	if (program->results)
		out.form = stk_results_find(program->results);
	if (program->k6 && program->k6[0] == '/') {
		out.k6 = program->k6;
	} else if (program->k6) {
		char *path = stk_fs_join(session->workflow->dir, program->k6);
		out.k6 = stk_run_text(session->run, path);
		free(path);
	}
	return out;
}

int stk_program_identify(
	struct stk_session *session, const struct stk_load_spec *spec, struct stk_err *err)
{
	struct stk_generator_spec generator = generator_spec(session, spec);
	const char *version = NULL;
	int rc = stk_generator_identify(&generator, &session->run->arena, &version, err);

	if (rc == 0 && version)
		stk_run_fact(session->run, "load by", version);
	return rc;
}

/* NAME=VALUE for the program: env of the load, -e, and what a script may want to know. */
static const char *const *environment(struct stk_session *session, const struct stk_load_spec *spec,
	const struct stk_program_turn *turn)
{
	struct stk_arena *arena = &session->run->arena;
	const struct stk_script_opts *opts = &session->opts->script_opts;
	STK_VEC(const char *) words = STK_VEC_INIT;
	struct stk_buf duration = STK_BUF_EMPTY;
	const char **out;

	stk_vec_push(
		&words, stk_arena_printf(arena, "STOKER_SIDE=%s", session->sides[turn->side].name));
	stk_vec_push(&words, stk_arena_printf(arena, "STOKER_RUN=%s", session->run->id));
	/* the published helper for Pyroscope makes the label k6.test_run_id of it */
	stk_vec_push(
		&words, stk_arena_printf(arena, "K6_CLOUDRUN_TEST_RUN_ID=%s", session->run->id));
	if (turn->duration_ns > 0) {
		stk_buf_addf(&duration, "%lldms", (long long)(turn->duration_ns / STK_NS_PER_MS));
		stk_vec_push(&words, stk_arena_printf(arena, "STOKER_DURATION=%s", duration.ptr));
	}
	for (size_t i = 0; i < spec->env.len; i++)
		stk_vec_push(&words, stk_arena_printf(arena, "%s=%s", spec->env.items[i].name,
					     spec->env.items[i].value));
	for (size_t i = 0; i < opts->vars_len; i++)
		if (strchr(opts->vars[i], '='))
			stk_vec_push(&words, opts->vars[i]);
	out = stk_arena_zalloc(arena, words.len + 1, sizeof *out);
	memcpy(out, words.items, words.len * sizeof *out);
	stk_vec_release(&words);
	stk_buf_release(&duration);
	return out;
}

int stk_program_start(struct stk_session *session, const struct stk_load_spec *spec,
	const struct stk_program_turn *turn, struct stk_generator **out, struct stk_err *err)
{
	struct stk_generator_spec generator = generator_spec(session, spec);
	struct stk_generator_turn call = {.side = turn->side,
		.side_name = session->sides[turn->side].name,
		.url = session->sides[turn->side].url,
		.run = session->run->id,
		.duration_ns = turn->duration_ns,
		.env = environment(session, spec, turn),
		.grace_ns = GRACE_NS,
		.clock = session->clock};
	char *log_path = stk_fs_join(session->folder, "load.log");
	int rc;

	call.log_path = stk_run_text(session->run, log_path);
	rc = stk_generator_start(&generator, &call, out, err);
	free(log_path);
	return rc;
}

/* A threshold that was crossed once stays so: each call of k6 judges its own requests. */
static void keep_threshold(struct stk_run *run, const struct stk_threshold_result *one)
{
	struct stk_threshold_result copy = *one;

	for (size_t i = 0; i < run->thresholds.len; i++) {
		struct stk_threshold_result *at = &run->thresholds.items[i];

		if (strcmp(at->metric, one->metric) != 0 || strcmp(at->expr, one->expr) != 0)
			continue;
		if (at->ok)
			at->value = one->value;
		at->ok = at->ok && one->ok;
		at->no_data = at->no_data && one->no_data;
		return;
	}
	copy.metric = stk_run_text(run, one->metric);
	copy.expr = stk_run_text(run, one->expr);
	stk_vec_push(&run->thresholds, copy);
}

static void keep_generator(struct stk_generator_info *info, const struct stk_generated *found)
{
	double seconds = (double)(found->end_ns - found->start_ns) / 1e9;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	info->dropped += found->dropped;
	info->started += found->iterations;
	info->planned += found->iterations + found->dropped;
	if (found->cpu_ns >= 0 && seconds > 0 && cpus > 0)
		info->busy = fmax(info->busy, (double)found->cpu_ns / 1e9 / seconds / (double)cpus);
}

static void warn_about(struct stk_session *session, const struct stk_generated *found)
{
	if (found->bad_lines > 0)
		stk_session_warn(session, "%lld lines of k6's output could not be read",
			(long long)found->bad_lines);
	if (found->names_full)
		stk_session_warn(session,
			"more than %d names of requests: the rest is counted as 'other'; give "
			"them a tag name",
			STK_GENERATED_NAMES_MAX);
}

void stk_program_keep(struct stk_session *session, const struct stk_generated *found, bool counted)
{
	struct stk_run *run = session->run;
	double before_s = run->metrics.duration_s;

	stk_series_merge(&run->series, &found->series);
	if (!counted)
		return;
	stk_metrics_merge(&run->metrics, &found->metrics);
	run->metrics.duration_s = before_s + found->metrics.duration_s;
	for (size_t i = 0; i < found->thresholds.len; i++)
		keep_threshold(run, &found->thresholds.items[i]);
	keep_generator(&run->generator, found);
	session->iterations += found->iterations;
	warn_about(session, found);
	if (found->spread)
		stk_run_note(run, STK_NOTE_INFO,
			"the load command tells totals only: its requests are taken as evenly "
			"spread over its time");
}

int stk_program_check_any(
	const struct stk_session *session, const struct stk_generated *found, struct stk_err *err)
{
	if (found->requests > 0)
		return 0;
	stk_err_set(err, STK_E_SCRIPT, "the load made no request");
	stk_err_hint(err, "%s/load.log has what the program printed", session->folder);
	return STK_E_SCRIPT;
}

/* Its times are those of the load; monotonic ones by the distance of the two clocks now. */
static void fill_window(
	struct stk_session *session, struct stk_window *window, const struct stk_generated *found)
{
	int64_t distance = stk_clock_mono(session->clock) - stk_clock_wall(session->clock);

	if (found->end_ns > found->start_ns && found->start_ns > 0) {
		window->start_ns = found->start_ns;
		window->end_ns = found->end_ns;
		window->start_mono_ns = found->start_ns + distance;
		window->end_mono_ns = found->end_ns + distance;
	}
	window->requests = found->requests;
	window->failed = found->failed;
	window->p50_ms = stk_generated_quantile(found, 0.50);
	window->p95_ms = stk_generated_quantile(found, 0.95);
	window->p99_ms = stk_generated_quantile(found, 0.99);
}

static void show(struct stk_session *session, const char *name, struct stk_generator *generator,
	int64_t elapsed_ns, int64_t duration_ns)
{
	struct stk_buf detail = STK_BUF_EMPTY, right = STK_BUF_EMPTY;
	int64_t requests, failed;

	stk_generator_count(generator, &requests, &failed);
	stk_buf_addf(
		&detail, "%lld requests   errors %lld", (long long)requests, (long long)failed);
	stk_units_format_duration(&right, elapsed_ns / STK_NS_PER_S * STK_NS_PER_S);
	stk_session_line(
		session, &(struct stk_flow_line){.label = name,
				 .fraction = duration_ns > 0 && elapsed_ns < duration_ns
						     ? (double)elapsed_ns / (double)duration_ns
						     : -1,
				 .detail = detail.ptr,
				 .right = right.ptr});
	stk_buf_release(&detail);
	stk_buf_release(&right);
}

/* Until it has ended. A first interrupt and the end of its time ask it to stop, a second one ends
 * it at once. */
static int wait_end(struct stk_session *session, const char *name, struct stk_generator *generator,
	const int64_t times_ns[2], struct stk_err *err)
{
	int64_t began = stk_clock_mono(session->clock);
	int rc = 0;

	while (!stk_generator_wait_until(
		generator, stk_clock_mono(session->clock) + 200 * STK_NS_PER_MS)) {
		int64_t elapsed = stk_clock_mono(session->clock) - began;
		int interrupts = stk_session_interrupts(session);
		/* after an error it is only waited for */
		int dead = rc == 0 ? stk_session_check_services(session, err) : 0;

		if (interrupts > 0)
			stk_session_heed_interrupt(session);
		if (interrupts > 1 && rc == 0)
			dead = stk_err_set(err, STK_E_ABORTED, "interrupted");
		rc = rc < 0 ? rc : dead;
		if (rc < 0)
			stk_generator_kill(generator);
		else if (interrupts > 0 || (times_ns[1] > 0 && elapsed >= times_ns[1]))
			stk_generator_stop(generator);
		show(session, name, generator, elapsed, times_ns[0]);
	}
	return rc;
}

int64_t stk_program_length_ns(const struct stk_load_spec *spec)
{
	if (spec->duration_ns == 0 && (!spec->program.k6 || spec->vus > 0))
		return STANDARD_NS;
	return spec->duration_ns;
}

int stk_program_load(struct stk_session *session, const char *name,
	const struct stk_load_spec *spec, size_t *out, struct stk_err *err)
{
	bool is_command = !spec->program.k6;
	struct stk_program_turn turn = {STK_SIDE_HEAD, stk_program_length_ns(spec)};
	size_t number = session->run->windows.len;
	struct stk_generator *generator = NULL;
	const struct stk_generated *found;
	int rc = 0;

	session->phase = stk_run_text(session->run, name);
	int64_t times_ns[2] = {turn.duration_ns, turn.duration_ns};
	if (is_command || spec->vus > 0) /* it ends by itself */
		times_ns[1] += OVERRUN_NS;
	if (turn.duration_ns > 0)
		rc = stk_drive_refuse_short(session, name, turn.duration_ns, err);
	if (rc == 0)
		rc = stk_program_start(session, spec, &turn, &generator, err);
	if (rc < 0)
		return rc;
	stk_drive_open_window(session, name, STK_WINDOW_LOAD, STK_SIDE_HEAD);
	rc = wait_end(session, name, generator, times_ns, err);
	stk_drive_close_window(session, &session->run->windows.items[number]);
	int finished = stk_generator_finish(generator, rc < 0 ? NULL : err);
	rc = rc < 0 ? rc : finished;
	found = stk_generator_result(generator);
	stk_program_keep(session, found, true);
	fill_window(session, &session->run->windows.items[number], found);
	if (rc == 0 && stk_session_interrupts(session) == 0)
		rc = stk_program_check_any(session, found, err);
	stk_generator_free(generator);
	*out = number;
	return rc;
}
