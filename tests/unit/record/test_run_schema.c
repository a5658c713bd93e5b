/* test_run_schema: what is written fits docs/run.schema.json, member by member. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/record/run_json.h"
#include "core/record/run_store.h"
#include "tests/support/run_fixture.h"
#include "tests/support/schema.h"

static struct stk_json *read_schema(void)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *schema = NULL;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_fs_read("docs/run.schema.json", &text, &err), 0);
	assert_int_equal(stk_json_parse(stk_buf_str(&text), &schema, &err), 0);
	stk_buf_release(&text);
	return schema;
}

static void check_run(struct stk_json *schema, const struct stk_run *run)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *document = NULL;
	struct stk_err err = STK_ERR_INIT;

	stk_run_json_format(run, &text);
	assert_int_equal(stk_json_parse(stk_buf_str(&text), &document, &err), 0);
	stk_schema_check(schema, document);
	stk_json_free(document);
	stk_buf_release(&text);
}

static void run_json_format__writes_what_the_schema_says(void **state)
{
	struct stk_json *schema = read_schema();
	struct stk_run run;

	(void)state;
	stk_run_fixture_full(&run);
	check_run(schema, &run);
	stk_run_release(&run);
	stk_run_init(&run);
	check_run(schema, &run);
	stk_run_release(&run);
	stk_json_free(schema);
}

static void run_fixtures__fit_the_schema_read_and_written_again(void **state)
{
	struct stk_json *schema = read_schema();
	char **paths = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(stk_fs_glob("tests/fixtures/runs/*.json", &paths, &len, NULL), 0);
	assert_true(len >= 6);
	for (size_t i = 0; i < len; i++) {
		struct stk_run run;
		struct stk_err err = STK_ERR_INIT;
		stk_run_init(&run);
		if (stk_run_store_read(paths[i], &run, &err) < 0)
			fail_msg("%s", err.msg);
		check_run(schema, &run);
		stk_run_release(&run);
	}
	stk_fs_list_free(paths, len);
	stk_json_free(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_json_format__writes_what_the_schema_says),
		cmocka_unit_test(run_fixtures__fit_the_schema_read_and_written_again),
	};
	return cmocka_run_group_tests_name("run_schema", tests, NULL, NULL);
}
