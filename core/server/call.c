/* call: answers, failures and the parts that all queries share. */
#include "core/server/call.h"

#include <string.h>

#include "core/base/gzip.h"
#include "core/pyroscope/types.h"

/* Fast enough to be worth it on loopback, too. */
#define PACK_LEVEL 3
#define PACK_FROM  256

void stk_call_fail(struct stk_call *call, enum stk_connect_code code, const char *message)
{
	stk_buf_clear(&call->reply->body);
	call->reply->status = stk_connect_code_status(code);
	call->reply->content_type = STK_CONNECT_TYPE_JSON;
	stk_connect_write_error(&call->reply->body, code, message);
}

void stk_call_fail_err(struct stk_call *call, const struct stk_err *err)
{
	stk_call_fail(call, call->code ? call->code : stk_connect_code_of_err(err->code), err->msg);
}

static bool wants_gzip(const struct stk_call *call)
{
	struct stk_str accept = stk_server_request_header(call->request, "accept-encoding");

	return stk_str_contains(accept, STK_STR("gzip")) ||
	       stk_str_eq_nocase(stk_server_request_header(call->request, "content-encoding"),
		       STK_STR("gzip"));
}

void stk_call_pack(struct stk_call *call)
{
	struct stk_buf packed = STK_BUF_EMPTY;

	if (call->reply->body.len < PACK_FROM || !wants_gzip(call))
		return;
	if (stk_gzip_pack(stk_buf_str(&call->reply->body), PACK_LEVEL, &packed, NULL) == 0) {
		stk_buf_release(&call->reply->body);
		call->reply->body = packed;
		stk_server_reply_header(call->reply, "Content-Encoding", "gzip");
		return;
	}
	stk_buf_release(&packed);
}

void stk_call_answer(
	struct stk_call *call, const struct stk_wire_message *message, const void *value)
{
	call->reply->status = 200;
	call->reply->content_type =
		call->codec == STK_CONNECT_JSON ? STK_CONNECT_TYPE_JSON : STK_CONNECT_TYPE_PROTO;
	stk_connect_write(call->codec, message, value, &call->reply->body);
	stk_call_pack(call);
}

static int64_t ms_to_ns(int64_t ms)
{
	if (ms > INT64_MAX / STK_NS_PER_MS)
		return INT64_MAX;
	if (ms < INT64_MIN / STK_NS_PER_MS)
		return INT64_MIN;
	return ms * STK_NS_PER_MS;
}

int stk_call_window(
	int64_t start_ms, int64_t end_ms, struct stk_store_query *query, struct stk_err *err)
{
	if (!start_ms || !end_ms)
		return stk_err_set(err, STK_E_INVAL, "missing time range in the query");
	if (start_ms > end_ms)
		return stk_err_set(err, STK_E_INVAL, "query start time is after end time");
	query->from_ns = ms_to_ns(start_ms);
	query->to_ns = ms_to_ns(end_ms);
	return 0;
}

int stk_call_selectors(struct stk_call *call, const struct stk_str *texts, size_t len,
	struct stk_store_query *query, struct stk_err *err)
{
	struct stk_selector **parsed =
		stk_arena_zalloc(&call->arena, len ? len : 1, sizeof *parsed);

	query->selectors = parsed;
	for (size_t i = 0; i < len; i++) {
		int rc = stk_selector_parse(texts[i], &parsed[i], err);

		if (rc < 0) {
			(void)stk_err_wrap(err, "parsing label selector \"%.*s\"",
				STK_STR_ARG(stk_str_sub(texts[i], 0, 200)));
			return rc;
		}
		query->selectors_len = i + 1;
	}
	return 0;
}

void stk_call_selectors_free(struct stk_store_query *query)
{
	for (size_t i = 0; i < query->selectors_len; i++)
		stk_selector_free(query->selectors[i]);
	query->selectors_len = 0;
}

int stk_call_query(struct stk_call *call, struct stk_str type_id, struct stk_str selector,
	struct stk_store_query *query, struct stk_err *err)
{
	struct stk_buf five = STK_BUF_EMPTY;
	struct stk_types_id id;
	int rc = stk_types_parse(type_id, &id, err);

	if (rc < 0)
		return rc;
	stk_types_format(&five, &id);
	query->type = stk_str_n(stk_arena_str(&call->arena, stk_buf_str(&five)), five.len);
	stk_buf_release(&five);
	return stk_call_selectors(call, &selector, 1, query, err);
}
