/* metrics: the registry of built-ins, and one worker's counts with their submetrics. */
#include "core/load/metrics.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/load/tap.h"
#include "core/load/threshold.h"

static const struct stk_metric_def builtins[STK_METRIC_BUILTIN_COUNT] = {
	[STK_METRIC_VUS] = {"vus", STK_METRIC_GAUGE, STK_METRIC_DEFAULT},
	[STK_METRIC_VUS_MAX] = {"vus_max", STK_METRIC_GAUGE, STK_METRIC_DEFAULT},
	[STK_METRIC_ITERATIONS] = {"iterations", STK_METRIC_COUNTER, STK_METRIC_DEFAULT},
	[STK_METRIC_ITERATION_DURATION] = {"iteration_duration", STK_METRIC_TREND, STK_METRIC_TIME},
	[STK_METRIC_DROPPED_ITERATIONS] = {"dropped_iterations", STK_METRIC_COUNTER,
		STK_METRIC_DEFAULT},
	[STK_METRIC_CHECKS] = {"checks", STK_METRIC_RATE, STK_METRIC_DEFAULT},
	[STK_METRIC_GROUP_DURATION] = {"group_duration", STK_METRIC_TREND, STK_METRIC_TIME},
	[STK_METRIC_HTTP_REQS] = {"http_reqs", STK_METRIC_COUNTER, STK_METRIC_DEFAULT},
	[STK_METRIC_HTTP_REQ_DURATION] = {"http_req_duration", STK_METRIC_TREND, STK_METRIC_TIME},
	[STK_METRIC_HTTP_REQ_BLOCKED] = {"http_req_blocked", STK_METRIC_TREND, STK_METRIC_TIME},
	[STK_METRIC_HTTP_REQ_CONNECTING] = {"http_req_connecting", STK_METRIC_TREND,
		STK_METRIC_TIME},
	[STK_METRIC_HTTP_REQ_TLS_HANDSHAKING] = {"http_req_tls_handshaking", STK_METRIC_TREND,
		STK_METRIC_TIME},
	[STK_METRIC_HTTP_REQ_SENDING] = {"http_req_sending", STK_METRIC_TREND, STK_METRIC_TIME},
	[STK_METRIC_HTTP_REQ_WAITING] = {"http_req_waiting", STK_METRIC_TREND, STK_METRIC_TIME},
	[STK_METRIC_HTTP_REQ_RECEIVING] = {"http_req_receiving", STK_METRIC_TREND, STK_METRIC_TIME},
	[STK_METRIC_HTTP_REQ_FAILED] = {"http_req_failed", STK_METRIC_RATE, STK_METRIC_DEFAULT},
	[STK_METRIC_DATA_SENT] = {"data_sent", STK_METRIC_COUNTER, STK_METRIC_DATA},
	[STK_METRIC_DATA_RECEIVED] = {"data_received", STK_METRIC_COUNTER, STK_METRIC_DATA},
	[STK_METRIC_ITERATION_LATENESS] = {"iteration_lateness", STK_METRIC_TREND, STK_METRIC_TIME},
	[STK_METRIC_ITERATION_RESPONSE] = {"iteration_response", STK_METRIC_TREND, STK_METRIC_TIME},
	[STK_METRIC_ITERATION_ERRORS] = {"iteration_errors", STK_METRIC_COUNTER,
		STK_METRIC_DEFAULT},
};

/* A submetric of a metric: where it counts, and the tags that a sample must have. */
struct sub {
	int id;
	size_t item;
	struct stk_tags tags; /* text in the arena */
};

/* A check that was counted lately, found by where its name lies, which is mostly where it lay. */
struct recent {
	size_t number; /* of the check + 1; 0: none */
	size_t group_len, name_len;
};
enum { RECENT = 32 };

struct stk_counts {
	const struct stk_plan *plan;
	struct stk_arena arena;
	struct stk_metrics metrics;      /* the first items are the metrics by id */
	STK_VEC(struct sub) subs;        /* by id */
	STK_VEC(size_t) first_sub;       /* by id: where its subs begin; one more at the end */
	struct stk_map checks;           /* group, NUL, name -> number of the check + 1 */
	struct recent recent[RECENT][2]; /* of each two, the one found last comes first */
	struct stk_buf key;
	struct stk_tap_lane *lane; /* NULL: nobody listens */
	size_t expected_item;      /* of http_req_duration{expected_response:true} */
	bool hops_are_bare;        /* no other tags of what a hop gives are asked for */
};

static const int hop_metrics[STK_HOP_VALUES] = {STK_METRIC_HTTP_REQS, STK_METRIC_HTTP_REQ_DURATION,
	STK_METRIC_HTTP_REQ_BLOCKED, STK_METRIC_HTTP_REQ_CONNECTING,
	STK_METRIC_HTTP_REQ_TLS_HANDSHAKING, STK_METRIC_HTTP_REQ_SENDING,
	STK_METRIC_HTTP_REQ_WAITING, STK_METRIC_HTTP_REQ_RECEIVING, STK_METRIC_HTTP_REQ_FAILED};

const struct stk_metric_def *stk_metric_builtin(enum stk_metric_builtin id)
{
	return &builtins[id];
}

int stk_metric_id(const struct stk_plan *plan, struct stk_str name)
{
	for (int i = 0; i < STK_METRIC_BUILTIN_COUNT; i++)
		if (stk_str_is(name, builtins[i].name))
			return i;
	for (size_t i = 0; i < plan->metrics.len; i++)
		if (stk_str_is(name, plan->metrics.items[i].name))
			return STK_METRIC_BUILTIN_COUNT + (int)i;
	return -1;
}

const struct stk_metric_def *stk_metric_def(const struct stk_plan *plan, int id)
{
	if (id < STK_METRIC_BUILTIN_COUNT)
		return &builtins[id];
	return &plan->metrics.items[id - STK_METRIC_BUILTIN_COUNT];
}

void stk_tag_lists_add(struct stk_tag_lists *tags, const struct stk_tag *items, size_t len)
{
	if (len == 0)
		return;
	if (tags->len == STK_TAG_LISTS_MAX)
		STK_BUG("more than %d lists of tags", STK_TAG_LISTS_MAX);
	tags->lists[tags->len].items = items;
	tags->lists[tags->len++].len = len;
}

const char *stk_tag_lists_get(const struct stk_tag_lists *tags, const char *key)
{
	for (size_t i = 0; i < tags->len; i++) /* later ones of a list win, as in a map */
		for (size_t j = tags->lists[i].len; j > 0; j--)
			if (strcmp(tags->lists[i].items[j - 1].key, key) == 0)
				return tags->lists[i].items[j - 1].value;
	return NULL;
}

static void add_sub(struct stk_counts *counts, const char *text)
{
	struct stk_tag_selector selector;
	int id;

	if (stk_tag_selector_parse(stk_str_of(text), &counts->arena, &selector, NULL) < 0)
		STK_BUG("selector '%s' was never checked", text);
	id = stk_metric_id(counts->plan, stk_str_of(selector.metric));
	if (id < 0)
		STK_BUG("selector '%s' was never checked", text);
	if (selector.tags.len == 0 ||
		stk_metrics_find(&counts->metrics, selector.metric, selector.canonical)) {
		stk_vec_release(&selector.tags);
		return;
	}
	(void)stk_metrics_put(&counts->metrics, selector.metric, selector.canonical,
		counts->metrics.items.items[id].type, counts->metrics.items.items[id].unit);
	stk_vec_push(&counts->subs, (struct sub){id, counts->metrics.items.len - 1, selector.tags});
}

static int compare_subs(const void *a, const void *b)
{
	const struct sub *x = a, *y = b;

	return x->id != y->id ? (x->id < y->id ? -1 : 1) : (x->item < y->item ? -1 : 1);
}

static size_t subs_of(const struct stk_counts *counts, int id)
{
	return counts->first_sub.items[id + 1] - counts->first_sub.items[id];
}

/* Whether anything but the submetric that is always there asks for tags of hop_metrics, and
 * whether samples carry what that one asks for. */
static void look_at_hops(struct stk_counts *counts)
{
	size_t subs = 0;

	for (size_t i = 0; i < STK_HOP_VALUES; i++)
		subs += subs_of(counts, hop_metrics[i]);
	counts->hops_are_bare = !counts->lane && subs == 1 &&
				stk_system_tags_has(counts->plan->system_tags, "expected_response");
}

struct stk_counts *stk_counts_new(const struct stk_plan *plan)
{
	struct stk_counts *counts = stk_xcalloc(1, sizeof *counts);
	int total = STK_METRIC_BUILTIN_COUNT + (int)plan->metrics.len;
	size_t at = 0;

	counts->plan = plan;
	stk_buf_init(&counts->key, 0);
	stk_metrics_init(&counts->metrics);
	for (int i = 0; i < total; i++) {
		const struct stk_metric_def *def = stk_metric_def(plan, i);
		struct stk_metric *metric =
			stk_metrics_put(&counts->metrics, def->name, "", def->type, def->unit);

		metric->builtin = i < STK_METRIC_BUILTIN_COUNT;
	}
	counts->expected_item = counts->metrics.items.len;
	add_sub(counts, "http_req_duration{expected_response:true}");
	for (size_t i = 0; i < plan->thresholds.len; i++)
		add_sub(counts, plan->thresholds.items[i].metric);
	for (size_t i = 0; i < counts->subs.len; i++) {
		const struct sub *sub = &counts->subs.items[i];

		counts->metrics.items.items[sub->item].builtin = sub->id < STK_METRIC_BUILTIN_COUNT;
	}
	qsort(counts->subs.items, counts->subs.len, sizeof *counts->subs.items, compare_subs);
	for (int i = 0; i <= total; i++) {
		while (at < counts->subs.len && counts->subs.items[at].id < i)
			at++;
		stk_vec_push(&counts->first_sub, at);
	}
	look_at_hops(counts);
	return counts;
}

void stk_counts_free(struct stk_counts *counts)
{
	if (!counts)
		return;
	for (size_t i = 0; i < counts->subs.len; i++)
		stk_vec_release(&counts->subs.items[i].tags);
	stk_vec_release(&counts->subs);
	stk_vec_release(&counts->first_sub);
	stk_map_release(&counts->checks);
	stk_metrics_release(&counts->metrics);
	stk_arena_release(&counts->arena);
	stk_buf_release(&counts->key);
	free(counts);
}

void stk_counts_set_lane(struct stk_counts *counts, struct stk_tap_lane *lane)
{
	counts->lane = lane;
	look_at_hops(counts);
}

static bool has_all(const struct stk_tag_lists *have, const struct stk_tags *want)
{
	for (size_t i = 0; i < want->len; i++) {
		const char *value = stk_tag_lists_get(have, want->items[i].key);

		if (!value || strcmp(value, want->items[i].value) != 0)
			return false;
	}
	return true;
}

void stk_counts_add(
	struct stk_counts *counts, int id, double value, const struct stk_tag_lists *tags)
{
	struct stk_metric *items = counts->metrics.items.items;

	stk_metric_add(&items[id], value);
	if (counts->lane)
		stk_tap_lane_add(counts->lane, id, value, tags);
	for (size_t i = counts->first_sub.items[id]; i < counts->first_sub.items[id + 1]; i++) {
		const struct sub *sub = &counts->subs.items[i];

		if (tags && has_all(tags, &sub->tags))
			stk_metric_add(&items[sub->item], value);
	}
}

bool stk_counts_add_bare(struct stk_counts *counts, int id, double value)
{
	if (stk_counts_wants_tags(counts, id))
		return false;
	stk_metric_add(&counts->metrics.items.items[id], value);
	return true;
}

bool stk_counts_add_hop(
	struct stk_counts *counts, const double values[STK_HOP_VALUES], bool expected)
{
	struct stk_metric *items = counts->metrics.items.items;

	if (!counts->hops_are_bare)
		return false;
	stk_metric_add(&items[STK_METRIC_HTTP_REQS], values[STK_HOP_REQS]);
	for (size_t i = STK_HOP_DURATION; i < STK_HOP_FAILED; i++)
		stk_metric_add_phase(&items[hop_metrics[i]], values[i]);
	stk_metric_add(&items[STK_METRIC_HTTP_REQ_FAILED], values[STK_HOP_FAILED]);
	if (expected)
		stk_metric_add(&items[counts->expected_item], values[STK_HOP_DURATION]);
	return true;
}

int stk_counts_hop_metric(enum stk_hop_value which)
{
	return hop_metrics[which];
}

bool stk_counts_wants_tags(const struct stk_counts *counts, int id)
{
	return counts->lane || subs_of(counts, id) > 0;
}

/* Number of the check + 1 by the map; 0: there are too many. */
static size_t check_number(struct stk_counts *counts, struct stk_str group, struct stk_str name)
{
	union stk_map_value *value;
	struct stk_check_count *check;

	stk_buf_clear(&counts->key);
	stk_buf_add_str(&counts->key, group);
	stk_buf_add_byte(&counts->key, '\0');
	stk_buf_add_str(&counts->key, name);
	value = stk_map_find(&counts->checks, stk_buf_str(&counts->key));
	if (value)
		return value->num;
	if (counts->checks.len >= STK_COUNTS_CHECKS_MAX)
		return 0;
	value = stk_map_put(&counts->checks, stk_buf_str(&counts->key), NULL);
	check = stk_vec_push_new(&counts->metrics.checks);
	check->group = stk_str_dup(group);
	check->name = stk_str_dup(name);
	value->num = counts->metrics.checks.len;
	return value->num;
}

static bool is_recent(const struct stk_counts *counts, const struct recent *recent,
	struct stk_str group, struct stk_str name)
{
	const struct stk_check_count *check;

	if (recent->number == 0)
		return false;
	check = &counts->metrics.checks.items[recent->number - 1];
	return stk_str_eq(stk_str_n(check->name, recent->name_len), name) &&
	       stk_str_eq(stk_str_n(check->group, recent->group_len), group);
}

/* The check with that name, which is looked for where it was found last. */
static const struct recent *find_check(
	struct stk_counts *counts, struct stk_str group, struct stk_str name)
{
	struct recent *two = counts->recent[((uintptr_t)name.ptr >> 4) % RECENT];
	struct recent found = two[1];

	if (is_recent(counts, &two[0], group, name))
		return two;
	if (!is_recent(counts, &found, group, name))
		found = (struct recent){check_number(counts, group, name), group.len, name.len};
	two[1] = two[0];
	two[0] = found;
	return two;
}

bool stk_counts_check(
	struct stk_counts *counts, struct stk_str group, struct stk_str name, bool passed)
{
	const struct recent *recent = find_check(counts, group, name);
	struct stk_check_count *check;

	if (recent->number == 0)
		return false;
	check = &counts->metrics.checks.items[recent->number - 1];
	if (passed)
		check->passes++;
	else
		check->fails++;
	return true;
}

const struct stk_metrics *stk_counts_metrics(const struct stk_counts *counts)
{
	return &counts->metrics;
}

struct stk_metric *stk_counts_get(const struct stk_counts *counts, int id)
{
	return &counts->metrics.items.items[id];
}
