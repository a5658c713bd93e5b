/* test_event: GitHub's event files and GitLab's variables, right and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/git/event.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define Z "0000000000000000000000000000000000000000"

static struct stk_event parse(const char *json)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_event event;

	if (stk_event_parse(stk_str_of(json), &event, &err) < 0)
		fail_msg("%s", err.msg);
	return event;
}

static void event_parse__a_pull_request(void **state)
{
	struct stk_event event = parse("{\"number\":5,\"pull_request\":{\"number\":5,\"base\":{"
				       "\"sha\":\"" A "\",\"ref\":\"main\"},\"head\":{\"sha\":\"" B
				       "\",\"ref\":\"feature/json\",\"repo\":null}}}");

	(void)state;
	assert_int_equal(event.kind, STK_EVENT_REQUEST);
	assert_int_equal(event.number, 5);
	assert_string_equal(event.base.hex, A);
	assert_string_equal(event.head.hex, B);
	assert_string_equal(event.base_ref, "main");
	assert_string_equal(event.head_ref, "feature/json");
}

static void event_parse__a_merge_group(void **state)
{
	struct stk_event event = parse(
		"{\"merge_group\":{\"base_sha\":\"" A "\",\"head_sha\":\"" B
		"\",\"base_ref\":\"refs/heads/main\",\"head_ref\":\"refs/heads/gh-queue/1\"}}");

	(void)state;
	assert_int_equal(event.kind, STK_EVENT_REQUEST);
	assert_string_equal(event.head.hex, B);
	assert_string_equal(event.base_ref, "main");
	assert_string_equal(event.head_ref, "gh-queue/1");
}

static void event_parse__a_push_counts_on_the_default_branch_only(void **state)
{
#define PUSH(ref, before)                                                                          \
	"{\"ref\":\"refs/heads/" ref "\",\"before\":\"" before                                     \
	"\",\"repository\":{\"default_branch\":\"main\"}}"
	struct stk_event event = parse(PUSH("main", A));

	(void)state;
	assert_int_equal(event.kind, STK_EVENT_PUSH);
	assert_string_equal(event.base.hex, A);
	assert_int_equal(parse(PUSH("topic", A)).kind, STK_EVENT_NONE);
	assert_int_equal(parse(PUSH("main", Z)).kind, STK_EVENT_NONE);
	assert_int_equal(parse("{\"schedule\":\"0 0 * * *\"}").kind, STK_EVENT_NONE);
}

static void event_parse__leaves_out_what_is_no_name(void **state)
{
	struct stk_event event = parse(
		"{\"pull_request\":{\"number\":-3,\"base\":{\"sha\":\"--upload-pack=x\",\"ref\":7},"
		"\"head\":{\"sha\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"ref\":"
		"\"x\\u001b[31m\"}}}");
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(event.number, 0);
	assert_string_equal(event.base.hex, "");
	assert_string_equal(event.head.hex, "");
	assert_string_equal(event.base_ref, "");
	assert_string_equal(event.head_ref, "");
	assert_int_equal(parse("{\"pull_request\":[1]}").kind, STK_EVENT_REQUEST);
	assert_int_equal(stk_event_parse(STK_STR("{\"a\":"), &event, &err), STK_E_FORMAT);
}

static struct stk_event read_env(const char *const *variables)
{
	struct stk_env env = {.environ_ = variables};
	struct stk_err err = STK_ERR_INIT;
	struct stk_event event;

	if (stk_event_read(&env, &event, &err) < 0)
		fail_msg("%s", err.msg);
	return event;
}

static void event_read__gitlab(void **state)
{
	const char *variables[] = {"CI=true", "CI_MERGE_REQUEST_IID=12",
		"CI_MERGE_REQUEST_DIFF_BASE_SHA=" A, "CI_COMMIT_SHA=" B,
		"CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main",
		"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=topic",
		"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=", NULL};
	struct stk_event event = read_env(variables);

	(void)state;
	assert_int_equal(event.kind, STK_EVENT_REQUEST);
	assert_int_equal(event.number, 12);
	assert_string_equal(event.base.hex, A);
	assert_string_equal(event.head.hex, B);
	assert_string_equal(event.head_ref, "topic");
	variables[6] = "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=" A; /* a merged-results pipeline */
	assert_string_equal(read_env(variables).head.hex, A);
	assert_int_equal(read_env(variables + 7).kind, STK_EVENT_NONE);
}

static void event_read__names_the_file_that_is_not_there(void **state)
{
	const char *const variables[] = {"GITHUB_EVENT_PATH=/no/such/file", NULL};
	struct stk_env env = {.environ_ = variables};
	struct stk_err err = STK_ERR_INIT;
	struct stk_event event;

	(void)state;
	assert_int_equal(stk_event_read(&env, &event, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "GITHUB_EVENT_PATH: '/no/such/file'"));
}

static void event_in_ci__by_the_variable(void **state)
{
	const char *const on[] = {"CI=1", NULL}, *const off[] = {"CI=false", NULL};
	struct stk_env env = {.environ_ = on};

	(void)state;
	assert_true(stk_event_in_ci(&env));
	env.environ_ = off;
	assert_false(stk_event_in_ci(&env));
	env.environ_ = off + 1;
	assert_false(stk_event_in_ci(&env));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_parse__a_pull_request),
		cmocka_unit_test(event_parse__a_merge_group),
		cmocka_unit_test(event_parse__a_push_counts_on_the_default_branch_only),
		cmocka_unit_test(event_parse__leaves_out_what_is_no_name),
		cmocka_unit_test(event_read__gitlab),
		cmocka_unit_test(event_read__names_the_file_that_is_not_there),
		cmocka_unit_test(event_in_ci__by_the_variable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
