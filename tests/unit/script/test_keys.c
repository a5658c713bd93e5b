/* test_keys: spellings of option names and their lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/script/keys.h"

/* k6 1.1: options in camelCase | snake_case, and k6's spelling | - */
static void key_snake__knows_k6_spellings(void **state)
{
	char out[STK_KEY_MAX];

	(void)state;
	stk_key_snake(STK_STR("startTime"), out);
	assert_string_equal(out, "start_time");
	stk_key_snake(STK_STR("preAllocatedVUs"), out);
	assert_string_equal(out, "pre_allocated_vus");
	stk_key_snake(STK_STR("noVUConnectionReuse"), out);
	assert_string_equal(out, "no_vu_connection_reuse");
	stk_key_snake(STK_STR("blacklistIPs"), out);
	assert_string_equal(out, "blacklist_ips");
	stk_key_snake(STK_STR("insecureSkipTLSVerify"), out);
	assert_string_equal(out, "insecure_skip_tls_verify");
	stk_key_snake(STK_STR("vus"), out);
	assert_string_equal(out, "vus");
}

static void keys_list__is_cut_to_fit(void **state)
{
	static const char *const keys[] = {"alpha", "beta", "gamma"};
	char text[64];

	(void)state;
	stk_keys_list(keys, 3, text, sizeof text);
	assert_string_equal(text, "alpha, beta, gamma");
	stk_keys_list(keys, 3, text, 16);
	assert_string_equal(text, "alpha, beta ...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_snake__knows_k6_spellings),
		cmocka_unit_test(keys_list__is_cut_to_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
