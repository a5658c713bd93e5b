/* sse: server-sent events read piece by piece (WHATWG HTML 9.2.6). */
#ifndef STK_CORE_HTTP_SSE_H
#define STK_CORE_HTTP_SSE_H

#include <stdbool.h>

#include "core/base/buf.h"

/* Bytes of one event, and of one line. */
#define STK_SSE_EVENT_MAX ((size_t)4 << 20)

struct stk_sse_event {
	struct stk_str type; /* "message" if the stream names none */
	struct stk_str data; /* lines joined by '\n' */
	struct stk_str id;   /* the last one given, also by an earlier event */
};

/* A stream under way. */
struct stk_sse {
	struct stk_buf line; /* begun, not ended */
	struct stk_buf type, data, id;
	bool has_data, has_type, after_cr, has_begun;
	bool was_given; /* data and type are of the event of the last call */
};

void stk_sse_init(struct stk_sse *sse);
void stk_sse_release(struct stk_sse *sse);
void stk_sse_clear(struct stk_sse *sse); /* for another stream */

/* Read on from *rest, which is cut to what was not read yet: 1 an event is whole (valid until the
 * next call), 0 all was read and more is needed, STK_E_TOO_LARGE one is over STK_SSE_EVENT_MAX.
 * Events without data, comments and unknown fields are passed over. */
int stk_sse_read(struct stk_sse *sse, struct stk_str *rest, struct stk_sse_event *out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
