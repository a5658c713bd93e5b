/* pull: `stoker pull QUERY`: profiles of a stretch of time out of a Pyroscope, in any form. */
#include <stdlib.h>
#include <string.h>

#include "cmd/access.h"
#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "cmd/output.h"
#include "core/profile/flamebearer.h"
#include "core/profile/folded.h"
#include "core/profile/pprof.h"
#include "core/pyroscope/types.h"
#include "core/report/term.h"
#include "core/report/top.h"

#define ROWS_STANDARD 30

struct settings {
	struct stk_access_settings access;
	const char *from, *to, *format, *output;
	int64_t rows, width;
	bool color;
};

#define AT(member) offsetof(struct settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "from", .type = STK_OPTS_TEXT, .offset = AT(from), .word = "TIME", .help = "start: now-1h, RFC 3339, a date, seconds or ms", .standard = "now-1h" },
	{ .name = "to", .type = STK_OPTS_TEXT, .offset = AT(to), .word = "TIME", .help = "end", .standard = "now" },
	{ .name = "format", .letter = 'f', .type = STK_OPTS_CHOICE, .offset = AT(format), .word = "WORD", .values = "top|json|pprof|folded|flamegraph", .help = "what to write", .standard = "top; with -o what its name says" },
	{ .name = "output", .letter = 'o', .type = STK_OPTS_TEXT, .offset = AT(output), .word = "FILE", .help = "where to; - is standard output" },
	{ .name = "rows", .letter = 'n', .type = STK_OPTS_INT, .offset = AT(rows), .word = "N", .max = 10000000, .help = "functions of top and json; 0: all", .standard = "30" },
	STK_ACCESS_ROWS(struct settings, access),
	{ .name = "width", .type = STK_OPTS_INT, .offset = AT(width), .word = "N", .min = 40, .max = 1000, .help = "columns of the terminal", .standard = "that of the terminal" },
	{ .name = "color", .type = STK_OPTS_FLAG, .offset = AT(color), .help = "colours; --no-color for none", .standard = "on a terminal without NO_COLOR" },
	{ .name = NULL },
};
/* clang-format on */

extern const struct stk_command stk_cmd_pull;

/* What was pulled. */
struct pulled {
	const char *query;
	int64_t range[2];
	struct stk_profile *profile;
	char *type_id;
};

/* --- forms ------------------------------------------------------------------------------------ */

static void write_flamegraph(const struct pulled *pulled, struct stk_buf *buf)
{
	struct stk_flamebearer flame = STK_FLAMEBEARER_INIT;
	struct stk_flamebearer_meta meta;
	struct stk_types_id id = {0};
	struct stk_tree tree;

	stk_tree_init(&tree);
	stk_tree_add_profile(&tree, pulled->profile, 0);
	stk_tree_finish(&tree);
	stk_flamebearer_set_tree(&flame, &tree, 0);
	(void)!stk_types_parse(stk_str_of(pulled->type_id), &id, NULL); /* it was found by it */
	stk_flamebearer_describe(&meta, id.sample_type, id.sample_unit);
	stk_flamebearer_write_legacy(&flame, &meta, buf);
	stk_buf_add_byte(buf, '\n');
	stk_flamebearer_release(&flame);
	stk_tree_release(&tree);
}

static void write_top(const struct settings *settings, const struct pulled *pulled, bool is_json,
	struct stk_buf *buf)
{
	const struct stk_profile *profile = pulled->profile;
	char *unit = stk_str_dup(stk_profile_string(profile, profile->types.items[0].unit));
	struct stk_top top = {.profile = profile,
		.title = pulled->query,
		.type_id = pulled->type_id,
		.unit = unit,
		.from_ns = pulled->range[0],
		.to_ns = pulled->range[1],
		.rows_max = (size_t)settings->rows};
	struct stk_term_opts term = {(int)settings->width, settings->color};
	struct stk_doc doc = {0};

	if (is_json) {
		stk_top_format_json(&top, buf);
	} else {
		stk_top_fill_doc(&top, &doc);
		stk_term_format(&doc, &term, buf);
		stk_doc_release(&doc);
	}
	free(unit);
}

static int format_pulled(const struct settings *settings, const struct pulled *pulled,
	struct stk_buf *buf, struct stk_err *err)
{
	int rc = 0;

	if (strcmp(settings->format, "pprof") == 0)
		rc = stk_pprof_encode_gzip(pulled->profile, buf, err);
	else if (strcmp(settings->format, "folded") == 0)
		stk_folded_write(pulled->profile, 0, buf);
	else if (strcmp(settings->format, "flamegraph") == 0)
		write_flamegraph(pulled, buf);
	else
		write_top(settings, pulled, strcmp(settings->format, "json") == 0, buf);
	return rc < 0 ? rc : stk_buf_check(buf, err);
}

/* --- the command ------------------------------------------------------------------------------ */

static const struct stk_output_form forms[] = {{".pb.gz", "pprof"}, {".pprof", "pprof"},
	{".pb", "pprof"}, {".folded", "folded"}, {".collapsed", "folded"}, {".txt", "folded"},
	{".json", "flamegraph"}, {NULL, NULL}};

static int refuse_terminal(
	struct stk_env *env, const struct settings *settings, struct stk_err *err)
{
	if (settings->output || !env->out_tty || strcmp(settings->format, "pprof") != 0)
		return 0;
	stk_err_set(err, STK_E_INVAL, "pprof is no text for a terminal");
	stk_err_hint(err, "write it to a file: -o cpu.pb.gz, then go tool pprof cpu.pb.gz");
	return STK_E_INVAL;
}

static int pull(
	struct stk_env *env, struct settings *settings, const char *query, struct stk_err *err)
{
	static const char *const names[2] = {"--from", "--to"};
	const char *const times[2] = {settings->from, settings->to};
	struct pulled pulled = {.query = query};
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_ask ask = {NULL};
	int rc = refuse_terminal(env, settings, err);

	if (rc == 0)
		rc = stk_expr_parse(stk_str_of(query), &ask.expr, err);
	if (rc == 0)
		rc = stk_access_parse_range(env, times, names, pulled.range, err);
	if (rc == 0)
		rc = stk_access_settings_open(env, &settings->access, &ask.source, err);
	ask.from_ns = pulled.range[0];
	ask.to_ns = pulled.range[1];
	if (rc == 0)
		rc = stk_ask_profile(&ask, &pulled.profile, &pulled.type_id, err);
	if (rc == 0)
		rc = format_pulled(settings, &pulled, &bytes, err);
	if (rc == 0)
		rc = stk_output_write(env, settings->output, &bytes, err);
	stk_buf_release(&bytes);
	stk_profile_free(pulled.profile);
	free(pulled.type_id);
	stk_source_close(ask.source);
	return rc;
}

static int run(struct stk_env *env, int argc, char **argv)
{
	struct settings settings = {.from = "now-1h",
		.to = "now",
		.rows = ROWS_STANDARD,
		.width = env->width,
		.color = env->color};
	struct stk_opts_args args = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;
	int code = stk_opts_read(env, &stk_cmd_pull, argc, argv, &settings, &args);

	if (code < 0 && args.items.len != 1) {
		stk_err_set(&err, STK_E_INVAL, "one query is wanted, not %zu", args.items.len);
		stk_err_hint(&err, "stoker pull 'cpu{service_name=\"x\"}'   (in quotes)");
		code = stk_opts_fail(env, &err);
	}
	if (!settings.format)
		settings.format = stk_output_form_of(settings.output, forms, "top");
	if (code < 0)
		code = pull(env, &settings, args.items.items[0], &err) < 0
			       ? stk_opts_fail(env, &err)
			       : STK_EXIT_OK;
	stk_opts_release(rows, &settings, &args);
	return code;
}

const struct stk_command stk_cmd_pull = {
	.name = "pull",
	.summary = "profiles of a stretch of time out of a Pyroscope",
	.synopsis = "[options] QUERY",
	.about =
		"QUERY is what Grafana's Explore shows: a profile type and a selector, "
		"process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name=\"x\"}. A short name "
		"does as well (cpu, alloc_space, inuse_space, goroutine, mutex, block, wall), and "
		"without a type it is cpu. Everything that matches is added up. Written as a table "
		"of functions, as JSON (docs/pull.md), as pprof for go tool pprof, as folded text, "
		"or as the flame-graph document of /pyroscope/render.",
	.examples = "stoker pull 'cpu{service_name=\"shop\"}'  # the last hour as a table\n"
		    "stoker pull 'cpu{service_name=\"shop\"}' --from now-15m -o cpu.pb.gz\n"
		    "stoker pull '{service_name=\"shop\"}' -f folded | flamegraph.pl > cpu.svg",
	.options = rows,
	.run = run,
};
