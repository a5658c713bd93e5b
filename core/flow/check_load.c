/* check_load: the short load of a check: do requests succeed, how busy is the service, are there
 * profiles. */
#include <math.h>
#include <stdlib.h>

#include "core/base/units.h"
#include "core/flow/check_priv.h"
#include "core/flow/check_program.h"
#include "core/flow/drive_priv.h"
#include "core/flow/slices.h"
#include "core/stats/order.h"

/* As the preconditions of a run have them (diff/judge_preconditions.c). */
#define ERRORS_MAX 0.01
#define LOAD_MIN   0.98
#define BUSY_MAX   0.85
/* Long enough for any wait; the load ends when everything was seen. */
#define PLAN_MAX_NS (24 * 3600 * STK_NS_PER_S)
#define TURNS_MAX   1024 /* of two sides, a second each */

struct probe {
	struct stk_checking *checking;
	struct stk_drive drive;
	struct stk_check_program program; /* in place of drive, where is_program */
	bool is_program;
	bool has_load, is_over; /* of the requests */
	int64_t start_mono_ns, end_mono_ns;
	int64_t first_cpu_ns, last_cpu_ns, last_mono_ns;
	STK_VEC(double) logs; /* of CPU time from second to second */
	const char *missing;  /* what profiles are waited for; NULL: all are there */
};

/* CPU time of everything that was started here; -1 unknown. */
static int64_t cpu_of(const struct stk_session *session)
{
	int64_t sum = -1;

	for (int side = 0; side < STK_SIDES; side++) {
		struct stk_service_usage usage;

		if (!session->sides[side].service)
			continue;
		stk_session_usage(session, side, &usage);
		if (usage.cpu_ns < 0)
			return -1;
		sum = (sum < 0 ? 0 : sum) + usage.cpu_ns;
	}
	return sum;
}

/* Both sides take turns where there are two. */
static int start_load(struct probe *probe, struct stk_err *err)
{
	struct stk_session *session = &probe->checking->session;
	bool both = stk_session_has_side(session, STK_SIDE_BASE);
	size_t len = both ? TURNS_MAX : 1;
	struct stk_side_entry *turns = stk_xcalloc(len, sizeof *turns);
	const struct stk_load_spec *spec = &probe->checking->workflow.load;
	int64_t length_ns = stk_drive_replaces(spec) ? PLAN_MAX_NS : probe->checking->opts->load_ns;
	int rc;

	for (size_t i = 0; i < len; i++)
		turns[i] = (struct stk_side_entry){(int64_t)i * STK_NS_PER_S,
			both && i % 2 == 0 ? STK_SIDE_BASE : STK_SIDE_HEAD, true};
	stk_drive_init(&probe->drive, session, spec);
	rc = stk_drive_plan(&probe->drive, length_ns, err);
	if (rc == 0)
		rc = stk_drive_start(&probe->drive, turns, len, err);
	free(turns);
	return rc;
}

static void begin(struct probe *probe)
{
	const struct stk_session *session = &probe->checking->session;

	probe->start_mono_ns = probe->last_mono_ns = stk_clock_mono(session->clock);
	probe->checking->load_start_ns = stk_clock_wall(session->clock);
	probe->first_cpu_ns = probe->last_cpu_ns = cpu_of(session);
}

/* CPU time of another second. The first one has what the service does once. */
static void look_at_second(struct probe *probe, int64_t now_ns)
{
	int64_t cpu_ns = cpu_of(&probe->checking->session);
	double share =
		(double)(cpu_ns - probe->last_cpu_ns) / (double)(now_ns - probe->last_mono_ns);

	if (cpu_ns >= 0 && share > 0 && probe->last_mono_ns > probe->start_mono_ns)
		stk_vec_push(&probe->logs, log(share));
	probe->last_cpu_ns = cpu_ns;
	probe->last_mono_ns = now_ns;
}

static void show(struct probe *probe)
{
	struct stk_session *session = &probe->checking->session;
	struct stk_buf detail = STK_BUF_EMPTY;
	struct stk_load_progress progress;

	if (probe->is_program) {
		int64_t requests, failed;

		stk_check_program_count(&probe->program, &requests, &failed);
		stk_buf_addf(&detail, "%lld requests   errors %lld   %s", (long long)requests,
			(long long)failed, probe->missing ? probe->missing : "");
	} else if (probe->is_over || !probe->has_load) {
		stk_buf_add_text(&detail, probe->missing ? probe->missing : "");
	} else {
		stk_engine_progress(probe->drive.engine, &progress);
		stk_buf_addf(&detail, "%.0f req/s   errors %lld   %s", progress.rate_per_s,
			(long long)progress.failed, probe->missing ? probe->missing : "");
	}
	stk_session_line(session,
		&(struct stk_flow_line){.label = "load", .fraction = -1, .detail = detail.ptr});
	stk_buf_release(&detail);
}

/* Nothing is sent any more, or the scenarios as written are at their end. */
static int pass_quarter(struct probe *probe, struct stk_err *err)
{
	struct stk_session *session = &probe->checking->session;
	int64_t next = stk_clock_mono(session->clock) + STK_NS_PER_S / 4;
	int rc;

	if (probe->is_program)
		return stk_check_program_until(&probe->program, next, err);
	if (probe->has_load && !probe->is_over) {
		rc = stk_drive_until(&probe->drive, next, NULL, err);
		if (rc == 1) {
			probe->is_over = true;
			probe->end_mono_ns = stk_clock_mono(session->clock);
			probe->checking->load_end_ns = stk_clock_wall(session->clock);
		}
		return rc < 0 ? rc : 0;
	}
	stk_clock_sleep_until(session->clock, next);
	return stk_session_check_services(session, err);
}

/* Long enough to say how the service bears it. */
static bool has_lasted(const struct probe *probe, int64_t elapsed_ns)
{
	if (probe->is_program)
		return stk_check_program_is_enough(&probe->program);
	return elapsed_ns >= probe->checking->opts->load_ns || !probe->has_load || probe->is_over;
}

/* Until the load has lasted and the profiles are there, or were waited for long enough. */
static int watch(struct probe *probe, struct stk_err *err)
{
	const struct stk_check_opts *opts = probe->checking->opts;
	struct stk_session *session = &probe->checking->session;
	int rc = 0;

	for (;;) {
		int64_t now = stk_clock_mono(session->clock), elapsed = now - probe->start_mono_ns;

		if (now - probe->last_mono_ns >= STK_NS_PER_S)
			look_at_second(probe, now);
		if (stk_session_interrupts(session) > 0)
			return stk_err_set(err, STK_E_ABORTED, "interrupted");
		probe->missing = NULL;
		rc = stk_slices_discover(session, &probe->missing, err);
		if (rc < 0) {
			probe->checking->step = "profiles"; /* whose line it is */
			return rc;
		}
		show(probe);
		if (has_lasted(probe, elapsed) && (!probe->missing || elapsed >= opts->wait_ns))
			return 0;
		rc = pass_quarter(probe, err);
		if (rc < 0)
			return rc;
	}
}

/* How the service fared while requests were sent. */
static void keep_usage(struct probe *probe)
{
	struct stk_check_seen *seen = &probe->checking->check->seen;
	const struct stk_session *session = &probe->checking->session;
	int64_t now = stk_clock_mono(session->clock), cpu_ns = cpu_of(session);

	if (!probe->is_over) {
		probe->end_mono_ns = now;
		probe->checking->load_end_ns = stk_clock_wall(session->clock);
	}
	seen->seconds = (double)(probe->end_mono_ns - probe->start_mono_ns) / 1e9;
	seen->machine_cores = stk_service_cores();
	if (cpu_ns >= 0 && probe->first_cpu_ns >= 0 && seen->seconds > 0)
		seen->cores = (double)(cpu_ns - probe->first_cpu_ns) / 1e9 / seen->seconds;
	if (probe->logs.len >= 3 && probe->drive.spec->rate > 0)
		seen->wobble = stk_order_variance(probe->logs.items, probe->logs.len);
}

/* Of a program: its own times, which begin when the first request was sent. */
static void keep_program(struct probe *probe)
{
	struct stk_check_seen *seen = &probe->checking->check->seen;
	const struct stk_check_program *program = &probe->program;

	seen->requests = program->requests;
	seen->failed = program->failed;
	seen->rate = program->seconds > 0 ? (double)program->requests / program->seconds : NAN;
	seen->p95_ms = program->duration_ms.count > 0
			       ? stk_hist_quantile(&program->duration_ms, 0.95)
			       : program->p95_ms;
	if (program->end_ns <= program->start_ns)
		return;
	seen->seconds = program->seconds;
	probe->checking->load_start_ns = program->start_ns;
	probe->checking->load_end_ns = program->end_ns;
}

static void keep_counts(struct probe *probe)
{
	struct stk_check_seen *seen = &probe->checking->check->seen;
	const struct stk_load_result *result = &probe->drive.result;
	struct stk_hist all = {0};

	stk_hist_init(&all);
	for (size_t i = 0; i < result->entries.len; i++) {
		seen->requests += result->entries.items[i].requests;
		seen->failed += result->entries.items[i].failed;
		stk_hist_merge(&all, &result->entries.items[i].duration_ms);
	}
	seen->dropped = result->generator.dropped;
	seen->rate = seen->seconds > 0 ? (double)seen->requests / seen->seconds : NAN;
	seen->p95_ms = stk_hist_quantile(&all, 0.95);
	stk_hist_release(&all);
}

/* --- its line --------------------------------------------------------------------------------- */

static void format_load(const struct stk_check_seen *seen, struct stk_buf *text)
{
	stk_units_format_count(text, seen->requests);
	stk_buf_addf(text, " requests in %.1f s, ", seen->seconds);
	stk_units_format_count(text, seen->failed);
	stk_buf_add_text(text, " failed");
	if (!isnan(seen->p95_ms))
		stk_buf_addf(text, ", p95 %.1f ms", seen->p95_ms);
	if (!isnan(seen->cores))
		stk_buf_addf(text, " · the service is at %.0f %% of %.0f CPU%s",
			100 * seen->cores / seen->machine_cores, seen->machine_cores,
			seen->machine_cores > 1 ? "s" : "");
}

/* What is wrong with the load, as a line of its own; the worst only. */
static void judge(struct probe *probe, struct stk_check_line *line)
{
	const struct stk_check_seen *seen = &probe->checking->check->seen;
	const struct stk_load_result *result = &probe->drive.result;
	const struct stk_generator_info *generator = &result->generator;

	if ((double)result->errors > ERRORS_MAX * (double)result->iterations) {
		line->state = STK_CHECK_FAIL;
		line->code = STK_E_SCRIPT;
		line->hint = "iterations ended in an error of the load script, see above";
	} else if (seen->failed == seen->requests) {
		line->state = STK_CHECK_FAIL;
		line->code = STK_E_HTTP;
		line->hint = probe->is_program ? "no request was answered well: does the load ask "
						 "{url} or BASE_URL, and the right paths?"
			     : seen->requests
				     ? "no request was answered well: look at the paths of "
				       "the load script, and at base_url"
				     : "the load script sent no request in this time";
	} else if ((double)seen->failed > ERRORS_MAX * (double)seen->requests) {
		line->state = STK_CHECK_WARN;
		line->hint = "a run in which more than 1 % fail is not judged";
	} else if (!isnan(seen->cores) && seen->cores > BUSY_MAX * seen->machine_cores) {
		line->state = STK_CHECK_WARN;
		line->hint = "the machine is full: a lower rate is measured better";
	} else if (generator->planned > 0 &&
		   (double)generator->started < LOAD_MIN * (double)generator->planned) {
		line->state = STK_CHECK_WARN;
		line->hint = "not all iterations could start: the service does not keep up with "
			     "this rate";
	}
}

static void say_load(struct probe *probe)
{
	struct stk_check_line line = {.state = STK_CHECK_OK, .name = "load"};
	struct stk_buf text = STK_BUF_EMPTY;

	format_load(&probe->checking->check->seen, &text);
	line.text = text.ptr;
	judge(probe, &line);
	stk_checking_add(probe->checking, &line);
	stk_buf_release(&text);
}

/* --- the whole -------------------------------------------------------------------------------- */

static int finish(struct probe *probe, int rc, struct stk_err *err)
{
	int finished;

	keep_usage(probe);
	if (probe->is_program) {
		stk_check_program_stop(&probe->program);
		keep_program(probe);
		return rc;
	}
	stk_engine_stop(probe->drive.engine, rc < 0 ? STK_STOP_NOW : STK_STOP_GRACEFUL);
	finished = stk_drive_finish(&probe->drive, rc < 0 ? NULL : err);
	keep_counts(probe);
	return rc < 0 ? rc : finished;
}

int stk_check_load(struct stk_checking *checking)
{
	struct probe probe = {.checking = checking};
	const struct stk_workflow *workflow = &checking->workflow;
	struct stk_err err = STK_ERR_INIT;
	int64_t waited_ns = 0;
	int rc = 0;

	checking->step = "load";
	probe.is_program = stk_load_is_program(&workflow->load);
	probe.has_load = probe.is_program || workflow->load.script || !workflow->run_fn;
	if (probe.is_program) {
		stk_check_program_init(&probe.program, &checking->session, checking->opts->load_ns);
		rc = stk_check_program_start(&probe.program, &err);
	} else if (probe.has_load)
		rc = start_load(&probe, &err);
	if (rc == 0) {
		begin(&probe);
		rc = watch(&probe, &err);
		waited_ns = stk_clock_mono(checking->session.clock) - probe.start_mono_ns;
		if (probe.has_load)
			rc = finish(&probe, rc, &err);
	}
	if (rc == 0 && probe.has_load)
		say_load(&probe);
	else if (rc == 0)
		stk_checking_say(checking, STK_CHECK_OK, "load",
			"not tried: the workflow's own flow says what is sent");
	else if (rc != STK_E_ABORTED)
		stk_checking_fail(checking, checking->step, &err);
	if (rc == 0 && probe.missing) {
		rc = stk_slices_refuse_missing(&checking->session, waited_ns, probe.missing, &err);
		stk_checking_fail(checking, "profiles", &err);
	}
	stk_vec_release(&probe.logs);
	if (probe.is_program)
		stk_check_program_release(&probe.program);
	stk_drive_release(&probe.drive);
	return rc;
}
