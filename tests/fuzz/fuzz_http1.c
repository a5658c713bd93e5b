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

static void read_all(struct outcome *out, struct stk_str rest, size_t step)
{
	memset(out, 0, sizeof *out);
	stk_http1_init(&out->http);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str bytes = {(const char *)data, size};
	struct outcome whole, pieces;

	read_all(&whole, bytes, size > 0 ? size : 1);
	read_all(&pieces, bytes, 3);
	if (whole.fault == STK_HTTP1_OK &&
		(pieces.fault != STK_HTTP1_OK || whole.http.status != pieces.http.status ||
			!stk_str_eq(stk_buf_str(&whole.body), stk_buf_str(&pieces.body)) ||
			!stk_str_eq(stk_buf_str(&whole.head), stk_buf_str(&pieces.head))))
		abort();
	release(&whole);
	release(&pieces);
	return 0;
}
