/* merge: the records of all segments of one load test, as the record of the whole. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "cmd/load_outputs.h"
#include "core/base/mem.h"
#include "core/load/threshold.h"
#include "core/record/run_json.h"
#include "core/record/run_merge.h"
#include "core/record/run_store.h"
#include "core/report/load_summary.h"

extern const struct stk_command stk_cmd_merge;

enum { RECORDS_MAX = 1000 };

struct merge_settings {
	const char *format, *summary, *runs, *trend_stats;
	struct stk_load_files files;
};

#define AT(member) offsetof(struct merge_settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "summary", .type = STK_OPTS_CHOICE, .offset = AT(summary), .word = "HOW", .values = "compact|full", .help = "how much the end shows", .standard = "compact" },
	{ .name = "summary-export", .type = STK_OPTS_TEXT, .offset = AT(files.summary_export), .word = "FILE", .help = "write the end as k6's JSON" },
	{ .name = "summary-trend-stats", .type = STK_OPTS_TEXT, .offset = AT(trend_stats), .word = "LIST", .help = "columns of trends", .standard = "avg,min,med,max,p(90),p(95)" },
	{ .name = "junit", .type = STK_OPTS_TEXT, .offset = AT(files.junit), .word = "FILE", .help = "write thresholds and checks as JUnit XML" },
	{ .name = "format", .type = STK_OPTS_CHOICE, .offset = AT(format), .word = "FORMAT", .values = "text|json", .help = "of the result on stdout", .standard = "text" },
	{ .name = "runs", .type = STK_OPTS_TEXT, .offset = AT(runs), .word = "DIR", .help = "where records are kept", .standard = STK_RUN_STORE_ROOT },
	{ .name = NULL },
};
/* clang-format on */

static int read_all(const struct stk_opts_args *args, const char *root, struct stk_run *runs,
	struct stk_err *err)
{
	for (size_t i = 0; i < args->items.len; i++) {
		char *path = NULL;
		int rc = stk_run_store_find(root, args->items.items[i], &path, err);

		if (rc == 0)
			rc = stk_run_store_read(path, &runs[i], err);
		free(path);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* What each part ended with counts, but for thresholds: those are judged over the whole. */
static int judge(struct stk_run *out, const struct stk_run *runs, size_t len, struct stk_err *err)
{
	int code = STK_EXIT_OK;

	for (size_t i = 0; i < len; i++)
		if (runs[i].exit_code != STK_EXIT_THRESHOLD)
			code = stk_exit_worse(code, runs[i].exit_code);
	for (size_t i = 0; i < out->thresholds.len; i++) {
		struct stk_threshold_result *threshold = &out->thresholds.items[i];
		int rc = stk_threshold_judge_again(&out->metrics, threshold, err);

		if (rc < 0)
			return rc;
		if (!threshold->ok)
			code = stk_exit_worse(code, STK_EXIT_THRESHOLD);
	}
	out->exit_code = code;
	return 0;
}

static void print(struct stk_env *env, const struct merge_settings *settings,
	const struct stk_run *run, const struct stk_trend_stats *stats)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	if (strcmp(settings->format, "json") == 0) {
		stk_run_json_format(run, &buf);
	} else {
		struct stk_load_summary summary = {.metrics = &run->metrics,
			.thresholds = run->thresholds.items,
			.thresholds_len = run->thresholds.len,
			.generator = &run->generator,
			.trend_stats = (const char *const *)stats->items.items,
			.trend_stats_len = stats->items.len,
			.color = env->color,
			.full = strcmp(settings->summary, "full") == 0};

		stk_load_summary_format(&summary, &buf);
	}
	fwrite(buf.ptr, 1, buf.len, env->out);
	stk_buf_release(&buf);
	for (size_t i = 0; i < run->notes.len; i++)
		if (run->notes.items[i].level == STK_NOTE_WARN)
			fprintf(env->err, "warning: %s\n", run->notes.items[i].text);
}

static int merge(struct stk_env *env, const struct merge_settings *settings,
	const struct stk_opts_args *args)
{
	size_t len = args->items.len;
	struct stk_run *runs = stk_xcalloc(len + 1, sizeof *runs), out;
	const struct stk_run **list = stk_xcalloc(len + 1, sizeof *list);
	struct stk_trend_stats stats = {0};
	struct stk_err err = STK_ERR_INIT;
	int code, rc = stk_trend_stats_parse(settings->trend_stats, &stats, &err);

	stk_run_init(&out);
	for (size_t i = 0; i < len; i++) {
		stk_run_init(&runs[i]);
		list[i] = &runs[i];
	}
	if (rc == 0)
		rc = read_all(args, settings->runs, runs, &err);
	if (rc == 0)
		rc = stk_run_merge(list, len, &out, &err);
	if (rc == 0)
		rc = judge(&out, runs, len, &err);
	if (rc == 0)
		print(env, settings, &out, &stats);
	if (rc == 0)
		rc = stk_load_files_write(&settings->files, &out, &stats, &err);
	code = rc < 0 ? stk_opts_fail(env, &err) : out.exit_code;
	for (size_t i = 0; i < len; i++)
		stk_run_release(&runs[i]);
	stk_run_release(&out);
	stk_trend_stats_release(&stats);
	free(list);
	free(runs);
	return code;
}

static int run_merge(struct stk_env *env, int argc, char **argv)
{
	struct merge_settings settings = {
		.format = "text", .summary = "compact", .runs = STK_RUN_STORE_ROOT};
	struct stk_opts_args args = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;
	int code = stk_opts_read(env, &stk_cmd_merge, argc, argv, &settings, &args);

	if (code < 0 && (args.items.len < 1 || args.items.len > RECORDS_MAX)) {
		stk_err_set(&err, STK_E_INVAL, "1 to %d records are wanted, not %zu", RECORDS_MAX,
			args.items.len);
		stk_err_hint(
			&err, "stoker merge part-0.json part-1.json   (see: stoker merge --help)");
		code = stk_opts_fail(env, &err);
	}
	if (code < 0)
		code = merge(env, &settings, &args);
	stk_opts_release(rows, &settings, &args);
	return code;
}

const struct stk_command stk_cmd_merge = {
	.name = "merge",
	.summary = "records of the segments of one load test as the record of the whole",
	.synopsis = "[options] RECORD...",
	.about = "RECORD is what stoker load --format json printed, for each segment of a plan "
		 "(--execution-segment). Counters add, histograms merge bucket by bucket, "
		 "thresholds "
		 "are judged over the whole; nothing is averaged. Records of different plans, and "
		 "segments that overlap or are missing, are refused.",
	.examples = "stoker merge part-*.json  # the summary of the whole\n"
		    "stoker merge --format json part-*.json > whole.json  # its record\n"
		    "stoker merge --summary-export end.json part-*.json  # as k6 writes it",
	.options = rows,
	.run = run_merge,
};
