/* test_http1: answers whole, in pieces and hostile; the head of a request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/load/http1.h"

struct read {
	struct stk_http1 http;
	struct stk_buf head, body;
	enum stk_http1_fault fault;
	size_t used;
};

/* Read text in pieces of step bytes, then the end of the connection if it closes. */
static void read_text(struct read *read, const char *text, size_t step, bool closes)
{
	struct stk_str rest = stk_str_of(text);

	memset(read, 0, sizeof *read);
	stk_http1_init(&read->http);
	stk_buf_init(&read->head, STK_HTTP1_HEAD_MAX);
	stk_buf_init(&read->body, 100);
	stk_http1_begin(&read->http, &read->head, &read->body, false);
	while (rest.len > 0 && read->fault == STK_HTTP1_OK &&
		read->http.state != STK_HTTP1_AT_END) {
		size_t used;

		read->fault = stk_http1_read(&read->http, stk_str_sub(rest, 0, step), &used);
		read->used += used;
		rest = stk_str_skip(rest, used);
	}
	if (closes && read->fault == STK_HTTP1_OK)
		read->fault = stk_http1_read_end(&read->http);
}

static void end_read(struct read *read)
{
	stk_http1_release(&read->http);
	stk_buf_release(&read->head);
	stk_buf_release(&read->body);
}

static void http1_read__is_the_same_in_any_pieces(void **state)
{
	static const char text[] =
		"HTTP/1.1 100 Continue\r\nX: gone\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\nB:2 \r\n  3\r\n"
		"Set-Cookie: c=d\r\nTransfer-Encoding: "
		"chunked\r\n\r\n5;e=1\r\nhello\r\n1\r\n!\r\n0\r\n"
		"T: x\r\n\r\nrest";

	(void)state;
	for (size_t step = 1; step < sizeof text; step++) {
		struct read read;

		read_text(&read, text, step, false);
		assert_int_equal(read.fault, STK_HTTP1_OK);
		assert_int_equal(read.http.state, STK_HTTP1_AT_END);
		assert_int_equal(read.used, sizeof text - 1 - 4);
		assert_string_equal(read.head.ptr,
			"A: 1\nB: 2 3\nSet-Cookie: c=d\nTransfer-Encoding: chunked\n");
		assert_string_equal(read.body.ptr, "hello!");
		assert_true(read.http.keeps_alive && read.http.sets_cookies);
		end_read(&read);
	}
}

static void http1_read__refuses_what_is_no_answer(void **state)
{
	static const struct {
		const char *text;
		enum stk_http1_fault fault;
	} cases[] = {
		{"", STK_HTTP1_EMPTY},
		{"HTTP/1.1 20", STK_HTTP1_CUT},
		{"SSH-2.0", STK_HTTP1_NOT_HTTP},
		{"HTTP/2 200 OK\r\n\r\n", STK_HTTP1_VERSION},
		{"HTTP/1.1 2x0 OK\r\n\r\n", STK_HTTP1_STATUS},
		{"HTTP/1.1 2000 OK\r\n\r\n", STK_HTTP1_STATUS},
		{"HTTP/1.1 101 Go\r\n\r\n", STK_HTTP1_SWITCH},
		{"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", STK_HTTP1_HEADER},
		{"HTTP/1.1 200 OK\r\n: x\r\n\r\n", STK_HTTP1_HEADER},
		{"HTTP/1.1 200 OK\r\n folded: x\r\n\r\n", STK_HTTP1_HEADER},
		{"HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n", STK_HTTP1_HEADER},
		{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
			STK_HTTP1_LENGTH},
		{"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", STK_HTTP1_LENGTH},
		{"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx", STK_HTTP1_LENGTH},
		{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
			STK_HTTP1_LENGTH},
		{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n\r\n", STK_HTTP1_LENGTH},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", STK_HTTP1_TRANSFER},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", STK_HTTP1_CHUNK},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
			STK_HTTP1_CHUNK},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
			STK_HTTP1_CHUNK},
		{"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", STK_HTTP1_BODY_SIZE},
		{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", STK_HTTP1_CUT},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++)
		for (size_t step = 1; step < 100; step += 98) {
			struct read read;

			read_text(&read, cases[i].text, step, true);
			if (read.fault != cases[i].fault)
				fail_msg("case %zu: %d, not %d", i, read.fault, cases[i].fault);
			assert_true(read.fault == STK_HTTP1_EMPTY ||
				    stk_http1_fault_text(read.fault)[0] != '\0');
			end_read(&read);
		}
}

static void http1_read__knows_who_keeps_the_connection(void **state)
{
	static const struct {
		const char *text;
		bool keeps;
	} cases[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true},
		{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nab", true},
		{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, Close\r\n\r\n", false},
		{"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false},
		{"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", true},
		{"HTTP/1.1 200 OK\r\n\r\nuntil close", false},
		{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: "
		 "chunked\r\n\r\n0\r\n\r\n",
			false},
		{"HTTP/1.1 304 Same\r\nContent-Length: 50\r\n\r\n", true},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		struct read read;

		read_text(&read, cases[i].text, 7, true);
		assert_int_equal(read.fault, STK_HTTP1_OK);
		if (read.http.keeps_alive != cases[i].keeps)
			fail_msg("case %zu", i);
		end_read(&read);
	}
}

static void http1_read__is_bounded(void **state)
{
	struct stk_buf many = STK_BUF_EMPTY;
	struct read read;

	(void)state;
	stk_buf_add_text(&many, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 1001; i++)
		stk_buf_add_text(&many, "a:b\r\n");
	read_text(&read, many.ptr, 1000, false);
	assert_int_equal(read.fault, STK_HTTP1_HEAD_SIZE);
	end_read(&read);
	stk_buf_clear(&many);
	stk_buf_add_text(&many, "HTTP/1.1 200 OK\r\nA: ");
	stk_buf_add_fill(&many, 'x', STK_HTTP1_HEAD_MAX + 10);
	read_text(&read, many.ptr, 4096, false);
	assert_int_equal(read.fault, STK_HTTP1_HEAD_SIZE);
	assert_true(read.http.part.len <= STK_HTTP1_HEAD_MAX);
	end_read(&read);
	stk_buf_release(&many);
}

static void http1_write__makes_one_line_of_each_header(void **state)
{
	const struct stk_name_value headers[] = {{STK_STR("X-A"), STK_STR("b\r\nEvil: 1")},
		{STK_STR("Content-Length"), STK_STR("99")}, {STK_STR("Empty"), {NULL, 0}},
		{STK_STR("Connection"), STK_STR("close")}};
	struct stk_http1_request request = {.method = "POST",
		.user_agent = "me",
		.headers = headers,
		.headers_len = 4,
		.has_body = true,
		.body_len = 1234};
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_url url;
	bool closes;

	(void)state;
	assert_int_equal(stk_url_parse(STK_STR("http://[::1]:81?q=1"), &url, NULL), 0);
	request.url = &url;
	stk_http1_write(&request, &out, &closes);
	assert_string_equal(out.ptr,
		"POST /?q=1 HTTP/1.1\r\nHost: [::1]:81\r\nUser-Agent: me\r\n"
		"X-A: b  Evil: 1\r\nEmpty:\r\nConnection: close\r\nContent-Length: 1234\r\n\r\n");
	assert_true(closes);
	stk_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http1_read__is_the_same_in_any_pieces),
		cmocka_unit_test(http1_read__refuses_what_is_no_answer),
		cmocka_unit_test(http1_read__knows_who_keeps_the_connection),
		cmocka_unit_test(http1_read__is_bounded),
		cmocka_unit_test(http1_write__makes_one_line_of_each_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
