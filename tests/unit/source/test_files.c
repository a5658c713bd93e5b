/* test_files: pprof files as slices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/profile/profile.h"
#include "core/source/files.h"

static void files_fetch__each_file_is_a_slice_of_its_types(void **state)
{
	struct stk_source_query query = {"process_cpu:cpu:nanoseconds:cpu:nanoseconds", "{}", 0, 0};
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_source_names names = {0};
	struct stk_source_info info;
	struct stk_source *source;

	(void)state;
	assert_int_equal(
		stk_source_files_new("tests/fixtures/pyroscope/profiles/cpu_*.pb", &source, NULL),
		0);
	assert_int_equal(stk_source_types(source, &query, &names, NULL), 0);
	assert_int_equal(names.len, 2);
	assert_string_equal(names.items[0], "process_cpu:cpu:nanoseconds:cpu:nanoseconds");
	assert_string_equal(names.items[1], "process_cpu:samples:count:cpu:nanoseconds");
	assert_int_equal(stk_source_describe(source, &query, &info, NULL), 0);
	assert_int_equal(info.points, 2);
	assert_int_equal(stk_source_wait(source, &query, &info, 0, NULL, NULL), 1);
	assert_int_equal(stk_source_fetch(source, &query, &info, &slices, NULL), 0);
	assert_int_equal(slices.len, 2);
	assert_int_equal(
		stk_profile_total(slices.items[0].profile, slices.items[0].sample_type), 100000000);
	assert_int_equal(
		stk_profile_total(slices.items[1].profile, slices.items[1].sample_type), 180000000);
	assert_int_equal(slices.items[1].start_ns - slices.items[0].start_ns, 60 * STK_NS_PER_S);
	stk_source_slices_release(&slices);
	stk_source_names_release(&names);
	stk_source_close(source);
}

static void files_new__says_what_is_wrong(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_source *source;

	(void)state;
	assert_int_equal(
		stk_source_files_new("tests/fixtures/none*.pb", &source, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.msg, "no file matches 'tests/fixtures/none*.pb'");
	assert_int_equal(
		stk_source_files_new("tests/support/run_units.*", &source, &err), STK_E_FORMAT);
	assert_non_null(strstr(err.msg, "profile 'tests/support/run_units.sh': "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_fetch__each_file_is_a_slice_of_its_types),
		cmocka_unit_test(files_new__says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
