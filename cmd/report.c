/* report: `stoker report RUN`: a saved run again, in any form. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "core/base/fs.h"
#include "core/record/run_store.h"
#include "core/report/format.h"
#include "core/report/html.h"

struct report_opts {
	const char *format;
	const char *runs;
	int64_t width;
	bool color;
};

/* clang-format off */
static const struct stk_opts_row report_rows[] = {
	{ "format", 'f', STK_OPTS_CHOICE, offsetof(struct report_opts, format), "WORD", "what to print", "term", "term|html|markdown|json|comment|sarif|junit|codequality", 0, 0, false, NULL },
	{ "runs", 0, STK_OPTS_TEXT, offsetof(struct report_opts, runs), "DIR", "where runs are kept", STK_RUN_STORE_ROOT, NULL, 0, 0, false, NULL },
	{ "width", 0, STK_OPTS_INT, offsetof(struct report_opts, width), "N", "columns of the terminal", "that of the terminal", NULL, 40, 1000, false, NULL },
	{ "color", 0, STK_OPTS_FLAG, offsetof(struct report_opts, color), NULL, "colours; --no-color for none", "on a terminal without NO_COLOR", NULL, 0, 0, false, NULL },
	{ .name = NULL },
};
/* clang-format on */

extern const struct stk_command stk_cmd_report;

/* The page takes the flame graphs from the record's folder; path is that or its run.json. */
static int format_page(
	struct stk_doc *doc, const char *path, struct stk_buf *buf, struct stk_err *err)
{
	char *dir = stk_fs_is_dir(path) ? stk_xstrdup(path) : stk_fs_dirname(path);
	struct stk_flames flames = STK_VEC_INIT;
	int rc = stk_flame_read_all(dir, doc->run, &flames, err);

	if (rc == 0)
		stk_html_format(doc, &flames, buf);
	stk_flames_release(&flames);
	free(dir);
	return rc;
}

static int format_run(const struct stk_run *run, const struct report_opts *opts, const char *path,
	struct stk_buf *buf, struct stk_err *err)
{
	struct stk_format_opts format = {.term = {.width = (int)opts->width, .color = opts->color}};
	struct stk_doc doc;
	int rc = 0;

	stk_doc_init(&doc, run);
	if (strcmp(opts->format, "html") == 0)
		rc = format_page(&doc, path, buf, err);
	else
		stk_format_find(opts->format)->format(&doc, &format, buf);
	stk_doc_release(&doc);
	return rc;
}

static int print_report(struct stk_env *env, const struct report_opts *opts, const char *word)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_run run;
	char *path = NULL;
	int code = STK_EXIT_OK;

	stk_run_init(&run);
	int rc = stk_run_store_find(opts->runs, word, &path, &err);
	if (rc == 0)
		rc = stk_run_store_read(path, &run, &err);
	if (rc == 0)
		rc = format_run(&run, opts, path, &buf, &err);
	if (rc == 0)
		rc = stk_buf_check(&buf, &err);
	if (rc == 0)
		fwrite(buf.ptr, 1, buf.len, env->out);
	else
		code = stk_opts_fail(env, &err);
	free(path);
	stk_buf_release(&buf);
	stk_run_release(&run);
	return code;
}

static int report_run(struct stk_env *env, int argc, char **argv)
{
	struct report_opts opts = {.format = "term",
		.runs = STK_RUN_STORE_ROOT,
		.width = env->width,
		.color = env->color};
	struct stk_opts_args args = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;

	int code = stk_opts_read(env, &stk_cmd_report, argc, argv, &opts, &args);
	if (code < 0 && args.items.len > 1) {
		stk_err_set(&err, STK_E_INVAL, "one run at a time, '%s' is a second one",
			args.items.items[1]);
		code = stk_opts_fail(env, &err);
	}
	if (code < 0)
		code = print_report(env, &opts, args.items.len > 0 ? args.items.items[0] : "last");
	stk_opts_release(report_rows, &opts, &args);
	return code;
}

const struct stk_command stk_cmd_report = {
	.name = "report",
	.summary = "a saved run again, in any format",
	.synopsis = "[options] [RUN]",
	.about = "RUN is last (the default), last~1, an id or the beginning of one, or the path of "
		 "a "
		 "record's folder or run.json.",
	.examples = "stoker report\nstoker report last~1 --format markdown\n"
		    "stoker report last --format html > report.html\n"
		    "stoker report 20261122-1438 --format json",
	.options = report_rows,
	.run = report_run,
};
