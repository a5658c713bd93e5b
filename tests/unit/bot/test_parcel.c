/* test_parcel: artifacts of strangers: which records are in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/bot/parcel.h"
#include "tests/support/zip_case.h"

static void read_fixture(const char *path, struct stk_buf *out)
{
	assert_int_equal(stk_fs_read(path, out, NULL), 0);
}

static int unpack(struct zip_case *made, struct stk_parcel *parcel, struct stk_err *err)
{
	int rc;

	memset(parcel, 0, sizeof *parcel);
	zip_case_finish(made, made->entries);
	rc = stk_parcel_unpack(stk_buf_str(&made->bytes), parcel, err);
	zip_case_release(made);
	return rc;
}

static void parcel_unpack__takes_records_with_their_flames(void **state)
{
	struct stk_buf run = STK_BUF_EMPTY, graph = STK_BUF_EMPTY;
	struct zip_case made = ZIP_CASE_INIT;
	struct stk_parcel parcel;
	struct stk_flame flame;
	struct stk_run read;

	(void)state;
	read_fixture("tests/fixtures/runs/page/run.json", &run);
	read_fixture("tests/fixtures/runs/page/flame-cpu.json.gz", &graph);
	zip_case_add(&made, "a/run.json", stk_buf_str(&run));
	zip_case_add(&made, "a/report.html", STK_STR("<script>"));
	zip_case_add(&made, "a/flame-cpu.json.gz", stk_buf_str(&graph));
	zip_case_add(&made, "b/flame-cpu.json.gz", STK_STR("of nobody"));
	zip_case_add(&made, "c/run.json", STK_STR("{}"));
	zip_case_add(&made, "c/flame-cpu.json.gz", STK_STR("no gzip"));
	zip_case_add(&made, "x/not-run.json", STK_STR("{}"));
	assert_int_equal(unpack(&made, &parcel, NULL), 0);
	assert_int_equal(parcel.records.len, 2);
	assert_int_equal(parcel.records.items[0].flames.len, 1);

	stk_run_init(&read);
	assert_int_equal(stk_parcel_read(&parcel.records.items[0], &read, NULL), 0);
	assert_int_equal(read.comparisons.len > 0, 1);
	stk_run_release(&read);
	stk_flame_init(&flame);
	assert_int_equal(stk_parcel_read_flame(&parcel.records.items[0], "cpu", &flame, NULL), 1);
	assert_string_equal(flame.short_name, "cpu");
	assert_int_equal(stk_parcel_read_flame(&parcel.records.items[0], "heap", &flame, NULL), 0);
	stk_flame_release(&flame);

	stk_run_init(&read);
	assert_int_equal(stk_parcel_read(&parcel.records.items[1], &read, NULL), STK_E_FORMAT);
	stk_run_release(&read);
	stk_flame_init(&flame);
	assert_int_equal(
		stk_parcel_read_flame(&parcel.records.items[1], "cpu", &flame, NULL), STK_E_FORMAT);
	stk_flame_release(&flame);
	stk_parcel_release(&parcel);
	stk_buf_release(&run);
	stk_buf_release(&graph);
}

static void parcel_unpack__is_bounded(void **state)
{
	struct zip_case made = ZIP_CASE_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_parcel parcel;
	char name[32];

	(void)state;
	for (int i = 0; i < STK_PARCEL_RECORDS_MAX + 1; i++) {
		(void)snprintf(name, sizeof name, "%d/run.json", i);
		zip_case_add(&made, name, STK_STR("{}"));
	}
	assert_int_equal(unpack(&made, &parcel, &err), STK_E_TOO_LARGE);
	assert_int_equal(parcel.records.len, 0);
	made = (struct zip_case)ZIP_CASE_INIT;
	zip_case_add(&made, "README", STK_STR("x"));
	assert_int_equal(unpack(&made, &parcel, &err), STK_E_NOT_FOUND);
	made = (struct zip_case)ZIP_CASE_INIT;
	zip_case_add(&made, "run.json", STK_STR("{}"));
	for (int i = 0; i < STK_PARCEL_FLAMES_MAX + 2; i++) {
		(void)snprintf(name, sizeof name, "flame-%d.json.gz", i);
		zip_case_add(&made, name, STK_STR("x"));
	}
	assert_int_equal(unpack(&made, &parcel, &err), 0);
	assert_int_equal(parcel.records.items[0].flames.len, STK_PARCEL_FLAMES_MAX);
	stk_parcel_release(&parcel);
}

static void parcel_is_flame__takes_plain_names_only(void **state)
{
	(void)state;
	assert_true(stk_parcel_is_flame(STK_STR("flame-alloc_space.json.gz")));
	assert_false(stk_parcel_is_flame(STK_STR("flame-.json.gz")));
	assert_false(stk_parcel_is_flame(STK_STR("flame-a.b.json.gz")));
	assert_false(stk_parcel_is_flame(STK_STR("flame-a\\..json.gz")));
	assert_false(stk_parcel_is_flame(STK_STR("xflame-a.json.gz")));
	assert_false(stk_parcel_is_flame(STK_STR("flame-cpu.json")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parcel_unpack__takes_records_with_their_flames),
		cmocka_unit_test(parcel_unpack__is_bounded),
		cmocka_unit_test(parcel_is_flame__takes_plain_names_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
