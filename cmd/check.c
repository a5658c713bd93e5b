/* check: `stoker check`: is everything there for a run, and what will it be able to see. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "cmd/progress.h"
#include "cmd/run_story.h"
#include "core/flow/check.h"
#include "core/report/text.h"

#define LOAD_NS (5 * STK_NS_PER_S)

struct settings {
	struct stk_run_settings run; /* what a run would be called with */
	int64_t load_ns;
	const char *format;
};

#define AT(member) offsetof(struct settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "load", .letter = 'd', .type = STK_OPTS_DURATION, .offset = AT(load_ns), .word = "TIME", .help = "how long requests are sent, at least", .standard = "5s" },
	{ .name = "profiles-timeout", .type = STK_OPTS_DURATION, .offset = AT(run.profiles_timeout_ns), .word = "TIME", .help = "how long the first profiles may take", .standard = "150s" },
	{ .name = "format", .letter = 'f', .type = STK_OPTS_CHOICE, .offset = AT(format), .word = "WORD", .values = "term|json", .help = "lines for people, or one document", .standard = "term" },
	{ .name = "base", .type = STK_OPTS_TEXT, .offset = AT(run.base), .word = "REV", .help = "as of run" },
	{ .name = "head", .type = STK_OPTS_TEXT, .offset = AT(run.head), .word = "REV", .help = "as of run" },
	{ .name = "rebuild", .type = STK_OPTS_FLAG, .offset = AT(run.rebuild), .help = "build the head, also when an earlier run has" },
	{ .name = "base-cmd", .type = STK_OPTS_TEXT, .offset = AT(run.base_cmd), .word = "CMD", .help = "as of run, and so are the others" },
	{ .name = "head-cmd", .type = STK_OPTS_TEXT, .offset = AT(run.head_cmd), .word = "CMD", .help = "start the head with this" },
	{ .name = "base-url", .type = STK_OPTS_TEXT, .offset = AT(run.base_url), .word = "URL", .help = "the base runs already, there" },
	{ .name = "head-url", .type = STK_OPTS_TEXT, .offset = AT(run.head_url), .word = "URL", .help = "the head runs already, there" },
	{ .name = "ready", .type = STK_OPTS_TEXT, .offset = AT(run.ready), .word = "/PATH", .help = "what a started service answers when it is ready", .standard = "its port" },
	{ .name = "pyroscope", .type = STK_OPTS_TEXT, .offset = AT(run.pyroscope), .word = "URL", .help = "read profiles from this Pyroscope" },
	{ .name = "pprof", .type = STK_OPTS_TEXT, .offset = AT(run.pprof), .word = "URL", .help = "scrape profiles from URL/debug/pprof" },
	{ .name = "service", .type = STK_OPTS_TEXT, .offset = AT(run.service), .word = "NAME", .help = "service_name of the profiles" },
	{ .name = "base-label", .type = STK_OPTS_LIST, .offset = AT(run.base_labels), .word = "NAME=TEXT", .help = "a label that only the base's profiles have" },
	{ .name = "head-label", .type = STK_OPTS_LIST, .offset = AT(run.head_labels), .word = "NAME=TEXT", .help = "a label that only the head's profiles have" },
	{ .name = "profile", .type = STK_OPTS_LIST, .offset = AT(run.profiles), .word = "TYPE", .help = "cpu, alloc_space, … or a full id" },
	{ .name = "mode", .type = STK_OPTS_CHOICE, .offset = AT(run.mode), .word = "MODE", .values = "paired|idle|baseline", .help = "what kind of run it will be" },
	{ .name = "rate", .type = STK_OPTS_TEXT, .offset = AT(run.rate), .word = "RATE", .help = "iterations such as 200/s, in place of the scenarios" },
	{ .name = "vus", .letter = 'u', .type = STK_OPTS_INT, .offset = AT(run.vus), .word = "N", .min = 1, .max = 1000000, .help = "virtual users, in place of the scenarios" },
	{ .name = "scenario", .type = STK_OPTS_TEXT, .offset = AT(run.scenario), .word = "NAME", .help = "whose function --rate or --vus drives" },
	{ .name = "pairs", .type = STK_OPTS_INT, .offset = AT(run.pairs), .word = "N", .min = 1, .max = 1000, .help = "pairs of blocks", .standard = "6" },
	{ .name = "block", .type = STK_OPTS_DURATION, .offset = AT(run.block_ns), .word = "TIME", .help = "length of a block", .standard = "from the profiles' slices" },
	{ .name = "warmup", .type = STK_OPTS_DURATION, .offset = AT(run.warmup_ns), .word = "TIME", .help = "load that does not count", .standard = "10s" },
	{ .name = "duration", .type = STK_OPTS_DURATION, .offset = AT(run.duration_ns), .word = "TIME", .help = "of the load of modes idle and baseline" },
	{ .name = "idle", .type = STK_OPTS_DURATION, .offset = AT(run.idle_ns), .word = "TIME", .help = "of the idle window in mode idle" },
	{ .name = "env", .letter = 'e', .type = STK_OPTS_LIST, .offset = AT(run.vars), .word = "NAME=TEXT", .help = "a variable for stoker.env; NAME alone passes one on" },
	{ .name = "allow-host", .type = STK_OPTS_LIST, .offset = AT(run.allow_hosts), .word = "HOST", .help = "a further host that the script may call" },
	{ .name = "quiet", .letter = 'q', .type = STK_OPTS_FLAG, .offset = AT(run.quiet), .help = "no progress" },
	{ .name = NULL },
};
/* clang-format on */

extern const struct stk_command stk_cmd_check;

/* What the callbacks need. */
struct showing {
	struct stk_env *env;
	struct stk_progress *progress;
	bool lines; /* --format term: each as it is known */
};

static void print_line(struct stk_env *env, const char *head, const char *name, const char *text)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	stk_text_add_plain(&plain, stk_str_of(text));
	fprintf(env->out, "%-5s %-9s %s\n", head, name, plain.ptr);
	stk_buf_release(&plain);
}

/* Messages may hold the last lines of a log: each stands under the first one. */
static void print_lines(struct stk_env *env, const char *head, const char *name, const char *text)
{
	struct stk_str rest = stk_str_of(text), line;

	while (stk_str_cut(&rest, '\n', &line)) {
		char *copy = stk_str_dup(line);

		print_line(env, head, name, copy);
		head = name = "";
		free(copy);
	}
}

static void show_check(const struct stk_check_line *line, void *ctx)
{
	static const char *const heads[] = {"ok", "warn", "fail"};
	const struct showing *showing = ctx;

	if (!showing->lines)
		return;
	stk_progress_settle(showing->progress);
	print_lines(showing->env, heads[line->state], line->name, line->text);
	if (line->hint)
		print_lines(showing->env, "", "", line->hint);
	fflush(showing->env->out);
}

static void show_line(const struct stk_flow_line *line, void *ctx)
{
	struct stk_progress_line shown = {
		line->label, line->fraction, NULL, line->detail, line->right};

	stk_progress_set(((const struct showing *)ctx)->progress, &shown);
}

static void print_rest(struct stk_env *env, const struct stk_check *check)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_check_format_plan(check, &text);
	fprintf(env->out, "plan  %s\n", text.ptr);
	stk_buf_clear(&text);
	stk_check_format_sees(check, &text);
	fprintf(env->out, "sees  %s\n", text.ptr);
	if (check->sees.len > 0 && check->advice)
		fprintf(env->out, "      for more: %s\n", check->advice);
	if (check->quicker)
		fprintf(env->out, "      quicker: %s\n", check->quicker);
	stk_buf_release(&text);
}

static int code_of(const struct stk_check *check)
{
	int code = STK_EXIT_OK;

	for (size_t i = 0; i < check->lines.len; i++)
		if (check->lines.items[i].state == STK_CHECK_FAIL)
			code = stk_exit_worse(code, stk_exit_of_error(check->lines.items[i].code));
	return code;
}

static int check_file(struct stk_env *env, const struct settings *settings, const char *path,
	struct stk_check *check, struct showing *showing)
{
	struct stk_check_opts opts = {
		.load_ns = settings->load_ns, .line = show_check, .ctx = showing};
	struct stk_err err = STK_ERR_INIT;
	struct stk_run_file file;
	int rc = stk_run_file_open(env, path, &settings->run, &file, &err);

	if (rc < 0) {
		stk_check_fail(check, &opts, "file", &err);
	} else {
		opts.flow = stk_run_file_flow(env, &file, &settings->run, "stoker check");
		opts.flow.observer = (struct stk_flow_observer){.line = show_line, .ctx = showing};
		opts.wait_ns = file.workflow.profiles_timeout_ns;
		rc = stk_check_run(&opts, check, &err);
		if (rc == STK_E_ABORTED)
			fprintf(env->err, "stoker: %s\n", err.msg);
		else if (rc < 0)
			stk_check_fail(check, &opts, "check", &err);
		else if (showing->lines)
			print_rest(env, check);
	}
	stk_run_file_close(&file);
	return stk_exit_worse(stk_run_code_of_interrupt(env), code_of(check));
}

static int check(struct stk_env *env, const struct settings *settings, const char *path)
{
	struct showing showing = {env, stk_progress_new(env, settings->run.quiet),
		strcmp(settings->format, "term") == 0};
	struct stk_buf document = STK_BUF_EMPTY;
	struct stk_check result;
	int code;

	stk_check_init(&result);
	code = check_file(env, settings, path, &result, &showing);
	stk_progress_free(showing.progress);
	if (!showing.lines) {
		stk_check_format_json(&result, code, &document);
		fwrite(document.ptr, 1, document.len, env->out);
	}
	stk_buf_release(&document);
	stk_check_release(&result);
	return code;
}

static int run(struct stk_env *env, int argc, char **argv)
{
	struct settings settings = {.run = {.warmup_ns = -1}, .load_ns = LOAD_NS, .format = "term"};
	struct stk_opts_args args = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;
	int code = stk_opts_read(env, &stk_cmd_check, argc, argv, &settings, &args);

	if (code < 0 && args.items.len > 1) {
		stk_err_set(&err, STK_E_INVAL, "one workflow at a time, '%s' is a second one",
			args.items.items[1]);
		code = stk_opts_fail(env, &err);
	}
	if (code < 0)
		code = check(env, &settings, args.items.len ? args.items.items[0] : "stoker.lua");
	stk_opts_release(rows, &settings, &args);
	return code;
}

const struct stk_command stk_cmd_check = {
	.name = "check",
	.summary = "is everything there for a run, and what will it be able to see",
	.synopsis = "[options] [FILE]",
	.about = "FILE is what stoker run takes, stoker.lua by default. Reads it and its load "
		 "script, chooses the commits, builds and starts the head, sends requests for a "
		 "few seconds, reads the profiles, and says how long a run will take and what size "
		 "of change it will notice (docs/check.md). A warning leaves the exit code 0, what "
		 "would make the run fail gives the code that the run would end with. No record is "
		 "written and nothing runs on; what was built is kept for the run.",
	.examples = "stoker check\n"
		    "stoker check load.lua --pprof http://127.0.0.1:6060  # a load script\n"
		    "stoker check --format json | jq .sees",
	.options = rows,
	.run = run,
};
