/* test_scan: literals, numbers and values in text of any language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/init/scan.h"

static void scan_literal__finds_each_behind_its_token(void **state)
{
	struct stk_str rest = STK_STR("xget('/no') get(name) get( \"/a\" ) get('/b\n') get(`/c`)");
	struct stk_str out;

	(void)state;
	assert_true(stk_scan_literal(&rest, "get(", &out));
	assert_true(stk_str_is(out, "/a"));
	assert_true(stk_scan_literal(&rest, "get(", &out));
	assert_true(stk_str_is(out, "/c"));
	assert_false(stk_scan_literal(&rest, "get(", &out));
	assert_null(rest.ptr);
}

static void scan_word_and_number__stop_where_they_end(void **state)
{
	struct stk_str rest = STK_STR("process.env.PORT || 3000"), out;
	int64_t number = 0;

	(void)state;
	assert_true(stk_scan_word(&rest, "process.env.", &out));
	assert_true(stk_str_is(out, "PORT"));
	rest = STK_STR("a.listen(server) b.listen( '8081', f)");
	assert_true(stk_scan_number(&rest, ".listen(", &number));
	assert_int_equal(number, 8081);
	assert_true(stk_scan_has(STK_STR("import pyroscope\n"), "import pyroscope"));
	assert_false(stk_scan_has(STK_STR("import pyroscopes\n"), "import pyroscope"));
}

static void scan_value__reads_toml_yaml_and_json_lines(void **state)
{
	struct stk_str text = STK_STR("[package]\nname = \"shop\" # x\n[dependencies]\n"
				      "name = \"other\"\naxum = { version = \"1\" }\n"
				      "  \"port\": 80, \nempty =\n");
	struct stk_str out;

	(void)state;
	assert_true(stk_scan_value(text, "[package]", "name", &out));
	assert_true(stk_str_is(out, "shop"));
	assert_true(stk_scan_value(text, "[dependencies]", "axum", &out));
	assert_true(stk_scan_value(text, NULL, "port", &out));
	assert_true(stk_str_is(out, "80"));
	assert_false(stk_scan_value(text, "[package]", "axum", &out));
	assert_false(stk_scan_value(text, NULL, "empty", &out));
}

static void scan_port__is_the_number_at_the_end(void **state)
{
	(void)state;
	assert_int_equal(stk_scan_port(STK_STR(":8080")), 8080);
	assert_int_equal(stk_scan_port(STK_STR("0.0.0.0:80")), 80);
	assert_int_equal(stk_scan_port(STK_STR("9")), 9);
	assert_int_equal(stk_scan_port(STK_STR(":99999")), 0);
	assert_int_equal(stk_scan_port(STK_STR("host")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scan_literal__finds_each_behind_its_token),
		cmocka_unit_test(scan_word_and_number__stop_where_they_end),
		cmocka_unit_test(scan_value__reads_toml_yaml_and_json_lines),
		cmocka_unit_test(scan_port__is_the_number_at_the_end),
	};
	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
