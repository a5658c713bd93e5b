/* test_replay: recorded runs of the demo again from their slices: the same verdicts, the plants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/demo/check.h"
#include "core/diff/compare.h"
#include "core/diff/judge.h"
#include "core/profile/pprof.h"
#include "core/pyroscope/types.h"
#include "core/record/run_store.h"
#include "core/source/grid.h"
#include "tests/support/near.h"

#define FOLDER "tests/fixtures/demo"
#define DIGITS 1e-9
/* Of the kernel they were recorded on. */
#define TICK_NS 4e6

/* The folder's name says what was planted: "<planting>-<seed>". They are not chosen: with the
 * procedure as it was one of them accused a function wrongly (README.md beside them). */
struct recording {
	const char *name;
	int wrong;
};

static const struct recording recordings[] = {{"none-1", 0}, {"none-2", 0}, {"random-2", 0},
	{"random-3", 0}, {"random-18", 0}, {"random-20", 0}};

/* A record as it was written, and once more with everything computed anew. */
struct replay {
	char *dir;
	struct stk_demo_plants plants;
	struct stk_run recorded, again;
};

static void must(int rc, const struct stk_err *err)
{
	if (rc < 0)
		fail_msg("%s", err->msg);
}

static void read_plants(const char *name, struct stk_demo_plants *out)
{
	struct stk_str seed = stk_str_of(name), planting;
	enum stk_demo_planting kind;
	uint64_t number;

	assert_true(stk_str_cut(&seed, '-', &planting));
	assert_int_equal(stk_demo_planting_parse(planting, &kind, NULL), 0);
	assert_int_equal(stk_str_to_u64(seed, &number, NULL), 0);
	stk_demo_plants(kind, number, out);
}

/* The profile of a slice from its file, as one slice of the input. */
static void add_slice(const char *dir, const struct stk_slice *slice, struct stk_diff_input *input)
{
	struct stk_diff_place place = {slice->side, slice->pair, slice->side, slice->requests};
	struct stk_profile *profile = NULL;
	struct stk_err err = STK_ERR_INIT;
	struct stk_types_id id;
	char *path = stk_fs_join(dir, slice->file);
	int type;

	must(stk_pprof_read_file(path, &profile, &err), &err);
	must(stk_types_parse(stk_str_of(slice->type_id), &id, &err), &err);
	type = stk_profile_find_type(profile, id.sample_type);
	assert_true(type >= 0);
	assert_int_equal(stk_profile_total(profile, (size_t)type), slice->total);
	must(stk_diff_input_add_profile(input, profile, (size_t)type, &place, &err), &err);
	stk_profile_free(profile);
	free(path);
}

static void compare_again(struct replay *replay, const struct stk_comparison *recorded)
{
	struct stk_comparison again = {0};
	struct stk_err err = STK_ERR_INIT;
	struct stk_diff_input input;

	stk_diff_input_init(&input, recorded->type_id, recorded->short_name, NULL);
	if (stk_grid_is_by_tick(recorded->type_id, "stoker"))
		input.tick_ns = TICK_NS;
	for (size_t i = 0; i < replay->recorded.slices.len; i++) {
		const struct stk_slice *slice = &replay->recorded.slices.items[i];

		if (slice->counted && strcmp(slice->type_id, recorded->type_id) == 0)
			add_slice(replay->dir, slice, &input);
	}
	must(stk_compare_paired(&input, NULL, &replay->again, &again, &err), &err);
	stk_vec_push(&replay->again.comparisons, again);
	stk_diff_input_release(&input);
}

/* What was measured stays, what was concluded from it goes. */
static void forget_conclusions(struct stk_run *run)
{
	for (size_t i = 0; i < run->comparisons.len; i++) {
		stk_comparison_release(&run->comparisons.items[i]);
	}
	run->comparisons.len = 0;
	run->totals.len = 0;
	run->preconditions.len = 0;
	run->gates.len = 0;
	run->verdict = STK_VERDICT_NONE;
	run->headline = NULL;
}

static void open_replay(struct replay *replay, const char *name)
{
	struct stk_err err = STK_ERR_INIT;

	replay->dir = stk_fs_join(FOLDER, name);
	read_plants(name, &replay->plants);
	stk_run_init(&replay->recorded);
	stk_run_init(&replay->again);
	must(stk_run_store_read(replay->dir, &replay->recorded, &err), &err);
	must(stk_run_store_read(replay->dir, &replay->again, &err), &err);
	forget_conclusions(&replay->again);
	assert_int_equal(replay->recorded.comparisons.len, 2);
	for (size_t i = 0; i < replay->recorded.comparisons.len; i++)
		compare_again(replay, &replay->recorded.comparisons.items[i]);
	stk_judge_run(&replay->again, NULL, NULL);
	/* after a change of the procedure: what was measured stays, what was concluded is written
	 * anew */
	if (getenv("STK_GOLDEN_UPDATE"))
		must(stk_run_store_write(replay->dir, &replay->again, &err), &err);
}

static void close_replay(struct replay *replay)
{
	stk_run_release(&replay->recorded);
	stk_run_release(&replay->again);
	free(replay->dir);
}

static void assert_row(const struct stk_row *got, const struct stk_row *want)
{
	const char *name = want->function.name;

	assert_string_equal(got->function.name, name);
	assert_string_equal(got->function.file, want->function.file);
	assert_string_equal(stk_verdict_name(got->verdict), stk_verdict_name(want->verdict));
	test_near(name, got->base_cost, want->base_cost, DIGITS);
	test_near(name, got->head_cost, want->head_cost, DIGITS);
	test_near(name, got->n_base, want->n_base, DIGITS);
	test_near(name, got->n_head, want->n_head, DIGITS);
	assert_int_equal(got->tested, want->tested);
	if (!want->tested)
		return;
	test_near(name, got->change, want->change, DIGITS);
	test_near(name, got->lo, want->lo, DIGITS);
	test_near(name, got->hi, want->hi, DIGITS);
	test_near(name, got->q, want->q, DIGITS);
}

/* Costs and verdicts of all rows, of the sampled totals and of the run are those recorded. */
static void replay__gives_what_was_recorded(void **state)
{
	struct replay replay = {0};

	const struct recording *recording = *state;

	open_replay(&replay, recording->name);
	for (size_t i = 0; i < replay.recorded.comparisons.len; i++) {
		const struct stk_comparison *want = &replay.recorded.comparisons.items[i];
		const struct stk_comparison *got = &replay.again.comparisons.items[i];

		assert_string_equal(got->short_name, want->short_name);
		assert_int_equal(got->pairs, want->pairs);
		assert_true(want->rows.len > 5);
		assert_int_equal(got->rows.len, want->rows.len);
		test_near("total, base", got->total.base_cost, want->total.base_cost, DIGITS);
		test_near("total, head", got->total.head_cost, want->total.head_cost, DIGITS);
		assert_int_equal(got->total.verdict, want->total.verdict);
		for (size_t k = 0; k < want->rows.len; k++)
			assert_row(&got->rows.items[k], &want->rows.items[k]);
	}
	assert_int_equal(replay.again.totals.len, replay.recorded.totals.len);
	assert_int_equal(replay.again.verdict, replay.recorded.verdict);
	assert_string_equal(replay.again.headline, replay.recorded.headline);
	close_replay(&replay);
}

static void replay__finds_the_plants_and_accuses_nobody_else(void **state)
{
	struct replay replay = {0};
	struct stk_demo_check check;
	const struct recording *recording = *state;

	open_replay(&replay, recording->name);
	check = stk_demo_check(&replay.again, &replay.plants);
	assert_true(check.judged);
	assert_int_equal(check.planted, replay.plants.len);
	assert_int_equal(check.found, check.planted);
	assert_int_equal(check.wrong, recording->wrong);
	close_replay(&replay);
}

int main(void)
{
	struct CMUnitTest tests[2 * STK_ARRAY_LEN(recordings)] = {{0}};
	static char names[2 * STK_ARRAY_LEN(recordings)][80];

	for (size_t i = 0; i < STK_ARRAY_LEN(recordings); i++) {
		struct CMUnitTest *two = &tests[2 * i];

		two[0].test_func = replay__gives_what_was_recorded;
		two[1].test_func = replay__finds_the_plants_and_accuses_nobody_else;
		for (size_t k = 0; k < 2; k++) {
			snprintf(names[2 * i + k], sizeof names[0], "%s (%s)",
				k ? "replay__finds_the_plants_and_accuses_nobody_else"
				  : "replay__gives_what_was_recorded",
				recordings[i].name);
			two[k].name = names[2 * i + k];
			two[k].initial_state = (void *)&recordings[i];
		}
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
