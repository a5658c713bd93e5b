/* test_flamebearer: trees to levels and back; the vectors are answers of a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/profile/flamebearer.h"
#include "core/profile/folded.h"

#define BASE "main 20\nmain;parse 30\nmain;render;draw 50\n"
#define LOAD "main 20\nmain;parse 90\nmain;render;draw 60\nmain;gc 10\n"

static void read_tree(struct stk_tree *tree, const char *folded)
{
	struct stk_profile *profile = NULL;

	assert_int_equal(stk_folded_read(stk_str_of(folded), NULL, &profile, NULL), 0);
	stk_tree_init(tree);
	stk_tree_add_profile(tree, profile, 0);
	stk_tree_finish(tree);
	stk_profile_free(profile);
}

static struct stk_flamebearer lay_out(const char *folded, size_t max_nodes)
{
	struct stk_flamebearer flame = STK_FLAMEBEARER_INIT;
	struct stk_tree tree;

	read_tree(&tree, folded);
	stk_flamebearer_set_tree(&flame, &tree, max_nodes);
	stk_tree_release(&tree);
	return flame;
}

static struct stk_flamebearer lay_out_diff(const char *left, const char *right, size_t max_nodes)
{
	struct stk_flamebearer flame = STK_FLAMEBEARER_INIT;
	struct stk_tree base, head;

	read_tree(&base, left);
	read_tree(&head, right);
	stk_flamebearer_set_trees(&flame, &base, &head, max_nodes);
	stk_tree_release(&base);
	stk_tree_release(&head);
	return flame;
}

/* Levels with names in place of their numbers: which number a name has is nobody's business. */
static void assert_levels(const struct stk_flamebearer *flame, const char *want)
{
	size_t width = flame->is_diff ? 7 : 4;
	struct stk_buf text = STK_BUF_EMPTY;

	for (size_t d = 0; d < flame->levels.len; d++) {
		const struct stk_flamebearer_level *level = &flame->levels.items[d];
		for (size_t i = 0; i < level->len; i++) {
			if (i % width == width - 1)
				stk_buf_add_str(&text, flame->names.items[level->values[i]]);
			else
				stk_buf_addf(&text, "%lld ", (long long)level->values[i]);
			if (i % width == width - 1)
				stk_buf_add_text(&text, i + 1 < level->len ? ", " : "\n");
		}
	}
	assert_string_equal(text.ptr, want);
	stk_buf_release(&text);
}

static void flamebearer_set_tree__lays_out_the_worked_example(void **state)
{
	struct stk_flamebearer flame = lay_out(BASE, 0);

	(void)state;
	assert_levels(&flame, "0 100 0 total\n0 100 20 main\n20 30 30 parse, 0 50 0 render\n"
			      "50 50 50 draw\n");
	assert_int_equal(flame.total, 100);
	assert_int_equal(flame.max_self, 50);
	assert_true(stk_str_is(flame.names.items[0], "total"));
	stk_flamebearer_release(&flame);
}

static void flamebearer_set_tree__shares_a_name_between_nodes(void **state)
{
	struct stk_flamebearer flame = lay_out("a;x 5\na;y 7\nb 2\nb;x 11\n", 0);

	(void)state;
	assert_levels(&flame, "0 25 0 total\n0 12 0 a, 0 13 2 b\n0 5 5 x, 0 7 7 y, 2 11 11 x\n");
	assert_int_equal(flame.names.len, 5);
	stk_flamebearer_release(&flame);
}

static void flamebearer_set_tree__an_empty_tree_is_one_zero_node(void **state)
{
	struct stk_flamebearer flame = lay_out("", 0);

	(void)state;
	assert_levels(&flame, "0 0 0 total\n");
	assert_int_equal(flame.total, 0);
	stk_flamebearer_release(&flame);
}

static void flamebearer_set_tree__bundles_small_nodes_into_other(void **state)
{
	struct stk_flamebearer flame = lay_out(LOAD, 3);

	(void)state;
	assert_levels(&flame, "0 180 0 total\n0 180 20 main\n"
			      "20 90 90 parse, 0 60 0 render, 0 10 10 other\n110 60 60 draw\n");
	stk_flamebearer_release(&flame);
}

static void flamebearer_set_tree__bundles_a_real_other_and_loses_what_is_below(void **state)
{
	struct stk_flamebearer flame = lay_out("other;deep 7\nzz 3\n", 100);

	(void)state;
	assert_levels(&flame, "0 10 0 total\n0 3 3 zz, 0 7 7 other\n");
	stk_flamebearer_release(&flame);
}

static void flamebearer_set_tree__total_shares_the_roots_name(void **state)
{
	struct stk_flamebearer flame = lay_out("total 4\n", 0);

	(void)state;
	assert_int_equal(flame.names.len, 1);
	assert_int_equal(flame.levels.items[1].values[3], 0);
	stk_flamebearer_release(&flame);
}

static void flamebearer_set_trees__lays_out_the_worked_difference(void **state)
{
	struct stk_flamebearer flame = lay_out_diff(BASE, LOAD, 0);

	(void)state;
	assert_levels(&flame, "0 100 0 0 180 0 total\n0 100 20 0 180 20 main\n"
			      "20 0 0 20 10 10 gc, 0 30 30 0 90 90 parse, 0 50 0 0 60 0 render\n"
			      "50 50 50 120 60 60 draw\n");
	assert_int_equal(flame.total, 280);
	assert_int_equal(flame.max_self, 90);
	assert_int_equal(flame.left_ticks, 100);
	assert_int_equal(flame.right_ticks, 180);
	stk_flamebearer_release(&flame);
}

static void flamebearer_set_trees__bundles_what_is_small_on_both_sides(void **state)
{
	struct stk_flamebearer flame = lay_out_diff(BASE, LOAD, 4);

	(void)state;
	assert_levels(&flame, "0 100 0 0 180 0 total\n0 100 20 0 180 20 main\n"
			      "20 30 30 20 90 90 parse, 0 50 0 0 60 0 render, 0 0 0 0 10 10 other\n"
			      "50 50 50 110 60 60 draw\n");
	stk_flamebearer_release(&flame);
}

static void flamebearer_set_trees__total_has_a_name_of_its_own(void **state)
{
	struct stk_flamebearer flame = lay_out_diff("total 4\n", "", 0);

	(void)state;
	assert_int_equal(flame.names.len, 2);
	assert_int_equal(flame.levels.items[1].values[6], 1);
	stk_flamebearer_release(&flame);
}

/* Folded text of what the levels show. */
static void assert_tree(const struct stk_flamebearer *flame, int side, const char *folded)
{
	struct stk_tree got, want;
	struct stk_flamebearer again = STK_FLAMEBEARER_INIT, wanted = STK_FLAMEBEARER_INIT;
	struct stk_buf a = STK_BUF_EMPTY, b = STK_BUF_EMPTY;

	stk_tree_init(&got);
	assert_int_equal(stk_flamebearer_get_tree(flame, side, &got, NULL), 0);
	read_tree(&want, folded);
	stk_flamebearer_set_tree(&again, &got, 0);
	stk_flamebearer_set_tree(&wanted, &want, 0);
	stk_flamebearer_write_connect(&again, &a);
	stk_flamebearer_write_connect(&wanted, &b);
	assert_string_equal(a.ptr, b.ptr);
	stk_flamebearer_release(&again);
	stk_flamebearer_release(&wanted);
	stk_buf_release(&a);
	stk_buf_release(&b);
	stk_tree_release(&got);
	stk_tree_release(&want);
}

static void flamebearer_get_tree__gives_back_what_was_laid_out(void **state)
{
	struct stk_flamebearer flame = lay_out(LOAD, 0);

	(void)state;
	assert_tree(&flame, 0, LOAD);
	stk_flamebearer_release(&flame);
}

static void flamebearer_get_tree__refuses_a_node_without_a_parent(void **state)
{
	struct stk_flamebearer flame = lay_out(BASE, 0);
	struct stk_err err = STK_ERR_INIT;
	struct stk_tree tree;

	(void)state;
	flame.levels.items[3].values[0] = 500;
	stk_tree_init(&tree);
	assert_int_equal(stk_flamebearer_get_tree(&flame, 0, &tree, &err), STK_E_FORMAT);
	assert_string_equal(err.msg, "flame graph: level 3: a node has no parent");
	stk_tree_release(&tree);
	stk_flamebearer_release(&flame);
}

static void flamebearer_write_connect__is_the_servers_json(void **state)
{
	struct stk_flamebearer flame = lay_out("main 1\n", 0), none = lay_out("", 0);
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	stk_flamebearer_write_connect(&flame, &text);
	assert_string_equal(text.ptr, "{\"flamegraph\":{\"names\":[\"total\",\"main\"],\"levels\":["
				      "{\"values\":[\"0\",\"1\",\"0\","
				      "\"0\"]},{\"values\":[\"0\",\"1\",\"1\",\"1\"]}],\"total\":"
				      "\"1\",\"maxSelf\":\"1\"}}");
	stk_buf_clear(&text);
	stk_flamebearer_write_connect(&none, &text);
	assert_string_equal(text.ptr,
		"{\"flamegraph\":{\"names\":[\"total\"],\"levels\":[{\"values\":"
		"[\"0\",\"0\",\"0\",\"0\"]}]}}");
	stk_buf_release(&text);
	stk_flamebearer_release(&flame);
	stk_flamebearer_release(&none);
}

static void flamebearer_read__takes_connects_difference(void **state)
{
	struct stk_flamebearer flame = lay_out_diff(BASE, LOAD, 0);
	struct stk_flamebearer again = STK_FLAMEBEARER_INIT;
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	stk_flamebearer_write_connect(&flame, &text);
	assert_int_equal(stk_flamebearer_read(&again, stk_buf_str(&text), NULL), 0);
	assert_true(again.is_diff);
	assert_int_equal(again.right_ticks, 180);
	assert_tree(&again, 0, BASE);
	assert_tree(&again, 1, LOAD);
	stk_buf_release(&text);
	stk_flamebearer_release(&flame);
	stk_flamebearer_release(&again);
}

static void flamebearer_read__takes_the_legacy_document(void **state)
{
	const struct stk_flamebearer_meta meta = {.name = STK_STR("cpu"),
		.units = STK_STR("samples"),
		.sample_rate = 1000000000,
		.has_timeline = true,
		.start_s = 1767225600,
		.step_s = 15,
		.samples = (const int64_t[]){0, 12, 30},
		.samples_len = 3};
	struct stk_flamebearer flame = lay_out("main 100\n", 0), again = STK_FLAMEBEARER_INIT;
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	stk_flamebearer_write_legacy(&flame, &meta, &text);
	assert_string_equal(text.ptr,
		"{\"version\":1,\"flamebearer\":{\"names\":[\"total\",\"main\"],\"levels\":[[0,100,"
		"0,0],"
		"[0,100,100,1]],\"numTicks\":100,\"maxSelf\":100},\"metadata\":{\"format\":"
		"\"single\","
		"\"spyName\":\"\",\"sampleRate\":1000000000,\"units\":\"samples\",\"name\":\"cpu\"}"
		","
		"\"timeline\":{\"startTime\":1767225600,\"samples\":[0,12,30],\"durationDelta\":15,"
		"\"watermarks\":null},\"groups\":null,\"heatmap\":null}");
	assert_int_equal(stk_flamebearer_read(&again, stk_buf_str(&text), NULL), 0);
	assert_false(again.is_diff);
	assert_int_equal(again.total, 100);
	assert_tree(&again, 0, "main 100\n");
	stk_buf_release(&text);
	stk_flamebearer_release(&flame);
	stk_flamebearer_release(&again);
}

static void flamebearer_read__takes_an_empty_answer(void **state)
{
	static const char *const empties[] = {"{}", "{\"flamegraph\":{}}",
		"{\"flamegraph\":{\"names\":[\"total\"],\"levels\":[{\"values\":[\"0\",0,\"0\","
		"\"0\"]}]}}"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(empties); i++) {
		struct stk_flamebearer flame = STK_FLAMEBEARER_INIT;
		assert_int_equal(stk_flamebearer_read(&flame, stk_str_of(empties[i]), NULL), 0);
		assert_int_equal(flame.total, 0);
		assert_tree(&flame, 0, "");
		stk_flamebearer_release(&flame);
	}
}

static void flamebearer_read__refuses_what_is_no_flame_graph(void **state)
{
	static const struct {
		const char *json, *why;
	} cases[] = {
		{"[]", "flame graph: not a JSON object"},
		{"{\"a\":1}", "flame graph: neither 'flamegraph' nor 'flamebearer' is there"},
		{"{\"flamegraph\":{\"names\":[1]}}", "flame graph: name 0: a text is missing"},
		{"{\"flamegraph\":{\"names\":[\"total\"],\"levels\":[{\"values\":[0,1,0]}]}}",
			"flame graph: level 0: 3 values are no multiple of 4"},
		{"{\"flamegraph\":{\"names\":[\"total\"],\"levels\":[{\"values\":[0,1,0,1]}]}}",
			"flame graph: level 0: name 1 of 1"},
		{"{\"flamegraph\":{\"names\":[\"total\"],\"levels\":[{\"values\":[0,1,0,-1]}]}}",
			"flame graph: level 0: name -1 of 1"},
		{"{\"flamegraph\":{\"total\":1.5}}", "flame graph: total: an integer is missing"},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		struct stk_flamebearer flame = STK_FLAMEBEARER_INIT;
		struct stk_err err = STK_ERR_INIT;
		assert_int_equal(stk_flamebearer_read(&flame, stk_str_of(cases[i].json), &err),
			STK_E_FORMAT);
		assert_string_equal(err.msg, cases[i].why);
		stk_flamebearer_release(&flame);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flamebearer_set_tree__lays_out_the_worked_example),
		cmocka_unit_test(flamebearer_set_tree__shares_a_name_between_nodes),
		cmocka_unit_test(flamebearer_set_tree__an_empty_tree_is_one_zero_node),
		cmocka_unit_test(flamebearer_set_tree__bundles_small_nodes_into_other),
		cmocka_unit_test(
			flamebearer_set_tree__bundles_a_real_other_and_loses_what_is_below),
		cmocka_unit_test(flamebearer_set_tree__total_shares_the_roots_name),
		cmocka_unit_test(flamebearer_set_trees__lays_out_the_worked_difference),
		cmocka_unit_test(flamebearer_set_trees__bundles_what_is_small_on_both_sides),
		cmocka_unit_test(flamebearer_set_trees__total_has_a_name_of_its_own),
		cmocka_unit_test(flamebearer_get_tree__gives_back_what_was_laid_out),
		cmocka_unit_test(flamebearer_get_tree__refuses_a_node_without_a_parent),
		cmocka_unit_test(flamebearer_write_connect__is_the_servers_json),
		cmocka_unit_test(flamebearer_read__takes_connects_difference),
		cmocka_unit_test(flamebearer_read__takes_the_legacy_document),
		cmocka_unit_test(flamebearer_read__takes_an_empty_answer),
		cmocka_unit_test(flamebearer_read__refuses_what_is_no_flame_graph),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
