/* links: how rows hang together with the lines that differ between base and head. */
#include "core/diff/links.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/index.h"
#include "core/diff/outline.h"
#include "core/git/changes.h"
#include "core/profile/profile.h"

/* Of all cost on both sides: a function above it is on every path. */
#define COMMON_SHARE 0.95
/* Of a row's increase, to be called from a changed function. */
#define MOSTLY 0.5

#define NOBODY UINT32_MAX

/* Frames between a function and the changed one that it "calls" (reference regression 3.12). */
enum { CALLS_DEPTH = 3 };

struct mark {
	const struct stk_changes_file *file[STK_SIDES]; /* its own, if it differs */
	bool is_changed, is_common;
	bool has_lines; /* enough is known to say that it is not changed */
	int64_t line;   /* at head, where its first change is */
};

enum way_kind { WAY_SELF, WAY_CALLS };

/* Cost of a function by how it meets the change: its own cost under the changed function `via`
 * (itself, a caller, or nobody), or what passes through it to `via`, which it calls. */
struct way {
	enum way_kind kind;
	uint32_t function, via;
	int64_t line; /* of via at head, if that line is changed; else 0 */
	double value[STK_SIDES];
};

struct stk_links {
	const struct stk_matrix *matrix;
	const struct stk_diff_input *input;
	struct mark *marks;
	STK_VEC(struct way) ways;
	struct stk_index index;
	double scale[STK_SIDES]; /* value to cost */
	double all[STK_SIDES], through[STK_SIDES];
	bool has_paths; /* any function is of the repository */
};

/* --- which functions are changed ------------------------------------------------------------ */

static void mark_files(struct stk_links *links)
{
	for (size_t i = 0; i < links->input->functions.len; i++) {
		const struct stk_diff_function *function = &links->input->functions.items[i];

		for (int side = 0; side < STK_SIDES; side++) {
			if (!function->path[side])
				continue;
			links->has_paths = true;
			links->marks[i].file[side] = stk_changes_find(
				links->input->changes, side, stk_str_of(function->path[side]));
		}
	}
}

static void mark_common(struct stk_links *links)
{
	const struct stk_diff_input *input = links->input;
	double all[STK_SIDES] = {0.0, 0.0}, *sums;

	sums = stk_xcalloc(input->functions.len * STK_SIDES + 1, sizeof *sums);
	for (size_t i = 0; i < input->slices.len; i++) {
		const struct stk_diff_slice *slice = &input->slices.items[i];

		all[slice->side] += (double)slice->total;
		for (size_t k = 0; k < slice->values.len; k++)
			sums[slice->values.items[k].function * STK_SIDES + (size_t)slice->side] +=
				(double)slice->values.items[k].total;
	}
	for (size_t i = 0; i < input->functions.len; i++) {
		const double *sum = &sums[i * STK_SIDES];

		links->marks[i].is_common =
			sum[STK_SIDE_BASE] >= COMMON_SHARE * all[STK_SIDE_BASE] &&
			sum[STK_SIDE_HEAD] >= COMMON_SHARE * all[STK_SIDE_HEAD];
	}
	free(sums);
	for (int side = 0; side < STK_SIDES; side++) {
		double cost = stk_matrix_total_cost(links->matrix, side);

		links->scale[side] = all[side] > 0.0 ? cost / all[side] : 0.0;
	}
}

/* Lines of one function of a profile. */
struct extent {
	int64_t first, last;
};

/* Where samples saw the functions of a profile. */
static struct extent *sampled_extents(const struct stk_profile *profile)
{
	struct extent *extents = stk_xcalloc(profile->functions.len + 1, sizeof *extents);

	for (size_t i = 0; i < profile->lines.len; i++) {
		const struct stk_profile_line *line = &profile->lines.items[i];
		struct extent *extent;

		if (line->function == STK_PROFILE_NONE || line->line <= 0)
			continue;
		extent = &extents[line->function];
		if (extent->first == 0 || line->line < extent->first)
			extent->first = line->line;
		if (line->line > extent->last)
			extent->last = line->line;
	}
	return extents;
}

/* Code of a file or module as a whole ("<module>") lies around all its functions: where it was
 * seen says nothing of what it spans. */
static bool is_around(const struct stk_diff_function *function)
{
	return function->name[0] == '<';
}

static void mark_function(struct stk_links *links, int side, uint32_t number, int64_t start,
	const struct extent *sampled)
{
	struct mark *mark = &links->marks[number];
	const struct stk_changes_file *file = mark->file[side];
	const struct stk_changes_hunk *hunk;
	struct extent extent = *sampled;

	if (!file || file->is_unknown)
		return;
	if (start > 0) {
		int64_t end = stk_outline_end(file->text[side], start);

		extent.first = start;
		extent.last = end > sampled->last ? end : sampled->last;
	} else if (is_around(&links->input->functions.items[number])) {
		return;
	}
	if (extent.first <= 0)
		return;
	mark->has_lines = true;
	hunk = stk_changes_touch(
		file, side, extent.first, extent.last > extent.first ? extent.last : extent.first);
	if (!hunk)
		return;
	/* head's own lines are told rather than where something went */
	if (!mark->is_changed || side == STK_SIDE_HEAD)
		mark->line = stk_changes_shown_line(hunk);
	mark->is_changed = true;
}

static void mark_functions(struct stk_links *links)
{
	/* base first: see mark_function */
	for (int side = 0; side < STK_SIDES; side++) {
		for (size_t i = 0; i < links->input->profiles.len; i++) {
			const struct stk_diff_profile *from = &links->input->profiles.items[i];
			struct extent *extents;

			if (from->side != side)
				continue;
			extents = sampled_extents(from->profile);
			for (size_t k = 0; k < from->profile->functions.len; k++)
				mark_function(links, side, from->numbers[k],
					from->profile->functions.items[k].start_line, &extents[k]);
			free(extents);
		}
	}
}

/* --- the stacks ------------------------------------------------------------------------------- */

static bool is_same_way(const struct way *a, const struct way *b)
{
	return a->kind == b->kind && a->function == b->function && a->via == b->via &&
	       a->line == b->line;
}

struct way_lookup {
	const struct stk_links *links;
	const struct way *way;
};

static bool way_is(const void *ctx, uint32_t number)
{
	const struct way_lookup *lookup = ctx;

	return is_same_way(&lookup->links->ways.items[number], lookup->way);
}

static void add_way(struct stk_links *links, const struct way *way, int side, double value)
{
	struct way_lookup lookup = {links, way};
	uint64_t hash =
		stk_index_mix(stk_index_mix(stk_index_mix(way->kind + 1, way->function), way->via),
			(uint64_t)way->line);
	uint32_t at = stk_index_find(&links->index, hash, way_is, &lookup);

	if (at == STK_INDEX_NONE) {
		at = (uint32_t)links->ways.len;
		stk_vec_push(&links->ways, *way);
		stk_index_add(&links->index, hash, at);
	}
	links->ways.items[at].value[side] += value;
}

/* True if a frame is of the change; *line_out: its line, when that is a changed one of head. */
static bool is_of_change(
	const struct stk_links *links, int side, uint32_t number, int64_t line, int64_t *line_out)
{
	const struct mark *mark = &links->marks[number];
	const struct stk_changes_file *file = mark->file[side];

	*line_out = 0;
	if (file && line > 0 && stk_changes_touch(file, side, line, line)) {
		*line_out = side == STK_SIDE_HEAD ? line : 0;
		return true;
	}
	return mark->is_changed && !mark->is_common;
}

static void add_stack(struct stk_links *links, const struct stk_diff_profile *from, size_t sample,
	const struct stk_stack *stack)
{
	struct way self = {.kind = WAY_SELF, .function = NOBODY, .via = NOBODY};
	double value = (double)stk_profile_value(from->profile, sample, from->type);
	uint32_t changed = NOBODY; /* the nearest below */
	size_t changed_at = 0;

	for (size_t i = 0; i < stack->len; i++) {
		uint32_t number = from->numbers[stack->items[i].function];
		int64_t line;

		if (is_of_change(links, from->side, number, stack->items[i].line, &line)) {
			if (self.via == NOBODY) {
				self.via = number;
				self.line = line;
			}
			changed = number;
			changed_at = i;
		} else if (changed != NOBODY && i - changed_at <= CALLS_DEPTH) {
			struct way calls = {.kind = WAY_CALLS, .function = number, .via = changed};

			add_way(links, &calls, from->side, value);
		}
	}
	links->all[from->side] += value;
	if (self.via != NOBODY)
		links->through[from->side] += value;
	if (stack->len == 0 || !stk_diff_input_has_leaf(from->profile, sample))
		return;
	self.function = from->numbers[stack->items[0].function];
	add_way(links, &self, from->side, value);
}

static void add_profile(
	struct stk_links *links, const struct stk_diff_profile *from, struct stk_stack *stack)
{
	for (size_t i = 0; i < from->profile->samples.len; i++) {
		if (stk_profile_value(from->profile, i, from->type) <= 0)
			continue;
		stk_profile_stack(from->profile, i, stack);
		if (stack->len == 0 || !stk_diff_input_is_other(links->input,
					       from->numbers[stack->items[0].function]))
			add_stack(links, from, i, stack);
	}
}

/* By function, then kind and via, so that what belongs together stands together. */
static int compare_ways(const void *a, const void *b)
{
	const struct way *x = a, *y = b;

	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->via != y->via)
		return x->via < y->via ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

struct stk_links *stk_links_new(const struct stk_matrix *matrix)
{
	struct stk_stack stack = STK_VEC_INIT;
	struct stk_links *links;

	if (!matrix->input->changes)
		return NULL;
	links = stk_xcalloc(1, sizeof *links);
	links->matrix = matrix;
	links->input = matrix->input;
	links->marks = stk_xcalloc(links->input->functions.len + 1, sizeof *links->marks);
	mark_files(links);
	mark_common(links);
	mark_functions(links);
	for (size_t i = 0; i < links->input->profiles.len; i++)
		add_profile(links, &links->input->profiles.items[i], &stack);
	if (links->ways.len > 1)
		qsort(links->ways.items, links->ways.len, sizeof *links->ways.items, compare_ways);
	stk_index_release(&links->index); /* numbers are others now */
	stk_vec_release(&stack);
	return links;
}

void stk_links_free(struct stk_links *links)
{
	if (!links)
		return;
	stk_vec_release(&links->ways);
	stk_index_release(&links->index);
	free(links->marks);
	free(links);
}

/* --- rows ----------------------------------------------------------------------------------- */

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
	const struct way *way, bool by_increase)
{
	double cost[STK_SIDES];

	for (int side = 0; side < STK_SIDES; side++)
		cost[side] = row->function[side] == way->function
				     ? way->value[side] * links->scale[side]
				     : 0.0;
	return cost[STK_SIDE_HEAD] + (by_increase ? -cost[STK_SIDE_BASE] : cost[STK_SIDE_BASE]);
}

/* `sign` is -1 for a row that got cheaper: the callers that most lost count then. */
static void add_run(struct sums *sums, const struct way *first, double value, double sign)
{
	if (first->kind == WAY_CALLS) {
		if (value > sums->calls_best) {
			sums->calls_best = value;
			sums->calls = first->via;
		}
		return;
	}
	sums->all += value;
	if (first->via == NOBODY)
		return;
	sums->through += value;
	if (sums->via == NOBODY || sign * value > sums->best) {
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
		const struct way *first = &links->ways.items[i];
		double value = 0.0;

		for (; i < links->ways.len && links->ways.items[i].function == function &&
			links->ways.items[i].kind == first->kind &&
			links->ways.items[i].via == first->via;
			i++)
			value += weigh(links, row, &links->ways.items[i],
				by_increase && first->kind == WAY_SELF);
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
		const struct way *way = &links->ways.items[i];

		if (way->kind == WAY_SELF && way->via == via && way->line > 0 &&
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

/* The changed one of a row's two functions; NOBODY if neither is. */
static uint32_t changed_itself(const struct stk_links *links, const struct stk_matrix_row *row)
{
	for (int side = STK_SIDES; side-- > 0;) {
		if (links->marks[row->function[side]].is_changed)
			return row->function[side];
	}
	return NOBODY;
}

/* Its file changed, but where its lines are nobody said. */
static bool is_in_the_dark(const struct stk_links *links, const struct stk_matrix_row *row)
{
	for (int side = 0; side < STK_SIDES; side++) {
		const struct mark *mark = &links->marks[row->function[side]];

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
	struct sums sums = {.via = NOBODY, .calls = NOBODY};
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
	if (itself != NOBODY) {
		row->link.kind = STK_LINK_CHANGED;
		set_via(links, head, itself, run, &row->link);
	} else if (sums.via != NOBODY && share >= MOSTLY) {
		row->link.kind = STK_LINK_CALLED_FROM;
		set_via(links, head, sums.via, run, &row->link);
	} else if (sums.calls != NOBODY) {
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
