/* run_json: run.json: a head that says what it is, one line per thing, unknown members ignored. */
#include "core/record/run_json.h"

#include "core/base/json.h"
#include "core/record/counts_json.h"
#include "core/record/metric_json.h"
#include "core/record/run_shape.h"
#include "core/record/series_json.h"

#define DOCUMENT "stoker.run"

static void add_value(struct stk_buf *buf, const struct stk_json *value)
{
	size_t len = stk_json_len(value);

	if (stk_json_type(value) != STK_JSON_ARRAY || len == 0) {
		stk_json_format(value, STK_JSON_COMPACT, buf);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		stk_buf_add_text(buf, i == 0 ? "[\n  " : ",\n  ");
		stk_json_format(stk_json_at(value, i), STK_JSON_COMPACT, buf);
	}
	stk_buf_add_text(buf, "\n ]");
}

struct writer {
	struct stk_buf *buf;
	const char *before;
};

static int add_member(struct stk_str key, struct stk_json *value, void *ctx)
{
	struct writer *writer = ctx;

	stk_buf_addf(writer->buf, "%s \"%.*s\": ", writer->before, STK_STR_ARG(key));
	add_value(writer->buf, value);
	writer->before = ",\n";
	return 0;
}

void stk_run_json_format(const struct stk_run *run, struct stk_buf *buf)
{
	struct stk_json *object = stk_fields_write(&stk_run_shape, run);
	struct writer writer = {buf, ",\n"};

	stk_json_put(object, "metrics", stk_metric_json_write(&run->metrics));
	stk_json_put(object, "series", stk_series_json_write(&run->series));
	stk_buf_addf(buf, "{\n \"document\": \"" DOCUMENT "\",\n \"schema\": %d", STK_RUN_SCHEMA);
	(void)stk_json_each(object, add_member, &writer); /* add_member never stops it */
	stk_buf_add_text(buf, "\n}\n");
	stk_json_free(object);
}

static int check_head(const struct stk_json *object, struct stk_err *err)
{
	int64_t schema = 0;

	if (!stk_str_is(stk_json_str(stk_json_get(object, "document")), DOCUMENT))
		return stk_err_set(
			err, STK_E_FORMAT, "not a run record (no \"document\": \"%s\")", DOCUMENT);
	int rc = stk_json_need_int(object, "schema", &schema, err);
	if (rc == 0 && schema != STK_RUN_SCHEMA) {
		rc = stk_err_set(err, STK_E_FORMAT, "schema %lld, this stoker reads %d",
			(long long)schema, STK_RUN_SCHEMA);
		stk_err_hint(err, "read it with the stoker that wrote it");
	}
	return rc;
}

/* What renderers and sums may rely on: times they can subtract. */
static int check_times(const struct stk_run *run, struct stk_err *err)
{
	const int64_t most = INT64_MAX / 2;

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];
		if (window->start_ns < 0 || window->end_ns < window->start_ns ||
			window->end_ns > most)
			return stk_err_set(
				err, STK_E_FORMAT, "windows[%zu]: ends before it starts", i);
	}
	for (size_t i = 0; i < run->slices.len; i++) {
		const struct stk_slice *slice = &run->slices.items[i];
		if (slice->start_ns < 0 || slice->end_ns < slice->start_ns || slice->end_ns > most)
			return stk_err_set(
				err, STK_E_FORMAT, "slices[%zu]: ends before it starts", i);
	}
	if (run->start_ns < 0 || run->start_ns > most || run->end_ns < 0 || run->end_ns > most)
		return stk_err_set(err, STK_E_FORMAT, "start_ns, end_ns: no such time");
	return 0;
}

/* A tree of values takes many times the memory of its text ("[]," is 3 bytes and 130): their number
 * is bounded before they are made. */
static int check_count(struct stk_str text, struct stk_err *err)
{
	size_t values = 0, lists = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (in_string) {
			i += c == '\\';
			in_string = c != '"';
			continue;
		}
		in_string = c == '"';
		values += c == ',';
		lists += c == '[' || c == '{';
	}
	if (values > STK_RUN_JSON_MAX_VALUES || lists > STK_RUN_JSON_MAX_LISTS)
		return stk_err_set(err, STK_E_TOO_LARGE,
			"%zu values in %zu lists and objects, at most %d in %d are read", values,
			lists, STK_RUN_JSON_MAX_VALUES, STK_RUN_JSON_MAX_LISTS);
	return 0;
}

int stk_run_json_parse(struct stk_str text, struct stk_run *run, struct stk_err *err)
{
	struct stk_json *object = NULL;
	size_t budget = STK_COUNTS_JSON_MAX;
	int rc;

	if (text.len > STK_RUN_JSON_MAX_BYTES)
		return stk_err_set(err, STK_E_TOO_LARGE, "%zu bytes, at most %zu are read",
			text.len, STK_RUN_JSON_MAX_BYTES);
	rc = check_count(text, err);
	if (rc == 0)
		rc = stk_json_parse(text, &object, err);
	if (rc == 0)
		rc = check_head(object, err);
	if (rc == 0)
		rc = stk_fields_read(&stk_run_shape, object, run, &run->arena, err);
	if (rc == 0)
		rc = check_times(run, err);
	if (rc == 0 && stk_json_get(object, "metrics")) {
		rc = stk_metric_json_read(
			stk_json_get(object, "metrics"), &budget, &run->metrics, err);
		if (rc < 0)
			stk_err_wrap(err, "metrics");
	}
	if (rc == 0 && stk_json_get(object, "series")) {
		rc = stk_series_json_read(
			stk_json_get(object, "series"), &budget, &run->series, err);
		if (rc < 0)
			stk_err_wrap(err, "series");
	}
	stk_json_free(object);
	return rc;
}
