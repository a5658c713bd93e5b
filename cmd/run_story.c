/* run_story: a workflow from its file to report and exit code. */
#include "cmd/run_story.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/exit.h"
#include "cmd/posting.h"
#include "cmd/progress.h"
#include "core/base/fs.h"
#include "core/base/version.h"
#include "core/diff/judge.h"
#include "core/record/run_store.h"
#include "core/report/format.h"
#include "core/report/html.h"

/* What the observer's callbacks need. */
struct showing {
	struct stk_env *env;
	const struct stk_run_story *story;
	struct stk_progress *progress;
};

static void show_line(const struct stk_flow_line *line, void *ctx)
{
	const struct showing *showing = ctx;
	struct stk_progress_line shown = {
		line->label, line->fraction, line->state, line->detail, line->right};

	stk_progress_set(showing->progress, &shown);
}

static void show_text(const char *text, void *ctx)
{
	stk_progress_say(((const struct showing *)ctx)->progress, "%s", text);
}

static void show_warning(const char *text, void *ctx)
{
	stk_progress_warn(((const struct showing *)ctx)->progress, "warning: %s", text);
}

static void show_up(const struct stk_flow_side *side, void *ctx)
{
	const struct showing *showing = ctx;

	if (showing->story->up)
		showing->story->up(showing->env, side, showing->story->ctx);
}

/* Scripts talk from the engine's threads, one line at a time: straight to stderr. */
static void show_talk(enum stk_script_talk kind, const char *line, void *ctx)
{
	static const char *const heads[] = {"", "warning: ", "script: "};
	const struct stk_env *env = ctx;

	fprintf(env->err, "%s%s\n", heads[kind], line);
}

static void format_report(
	struct stk_env *env, const struct stk_doc *doc, const char *name, struct stk_buf *buf)
{
	struct stk_format_opts opts = {.term = {.width = env->width, .color = env->color}};

	stk_format_find(name ? name : "term")->format(doc, &opts, buf);
}

static int write_beside(struct stk_env *env, const struct stk_doc *doc, const char *path,
	const char *format, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_EMPTY;
	int rc;

	format_report(env, doc, format, &text);
	rc = stk_fs_write(path, stk_buf_str(&text), err);
	stk_buf_release(&text);
	return rc;
}

/* report = { ... } of the workflow; without it, what is usual. */
static bool is_wanted(const struct stk_workflow *workflow, const char *report)
{
	for (size_t i = 0; i < workflow->report.len; i++)
		if (strcmp(workflow->report.items[i], report) == 0)
			return true;
	const struct stk_format *format = stk_format_find(report);

	return workflow->report.len == 0 && (!format || format->is_standard);
}

/* The page has the flame graphs in it, which lie beside the record. */
static int write_page(
	struct stk_doc *doc, const char *folder, const char *path, struct stk_err *err)
{
	struct stk_flames flames = STK_VEC_INIT;
	struct stk_buf page = STK_BUF_EMPTY;
	int rc = stk_flame_read_all(folder, doc->run, &flames, err);

	if (rc == 0) {
		stk_html_format(doc, &flames, &page);
		rc = stk_buf_check(&page, err);
	}
	if (rc == 0)
		rc = stk_fs_write(path, stk_buf_str(&page), err);
	stk_buf_release(&page);
	stk_flames_release(&flames);
	return rc;
}

static int write_reports(struct stk_env *env, const struct stk_run *run, const char *folder,
	const struct stk_workflow *workflow, struct stk_err *err)
{
	struct stk_doc doc;
	int rc = 0;

	stk_doc_init(&doc, run);
	for (const struct stk_format *format = stk_formats; rc == 0 && format->name; format++) {
		if (!format->file || !is_wanted(workflow, format->name))
			continue;
		char *path = stk_fs_join(folder, format->file);
		rc = write_beside(env, &doc, path, format->name, err);
		free(path);
	}
	if (rc == 0 && is_wanted(workflow, "html")) {
		char *path = stk_fs_join(folder, "report.html");
		rc = write_page(&doc, folder, path, err);
		free(path);
	}
	stk_doc_release(&doc);
	return rc;
}

static void print_report(struct stk_env *env, const struct stk_run *run, const char *format)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_doc doc;

	stk_doc_init(&doc, run);
	format_report(env, &doc, format, &text);
	fwrite(text.ptr, 1, text.len, env->out);
	stk_buf_release(&text);
	stk_doc_release(&doc);
}

static void print_where(struct stk_env *env, const struct stk_run *run,
	const struct stk_workflow *workflow, const char *folder)
{
	size_t files = 0;

	for (size_t i = 0; i < run->slices.len; i++)
		files += run->slices.items[i].file != NULL;
	bool with_page = is_wanted(workflow, "html"),
	     with_markdown = is_wanted(workflow, "markdown");
	bool with_json = is_wanted(workflow, "json");
	const char *first = with_page ? "/report.html" : with_markdown ? "/report.md" : "";
	fprintf(env->out, "\nreport      %s%s   (%s%s%s%zu × .pb.gz)\n", folder, first,
		first[0] ? "also " : "", with_page && with_markdown ? ".md, " : "",
		with_json ? ".json, " : "", files);
}

/* The code that the run itself earns, errors apart. */
static int code_of_run(const struct stk_run *run, const struct stk_workflow *workflow,
	const struct stk_run_settings *settings)
{
	int code = STK_EXIT_OK;

	if (workflow->gate.thresholds)
		for (size_t i = 0; i < run->thresholds.len; i++)
			if (!run->thresholds.items[i].ok)
				code = stk_exit_worse(code, STK_EXIT_THRESHOLD);
	if (stk_judge_gate_crossed(run))
		code = stk_exit_worse(code, STK_EXIT_REGRESSION);
	if (settings->strict && run->verdict == STK_VERDICT_INCONCLUSIVE)
		code = stk_exit_worse(code, STK_EXIT_INCONCLUSIVE);
	return code;
}

int stk_run_code_of_interrupt(const struct stk_env *env)
{
	if (!env->interrupts || atomic_load(env->interrupts) == 0)
		return STK_EXIT_OK;
	return env->signal_no && atomic_load(env->signal_no) == 15 ? STK_EXIT_TERMINATED
								   : STK_EXIT_INTERRUPTED;
}

static bool is_worth_a_report(const struct stk_run *run)
{
	return run->windows.len > 0;
}

/* Reports and exit code into the record. A disk that failed has had its message already. */
static int keep_reports(struct stk_env *env, struct stk_run *run, const char *folder,
	const struct stk_workflow *workflow)
{
	struct stk_err err = STK_ERR_INIT;
	int rc = 0;

	if (is_worth_a_report(run))
		rc = write_reports(env, run, folder, workflow, &err);
	if (rc == 0)
		rc = stk_run_store_write(folder, run, &err);
	return rc == 0 || run->exit_code == STK_EXIT_WORLD ? STK_EXIT_OK : stk_opts_fail(env, &err);
}

static void show_report(struct stk_env *env, const struct stk_run_story *story,
	const struct stk_flow_opts *opts, const struct stk_run *run, const char *folder)
{
	const char *format = story->settings->format;

	if (env->err_tty)
		fputc('\n', env->err);
	if (format || is_wanted(opts->workflow, "term"))
		print_report(env, run, format);
	if (story->after)
		story->after(env, run, story->ctx);
	if (folder && !format)
		print_where(env, run, opts->workflow, folder);
}

/* post = {…} of the workflow where this is a CI; --post anywhere, --no-post never. What could not
 * be posted is no verdict. */
static int post_run(struct stk_env *env, const struct stk_run_story *story,
	const struct stk_flow_opts *opts, const struct stk_run *run, const char *folder)
{
	const struct stk_workflow *workflow = opts->workflow;
	struct stk_posting posting = {.to = workflow->post.items,
		.to_len = workflow->post.len,
		.publish = {.post = {.folder = folder}},
		.is_required = story->settings->require_post};

	if (stk_run_code_of_interrupt(env) != STK_EXIT_OK || story->settings->no_post ||
		(!story->settings->post && (!workflow->post.len || !stk_publish_is_ci(env))))
		return STK_EXIT_OK;
	return stk_posting_run(env, run, &posting);
}

static int run_workflow(
	struct stk_env *env, const struct stk_run_story *story, const struct stk_flow_opts *opts)
{
	struct stk_err err = STK_ERR_INIT;
	char *folder = NULL;
	struct stk_run run;
	int code, rc;

	stk_run_init(&run);
	rc = stk_flow_run(opts, &run, &folder, &err);
	stk_progress_settle(((const struct showing *)opts->observer.ctx)->progress);
	code = stk_run_code_of_interrupt(env);
	/* an interrupt's report says so itself */
	if (rc < 0 && (rc != STK_E_ABORTED || code == STK_EXIT_OK || !is_worth_a_report(&run)))
		code = stk_exit_worse(code, stk_opts_fail(env, &err));
	if (is_worth_a_report(&run))
		code = stk_exit_worse(code, code_of_run(&run, opts->workflow, story->settings));
	run.exit_code = code;
	if (folder)
		code = stk_exit_worse(code, keep_reports(env, &run, folder, opts->workflow));
	if (is_worth_a_report(&run)) {
		show_report(env, story, opts, &run, folder);
		code = stk_exit_worse(code, post_run(env, story, opts, &run, folder));
		stk_posting_say_end(env, &run, code);
	}
	free(folder);
	stk_run_release(&run);
	return code;
}

#define K6_WORKFLOW "@k6.lua"

/* A script of k6: it is not Lua, and the standard workflow goes round it. */
bool stk_run_is_k6(const char *path)
{
	struct stk_str text = stk_str_of(path);

	return stk_str_ends(text, ".js") || stk_str_ends(text, ".mjs") || stk_str_ends(text, ".ts");
}

int stk_run_file_open(struct stk_env *env, const char *path,
	const struct stk_run_settings *settings, struct stk_run_file *out, struct stk_err *err)
{
	int rc;

	*out = (struct stk_run_file){.opts = STK_SCRIPT_OPTS_INIT};
	out->opts.path = stk_run_is_k6(path) ? K6_WORKFLOW : path;
	out->opts.env = env;
	out->opts.vars = settings->vars.texts.items;
	out->opts.vars_len = settings->vars.texts.len;
	out->opts.talk = show_talk;
	out->opts.talk_ctx = env;
	stk_workflow_init(&out->workflow);
	rc = stk_script_load(&out->opts, &out->script, err);
	if (rc == 0 && stk_script_kind(out->script) == STK_SCRIPT_WORKFLOW)
		rc = stk_workflow_read(out->script, &out->workflow, err);
	if (rc == 0 && stk_run_is_k6(path))
		out->workflow.load.program.k6 = path;
	if (rc == 0)
		rc = stk_run_settings_apply(settings, out->script, &out->workflow, err);
	return rc;
}

void stk_run_file_close(struct stk_run_file *file)
{
	stk_workflow_release(&file->workflow);
	stk_script_free(file->script);
}

struct stk_flow_opts stk_run_file_flow(struct stk_env *env, const struct stk_run_file *file,
	const struct stk_run_settings *settings, const char *command)
{
	return (struct stk_flow_opts){.env = env,
		.script = file->script,
		.workflow = &file->workflow,
		.script_opts = file->opts,
		.allow_hosts = settings->allow_hosts.texts.items,
		.allow_hosts_len = settings->allow_hosts.texts.len,
		.seed = (uint64_t)settings->seed,
		.runs_dir = settings->runs,
		.command = command,
		.version = stk_version()};
}

int stk_run_story(struct stk_env *env, const struct stk_run_story *story)
{
	struct stk_run_settings *settings = story->settings;
	struct stk_progress *progress = stk_progress_new(env, settings->quiet);
	struct showing showing = {env, story, progress};
	struct stk_err err = STK_ERR_INIT;
	struct stk_run_file file;
	int code;

	if (stk_run_file_open(env, story->path, settings, &file, &err) < 0) {
		code = stk_opts_fail(env, &err);
	} else {
		struct stk_flow_opts opts = stk_run_file_flow(env, &file, settings, story->command);

		opts.observer = (struct stk_flow_observer){
			show_line, show_text, show_warning, show_up, &showing};
		code = run_workflow(env, story, &opts);
	}
	stk_progress_free(progress);
	stk_run_file_close(&file);
	return code;
}
