/* test_sse: events of a stream, however it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/http/sse.h"

/* All events of text that comes in pieces of size bytes, as "type/id/data;". */
static void events_of(struct stk_str text, size_t size, struct stk_buf *out)
{
	struct stk_sse sse;
	struct stk_sse_event event;

	stk_sse_init(&sse);
	stk_buf_clear(out);
	for (size_t at = 0; at < text.len; at += size) {
		struct stk_str piece = stk_str_sub(text, at, size);

		while (stk_sse_read(&sse, &piece, &event, NULL) == 1)
			stk_buf_addf(out, "%.*s/%.*s/%.*s;", STK_STR_ARG(event.type),
				STK_STR_ARG(event.id), STK_STR_ARG(event.data));
		assert_int_equal(piece.len, 0);
	}
	stk_sse_release(&sse);
}

static void sse_read__gives_the_same_events_however_it_is_cut(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *events;
	} cases[] = {
#define TEXT(literal) (literal), sizeof(literal) - 1
		{TEXT("data: one\n\n"), "message//one;"},
		{TEXT("data:one\r\rdata:two\r\n\r\n"), "message//one;message//two;"},
		{TEXT("data: a\ndata\ndata:  b\n\n"), "message//a\n\n b;"},
		{TEXT("id: 1\nevent: up\ndata: x\n\ndata: y\n\n"), "up/1/x;message/1/y;"},
		{TEXT("event: up\n\ndata: x\n\n"), "message//x;"}, /* a type for nobody */
		{TEXT(": comment\nretry: 10\nnonsense\ndata: x\n\n"), "message//x;"},
		{TEXT("\xef\xbb\xbf"
		      "data: x\n\n"),
			"message//x;"},
		{TEXT("id: a\0b\ndata: x\n\n"), "message//x;"},
		{TEXT("data: cut"), ""},
		{TEXT("data: not ended\n"), ""},
		{TEXT("\n\n\n"), ""},
	};
#undef TEXT
	struct stk_buf out = STK_BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++)
		for (size_t size = 1; size <= cases[i].len; size++) {
			events_of(stk_str_n(cases[i].text, cases[i].len), size, &out);
			assert_string_equal(out.ptr, cases[i].events);
		}
	stk_buf_release(&out);
}

static void sse_read__bounds_an_event(void **state)
{
	struct stk_str piece;
	struct stk_sse sse;
	struct stk_sse_event event;
	struct stk_err err = STK_ERR_INIT;
	static char line[1 << 20];
	int rc = 0;

	(void)state;
	memset(line, 'x', sizeof line);
	memcpy(line, "data: ", 6);
	line[sizeof line - 1] = '\n';
	stk_sse_init(&sse);
	for (int i = 0; i < 10 && rc == 0; i++) {
		piece = stk_str_n(line, sizeof line);
		rc = stk_sse_read(&sse, &piece, &event, &err);
	}
	assert_int_equal(rc, STK_E_TOO_LARGE);
	stk_sse_clear(&sse);
	piece = STK_STR("data: again\n\n");
	assert_int_equal(stk_sse_read(&sse, &piece, &event, &err), 1);
	assert_true(stk_str_is(event.data, "again"));
	stk_sse_release(&sse);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sse_read__gives_the_same_events_however_it_is_cut),
		cmocka_unit_test(sse_read__bounds_an_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
