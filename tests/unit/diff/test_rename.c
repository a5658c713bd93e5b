/* test_rename: which names are the same function, and which only look so. */
#include "core/diff/rename.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/near.h"

#define CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

/* main calls one function per side; the slices of one pair. */
struct scene {
	struct stk_diff_input input;
	struct stk_matrix matrix;
};

static void scene_init(struct scene *scene)
{
	stk_diff_input_init(&scene->input, CPU, NULL, NULL);
	for (int side = 0; side < STK_SIDES; side++)
		(void)stk_diff_input_slice(&scene->input, side, 0, 100.0);
}

static uint32_t put(struct scene *scene, int side, const char *name, const char *file, int64_t self)
{
	struct stk_diff_slice *slice = &scene->input.slices.items[side];
	struct stk_function function = {name, file, 1, NULL};
	uint32_t at = 0;

	assert_int_equal(stk_diff_input_function(&scene->input, &function, side, &at, NULL), 0);
	stk_diff_slice_add(
		slice, &(struct stk_diff_value){at, self, self, (double)self, (double)self});
	slice->total += self;
	return at;
}

static void call(struct scene *scene, int side, uint32_t caller, uint32_t callee, int64_t value)
{
	stk_diff_input_edge(&scene->input, caller, callee, side, value);
}

static size_t join(struct scene *scene)
{
	assert_int_equal(stk_matrix_build(&scene->input, false, &scene->matrix, NULL), 0);
	return stk_rename_join(&scene->matrix);
}

static void scene_release(struct scene *scene)
{
	stk_matrix_release(&scene->matrix);
	stk_diff_input_release(&scene->input);
}

static void rename_similarity__by_the_last_part(void **state)
{
	(void)state;
	assert_true(stk_rename_similarity("a.b.parse", "a.b.parse") == 1.0);
	test_near(
		"one letter", stk_rename_similarity("shop.Validate", "shop.validate"), 1.0, 1e-12);
	test_near("one of eight", stk_rename_similarity("x.parseAll", "x.parseAl2"), 0.875, 1e-12);
	assert_true(stk_rename_similarity("cart.sum", "cart.totals") < 0.5);
	assert_true(stk_rename_similarity("cart.sum", "order.sum") == 0.0);
	assert_true(stk_rename_similarity("", "") == 1.0);
	assert_true(stk_rename_similarity("", "x") == 0.0);
}

static void rename_join__same_file_same_callers(void **state)
{
	struct scene scene;
	uint32_t old, new, top;

	(void)state;
	scene_init(&scene);
	top = put(&scene, STK_SIDE_BASE, "main", "m.lua", 50);
	(void)put(&scene, STK_SIDE_HEAD, "main", "m.lua", 50);
	old = put(&scene, STK_SIDE_BASE, "cart.sum", "cart.lua", 40);
	new = put(&scene, STK_SIDE_HEAD, "cart.totals", "cart.lua", 43);
	call(&scene, STK_SIDE_BASE, top, old, 40);
	call(&scene, STK_SIDE_HEAD, top, new, 43);
	assert_int_equal(join(&scene), 1);
	assert_int_equal(scene.matrix.rows[old].function[STK_SIDE_HEAD], new);
	scene_release(&scene);
}

static void rename_join__other_file_needs_a_like_name(void **state)
{
	struct scene scene;
	uint32_t old, new, top;

	(void)state;
	scene_init(&scene);
	top = put(&scene, STK_SIDE_BASE, "main", "m.lua", 50);
	(void)put(&scene, STK_SIDE_HEAD, "main", "m.lua", 50);
	old = put(&scene, STK_SIDE_BASE, "cart.sum", "cart.lua", 40);
	new = put(&scene, STK_SIDE_HEAD, "fraud.score", "fraud.lua", 40);
	call(&scene, STK_SIDE_BASE, top, old, 40);
	call(&scene, STK_SIDE_HEAD, top, new, 40);
	assert_int_equal(join(&scene), 0);
	scene_release(&scene);
}

static void rename_join__moved_to_another_file(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	(void)put(&scene, STK_SIDE_BASE, "cart.sum", "cart.lua", 40);
	(void)put(&scene, STK_SIDE_HEAD, "cart.sum", "basket.lua", 41);
	assert_int_equal(join(&scene), 1);
	scene_release(&scene);
}

static void rename_join__not_while_the_old_name_is_still_called(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	(void)put(&scene, STK_SIDE_BASE, "cart.sum", "cart.lua", 40);
	(void)put(&scene, STK_SIDE_HEAD, "cart.sum", "cart.lua", 2);
	(void)put(&scene, STK_SIDE_HEAD, "cart.sums", "cart.lua", 40);
	assert_int_equal(join(&scene), 0);
	scene_release(&scene);
}

static void rename_join__not_when_cost_is_beyond_likeness(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene);
	(void)put(&scene, STK_SIDE_BASE, "cart.sum", "cart.lua", 10);
	(void)put(&scene, STK_SIDE_HEAD, "cart.sums", "cart.lua", 90);
	assert_int_equal(join(&scene), 0);
	scene_release(&scene);
}

/* Two leaves of one caller were renamed at once: cost and name tell which is which. */
static void rename_join__two_at_once(void **state)
{
	struct scene scene;
	uint32_t sum, tax, top, total, levy;

	(void)state;
	scene_init(&scene);
	top = put(&scene, STK_SIDE_BASE, "main", "m.lua", 50);
	sum = put(&scene, STK_SIDE_BASE, "cart.sum_items", "cart.lua", 60);
	tax = put(&scene, STK_SIDE_BASE, "cart.tax", "cart.lua", 20);
	(void)put(&scene, STK_SIDE_HEAD, "main", "m.lua", 50);
	levy = put(&scene, STK_SIDE_HEAD, "cart.levy", "cart.lua", 21);
	total = put(&scene, STK_SIDE_HEAD, "cart.sum_item", "cart.lua", 62);
	call(&scene, STK_SIDE_BASE, top, sum, 60);
	call(&scene, STK_SIDE_BASE, top, tax, 20);
	call(&scene, STK_SIDE_HEAD, top, levy, 21);
	call(&scene, STK_SIDE_HEAD, top, total, 62);
	assert_int_equal(join(&scene), 2);
	assert_int_equal(scene.matrix.rows[sum].function[STK_SIDE_HEAD], total);
	assert_int_equal(scene.matrix.rows[tax].function[STK_SIDE_HEAD], levy);
	scene_release(&scene);
}

static void rename_neighbours__of_the_same_and_of_others(void **state)
{
	struct scene scene;
	uint32_t a, b, c, f, g;

	(void)state;
	scene_init(&scene);
	a = put(&scene, STK_SIDE_BASE, "a", "x", 10);
	b = put(&scene, STK_SIDE_BASE, "b", "x", 10);
	c = put(&scene, STK_SIDE_BASE, "c", "x", 10);
	f = put(&scene, STK_SIDE_BASE, "f", "x", 10);
	g = put(&scene, STK_SIDE_HEAD, "g", "x", 10);
	call(&scene, STK_SIDE_BASE, a, f, 20);
	call(&scene, STK_SIDE_BASE, f, b, 10);
	call(&scene, STK_SIDE_HEAD, a, g, 20);
	call(&scene, STK_SIDE_HEAD, g, b, 10);
	assert_int_equal(stk_matrix_build(&scene.input, false, &scene.matrix, NULL), 0);
	test_near("same", stk_rename_neighbours(&scene.matrix, f, g), 1.0, 1e-12);
	assert_true(stk_rename_neighbours(&scene.matrix, c, g) < 0.4);
	scene_release(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rename_similarity__by_the_last_part),
		cmocka_unit_test(rename_join__same_file_same_callers),
		cmocka_unit_test(rename_join__other_file_needs_a_like_name),
		cmocka_unit_test(rename_join__moved_to_another_file),
		cmocka_unit_test(rename_join__not_while_the_old_name_is_still_called),
		cmocka_unit_test(rename_join__not_when_cost_is_beyond_likeness),
		cmocka_unit_test(rename_join__two_at_once),
		cmocka_unit_test(rename_neighbours__of_the_same_and_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
