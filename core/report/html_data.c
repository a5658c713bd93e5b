/* html_data: what the page's scripts draw, as JSON: the time axis, rows, flame graphs. */
#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/map.h"
#include "core/report/html_priv.h"
#include "core/report/html_text.h"
#include "core/report/parts.h"

/* Points of the line of requests: more than a wide screen has columns. */
enum { RATE_POINTS_MAX = 1500, RATE_POINTS_LEAST = 40 };

static struct stk_json *new_ms(int64_t ns, int64_t start_ns)
{
	return stk_json_new_real((double)(ns - start_ns) / 1e6);
}

static struct stk_json *write_window(const struct stk_window *window, int64_t start_ns)
{
	static const char *const kinds[] = {"idle", "load", "warmup", "block"};
	struct stk_json *object = stk_json_new_object();
	bool has_cpu = window->cpu_ns >= 0 && window->requests > 0;

	stk_json_put(object, "name", stk_html_new_text(window->name));
	stk_json_put(object, "kind", stk_json_new_text(kinds[window->kind]));
	stk_json_put(object, "side", stk_json_new_int(window->side));
	stk_json_put(object, "start", new_ms(window->start_ns, start_ns));
	stk_json_put(object, "end", new_ms(window->end_ns, start_ns));
	stk_json_put(object, "requests", stk_json_new_int(window->requests));
	stk_json_put(object, "p50", stk_json_new_real(window->p50_ms));
	stk_json_put(object, "p95", stk_json_new_real(window->p95_ms));
	stk_json_put(object, "p99", stk_json_new_real(window->p99_ms));
	stk_json_put(object, "cpu",
		stk_json_new_real(
			has_cpu ? (double)window->cpu_ns / (double)window->requests : NAN));
	return object;
}

static struct stk_json *write_slice(const struct stk_slice *slice, int64_t start_ns)
{
	struct stk_json *object = stk_json_new_object();

	stk_json_put(object, "side", stk_json_new_int(slice->side));
	stk_json_put(object, "start", new_ms(slice->start_ns, start_ns));
	stk_json_put(object, "end", new_ms(slice->end_ns, start_ns));
	stk_json_put(object, "cost",
		stk_json_new_real(
			slice->requests > 0 ? (double)slice->total / slice->requests : NAN));
	stk_json_put(object, "counted", stk_json_new_bool(slice->counted));
	stk_json_put(object, "why", stk_html_new_text(slice->why_not));
	return object;
}

struct span {
	int64_t start_ns, end_ns;
};

static struct span find_span(const struct stk_run *run)
{
	struct span span = {INT64_MAX, 0};

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];
		span.start_ns = window->start_ns < span.start_ns ? window->start_ns : span.start_ns;
		span.end_ns = window->end_ns > span.end_ns ? window->end_ns : span.end_ns;
	}
	return span;
}

/* Completed requests per second of one side, in equal steps over the span. */
static struct stk_json *write_rates(
	const struct stk_run *run, struct span span, int64_t step_ns, int side)
{
	struct stk_json *array = stk_json_new_array();

	for (int64_t at = span.start_ns; at < span.end_ns; at += step_ns) {
		double sum = stk_series_sum(&run->series, side, NULL, NULL, at, at + step_ns);
		stk_json_push(array, stk_json_new_real(round(sum * 1e10 / (double)step_ns) / 10));
	}
	return array;
}

/* Whole seconds where the run is long enough, so that the line does not jump. */
static int64_t rate_step_ns(struct span span)
{
	int64_t length_ns = span.end_ns - span.start_ns;
	int64_t step_ns = STK_NS_PER_S;

	if (length_ns < RATE_POINTS_LEAST * STK_NS_PER_S)
		step_ns = length_ns / RATE_POINTS_LEAST + 1;
	if (length_ns / step_ns > RATE_POINTS_MAX)
		step_ns = length_ns / RATE_POINTS_MAX + 1;
	return step_ns;
}

/* The type of the slices that are drawn: CPU, or what there is. */
static const char *drawn_type(const struct stk_run *run, const char **unit_out)
{
	*unit_out = run->comparisons.len > 0 ? run->comparisons.items[0].unit
		    : run->hotspots.len > 0  ? run->hotspots.items[0].unit
					     : "";
	return run->comparisons.len > 0 ? run->comparisons.items[0].type_id
	       : run->hotspots.len > 0  ? run->hotspots.items[0].type_id
					: NULL;
}

static struct stk_json *write_time(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;
	struct span span = find_span(run);
	struct stk_json *object = stk_json_new_object();
	struct stk_json *windows = stk_json_new_array(), *slices = stk_json_new_array();
	struct stk_json *rates = stk_json_new_array();
	const char *unit, *type_id = drawn_type(run, &unit);

	if (span.end_ns <= span.start_ns)
		span = (struct span){0, 0};
	for (size_t i = 0; span.end_ns > 0 && i < run->windows.len; i++)
		stk_json_push(windows, write_window(&run->windows.items[i], span.start_ns));
	for (size_t i = 0; span.end_ns > 0 && type_id && i < run->slices.len; i++)
		if (strcmp(run->slices.items[i].type_id, type_id) == 0)
			stk_json_push(slices, write_slice(&run->slices.items[i], span.start_ns));
	for (int side = 0; side < STK_SIDES; side++)
		stk_json_push(rates, write_rates(run, span, rate_step_ns(span), side));
	stk_json_put(object, "start", stk_json_new_int(span.start_ns / 1000000));
	stk_json_put(object, "length", new_ms(span.end_ns, span.start_ns));
	stk_json_put(object, "step", new_ms(rate_step_ns(span), 0));
	stk_json_put(object, "unit", stk_html_new_text(unit));
	stk_json_put(object, "windows", windows);
	stk_json_put(object, "slices", slices);
	stk_json_put(object, "rates", rates);
	return object;
}

static struct stk_json *write_row(const struct stk_row *row)
{
	const double numbers[] = {row->base_cost, row->head_cost, row->change, row->lo, row->hi,
		row->n_base, row->n_head};
	struct stk_json *array = stk_json_new_array();

	stk_json_push(array, stk_json_new_text(stk_html_verdict_key(row)));
	for (size_t i = 0; i < STK_ARRAY_LEN(numbers); i++)
		stk_json_push(array, stk_json_new_real(numbers[i]));
	return array;
}

static struct stk_json *write_type(struct stk_doc *doc, const struct stk_comparison *comparison)
{
	struct stk_json *object = stk_json_new_object(), *rows = stk_json_new_array();

	for (size_t i = 0; i < comparison->rows.len && i < STK_HTML_ROWS_MAX; i++)
		stk_json_push(rows, write_row(&comparison->rows.items[i]));
	stk_json_put(object, "key", stk_html_new_text(comparison->short_name));
	stk_json_put(object, "title", stk_html_new_text(stk_parts_type_title(doc, comparison)));
	stk_json_put(object, "unit", stk_html_new_text(comparison->unit));
	stk_json_put(object, "level", stk_json_new_bool(comparison->is_level));
	stk_json_put(object, "rows", rows);
	return object;
}

struct stk_json *stk_html_data(struct stk_doc *doc)
{
	const struct stk_run *run = doc->run;
	struct stk_json *object = stk_json_new_object(), *types = stk_json_new_array();

	for (size_t i = 0; i < run->comparisons.len; i++)
		stk_json_push(types, write_type(doc, &run->comparisons.items[i]));
	for (size_t i = 0; i < run->hotspots.len; i++) {
		struct stk_comparison like = {.short_name = run->hotspots.items[i].short_name,
			.unit = run->hotspots.items[i].unit};
		stk_json_push(types, write_type(doc, &like));
	}
	stk_json_put(object, "run", stk_html_new_text(run->id));
	stk_json_put(object, "name", stk_html_new_text(run->name));
	stk_json_put(object, "mode", stk_json_new_text(stk_mode_name(run->mode)));
	stk_json_put(object, "types", types);
	stk_json_put(object, "time", write_time(doc));
	return object;
}

/* --- flame graphs ------------------------------------------------------------------------- */

static void add_key(struct stk_buf *key, const char *name, const char *file)
{
	struct stk_str path = stk_str_of(file);

	stk_buf_clear(key);
	stk_buf_add_text(key, name);
	stk_buf_add_byte(key, '\0');
	stk_buf_add_str(key, stk_str_skip(path, (size_t)(stk_str_rfind_byte(path, '/') + 1)));
}

static void index_function(const struct stk_function *function, size_t number, struct stk_map *rows)
{
	struct stk_buf key = STK_BUF_EMPTY;
	union stk_map_value *value;
	bool added;

	add_key(&key, function->name, function->file);
	value = stk_map_put(rows, stk_buf_str(&key), &added);
	if (added)
		value->num = number;
	stk_buf_release(&key);
}

/* Row numbers by function, as the flame graph tells functions apart. */
static void index_rows(const struct stk_run *run, const char *type_id, struct stk_map *rows)
{
	bool is_compared = false;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];
		if (strcmp(one->type_id, type_id) != 0)
			continue;
		is_compared = true;
		for (size_t j = 0; j < one->rows.len && j < STK_HTML_ROWS_MAX; j++)
			index_function(&one->rows.items[j].function, j, rows);
	}
	for (size_t i = 0; i < run->hotspots.len && !is_compared; i++) {
		const struct stk_hotspots *one = &run->hotspots.items[i];
		if (strcmp(one->type_id, type_id) != 0)
			continue;
		for (size_t j = 0; j < one->rows.len && j < STK_HTML_ROWS_MAX; j++)
			index_function(&one->rows.items[j].function, j, rows);
	}
}

static void put_names(
	struct stk_json *object, const struct stk_run *run, const struct stk_flame *flame)
{
	struct stk_json *names = stk_json_new_array(), *places = stk_json_new_array();
	struct stk_json *numbers = stk_json_new_array(), *was = stk_json_new_object();
	struct stk_map rows = STK_MAP_INIT;
	struct stk_buf key = STK_BUF_EMPTY;

	index_rows(run, flame->type_id, &rows);
	for (size_t i = 0; i < flame->names.len; i++) {
		const struct stk_flame_name *name = &flame->names.items[i];
		const union stk_map_value *row;
		char number[24];

		add_key(&key, name->function.name, name->function.file);
		row = stk_map_find(&rows, stk_buf_str(&key));
		stk_json_push(names, stk_html_new_text(name->function.name));
		stk_json_push(numbers, stk_json_new_int(row ? (int64_t)row->num : -1));
		stk_buf_clear(&key);
		if (name->function.file)
			stk_buf_add_text(&key, name->function.file);
		if (name->function.line > 0)
			stk_buf_addf(&key, ":%lld", (long long)name->function.line);
		stk_json_push(places, stk_html_new_text(key.ptr));
		snprintf(number, sizeof number, "%zu", i);
		if (name->was)
			stk_json_put(was, number, stk_html_new_text(name->was));
	}
	stk_json_put(object, "names", names);
	stk_json_put(object, "places", places);
	stk_json_put(object, "rows", numbers);
	stk_json_put(object, "was", was);
	stk_buf_release(&key);
	stk_map_release(&rows);
}

static void put_nodes(struct stk_json *object, const struct stk_flame *flame)
{
	struct stk_json *name = stk_json_new_array(), *level = stk_json_new_array();
	struct stk_json *base = stk_json_new_array(), *head = stk_json_new_array();

	for (size_t i = 0; i < flame->nodes.len; i++) {
		const struct stk_flame_node *node = &flame->nodes.items[i];
		stk_json_push(name, stk_json_new_int(node->name));
		stk_json_push(level, stk_json_new_int(node->level));
		stk_json_push(base, stk_json_new_int(node->value[STK_SIDE_BASE]));
		stk_json_push(head, stk_json_new_int(node->value[STK_SIDE_HEAD]));
	}
	stk_json_put(object, "name", name);
	stk_json_put(object, "level", level);
	stk_json_put(object, "base", base);
	stk_json_put(object, "head", head);
}

struct stk_json *stk_html_flames(const struct stk_run *run, const struct stk_flames *flames)
{
	struct stk_json *array = stk_json_new_array();

	for (size_t i = 0; flames && i < flames->len; i++) {
		const struct stk_flame *flame = &flames->items[i];
		struct stk_json *object = stk_json_new_object();
		struct stk_json *divisor = stk_json_new_array();

		for (int side = 0; side < STK_SIDES; side++)
			stk_json_push(divisor, stk_json_new_real(flame->divisor[side]));
		stk_json_put(object, "key", stk_html_new_text(flame->short_name));
		stk_json_put(object, "unit", stk_html_new_text(flame->unit));
		stk_json_put(object, "level_type", stk_json_new_bool(flame->is_level));
		stk_json_put(object, "idle", stk_json_new_bool(flame->is_idle));
		stk_json_put(object, "divisor", divisor);
		stk_json_put(object, "period", stk_json_new_real(flame->period));
		stk_json_put(object, "merged", stk_json_new_int(flame->merged));
		put_names(object, run, flame);
		put_nodes(object, flame);
		stk_json_push(array, object);
	}
	return array;
}
