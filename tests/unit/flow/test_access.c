/* test_access: who asks a Pyroscope: headers, tenant and tokens as a workflow names them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/flow/access.h"
#include <stdbool.h>

#include "tests/support/fake_http.h"

static const char *const environ_[] = {"PYRO_TOKEN=s3cret", "EMPTY=", NULL};

static void access_open__a_variable_must_be_set(void **state)
{
	struct stk_env env = {.environ_ = environ_, .clock = stk_clock_system()};
	struct stk_source_spec spec = {.url = "http://127.0.0.1:9", .token_env = "NOT_THERE"};
	struct stk_source *source = NULL;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_access_open(&spec, &env, 0, &source, &err), STK_E_INVAL);
	assert_string_equal(err.msg, "the variable NOT_THERE is not set");
	spec.token_env = NULL;
	spec.user = "u";
	spec.password_env = "EMPTY";
	assert_int_equal(stk_access_open(&spec, &env, 0, &source, &err), STK_E_INVAL);
	assert_null(source);
}

static void access_open__refuses_what_is_no_url(void **state)
{
	struct stk_env env = {.environ_ = environ_, .clock = stk_clock_system()};
	struct stk_source_spec spec = {.url = "localhost:4040"};
	struct stk_source *source = NULL;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_access_open(&spec, &env, 0, &source, &err), STK_E_INVAL);
	assert_non_null(strstr(err.msg, "pyroscope"));
}

static void access_open__sends_tenant_token_and_headers(void **state)
{
	static const struct fake_http_reply replies[] = {
		{.status = 200, .content_type = "application/proto"}};
	static struct stk_pair_text header = {"X-Team", "a"};
	struct stk_env env = {.environ_ = environ_, .clock = stk_clock_system()};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_source_spec spec = {.url = fake_http_url(fake),
		.tenant = "team-a",
		.token_env = "PYRO_TOKEN",
		.headers = {&header, 1, 1}};
	struct stk_source_query query = {.selector = "{}", .to_ns = STK_NS_PER_S};
	struct stk_source_names names = {0};
	struct stk_source *source = NULL;

	(void)state;
	assert_int_equal(stk_access_open(&spec, &env, 0, &source, NULL), 0);
	assert_int_equal(stk_source_types(source, &query, &names, NULL), 0);
	assert_true(fake_http_has_header(fake, 0, "x-scope-orgid", "team-a"));
	assert_true(fake_http_has_header(fake, 0, "authorization", "Bearer s3cret"));
	assert_true(fake_http_has_header(fake, 0, "x-team", "a"));
	stk_source_names_release(&names);
	stk_source_close(source);
	fake_http_stop(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_open__a_variable_must_be_set),
		cmocka_unit_test(access_open__refuses_what_is_no_url),
		cmocka_unit_test(access_open__sends_tenant_token_and_headers),
	};
	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
