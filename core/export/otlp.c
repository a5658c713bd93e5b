/* otlp: the messages of opentelemetry/proto/metrics/v1/metrics.proto, field by field. */
#include "core/export/otlp.h"

#include <string.h>

#include "core/base/proto.h"

enum { REQUEST_RESOURCE_METRICS = 1 };
enum { RESOURCE_METRICS_RESOURCE = 1, RESOURCE_METRICS_SCOPE_METRICS = 2 };
enum { RESOURCE_ATTRIBUTES = 1 };
enum { SCOPE_METRICS_SCOPE = 1, SCOPE_METRICS_METRICS = 2 };
enum { SCOPE_NAME = 1 };
enum { METRIC_NAME = 1, METRIC_UNIT = 3, METRIC_GAUGE = 5, METRIC_SUM = 7, METRIC_HISTOGRAM = 9 };
enum { DATA_POINTS = 1, DATA_TEMPORALITY = 2, DATA_IS_MONOTONIC = 3 };
enum {
	NUMBER_START = 2,
	NUMBER_TIME = 3,
	NUMBER_DOUBLE = 4,
	NUMBER_INT = 6,
	NUMBER_ATTRIBUTES = 7
};
enum {
	HISTOGRAM_START = 2,
	HISTOGRAM_TIME = 3,
	HISTOGRAM_COUNT = 4,
	HISTOGRAM_SUM = 5,
	HISTOGRAM_COUNTS = 6,
	HISTOGRAM_BOUNDS = 7,
	HISTOGRAM_ATTRIBUTES = 9,
	HISTOGRAM_MIN = 11,
	HISTOGRAM_MAX = 12
};
enum { KEY_VALUE_KEY = 1, KEY_VALUE_VALUE = 2, ANY_STRING = 1 };
enum { CUMULATIVE = 2 };

/* On its way: one metric's points. */
struct encoder {
	const struct stk_totals *totals;
	const struct stk_otlp_opts *opts;
	struct stk_buf point, part, value;
	struct stk_buf data, metric, metrics;
};

static void put_attribute(struct encoder *it, struct stk_buf *into, uint32_t field, const char *key,
	struct stk_str value)
{
	struct stk_buf clean = STK_BUF_EMPTY;

	/* protobuf strings are UTF-8 */
	if (!stk_str_is_utf8(value)) {
		for (size_t i = 0; i < value.len; i++)
			stk_buf_add_byte(
				&clean, (unsigned char)value.ptr[i] < 0x80 ? value.ptr[i] : '?');
		value = stk_buf_str(&clean);
	}
	stk_buf_clear(&it->part);
	stk_buf_clear(&it->value);
	stk_proto_put_bytes(&it->value, ANY_STRING, value);
	stk_proto_put_bytes(&it->part, KEY_VALUE_KEY, stk_str_of(key));
	stk_proto_put_bytes(&it->part, KEY_VALUE_VALUE, stk_buf_str(&it->value));
	stk_proto_put_bytes(into, field, stk_buf_str(&it->part));
	stk_buf_release(&clean);
}

static void put_tags(struct encoder *it, const struct stk_totals_row *row, uint32_t field)
{
	for (size_t i = 0; i < row->tags->len; i++)
		if (row->tags->items[i].value[0] &&
			stk_str_is_utf8(stk_str_of(row->tags->items[i].key)))
			put_attribute(it, &it->point, field, row->tags->items[i].key,
				stk_str_of(row->tags->items[i].value));
}

static void begin_number(struct encoder *it)
{
	stk_buf_clear(&it->point);
	stk_proto_put_fixed64(&it->point, NUMBER_START, (uint64_t)it->totals->start_wall_ns);
	stk_proto_put_fixed64(&it->point, NUMBER_TIME, (uint64_t)it->opts->wall_ns);
}

static void end_point(struct encoder *it)
{
	stk_proto_put_bytes(&it->data, DATA_POINTS, stk_buf_str(&it->point));
}

static void put_number(struct encoder *it, const struct stk_totals_row *row, double value)
{
	begin_number(it);
	stk_proto_put_double(&it->point, NUMBER_DOUBLE, value);
	put_tags(it, row, NUMBER_ATTRIBUTES);
	end_point(it);
}

static void put_condition(
	struct encoder *it, const struct stk_totals_row *row, const char *condition, int64_t count)
{
	begin_number(it);
	stk_proto_put_fixed64(&it->point, NUMBER_INT, (uint64_t)count);
	put_tags(it, row, NUMBER_ATTRIBUTES);
	put_attribute(it, &it->point, NUMBER_ATTRIBUTES, "condition", stk_str_of(condition));
	end_point(it);
}

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

/* Little-endian words one behind the other. */
static void put_words(struct encoder *it, uint32_t field, const uint64_t *words, size_t len)
{
	stk_buf_clear(&it->part);
	for (size_t i = 0; i < len; i++)
		for (int shift = 0; shift < 64; shift += 8)
			stk_buf_add_byte(&it->part, (char)(words[i] >> shift & 0xff));
	stk_proto_put_bytes(&it->point, field, stk_buf_str(&it->part));
}

static void put_histogram(struct encoder *it, const struct stk_totals_row *row)
{
	uint64_t bounds[STK_TOTALS_BOUNDS];

	for (size_t i = 0; i < STK_TOTALS_BOUNDS; i++)
		bounds[i] = bits_of(stk_totals_bound(row->metric->unit, i));
	stk_buf_clear(&it->point);
	stk_proto_put_fixed64(&it->point, HISTOGRAM_START, (uint64_t)it->totals->start_wall_ns);
	stk_proto_put_fixed64(&it->point, HISTOGRAM_TIME, (uint64_t)it->opts->wall_ns);
	stk_proto_put_fixed64(&it->point, HISTOGRAM_COUNT, (uint64_t)row->value.count);
	stk_proto_put_double(&it->point, HISTOGRAM_SUM, row->value.sum);
	put_words(it, HISTOGRAM_COUNTS, row->buckets, STK_TOTALS_BOUNDS + 1);
	put_words(it, HISTOGRAM_BOUNDS, bounds, STK_TOTALS_BOUNDS);
	stk_proto_put_double(&it->point, HISTOGRAM_MIN, row->value.min);
	stk_proto_put_double(&it->point, HISTOGRAM_MAX, row->value.max);
	put_tags(it, row, HISTOGRAM_ATTRIBUTES);
	end_point(it);
}

static void put_row(struct encoder *it, const struct stk_totals_row *row)
{
	switch (row->metric->type) {
	case STK_METRIC_COUNTER:
		put_number(it, row, row->value.sum);
		break;
	case STK_METRIC_GAUGE:
		put_number(it, row, row->value.last);
		break;
	case STK_METRIC_RATE:
		put_condition(it, row, "nonzero", row->value.passes);
		put_condition(it, row, "zero", row->value.count - row->value.passes);
		break;
	case STK_METRIC_TREND:
		put_histogram(it, row);
		break;
	}
}

/* Name, unit and points of one metric behind the others. */
static void put_metric(struct encoder *it, const struct stk_export_metric *metric)
{
	static const char *const units[] = {"", "ms", "By"};
	uint32_t field = METRIC_SUM;

	if (metric->type != STK_METRIC_GAUGE)
		stk_proto_put_varint(&it->data, DATA_TEMPORALITY, CUMULATIVE);
	if (metric->type == STK_METRIC_COUNTER || metric->type == STK_METRIC_RATE)
		stk_proto_put_varint(&it->data, DATA_IS_MONOTONIC, 1);
	if (metric->type == STK_METRIC_GAUGE)
		field = METRIC_GAUGE;
	if (metric->type == STK_METRIC_TREND)
		field = METRIC_HISTOGRAM;
	stk_buf_clear(&it->part);
	stk_buf_addf(&it->part, "%s%s%s", it->opts->prefix, metric->name,
		metric->type == STK_METRIC_RATE ? ".total" : "");
	stk_buf_clear(&it->metric);
	stk_proto_put_bytes(&it->metric, METRIC_NAME, stk_buf_str(&it->part));
	stk_proto_put_bytes(&it->metric, METRIC_UNIT, stk_str_of(units[metric->unit]));
	stk_proto_put_bytes(&it->metric, field, stk_buf_str(&it->data));
	stk_proto_put_bytes(&it->metrics, SCOPE_METRICS_METRICS, stk_buf_str(&it->metric));
}

/* All rows of the metric that row number first is the first of. */
static void add_metric(struct encoder *it, size_t first)
{
	const struct stk_export_metric *metric = it->totals->items.items[first]->metric;

	for (size_t i = 0; i < first; i++)
		if (it->totals->items.items[i]->metric == metric)
			return;
	stk_buf_clear(&it->data);
	for (size_t i = first; i < it->totals->items.len; i++)
		if (it->totals->items.items[i]->metric == metric)
			put_row(it, it->totals->items.items[i]);
	put_metric(it, metric);
}

void stk_otlp_format(
	const struct stk_totals *totals, const struct stk_otlp_opts *opts, struct stk_buf *out)
{
	struct encoder it = {.totals = totals, .opts = opts};
	struct stk_buf resource = STK_BUF_EMPTY, outer = STK_BUF_EMPTY, scope = STK_BUF_EMPTY;
	struct stk_buf *all[] = {&it.point, &it.part, &it.value, &it.data, &it.metric, &it.metrics};

	for (size_t i = 0; i < STK_ARRAY_LEN(all); i++)
		stk_buf_init(all[i], 0);
	put_attribute(
		&it, &resource, RESOURCE_ATTRIBUTES, "service.name", stk_str_of(opts->service));
	put_attribute(
		&it, &resource, RESOURCE_ATTRIBUTES, "service.version", stk_str_of(opts->version));
	stk_proto_put_bytes(&scope, SCOPE_NAME, STK_STR("k6"));
	stk_proto_put_bytes(&it.metrics, SCOPE_METRICS_SCOPE, stk_buf_str(&scope));
	for (size_t i = 0; i < totals->items.len; i++)
		add_metric(&it, i);
	stk_proto_put_bytes(&outer, RESOURCE_METRICS_RESOURCE, stk_buf_str(&resource));
	stk_proto_put_bytes(&outer, RESOURCE_METRICS_SCOPE_METRICS, stk_buf_str(&it.metrics));
	stk_proto_put_bytes(out, REQUEST_RESOURCE_METRICS, stk_buf_str(&outer));
	for (size_t i = 0; i < STK_ARRAY_LEN(all); i++)
		stk_buf_release(all[i]);
	stk_buf_release(&resource);
	stk_buf_release(&outer);
	stk_buf_release(&scope);
}
