/* meta: ProfileTypes, LabelNames, LabelValues, Series and GetProfileStats. */
#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/pyroscope/types.h"
#include "core/server/handlers.h"

#define HOUR_MS 3600000

static int cmp_str(const void *a, const void *b)
{
	return stk_str_cmp(*(const struct stk_str *)a, *(const struct stk_str *)b);
}

/* The keys of a map, sorted, as a list in the call's arena (the texts are the map's). */
static struct stk_wire_list sorted_keys(struct stk_call *call, const struct stk_map *map)
{
	struct stk_str *items =
		stk_arena_zalloc(&call->arena, map->len ? map->len : 1, sizeof *items);

	for (size_t i = 0; i < map->len; i++)
		items[i] = stk_str_n(map->entries[i].key, map->entries[i].key_len);
	if (map->len)
		qsort(items, map->len, sizeof *items, cmp_str);
	return (struct stk_wire_list){items, map->len};
}

/* Labels that are kept to tell series apart but are nobody's business. */
static bool is_hidden(struct stk_str name)
{
	return stk_str_is(name, "__delta__") || stk_str_is(name, "__session_id__");
}

static bool is_legacy_name(struct stk_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return name.len > 0;
}

/* Names outside of [A-Za-z_][A-Za-z0-9_]* only for clients that say they can take them. */
static bool is_shown(const struct stk_call *call, struct stk_str name)
{
	struct stk_str accept = stk_server_request_header(call->request, "accept");

	if (is_hidden(name))
		return false;
	return is_legacy_name(name) ||
	       stk_str_contains(accept, STK_STR("allow-utf8-labelnames=true"));
}

/* The series of a metadata query. */
static int find_series(struct stk_call *call, const struct stk_wire_list *matchers,
	struct stk_store_query *query, struct stk_store_series **out, size_t *len,
	struct stk_err *err)
{
	int rc = stk_call_selectors(call, matchers->items, matchers->len, query, err);

	if (rc == 0)
		rc = stk_store_find(call->store, query, out, len, err);
	stk_call_selectors_free(query);
	return rc;
}

int stk_handlers_types(struct stk_call *call, const void *message, struct stk_err *err)
{
	const struct stk_query_types_request *request = message;
	struct stk_query_types_response response = {{NULL, 0}};
	struct stk_store_query query = {0};
	struct stk_wire_list none = {NULL, 0}, ids;
	struct stk_store_series *series = NULL;
	struct stk_map found = STK_MAP_INIT;
	struct stk_query_type *types;
	int64_t now_ms = stk_clock_wall(call->clock) / STK_NS_PER_MS;
	bool recent = !request->start && !request->end;
	size_t len = 0;
	int rc;

	rc = stk_call_window(recent ? now_ms - HOUR_MS : request->start,
		recent ? now_ms : request->end, &query, err);
	if (rc == 0)
		rc = find_series(call, &none, &query, &series, &len, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < len; i++)
		(void)stk_map_put(&found,
			stk_labels_find(series[i].labels, series[i].labels_len,
				STK_STR("__profile_type__")),
			NULL);
	ids = sorted_keys(call, &found);
	types = stk_arena_zalloc(&call->arena, ids.len ? ids.len : 1, sizeof *types);
	for (size_t i = 0; i < ids.len; i++) {
		struct stk_str id = ((struct stk_str *)ids.items)[i];
		struct stk_types_id part;

		/* a part with a colon in it cannot be asked for: not listed either */
		if (stk_types_parse(id, &part, NULL) < 0)
			continue;
		types[response.types.len++] = (struct stk_query_type){id, part.name,
			part.sample_type, part.sample_unit, part.period_type, part.period_unit};
	}
	response.types.items = types;
	stk_call_answer(call, &stk_query_types_response_wire, &response);
	stk_map_release(&found);
	free(series);
	return 0;
}

/* Answer with the names or values of the labels of all series that are meant; name empty: names. */
static int answer_texts(struct stk_call *call, const struct stk_wire_list *matchers,
	struct stk_str name, struct stk_store_query *query, struct stk_err *err)
{
	struct stk_query_names_response response;
	struct stk_store_series *series = NULL;
	struct stk_map found = STK_MAP_INIT;
	size_t len = 0;
	int rc = find_series(call, matchers, query, &series, &len, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < len; i++)
		for (size_t l = 0; l < series[i].labels_len; l++) {
			const struct stk_label *label = &series[i].labels[l];

			if (!name.len && is_shown(call, label->name))
				(void)stk_map_put(&found, label->name, NULL);
			else if (name.len && stk_str_eq(label->name, name) && label->value.len)
				(void)stk_map_put(&found, label->value, NULL);
		}
	response.names = sorted_keys(call, &found);
	stk_call_answer(call, &stk_query_names_response_wire, &response);
	stk_map_release(&found);
	free(series);
	return 0;
}

int stk_handlers_names(struct stk_call *call, const void *message, struct stk_err *err)
{
	const struct stk_query_names_request *request = message;
	struct stk_store_query query = {0};
	int rc = stk_call_window(request->start, request->end, &query, err);

	if (rc < 0)
		return rc;
	return answer_texts(call, &request->matchers, (struct stk_str){NULL, 0}, &query, err);
}

int stk_handlers_values(struct stk_call *call, const void *message, struct stk_err *err)
{
	const struct stk_query_values_request *request = message;
	struct stk_store_query query = {0};
	int rc;

	if (!request->name.len)
		return stk_err_set(err, STK_E_INVAL, "name is required");
	rc = stk_call_window(request->start, request->end, &query, err);
	if (rc < 0)
		return rc;
	return answer_texts(call, &request->matchers, request->name, &query, err);
}

static bool is_asked(const struct stk_query_series_request *request, struct stk_str name)
{
	const struct stk_str *names = request->label_names.items;

	for (size_t i = 0; i < request->label_names.len; i++)
		if (stk_str_eq(names[i], name))
			return true;
	return request->label_names.len == 0;
}

/* The labels of a series that the request wants. */
static struct stk_query_labels project(struct stk_call *call,
	const struct stk_query_series_request *request, const struct stk_store_series *series)
{
	struct stk_query_label *labels =
		stk_arena_zalloc(&call->arena, series->labels_len, sizeof *labels);
	size_t len = 0;

	for (size_t i = 0; i < series->labels_len; i++)
		if (is_shown(call, series->labels[i].name) &&
			is_asked(request, series->labels[i].name) && series->labels[i].value.len)
			labels[len++] = (struct stk_query_label){
				series->labels[i].name, series->labels[i].value};
	return (struct stk_query_labels){{labels, len}};
}

int stk_handlers_series(struct stk_call *call, const void *message, struct stk_err *err)
{
	const struct stk_query_series_request *request = message;
	struct stk_query_series_response response = {{NULL, 0}};
	struct stk_store_query query = {0};
	struct stk_store_series *series = NULL;
	struct stk_map seen = STK_MAP_INIT;
	struct stk_query_labels *sets;
	size_t len = 0;
	int rc;

	rc = stk_call_window(request->start, request->end, &query, err);
	if (rc == 0)
		rc = find_series(call, &request->matchers, &query, &series, &len, err);
	if (rc < 0)
		return rc;
	sets = stk_arena_zalloc(&call->arena, len ? len : 1, sizeof *sets);
	for (size_t i = 0; i < len; i++) {
		struct stk_query_labels set = project(call, request, &series[i]);
		struct stk_buf key = STK_BUF_EMPTY;
		bool added = false;

		stk_selector_format(&key, set.labels.items, set.labels.len);
		if (set.labels.len)
			(void)stk_map_put(&seen, stk_buf_str(&key), &added);
		if (added)
			sets[response.labels_set.len++] = set;
		stk_buf_release(&key);
	}
	response.labels_set.items = sets;
	stk_call_answer(call, &stk_query_series_response_wire, &response);
	stk_map_release(&seen);
	free(series);
	return 0;
}

int stk_handlers_stats(struct stk_call *call, const void *message, struct stk_err *err)
{
	struct stk_query_stats_response response = {0};
	int64_t oldest = 0, newest = 0;

	(void)message;
	(void)err;
	response.ingested = stk_store_range(call->store, &oldest, &newest);
	response.oldest_ms = oldest / STK_NS_PER_MS;
	response.newest_ms = newest / STK_NS_PER_MS;
	stk_call_answer(call, &stk_query_stats_response_wire, &response);
	return 0;
}
