/* http1_memo: the head of an answer as it came last, and what reading it gave. */
#include "core/load/http1_memo.h"

#include <string.h>

#include "core/load/http1.h"

size_t stk_http1_memo_recall(
	const struct stk_http1_memo *memo, struct stk_http1 *http, struct stk_str bytes)
{
	if (memo->raw_len == 0 || bytes.len < memo->raw_len || memo->to_head != http->to_head ||
		memcmp(bytes.ptr, memo->raw, memo->raw_len) != 0)
		return 0;
	/* what is too long for this answer is refused where that is told */
	if (http->body && http->body->limit > 0 && memo->left > http->body->limit)
		return 0;
	stk_buf_clear(http->head);
	stk_buf_add(http->head, memo->head, memo->head_len);
	if (http->head->failed)
		return 0;
	http->state = (enum stk_http1_state)memo->state;
	http->status = memo->status;
	http->http10 = memo->http10;
	http->keeps_alive = memo->keeps_alive;
	http->sets_cookies = memo->sets_cookies;
	http->is_coded = memo->is_coded;
	http->has_length = memo->has_length;
	http->is_chunked = memo->is_chunked;
	http->left = memo->left;
	http->head_bytes = memo->head_bytes;
	http->lines = memo->lines;
	return memo->raw_len;
}

void stk_http1_memo_keep(
	struct stk_http1_memo *memo, const struct stk_http1 *http, struct stk_str raw)
{
	if (raw.len > sizeof memo->raw || http->head->len > sizeof memo->head)
		return;
	memcpy(memo->raw, raw.ptr, raw.len);
	memo->raw_len = raw.len;
	memcpy(memo->head, http->head->ptr, http->head->len);
	memo->head_len = http->head->len;
	memo->state = (int)http->state;
	memo->status = http->status;
	memo->to_head = http->to_head;
	memo->http10 = http->http10;
	memo->keeps_alive = http->keeps_alive;
	memo->sets_cookies = http->sets_cookies;
	memo->is_coded = http->is_coded;
	memo->has_length = http->has_length;
	memo->is_chunked = http->is_chunked;
	memo->left = http->left;
	memo->head_bytes = http->head_bytes;
	memo->lines = http->lines;
}
