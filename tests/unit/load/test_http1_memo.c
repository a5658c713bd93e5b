/* test_http1_memo: a head that is recalled gives what reading it gives, and no other head does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/load/http1.h"

struct answer {
	struct stk_http1 http;
	struct stk_buf head, body;
	enum stk_http1_fault fault;
	size_t used;
};

static void read_with(
	struct answer *answer, struct stk_http1_memo *memo, const char *text, bool to_head)
{
	memset(answer, 0, sizeof *answer);
	stk_http1_init(&answer->http);
	answer->http.memo = memo;
	stk_buf_init(&answer->head, STK_HTTP1_HEAD_MAX);
	stk_buf_init(&answer->body, 100);
	stk_http1_begin(&answer->http, &answer->head, &answer->body, to_head);
	answer->fault = stk_http1_read(&answer->http, stk_str_of(text), &answer->used);
}

static void end(struct answer *answer)
{
	stk_http1_release(&answer->http);
	stk_buf_release(&answer->head);
	stk_buf_release(&answer->body);
}

static void assert_same(const struct answer *a, const struct answer *b)
{
	assert_int_equal(a->fault, b->fault);
	assert_int_equal(a->used, b->used);
	assert_int_equal(a->http.state, b->http.state);
	assert_int_equal(a->http.status, b->http.status);
	assert_int_equal(a->http.http10, b->http.http10);
	assert_int_equal(a->http.keeps_alive, b->http.keeps_alive);
	assert_int_equal(a->http.sets_cookies, b->http.sets_cookies);
	assert_int_equal(a->http.is_coded, b->http.is_coded);
	assert_int_equal(a->http.left, b->http.left);
	assert_int_equal(a->http.lines, b->http.lines);
	assert_int_equal(a->http.head_bytes, b->http.head_bytes);
	assert_string_equal(a->head.ptr, b->head.ptr);
	assert_string_equal(a->body.ptr, b->body.ptr);
}

static const char *const texts[] = {
	"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nthe beginning",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: "
	"a=b\r\n\r\n2\r\nab\r\n0\r\n\r\n",
	"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\nA: b\r\n  c\r\nContent-Length: 0\r\n\r\n",
	"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\nuntil it closes",
	"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabcd",
	"HTTP/1.1 204 None\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size",
};

static void memo_recall__gives_what_reading_gives(void **state)
{
	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(texts); i++)
		for (int to_head = 0; to_head < 2; to_head++) {
			struct stk_http1_memo memo = {.raw_len = 0};
			struct answer plain, first, again;

			read_with(&plain, NULL, texts[i], to_head);
			read_with(&first, &memo, texts[i], to_head);
			read_with(&again, &memo, texts[i], to_head);
			assert_same(&first, &plain);
			assert_same(&again, &plain);
			end(&plain);
			end(&first);
			end(&again);
		}
}

static void memo_recall__is_of_the_same_bytes_only(void **state)
{
	struct stk_http1_memo memo = {.raw_len = 0};
	struct answer answer;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(texts); i++)
		for (size_t j = 0; j < STK_ARRAY_LEN(texts); j++) {
			struct answer plain;

			read_with(&answer, &memo, texts[i], false);
			end(&answer);
			read_with(&plain, NULL, texts[j], j % 2 == 1);
			read_with(&answer, &memo, texts[j], j % 2 == 1);
			assert_same(&answer, &plain);
			end(&plain);
			end(&answer);
		}
}

static void memo_recall__needs_the_whole_head(void **state)
{
	struct stk_http1_memo memo = {.raw_len = 0};
	struct answer answer;

	(void)state;
	read_with(&answer, &memo, texts[0], false);
	assert_int_equal(memo.raw_len, strlen(texts[0]) - 5);
	end(&answer);
	read_with(&answer, &memo, "HTTP/1.1 200 OK\r\nServer: x\r\nCont", false);
	assert_int_equal(answer.http.state, STK_HTTP1_AT_HEADER);
	assert_int_equal(stk_http1_memo_recall(&memo, &answer.http, STK_STR("ent")), 0);
	end(&answer);
	/* one that begins in the middle is not kept as if it had begun there */
	memo.raw_len = 0;
	read_with(&answer, &memo, "HTTP/1.1 200 OK\r\nServ", false);
	answer.fault = stk_http1_read(
		&answer.http, STK_STR("er: x\r\nContent-Length: 0\r\n\r\n"), &answer.used);
	assert_int_equal(answer.fault, STK_HTTP1_OK);
	assert_int_equal(answer.http.state, STK_HTTP1_AT_END);
	assert_int_equal(memo.raw_len, 0);
	end(&answer);
}

static void memo_keep__leaves_long_heads(void **state)
{
	struct stk_http1_memo memo = {.raw_len = 0};
	struct stk_buf text = STK_BUF_EMPTY;
	struct answer answer;

	(void)state;
	stk_buf_add_text(&text, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ");
	stk_buf_add_fill(&text, 'x', STK_HTTP1_MEMO_MAX);
	stk_buf_add_text(&text, "\r\n\r\n");
	for (int i = 0; i < 2; i++) {
		read_with(&answer, &memo, text.ptr, false);
		assert_int_equal(answer.fault, STK_HTTP1_OK);
		assert_int_equal(answer.http.state, STK_HTTP1_AT_END);
		assert_int_equal(memo.raw_len, 0);
		end(&answer);
	}
	stk_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memo_recall__gives_what_reading_gives),
		cmocka_unit_test(memo_recall__is_of_the_same_bytes_only),
		cmocka_unit_test(memo_recall__needs_the_whole_head),
		cmocka_unit_test(memo_keep__leaves_long_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
