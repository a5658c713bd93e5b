/* csv_out: a line for each sample, in k6's columns (reference k6 7.4). */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/export/file.h"
#include "core/export/number.h"
#include "core/export/outputs.h"

/* k6's system tags that are on as a rule, sorted. */
static const char *const columns[] = {"check", "error", "error_code", "expected_response", "group",
	"method", "name", "proto", "scenario", "service", "status", "subproto", "tls_version",
	"url"};

enum time_format { UNIX_S, UNIX_MS, UNIX_US, UNIX_NS, RFC3339_S, RFC3339_NS };
static const char *const time_formats[] = {
	"unix", "unix_milli", "unix_micro", "unix_nano", "rfc3339", "rfc3339_nano"};

struct csv_out {
	struct stk_export_file file;
	enum time_format format;
	struct stk_buf extra;
};

/* RFC 4180; as Go writes it, also around a field that starts with a blank. */
static void add_field(struct stk_buf *lines, struct stk_str text)
{
	bool quoted = text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t');

	for (size_t i = 0; i < text.len && !quoted; i++)
		quoted = strchr(",\"\r\n", text.ptr[i]) != NULL;
	if (!quoted) {
		stk_buf_add_str(lines, text);
		return;
	}
	stk_buf_add_byte(lines, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			stk_buf_add_byte(lines, '"');
		stk_buf_add_byte(lines, text.ptr[i]);
	}
	stk_buf_add_byte(lines, '"');
}

static void add_time(struct stk_buf *lines, enum time_format format, int64_t wall_ns)
{
	static const int64_t units[] = {STK_NS_PER_S, STK_NS_PER_MS, STK_NS_PER_US, 1};

	if (format <= UNIX_NS)
		stk_buf_addf(lines, "%" PRId64, wall_ns / units[format]);
	else
		stk_number_add_time(lines,
			format == RFC3339_S ? wall_ns / STK_NS_PER_S * STK_NS_PER_S : wall_ns);
}

static bool is_column(const char *key)
{
	for (size_t i = 0; i < STK_ARRAY_LEN(columns); i++)
		if (strcmp(columns[i], key) == 0)
			return true;
	return false;
}

static void add_tags(struct csv_out *it, const struct stk_tagset *tags)
{
	struct stk_buf *lines = &it->file.lines;

	for (size_t i = 0; i < STK_ARRAY_LEN(columns); i++) {
		stk_buf_add_byte(lines, ',');
		add_field(lines, stk_str_of(stk_tagset_value(tags, columns[i])));
	}
	stk_buf_clear(&it->extra);
	for (size_t i = 0; i < tags->len; i++)
		if (!is_column(tags->items[i].key))
			stk_buf_addf(&it->extra, "%s%s=%s", it->extra.len ? "&" : "",
				tags->items[i].key, tags->items[i].value);
	stk_buf_add_byte(lines, ',');
	add_field(lines, stk_buf_str(&it->extra));
	stk_buf_add_text(lines, ",\n"); /* metadata: none */
}

static void sample(void *ctx, const struct stk_output_sample *one)
{
	struct csv_out *it = ctx;
	struct stk_buf *lines = &it->file.lines;

	stk_buf_add_text(lines, one->metric->name);
	stk_buf_add_byte(lines, ',');
	add_time(lines, it->format, one->wall_ns);
	stk_buf_addf(lines, ",%.6f", isfinite(one->value) ? one->value : 0);
	add_tags(it, one->tags);
}

static void tick(void *ctx, struct stk_totals *totals, int64_t now_ns)
{
	struct csv_out *it = ctx;

	(void)totals;
	stk_export_file_tick(&it->file, now_ns);
}

static void stop(void *ctx, struct stk_totals *totals, struct stk_buf *said)
{
	struct csv_out *it = ctx;

	(void)totals;
	stk_export_file_close(&it->file, "csv", said);
}

static void free_it(void *ctx)
{
	struct csv_out *it = ctx;

	stk_buf_release(&it->extra);
	stk_export_file_release(&it->file);
	free(it);
}

static int read_format(const struct stk_env *env, enum time_format *out, struct stk_err *err)
{
	const char *text = stk_env_get(env, "K6_CSV_TIME_FORMAT");

	if (!text || !*text)
		return 0;
	for (size_t i = 0; i < STK_ARRAY_LEN(time_formats); i++)
		if (strcmp(text, time_formats[i]) == 0) {
			*out = (enum time_format)i;
			return 0;
		}
	return stk_err_set(err, STK_E_INVAL,
		"K6_CSV_TIME_FORMAT '%s' is none of unix, unix_milli, unix_micro, unix_nano, "
		"rfc3339, rfc3339_nano",
		text);
}

int stk_csv_out_make(
	const struct stk_output_request *request, struct stk_output *out, struct stk_err *err)
{
	static const struct stk_output_ops ops = {sample, false, tick, stop, free_it};
	struct csv_out *it = stk_xcalloc(1, sizeof *it);
	const char *path =
		request->arg ? request->arg : stk_env_get(request->env, "K6_CSV_FILENAME");
	int rc;

	stk_buf_init(&it->extra, 0);
	rc = stk_export_file_open(&it->file, path ? path : "file.csv", request->env, err);
	if (rc == 0)
		rc = read_format(request->env, &it->format, err);
	if (rc < 0) {
		free_it(it);
		return rc;
	}
	stk_buf_add_text(&it->file.lines, "metric_name,timestamp,metric_value");
	for (size_t i = 0; i < STK_ARRAY_LEN(columns); i++)
		stk_buf_addf(&it->file.lines, ",%s", columns[i]);
	stk_buf_add_text(&it->file.lines, ",extra_tags,metadata\n");
	*out = (struct stk_output){&ops, it};
	return 0;
}
