/* test_docs: every Lua block of docs/lua-api.md and every file of docs/examples runs clean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "tests/support/script_run.h"

static void read_file(const char *path, struct stk_buf *text)
{
	struct stk_err err = STK_ERR_INIT;

	if (stk_fs_read(path, text, &err) < 0)
		fail_msg("%s", err.msg);
}

static void run_clean(const char *name, const char *text)
{
	struct script_run run;
	struct stk_buf users = STK_BUF_EMPTY;

	script_run_init(&run);
	run.changes.base_url[STK_SIDE_HEAD] =
		shop_server_url(run.shop); /* where the file has none */
	read_file("docs/examples/users.csv", &users);
	lua_case_file(&run.lc, "users.csv", users.ptr);
	if (script_run_text(&run, text) != 0)
		fail_msg("%s: %s", name, run.lc.err.msg);
	if (run.result.errors || strstr(run.lc.talk.ptr, "error: "))
		fail_msg("%s: %s", name, run.lc.talk.ptr);
	if (run.result.iterations == 0)
		fail_msg("%s: no iteration ran", name);
	for (size_t i = 0; i < run.result.metrics.checks.len; i++)
		if (run.result.metrics.checks.items[i].fails)
			fail_msg("%s: check '%s' failed", name,
				run.result.metrics.checks.items[i].name);
	if (!run.result.thresholds_ok)
		fail_msg("%s: a threshold was crossed", name);
	stk_buf_release(&users);
	script_run_release(&run);
}

static void docs_lua_api__every_block_runs(void **state)
{
	struct stk_buf page = STK_BUF_EMPTY;
	char name[64];
	int blocks = 0;

	(void)state;
	read_file("docs/lua-api.md", &page);
	for (char *at = strstr(page.ptr, "```lua\n"); at; at = strstr(at, "```lua\n")) {
		char *end = strstr(at + 7, "\n```");
		assert_non_null(end);
		*end = '\0';
		snprintf(name, sizeof name, "block %d of docs/lua-api.md", ++blocks);
		run_clean(name, at + 7);
		at = end + 1;
	}
	assert_true(blocks >= 10);
	stk_buf_release(&page);
}

static void run_folder(const char *folder)
{
	struct stk_err err = STK_ERR_INIT;
	char **names = NULL;
	size_t len = 0, ran = 0;

	assert_int_equal(stk_fs_list(folder, &names, &len, &err), 0);
	for (size_t i = 0; i < len; i++) {
		struct stk_buf text = STK_BUF_EMPTY;
		char *path = stk_fs_join(folder, names[i]);
		if (stk_str_ends(stk_str_of(names[i]), ".lua")) {
			read_file(path, &text);
			/* workflows need services: tests/cli/test_run.sh runs them */
			if (!strstr(text.ptr, "stoker.workflow {")) {
				run_clean(path, text.ptr);
				ran++;
			}
		}
		stk_buf_release(&text);
		free(path);
	}
	assert_true(ran > 0);
	stk_fs_list_free(names, len);
}

/* k6 8.1: `k6 new` writes a first script | `docs/examples`, all run by the tests | `stoker init`
 * writes the files of a repository */
static void docs_examples__run(void **state)
{
	(void)state;
	run_folder("docs/examples");
}

/* k6 4.3: `exec.scenario.iterationInTest`: unique over the run | `scenario.iter`, `data.unique` |
 * a row for each iteration, without counting by hand
 * k6 6: `k6/crypto`, `k6/encoding`, uuid from a library | `stoker.hash`, `hmac`, `base64`, `uuid`
 * | - */
static void tests_lua__run(void **state)
{
	(void)state;
	run_folder("tests/lua");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(docs_lua_api__every_block_runs),
		cmocka_unit_test(docs_examples__run),
		cmocka_unit_test(tests_lua__run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
