/* test_links: addresses of commits and files, and what is never made a link. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/publish/links.h"

#define SHA "2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91"

static void links_of__builds_on_trusted_names(void **state)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_comment_links links;
	struct stk_post_opts opts = {.report_url = "https://pages.test/r"};
	struct stk_ci ci = {.forge = STK_FORGE_GITHUB,
		.server_url = "https://ghe.test",
		.repository = "acme/shop",
		.run_url = "https://ghe.test/run"};
	struct stk_run run;
	struct stk_doc doc = {.run = &run};
	struct stk_post post = {.doc = &doc, .ci = &ci, .opts = &opts};

	(void)state;
	stk_run_init(&run);
	run.sides[STK_SIDE_BASE].revision = "v1.0](http://evil.test)";
	run.sides[STK_SIDE_HEAD].revision = SHA;
	stk_links_of(&post, &arena, &links);
	assert_string_equal(links.blob_head, "https://ghe.test/acme/shop/blob/" SHA "/");
	assert_string_equal(links.commit_head, "https://ghe.test/acme/shop/commit/" SHA);
	assert_null(links.blob_base);
	assert_string_equal(links.run, "https://ghe.test/run");
	assert_string_equal(links.report, "https://pages.test/r");
	ci.forge = STK_FORGE_GITEA;
	stk_links_of(&post, &arena, &links);
	assert_string_equal(links.blob_head, "https://ghe.test/acme/shop/src/commit/" SHA "/");
	ci.forge = STK_FORGE_GITLAB;
	ci.server_url = "https://gitlab.test/acme/shop";
	stk_links_of(&post, &arena, &links);
	assert_string_equal(links.commit_head, "https://gitlab.test/acme/shop/-/commit/" SHA);
	run.sides[STK_SIDE_HEAD].revision = NULL;
	ci.server_url = NULL;
	stk_links_of(&post, &arena, &links);
	assert_null(links.blob_head);
	stk_run_release(&run);
	stk_arena_release(&arena);
}

static void links_add_repository__escapes_each_part(void **state)
{
	struct stk_ci ci = {.repository = "a b/c?d"};
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_links_add_repository(&buf, &ci);
	assert_string_equal(buf.ptr, "/repos/a%20b/c%3Fd");
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_of__builds_on_trusted_names),
		cmocka_unit_test(links_add_repository__escapes_each_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
