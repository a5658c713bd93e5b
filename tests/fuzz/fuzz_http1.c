/* fuzz_http1: answers of any server, whole and in pieces: the same outcome, within the limits. */
#include <stdlib.h>
#include <string.h>

#include "core/load/http1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BODY_MAX 5000

struct outcome {
	struct stk_http1 http;
	struct stk_buf head, body;
	enum stk_http1_fault fault;
};

static void read_all(
	struct outcome *out, struct stk_str rest, size_t step, struct stk_http1_memo *memo)
{
	memset(out, 0, sizeof *out);
	stk_http1_init(&out->http);
	out->http.memo = memo;
	stk_buf_init(&out->head, STK_HTTP1_HEAD_MAX);
	stk_buf_init(&out->body, BODY_MAX);
	stk_http1_begin(&out->http, &out->head, &out->body, false);
	while (rest.len > 0 && out->fault == STK_HTTP1_OK && out->http.state != STK_HTTP1_AT_END) {
		struct stk_str piece = stk_str_sub(rest, 0, step);
		size_t used;

		out->fault = stk_http1_read(&out->http, piece, &used);
		if (used > piece.len)
			abort();
		rest = stk_str_skip(rest, used);
	}
	if (out->fault == STK_HTTP1_OK)
		out->fault = stk_http1_read_end(&out->http);
	if (out->body.len > BODY_MAX || out->head.len > STK_HTTP1_HEAD_MAX)
		abort();
}

static void release(struct outcome *out)
{
	stk_http1_release(&out->http);
	stk_buf_release(&out->head);
	stk_buf_release(&out->body);
}

/* What a read without a fault, b did too. */
static void compare(const struct outcome *a, const struct outcome *b)
{
	if (a->fault == STK_HTTP1_OK &&
		(b->fault != STK_HTTP1_OK || a->http.status != b->http.status ||
			a->http.keeps_alive != b->http.keeps_alive ||
			a->http.sets_cookies != b->http.sets_cookies ||
			a->http.is_coded != b->http.is_coded ||
			!stk_str_eq(stk_buf_str(&a->body), stk_buf_str(&b->body)) ||
			!stk_str_eq(stk_buf_str(&a->head), stk_buf_str(&b->head))))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stk_http1_memo memo;
	struct stk_str bytes = {(const char *)data, size};
	struct outcome whole, pieces, noted, recalled;
	size_t step = size > 0 ? size : 1;

	memo.raw_len = 0;
	read_all(&whole, bytes, step, NULL);
	read_all(&pieces, bytes, 3, NULL);
	read_all(&noted, bytes, step, &memo);
	read_all(&recalled, bytes, step, &memo);
	compare(&whole, &pieces);
	compare(&whole, &noted);
	compare(&whole, &recalled);
	if (whole.fault != recalled.fault)
		abort();
	release(&whole);
	release(&pieces);
	release(&noted);
	release(&recalled);
	return 0;
}
