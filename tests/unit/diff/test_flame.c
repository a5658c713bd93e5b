/* test_flame: both sides as one flame graph. */
#include "core/diff/flame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"

/* Stacks root first, "main;handle". */
struct stack {
	const char *names, *file;
	int64_t value;
};

static struct stk_profile *profile_of(const struct stack *stacks, size_t len)
{
	struct stk_profile *profile = stk_profile_new();

	(void)stk_profile_add_type(profile, "cpu", "nanoseconds");
	for (size_t i = 0; i < len; i++) {
		uint32_t locations[64];
		struct stk_str rest = stk_str_of(stacks[i].names), name;
		size_t depth = 0, at = 64;

		while (stk_str_cut(&rest, ';', &name) && depth < 64) {
			struct stk_frame frame = {name, stk_str_of(stacks[i].file), 3, 4};
			locations[--at] = stk_profile_add_frame(profile, &frame);
			depth++;
		}
		(void)stk_profile_add_sample(profile, locations + at, depth, &stacks[i].value);
	}
	return profile;
}

static void add(struct stk_flame_build *build, int side, const struct stack *stacks, size_t len)
{
	struct stk_profile *profile = profile_of(stacks, len);

	stk_flame_build_add(build, profile, 0, side);
	stk_profile_free(profile);
}

/* "level name base head" per line. */
static void print(const struct stk_flame *flame, struct stk_buf *buf)
{
	for (size_t i = 0; i < flame->nodes.len; i++) {
		const struct stk_flame_node *node = &flame->nodes.items[i];
		stk_buf_addf(buf, "%u ", node->level);
		if (node->name < 0)
			stk_buf_addf(buf, "(%d)", -node->name);
		else
			stk_buf_add_text(buf, flame->names.items[node->name].function.name);
		stk_buf_addf(buf, " %lld %lld\n", (long long)node->value[STK_SIDE_BASE],
			(long long)node->value[STK_SIDE_HEAD]);
	}
}

static void write_and_assert(struct stk_flame_build *build, size_t nodes_max, const char *want)
{
	struct stk_flame flame;
	struct stk_buf buf = STK_BUF_EMPTY, text = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	stk_flame_init(&flame);
	flame.type_id = flame.short_name = flame.unit = "x";
	flame.divisor[STK_SIDE_BASE] = flame.divisor[STK_SIDE_HEAD] = 1;
	stk_flame_build_write(build, nodes_max, &flame);
	print(&flame, &buf);
	assert_string_equal(buf.ptr, want);
	/* what is written can be read */
	stk_flame_format(&flame, &text);
	stk_flame_release(&flame);
	stk_flame_init(&flame);
	if (stk_flame_parse(stk_buf_str(&text), &flame, &err) < 0)
		fail_msg("%s", err.msg);
	stk_flame_release(&flame);
	stk_buf_release(&buf);
	stk_buf_release(&text);
	stk_flame_build_release(build);
}

static void flame_build__both_sides_meet_in_one_frame(void **state)
{
	static const struct stack base[] = {{"main;a;x", "/base/a.go", 10},
		{"main;a", "/base/a.go", 5}, {"main;gone", "/base/a.go", 2}};
	static const struct stack head[] = {{"main;a;x", "/head/a.go", 20},
		{"main;new", "/head/a.go", 1}, {"main", "/head/a.go", 4}, {"bad", "x", -3}};
	struct stk_flame_build build;

	(void)state;
	stk_flame_build_init(&build, NULL);
	add(&build, STK_SIDE_BASE, base, STK_ARRAY_LEN(base));
	add(&build, STK_SIDE_HEAD, head, STK_ARRAY_LEN(head));
	write_and_assert(&build, 100,
		"0  17 25\n1 main 17 25\n2 a 15 20\n3 x 10 20\n2 gone 2 0\n2 new 0 1\n");
}

static void flame_build__slices_of_a_side_add_up(void **state)
{
	static const struct stack one[] = {{"main;a", "a.go", 10}};
	struct stk_flame_build build;

	(void)state;
	stk_flame_build_init(&build, NULL);
	add(&build, STK_SIDE_HEAD, one, 1);
	add(&build, STK_SIDE_HEAD, one, 1);
	write_and_assert(&build, 100, "0  0 20\n1 main 0 20\n2 a 0 20\n");
}

static void flame_build__renamed_functions_share_a_frame(void **state)
{
	static const struct stack base[] = {{"main;cart.sum;x", "c.go", 10}};
	static const struct stack head[] = {{"main;cart.totals;x", "c.go", 11}};
	struct stk_comparison comparison = {.type_id = "x"};
	struct stk_row renamed = {.function = {.name = "cart.totals", .file = "c.go"},
		.partner = {.name = "cart.sum", .file = "c.go"},
		.reason = "renamed"};
	struct stk_row moved = {.function = {.name = "main", .file = "c.go"},
		.partner = {.name = "x", .file = "c.go"},
		.reason = "moved"};
	struct stk_flame_build build;

	(void)state;
	stk_vec_push(&comparison.rows, renamed);
	stk_vec_push(&comparison.rows, moved);
	stk_flame_build_init(&build, &comparison);
	add(&build, STK_SIDE_BASE, base, 1);
	add(&build, STK_SIDE_HEAD, head, 1);
	write_and_assert(&build, 100, "0  10 11\n1 main 10 11\n2 cart.totals 10 11\n3 x 10 11\n");
	stk_vec_release(&comparison.rows);
}

static void flame_build__small_frames_stand_together(void **state)
{
	static const struct stack head[] = {{"main;a", "c.go", 100}, {"main;b", "c.go", 2},
		{"main;c;d", "c.go", 3}, {"main;e", "c.go", 50}};
	struct stk_flame_build build;

	(void)state;
	stk_flame_build_init(&build, NULL);
	add(&build, STK_SIDE_HEAD, head, STK_ARRAY_LEN(head));
	write_and_assert(&build, 4, "0  0 155\n1 main 0 155\n2 (2) 0 5\n2 a 0 100\n2 e 0 50\n");
}

static void flame_build__deep_stacks_end_somewhere(void **state)
{
	struct stk_profile *profile = stk_profile_new();
	uint32_t locations[STK_FLAME_DEPTH_MAX + 200];
	int64_t value = 7;
	struct stk_flame_build build;
	struct stk_flame flame;

	(void)state;
	(void)stk_profile_add_type(profile, "cpu", "nanoseconds");
	for (size_t i = 0; i < STK_ARRAY_LEN(locations); i++) {
		char name[32];
		int len = snprintf(name, sizeof name, "f%zu", i);
		struct stk_frame frame = {stk_str_n(name, (size_t)len), STK_STR(""), 0, 0};
		locations[i] = stk_profile_add_frame(profile, &frame);
	}
	(void)stk_profile_add_sample(profile, locations, STK_ARRAY_LEN(locations), &value);
	stk_flame_build_init(&build, NULL);
	stk_flame_build_add(&build, profile, 0, STK_SIDE_BASE);
	stk_flame_init(&flame);
	flame.divisor[STK_SIDE_BASE] = flame.divisor[STK_SIDE_HEAD] = 1;
	stk_flame_build_write(&build, STK_FLAME_BUILD_NODES, &flame);
	assert_int_equal(flame.nodes.len, STK_FLAME_DEPTH_MAX);
	assert_int_equal(flame.nodes.items[flame.nodes.len - 1].value[STK_SIDE_BASE], 7);
	stk_flame_release(&flame);
	stk_flame_build_release(&build);
	stk_profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flame_build__both_sides_meet_in_one_frame),
		cmocka_unit_test(flame_build__slices_of_a_side_add_up),
		cmocka_unit_test(flame_build__renamed_functions_share_a_frame),
		cmocka_unit_test(flame_build__small_frames_stand_together),
		cmocka_unit_test(flame_build__deep_stacks_end_somewhere),
	};
	return cmocka_run_group_tests_name("flame", tests, NULL, NULL);
}
