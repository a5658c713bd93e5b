/* points: the stored profiles of a query, told apart by instance, in order of time. */
#include "core/source/points.h"

#include <stdlib.h>
#include <string.h>

#include "core/source/grid.h"

#define TEXT(literal)                                                                              \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}
#define INSTANCE_LABELS 6 /* the rest names the agent */

const struct stk_str stk_points_labels[STK_POINTS_LABELS] = {TEXT("pod"), TEXT("instance"),
	TEXT("hostname"), TEXT("host"), TEXT("service_instance_id"), TEXT("service.instance.id"),
	TEXT("pyroscope_spy"), TEXT("otel.scope.name")};

static struct stk_str copy(struct stk_points *points, struct stk_str text)
{
	return stk_str_n(stk_arena_str(&points->arena, text), text.len);
}

struct stk_str stk_points_instance(const struct stk_label *labels, size_t len)
{
	for (size_t i = 0; i < INSTANCE_LABELS; i++) {
		struct stk_str value = stk_labels_find(labels, len, stk_points_labels[i]);
		if (value.len > 0)
			return value;
	}
	return STK_STR("");
}

void stk_points_add(struct stk_points *points, const struct stk_label *labels, size_t len,
	int64_t stamp_ns, int64_t duration_ns)
{
	struct stk_point point = {.stamp_ns = stamp_ns, .duration_ns = duration_ns};

	for (size_t i = 0; i < STK_POINTS_LABELS; i++) {
		struct stk_str value = stk_labels_find(labels, len, stk_points_labels[i]);
		if (value.len == 0)
			continue;
		if (i >= INSTANCE_LABELS && point.agent.len == 0) {
			point.agent = copy(points, value);
		} else if (i < INSTANCE_LABELS && point.instance.len == 0) {
			point.instance = copy(points, value);
			point.instance_label = stk_points_labels[i];
		}
	}
	stk_vec_push(&points->items, point);
}

static int by_instance_and_time(const void *a, const void *b)
{
	const struct stk_point *x = a, *y = b;
	int order = stk_str_cmp(x->instance, y->instance);

	if (order)
		return order;
	return (x->stamp_ns > y->stamp_ns) - (x->stamp_ns < y->stamp_ns);
}

void stk_points_sort(struct stk_points *points)
{
	size_t kept = 0;

	if (points->items.len < 2)
		return;
	qsort(points->items.items, points->items.len, sizeof *points->items.items,
		by_instance_and_time);
	for (size_t i = 0; i < points->items.len; i++)
		if (kept == 0 || by_instance_and_time(&points->items.items[kept - 1],
					 &points->items.items[i]) != 0)
			points->items.items[kept++] = points->items.items[i];
	points->items.len = kept;
}

void stk_points_release(struct stk_points *points)
{
	stk_vec_release(&points->items);
	stk_arena_release(&points->arena);
}

/* Where the points of the instance that begins at first end. */
static size_t end_of_instance(const struct stk_points *points, size_t first)
{
	size_t end = first + 1;

	while (end < points->items.len &&
		stk_str_eq(points->items.items[end].instance, points->items.items[first].instance))
		end++;
	return end;
}

static void set_agent(struct stk_source_info *out, struct stk_str agent)
{
	if (agent.len >= sizeof out->agent)
		agent.len = sizeof out->agent - 1;
	if (agent.len > 0)
		memcpy(out->agent, agent.ptr, agent.len);
	out->agent[agent.len] = '\0';
}

void stk_points_describe(
	const struct stk_points *points, const char *type_id, struct stk_source_info *out)
{
	STK_VEC(struct stk_grid_point) grid = STK_VEC_INIT;
	size_t best = 0, best_len = 0;
	int instances = 0;

	for (size_t i = 0, end; i < points->items.len; i = end) {
		end = end_of_instance(points, i);
		instances++;
		if (end - i > best_len) {
			best = i;
			best_len = end - i;
		}
	}
	if (instances == 0)
		return;
	for (size_t i = best; i < best + best_len; i++)
		stk_vec_push(&grid, (struct stk_grid_point){points->items.items[i].stamp_ns,
					    points->items.items[i].duration_ns});
	set_agent(out, points->items.items[best].agent);
	stk_grid_describe(grid.items, grid.len, type_id, out->agent, out);
	out->instances = instances;
	stk_vec_release(&grid);
}

int64_t stk_points_newest(const struct stk_points *points)
{
	int64_t newest = 0;

	for (size_t i = 0, end; i < points->items.len; i = end) {
		end = end_of_instance(points, i);
		int64_t last = points->items.items[end - 1].stamp_ns;
		if (i == 0 || last < newest)
			newest = last;
	}
	return newest;
}
