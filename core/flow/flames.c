/* flames: which slices go into the flame graph of a profile type, and by what they are divided. */
#include "core/flow/flames.h"

#include <string.h>

#include "core/diff/flame.h"
#include "core/flow/blocks.h"
#include "core/profile/profile.h"

/* Slices of one side together. With several instances requests are counted once. */
struct side_sum {
	double slices, requests, seconds;
	const char *instance;
};

static void count_slice(struct side_sum *sum, const struct stk_slice *slice)
{
	if (!sum->instance)
		sum->instance = slice->instance ? slice->instance : "";
	if (strcmp(sum->instance, slice->instance ? slice->instance : "") != 0)
		return;
	sum->slices++;
	sum->requests += slice->requests;
	sum->seconds += (double)(slice->end_ns - slice->start_ns) / 1e9;
}

static bool in_kind(
	const struct stk_run *run, const struct stk_slice *slice, enum stk_window_kind kind)
{
	for (size_t i = 0; i < run->windows.len; i++)
		if (run->windows.items[i].kind == kind &&
			stk_blocks_in_window(slice, &run->windows.items[i]))
			return true;
	return false;
}

/* Blocks count in pairs: without requests on both sides a comparison leaves a pair out. */
static bool has_both(const struct stk_run *run, const struct stk_slice *slice)
{
	bool has[STK_SIDES] = {false, false};

	for (size_t i = 0; i < run->slices.len; i++) {
		const struct stk_slice *other = &run->slices.items[i];
		if (other->counted && other->pair == slice->pair && other->side >= 0 &&
			other->requests > 0 && strcmp(other->type_id, slice->type_id) == 0)
			has[other->side] = true;
	}
	return has[STK_SIDE_BASE] && has[STK_SIDE_HEAD];
}

/* The side of the graph that a slice belongs to, -1 for none. */
static int side_of(const struct stk_run *run, const struct stk_slice *slice, bool is_idle)
{
	if (!slice->counted)
		return -1;
	if (!is_idle)
		return slice->side >= 0 && has_both(run, slice) ? slice->side : -1;
	if (in_kind(run, slice, STK_WINDOW_IDLE))
		return STK_SIDE_BASE;
	return in_kind(run, slice, STK_WINDOW_LOAD) ? STK_SIDE_HEAD : -1;
}

/* Idle cost per request: what the idle time would have cost in the time of the load. */
static void set_divisors(struct stk_flame *flame, const struct side_sum sums[STK_SIDES])
{
	const struct side_sum *base = &sums[STK_SIDE_BASE], *head = &sums[STK_SIDE_HEAD];
	double divisor[STK_SIDES] = {base->requests, head->requests};

	if (flame->is_level) {
		divisor[STK_SIDE_BASE] = base->slices;
		divisor[STK_SIDE_HEAD] = head->slices;
	} else if (flame->is_idle) {
		divisor[STK_SIDE_BASE] =
			head->seconds > 0 ? head->requests * base->seconds / head->seconds : 0;
	}
	for (int side = 0; side < STK_SIDES; side++)
		flame->divisor[side] = divisor[side] > 0 ? divisor[side] : 1;
}

static void fill(
	const struct stk_session *session, struct stk_flame_build *build, struct stk_flame *flame)
{
	struct side_sum sums[STK_SIDES] = {{.slices = 0}, {.slices = 0}};

	for (size_t i = 0; i < session->profiles.len; i++) {
		const struct stk_session_profile *kept = &session->profiles.items[i];
		const struct stk_slice *slice = &session->run->slices.items[kept->slice];
		int side;

		if (strcmp(slice->type_id, flame->type_id) != 0)
			continue;
		side = side_of(session->run, slice, flame->is_idle);
		if (side < 0)
			continue;
		count_slice(&sums[side], slice);
		stk_flame_build_add(build, kept->profile, kept->sample_type, side);
	}
	set_divisors(flame, sums);
}

static int write_one(const struct stk_session *session, const struct stk_comparison *comparison,
	struct stk_flame *flame, struct stk_err *err)
{
	struct stk_flame_build build;
	int rc;

	stk_flame_build_init(&build, comparison);
	fill(session, &build, flame);
	stk_flame_build_write(&build, STK_FLAME_BUILD_NODES, flame);
	rc = stk_flame_write(session->folder, flame, err);
	stk_flame_build_release(&build);
	stk_flame_release(flame);
	return rc;
}

/* All samples of a type weigh the same where its period is in its unit: CPU, not memory. */
static double period_of(const struct stk_comparison *comparison)
{
	return comparison->hz > 0 ? comparison->period : 0;
}

int stk_flames_write(struct stk_session *session, struct stk_err *err)
{
	const struct stk_run *run = session->run;
	int rc = 0;

	for (size_t i = 0; rc == 0 && session->folder && i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];
		struct stk_flame flame = {.type_id = one->type_id,
			.short_name = one->short_name,
			.unit = one->unit,
			.is_level = one->is_level,
			.period = period_of(one)};
		rc = write_one(session, one, &flame, err);
	}
	for (size_t i = 0; rc == 0 && session->folder && i < run->hotspots.len; i++) {
		const struct stk_hotspots *one = &run->hotspots.items[i];
		struct stk_flame flame = {.type_id = one->type_id,
			.short_name = one->short_name,
			.unit = one->unit,
			.is_idle = true};
		rc = write_one(session, NULL, &flame, err);
	}
	if (rc < 0)
		stk_err_wrap(err, "flame graph");
	return rc;
}
