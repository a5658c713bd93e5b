/* test_system_tags: k6's names, its choice, and what is left of a sample's tags. */
#include "core/load/system_tags.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/load/plan.h"

/* k6 2.3: default: proto subproto status method url name group check error error_code tls_version
 * scenario service expected_response | the same | `subproto` and `service` are never known */
static void system_tags_default__is_that_of_k6(void **state)
{
	static const char *const on[] = {"proto", "subproto", "status", "method", "url", "name",
		"group", "check", "error", "error_code", "tls_version", "scenario", "service",
		"expected_response", "one_s_own"};
	static const char *const off[] = {"ip", "ocsp_status"};
	stk_system_tags tags = stk_system_tags_default();

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(on); i++)
		if (!stk_system_tags_has(tags, on[i]))
			fail_msg("%s is off", on[i]);
	for (size_t i = 0; i < STK_ARRAY_LEN(off); i++)
		if (stk_system_tags_has(tags, off[i]))
			fail_msg("%s is on", off[i]);
}

/* k6 2.3: `systemTags`, `--system-tags` replace the list | `system_tags`, `--system-tags` | `vu`
 * and `iter`, metadata in k6, are refused */
static void system_tags_parse__replaces_the_list(void **state)
{
	stk_system_tags tags = 7;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_system_tags_parse(" status, ip ,", &tags, &err), 0);
	assert_true(stk_system_tags_has(tags, "status"));
	assert_true(stk_system_tags_has(tags, "ip"));
	assert_false(stk_system_tags_has(tags, "name"));
	assert_true(stk_system_tags_has(tags, "team"));
	assert_int_equal(stk_system_tags_parse("", &tags, &err), 0);
	assert_false(stk_system_tags_has(tags, "status"));
	tags = 7;
	assert_int_equal(stk_system_tags_parse("status,stauts", &tags, &err), STK_E_INVAL);
	assert_string_equal(err.hint, "did you mean 'status'?");
	assert_int_equal(stk_system_tags_parse("iter", &tags, &err), STK_E_INVAL);
	assert_non_null(strstr(err.msg, "each iteration"));
	assert_int_equal(tags, 7);
}

static void system_tags_filter__keeps_order_and_strangers(void **state)
{
	const struct stk_tag items[] = {
		{"method", "GET"}, {"team", "a"}, {"status", "200"}, {"url", "/"}};
	struct stk_tag out[4];
	stk_system_tags tags;

	(void)state;
	assert_int_equal(stk_system_tags_parse("status", &tags, NULL), 0);
	assert_int_equal(stk_system_tags_filter(tags, items, 4, out), 2);
	assert_string_equal(out[0].key, "team");
	assert_string_equal(out[1].key, "status");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(system_tags_default__is_that_of_k6),
		cmocka_unit_test(system_tags_parse__replaces_the_list),
		cmocka_unit_test(system_tags_filter__keeps_order_and_strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
