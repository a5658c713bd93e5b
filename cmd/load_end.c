/* load_end: the record or the summary on stdout; the script's summary in place of it. */
#include "cmd/load_end.h"

#include <string.h>

#include "core/base/fs.h"
#include "core/base/json.h"
#include "core/record/run_json.h"
#include "core/report/load_summary.h"
#include "core/script/summary.h"

static bool is_json(const struct stk_load_end *end)
{
	return strcmp(end->settings->format, "json") == 0;
}

static void print(FILE *stream, struct stk_str text)
{
	fwrite(text.ptr, 1, text.len, stream);
}

/* --- the default -------------------------------------------------------------------- */

static void format_text(const struct stk_load_end *end, const struct stk_metrics *metrics,
	const struct stk_summary_wish *wish, struct stk_buf *buf)
{
	STK_VEC(struct stk_threshold_result) thresholds = STK_VEC_INIT;
	struct stk_load_summary summary = {.metrics = metrics,
		.generator = &end->run->generator,
		.trend_stats = (const char *const *)end->stats->items.items,
		.trend_stats_len = end->stats->items.len,
		.color = wish->color,
		.sections = metrics == &end->run->metrics ? end->sections : NULL,
		.full = wish->full};

	for (size_t i = 0; i < end->run->thresholds.len; i++)
		if (!wish->has || wish->has(wish->ctx, end->run->thresholds.items[i].metric))
			stk_vec_push(&thresholds, end->run->thresholds.items[i]);
	summary.thresholds = thresholds.items;
	summary.thresholds_len = thresholds.len;
	stk_load_summary_format(&summary, buf);
	stk_vec_release(&thresholds);
}

static void print_default(const struct stk_load_end *end)
{
	const struct stk_summary_wish wish = {
		.color = end->env->color, .full = strcmp(end->settings->summary, "full") == 0};
	struct stk_buf buf = STK_BUF_EMPTY;

	format_text(end, &end->run->metrics, &wish, &buf);
	print(end->env->out, stk_buf_str(&buf));
	stk_buf_release(&buf);
}

static void print_record(const struct stk_load_end *end)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_run_json_format(end->run, &buf);
	print(end->env->out, stk_buf_str(&buf));
	stk_buf_release(&buf);
}

/* --- the script's -------------------------------------------------------------------- */

/* stoker.summary.text: the same text, of the metrics that are wanted. */
static void text_for_script(void *ctx, const struct stk_summary_wish *wish, struct stk_buf *out)
{
	const struct stk_load_end *end = ctx;
	const struct stk_metrics *all = &end->run->metrics;
	struct stk_metrics some = *all; /* items: borrowed, some of them */
	struct stk_buf name = STK_BUF_EMPTY;

	memset(&some.items, 0, sizeof some.items);
	for (size_t i = 0; i < all->items.len; i++) {
		const struct stk_metric *metric = &all->items.items[i];

		stk_buf_clear(&name);
		stk_buf_add_text(&name, metric->name);
		if (metric->selector[0])
			stk_buf_addf(&name, "{%s}", metric->selector);
		if (wish->has(wish->ctx, name.ptr))
			stk_vec_push(&some.items, *metric);
	}
	if (!wish->has(wish->ctx, "checks"))
		memset(&some.checks, 0, sizeof some.checks);
	format_text(end, &some, wish, out);
	stk_vec_release(&some.items);
	stk_buf_release(&name);
}

static void warn_engine(void *ctx, const char *line)
{
	const struct stk_load_end *end = ctx;

	fprintf(end->env->err, "warning: %s\n", line);
}

static void complain(const struct stk_load_end *end, const struct stk_err *err)
{
	fprintf(end->env->err, "warning: summary: %s\n", err->msg);
	if (err->hint[0])
		fprintf(end->env->err, "  %s\n", err->hint);
}

/* A text that cannot be written does not keep the others back. */
static void put_part(const struct stk_load_end *end, const struct stk_summary_part *part)
{
	struct stk_err err = STK_ERR_INIT;

	if (strcmp(part->where, "stderr") == 0)
		print(end->env->err, part->text);
	else if (strcmp(part->where, "stdout") == 0) /* the record is alone on stdout */
		print(is_json(end) ? end->env->err : end->env->out, part->text);
	else if (stk_fs_write_below(".", part->where, part->text, &err) < 0)
		complain(end, &err);
}

/* Whether the script's summary stands in place of the default one. */
static bool show_script_s(const struct stk_load_end *end)
{
	struct stk_summary_result result = {.replaces = false};
	struct stk_summary_call call = {.env = end->env,
		.interrupts_seen = end->interrupts_seen,
		.color = end->env->color,
		.text = text_for_script,
		.warn = warn_engine,
		.ctx = (void *)(uintptr_t)end};
	const struct stk_summary_json summary = {&end->run->metrics, end->run->thresholds.items,
		end->run->thresholds.len, end->stats};
	const struct stk_summary_streams streams = {
		end->env->out_tty, end->env->err_tty, end->env->color};
	struct stk_err err = STK_ERR_INIT;
	bool replaces;

	call.data = stk_summary_json_data(&summary, &streams);
	if (stk_script_summarize(end->driver, end->plan, &call, &result, &err) < 0)
		complain(end, &err);
	replaces = result.replaces;
	for (size_t i = 0; replaces && i < result.parts.len; i++)
		put_part(end, &result.parts.items[i]);
	stk_json_free(call.data);
	stk_summary_result_release(&result);
	return replaces;
}

void stk_load_end_show(const struct stk_load_end *end)
{
	bool replaced = end->plan->has_summary && end->interrupts_seen < 2 && show_script_s(end);

	if (is_json(end))
		print_record(end);
	else if (!replaced)
		print_default(end);
	(void)fflush(end->env->out); /* a full disk is the caller's to notice */
}
