/* linked: hand-made changes and profiles of a made-up repository, compared and linked. */
#include "tests/support/linked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/profile/profile.h"

#define TYPE "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

enum { PERIOD = 10000000, REQUESTS = 1000 };

void linked_init(struct linked *linked)
{
	*linked = (struct linked){.changes = stk_xcalloc(1, sizeof *linked->changes)};
	for (int side = 0; side < STK_CHANGES_SIDES; side++)
		stk_paths_init(&linked->changes->paths[side]);
	stk_run_init(&linked->run);
}

void linked_release(struct linked *linked)
{
	stk_changes_free(linked->changes);
	stk_comparison_release(&linked->result);
	stk_run_release(&linked->run);
}

void linked_add_file(struct linked *linked, const char *path)
{
	for (int side = 0; side < STK_CHANGES_SIDES; side++)
		stk_paths_add(&linked->changes->paths[side], stk_str_of(path));
}

struct stk_changes_file *linked_change(
	struct linked *linked, const char *old_path, const char *new_path, const char *text)
{
	const char *paths[STK_CHANGES_SIDES] = {old_path, new_path};
	size_t number = linked->changes->files.len;
	struct stk_changes_file *file = stk_vec_push_new(&linked->changes->files);

	for (int side = 0; side < STK_CHANGES_SIDES; side++) {
		if (!paths[side])
			continue;
		file->path[side] = paths[side];
		file->text[side] = stk_str_of(text);
		stk_paths_add(&linked->changes->paths[side], stk_str_of(paths[side]));
		stk_map_put(&linked->changes->by_path[side], stk_str_of(paths[side]), NULL)->num =
			number;
	}
	return file;
}

void linked_hunk(struct stk_changes_file *file, int64_t old_first, int64_t old_len,
	int64_t new_first, int64_t new_len)
{
	stk_vec_push(&file->hunks,
		(struct stk_changes_hunk){{old_first, new_first}, {old_len, new_len}});
}

/* Locations of a stack; an inlined frame shares the location of its caller. */
static size_t add_locations(
	struct stk_profile *profile, const struct linked_frame *frames, uint32_t *out)
{
	struct stk_profile_line lines[LINKED_STACK_MAX];
	size_t len = 0, lines_len = 0;
	static uint64_t address;

	for (size_t i = 0; i < LINKED_STACK_MAX && frames[i].name; i++) {
		uint32_t name = stk_profile_intern(profile, stk_str_of(frames[i].name));
		struct stk_profile_function function = {name, name,
			stk_profile_intern(profile, stk_str_of(frames[i].file)),
			frames[i].start_line};

		lines[lines_len++] = (struct stk_profile_line){
			stk_profile_add_function(profile, &function), frames[i].line};
		if (frames[i].is_inlined)
			continue;
		out[len++] = stk_profile_add_location(
			profile, ++address, STK_PROFILE_NONE, lines, lines_len);
		lines_len = 0;
	}
	return len;
}

static struct stk_profile *make_profile(
	const struct linked_stack *stacks, size_t len, int side, int pair)
{
	struct stk_profile *profile = stk_profile_new();

	(void)stk_profile_add_type(profile, "cpu", "nanoseconds");
	profile->period_type = profile->types.items[0];
	profile->period = PERIOD;
	for (size_t i = 0; i < len; i++) {
		uint32_t locations[LINKED_STACK_MAX];
		size_t depth = add_locations(profile, stacks[i].frames, locations);
		/* +1, 0, -1 samples, so that there is an error to estimate */
		int64_t samples = stacks[i].samples[side] + (pair + side + (int)i) % 3 - 1;
		int64_t value = samples * PERIOD;

		if (stacks[i].samples[side] > 0)
			(void)stk_profile_add_sample(profile, locations, depth, &value);
	}
	return profile;
}

/* An input and the profiles that must stay with it. */
struct linking {
	struct stk_diff_input input;
	struct stk_profile *profiles[LINKED_PAIRS * STK_SIDES];
};

static void begin(struct linking *linking, struct linked *linked, const struct linked_stack *stacks,
	size_t len, bool is_one_build)
{
	struct stk_err err = STK_ERR_INIT;

	stk_diff_input_init(&linking->input, TYPE, NULL, NULL);
	linking->input.changes = linked->changes;
	linking->input.is_one_build = is_one_build;
	for (int i = 0; i < LINKED_PAIRS * STK_SIDES; i++) {
		struct stk_diff_place place = {i % 2, i / 2, 0, REQUESTS};

		linking->profiles[i] = make_profile(stacks, len, i % 2, i / 2);
		if (stk_diff_input_add_profile(
			    &linking->input, linking->profiles[i], 0, &place, &err) < 0)
			fail_msg("%s", err.msg);
	}
}

static void end(struct linking *linking)
{
	stk_diff_input_release(&linking->input);
	for (int i = 0; i < LINKED_PAIRS * STK_SIDES; i++)
		stk_profile_free(linking->profiles[i]);
}

void linked_compare(struct linked *linked, const struct linked_stack *stacks, size_t len)
{
	struct stk_err err = STK_ERR_INIT;
	struct linking linking;

	begin(&linking, linked, stacks, len, false);
	if (stk_compare_paired(&linking.input, NULL, &linked->run, &linked->result, &err) < 0)
		fail_msg("%s", err.msg);
	end(&linking);
}

void linked_hotspots(struct linked *linked, const struct linked_stack *stacks, size_t len,
	struct stk_hotspots *out)
{
	struct stk_hotspots_windows windows = {60.0, 60.0, LINKED_PAIRS * REQUESTS};
	struct stk_err err = STK_ERR_INIT;
	struct linking linking;

	begin(&linking, linked, stacks, len, true);
	if (stk_hotspots_compute(&linking.input, &windows, &linked->run, out, &err) < 0)
		fail_msg("%s", err.msg);
	end(&linking);
}

const struct stk_row *linked_row(const struct linked *linked, const char *name)
{
	for (size_t i = 0; i < linked->result.rows.len; i++) {
		if (strcmp(linked->result.rows.items[i].function.name, name) == 0)
			return &linked->result.rows.items[i];
	}
	fail_msg("no row '%s'", name);
	return NULL;
}
