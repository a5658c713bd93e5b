/* check: is everything there for a run: the story of `stoker check`, step by step. */
#include "core/flow/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/units.h"
#include "core/flow/builds.h"
#include "core/flow/check_priv.h"
#include "core/flow/drive_priv.h"
#include "core/flow/kept.h"
#include "core/flow/program.h"
#include "core/git/range.h"
#include "core/publish/publish.h"
#include "core/publish/token.h"

void stk_check_init(struct stk_check *check)
{
	*check = (struct stk_check){.arena = STK_ARENA_INIT,
		.samples = NAN,
		.seen = {.build_ns = -1,
			.ready_ns = -1,
			.rate = NAN,
			.p95_ms = NAN,
			.cores = NAN,
			.machine_cores = NAN,
			.wobble = NAN,
			.hz = NAN,
			.samples_per_s = NAN,
			.functions = NAN}};
}

void stk_check_release(struct stk_check *check)
{
	stk_vec_release(&check->lines);
	stk_vec_release(&check->sees);
	stk_arena_release(&check->arena);
}

/* --- lines ------------------------------------------------------------------------------------ */

static void add_line(struct stk_check *check, const struct stk_check_opts *opts,
	const struct stk_check_line *line)
{
	struct stk_check_line kept = {line->state, stk_arena_dup(&check->arena, line->name),
		stk_arena_dup(&check->arena, line->text), stk_arena_dup(&check->arena, line->hint),
		line->code};

	stk_vec_push(&check->lines, kept);
	if (opts->line)
		opts->line(&kept, opts->ctx);
}

void stk_checking_add(struct stk_checking *checking, const struct stk_check_line *line)
{
	add_line(checking->check, checking->opts, line);
}

void stk_checking_say(struct stk_checking *checking, enum stk_check_state state, const char *name,
	const char *fmt, ...)
{
	struct stk_buf text = STK_BUF_EMPTY;
	va_list args;

	va_start(args, fmt);
	stk_buf_vaddf(&text, fmt, args);
	va_end(args);
	stk_checking_add(checking, &(struct stk_check_line){state, name, text.ptr, NULL, 0});
	stk_buf_release(&text);
}

void stk_check_fail(struct stk_check *check, const struct stk_check_opts *opts, const char *name,
	const struct stk_err *err)
{
	add_line(check, opts,
		&(struct stk_check_line){STK_CHECK_FAIL, name, err->msg,
			err->hint[0] ? err->hint : NULL, err->code});
}

void stk_checking_fail(struct stk_checking *checking, const char *name, const struct stk_err *err)
{
	stk_check_fail(checking->check, checking->opts, name, err);
}

/* --- what the session tells ------------------------------------------------------------------- */

static void on_line(const struct stk_flow_line *line, void *ctx)
{
	struct stk_checking *checking = ctx;
	const struct stk_flow_observer *observer = &checking->opts->flow.observer;

	if (strcmp(line->label, "build") == 0 && line->state)
		checking->built = stk_arena_dup(&checking->check->arena, line->state);
	if (observer->line)
		observer->line(line, observer->ctx);
}

static void on_warn(const char *text, void *ctx)
{
	struct stk_checking *checking = ctx;

	stk_checking_say(checking, STK_CHECK_WARN, checking->step, "%s", text);
}

/* --- steps ------------------------------------------------------------------------------------ */

/* "stoker.lua, shop.js   load by k6 v2.2.0"; whether the script is right shows when it is called.
 */
static void check_program(struct stk_checking *checking)
{
	const struct stk_load_spec *load = &checking->workflow.load;
	const struct stk_load_program *program = &load->program;
	const char *path = stk_script_path(checking->flow.script), *by = "a command";

	for (size_t i = 0; i < checking->run.environment.len; i++)
		if (strcmp(checking->run.environment.items[i].key, "load by") == 0)
			by = checking->run.environment.items[i].value;
	stk_checking_say(checking, STK_CHECK_OK, "file", "%s%s%s   load by %s", path,
		program->k6 ? ", " : "", program->k6 ? program->k6 : "", by);
	checking->written_ns = stk_program_length_ns(load);
	checking->no_labels = !program->k6; /* nobody sends a baggage header */
}

/* Which scenarios and thresholds the load has: "2 scenarios, 3 thresholds". */
static int check_script(struct stk_checking *checking, struct stk_err *err)
{
	const struct stk_load_spec *load = &checking->workflow.load;
	struct stk_session *session = &checking->session;
	const char *path = stk_script_path(checking->flow.script);
	struct stk_drive drive;
	int rc;

	if (checking->workflow.run_fn && !load->script) {
		stk_checking_say(checking, STK_CHECK_OK, "file", "%s   a flow of its own", path);
		return 0;
	}
	if (stk_load_is_program(load)) {
		check_program(checking);
		return 0;
	}
	stk_drive_init(&drive, session, load);
	rc = stk_drive_foresee(&drive, err);
	for (size_t i = 0; rc == 0 && i < drive.plan->warnings.len; i++)
		stk_checking_say(
			checking, STK_CHECK_WARN, "file", "%s", drive.plan->warnings.items[i]);
	if (rc == 0)
		stk_checking_say(checking, STK_CHECK_OK, "file",
			"%s%s%s   %zu scenario%s, %zu threshold%s", path, load->script ? ", " : "",
			load->script ? load->script : "", drive.plan->scenarios.len,
			drive.plan->scenarios.len == 1 ? "" : "s", drive.plan->thresholds.len,
			drive.plan->thresholds.len == 1 ? "" : "s");
	if (rc == 0) {
		checking->written_ns = stk_plan_duration_ns(drive.plan);
		checking->no_labels = !drive.plan->labels;
	}
	stk_drive_release(&drive);
	return rc;
}

/* On the default branch itself there is nothing to compare yet; the rest can be looked at all the
 * same. */
static int choose_head_alone(struct stk_checking *checking, struct stk_err *err)
{
	struct stk_err why = *err;
	int rc;

	stk_builds_release(&checking->session);
	checking->workflow.base = checking->workflow.head = "HEAD";
	stk_err_clear(err);
	rc = stk_builds_choose(&checking->session, err);
	if (rc < 0)
		*err = why;
	else
		stk_checking_add(checking,
			&(struct stk_check_line){STK_CHECK_WARN, "git", why.msg, why.hint, 0});
	return rc;
}

static void say_range(struct stk_checking *checking)
{
	const struct stk_range *range = stk_builds_range(&checking->session);
	const struct stk_range_end *head = &range->ends[STK_RANGE_HEAD];
	const struct stk_range_end *base = &range->ends[STK_RANGE_BASE];

	checking->remote = stk_arena_dup(&checking->check->arena, range->remote);
	if (range->is_same)
		return;
	stk_checking_say(checking, STK_CHECK_OK, "git",
		"%s %.7s, base %.7s (%s), %lld commit%s, working tree %s",
		head->ref ? head->ref : "head", head->commit.hex, base->id.hex, base->why,
		(long long)range->commits, range->commits == 1 ? "" : "s",
		stk_dirty_any(&range->dirty) ? "with changes" : "clean");
}

static int check_git(struct stk_checking *checking, struct stk_err *err)
{
	int rc;

	if (!checking->workflow.from_git)
		return 0;
	checking->step = "git";
	rc = stk_builds_choose(&checking->session, err);
	if (rc == STK_E_INVAL && !checking->workflow.head && stk_builds_repo(&checking->session))
		rc = choose_head_alone(checking, err);
	if (rc < 0)
		return rc;
	say_range(checking);
	return 0;
}

static int check_build(struct stk_checking *checking, struct stk_err *err)
{
	const struct stk_clock *clock = checking->session.clock;
	int64_t start = stk_clock_mono(clock);
	int rc = 0;

	checking->step = "build";
	for (int side = 0; rc == 0 && side < STK_SIDES; side++)
		rc = stk_session_check_side(&checking->session, side, err);
	if (rc < 0 || !checking->workflow.from_git)
		return rc;
	rc = stk_builds_make_side(&checking->session, STK_SIDE_HEAD, err);
	if (rc < 0)
		return rc;
	checking->check->seen.build_ns = stk_clock_mono(clock) - start;
	stk_checking_say(checking, STK_CHECK_OK, "build", "%s",
		checking->built ? checking->built : "no build command");
	return 0;
}

/* "http://127.0.0.1:41801/healthz in 0.9 s" */
static void say_ready(struct stk_checking *checking, int side, double seconds)
{
	const struct stk_session_side *at = &checking->session.sides[side];
	const char *path = at->spec->ready && at->spec->ready[0] == '/' ? at->spec->ready : "";
	const char *name = checking->session.sides[STK_SIDE_BASE].spec->is_set ? at->name : "";

	if (!at->spec->is_service)
		stk_checking_say(checking, STK_CHECK_OK, "ready", "%s%s%s runs already", name,
			name[0] ? " " : "",
			at->url ? at->url : "what the load script names as base_url");
	else
		stk_checking_say(checking, STK_CHECK_OK, "ready", "%s%s%s%s in %.1f s", name,
			name[0] ? " " : "", at->url ? at->url : "", path, seconds);
}

static int check_ready(struct stk_checking *checking, struct stk_err *err)
{
	const struct stk_clock *clock = checking->session.clock;

	checking->step = "ready";
	for (int side = 0; side < STK_SIDES; side++) {
		int64_t start = stk_clock_mono(clock);
		int rc;

		if (!stk_session_has_side(&checking->session, side))
			continue;
		rc = stk_session_start_side(&checking->session, side, err);
		if (rc < 0)
			return rc;
		if (checking->session.sides[side].spec->is_service)
			checking->check->seen.ready_ns = stk_clock_mono(clock) - start;
		say_ready(checking, side, (double)(stk_clock_mono(clock) - start) / 1e9);
	}
	return 0;
}

/* In mode baseline: what was kept of the base. A first run has nothing, and keeps something. */
static void check_baseline(struct stk_checking *checking)
{
	const struct stk_baseline_info *found = &checking->run.baseline;
	struct stk_err err = STK_ERR_INIT;
	struct stk_buf when = STK_BUF_EMPTY;

	if (checking->workflow.mode != STK_MODE_BASELINE || checking->workflow.run_fn)
		return;
	checking->step = "baseline";
	if (stk_session_find_baseline(&checking->session, NULL, &err) < 0) {
		stk_checking_add(checking, &(struct stk_check_line){STK_CHECK_WARN, "baseline",
						   err.msg, err.hint[0] ? err.hint : NULL, 0});
		return;
	}
	stk_units_format_rfc3339(&when, found->measured_ns);
	stk_checking_say(checking, STK_CHECK_OK, "baseline", "%.12s (%s) in %s, of %s",
		found->revision, found->why, found->where, when.ptr);
	stk_buf_release(&when);
}

/* Places of post = {…} that want a token, "comment, check". */
static void list_remote(
	const struct stk_workflow *workflow, enum stk_forge forge, struct stk_buf *names)
{
	for (size_t i = 0; i < workflow->post.len; i++) {
		const struct stk_publisher *publisher =
			stk_publisher_find(stk_str_of(workflow->post.items[i]), forge);

		if (publisher && publisher->is_remote)
			stk_buf_addf(names, "%s%s", names->len ? ", " : "", publisher->name);
	}
}

static void check_post(struct stk_checking *checking)
{
	const struct stk_env *env = checking->flow.env;
	struct stk_ci_given given = {.remote = checking->remote};
	struct stk_token token = STK_TOKEN_INIT;
	struct stk_buf names = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct stk_ci ci;
	int rc;

	if (checking->workflow.post.len == 0)
		return;
	stk_ci_init(&ci, env);
	rc = stk_ci_override(&ci, &given, &err);
	list_remote(&checking->workflow, ci.forge, &names);
	if (rc == 0 && ci.forge == STK_FORGE_NONE)
		stk_checking_say(checking, STK_CHECK_OK, "post",
			"in CI only: no forge is known here, so nothing is posted");
	else if (rc == 0 && names.len > 0)
		rc = stk_token_find(env, ci.forge, NULL, &token, &err);
	if (rc < 0)
		stk_checking_add(checking, &(struct stk_check_line){STK_CHECK_WARN, "post", err.msg,
						   err.hint[0] ? err.hint : NULL, 0});
	else if (names.len > 0)
		stk_checking_say(checking, STK_CHECK_OK, "post", "%s to %s, token from %s",
			names.ptr, stk_forge_name(ci.forge), token.source);
	stk_token_release(&token);
	stk_ci_release(&ci);
	stk_buf_release(&names);
}

/* --- the story -------------------------------------------------------------------------------- */

/* Everything up to a service that answers. */
static int start(struct stk_checking *checking)
{
	static int (*const steps[])(struct stk_checking * checking, struct stk_err * err) = {
		check_script, check_git, check_build, check_ready};
	static const char *const names[] = {"file", "git", "build", "ready"};
	struct stk_err err = STK_ERR_INIT;
	int rc;

	checking->step = "file";
	rc = stk_session_open(&checking->session, &err);
	if (rc < 0 && rc != STK_E_ABORTED)
		stk_checking_fail(checking,
			rc == STK_E_SCRIPT ? "file"
			: rc == STK_E_NOT_FOUND && stk_load_is_program(&checking->workflow.load)
				? "load"
				: "source",
			&err);
	for (size_t i = 0; rc == 0 && i < STK_ARRAY_LEN(steps); i++) {
		rc = steps[i](checking, &err);
		if (rc < 0 && rc != STK_E_ABORTED)
			stk_checking_fail(checking, names[i], &err);
	}
	return rc;
}

static void stop(struct stk_checking *checking)
{
	checking->step = "stop";
	for (int side = STK_SIDES; side-- > 0;) {
		struct stk_err err = STK_ERR_INIT;

		if (stk_session_stop_side(&checking->session, side, &err) < 0)
			stk_checking_fail(checking, "stop", &err);
	}
	stk_session_close(&checking->session);
	free(checking->session.folder);
}

static int run_steps(struct stk_checking *checking)
{
	int rc = start(checking);

	if (rc == 0)
		check_baseline(checking);
	if (rc == 0)
		rc = stk_check_load(checking);
	if (rc == 0)
		rc = stk_check_profiles(checking);
	return rc;
}

int stk_check_run(const struct stk_check_opts *opts, struct stk_check *check, struct stk_err *err)
{
	struct stk_checking checking = {.opts = opts,
		.check = check,
		.workflow = *opts->flow.workflow,
		.flow = opts->flow,
		.step = "file"};
	char *folder = NULL;
	int rc = stk_fs_mkdtemp("stoker-check", &folder, err);

	if (rc < 0)
		return rc;
	if (checking.workflow.from_git)
		checking.workflow.sides[STK_SIDE_BASE].is_set = false;
	checking.flow.workflow = &checking.workflow;
	checking.flow.runs_dir = folder;
	checking.flow.observer =
		(struct stk_flow_observer){.line = on_line, .warn = on_warn, .ctx = &checking};
	stk_run_init(&checking.run);
	checking.session = (struct stk_session){.opts = &checking.flow, .run = &checking.run};
	rc = run_steps(&checking);
	if (rc != STK_E_ABORTED) {
		check_post(&checking);
		stk_check_plan(&checking);
	}
	stop(&checking);
	stk_run_release(&checking.run);
	if (stk_fs_remove_tree(folder, NULL) < 0)
		stk_checking_say(&checking, STK_CHECK_WARN, "stop", "could not remove %s", folder);
	free(folder);
	if (rc != STK_E_ABORTED)
		return 0;
	return stk_err_set(err, STK_E_ABORTED, "interrupted: the check is not complete");
}
