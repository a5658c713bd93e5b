/* diff: `stoker diff A B`: two profiles, two runs, or two stretches of time, function by function.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd/access.h"
#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "cmd/output.h"
#include "core/base/version.h"
#include "core/flow/ends.h"
#include "core/record/run_store.h"
#include "core/report/difference_doc.h"
#include "core/report/html.h"
#include "core/report/term.h"

#define ROWS_STANDARD 30

struct settings {
	struct stk_access_settings access;
	const char *query, *base_query, *from, *to, *base_from, *base_to;
	const char *profile, *runs, *format, *output;
	double requests, base_requests;
	int64_t rows, width;
	bool color;
};

#define AT(member) offsetof(struct settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "profile", .type = STK_OPTS_TEXT, .offset = AT(profile), .word = "TYPE", .help = "cpu, alloc_space, … of files and runs", .standard = "cpu; of a file, what it shows by default" },
	{ .name = "requests", .type = STK_OPTS_REAL, .offset = AT(requests), .word = "N", .help = "requests that were made at the head (files, times)" },
	{ .name = "base-requests", .type = STK_OPTS_REAL, .offset = AT(base_requests), .word = "N", .help = "and at the base: costs are per request then" },
	{ .name = "query", .type = STK_OPTS_TEXT, .offset = AT(query), .word = "QUERY", .help = "compare times of a Pyroscope, by a query as of pull" },
	{ .name = "base-query", .type = STK_OPTS_TEXT, .offset = AT(base_query), .word = "QUERY", .help = "of the base", .standard = "that of the head" },
	{ .name = "from", .type = STK_OPTS_TEXT, .offset = AT(from), .word = "TIME", .help = "start of the head", .standard = "now-1h" },
	{ .name = "to", .type = STK_OPTS_TEXT, .offset = AT(to), .word = "TIME", .help = "its end", .standard = "now" },
	{ .name = "base-from", .type = STK_OPTS_TEXT, .offset = AT(base_from), .word = "TIME", .help = "start of the base", .standard = "that of the head" },
	{ .name = "base-to", .type = STK_OPTS_TEXT, .offset = AT(base_to), .word = "TIME", .help = "its end", .standard = "that of the head" },
	{ .name = "format", .letter = 'f', .type = STK_OPTS_CHOICE, .offset = AT(format), .word = "WORD", .values = "term|markdown|json|folded|html", .help = "what to write", .standard = "term; with -o what its name says" },
	{ .name = "output", .letter = 'o', .type = STK_OPTS_TEXT, .offset = AT(output), .word = "FILE", .help = "where to; - is standard output" },
	{ .name = "rows", .letter = 'n', .type = STK_OPTS_INT, .offset = AT(rows), .word = "N", .max = 10000000, .help = "functions that are listed; 0: all", .standard = "30" },
	STK_ACCESS_ROWS(struct settings, access),
	{ .name = "runs", .type = STK_OPTS_TEXT, .offset = AT(runs), .word = "DIR", .help = "where runs are kept", .standard = STK_RUN_STORE_ROOT },
	{ .name = "width", .type = STK_OPTS_INT, .offset = AT(width), .word = "N", .min = 40, .max = 1000, .help = "columns of the terminal", .standard = "that of the terminal" },
	{ .name = "color", .type = STK_OPTS_FLAG, .offset = AT(color), .help = "colours; --no-color for none", .standard = "on a terminal without NO_COLOR" },
	{ .name = NULL },
};
/* clang-format on */

extern const struct stk_command stk_cmd_diff;

/* --- ends ------------------------------------------------------------------------------------- */

/* What one end of --query asks for. */
struct asked {
	const char *query;
	const char *times[2];
	const char *names[2];
};

static int ask_end(struct stk_env *env, struct stk_source *source, const struct asked *asked,
	struct stk_end *out, struct stk_err *err)
{
	struct stk_ask ask = {.source = source};
	int64_t range[2] = {0, 0};
	char *title = stk_xasprintf("%s %s to %s", asked->query, asked->times[0], asked->times[1]);
	int rc = stk_expr_parse(stk_str_of(asked->query), &ask.expr, err);

	if (rc == 0)
		rc = stk_access_parse_range(env, asked->times, asked->names, range, err);
	ask.from_ns = range[0];
	ask.to_ns = range[1];
	if (rc == 0)
		rc = stk_end_ask(&ask, title, out, err);
	free(title);
	return rc;
}

static const char *first_of(const char *a, const char *b, const char *c)
{
	return a ? a : b ? b : c;
}

static int refuse_same(struct stk_err *err)
{
	stk_err_set(err, STK_E_INVAL, "both ends are the same");
	stk_err_hint(err, "say how the base differs: --base-from and --base-to, or --base-query");
	return STK_E_INVAL;
}

static int ask_ends(struct stk_env *env, const struct settings *settings,
	struct stk_end ends[STK_SIDES], struct stk_err *err)
{
	const char *from = first_of(settings->from, "now-1h", NULL);
	const char *to = first_of(settings->to, "now", NULL);
	const struct asked head = {settings->query, {from, to}, {"--from", "--to"}};
	const struct asked base = {first_of(settings->base_query, settings->query, NULL),
		{first_of(settings->base_from, from, NULL), first_of(settings->base_to, to, NULL)},
		{"--base-from", "--base-to"}};
	struct stk_source *source = NULL;
	int rc = 0;

	if (strcmp(base.query, head.query) == 0 && strcmp(base.times[0], from) == 0 &&
		strcmp(base.times[1], to) == 0)
		return refuse_same(err);
	rc = stk_access_settings_open(env, &settings->access, &source, err);
	if (rc == 0)
		rc = ask_end(env, source, &base, &ends[STK_SIDE_BASE], err);
	if (rc == 0)
		rc = ask_end(env, source, &head, &ends[STK_SIDE_HEAD], err);
	stk_source_close(source);
	return rc;
}

static int read_ends(const struct settings *settings, const struct stk_opts_args *args,
	struct stk_end ends[STK_SIDES], struct stk_err *err)
{
	const struct stk_end_opts opts = {settings->runs, settings->profile};
	int rc = 0;

	for (int side = 0; rc == 0 && side < STK_SIDES; side++)
		rc = stk_end_read(args->items.items[side], &opts, &ends[side], err);
	return rc;
}

static int open_ends(struct stk_env *env, const struct settings *settings,
	const struct stk_opts_args *args, struct stk_end ends[STK_SIDES], struct stk_err *err)
{
	const double requests[STK_SIDES] = {settings->base_requests, settings->requests};
	int rc = settings->query ? ask_ends(env, settings, ends, err)
				 : read_ends(settings, args, ends, err);

	for (int side = 0; rc == 0 && side < STK_SIDES; side++)
		if (requests[side] > 0)
			stk_end_set_requests(&ends[side], requests[side]);
	return rc;
}

/* --- forms ------------------------------------------------------------------------------------ */

/* The page of a report shows what was judged, per request; here it has the document's own words and
 * the flame graph. */
static void format_page(const struct stk_run *run, const struct stk_difference *difference,
	const struct stk_flame *flame, struct stk_buf *buf)
{
	struct stk_run bare = *run;
	struct stk_flames flames = STK_VEC_INIT;
	struct stk_doc doc = {.run = &bare};

	memset(&bare.comparisons, 0, sizeof bare.comparisons); /* they stay run's */
	stk_vec_push(&flames, *flame);                         /* lent: the caller releases it */
	stk_difference_doc_fill(difference, STK_HTML_ROWS_MAX, &doc);
	stk_html_format(&doc, &flames, buf);
	stk_doc_release(&doc);
	stk_vec_release(&flames);
}

static void format_doc(const struct settings *settings, const struct stk_difference *difference,
	struct stk_buf *buf)
{
	struct stk_term_opts term = {(int)settings->width, settings->color};
	struct stk_doc doc = {0};

	stk_difference_doc_fill(difference, (size_t)settings->rows, &doc);
	if (strcmp(settings->format, "markdown") == 0)
		stk_difference_doc_format_markdown(&doc, buf);
	else
		stk_term_format(&doc, &term, buf);
	stk_doc_release(&doc);
}

static void describe_run(struct stk_env *env, struct stk_run *run)
{
	run->id = run->name = "diff";
	run->version = stk_version();
	run->command = "stoker diff";
	run->start_ns = run->end_ns = stk_clock_wall(env->clock);
}

static int format_ends(struct stk_env *env, const struct settings *settings,
	const struct stk_end ends[STK_SIDES], struct stk_buf *buf, struct stk_err *err)
{
	bool is_page = strcmp(settings->format, "html") == 0;
	struct stk_difference difference = {0};
	struct stk_flame flame;
	struct stk_run run;
	int rc;

	if (strcmp(settings->format, "folded") == 0)
		return stk_ends_format_folded(ends, buf, err);
	stk_run_init(&run);
	stk_flame_init(&flame);
	describe_run(env, &run);
	rc = stk_ends_compare(ends, &run, &difference, is_page ? &flame : NULL, err);
	if (rc == 0 && is_page)
		format_page(&run, &difference, &flame, buf);
	else if (rc == 0 && strcmp(settings->format, "json") == 0)
		stk_difference_doc_format_json(&difference, (size_t)settings->rows, buf);
	else if (rc == 0)
		format_doc(settings, &difference, buf);
	stk_difference_release(&difference);
	stk_flame_release(&flame);
	stk_run_release(&run);
	return rc;
}

/* --- the command ------------------------------------------------------------------------------ */

static const struct stk_output_form forms[] = {{".html", "html"}, {".json", "json"},
	{".md", "markdown"}, {".folded", "folded"}, {NULL, NULL}};

static int check_args(
	const struct settings *settings, const struct stk_opts_args *args, struct stk_err *err)
{
	bool times = settings->base_query || settings->from || settings->to ||
		     settings->base_from || settings->base_to;

	if (settings->query && args->items.len > 0)
		return stk_err_set(err, STK_E_INVAL, "--query takes no files and no runs");
	if (settings->query && settings->profile)
		return stk_err_set(err, STK_E_INVAL, "with --query the type stands in the query");
	if (!settings->query && times)
		return stk_err_set(err, STK_E_INVAL, "times go with --query");
	if (!settings->requests != !settings->base_requests)
		return stk_err_set(err, STK_E_INVAL, "--requests and --base-requests go together");
	if (settings->requests < 0 || settings->base_requests < 0)
		return stk_err_set(err, STK_E_INVAL, "requests cannot be negative");
	if (settings->query || args->items.len == STK_SIDES)
		return 0;
	stk_err_set(err, STK_E_INVAL, "two files or runs are wanted, not %zu", args->items.len);
	stk_err_hint(err, "stoker diff old.pb.gz new.pb.gz, stoker diff last~1 last, or --query");
	return STK_E_INVAL;
}

static int diff(struct stk_env *env, const struct settings *settings,
	const struct stk_opts_args *args, struct stk_err *err)
{
	struct stk_end ends[STK_SIDES] = {{0}, {0}};
	struct stk_buf text = STK_BUF_EMPTY;
	int rc = check_args(settings, args, err);

	if (rc == 0)
		rc = open_ends(env, settings, args, ends, err);
	if (rc == 0)
		rc = format_ends(env, settings, ends, &text, err);
	if (rc == 0)
		rc = stk_buf_check(&text, err);
	if (rc == 0)
		rc = stk_output_write(env, settings->output, &text, err);
	for (int side = 0; side < STK_SIDES; side++)
		stk_end_release(&ends[side]);
	stk_buf_release(&text);
	return rc;
}

static int run(struct stk_env *env, int argc, char **argv)
{
	struct settings settings = {.runs = STK_RUN_STORE_ROOT,
		.rows = ROWS_STANDARD,
		.width = env->width,
		.color = env->color};
	struct stk_opts_args args = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;
	int code = stk_opts_read(env, &stk_cmd_diff, argc, argv, &settings, &args);

	if (!settings.format)
		settings.format = stk_output_form_of(settings.output, forms, "term");
	if (code < 0)
		code = diff(env, &settings, &args, &err) < 0 ? stk_opts_fail(env, &err)
							     : STK_EXIT_OK;
	stk_opts_release(rows, &settings, &args);
	return code;
}

const struct stk_command stk_cmd_diff = {
	.name = "diff",
	.summary = "two profiles, runs or stretches of time, function by function",
	.synopsis = "[options] A B | --query QUERY",
	.about = "A is the base, B the head. Each is a file (pprof or folded text, gzip'd or not) "
		 "or a saved run (last, last~1, an id, a folder; its head, or with :base behind it "
		 "its base). With --query both are stretches of time of a Pyroscope. Costs are per "
		 "request where requests are known, else per second where times are known, else as "
		 "they are. Runs and times with three slices and more on each side have intervals; "
		 "two files have none, which is said (docs/diff.md).\n\n"
		 "folded is what difffolded.pl writes; html is the page with the flame graph in "
		 "the colours of the change.",
	.examples = "stoker diff old.pb.gz new.pb.gz\n"
		    "stoker diff last~1 last  # this run against the one before\n"
		    "stoker diff last:base last --profile alloc_space -o diff.html\n"
		    "stoker diff --query 'cpu{service_name=\"shop\"}' \\\n"
		    "  --base-from now-25h --base-to now-24h",
	.options = rows,
	.run = run,
};
