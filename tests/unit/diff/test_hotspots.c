/* test_hotspots: marginal cost of the vectors, order by lower limit, nothing without load. */
#include "core/diff/hotspots.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/json.h"
#include "tests/support/linked.h"
#include "tests/support/near.h"
#include "tests/support/world.h"

#define CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

static double number(const struct stk_json *object, const char *key)
{
	return stk_json_real(stk_json_get(object, key), NAN);
}

static void check_vector(const struct stk_json *one)
{
	const struct stk_json *expected = stk_json_get(one, "expected");
	struct stk_hotspot_counts counts = {number(one, "idle_count"), number(one, "load_count"),
		number(one, "phi"), number(one, "period_ns")};
	struct stk_hotspots_windows windows = {
		number(one, "idle_s"), number(one, "load_s"), number(one, "requests")};
	struct stk_hotspot_cost cost = stk_hotspot_cost(&counts, &windows);

	test_near("cost", cost.cost, number(expected, "marginal_per_request"), 1e-9);
	test_near("se", cost.se, number(expected, "se"), 1e-9);
	test_near("low", cost.lo, number(expected, "low95"), 1e-9);
	test_near("background", cost.background_per_s, number(expected, "background_per_s"), 1e-9);
}

static void hotspot_cost__agrees_with_the_vectors(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *root = NULL;
	const struct stk_json *list;

	(void)state;
	assert_int_equal(stk_fs_read("tests/fixtures/stats/vectors.json", &text, NULL), 0);
	assert_int_equal(stk_json_parse(stk_buf_str(&text), &root, NULL), 0);
	list = stk_json_get(root, "idle_6_12");
	assert_int_equal(stk_json_len(list), 3);
	for (size_t i = 0; i < stk_json_len(list); i++)
		check_vector(stk_json_at(list, i));
	stk_json_free(root);
	stk_buf_release(&text);
}

static void add_slice(
	struct stk_diff_input *input, int side, const char *const *names, const double *counts)
{
	struct stk_diff_slice *slice =
		stk_diff_input_slice(input, side, side, side == STK_SIDE_HEAD ? 1000.0 : 0.0);

	for (size_t i = 0; names[i]; i++) {
		struct stk_function function = {names[i], "a.lua", 1, NULL};
		int64_t value = (int64_t)(counts[i] * 1e7);
		uint32_t at = 0;

		assert_int_equal(stk_diff_input_function(input, &function, side, &at, NULL), 0);
		stk_diff_slice_add(
			slice, &(struct stk_diff_value){at, value, value, counts[i], counts[i]});
		slice->total += value;
		slice->samples += counts[i];
	}
}

static void hotspots_compute__background_is_no_hotspot(void **state)
{
	static const char *const names[] = {"timer", "parse", "render", NULL};
	static const double idle[] = {50, 0, 2}, load[] = {52, 400, 90};
	struct stk_hotspots_windows windows = {40.0, 40.0, 4000.0};
	struct stk_diff_input input;
	struct stk_hotspots out;
	struct stk_run run;

	(void)state;
	stk_diff_input_init(&input, CPU, NULL, NULL);
	stk_run_init(&run);
	for (int i = 0; i < 4; i++) {
		add_slice(&input, STK_SIDE_BASE, names, idle);
		add_slice(&input, STK_SIDE_HEAD, names, load);
	}
	assert_int_equal(stk_hotspots_compute(&input, &windows, &run, &out, NULL), 0);
	assert_int_equal(out.slices_idle, 4);
	assert_string_equal(out.rows.items[0].function.name, "parse");
	assert_string_equal(out.rows.items[1].function.name, "render");
	test_near("parse", out.rows.items[0].cost, 4 * 400 * 1e7 / 4000.0, 1e-9);
	test_near("render", out.rows.items[1].cost, 4 * 88 * 1e7 / 4000.0, 1e-9);
	test_near("background", out.rows.items[1].background_per_s, 4 * 2 * 1e7 / 40.0, 1e-9);
	test_near("total", out.total, 4 * 490 * 1e7 / 4000.0, 1e-9);
	test_near("share", out.rows.items[0].share, 400.0 / 490.0, 1e-9);
	assert_true(out.total_lo < out.total && out.total < out.total_hi);
	stk_vec_release(&out.rows);
	stk_run_release(&run);
	stk_diff_input_release(&input);
}

static void hotspots_compute__scatter_widens(void **state)
{
	static const char *const names[] = {"parse", NULL};
	static const double steady[] = {400}, low[] = {200}, high[] = {600};
	struct stk_hotspots_windows windows = {0.0, 40.0, 4000.0};
	struct stk_hotspots calm, rough;
	struct stk_diff_input input;
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	stk_diff_input_init(&input, CPU, NULL, NULL);
	for (int i = 0; i < 4; i++)
		add_slice(&input, STK_SIDE_HEAD, names, steady);
	assert_int_equal(stk_hotspots_compute(&input, &windows, &run, &calm, NULL), 0);
	stk_diff_input_release(&input);
	stk_diff_input_init(&input, CPU, NULL, NULL);
	for (int i = 0; i < 4; i++)
		add_slice(&input, STK_SIDE_HEAD, names, i % 2 ? low : high);
	assert_int_equal(stk_hotspots_compute(&input, &windows, &run, &rough, NULL), 0);
	stk_diff_input_release(&input);
	test_near("cost", rough.rows.items[0].cost, calm.rows.items[0].cost, 1e-12);
	assert_true(rough.rows.items[0].lo < calm.rows.items[0].lo);
	stk_vec_release(&calm.rows);
	stk_vec_release(&rough.rows);
	stk_run_release(&run);
}

static void hotspots_compute__nothing_without_load(void **state)
{
	static const char *const names[] = {"timer", NULL};
	static const double idle[] = {50};
	struct stk_hotspots_windows windows = {40.0, 40.0, 4000.0};
	struct stk_diff_input input;
	struct stk_hotspots out;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_diff_input_init(&input, CPU, NULL, NULL);
	add_slice(&input, STK_SIDE_BASE, names, idle);
	assert_int_equal(stk_hotspots_compute(&input, &windows, NULL, &out, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "slices"));
	add_slice(&input, STK_SIDE_HEAD, names, idle);
	windows.requests = 0.0;
	assert_int_equal(stk_hotspots_compute(&input, &windows, NULL, &out, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "requests"));
	stk_diff_input_release(&input);
}

static const struct stk_hotspot *find_spot(const struct stk_hotspots *spots, const char *name)
{
	for (size_t i = 0; i < spots->rows.len; i++)
		if (strcmp(spots->rows.items[i].function.name, name) == 0)
			return &spots->rows.items[i];
	fail_msg("no hotspot %s", name);
	return NULL;
}

/* A new file that only head has: what it is called by is of the change, whatever the idle window
 * shows, and also where that window is empty. */
static void check_links(int64_t idle)
{
	const struct linked_stack stacks[] = {{{{"shop.Total", "/b/shop/total.go", 3, 5, false},
						       {"main.main", "/b/main.go", 3, 9, false}},
						      {idle, 300}},
		{{{"encoding/json.Marshal", "/go/src/encoding/json/encode.go", 150, 160, false},
			 {"shop.Total", "/b/shop/total.go", 3, 6, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{idle, 200}},
		{{{"shop.Rest", "/b/shop/rest.go", 1, 5, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{idle, 400}}};
	struct stk_hotspots out;
	struct linked linked;

	linked_init(&linked);
	linked_add_file(&linked, "main.go");
	linked_add_file(&linked, "shop/rest.go");
	linked_hunk(linked_change(&linked, NULL, "shop/total.go", ""), 0, 0, 4, 3);
	linked_hotspots(&linked, stacks, STK_ARRAY_LEN(stacks), &out);
	assert_int_equal(find_spot(&out, "shop.Total")->link.kind, STK_LINK_CHANGED);
	assert_string_equal(find_spot(&out, "shop.Total")->function.path, "shop/total.go");
	assert_int_equal(find_spot(&out, "encoding/json.Marshal")->link.kind, STK_LINK_CALLED_FROM);
	assert_int_equal(find_spot(&out, "encoding/json.Marshal")->link.via.line, 6);
	assert_int_equal(find_spot(&out, "shop.Rest")->link.kind, STK_LINK_UNRELATED);
	assert_true(isnan(find_spot(&out, "shop.Rest")->link.share));
	stk_vec_release(&out.rows);
	linked_release(&linked);
}

static void hotspots_compute__links_to_changed_lines(void **state)
{
	(void)state;
	check_links(20);
	check_links(0);
}

/* On the base itself nothing differs: rows have their path, and no word of a change. */
static void hotspots_compute__without_a_change_there_are_only_paths(void **state)
{
	const struct linked_stack stacks[] = {{{{"shop.Rest", "/b/shop/rest.go", 1, 5, false},
						       {"main.main", "/b/main.go", 3, 9, false}},
		{20, 400}}};
	struct stk_hotspots out;
	struct linked linked;

	(void)state;
	linked_init(&linked);
	linked_add_file(&linked, "main.go");
	linked_add_file(&linked, "shop/rest.go");
	linked_hotspots(&linked, stacks, 1, &out);
	assert_int_equal(find_spot(&out, "shop.Rest")->link.kind, STK_LINK_UNKNOWN);
	assert_string_equal(find_spot(&out, "shop.Rest")->function.path, "shop/rest.go");
	stk_vec_release(&out.rows);
	linked_release(&linked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hotspot_cost__agrees_with_the_vectors),
		cmocka_unit_test(hotspots_compute__background_is_no_hotspot),
		cmocka_unit_test(hotspots_compute__scatter_widens),
		cmocka_unit_test(hotspots_compute__nothing_without_load),
		cmocka_unit_test(hotspots_compute__links_to_changed_lines),
		cmocka_unit_test(hotspots_compute__without_a_change_there_are_only_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
