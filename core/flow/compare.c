/* compare: the slices of a session as the input of a comparison, or of hotspots. */
#include "core/flow/compare.h"

#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/diff/compare.h"
#include "core/diff/hotspots.h"
#include "core/diff/input.h"
#include "core/flow/blocks.h"
#include "core/flow/changed.h"
#include "core/flow/compare_priv.h"
#include "core/flow/slices.h"
#include "core/profile/profile.h"
#include "core/pyroscope/types.h"

/* Only ids that came from a source are kept: they always parse. */
void stk_compare_init_input(struct stk_diff_input *input, const struct stk_session_type *type)
{
	struct stk_types_id id;

	stk_diff_input_init(input, type->type_id, type->asked, NULL);
	if (stk_types_parse(stk_str_of(type->type_id), &id, NULL) == 0)
		input->is_level = !stk_types_is_flow(&id);
	if (type->info[STK_SIDE_HEAD].samples_by_tick)
		input->tick_ns = (double)stk_clock_tick_ns();
}

/* Instances of one side get numbers in the order in which they appear. */
static int instance_number(struct stk_map *instances, const struct stk_slice *slice)
{
	struct stk_buf key = STK_BUF_EMPTY;
	union stk_map_value *value;
	bool added;

	stk_buf_addf(&key, "%d %s", slice->side, slice->instance ? slice->instance : "");
	value = stk_map_put(instances, stk_buf_str(&key), &added);
	stk_buf_release(&key);
	if (added)
		value->num = instances->len - 1;
	return (int)value->num;
}

int stk_compare_fill_input(const struct stk_session *session, const struct stk_session_type *type,
	struct stk_diff_input *input, stk_place_fn place_of, void *ctx, struct stk_err *err)
{
	struct stk_map instances = STK_MAP_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < session->profiles.len; i++) {
		const struct stk_session_profile *kept = &session->profiles.items[i];
		const struct stk_slice *slice = &session->run->slices.items[kept->slice];
		struct stk_diff_place place = {slice->side, slice->pair, 0, slice->requests};

		if (strcmp(slice->type_id, type->type_id) != 0 || !place_of(slice, &place, ctx))
			continue;
		place.instance = instance_number(&instances, slice);
		rc = stk_diff_input_add_profile(
			input, kept->profile, kept->sample_type, &place, err);
	}
	stk_map_release(&instances);
	return rc;
}

static bool place_in_pair(const struct stk_slice *slice, struct stk_diff_place *place, void *ctx)
{
	(void)place;
	(void)ctx;
	return slice->counted;
}

int stk_session_compare(
	struct stk_session *session, const char *asked, size_t *out, struct stk_err *err)
{
	struct stk_comparison comparison = {0};
	struct stk_session_type *type;
	struct stk_diff_input input;
	int rc = stk_slices_collect(session, asked, err);

	if (rc < 0)
		return rc;
	type = stk_slices_type(session, asked);
	stk_compare_init_input(&input, type);
	input.changes = stk_session_changes(session);
	rc = stk_compare_fill_input(session, type, &input, place_in_pair, NULL, err);
	if (rc == 0)
		rc = stk_compare_paired(&input, NULL, session->run, &comparison, err);
	if (rc == 0) {
		*out = session->run->comparisons.len;
		stk_vec_push(&session->run->comparisons, comparison);
	} else {
		stk_comparison_release(&comparison);
	}
	stk_diff_input_release(&input);
	return rc;
}

/* --- hotspots ------------------------------------------------------------------------------- */

struct two_windows {
	const struct stk_window *idle, *load;
	struct stk_hotspots_windows sums;
	const char *instance; /* time and requests are counted once, by the first one's slices */
};

static bool place_in_window(const struct stk_slice *slice, struct stk_diff_place *place, void *ctx)
{
	struct two_windows *windows = ctx;
	bool idle = stk_blocks_in_window(slice, windows->idle);
	bool load = !idle && stk_blocks_in_window(slice, windows->load);
	double seconds = (double)(slice->end_ns - slice->start_ns) / 1e9;

	place->pair = 0;
	place->side = idle ? STK_SIDE_BASE : STK_SIDE_HEAD; /* idle takes the place of a base */
	if (!idle && !load)
		return false;
	if (!windows->instance)
		windows->instance = slice->instance;
	if (strcmp(windows->instance, slice->instance) != 0)
		return true;
	windows->sums.idle_s += idle ? seconds : 0;
	windows->sums.load_s += load ? seconds : 0;
	windows->sums.requests += load ? slice->requests : 0;
	return true;
}

/* Slices of the two windows count; the report shows how many do. */
static void mark_counted(struct stk_session *session, const struct two_windows *windows)
{
	for (size_t i = 0; i < session->run->slices.len; i++) {
		struct stk_slice *slice = &session->run->slices.items[i];
		slice->counted = stk_blocks_in_window(slice, windows->idle) ||
				 stk_blocks_in_window(slice, windows->load);
		slice->why_not = slice->counted ? NULL : "on the border of a window";
	}
}

/* A CPU slice that is missing because nothing ran covers its time all the same. */
static void cover_idle(struct two_windows *windows, const struct stk_source_info *info)
{
	double seconds = (double)(windows->idle->end_ns - windows->idle->start_ns) / 1e9;
	double slice = (double)info->interval_ns / 1e9;

	if (info->skips_idle && slice > 0 && windows->sums.idle_s + slice < seconds)
		windows->sums.idle_s = floor(seconds / slice) * slice;
}

int stk_session_hotspots(struct stk_session *session, const char *asked, const size_t windows[2],
	size_t *out, struct stk_err *err)
{
	struct two_windows two = {&session->run->windows.items[windows[0]],
		&session->run->windows.items[windows[1]], {.idle_s = 0, .load_s = 0, .requests = 0},
		NULL};
	struct stk_hotspots hotspots = {0};
	struct stk_session_type *type;
	struct stk_diff_input input;
	int rc = stk_slices_collect(session, asked, err);

	if (rc < 0)
		return rc;
	type = stk_slices_type(session, asked);
	stk_compare_init_input(&input, type);
	input.changes = stk_session_own_changes(session);
	input.is_one_build = true;
	mark_counted(session, &two);
	rc = stk_compare_fill_input(session, type, &input, place_in_window, &two, err);
	cover_idle(&two, &type->info[STK_SIDE_HEAD]);
	if (rc == 0)
		rc = stk_hotspots_compute(&input, &two.sums, session->run, &hotspots, err);
	if (rc == 0) {
		*out = session->run->hotspots.len;
		stk_vec_push(&session->run->hotspots, hotspots);
	}
	stk_diff_input_release(&input);
	return rc;
}
