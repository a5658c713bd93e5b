/* remote_write: the messages of prompb/remote.proto and types.proto, field by field. */
#include "core/export/remote_write.h"

#include <math.h>
#include <snappy-c.h>
#include <string.h>

#include "core/base/proto.h"

/* WriteRequest, TimeSeries, Label, Sample, Histogram, BucketSpan. */
enum { REQUEST_SERIES = 1 };
enum { SERIES_LABELS = 1, SERIES_SAMPLES = 2, SERIES_HISTOGRAMS = 4 };
enum { LABEL_NAME = 1, LABEL_VALUE = 2 };
enum { SAMPLE_VALUE = 1, SAMPLE_MS = 2 };
enum {
	HISTOGRAM_COUNT = 1,
	HISTOGRAM_SUM = 3,
	HISTOGRAM_SCHEMA = 4,
	HISTOGRAM_ZERO_THRESHOLD = 5,
	HISTOGRAM_ZERO_COUNT = 6,
	HISTOGRAM_POSITIVE_SPANS = 11,
	HISTOGRAM_POSITIVE_DELTAS = 12,
	HISTOGRAM_MS = 15
};
enum { SPAN_OFFSET = 1, SPAN_LENGTH = 2 };

/* k6's growth factor of 1.1 makes it 3: 2^(1/8) = 1.09. */
enum { SCHEMA = 3, PER_OCTAVE = 8 };
/* As the Go client has it: 2^-128. */
#define ZERO_THRESHOLD 2.938735877055719e-39

double stk_remote_write_stale(void)
{
	const uint64_t bits = UINT64_C(0x7ff0000000000002);

	return stk_proto_double(bits);
}

void stk_remote_write_add_name(struct stk_buf *out, const char *name)
{
	if (name[0] >= '0' && name[0] <= '9')
		stk_buf_add_byte(out, '_');
	for (; *name; name++) {
		char c = *name;
		bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '_';

		stk_buf_add_byte(out, fits ? c : '_');
	}
}

static void add_labels(struct stk_buf *series, const struct stk_remote_labels *labels)
{
	struct stk_buf label = STK_BUF_EMPTY;

	for (size_t i = 0; i < labels->items.len; i++) {
		stk_buf_clear(&label);
		stk_proto_put_bytes(&label, LABEL_NAME, labels->items.items[i].name);
		stk_proto_put_bytes(&label, LABEL_VALUE, labels->items.items[i].value);
		stk_proto_put_bytes(series, SERIES_LABELS, stk_buf_str(&label));
	}
	stk_buf_release(&label);
}

void stk_remote_write_series(struct stk_buf *out, const struct stk_remote_labels *labels,
	const struct stk_remote_point *points, size_t len)
{
	struct stk_buf series = STK_BUF_EMPTY, sample = STK_BUF_EMPTY;

	add_labels(&series, labels);
	for (size_t i = 0; i < len; i++) {
		stk_buf_clear(&sample);
		stk_proto_put_double(&sample, SAMPLE_VALUE, points[i].value);
		stk_proto_put_varint(&sample, SAMPLE_MS, (uint64_t)points[i].ms);
		stk_proto_put_bytes(&series, SERIES_SAMPLES, stk_buf_str(&sample));
	}
	stk_proto_put_bytes(out, REQUEST_SERIES, stk_buf_str(&series));
	stk_buf_release(&series);
	stk_buf_release(&sample);
}

/* --- native histograms ---------------------------------------------------------------- */

static uint64_t zigzag(int64_t value)
{
	return ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

/* Number of the bucket (2^((i-1)/8), 2^(i/8)] that holds value. */
static int64_t native_bucket(double value)
{
	return (int64_t)ceil(log2(value) * PER_OCTAVE);
}

struct native {
	struct stk_buf spans;
	STK_VEC(uint64_t) deltas; /* zigzag */
	int64_t first, next;      /* of the span under way; next: the number behind it */
	int64_t before, last;     /* end of the span before; count of the last bucket */
	bool open;
};

static void close_span(struct native *it)
{
	struct stk_buf span = STK_BUF_EMPTY;

	stk_proto_put_varint(&span, SPAN_OFFSET, zigzag(it->first - it->before));
	stk_proto_put_varint(&span, SPAN_LENGTH, (uint64_t)(it->next - it->first));
	stk_proto_put_bytes(&it->spans, HISTOGRAM_POSITIVE_SPANS, stk_buf_str(&span));
	it->before = it->next;
	stk_buf_release(&span);
}

static void add_native(struct native *it, int64_t number, int64_t count)
{
	if (it->open && number != it->next)
		close_span(it);
	if (!it->open || number != it->next)
		it->first = number;
	it->open = true;
	it->next = number + 1;
	stk_vec_push(&it->deltas, zigzag(count - it->last));
	it->last = count;
}

/* The narrow buckets of hist, each by its middle, joined to native ones. Gives the zeros. */
static uint64_t fill_native(struct native *it, const struct stk_hist *hist, double scale)
{
	uint64_t zeros = 0;
	int64_t number = 0, count = 0;

	for (size_t i = 0; i < hist->len; i++) {
		double low, high;
		int64_t at;

		if (hist->buckets[i] == 0)
			continue;
		stk_hist_bucket_range(hist, i, &low, &high);
		if (i == 0) {
			zeros = hist->buckets[0];
			continue;
		}
		at = native_bucket((isfinite(high) ? (low + high) / 2 : low) * scale);
		if (count > 0 && at != number) {
			add_native(it, number, count);
			count = 0;
		}
		number = at;
		count += (int64_t)hist->buckets[i];
	}
	if (count > 0)
		add_native(it, number, count);
	if (it->open)
		close_span(it);
	return zeros;
}

void stk_remote_write_native(struct stk_buf *out, const struct stk_remote_labels *labels,
	int64_t ms, const struct stk_hist *hist, double scale)
{
	struct stk_buf series = STK_BUF_EMPTY, histogram = STK_BUF_EMPTY;
	struct native it = {.spans = STK_BUF_EMPTY};
	uint64_t zeros = fill_native(&it, hist, scale);

	stk_proto_put_varint(&histogram, HISTOGRAM_COUNT, (uint64_t)hist->count);
	stk_proto_put_double(&histogram, HISTOGRAM_SUM, hist->sum * scale);
	stk_proto_put_varint(&histogram, HISTOGRAM_SCHEMA, zigzag(SCHEMA));
	stk_proto_put_double(&histogram, HISTOGRAM_ZERO_THRESHOLD, ZERO_THRESHOLD);
	stk_proto_put_varint(&histogram, HISTOGRAM_ZERO_COUNT, zeros);
	stk_buf_add_str(&histogram, stk_buf_str(&it.spans));
	stk_proto_put_packed(&histogram, HISTOGRAM_POSITIVE_DELTAS, it.deltas.items, it.deltas.len);
	stk_proto_put_varint(&histogram, HISTOGRAM_MS, (uint64_t)ms);
	add_labels(&series, labels);
	stk_proto_put_bytes(&series, SERIES_HISTOGRAMS, stk_buf_str(&histogram));
	stk_proto_put_bytes(out, REQUEST_SERIES, stk_buf_str(&series));
	stk_vec_release(&it.deltas);
	stk_buf_release(&it.spans);
	stk_buf_release(&histogram);
	stk_buf_release(&series);
}

int stk_remote_write_pack(const struct stk_buf *request, struct stk_buf *out, struct stk_err *err)
{
	size_t len = snappy_max_compressed_length(request->len);
	char *room = stk_buf_reserve(out, len);

	if (!room)
		return stk_buf_check(out, err);
	if (snappy_compress(request->ptr, request->len, room, &len) != SNAPPY_OK)
		return stk_err_set(err, STK_E_INTERNAL, "snappy refuses %zu bytes", request->len);
	stk_buf_commit(out, len);
	return 0;
}
