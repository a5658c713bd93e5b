/* links_mark: which functions have changed lines, and which are on every path. */
#include <stdlib.h>

#include "core/diff/links_priv.h"
#include "core/diff/outline.h"
#include "core/profile/profile.h"

/* Of all cost on both sides: a function above it is on every path. */
#define COMMON_SHARE 0.95

static void mark_files(struct stk_links *links)
{
	for (size_t i = 0; i < links->input->functions.len; i++) {
		const struct stk_diff_function *function = &links->input->functions.items[i];

		for (int side = 0; side < STK_SIDES; side++) {
			if (!function->path[side])
				continue;
			links->has_paths = true;
			links->marks[i].file[side] = stk_changes_find(links->input->changes,
				stk_diff_input_commit(links->input, side),
				stk_str_of(function->path[side]));
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
	struct stk_links_mark *mark = &links->marks[number];
	const struct stk_changes_file *file = mark->file[side];
	int commit = stk_diff_input_commit(links->input, side);
	const struct stk_changes_hunk *hunk;
	struct extent extent = *sampled;

	if (!file || file->is_unknown)
		return;
	if (start > 0) {
		int64_t end = stk_outline_end(file->text[commit], start);

		extent.first = start;
		extent.last = end > sampled->last ? end : sampled->last;
	} else if (is_around(&links->input->functions.items[number])) {
		return;
	}
	if (extent.first <= 0)
		return;
	mark->has_lines = true;
	hunk = stk_changes_touch(file, commit, extent.first,
		extent.last > extent.first ? extent.last : extent.first);
	if (!hunk)
		return;
	/* head's own lines are told rather than where something went */
	if (!mark->is_changed || commit == STK_SIDE_HEAD)
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

void stk_links_mark(struct stk_links *links)
{
	links->marks = stk_xcalloc(links->input->functions.len + 1, sizeof *links->marks);
	mark_files(links);
	mark_common(links);
	mark_functions(links);
}
