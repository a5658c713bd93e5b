/* calibrate_story: A/A runs of a workflow, one after the other, until there are enough. */
#include "cmd/calibrate_story.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/exit.h"
#include "cmd/progress.h"
#include "core/base/fs.h"
#include "core/base/units.h"
#include "core/base/version.h"
#include "core/baseline/calibrated.h"
#include "core/baseline/kept.h"
#include "core/baseline/store.h"
#include "core/flow/aa.h"
#include "core/flow/environment.h"
#include "core/git/repo.h"

#define FOLDER       ".stoker/calibration"
#define LEFT_OUT_MAX 3 /* in a row: the next one will not count either */
#define DAY_NS       (24 * 3600 * STK_NS_PER_S)

/* What goes on while the runs do. */
struct calibrating {
	struct stk_env *env;
	const struct stk_calibrate_story *story;
	struct stk_progress *progress;
	struct stk_calibration calibration;
	enum stk_mode mode;
	char *file;       /* of what was measured */
	char *outcome;    /* of what follows from it */
	int64_t spent_ns; /* by the runs of this call */
	int64_t made;     /* of this call */
	int left_out;     /* in a row */
};

static void show_line(const struct stk_flow_line *line, void *ctx)
{
	const struct calibrating *c = ctx;
	struct stk_progress_line shown = {
		line->label, line->fraction, NULL, line->state ? line->state : line->detail, NULL};

	stk_progress_set(c->progress, &shown);
}

static void show_warning(const char *text, void *ctx)
{
	stk_progress_warn(((const struct calibrating *)ctx)->progress, "warning: %s", text);
}

/* --- one run --------------------------------------------------------------------------------- */

/* The file as every run reads it anew: a workflow may hold state. */
static int load_workflow(const struct calibrating *c, struct stk_script_opts *load,
	struct stk_script **script, struct stk_workflow *workflow, struct stk_err *err)
{
	const struct stk_run_settings *settings = c->story->settings;
	int rc;

	*load = (struct stk_script_opts)STK_SCRIPT_OPTS_INIT;
	load->path = c->story->path;
	load->env = c->env;
	load->vars = settings->vars.texts.items;
	load->vars_len = settings->vars.texts.len;
	rc = stk_script_load(load, script, err);
	if (rc == 0 && stk_script_kind(*script) == STK_SCRIPT_WORKFLOW)
		rc = stk_workflow_read(*script, workflow, err);
	if (rc == 0)
		rc = stk_run_settings_apply(settings, *script, workflow, err);
	if (rc == 0)
		rc = stk_aa_prepare(workflow, err);
	return rc;
}

/* One run of the flow; what it left behind is removed: only the figures are kept. */
static int run_flow(struct calibrating *c, struct stk_run *run, struct stk_err *err)
{
	const struct stk_run_settings *settings = c->story->settings;
	struct stk_script *script = NULL;
	struct stk_script_opts load;
	struct stk_workflow workflow;
	char *folder = NULL;
	int rc;

	stk_workflow_init(&workflow);
	rc = load_workflow(c, &load, &script, &workflow, err);
	if (rc == 0) {
		struct stk_flow_opts opts = {.env = c->env,
			.script = script,
			.workflow = &workflow,
			.script_opts = load,
			.allow_hosts = settings->allow_hosts.texts.items,
			.allow_hosts_len = settings->allow_hosts.texts.len,
			.seed = (uint64_t)settings->seed + (uint64_t)c->calibration.runs.len,
			.runs_dir = FOLDER "/runs",
			.command = c->story->command,
			.version = stk_version(),
			.aa_dir = FOLDER "/kept",
			.observer = {.line = show_line, .warn = show_warning, .ctx = c}};

		rc = stk_flow_run(&opts, run, &folder, err);
	}
	if (folder && stk_fs_remove_tree(folder, NULL) < 0)
		show_warning("a folder in " FOLDER "/runs could not be removed", c);
	free(folder);
	stk_workflow_release(&workflow);
	stk_script_free(script);
	return rc;
}

/* One A/A run: blocks of both sides, or one window kept and a second one compared with it. */
static int measure(struct calibrating *c, struct stk_run *run, struct stk_err *err)
{
	struct stk_run first;
	int rc;

	if (c->mode == STK_MODE_PAIRED)
		return run_flow(c, run, err);
	rc = stk_fs_remove_tree(FOLDER "/kept", err);
	if (rc < 0)
		return rc;
	stk_run_init(&first);
	rc = run_flow(c, &first, err);
	stk_run_release(&first);
	return rc < 0 ? rc : run_flow(c, run, err);
}

/* --- files ----------------------------------------------------------------------------------- */

/* In the top folder of the repository, where runs look for it; else here. */
static char *find_outcome(void)
{
	struct stk_repo *repo = NULL;
	char *path;

	if (stk_repo_open(".", &repo, NULL) == 0 && stk_repo_workdir(repo))
		path = stk_fs_join(stk_repo_workdir(repo), STK_CALIBRATED_PATH);
	else
		path = stk_xstrdup(STK_CALIBRATED_PATH);
	stk_repo_free(repo);
	return path;
}

static int set_key(struct calibrating *c, const struct stk_workflow *workflow,
	struct stk_calibration_key *out, struct stk_err *err)
{
	struct stk_run run;
	int rc;

	stk_run_init(&run);
	stk_environment_read(&run);
	rc = stk_aa_key(workflow, c->story->path,
		stk_kept_machine(run.environment.items, run.environment.len, &run.arena),
		&c->calibration.arena, out, err);
	stk_run_release(&run);
	return rc;
}

/* What an earlier call measured, if it was of the same load on the same machine. */
static int read_earlier(
	struct calibrating *c, const struct stk_calibration_key *key, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_INIT(STK_CALIBRATION_BYTES_MAX);
	struct stk_calibration earlier;
	int rc;

	if (c->story->fresh || !stk_fs_exists(c->file))
		return 0;
	stk_calibration_init(&earlier);
	rc = stk_fs_read(c->file, &text, err);
	if (rc == 0)
		rc = stk_calibration_parse(stk_buf_str(&text), &earlier, err);
	if (rc == 0 && !stk_calibration_is_key(&earlier.key, key)) {
		stk_progress_say(c->progress, "%zu A/A runs of another load are left behind",
			earlier.runs.len);
		stk_calibration_release(&earlier);
	} else if (rc == 0) {
		struct stk_calibration_key same = earlier.key;

		stk_calibration_release(&c->calibration);
		c->calibration = earlier;
		c->calibration.key = same;
		rc = 1;
	} else {
		stk_err_hint(err, "start anew: --fresh");
		stk_calibration_release(&earlier);
	}
	stk_buf_release(&text);
	return rc;
}

static int open_files(struct calibrating *c, struct stk_err *err)
{
	struct stk_script *script = NULL;
	struct stk_script_opts load;
	struct stk_calibration_key key;
	struct stk_workflow workflow;
	int rc;

	stk_workflow_init(&workflow);
	rc = load_workflow(c, &load, &script, &workflow, err);
	if (rc == 0)
		rc = set_key(c, &workflow, &key, err);
	if (rc == 0)
		rc = stk_fs_mkdirs(FOLDER, err);
	if (rc == 0)
		rc = stk_fs_write(FOLDER "/.gitignore", STK_STR("*\n"), err);
	if (rc == 0) {
		const char *name = stk_baseline_word(&c->calibration.arena, key.workflow);

		c->mode = workflow.mode;
		c->file = stk_xasprintf(FOLDER "/%s-%s-%s.json", name, key.mode, key.machine);
		c->outcome = find_outcome();
		rc = read_earlier(c, &key, err);
	}
	if (rc == 0)
		c->calibration.key = key;
	c->calibration.version = stk_version();
	stk_workflow_release(&workflow);
	stk_script_free(script);
	return rc < 0 ? rc : 0;
}

static int read_outcome(const char *path, struct stk_calibrateds *all, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_INIT(STK_CALIBRATED_BYTES_MAX);
	int rc = 0;

	if (stk_fs_exists(path))
		rc = stk_fs_read(path, &text, err);
	if (rc == 0 && text.len > 0)
		rc = stk_calibrateds_parse(stk_buf_str(&text), all, err);
	stk_buf_release(&text);
	return rc;
}

/* Both files, after each run: what there is can be used, and the next call goes on. */
static int write_files(struct calibrating *c, struct stk_calibrateds *all, struct stk_err *err)
{
	struct stk_buf raw = STK_BUF_INIT(STK_CALIBRATION_BYTES_MAX);
	struct stk_buf text = STK_BUF_INIT(STK_CALIBRATED_BYTES_MAX);
	char *folder = stk_fs_dirname(c->outcome);
	int rc = read_outcome(c->outcome, all, err);

	if (rc == 0) {
		stk_calibrateds_put(all, &c->calibration);
		stk_calibrateds_format(all, &text);
		stk_calibration_format(&c->calibration, &raw);
		rc = stk_buf_check(&text, err);
	}
	if (rc == 0)
		rc = stk_buf_check(&raw, err);
	if (rc == 0)
		rc = stk_fs_write(c->file, stk_buf_str(&raw), err);
	if (rc == 0)
		rc = stk_fs_mkdirs(folder, err);
	if (rc == 0)
		rc = stk_fs_write(c->outcome, stk_buf_str(&text), err);
	free(folder);
	stk_buf_release(&raw);
	stk_buf_release(&text);
	return rc;
}

/* --- all of them ----------------------------------------------------------------------------- */

static const struct stk_calibrated *own_entry(
	const struct calibrating *c, const struct stk_calibrateds *all)
{
	const struct stk_calibrated *near;

	return stk_calibrateds_find(all, &c->calibration.key, &near);
}

static void show_runs(struct calibrating *c, int alarms)
{
	int64_t done = (int64_t)c->calibration.runs.len, left = c->story->runs - done;
	struct stk_buf state = STK_BUF_EMPTY, right = STK_BUF_EMPTY;

	stk_buf_addf(&state, "%lld of %lld", (long long)done, (long long)c->story->runs);
	if (alarms >= 0)
		stk_buf_addf(&state, ", %d raised an alarm", alarms);
	if (c->made > 0 && left > 0) {
		stk_units_format_duration(
			&right, c->spent_ns / c->made * left / STK_NS_PER_S * STK_NS_PER_S);
		stk_buf_add_text(&right, " left");
	}
	stk_progress_set(c->progress, &(struct stk_progress_line){.label = "A/A runs",
					      .fraction = (double)done / (double)c->story->runs,
					      .state = state.ptr,
					      .right = right.len ? right.ptr : NULL});
	stk_buf_release(&state);
	stk_buf_release(&right);
}

static bool is_interrupted(const struct calibrating *c)
{
	return c->env->interrupts && atomic_load(c->env->interrupts) > 0;
}

static int take(struct calibrating *c, const struct stk_run *run, struct stk_err *err)
{
	const char *why = stk_aa_take(run, &c->calibration);
	struct stk_calibrateds all;
	int rc = 0;

	if (why) {
		stk_progress_warn(c->progress, "this A/A run does not count: %s", why);
		if (++c->left_out < LEFT_OUT_MAX)
			return 0;
		stk_err_set(err, STK_E_NOT_FOUND, "%d A/A runs in a row do not count: %s",
			LEFT_OUT_MAX, why);
		stk_err_hint(err, "see what one run says: stoker run %s", c->story->path);
		return STK_E_NOT_FOUND;
	}
	c->left_out = 0;
	stk_calibrateds_init(&all);
	rc = write_files(c, &all, err);
	if (rc == 0)
		show_runs(c, own_entry(c, &all)->alarms);
	stk_calibrateds_release(&all);
	return rc;
}

static int run_all(struct calibrating *c, struct stk_err *err)
{
	int rc = 0;

	show_runs(c, -1);
	while (rc == 0 && !is_interrupted(c) && (int64_t)c->calibration.runs.len < c->story->runs) {
		int64_t start = stk_clock_mono(c->env->clock);
		struct stk_run run;

		stk_run_init(&run);
		rc = measure(c, &run, err);
		c->spent_ns += stk_clock_mono(c->env->clock) - start;
		c->made++;
		if (rc == 0 && !is_interrupted(c))
			rc = take(c, &run, err);
		stk_run_release(&run);
	}
	return is_interrupted(c) ? STK_E_ABORTED : rc;
}

static void print_types(const struct stk_calibrated *entry, FILE *to)
{
	for (size_t i = 0; i < entry->types.len; i++) {
		const struct stk_calibrated_type *type = &entry->types.items[i];

		if (strcmp(entry->key.mode, "paired") != 0)
			fprintf(to,
				"apart       %s: totals %.1f %%; functions below 1 %% of the total "
				"%.1f %%, 2 %% %.1f %%, 5 %% %.1f %%, above %.1f %%\n",
				type->short_name, 100.0 * expm1(type->sigma_total),
				100.0 * expm1(type->sigma[0]), 100.0 * expm1(type->sigma[1]),
				100.0 * expm1(type->sigma[2]), 100.0 * expm1(type->sigma[3]));
		if (type->inflation > 1.0)
			fprintf(to, "intervals   %s: %.2f times wider than one run shows\n",
				type->short_name, type->inflation);
	}
}

static void print_outcome(const struct calibrating *c)
{
	struct stk_calibrateds all;
	const struct stk_calibrated *entry;
	struct stk_buf day = STK_BUF_EMPTY;
	const char *why_not;
	FILE *to = c->env->out;

	stk_calibrateds_init(&all);
	entry = read_outcome(c->outcome, &all, NULL) == 0 ? own_entry(c, &all) : NULL;
	if (entry) {
		why_not =
			stk_calibrated_objection(entry, stk_clock_wall(c->env->clock), &all.arena);
		fprintf(to, "workflow    %s, mode %s, machine %s\n", entry->key.workflow,
			entry->key.mode, entry->key.machine);
		fprintf(to, "A/A runs    %d, %d raised an alarm (so fewer than %.1f %% do)\n",
			entry->runs, entry->alarms, 100.0 * stk_calibrated_alarms_below(entry));
		print_types(entry, to);
		stk_units_format_rfc3339(&day, entry->last_ns + STK_CALIBRATED_DAYS * DAY_NS);
		if (why_not)
			fprintf(to, "calibrated  not yet: %s\n", why_not);
		else
			fprintf(to, "calibrated  until %.10s, for this load on this machine\n",
				day.ptr);
		fprintf(to, "written     %s: commit it on the base branch\n", c->outcome);
	}
	stk_buf_release(&day);
	stk_calibrateds_release(&all);
}

int stk_calibrate_story(struct stk_env *env, const struct stk_calibrate_story *story)
{
	struct calibrating c = {.env = env, .story = story};
	struct stk_err err = STK_ERR_INIT;
	int code = STK_EXIT_OK, rc;

	c.progress = stk_progress_new(env, story->settings->quiet);
	stk_calibration_init(&c.calibration);
	rc = open_files(&c, &err);
	if (rc == 0)
		rc = run_all(&c, &err);
	if (stk_fs_remove_tree(FOLDER "/kept", NULL) < 0) /* of one run, never of use again */
		show_warning(FOLDER "/kept could not be removed", &c);
	stk_progress_free(c.progress);
	if (rc == 0 || rc == STK_E_ABORTED)
		print_outcome(&c);
	if (rc == STK_E_ABORTED) {
		fprintf(env->err, "stopped after %zu of %lld A/A runs; the same command goes on\n",
			c.calibration.runs.len, (long long)story->runs);
		code = env->signal_no && atomic_load(env->signal_no) == 15 ? STK_EXIT_TERMINATED
									   : STK_EXIT_INTERRUPTED;
	} else if (rc < 0) {
		code = stk_opts_fail(env, &err);
	}
	free(c.file);
	free(c.outcome);
	stk_calibration_release(&c.calibration);
	return code;
}
