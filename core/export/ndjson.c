/* ndjson: a line for each metric and each sample, in k6's shape (reference k6 7.3). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/export/file.h"
#include "core/export/number.h"
#include "core/export/outputs.h"
#include "core/load/threshold.h"

struct ndjson {
	struct stk_export_file file;
	STK_VEC(char *) heads; /* by metric: how its points begin; NULL: not seen yet */
};

static const char *const types[] = {"counter", "gauge", "rate", "trend"};
static const char *const contains[] = {"default", "time", "data"};

static struct stk_json *threshold_of(const struct stk_threshold_spec *spec)
{
	struct stk_json *object;
	struct stk_buf delay = STK_BUF_EMPTY;

	if (!spec->abort)
		return stk_json_new_text(spec->expr);
	object = stk_json_new_object();
	stk_units_format_duration(&delay, spec->delay_ns);
	stk_json_put(object, "threshold", stk_json_new_text(spec->expr));
	stk_json_put(object, "abortOnFail", stk_json_new_bool(true));
	stk_json_put(object, "delayAbortEval", stk_json_new_text(delay.ptr));
	stk_buf_release(&delay);
	return object;
}

static bool has_submetric(const struct stk_json *list, const char *name)
{
	for (size_t i = 0; i < stk_json_len(list); i++)
		if (strcmp(stk_json_text(stk_json_get(stk_json_at(list, i), "name"), ""), name) ==
			0)
			return true;
	return false;
}

static void add_submetric(struct stk_json *list, const struct stk_tag_selector *selector)
{
	struct stk_json *object = stk_json_new_object(), *tags = stk_json_new_object();
	struct stk_arena arena = STK_ARENA_INIT;
	const char *name = stk_tag_selector_format(selector, &arena);

	if (!has_submetric(list, name)) {
		for (size_t i = 0; i < selector->tags.len; i++)
			stk_json_put(tags, selector->tags.items[i].key,
				stk_json_new_text(selector->tags.items[i].value));
		stk_json_put(object, "name", stk_json_new_text(name));
		stk_json_put(object, "suffix", stk_json_new_text(selector->canonical));
		stk_json_put(object, "tags", stk_json_ref(tags));
		stk_json_push(list, stk_json_ref(object));
	}
	stk_json_free(tags);
	stk_json_free(object);
	stk_arena_release(&arena);
}

/* Of a threshold's metric, if it is the wanted one: the threshold, or its submetric. */
static void add_limit(const char *name, const char *text, const struct stk_threshold_spec *spec,
	struct stk_json *thresholds, struct stk_json *submetrics)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_tag_selector selector = {.metric = NULL};

	if (stk_tag_selector_parse(stk_str_of(text), &arena, &selector, NULL) == 0 &&
		strcmp(selector.metric, name) == 0) {
		if (selector.tags.len > 0)
			add_submetric(submetrics, &selector);
		else if (spec)
			stk_json_push(thresholds, threshold_of(spec));
	}
	stk_vec_release(&selector.tags);
	stk_arena_release(&arena);
}

static void add_metric_line(struct stk_buf *lines, const struct stk_export_metric *metric)
{
	struct stk_json *line = stk_json_new_object(), *data = stk_json_new_object();
	struct stk_json *thresholds = stk_json_new_array(), *submetrics = stk_json_new_array();

	for (size_t i = 0; i < metric->plan->thresholds.len; i++)
		add_limit(metric->name, metric->plan->thresholds.items[i].metric,
			&metric->plan->thresholds.items[i], thresholds, submetrics);
	add_limit(metric->name, "http_req_duration{expected_response:true}", NULL, thresholds,
		submetrics);
	if (stk_json_len(submetrics) == 0) {
		stk_json_free(submetrics);
		submetrics = stk_json_new_null();
	}
	stk_json_put(data, "name", stk_json_new_text(metric->name));
	stk_json_put(data, "type", stk_json_new_text(types[metric->type]));
	stk_json_put(data, "contains", stk_json_new_text(contains[metric->unit]));
	stk_json_put(data, "thresholds", thresholds);
	stk_json_put(data, "submetrics", submetrics);
	stk_json_put(line, "type", stk_json_new_text("Metric"));
	stk_json_put(line, "data", data);
	stk_json_put(line, "metric", stk_json_new_text(metric->name));
	stk_json_format(line, STK_JSON_COMPACT, lines);
	stk_buf_add_byte(lines, '\n');
	stk_json_free(line);
}

/* Names are identifiers (reference k6 2.1): nothing to escape. */
static const char *head_of(struct ndjson *it, const struct stk_export_metric *metric)
{
	struct stk_buf head = STK_BUF_EMPTY;

	while (it->heads.len <= metric->number)
		stk_vec_push(&it->heads, NULL);
	if (!it->heads.items[metric->number]) {
		add_metric_line(&it->file.lines, metric);
		stk_buf_addf(&head, "{\"metric\":\"%s\",\"type\":\"Point\",\"data\":{\"time\":\"",
			metric->name);
		it->heads.items[metric->number] = stk_buf_take(&head, NULL);
	}
	return it->heads.items[metric->number];
}

static void sample(void *ctx, const struct stk_output_sample *one)
{
	struct ndjson *it = ctx;
	const char *head = head_of(it, one->metric);
	struct stk_buf *lines = &it->file.lines;

	stk_buf_add_text(lines, head);
	stk_number_add_time(lines, one->wall_ns);
	stk_buf_add_text(lines, "\",\"value\":");
	stk_number_add(lines, one->value);
	stk_buf_add_text(lines, ",\"tags\":");
	stk_buf_add_str(lines, one->tags->json);
	stk_buf_add_text(lines, "}}\n");
}

static void tick(void *ctx, struct stk_totals *totals, int64_t now_ns)
{
	struct ndjson *it = ctx;

	(void)totals;
	stk_export_file_tick(&it->file, now_ns);
}

static void stop(void *ctx, struct stk_totals *totals, struct stk_buf *said)
{
	struct ndjson *it = ctx;

	(void)totals;
	stk_export_file_close(&it->file, "json", said);
}

static void free_it(void *ctx)
{
	struct ndjson *it = ctx;

	for (size_t i = 0; i < it->heads.len; i++)
		free(it->heads.items[i]);
	stk_vec_release(&it->heads);
	stk_export_file_release(&it->file);
	free(it);
}

int stk_ndjson_make(
	const struct stk_output_request *request, struct stk_output *out, struct stk_err *err)
{
	static const struct stk_output_ops ops = {sample, false, tick, stop, free_it};
	struct ndjson *it = stk_xcalloc(1, sizeof *it);
	int rc = stk_export_file_open(&it->file, request->arg, request->env, err);

	if (rc < 0) {
		free_it(it);
		return rc;
	}
	*out = (struct stk_output){&ops, it};
	return 0;
}
