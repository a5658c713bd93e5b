/* prometheus: totals as series of remote write, under k6's names (reference k6 7.6) and ours. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/export/number.h"
#include "core/export/outputs.h"
#include "core/export/pusher.h"
#include "core/export/remote_write.h"

/* A request grows to this before it is packed and another one begins. */
#define REQUEST_BYTES ((size_t)1 << 20)
#define TAGS_MAX      256

struct stat {
	char *aggregation; /* "p(99)", as stk_metric_value takes it */
	char *suffix;      /* "p99" */
};

struct prometheus {
	struct stk_pusher pusher; /* first */
	STK_VEC(struct stat) stats;
	bool native, stale;
	/* Rows that the server knows, and what has changed since the last round that it took. */
	size_t known, sent_len;
	uint64_t good, sent; /* round + 1 */
	bool under_way;
};

/* One round on its way. */
struct push {
	const struct prometheus *it;
	const struct stk_totals_row *row;
	bool is_new, is_last;
	struct stk_buf request;
	struct stk_buf name, bound, names;
	struct stk_remote_labels tags, labels; /* of the row; of one series */
	struct stk_sender_round round;
};

/* --- labels --------------------------------------------------------------------------- */

static int compare_labels(const void *a, const void *b)
{
	const struct stk_remote_label *x = a, *y = b;

	return stk_str_cmp(x->name, y->name);
}

/* The row's tags under names that Prometheus takes; of equal names the first stays. */
static void take_tags(struct push *push)
{
	const struct stk_tagset *tags = push->row->tags;
	size_t ends[TAGS_MAX], from = 0, kept = 0;

	stk_buf_clear(&push->names);
	stk_vec_clear(&push->tags.items);
	for (size_t i = 0; i < tags->len && i < STK_ARRAY_LEN(ends); i++) {
		stk_remote_write_add_name(&push->names, tags->items[i].key);
		ends[i] = push->names.len;
	}
	for (size_t i = 0; i < tags->len && i < STK_ARRAY_LEN(ends); from = ends[i++]) {
		struct stk_remote_label label = {
			stk_str_sub(stk_buf_str(&push->names), from, ends[i] - from),
			stk_str_of(tags->items[i].value)};

		if (label.value.len > 0 && label.name.len > 0 && !stk_str_is(label.name, "le") &&
			!stk_str_is(label.name, "__name__"))
			stk_vec_push(&push->tags.items, label);
	}
	if (push->tags.items.len > 1)
		qsort(push->tags.items.items, push->tags.items.len, sizeof *push->tags.items.items,
			compare_labels);
	for (size_t i = 0; i < push->tags.items.len; i++)
		if (kept == 0 || !stk_str_eq(push->tags.items.items[kept - 1].name,
					 push->tags.items.items[i].name))
			push->tags.items.items[kept++] = push->tags.items.items[i];
	push->tags.items.len = kept;
}

static void insert_label(struct stk_remote_labels *labels, const char *name, struct stk_str value)
{
	struct stk_remote_label label = {stk_str_of(name), value};
	size_t at;

	stk_vec_push(&labels->items, label);
	for (at = labels->items.len - 1;
		at > 0 && stk_str_cmp(labels->items.items[at - 1].name, label.name) > 0; at--)
		labels->items.items[at] = labels->items.items[at - 1];
	labels->items.items[at] = label;
}

/* --- series --------------------------------------------------------------------------- */

static void pack(struct push *push)
{
	struct stk_buf *body;

	if (push->request.len == 0)
		return;
	body = stk_vec_push_new(&push->round.bodies);
	stk_buf_init(body, 0);
	if (stk_remote_write_pack(&push->request, body, NULL) < 0)
		STK_BUG("a request of %zu bytes cannot be packed", push->request.len);
	stk_buf_clear(&push->request);
}

static void set_labels(struct push *push, const char *suffix, const char *le)
{
	stk_buf_clear(&push->name);
	stk_buf_add_text(&push->name, "k6_");
	stk_buf_add_text(&push->name, push->row->metric->name);
	stk_buf_add_text(&push->name, suffix);
	stk_vec_clear(&push->labels.items);
	for (size_t i = 0; i < push->tags.items.len; i++)
		stk_vec_push(&push->labels.items, push->tags.items.items[i]);
	insert_label(&push->labels, "__name__", stk_buf_str(&push->name));
	if (le)
		insert_label(&push->labels, "le", stk_str_of(le));
}

/* k6_<metric><suffix>. What counts up begins with a 0 just before its first sample: otherwise
 * rate() would not see what the first push brings. */
static void add_series(
	struct push *push, const char *suffix, const char *le, double value, bool counts)
{
	const struct stk_totals_row *row = push->row;
	int64_t ms = row->last_wall_ns / STK_NS_PER_MS;
	struct stk_remote_point points[3];
	size_t len = 0;

	set_labels(push, suffix, le);
	if (counts && push->is_new)
		points[len++] =
			(struct stk_remote_point){row->first_wall_ns / STK_NS_PER_MS - 1, 0};
	points[len++] = (struct stk_remote_point){ms, value};
	if (push->is_last && push->it->stale)
		points[len++] = (struct stk_remote_point){ms + 1, stk_remote_write_stale()};
	stk_remote_write_series(&push->request, &push->labels, points, len);
}

/* Times are ms inside and seconds there. */
static double scale_of(const struct stk_totals_row *row)
{
	return row->metric->unit == STK_METRIC_TIME ? 1e-3 : 1;
}

static void add_stats(struct push *push)
{
	const struct stk_totals_row *row = push->row;

	for (size_t i = 0; i < push->it->stats.len; i++) {
		const struct stat *stat = &push->it->stats.items[i];
		char suffix[40];
		double value;

		if (!stk_metric_value(&row->value, stat->aggregation, 0, &value))
			continue;
		(void)snprintf(suffix, sizeof suffix, "_%s", stat->suffix);
		add_series(push, suffix, NULL, value * scale_of(row), false);
	}
}

static void add_native(struct push *push)
{
	static const char *const suffixes[] = {"", "_seconds", "_bytes"};
	const struct stk_totals_row *row = push->row;

	set_labels(push, suffixes[row->metric->unit], NULL);
	stk_remote_write_native(&push->request, &push->labels, row->last_wall_ns / STK_NS_PER_MS,
		&row->value.hist, scale_of(row));
}

static void add_buckets(struct push *push)
{
	const struct stk_totals_row *row = push->row;
	uint64_t sum = 0;

	for (size_t i = 0; i < STK_TOTALS_BOUNDS; i++) {
		sum += row->buckets[i];
		stk_buf_clear(&push->bound);
		stk_number_add(
			&push->bound, stk_totals_bound(row->metric->unit, i) * scale_of(row));
		add_series(push, "_bucket", push->bound.ptr, (double)sum, true);
	}
	add_series(push, "_bucket", "+Inf", (double)row->value.count, true);
	add_series(push, "_count", NULL, (double)row->value.count, true);
	add_series(push, "_sum", NULL, row->value.sum * scale_of(row), true);
}

static void add_row(struct push *push)
{
	const struct stk_totals_row *row = push->row;

	take_tags(push);
	switch (row->metric->type) {
	case STK_METRIC_COUNTER:
		add_series(push, "_total", NULL, row->value.sum, true);
		if (row->metric->unit == STK_METRIC_DATA)
			add_series(push, "", NULL, row->value.sum, true);
		break;
	case STK_METRIC_GAUGE:
		add_series(push, "", NULL, row->value.last, false);
		break;
	case STK_METRIC_RATE:
		add_series(push, "_rate", NULL,
			(double)row->value.passes / (double)row->value.count, false);
		add_series(push, "", NULL, (double)row->value.passes, true);
		add_series(push, "_total", NULL, (double)row->value.count, true);
		break;
	case STK_METRIC_TREND:
		if (push->it->native)
			add_native(push);
		else
			add_stats(push);
		add_buckets(push);
		break;
	}
	if (push->request.len >= REQUEST_BYTES)
		pack(push);
}

/* --- rounds --------------------------------------------------------------------------- */

static void note_last(struct prometheus *it)
{
	if (it->under_way && stk_sender_is_well(it->pusher.sender)) {
		it->good = it->sent;
		it->known = it->sent_len;
	}
	it->under_way = false;
}

static void make_round(struct stk_pusher *pusher, struct stk_totals *totals, bool is_last,
	struct stk_sender_round *out)
{
	struct prometheus *it = (struct prometheus *)(void *)pusher;
	struct push push = {.it = it, .is_last = is_last};

	note_last(it);
	for (size_t i = 0; i < totals->items.len; i++) {
		push.row = totals->items.items[i];
		push.is_new = i >= it->known;
		if (push.row->changed + 1 > it->good || (is_last && it->stale))
			add_row(&push);
	}
	pack(&push);
	*out = push.round;
	it->sent = ++totals->round;
	it->sent_len = totals->items.len;
	it->under_way = out->bodies.len > 0;
	stk_buf_release(&push.request);
	stk_buf_release(&push.name);
	stk_buf_release(&push.bound);
	stk_buf_release(&push.names);
	stk_vec_release(&push.tags.items);
	stk_vec_release(&push.labels.items);
}

static void free_it(void *ctx)
{
	struct prometheus *it = ctx;

	for (size_t i = 0; i < it->stats.len; i++) {
		free(it->stats.items[i].aggregation);
		free(it->stats.items[i].suffix);
	}
	stk_vec_release(&it->stats);
	stk_pusher_release(&it->pusher);
	free(it);
}

/* --- settings ------------------------------------------------------------------------- */

/* "p(99.9)" -> "p999"; other words stay. NULL: no such statistic. */
static char *suffix_of(struct stk_str word)
{
	static const char *const known[] = {"avg", "min", "med", "max", "count", "sum"};
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_str inner;
	double percent;

	for (size_t i = 0; i < STK_ARRAY_LEN(known); i++)
		if (stk_str_is(word, known[i]))
			return stk_str_dup(word);
	if (!stk_str_starts(word, "p(") || !stk_str_ends(word, ")"))
		return NULL;
	inner = stk_str_trim(stk_str_sub(word, 2, word.len - 3));
	if (inner.len > 20 || stk_str_to_f64(inner, &percent, NULL) < 0 || !(percent >= 0) ||
		percent > 100)
		return NULL;
	stk_buf_add_byte(&text, 'p');
	for (size_t i = 0; i < inner.len; i++)
		if (inner.ptr[i] >= '0' && inner.ptr[i] <= '9')
			stk_buf_add_byte(&text, inner.ptr[i]);
	return stk_buf_take(&text, NULL);
}

static int read_stats(struct prometheus *it, struct stk_err *err)
{
	struct stk_str rest =
		stk_str_of(stk_settings_text(&it->pusher.settings, "TREND_STATS", "p(99)"));
	struct stk_str word;

	while (rest.len > 0 && stk_str_cut(&rest, ',', &word)) {
		char *suffix;

		word = stk_str_trim(word);
		suffix = suffix_of(word);
		if (!suffix)
			return stk_err_set(err, STK_E_INVAL,
				"K6_PROMETHEUS_RW_TREND_STATS: '%.*s' is none of avg, min, med, "
				"max, count, sum, p(N)",
				STK_STR_ARG(word));
		/* these two come with the buckets in any case */
		if (strcmp(suffix, "count") == 0 || strcmp(suffix, "sum") == 0)
			free(suffix);
		else
			stk_vec_push(&it->stats, (struct stat){stk_str_dup(word), suffix});
	}
	return 0;
}

static int refuse_unknown(struct stk_settings *settings, struct stk_err *err)
{
	static const char *const names[] = {"CLIENT_CERTIFICATE", "CLIENT_CERTIFICATE_KEY",
		"SIGV4_REGION", "SIGV4_ACCESS_KEY", "SIGV4_SECRET_KEY"};

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++)
		if (stk_settings_text(settings, names[i], NULL))
			return stk_err_set(err, STK_E_UNIMPLEMENTED,
				"K6_PROMETHEUS_RW_%s: that way to sign in is not there", names[i]);
	return 0;
}

static void add_fixed_headers(struct stk_settings_headers *headers)
{
	static const char *const fixed[][2] = {{"Content-Type", "application/x-protobuf"},
		{"Content-Encoding", "snappy"}, {"X-Prometheus-Remote-Write-Version", "0.1.0"}};

	for (size_t i = 0; i < STK_ARRAY_LEN(fixed); i++)
		stk_vec_push(&headers->items,
			(struct stk_http_header){stk_str_of(fixed[i][0]), stk_str_of(fixed[i][1])});
}

static int read_settings(struct prometheus *it, const struct stk_output_request *request,
	struct stk_sender_opts *opts, struct stk_err *err)
{
	struct stk_settings *settings = &it->pusher.settings;

	settings->env = request->env;
	settings->prefix = "K6_PROMETHEUS_RW_";
	opts->kind = "prometheus";
	opts->url = request->arg && *request->arg ? stk_arena_dup(&settings->arena, request->arg)
						  : stk_settings_text(settings, "SERVER_URL",
							    "http://localhost:9090/api/v1/write");
	opts->user = stk_settings_text(settings, "USERNAME", NULL);
	stk_settings_secret(
		settings, opts->user ? "PASSWORD" : "BEARER_TOKEN", &it->pusher.password);
	opts->insecure_tls = stk_settings_flag(settings, "INSECURE_SKIP_TLS_VERIFY", false);
	it->pusher.interval_ns = stk_settings_duration(settings, "PUSH_INTERVAL", 5 * STK_NS_PER_S);
	it->native = stk_settings_flag(settings, "TREND_AS_NATIVE_HISTOGRAM", false);
	it->stale = stk_settings_flag(settings, "STALE_MARKERS", false);
	add_fixed_headers(&it->pusher.headers);
	stk_settings_headers(settings, "HTTP_HEADERS", &it->pusher.headers);
	stk_settings_headers_each(settings, "HEADERS_", &it->pusher.headers);
	if (settings->err.code != 0) {
		*err = settings->err;
		return err->code;
	}
	return refuse_unknown(settings, err);
}

int stk_prometheus_make(
	const struct stk_output_request *request, struct stk_output *out, struct stk_err *err)
{
	static const struct stk_output_ops ops = {
		NULL, true, stk_pusher_tick, stk_pusher_stop, free_it};
	struct prometheus *it = stk_xcalloc(1, sizeof *it);
	struct stk_sender_opts opts = {0};
	int rc = read_settings(it, request, &opts, err);

	if (rc == 0)
		rc = read_stats(it, err);
	if (rc < 0) {
		free_it(it);
		return rc;
	}
	it->pusher.make_round = make_round;
	stk_pusher_start(&it->pusher, &opts);
	*out = (struct stk_output){&ops, it};
	return 0;
}
