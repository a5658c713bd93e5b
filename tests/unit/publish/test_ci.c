/* test_ci: jobs of GitHub, Gitea and GitLab as their environments tell them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/publish/ci.h"

#define SHA   "2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91"
#define MERGE "c0ffee00aac0ffee00aac0ffee00aac0ffee00aa"

static char *folder;

static int make_folder(void **state)
{
	(void)state;
	return stk_fs_mkdtemp("stk-ci", &folder, NULL);
}

static int remove_folder(void **state)
{
	int rc = stk_fs_remove_tree(folder, NULL);

	(void)state;
	free(folder);
	return rc;
}

/* A job in Actions with this event file (NULL: none) and a further variable. */
static void read_job(struct stk_ci *ci, const char *event, const char *name, const char *more)
{
	char *path = stk_fs_join(folder, "event.json");
	char *event_path = stk_xasprintf("GITHUB_EVENT_PATH=%s", path);
	char *event_name = stk_xasprintf("GITHUB_EVENT_NAME=%s", name);
	const char *environ_[] = {"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=acme/shop",
		"GITHUB_API_URL=https://ghe.test/api/v3/", "GITHUB_SERVER_URL=https://ghe.test",
		"GITHUB_SHA=" MERGE, "GITHUB_RUN_ID=77", "GITHUB_RUN_NUMBER=5", event_path,
		event_name, more, NULL};
	struct stk_env env = {.environ_ = environ_};

	if (event)
		assert_int_equal(stk_fs_write(path, stk_str_of(event), NULL), 0);
	stk_ci_init(ci, &env);
	free(path);
	free(event_path);
	free(event_name);
}

#define PULL(repo)                                                                                 \
	"{\"number\":12,\"pull_request\":{\"number\":12,\"head\":{\"sha\":\"" SHA                  \
	"\",\"ref\":\"feat/x\",\"repo\":" repo "},\"base\":{\"sha\":\"" MERGE                      \
	"\",\"ref\":\"main\"}}}"

static void ci_init__takes_the_head_not_the_merge_commit(void **state)
{
	struct stk_ci ci;

	(void)state;
	read_job(&ci, PULL("{\"full_name\":\"acme/shop\"}"), "pull_request", NULL);
	assert_int_equal(ci.forge, STK_FORGE_GITHUB);
	assert_true(ci.is_ci);
	assert_string_equal(ci.api_url, "https://ghe.test/api/v3");
	assert_int_equal(ci.number, 12);
	assert_string_equal(ci.head_sha, SHA);
	assert_string_equal(ci.merge_sha, MERGE);
	assert_string_equal(ci.base_ref, "main");
	assert_string_equal(ci.run_url, "https://ghe.test/acme/shop/actions/runs/77");
	assert_false(ci.is_read_only);
	stk_ci_release(&ci);
}

static void ci_init__knows_forks_before_anything_is_sent(void **state)
{
	static const char *const events[] = {PULL("{\"full_name\":\"stranger/shop\"}"),
		PULL("null"), PULL("7"), PULL("{\"full_name\":\"../..\"}")};
	struct stk_ci ci;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(events); i++) {
		read_job(&ci, events[i], "pull_request", NULL);
		assert_true(ci.is_read_only);
		assert_string_equal(ci.why_read_only, "fork pull request");
		stk_ci_release(&ci);
	}
	read_job(&ci, PULL("{\"full_name\":\"acme/shop\"}"), "pull_request",
		"GITHUB_ACTOR=dependabot[bot]");
	assert_true(ci.is_read_only);
	stk_ci_release(&ci);
	/* the base branch's own workflow */
	read_job(&ci, events[0], "pull_request_target", NULL);
	assert_false(ci.is_read_only);
	stk_ci_release(&ci);
}

static void ci_init__reads_a_finished_workflow_run(void **state)
{
	struct stk_ci ci;

	(void)state;
	read_job(&ci,
		"{\"workflow_run\":{\"head_sha\":\"" SHA
		"\",\"head_branch\":\"x\",\"head_repository\":"
		"{\"full_name\":\"stranger/shop\"},\"pull_requests\":[]}}",
		"workflow_run", NULL);
	assert_string_equal(ci.head_sha, SHA);
	assert_string_equal(ci.head_owner, "stranger");
	assert_int_equal(ci.number, 0);
	assert_false(ci.is_read_only); /* it runs with the repository's own token */
	stk_ci_release(&ci);
}

static void ci_init__has_no_commit_for_a_comment(void **state)
{
	struct stk_ci ci;

	(void)state;
	read_job(&ci, "{\"issue\":{\"number\":12,\"pull_request\":{}}}", "issue_comment", NULL);
	assert_int_equal(ci.number, 12);
	assert_null(ci.head_sha);
	stk_ci_release(&ci);
}

static void ci_init__survives_a_hostile_event(void **state)
{
	static const char *const events[] = {"", "[", "[]", "{\"pull_request\":7}",
		"{\"pull_request\":{\"number\":\"12\",\"head\":[]}}",
		"{\"pull_request\":{\"number\":-4,\"head\":{\"sha\":\"../../x\",\"ref\":\"\\u001b["
		"2J\"}}}",
		"{\"workflow_run\":[]}", "{\"workflow_run\":{\"pull_requests\":[7]}}"};
	struct stk_ci ci;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(events); i++) {
		read_job(&ci, events[i], "pull_request", NULL);
		assert_int_equal(ci.number, 0);
		assert_true(!ci.head_sha || strcmp(ci.head_sha, MERGE) == 0);
		assert_true(!ci.head_ref || !strchr(ci.head_ref, '\x1b'));
		stk_ci_release(&ci);
	}
	read_job(&ci, "{", "pull_request", NULL);
	assert_non_null(ci.event_trouble);
	stk_ci_release(&ci);
}

static void ci_init__tells_the_forges_apart(void **state)
{
	const char *none[] = {"CI=true", NULL};
	const char *gitlab[] = {"GITLAB_CI=true", "CI_PROJECT_ID=42", "CI_MERGE_REQUEST_IID=9",
		"CI_API_V4_URL=https://gitlab.test/api/v4", "CI_COMMIT_SHA=" SHA,
		"CI_MERGE_REQUEST_SOURCE_PROJECT_ID=43", NULL};
	struct stk_env env = {.environ_ = none};
	struct stk_ci ci;

	(void)state;
	stk_ci_init(&ci, &env);
	assert_int_equal(ci.forge, STK_FORGE_NONE);
	stk_ci_release(&ci);
	read_job(&ci, NULL, "push", "GITEA_ACTIONS=true");
	assert_int_equal(ci.forge, STK_FORGE_GITEA);
	stk_ci_release(&ci);
	env.environ_ = gitlab;
	stk_ci_init(&ci, &env);
	assert_int_equal(ci.forge, STK_FORGE_GITLAB);
	assert_int_equal(ci.number, 9);
	assert_string_equal(ci.head_sha, SHA);
	assert_string_equal(ci.repository, "42");
	assert_string_equal(ci.why_read_only, "fork merge request");
	stk_ci_release(&ci);
}

static void ci_override__sends_no_token_where_a_record_says(void **state)
{
	static const struct {
		const char *remote, *repository;
	} rows[] = {{"https://github.com/acme/shop.git", "acme/shop"},
		{"git@github.com:acme/shop.git", "acme/shop"},
		{"https://evil.test/acme/shop", NULL}, {"git@evil.test:a/b", NULL},
		{"https://github.com/a/b/../c", NULL}, {"file:///etc", NULL}, {"", NULL}};
	const char *none[] = {NULL};
	struct stk_env env = {.environ_ = none};
	struct stk_ci ci;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_ci_given given = {.remote = rows[i].remote, .number = 3};

		stk_ci_init(&ci, &env);
		assert_int_equal(stk_ci_override(&ci, &given, NULL), 0);
		assert_string_equal(ci.api_url, "https://api.github.com");
		if (rows[i].repository)
			assert_string_equal(ci.repository, rows[i].repository);
		else
			assert_null(ci.repository);
		stk_ci_release(&ci);
	}
}

static void ci_override__refuses_what_would_change_a_path(void **state)
{
	static const struct stk_ci_given bad[] = {{.repository = "a"}, {.repository = "a/b/c"},
		{.repository = "../x"}, {.repository = "a/b?x"}, {.sha = "main"}, {.sha = "12"},
		{.api_url = "h.test"}, {.api_url = "http://u:p@h.test"}};
	const char *none[] = {NULL};
	struct stk_env env = {.environ_ = none};
	struct stk_ci ci;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		stk_ci_init(&ci, &env);
		assert_int_equal(stk_ci_override(&ci, &bad[i], NULL), STK_E_INVAL);
		stk_ci_release(&ci);
	}
}

static void ci_override__takes_pages_for_people(void **state)
{
	struct stk_ci_given given = {.repository = "acme/shop",
		.api_url = "https://ghe.test/api/v3",
		.server_url = "https://ghe.test/",
		.run_url = "javascript:alert(1)"};
	const char *none[] = {NULL};
	struct stk_env env = {.environ_ = none};
	struct stk_ci ci;

	(void)state;
	stk_ci_init(&ci, &env);
	assert_int_equal(stk_ci_override(&ci, &given, NULL), 0);
	assert_string_equal(ci.server_url, "https://ghe.test");
	assert_null(ci.run_url);
	given.run_url = "https://ghe.test/acme/shop/actions/runs/7";
	assert_int_equal(stk_ci_override(&ci, &given, NULL), 0);
	assert_string_equal(ci.run_url, given.run_url);
	stk_ci_release(&ci);
}

static void ci_split_remote__takes_host_and_path_apart(void **state)
{
	struct stk_str host, path;

	(void)state;
	assert_true(stk_ci_split_remote(STK_STR("git@h.test:a/b.git"), &host, &path));
	assert_true(stk_str_is(host, "h.test") && stk_str_is(path, "a/b"));
	assert_true(stk_ci_split_remote(STK_STR("https://h.test:8/a/b"), &host, &path));
	assert_true(stk_str_is(host, "h.test") && stk_str_is(path, "a/b"));
	assert_false(stk_ci_split_remote(STK_STR("/srv/git/a/b"), &host, &path));
	assert_false(stk_ci_split_remote(stk_str_of(NULL), &host, &path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ci_init__takes_the_head_not_the_merge_commit),
		cmocka_unit_test(ci_init__knows_forks_before_anything_is_sent),
		cmocka_unit_test(ci_init__reads_a_finished_workflow_run),
		cmocka_unit_test(ci_init__has_no_commit_for_a_comment),
		cmocka_unit_test(ci_init__survives_a_hostile_event),
		cmocka_unit_test(ci_init__tells_the_forges_apart),
		cmocka_unit_test(ci_override__sends_no_token_where_a_record_says),
		cmocka_unit_test(ci_override__refuses_what_would_change_a_path),
		cmocka_unit_test(ci_override__takes_pages_for_people),
		cmocka_unit_test(ci_split_remote__takes_host_and_path_apart),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
