/* ends_compare: two ends of `stoker diff` as one difference, one flame graph, folded text. */
#include <stdlib.h>
#include <string.h>

#include "core/diff/contrast.h"
#include "core/diff/flame.h"
#include "core/flow/ends.h"
#include "core/flow/places.h"
#include "core/profile/folded.h"
#include "core/profile/profile.h"
#include "core/pyroscope/types.h"

static int refuse_types(const struct stk_end ends[STK_SIDES], struct stk_err *err)
{
	stk_err_set(err, STK_E_INVAL, "two types cannot be compared: %s is %s, %s is %s",
		ends[0].title, ends[0].type_id, ends[1].title, ends[1].type_id);
	stk_err_hint(err, "choose one that both have: --profile cpu");
	return STK_E_INVAL;
}

/* Names of types and agents differ; what is counted, and in what, may not. */
static int check_types(
	const struct stk_end ends[STK_SIDES], struct stk_types_id *id, struct stk_err *err)
{
	struct stk_types_id base;

	if (stk_types_parse(stk_str_of(ends[0].type_id), &base, NULL) < 0 ||
		stk_types_parse(stk_str_of(ends[1].type_id), id, NULL) < 0 ||
		!stk_str_eq(base.sample_type, id->sample_type) ||
		!stk_str_eq(base.sample_unit, id->sample_unit))
		return refuse_types(ends, err);
	return 0;
}

static bool knows_requests(const struct stk_end *end)
{
	for (size_t i = 0; i < end->requests.len; i++)
		if (end->requests.items[i] > 0)
			return true;
	return false;
}

static bool knows_time(const struct stk_end *end)
{
	for (size_t i = 0; i < end->slices.len; i++)
		if (end->slices.items[i].end_ns <= end->slices.items[i].start_ns)
			return false;
	return end->slices.len > 0;
}

/* The best that both ends have. */
static enum stk_difference_per choose_per(const struct stk_end ends[STK_SIDES], bool is_flow)
{
	if (!is_flow)
		return STK_PER_LEVEL;
	if (knows_requests(&ends[0]) && knows_requests(&ends[1]))
		return STK_PER_REQUEST;
	return knows_time(&ends[0]) && knows_time(&ends[1]) ? STK_PER_SECOND : STK_PER_ALL;
}

static int add_end(const struct stk_end *end, int side, enum stk_difference_per per,
	struct stk_diff_input *input, struct stk_err *err)
{
	struct stk_places places = STK_PLACES_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < end->slices.len; i++) {
		const struct stk_source_slice *slice = &end->slices.items[i];
		struct stk_diff_place place = {.side = side};

		place.pair = stk_places_put(&places, slice->instance, &place.instance);
		if (per == STK_PER_REQUEST)
			place.requests = end->requests.items[i];
		else if (per == STK_PER_SECOND)
			place.requests = (double)(slice->end_ns - slice->start_ns) / 1e9;
		rc = stk_diff_input_add_profile(
			input, slice->profile, slice->sample_type, &place, err);
	}
	if (rc < 0)
		stk_err_wrap(err, "%s", end->title);
	stk_places_release(&places);
	return rc;
}

static void fill_flame(const struct stk_end ends[STK_SIDES], const struct stk_difference *made,
	const struct stk_comparison *comparison, struct stk_flame *flame)
{
	struct stk_flame_build build;

	flame->type_id = made->type_id;
	flame->short_name = made->short_name;
	flame->unit = made->unit;
	flame->is_level = made->per != STK_PER_REQUEST; /* the page says "per request" else */
	flame->period = comparison->hz > 0 ? comparison->period : 0;
	for (int side = 0; side < STK_SIDES; side++)
		flame->divisor[side] = made->per == STK_PER_LEVEL ? made->ends[side].slices
								  : made->ends[side].divisor;
	stk_flame_build_init(&build, comparison);
	for (int side = 0; side < STK_SIDES; side++)
		for (size_t i = 0; i < ends[side].slices.len; i++)
			stk_flame_build_add(&build, ends[side].slices.items[i].profile,
				ends[side].slices.items[i].sample_type, side);
	stk_flame_build_write(&build, STK_FLAME_BUILD_NODES, flame);
	stk_flame_build_release(&build);
}

int stk_ends_compare(const struct stk_end ends[STK_SIDES], struct stk_run *run,
	struct stk_difference *out, struct stk_flame *flame, struct stk_err *err)
{
	struct stk_diff_input input;
	enum stk_difference_per per;
	struct stk_types_id id;
	int rc = check_types(ends, &id, err);

	if (rc < 0)
		return rc;
	per = choose_per(ends, stk_types_is_flow(&id));
	stk_diff_input_init(&input, ends[STK_SIDE_HEAD].type_id, NULL, NULL);
	input.is_level = per == STK_PER_LEVEL;
	for (int side = 0; rc == 0 && side < STK_SIDES; side++)
		rc = add_end(&ends[side], side, per, &input, err);
	if (rc == 0)
		rc = stk_contrast_make(&input, per, run, out, err);
	for (int side = 0; rc == 0 && side < STK_SIDES; side++) {
		out->ends[side].title = stk_run_text(run, ends[side].title);
		run->sides[side].title = out->ends[side].title;
	}
	if (rc == 0)
		out->is_one_run = ends[0].run_id && ends[1].run_id &&
				  strcmp(ends[0].run_id, ends[1].run_id) == 0;
	if (rc == 0 && flame)
		fill_flame(ends, out, &run->comparisons.items[run->comparisons.len - 1], flame);
	stk_diff_input_release(&input);
	return rc;
}

/* --- folded text ------------------------------------------------------------------------------ */

static int merge_end(const struct stk_end *end, struct stk_profile **out, struct stk_err *err)
{
	struct stk_merge_opts opts = STK_MERGE_OPTS_ALL;
	struct stk_merger *merger = stk_merger_new();
	int rc = 0;

	opts.drop_labels = true;
	for (size_t i = 0; rc == 0 && i < end->slices.len; i++) {
		opts.type = (int)end->slices.items[i].sample_type;
		rc = stk_merger_add(merger, end->slices.items[i].profile, &opts, err);
	}
	if (rc == 0)
		*out = stk_merger_take(merger);
	stk_merger_free(merger);
	return rc;
}

int stk_ends_format_folded(
	const struct stk_end ends[STK_SIDES], struct stk_buf *buf, struct stk_err *err)
{
	struct stk_profile *merged[STK_SIDES] = {NULL, NULL};
	struct stk_types_id id;
	int rc = check_types(ends, &id, err);

	for (int side = 0; rc == 0 && side < STK_SIDES; side++)
		rc = merge_end(&ends[side], &merged[side], err);
	if (rc == 0)
		stk_folded_write_pair(merged[STK_SIDE_BASE], merged[STK_SIDE_HEAD], buf);
	for (int side = 0; side < STK_SIDES; side++)
		stk_profile_free(merged[side]);
	return rc;
}
