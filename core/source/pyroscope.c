/* pyroscope: slices from a Pyroscope 1.x or 2.x over HTTP. */
#include "core/source/pyroscope.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/rand.h"
#include "core/http/client.h"
#include "core/http/url.h"
#include "core/profile/pprof.h"
#include "core/pyroscope/connect.h"
#include "core/pyroscope/query.h"
#include "core/source/grid.h"
#include "core/source/period.h"
#include "core/source/points.h"

#define TIMEOUT_MS 60000
/* Points are looked for in steps of 1 ms; empty steps cost the server next to nothing and the
 * answer nothing. One request asks for at most this much. */
#define STEP_S      0.001
#define CHUNK_MS    ((int64_t)3600 * 1000)
#define PARALLEL    4
#define BATCH       (PARALLEL * 4)
#define TRIES_MAX   5
#define TYPES_LABEL "__profile_type__"

struct pyroscope {
	struct stk_source base;
	struct stk_client *client;
	char *url, *user;
	struct stk_secret secret;
	STK_VEC(struct stk_http_header) headers; /* owned texts */
	const atomic_int *interrupts;
	int interrupts_seen;
};

static struct pyroscope *of(struct stk_source *source)
{
	return (struct pyroscope *)source;
}

/* --- calls --------------------------------------------------------------------------------- */

/* One call under way: what is sent and what came. */
struct call {
	struct stk_buf url, body;
	struct stk_client_item item;
};

static void call_init(struct call *call, const struct pyroscope *source, const char *method,
	const struct stk_wire_message *message, const void *request)
{
	*call = (struct call){STK_BUF_EMPTY, STK_BUF_EMPTY,
		{.response = STK_HTTP_RESPONSE_INIT, .err = STK_ERR_INIT}};
	stk_url_join(&call->url, stk_str_of(source->url), STK_STR(STK_QUERY_PATH));
	stk_buf_add_text(&call->url, method);
	stk_connect_write(STK_CONNECT_PROTO, message, request, &call->body);
	call->item.request = (struct stk_http_request){.method = "POST",
		.url = call->url.ptr,
		.headers = source->headers.items,
		.headers_len = source->headers.len,
		.body = stk_buf_str(&call->body),
		.has_body = true,
		.user = source->user,
		.password = stk_secret_is_set(&source->secret) ? &source->secret : NULL,
		.timeout_ms = TIMEOUT_MS,
		.max_body = STK_PPROF_MAX_BYTES,
		.packed = true};
}

static void call_release(struct call *call)
{
	stk_buf_release(&call->url);
	stk_buf_release(&call->body);
	stk_http_response_release(&call->item.response);
}

/* What the answer says went wrong, in words that name the server. */
static int call_check(const struct pyroscope *source, const struct call *call, struct stk_err *err)
{
	int rc = call->item.err.code;

	if (rc != 0 && err)
		*err = call->item.err;
	if (rc == 0)
		rc = stk_connect_read_error(call->item.response.status,
			stk_buf_str(&call->item.response.body), NULL, err);
	if (rc == 0)
		return 0;
	if (rc == STK_E_AUTH)
		stk_err_hint(
			err, "give the source a tenant, a token_env, or user and password_env");
	stk_err_wrap(err, "pyroscope %s", source->url);
	return rc;
}

static int is_interrupted(const struct pyroscope *source, struct stk_err *err)
{
	if (!source->interrupts || atomic_load(source->interrupts) <= source->interrupts_seen)
		return 0;
	return stk_err_set(err, STK_E_ABORTED, "interrupted while asking %s", source->url);
}

/* Send the calls, several at once, and those again that are worth it, after a pause that grows. The
 * first that stays wrong is the error. */
static int send_calls(struct pyroscope *source, struct call *calls, size_t len, struct stk_err *err)
{
	struct stk_retry retry = STK_RETRY_INIT;
	struct stk_client_item *items = stk_xcalloc(len + 1, sizeof *items);
	size_t *which = stk_xcalloc(len + 1, sizeof *which), open = len;
	int rc = 0;

	retry.seed = stk_rand_system();
	for (size_t i = 0; i < len; i++)
		which[i] = i;
	for (int n = 1; rc == 0 && open > 0; n++) {
		size_t again = 0;

		for (size_t i = 0; i < open; i++)
			items[i] = calls[which[i]].item;
		rc = stk_client_send_all(source->client, items, open, err);
		for (size_t i = 0; i < open; i++) {
			calls[which[i]].item = items[i];
			if (n < TRIES_MAX && stk_retry_wants(&items[i].response, &items[i].err))
				which[again++] = which[i];
		}
		if (rc == 0 && again > 0) {
			int64_t pause =
				stk_retry_pause_ns(&retry, n, &calls[which[0]].item.response);
			rc = is_interrupted(source, err);
			if (rc == 0)
				stk_clock_sleep_until(source->base.clock,
					stk_clock_mono(source->base.clock) + pause);
		}
		open = again;
	}
	free(items);
	free(which);
	for (size_t i = 0; rc == 0 && i < len; i++)
		rc = call_check(source, &calls[i], err);
	return rc;
}

/* --- what is there ------------------------------------------------------------------------- */

static const char *selector_of(const struct stk_source_query *query)
{
	return query->selector && query->selector[0] ? query->selector : "{}";
}

static int64_t floor_ms(int64_t ns)
{
	return ns / STK_NS_PER_MS;
}

/* A window of queries may not be empty or end at 0. */
static int64_t end_ms(const struct stk_source_query *query)
{
	int64_t end = floor_ms(query->to_ns);

	return end > floor_ms(query->from_ns) ? end : floor_ms(query->from_ns) + 1;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_names(struct stk_source_names *names)
{
	if (names->len > 1)
		qsort(names->items, names->len, sizeof *names->items, by_text);
}

static int pyroscope_types(struct stk_source *base, const struct stk_source_query *query,
	struct stk_source_names *out, struct stk_err *err)
{
	struct pyroscope *source = of(base);
	struct stk_str selector = stk_str_of(selector_of(query)), label = STK_STR(TYPES_LABEL);
	struct stk_query_series_request request = {.matchers = {&selector, 1},
		.label_names = {&label, 1},
		.start = floor_ms(query->from_ns),
		.end = end_ms(query)};
	struct stk_query_series_response response;
	struct stk_arena arena = STK_ARENA_INIT;
	struct call call;
	int rc;

	call_init(&call, source, "Series", &stk_query_series_request_wire, &request);
	rc = send_calls(source, &call, 1, err);
	if (rc == 0)
		rc = stk_wire_read_proto(&stk_query_series_response_wire,
			stk_buf_str(&call.item.response.body), &arena, &response, err);
	if (rc == 0) {
		const struct stk_query_labels *sets = response.labels_set.items;
		for (size_t i = 0; i < response.labels_set.len; i++) {
			const struct stk_query_label *labels = sets[i].labels.items;
			if (sets[i].labels.len > 0 && labels[0].value.len > 0)
				stk_vec_push(out, stk_str_dup(labels[0].value));
		}
		sort_names(out);
	}
	call_release(&call);
	stk_arena_release(&arena);
	return rc;
}

int stk_source_pyroscope_values(struct stk_source *base, const struct stk_source_query *query,
	const char *label, struct stk_source_names *out, struct stk_err *err)
{
	struct pyroscope *source = of(base);
	struct stk_str selector = stk_str_of(selector_of(query));
	struct stk_query_values_request request = {.name = stk_str_of(label),
		.matchers = {&selector, 1},
		.start = floor_ms(query->from_ns),
		.end = end_ms(query)};
	struct stk_query_names_response response;
	struct stk_arena arena = STK_ARENA_INIT;
	struct call call;
	int rc;

	call_init(&call, source, "LabelValues", &stk_query_values_request_wire, &request);
	rc = send_calls(source, &call, 1, err);
	if (rc == 0)
		rc = stk_wire_read_proto(&stk_query_names_response_wire,
			stk_buf_str(&call.item.response.body), &arena, &response, err);
	if (rc == 0) {
		const struct stk_str *values = response.names.items;
		for (size_t i = 0; i < response.names.len; i++)
			stk_vec_push(out, stk_str_dup(values[i]));
		sort_names(out);
	}
	call_release(&call);
	stk_arena_release(&arena);
	return rc;
}

/* --- points -------------------------------------------------------------------------------- */

static void take_points(
	const struct stk_query_points_response *response, int64_t after_ms, struct stk_points *out)
{
	const struct stk_query_points *series = response->series.items;

	for (size_t s = 0; s < response->series.len; s++) {
		const struct stk_query_label *labels = series[s].labels.items;
		const struct stk_query_point *points = series[s].points.items;
		struct stk_label *set = stk_xcalloc(series[s].labels.len + 1, sizeof *set);

		for (size_t i = 0; i < series[s].labels.len; i++)
			set[i] = (struct stk_label){labels[i].name, labels[i].value};
		stk_labels_sort(set, series[s].labels.len);
		for (size_t i = 0; i < series[s].points.len; i++)
			if (points[i].timestamp > after_ms)
				stk_points_add(out, set, series[s].labels.len,
					points[i].timestamp * STK_NS_PER_MS, 0);
		free(set);
	}
}

/* A point at t tells of stamps from t, cut to ms: the step is as fine as stamps are kept. The one
 * at the very start tells of what was before it. */
static int select_points(struct pyroscope *source, const struct stk_source_query *query,
	struct stk_points *out, struct stk_err *err)
{
	int64_t start = floor_ms(query->from_ns) - 1, end = end_ms(query);
	int rc = 0;

	for (int64_t from = start; rc == 0 && from < end; from += CHUNK_MS) {
		int64_t to = from + CHUNK_MS < end ? from + CHUNK_MS : end;
		struct stk_query_points_request request = {.type_id = stk_str_of(query->type_id),
			.selector = stk_str_of(selector_of(query)),
			.start = from,
			.end = to,
			.step = STEP_S,
			.group_by = {(void *)stk_points_labels, STK_POINTS_LABELS}};
		struct stk_query_points_response response;
		struct stk_arena arena = STK_ARENA_INIT;
		struct call call;

		call_init(&call, source, "SelectSeries", &stk_query_points_request_wire, &request);
		rc = send_calls(source, &call, 1, err);
		if (rc == 0)
			rc = stk_wire_read_proto(&stk_query_points_response_wire,
				stk_buf_str(&call.item.response.body), &arena, &response, err);
		if (rc == 0)
			take_points(&response, from, out);
		call_release(&call);
		stk_arena_release(&arena);
	}
	stk_points_sort(out);
	return rc;
}

static int pyroscope_describe(struct stk_source *base, const struct stk_source_query *query,
	struct stk_source_info *out, struct stk_err *err)
{
	struct stk_points points = STK_POINTS_INIT;
	int rc = select_points(of(base), query, &points, err);

	if (rc == 0)
		stk_points_describe(&points, query->type_id, out);
	stk_points_release(&points);
	return rc;
}

static int pyroscope_newest(struct stk_source *base, const struct stk_source_query *query,
	int64_t *stamp_out, struct stk_err *err)
{
	struct stk_points points = STK_POINTS_INIT;
	int rc = select_points(of(base), query, &points, err);

	if (rc == 0)
		*stamp_out = stk_points_newest(&points);
	stk_points_release(&points);
	return rc;
}

/* --- slices -------------------------------------------------------------------------------- */

/* The selector of one point: the query's, and the labels by which instances are told apart. */
static void narrow(const char *selector, const struct stk_point *point, struct stk_buf *out)
{
	struct stk_label label = {point->instance_label, point->instance};

	if (point->instance.len == 0)
		stk_buf_add_str(out, stk_str_trim(stk_str_of(selector)));
	else
		stk_selector_narrow(out, stk_str_of(selector), &label);
}

/* A stamp in [t, t + 1 ms) is found by a window that ends on the next ms. */
static void call_profile(struct call *call, struct pyroscope *source,
	const struct stk_source_query *query, const struct stk_point *point)
{
	struct stk_buf selector = STK_BUF_EMPTY;

	narrow(selector_of(query), point, &selector);
	struct stk_query_profile_request request = {.type_id = stk_str_of(query->type_id),
		.selector = stk_buf_str(&selector),
		.start = floor_ms(point->stamp_ns),
		.end = floor_ms(point->stamp_ns) + 1};
	call_init(call, source, "SelectMergeProfile", &stk_query_profile_request_wire, &request);
	stk_buf_release(&selector);
}

/* The answer's one sample type as a slice. Nothing found is an empty body. */
static int take_slice(const struct call *call, const struct stk_point *point,
	const struct stk_source_info *info, struct stk_source_slices *out, struct stk_err *err)
{
	struct stk_grid_point grid = {point->stamp_ns, point->duration_ns};
	struct stk_profile *profile = NULL;
	struct stk_source_slice *slice;
	int rc;

	if (call->item.response.body.len == 0)
		return 0;
	rc = stk_pprof_decode(stk_buf_str(&call->item.response.body), &profile, err);
	if (rc < 0) {
		stk_err_wrap(err, "SelectMergeProfile");
		return rc;
	}
	if (profile->types.len != 1) {
		stk_profile_free(profile);
		return 0;
	}
	slice = stk_vec_push_new(out);
	slice->instance = stk_str_dup(point->instance);
	slice->profile = profile;
	stk_grid_slice(info, &grid, &slice->start_ns, &slice->end_ns);
	profile->time_ns = slice->start_ns;
	profile->duration_ns = slice->end_ns - slice->start_ns;
	return 0;
}

/* What is asked for, of whom and on which grid. */
struct fetch {
	struct pyroscope *source;
	const struct stk_source_query *query;
	const struct stk_source_info *info;
};

/* Profiles are asked for in batches, so that not all answers are in memory at once. */
static int fetch_batch(const struct fetch *fetch, const struct stk_point *points, size_t len,
	struct stk_source_slices *out, struct stk_err *err)
{
	struct call calls[BATCH];
	int rc;

	for (size_t i = 0; i < len; i++)
		call_profile(&calls[i], fetch->source, fetch->query, &points[i]);
	rc = send_calls(fetch->source, calls, len, err);
	for (size_t i = 0; i < len; i++) {
		if (rc == 0)
			rc = take_slice(&calls[i], &points[i], fetch->info, out, err);
		call_release(&calls[i]);
	}
	return rc;
}

static int pyroscope_fetch(struct stk_source *base, const struct stk_source_query *query,
	const struct stk_source_info *info, struct stk_source_slices *out, struct stk_err *err)
{
	struct fetch fetch = {of(base), query, info};
	struct stk_points points = STK_POINTS_INIT;
	size_t first = out->len;
	int rc = select_points(fetch.source, query, &points, err);

	for (size_t i = 0; rc == 0 && i < points.items.len; i += BATCH) {
		size_t len = points.items.len - i;
		rc = fetch_batch(
			&fetch, &points.items.items[i], len < BATCH ? len : BATCH, out, err);
	}
	stk_period_from_values(out, first);
	stk_points_release(&points);
	return rc;
}

int stk_source_pyroscope_merge(struct stk_source *base, const struct stk_source_query *query,
	struct stk_profile **out, struct stk_err *err)
{
	struct pyroscope *source = of(base);
	struct stk_query_profile_request request = {.type_id = stk_str_of(query->type_id),
		.selector = stk_str_of(selector_of(query)),
		.start = floor_ms(query->from_ns),
		.end = end_ms(query)};
	struct stk_profile *profile = NULL;
	struct call call;
	int rc;

	call_init(&call, source, "SelectMergeProfile", &stk_query_profile_request_wire, &request);
	rc = send_calls(source, &call, 1, err);
	if (rc == 0 && call.item.response.body.len > 0) {
		rc = stk_pprof_decode(stk_buf_str(&call.item.response.body), &profile, err);
		if (rc < 0)
			stk_err_wrap(err, "SelectMergeProfile");
	}
	if (profile && (profile->types.len != 1 || profile->samples.len == 0)) {
		stk_profile_free(profile);
		profile = NULL;
	}
	if (rc == 0)
		*out = profile;
	call_release(&call);
	return rc;
}

/* --- life ---------------------------------------------------------------------------------- */

static void pyroscope_close(struct stk_source *base)
{
	struct pyroscope *source = of(base);

	for (size_t i = 0; i < source->headers.len; i++) {
		free((char *)source->headers.items[i].name.ptr);
		free((char *)source->headers.items[i].value.ptr);
	}
	stk_vec_release(&source->headers);
	stk_client_free(source->client);
	stk_secret_release(&source->secret);
	free(source->url);
	free(source->user);
	free(source);
}

static const struct stk_source_ops pyroscope_ops = {
	.types = pyroscope_types,
	.describe = pyroscope_describe,
	.fetch = pyroscope_fetch,
	.newest = pyroscope_newest,
	.close = pyroscope_close,
};

static void add_header(struct pyroscope *source, struct stk_str name, struct stk_str value)
{
	struct stk_http_header header = {
		{stk_str_dup(name), name.len}, {stk_str_dup(value), value.len}};

	stk_vec_push(&source->headers, header);
}

int stk_source_pyroscope_new(
	const struct stk_source_pyroscope_opts *opts, struct stk_source **out, struct stk_err *err)
{
	struct stk_client_opts client = {
		.max_parallel = opts->concurrency > 0 ? opts->concurrency : PARALLEL,
		.ca_file = opts->ca_file,
		.interrupts = opts->interrupts,
		.interrupts_seen = opts->interrupts_seen};
	struct pyroscope *source;
	struct stk_url parsed;
	int rc = stk_url_parse(stk_str_of(opts->url), &parsed, err);

	if (rc < 0) {
		stk_err_wrap(err, "pyroscope");
		return rc;
	}
	source = stk_xcalloc(1, sizeof *source);
	source->base =
		(struct stk_source){&pyroscope_ops, opts->clock ? opts->clock : stk_clock_system()};
	source->client = stk_client_new(&client);
	source->url = stk_xstrdup(opts->url);
	source->user = opts->user ? stk_xstrdup(opts->user) : NULL;
	source->interrupts = opts->interrupts;
	source->interrupts_seen = opts->interrupts_seen;
	if (opts->secret && stk_secret_is_set(opts->secret))
		stk_secret_init(&source->secret, stk_secret_reveal(opts->secret));
	add_header(source, STK_STR("Content-Type"), STK_STR(STK_CONNECT_TYPE_PROTO));
	if (opts->tenant)
		add_header(source, STK_STR("X-Scope-OrgID"), stk_str_of(opts->tenant));
	for (size_t i = 0; i < opts->headers_len; i++)
		add_header(source, opts->headers[i].name, opts->headers[i].value);
	*out = &source->base;
	return 0;
}
