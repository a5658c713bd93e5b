/* load_outputs: --out, --grafana, --summary-export and --junit of a load test. */
#include "cmd/load_outputs.h"

#include "core/base/fs.h"
#include "core/export/grafana.h"
#include "core/report/junit.h"

#define TOKEN_ENV "GRAFANA_TOKEN"

int stk_load_outputs_start(struct stk_load_outputs *outputs, struct stk_env *env,
	const struct stk_load_settings *settings, struct stk_err *err)
{
	outputs->env = env;
	outputs->settings = settings;
	return stk_outlets_start(
		&outputs->outlets, settings->outs.texts.items, settings->outs.texts.len, env, err);
}

/* --- the mark in Grafana -------------------------------------------------------------- */

static void mark(struct stk_load_outputs *outputs, const struct stk_plan *plan, const char *text,
	int64_t wall_ns, struct stk_buf *said)
{
	struct stk_secret token = STK_SECRET_INIT;
	struct stk_grafana grafana = {.url = outputs->settings->grafana,
		.token = &token,
		.text = text,
		.run_id = plan->run_id,
		.tags = plan->tags.items,
		.tags_len = plan->tags.len};
	struct stk_err err = STK_ERR_INIT;
	int rc;

	stk_secret_init(&token, stk_str_of(stk_env_get(outputs->env, TOKEN_ENV)));
	if (outputs->has_mark) {
		rc = stk_grafana_end(&grafana, outputs->mark, wall_ns, &err);
	} else {
		rc = stk_grafana_start(&grafana, wall_ns, &outputs->mark, &err);
		outputs->has_mark = rc == 0;
	}
	if (rc < 0)
		stk_buf_addf(said, "the run is not marked: %s\n", err.msg);
	stk_secret_release(&token);
}

void stk_load_outputs_begun(struct stk_load_outputs *outputs, const struct stk_plan *plan,
	int64_t wall_ns, struct stk_buf *said)
{
	if (outputs->settings->grafana)
		mark(outputs, plan, "load test", wall_ns, said);
}

void stk_load_outputs_ended(struct stk_load_outputs *outputs, const struct stk_plan *plan,
	const struct stk_load_result *result, struct stk_buf *said)
{
	const char *text = result->thresholds_ok ? "load test" : "load test: thresholds crossed";

	stk_outlets_stop(&outputs->outlets, said);
	if (outputs->has_mark)
		mark(outputs, plan, text, result->end_wall_ns, said);
}

void stk_load_outputs_release(struct stk_load_outputs *outputs)
{
	struct stk_buf unsaid = STK_BUF_EMPTY; /* the load never began */

	stk_outlets_stop(&outputs->outlets, &unsaid);
	stk_outlets_release(&outputs->outlets);
	stk_buf_release(&unsaid);
}

/* --- at the end ----------------------------------------------------------------------- */

static int write_summary(const char *path, const struct stk_run *run,
	const struct stk_trend_stats *stats, struct stk_err *err)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	const struct stk_summary_json summary = {
		&run->metrics, run->thresholds.items, run->thresholds.len, stats};
	int rc;

	stk_summary_json_format(&summary, &buf);
	rc = stk_fs_write(path, stk_buf_str(&buf), err);
	stk_buf_release(&buf);
	return rc;
}

int stk_load_files_write(const struct stk_load_files *files, const struct stk_run *run,
	const struct stk_trend_stats *stats, struct stk_err *err)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	int rc = 0;

	if (files->summary_export)
		rc = write_summary(files->summary_export, run, stats, err);
	if (rc == 0 && files->junit) {
		stk_junit_format_load(run, &buf);
		rc = stk_fs_write(files->junit, stk_buf_str(&buf), err);
	}
	stk_buf_release(&buf);
	return rc;
}
