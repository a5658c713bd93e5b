/* http1_memo: the head of an answer as it came last, and what reading it gave. */
#ifndef STK_CORE_LOAD_HTTP1_MEMO_H
#define STK_CORE_LOAD_HTTP1_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

/* Longer heads are not kept. */
#define STK_HTTP1_MEMO_MAX ((size_t)2048)

struct stk_http1;

/* Servers send the same head again and again, until the second of its Date is over. Reading gives
 * the same for the same bytes, so they are compared instead. One thread at a time; zeroed it is
 * empty. */
struct stk_http1_memo {
	char raw[STK_HTTP1_MEMO_MAX]; /* interim answers included, up to the empty line */
	size_t raw_len;               /* 0: nothing is kept */
	char head[STK_HTTP1_MEMO_MAX * 2];
	size_t head_len;
	/* as in struct stk_http1 after the empty line */
	int state, status;
	bool to_head, http10, keeps_alive, sets_cookies, is_coded, has_length, is_chunked;
	uint64_t left;
	size_t head_bytes;
	unsigned lines;
};

/* If bytes begin with the head that is kept, and nothing of this answer came before: http as after
 * reading it. Returns its length, 0 if it is another one. */
size_t stk_http1_memo_recall(
	const struct stk_http1_memo *memo, struct stk_http1 *http, struct stk_str bytes);
/* Keep raw, which http has just read from its first byte to the empty line. */
void stk_http1_memo_keep(
	struct stk_http1_memo *memo, const struct stk_http1 *http, struct stk_str raw);

#endif
