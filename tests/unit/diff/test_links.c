/* test_links: rows and changed lines, in made-up cases whose answer is known. */
#include "core/diff/links.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/linked.h"
#include "tests/support/near.h"

#define LEN(stacks) (sizeof(stacks) / sizeof(stacks)[0])

/* Two functions: 3 to 7, 9 to 13. */
static const char source[] = "package shop\n"
			     "\n"
			     "func Total() {\n"
			     "\tfor {\n"
			     "\t\tx()\n"
			     "\t}\n"
			     "}\n"
			     "\n"
			     "func Render() {\n"
			     "\ta()\n"
			     "\tb()\n"
			     "\tc()\n"
			     "}\n";

/* Enough other cost that no row is all of the program. */
#define REST                                                                                       \
	{                                                                                          \
		{{"shop.Rest", "/b/shop/rest.go", 1, 5, false},                                    \
			{"main.main", "/b/main.go", 3, 9, false}},                                 \
		{                                                                                  \
			400, 400                                                                   \
		}                                                                                  \
	}

static void check_link(const struct stk_row *row, enum stk_link_kind kind, const char *via,
	const char *path, int64_t line)
{
	assert_int_equal(row->link.kind, kind);
	assert_string_equal(row->link.via.name, via);
	assert_string_equal(row->link.via.path, path);
	assert_int_equal(row->link.via.line, line);
}

static void add_files(struct linked *linked)
{
	linked_init(linked);
	linked_add_file(linked, "main.go");
	linked_add_file(linked, "shop/rest.go");
}

static void links__a_changed_leaf_is_changed_here(void **state)
{
	static const struct linked_stack stacks[] = {
		REST, {{{"shop.Total", "/b/shop/total.go", 3, 5, false},
			       {"main.main", "/b/main.go", 3, 9, false}},
			      {100, 200}}};
	struct linked linked;
	const struct stk_row *row;

	(void)state;
	add_files(&linked);
	linked_hunk(linked_change(&linked, "shop/total.go", "shop/total.go", source), 4, 1, 4, 1);
	linked_compare(&linked, stacks, LEN(stacks));
	row = linked_row(&linked, "shop.Total");
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	assert_string_equal(row->function.path, "shop/total.go");
	assert_string_equal(row->function.file, "shop/total.go");
	check_link(row, STK_LINK_CHANGED, "shop.Total", "shop/total.go", 4);
	test_near("share", row->link.share, 1.0, 1e-12);
	test_near("of all", linked.result.changed_share, 1.0, 1e-12);
	assert_int_equal(linked_row(&linked, "shop.Rest")->link.kind, STK_LINK_UNRELATED);
	assert_true(isnan(linked_row(&linked, "shop.Rest")->link.share));
	linked_release(&linked);
}

/* The change lies in the function beside it. */
static void links__a_change_in_the_next_function_is_not_its_own(void **state)
{
	static const struct linked_stack stacks[] = {
		REST, {{{"shop.Total", "/b/shop/total.go", 3, 5, false},
			       {"main.main", "/b/main.go", 3, 9, false}},
			      {100, 200}}};
	struct linked linked;

	(void)state;
	add_files(&linked);
	linked_hunk(linked_change(&linked, "shop/total.go", "shop/total.go", source), 10, 1, 10, 1);
	linked_compare(&linked, stacks, LEN(stacks));
	assert_int_equal(linked_row(&linked, "shop.Total")->link.kind, STK_LINK_UNRELATED);
	test_near("share", linked_row(&linked, "shop.Total")->link.share, 0.0, 1e-12);
	test_near("of all", linked.result.changed_share, 0.0, 1e-12);
	linked_release(&linked);
}

/* json.Marshal is called from changed and from unchanged code: three quarters of what it gained
 * come through the change. */
static void links__a_library_row_goes_to_its_changed_caller(void **state)
{
	static const struct linked_stack stacks[] = {REST,
		{{{"encoding/json.Marshal", "/usr/local/go/src/encoding/json/encode.go", 160, 171,
			  false},
			 {"shop.Render", "/b/shop/total.go", 9, 11, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{100, 220}},
		{{{"encoding/json.Marshal", "/usr/local/go/src/encoding/json/encode.go", 160, 171,
			  false},
			 {"shop.Rest", "/b/shop/rest.go", 1, 4, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{100, 140}}};
	struct linked linked;
	const struct stk_row *row;

	(void)state;
	add_files(&linked);
	linked_hunk(linked_change(&linked, "shop/total.go", "shop/total.go", source), 10, 1, 10, 2);
	linked_compare(&linked, stacks, LEN(stacks));
	row = linked_row(&linked, "encoding/json.Marshal");
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	assert_null(row->function.path);
	check_link(row, STK_LINK_CALLED_FROM, "shop.Render", "shop/total.go", 11);
	test_near("share", row->link.share, 120.0 / 160.0, 0.01);
	test_near("of all", linked.result.changed_share, 120.0 / 160.0, 0.01);
	linked_release(&linked);
}

/* The line that calls is not a changed one: the change nearest in the caller is told. */
static void links__the_runtime_goes_to_the_nearest_changed_caller(void **state)
{
	static const struct linked_stack stacks[] = {REST,
		{{{"runtime.mallocgc", "/usr/local/go/src/runtime/malloc.go", 1000, 1010, false},
			 {"bytes.growSlice", "/usr/local/go/src/bytes/buffer.go", 200, 210, false},
			 {"shop.Total", "/b/shop/total.go", 3, 5, false},
			 {"shop.Render", "/b/shop/total.go", 9, 12, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{100, 200}}};
	struct linked linked;
	struct stk_changes_file *file;

	(void)state;
	add_files(&linked);
	file = linked_change(&linked, "shop/total.go", "shop/total.go", source);
	linked_hunk(file, 4, 1, 4, 1);
	linked_hunk(file, 12, 1, 12, 1);
	linked_compare(&linked, stacks, LEN(stacks));
	check_link(linked_row(&linked, "runtime.mallocgc"), STK_LINK_CALLED_FROM, "shop.Total",
		"shop/total.go", 4);
	linked_release(&linked);
}

/* Lines that only went are known from base's side; two builds lie in two folders. */
static void links__removed_lines_count_by_base(void **state)
{
	static const struct linked_stack stacks[] = {REST,
		{{{"shop.Total", "/one/shop/total.go", 3, 6, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{100, 0}},
		{{{"shop.Total", "/two/shop/total.go", 3, 5, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{0, 200}}};
	struct linked linked;
	const struct stk_row *row;

	(void)state;
	add_files(&linked);
	linked_hunk(linked_change(&linked, "shop/total.go", "shop/total.go", source), 4, 1, 3, 0);
	linked_compare(&linked, stacks, LEN(stacks));
	row = linked_row(&linked, "shop.Total");
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	assert_null(row->partner.name); /* one function, not a renamed one */
	test_near("change", row->change, 1.0, 0.02);
	check_link(row, STK_LINK_CHANGED, "shop.Total", "shop/total.go", 3);
	linked_release(&linked);
}

static void links__a_renamed_file_is_one_function(void **state)
{
	static const struct linked_stack stacks[] = {REST,
		{{{"shop.Total", "/b/shop/total.go", 3, 5, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{100, 0}},
		{{{"shop.Total", "/b/shop/sums/all.go", 3, 5, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{0, 101}}};
	struct linked linked;
	const struct stk_row *row;

	(void)state;
	add_files(&linked);
	(void)linked_change(&linked, "shop/total.go", "shop/sums/all.go", source);
	linked_compare(&linked, stacks, LEN(stacks));
	row = linked_row(&linked, "shop.Total");
	assert_null(row->partner.name);
	assert_int_not_equal(row->verdict, STK_VERDICT_MOVED);
	assert_string_equal(row->function.path, "shop/sums/all.go");
	assert_int_equal(row->link.kind, STK_LINK_UNRELATED); /* the file moved, no line changed */
	linked_release(&linked);
}

/* A function under a new name: its old line went, the new one came. */
static void links__a_renamed_function_is_changed_here(void **state)
{
	static const struct linked_stack stacks[] = {REST,
		{{{"shop.total", "/b/shop/total.go", 3, 5, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{100, 0}},
		{{{"shop.Total", "/b/shop/total.go", 3, 5, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{0, 100}}};
	struct linked linked;
	const struct stk_row *row;

	(void)state;
	add_files(&linked);
	linked_hunk(linked_change(&linked, "shop/total.go", "shop/total.go", source), 3, 1, 3, 1);
	linked_compare(&linked, stacks, LEN(stacks));
	row = linked_row(&linked, "shop.Total");
	assert_string_equal(row->partner.name, "shop.total");
	assert_int_equal(row->verdict, STK_VERDICT_MOVED);
	check_link(row, STK_LINK_CHANGED, "shop.Total", "shop/total.go", 3);
	linked_release(&linked);
}

/* The same function on a stack many times is one way through the change. */
static void links__recursion_counts_once(void **state)
{
	static const struct linked_stack stacks[] = {
		REST, {{{"sort.insert", "/usr/local/go/src/sort/sort.go", 10, 12, false},
			       {"shop.Total", "/b/shop/total.go", 3, 5, false},
			       {"shop.Total", "/b/shop/total.go", 3, 5, false},
			       {"shop.Total", "/b/shop/total.go", 3, 4, false},
			       {"main.main", "/b/main.go", 3, 9, false}},
			      {100, 200}}};
	struct linked linked;
	const struct stk_row *row;

	(void)state;
	add_files(&linked);
	linked_hunk(linked_change(&linked, "shop/total.go", "shop/total.go", source), 4, 1, 4, 1);
	linked_compare(&linked, stacks, LEN(stacks));
	row = linked_row(&linked, "sort.insert");
	check_link(row, STK_LINK_CALLED_FROM, "shop.Total", "shop/total.go", 4);
	test_near("share", row->link.share, 1.0, 1e-12);
	linked_release(&linked);
}

/* Total was inlined into Render; its own lines are the changed ones. */
static void links__inlined_frames_count_by_themselves(void **state)
{
	static const struct linked_stack stacks[] = {REST,
		{{{"shop.Total", "/b/shop/total.go", 3, 5, true},
			 {"shop.Render", "/b/shop/total.go", 9, 11, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{100, 200}},
		{{{"shop.Render", "/b/shop/total.go", 9, 12, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{100, 100}}};
	struct linked linked;

	(void)state;
	add_files(&linked);
	linked_hunk(linked_change(&linked, "shop/total.go", "shop/total.go", source), 5, 1, 5, 1);
	linked_compare(&linked, stacks, LEN(stacks));
	check_link(linked_row(&linked, "shop.Total"), STK_LINK_CHANGED, "shop.Total",
		"shop/total.go", 5);
	check_link(linked_row(&linked, "shop.Render"), STK_LINK_CALLS, "shop.Total",
		"shop/total.go", 5);
	linked_release(&linked);
}

/* main is on every stack: that a line of it changed explains nothing, unless cost runs through
 * just that line. */
static void links__what_is_always_on_the_stack_counts_by_its_lines(void **state)
{
	static const struct linked_stack stacks[] = {REST,
		{{{"shop.Total", "/b/shop/total.go", 3, 5, false},
			 {"main.main", "/b/main.go", 3, 7, false}},
			{100, 200}},
		{{{"shop.Render", "/b/shop/render.go", 9, 11, false},
			 {"main.main", "/b/main.go", 3, 8, false}},
			{100, 200}}};
	struct linked linked;

	(void)state;
	linked_init(&linked);
	linked_add_file(&linked, "shop/rest.go");
	linked_add_file(&linked, "shop/total.go");
	linked_add_file(&linked, "shop/render.go");
	linked_hunk(linked_change(&linked, "main.go", "main.go", ""), 7, 1, 7, 1);
	linked_compare(&linked, stacks, LEN(stacks));
	check_link(
		linked_row(&linked, "shop.Total"), STK_LINK_CALLED_FROM, "main.main", "main.go", 7);
	assert_int_equal(linked_row(&linked, "shop.Render")->link.kind, STK_LINK_UNRELATED);
	test_near("of all", linked.result.changed_share, 0.5, 0.01);
	linked_release(&linked);
}

/* Without the lines of a changed file nothing is claimed of its functions. */
static void links__a_file_nobody_looked_into_is_unknown(void **state)
{
	static const struct linked_stack stacks[] = {REST,
		{{{"shop.Total", "/b/shop/total.go", 3, 5, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{100, 200}},
		{{{"shop.Bare", "/b/shop/bare.go", 0, 0, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{100, 200}}};
	struct linked linked;

	(void)state;
	add_files(&linked);
	linked_change(&linked, "shop/total.go", "shop/total.go", "")->is_unknown = true;
	linked_hunk(linked_change(&linked, "shop/bare.go", "shop/bare.go", ""), 1, 1, 1, 1);
	linked_compare(&linked, stacks, LEN(stacks));
	assert_int_equal(linked_row(&linked, "shop.Total")->link.kind, STK_LINK_UNKNOWN);
	assert_int_equal(linked_row(&linked, "shop.Bare")->link.kind, STK_LINK_UNKNOWN);
	linked_release(&linked);
}

/* Samplers that know no first line: between the lines seen a change is the function's. */
static void links__without_a_first_line_the_lines_seen_count(void **state)
{
	static const struct linked_stack stacks[] = {REST,
		{{{"total", "shop/total.py", 0, 3, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{50, 100}},
		{{{"total", "shop/total.py", 0, 7, false},
			 {"<module>", "shop/total.py", 0, 40, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{50, 100}},
		{{{"other", "shop/total.py", 0, 20, false},
			 {"<module>", "shop/total.py", 0, 1, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{50, 100}}};
	struct linked linked;

	(void)state;
	add_files(&linked);
	linked_hunk(linked_change(&linked, "shop/total.py", "shop/total.py", ""), 5, 1, 5, 1);
	linked_compare(&linked, stacks, LEN(stacks));
	check_link(linked_row(&linked, "total"), STK_LINK_CHANGED, "total", "shop/total.py", 5);
	/* not by way of <module>, which lies around everything */
	assert_int_equal(linked_row(&linked, "other")->link.kind, STK_LINK_UNRELATED);
	linked_release(&linked);
}

static void links__no_file_of_the_repository_is_no_knowledge(void **state)
{
	static const struct linked_stack stacks[] = {
		{{{"a", "", 0, 0, false}, {"main", "", 0, 0, false}}, {400, 400}},
		{{{"b", "", 0, 0, false}, {"main", "", 0, 0, false}}, {100, 200}}};
	struct linked linked;

	(void)state;
	add_files(&linked);
	linked_compare(&linked, stacks, LEN(stacks));
	assert_int_equal(linked_row(&linked, "b")->verdict, STK_VERDICT_REGRESSION);
	assert_int_equal(linked_row(&linked, "b")->link.kind, STK_LINK_UNKNOWN);
	assert_true(isnan(linked.result.changed_share));
	linked_release(&linked);
}

/* What got cheaper is linked by what it lost. */
static void links__an_improvement_is_linked_by_what_it_lost(void **state)
{
	static const struct linked_stack stacks[] = {REST,
		{{{"encoding/json.Marshal", "/usr/local/go/src/encoding/json/encode.go", 160, 171,
			  false},
			 {"shop.Render", "/b/shop/total.go", 9, 11, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{200, 100}},
		{{{"encoding/json.Marshal", "/usr/local/go/src/encoding/json/encode.go", 160, 171,
			  false},
			 {"shop.Rest", "/b/shop/rest.go", 1, 4, false},
			 {"main.main", "/b/main.go", 3, 9, false}},
			{150, 150}}};
	struct linked linked;
	const struct stk_row *row;

	(void)state;
	add_files(&linked);
	linked_hunk(linked_change(&linked, "shop/total.go", "shop/total.go", source), 11, 1, 11, 1);
	linked_compare(&linked, stacks, LEN(stacks));
	row = linked_row(&linked, "encoding/json.Marshal");
	assert_int_equal(row->verdict, STK_VERDICT_IMPROVEMENT);
	check_link(row, STK_LINK_CALLED_FROM, "shop.Render", "shop/total.go", 11);
	test_near("share", row->link.share, 1.0, 0.01);
	assert_true(isnan(linked.result.changed_share)); /* nothing increased */
	linked_release(&linked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links__a_changed_leaf_is_changed_here),
		cmocka_unit_test(links__a_change_in_the_next_function_is_not_its_own),
		cmocka_unit_test(links__a_library_row_goes_to_its_changed_caller),
		cmocka_unit_test(links__the_runtime_goes_to_the_nearest_changed_caller),
		cmocka_unit_test(links__removed_lines_count_by_base),
		cmocka_unit_test(links__a_renamed_file_is_one_function),
		cmocka_unit_test(links__a_renamed_function_is_changed_here),
		cmocka_unit_test(links__recursion_counts_once),
		cmocka_unit_test(links__inlined_frames_count_by_themselves),
		cmocka_unit_test(links__what_is_always_on_the_stack_counts_by_its_lines),
		cmocka_unit_test(links__a_file_nobody_looked_into_is_unknown),
		cmocka_unit_test(links__without_a_first_line_the_lines_seen_count),
		cmocka_unit_test(links__no_file_of_the_repository_is_no_knowledge),
		cmocka_unit_test(links__an_improvement_is_linked_by_what_it_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
