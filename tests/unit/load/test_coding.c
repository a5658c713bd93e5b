/* test_coding: gzip, deflate in both forms, lists, bounds and broken bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/gzip.h"
#include "core/base/mem.h"
#include "core/load/coding.h"

/* "hello" as zlib and as bare deflate (RFC 1950, 1951; stored block). */
#define BARE                                                                                       \
	"\x01\x05\x00\xfa\xff"                                                                     \
	"hello"
#define ZLIB "\x78\x01" BARE "\x06\x2c\x02\x15"

static void undo(const char *list, struct stk_str bytes, const char *want)
{
	struct stk_buf body = STK_BUF_INIT(1000);
	struct stk_err err = STK_ERR_INIT;

	stk_buf_add_str(&body, bytes);
	if (stk_coding_undo(stk_str_of(list), &body, &err) < 0)
		fail_msg("%s: %s", list, err.msg);
	assert_string_equal(body.ptr, want);
	stk_buf_release(&body);
}

/* k6 5.4: gzip and deflate are unpacked; raw deflate is error 1701 | gzip and both kinds of
 * deflate | - */
static void coding_undo__knows_gzip_and_both_kinds_of_deflate(void **state)
{
	struct stk_buf once = STK_BUF_EMPTY, twice = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(stk_gzip_pack(STK_STR("hello"), 6, &once, NULL), 0);
	assert_int_equal(stk_gzip_pack(stk_buf_str(&once), 6, &twice, NULL), 0);
	undo("gzip", stk_buf_str(&once), "hello");
	undo("X-GZip, identity", stk_buf_str(&once), "hello");
	undo("gzip, gzip", stk_buf_str(&twice), "hello");
	undo("deflate", STK_STR(ZLIB), "hello");
	undo("deflate", STK_STR(BARE), "hello");
	undo("", STK_STR("hello"), "hello");
	stk_buf_release(&once);
	stk_buf_release(&twice);
}

static void coding_do__is_undone_again(void **state)
{
	static const char *const lists[] = {"gzip", "deflate", "gzip, deflate", "deflate,gzip"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(lists); i++) {
		struct stk_buf coded = STK_BUF_INIT(1000);

		assert_int_equal(
			stk_coding_do(stk_str_of(lists[i]), STK_STR("hello"), &coded, NULL), 0);
		assert_false(stk_str_is(stk_buf_str(&coded), "hello"));
		undo(lists[i], stk_buf_str(&coded), "hello");
		stk_buf_release(&coded);
	}
}

static void coding_do__names_what_it_does_not_know(void **state)
{
	static const char *const lists[] = {
		"lzma", "gzip,lzma", "gzip,,gzip", "identity", "gzip,gzip,gzip,gzip,gzip,gzip"};
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(lists); i++) {
		struct stk_buf coded = STK_BUF_INIT(1000);

		stk_err_clear(&err);
		assert_int_equal(
			stk_coding_do(stk_str_of(lists[i]), STK_STR("hello"), &coded, &err),
			STK_E_INVAL);
		assert_non_null(strstr(err.msg, "gzip, deflate, br and zstd"));
		stk_buf_release(&coded);
	}
	assert_non_null(strstr(err.msg, "up to 5"));
}

static void coding_do__is_bounded(void **state)
{
	struct stk_buf coded = STK_BUF_INIT(10);

	(void)state;
	assert_int_equal(
		stk_coding_do(STK_STR("gzip"), STK_STR("hello"), &coded, NULL), STK_E_TOO_LARGE);
	stk_buf_release(&coded);
}

/* k6 2.5, 10: a bad compressed body is 1701 | the same | - */
static void coding_undo__leaves_the_body_when_it_cannot(void **state)
{
	static const char *const lists[] = {"gzip", "br", "deflate", "a,b,c,d,e,f"};
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(lists); i++) {
		struct stk_buf body = STK_BUF_INIT(1000);

		stk_buf_add_text(&body, "\xff\xff not packed");
		assert_int_equal(stk_coding_undo(stk_str_of(lists[i]), &body, &err), STK_E_FORMAT);
		assert_string_equal(body.ptr, "\xff\xff not packed");
		stk_buf_release(&body);
	}
}

static void coding_undo__holds_the_limit(void **state)
{
	struct stk_buf big = STK_BUF_EMPTY, packed = STK_BUF_EMPTY, body = STK_BUF_INIT(5000);
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_buf_add_fill(&big, 'x', 1 << 20);
	assert_int_equal(stk_gzip_pack(stk_buf_str(&big), 6, &packed, &err), 0);
	stk_buf_add_str(&body, stk_buf_str(&packed));
	assert_int_equal(stk_coding_undo(STK_STR("gzip"), &body, &err), STK_E_TOO_LARGE);
	stk_buf_release(&big);
	stk_buf_release(&packed);
	stk_buf_release(&body);
}

static void coding_knows__what_it_can_undo(void **state)
{
	(void)state;
	assert_true(stk_coding_knows(STK_STR("gzip, deflate;q=0.5, identity")));
	assert_false(stk_coding_knows(STK_STR("gzip, br")));
	assert_false(stk_coding_knows(STK_STR("*")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coding_undo__knows_gzip_and_both_kinds_of_deflate),
		cmocka_unit_test(coding_undo__leaves_the_body_when_it_cannot),
		cmocka_unit_test(coding_undo__holds_the_limit),
		cmocka_unit_test(coding_do__is_undone_again),
		cmocka_unit_test(coding_do__names_what_it_does_not_know),
		cmocka_unit_test(coding_do__is_bounded),
		cmocka_unit_test(coding_knows__what_it_can_undo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
