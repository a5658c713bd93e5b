/* call: one request in the embedded server: where it came from, how it is answered. */
#ifndef STK_CORE_SERVER_CALL_H
#define STK_CORE_SERVER_CALL_H

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/http/server.h"
#include "core/pyroscope/connect.h"
#include "core/pyroscope/query.h"
#include "core/store/store.h"

/* Labels that a port adds to what is pushed there. */
struct stk_call_side {
	const struct stk_label *labels;
	size_t labels_len;
	struct stk_arena arena;
};

struct stk_call {
	struct stk_store *store;
	const struct stk_clock *clock;
	const char *version;
	const struct stk_server_request *request;
	struct stk_server_reply *reply;
	const struct stk_call_side *side; /* NULL on the main port */
	enum stk_connect_codec codec;
	struct stk_arena arena;     /* for the time of the call */
	enum stk_connect_code code; /* of a failure; OK: by the error's own code */
};

/* Answer with a Connect error body. */
void stk_call_fail(struct stk_call *call, enum stk_connect_code code, const char *message);
/* The same for a failure in err; call->code wins. */
void stk_call_fail_err(struct stk_call *call, const struct stk_err *err);
/* Answer a Connect call with a message in its codec. */
void stk_call_answer(
	struct stk_call *call, const struct stk_wire_message *message, const void *value);
/* Compress the body where the client takes it (or sent gzip itself, as upstream). */
void stk_call_pack(struct stk_call *call);

/* A query's times in ns: STK_E_INVAL for none, or start behind end. */
int stk_call_window(int64_t start_ms, int64_t end_ms, struct stk_store_query *query,
	struct stk_err *err) STK_MUST_CHECK;
/* Parse selectors into arena-owned memory; stk_call_selectors_free afterwards, also on failure. */
int stk_call_selectors(struct stk_call *call, const struct stk_str *texts, size_t len,
	struct stk_store_query *query, struct stk_err *err) STK_MUST_CHECK;
void stk_call_selectors_free(struct stk_store_query *query);
/* Type id, selector and window of a query for profiles, checked in upstream's order; type parts go
 * into *query.type as five parts. Free the selectors afterwards, also on failure. */
int stk_call_query(struct stk_call *call, struct stk_str type_id, struct stk_str selector,
	struct stk_store_query *query, struct stk_err *err) STK_MUST_CHECK;

#endif
