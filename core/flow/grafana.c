/* grafana: links into Grafana that show the same slices (reference pyroscope 10.1). */
#include "core/flow/grafana.h"

#include <inttypes.h>

#include "core/http/url.h"

#define APP "/a/grafana-pyroscope-app/explore"

/* Two stretches of time beside each other; base is empty where there is only one. */
struct spans {
	int64_t start_ms[STK_SIDES], end_ms[STK_SIDES]; /* 0: none */
	const char *words;
};

static void stretch(struct spans *spans, int side, const struct stk_window *window)
{
	int64_t start = window->start_ns / STK_NS_PER_MS, end = window->end_ns / STK_NS_PER_MS;

	if (spans->start_ms[side] == 0 || start < spans->start_ms[side])
		spans->start_ms[side] = start;
	if (end > spans->end_ms[side])
		spans->end_ms[side] = end;
}

/* Blocks of both sides lie between each other: their labels tell them apart. */
static struct spans find_spans(const struct stk_run *run)
{
	struct spans spans = {.words = "this window"};

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];

		if (window->kind == STK_WINDOW_BLOCK && window->side >= 0)
			stretch(&spans, window->side, window);
		else if (window->kind == STK_WINDOW_LOAD)
			stretch(&spans, STK_SIDE_HEAD, window);
		else if (window->kind == STK_WINDOW_IDLE)
			stretch(&spans, STK_SIDE_BASE, window);
	}
	if (spans.end_ms[STK_SIDE_BASE] > 0)
		spans.words =
			run->mode == STK_MODE_PAIRED ? "base beside head" : "idle beside load";
	return spans;
}

static void add_time(struct stk_buf *query, const char *key, int64_t ms)
{
	struct stk_buf number = STK_BUF_EMPTY;

	stk_buf_addf(&number, "%" PRId64, ms);
	stk_url_query_add(query, key, stk_buf_str(&number));
	stk_buf_release(&number);
}

/* key|=|value, once per label. */
static void add_filters(struct stk_buf *query, const char *key, const struct stk_side_spec *spec)
{
	for (size_t i = 0; i < spec->profile.labels.len; i++) {
		const struct stk_pair_text *label = &spec->profile.labels.items[i];
		struct stk_buf text = STK_BUF_EMPTY;

		stk_buf_addf(&text, "%s|=|%s", label->name, label->value);
		stk_url_query_add(query, key, stk_buf_str(&text));
		stk_buf_release(&text);
	}
}

/* The names that two generations of the app give to the same times; it ignores those of the other.
 */
static void add_diff(struct stk_buf *query, const struct spans *spans)
{
	static const struct {
		const char *key;
		int side;
		bool is_end;
	} rows[] = {{"from-2", 0, false}, {"to-2", 0, true}, {"from-3", 1, false},
		{"to-3", 1, true}, {"comparisonFrom", 1, false}, {"comparisonTo", 1, true},
		{"diffFrom", 0, false}, {"diffTo", 0, true}, {"diffFrom-2", 1, false},
		{"diffTo-2", 1, true}};

	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++)
		add_time(query, rows[i].key,
			rows[i].is_end ? spans->end_ms[rows[i].side]
				       : spans->start_ms[rows[i].side]);
}

static const char *setting(const struct stk_session *session, const char *given, const char *name)
{
	return given && given[0] ? given : stk_env_get(session->env, name);
}

static void add_link(struct stk_session *session, const char *grafana, const struct spans *spans,
	const char *type_id, const char *short_name)
{
	const struct stk_workflow *workflow = session->workflow;
	const struct stk_side_spec *base = &workflow->sides[STK_SIDE_BASE];
	const struct stk_side_spec *head = &workflow->sides[STK_SIDE_HEAD];
	const char *source =
		setting(session, workflow->source.datasource, "STOKER_GRAFANA_DATASOURCE");
	bool is_diff = spans->end_ms[STK_SIDE_BASE] > 0;
	struct stk_buf query = STK_BUF_EMPTY, url = STK_BUF_EMPTY;
	struct stk_run *run = session->run;

	stk_url_query_add(&query, "explorationType",
		stk_str_of(is_diff ? "diff-flame-graph" : "flame-graph"));
	if (source && source[0])
		stk_url_query_add(&query, "var-dataSource", stk_str_of(source));
	stk_url_query_add(&query, "var-serviceName", stk_str_of(head->profile.service));
	stk_url_query_add(&query, "var-profileMetricId", stk_str_of(type_id));
	add_time(&query, "from", spans->start_ms[is_diff ? STK_SIDE_BASE : STK_SIDE_HEAD]);
	add_time(&query, "to", spans->end_ms[is_diff ? STK_SIDE_BASE : STK_SIDE_HEAD]);
	if (is_diff) {
		add_diff(&query, spans);
		add_filters(
			&query, "var-filtersBaseline", run->mode == STK_MODE_PAIRED ? base : head);
		add_filters(&query, "var-filtersComparison", head);
	} else {
		add_filters(&query, "var-filters", head);
	}
	stk_url_join(&url, stk_str_of(grafana), STK_STR(APP));
	stk_buf_addf(&url, "?%s", query.ptr);
	stk_vec_push(&run->links,
		(struct stk_report_link){.name = "grafana",
			.text = stk_arena_printf(&run->arena, "%s, %s", short_name, spans->words),
			.url = stk_run_text(run, url.ptr)});
	stk_buf_release(&query);
	stk_buf_release(&url);
}

void stk_grafana_add_links(struct stk_session *session)
{
	const struct stk_workflow *workflow = session->workflow;
	const struct stk_run *run = session->run;
	const char *grafana = setting(session, workflow->source.grafana, "STOKER_GRAFANA_URL");
	struct spans spans = find_spans(run);
	struct stk_url url;

	if (workflow->source.kind != STK_SOURCE_PYROSCOPE || !grafana || !grafana[0] ||
		!workflow->sides[STK_SIDE_HEAD].profile.service || spans.end_ms[STK_SIDE_HEAD] == 0)
		return;
	if (stk_url_parse(stk_str_of(grafana), &url, NULL) < 0) {
		stk_session_warn(session, "no links into Grafana: '%s' is no URL", grafana);
		return;
	}
	for (size_t i = 0; i < run->comparisons.len; i++)
		add_link(session, grafana, &spans, run->comparisons.items[i].type_id,
			run->comparisons.items[i].short_name);
	for (size_t i = 0; i < run->hotspots.len && run->comparisons.len == 0; i++)
		add_link(session, grafana, &spans, run->hotspots.items[i].type_id,
			run->hotspots.items[i].short_name);
}
