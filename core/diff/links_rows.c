/* links_rows: what the sums of the stacks say of a row, and of the comparison. */
#include <math.h>

#include "core/diff/links_priv.h"

/* Of a row's increase, to be called from a changed function. */
#define MOSTLY 0.5

/* What the ways of one row add up to. */
struct sums {
	double all, through;
	double best;  /* of the caller that most runs through */
	uint32_t via; /* that caller */
	double calls_best;
	uint32_t calls;
};

static size_t first_way(const struct stk_links *links, uint32_t function)
{
	size_t low = 0, high = links->ways.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (links->ways.items[middle].function < function)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Cost of a way as a part of the row: a renamed row has another function on each side. */
static double weigh(const struct stk_links *links, const struct stk_matrix_row *row,
	const struct stk_links_way *way, bool by_increase)
{
	double cost[STK_SIDES];

	for (int side = 0; side < STK_SIDES; side++)
		cost[side] = row->function[side] == way->function
				     ? way->value[side] * links->scale[side]
				     : 0.0;
	return cost[STK_SIDE_HEAD] + (by_increase ? -cost[STK_SIDE_BASE] : cost[STK_SIDE_BASE]);
}

/* `sign` is -1 for a row that got cheaper: the callers that most lost count then. */
static void add_run(struct sums *sums, const struct stk_links_way *first, double value, double sign)
{
	if (first->kind == STK_LINKS_CALLS) {
		if (value > sums->calls_best) {
			sums->calls_best = value;
			sums->calls = first->via;
		}
		return;
	}
	sums->all += value;
	if (first->via == STK_LINKS_NOBODY)
		return;
	sums->through += value;
	if (sums->via == STK_LINKS_NOBODY || sign * value > sums->best) {
		sums->best = sign * value;
		sums->via = first->via;
	}
}

static void sum_function(const struct stk_links *links, size_t at, uint32_t function,
	bool by_increase, struct sums *sums)
{
	const struct stk_matrix_row *row = &links->matrix->rows[at];
	bool is_cheaper = stk_matrix_cost(links->matrix, at, STK_SIDE_HEAD) <
			  stk_matrix_cost(links->matrix, at, STK_SIDE_BASE);

	for (size_t i = first_way(links, function);
		i < links->ways.len && links->ways.items[i].function == function;) {
		const struct stk_links_way *first = &links->ways.items[i];
		double value = 0.0;

		for (; i < links->ways.len && links->ways.items[i].function == function &&
			links->ways.items[i].kind == first->kind &&
			links->ways.items[i].via == first->via;
			i++)
			value += weigh(links, row, &links->ways.items[i],
				by_increase && first->kind == STK_LINKS_SELF);
		add_run(sums, first, value, by_increase && is_cheaper ? -1.0 : 1.0);
	}
}

/* The changed line of `via` that most of the row's cost at head runs through; 0 = none does. */
static int64_t busiest_line(const struct stk_links *links, uint32_t function, uint32_t via)
{
	double most = 0.0;
	int64_t line = 0;

	for (size_t i = first_way(links, function);
		i < links->ways.len && links->ways.items[i].function == function; i++) {
		const struct stk_links_way *way = &links->ways.items[i];

		if (way->kind == STK_LINKS_SELF && way->via == via && way->line > 0 &&
			way->value[STK_SIDE_HEAD] > most) {
			most = way->value[STK_SIDE_HEAD];
			line = way->line;
		}
	}
	return line;
}

static void set_via(const struct stk_links *links, uint32_t function, uint32_t via,
	struct stk_run *run, struct stk_row_link *link)
{
	int64_t line = busiest_line(links, function, via);

	link->via = stk_diff_input_describe(links->input, via, STK_SIDE_HEAD, run);
	if (line == 0)
		line = links->marks[via].line;
	if (line > 0)
		link->via.line = line;
}

/* The changed one of a row's two functions; STK_LINKS_NOBODY if neither is. */
static uint32_t changed_itself(const struct stk_links *links, const struct stk_matrix_row *row)
{
	for (int side = STK_SIDES; side-- > 0;) {
		if (links->marks[row->function[side]].is_changed)
			return row->function[side];
	}
	return STK_LINKS_NOBODY;
}

/* Its file changed, but where its lines are nobody said. */
static bool is_in_the_dark(const struct stk_links *links, const struct stk_matrix_row *row)
{
	for (int side = 0; side < STK_SIDES; side++) {
		const struct stk_links_mark *mark = &links->marks[row->function[side]];

		if (mark->file[side] && (mark->file[side]->is_unknown || !mark->has_lines))
			return true;
	}
	return false;
}

void stk_links_fill_row(const struct stk_links *links, size_t at, bool by_increase,
	struct stk_run *run, struct stk_row *row)
{
	const struct stk_matrix_row *from = &links->matrix->rows[at];
	uint32_t head = from->function[STK_SIDE_HEAD], base = from->function[STK_SIDE_BASE];
	struct sums sums = {.via = STK_LINKS_NOBODY, .calls = STK_LINKS_NOBODY};
	uint32_t itself = changed_itself(links, from);
	double share;

	if (!links->has_paths)
		return;
	sum_function(links, at, head, by_increase, &sums);
	if (base != head)
		sum_function(links, at, base, by_increase, &sums);
	share = sums.all != 0.0 ? fmin(1.0, fmax(0.0, sums.through / sums.all)) : NAN;
	if (by_increase)
		row->link.share = share;
	if (itself != STK_LINKS_NOBODY) {
		row->link.kind = STK_LINK_CHANGED;
		set_via(links, head, itself, run, &row->link);
	} else if (sums.via != STK_LINKS_NOBODY && share >= MOSTLY) {
		row->link.kind = STK_LINK_CALLED_FROM;
		set_via(links, head, sums.via, run, &row->link);
	} else if (sums.calls != STK_LINKS_NOBODY) {
		row->link.kind = STK_LINK_CALLS;
		set_via(links, head, sums.calls, run, &row->link);
	} else if (!is_in_the_dark(links, from)) {
		row->link.kind = STK_LINK_UNRELATED;
	}
}

/* --- the comparison -----------------------------------------------------------------------------
 */

double stk_links_share(const struct stk_links *links, const struct stk_comparison *comparison)
{
	double increase = 0.0, through = 0.0;

	if (!links || !links->has_paths)
		return NAN;
	for (size_t i = 0; i < comparison->rows.len; i++) {
		const struct stk_row *row = &comparison->rows.items[i];
		double gain = row->head_cost - row->base_cost;

		if (row->verdict != STK_VERDICT_REGRESSION || !(gain > 0.0) ||
			isnan(row->link.share))
			continue;
		increase += gain;
		through += gain * row->link.share;
	}
	if (increase <= 0.0 && comparison->total.verdict == STK_VERDICT_REGRESSION) {
		for (int side = 0; side < STK_SIDES; side++) {
			double sign = side == STK_SIDE_HEAD ? 1.0 : -1.0;

			increase += sign * links->all[side] * links->scale[side];
			through += sign * links->through[side] * links->scale[side];
		}
	}
	return increase > 0.0 ? fmin(1.0, fmax(0.0, through / increase)) : NAN;
}
