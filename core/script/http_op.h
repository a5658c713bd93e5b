/* http_op: requests a virtual user is about to send, read from Lua; reused between calls. */
#ifndef STK_CORE_SCRIPT_HTTP_OP_H
#define STK_CORE_SCRIPT_HTTP_OP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/vec.h"
#include "core/load/driver.h"

struct lua_State;

#define STK_BATCH_MAX 1000
/* Bytes of one request's body made from Lua values. */
#define STK_BODY_MAX ((size_t)256 << 20)

STK_VEC_TYPE(stk_fields, struct stk_name_value);

/* One request under construction: what it borrows of the lists below stands in numbers until
 * stk_http_op_requests, because the lists grow. */
struct stk_http_item {
	struct stk_request request;
	size_t headers_at, cookies_at, tags_at, expect_at;
	struct stk_buf body;     /* made here: JSON, forms, compressed bytes */
	struct stk_str compress; /* codings of the body, a list with commas; empty: as it is */
	bool secret_url;         /* the URL must not come back in the answer */
};

/* All text is borrowed from Lua values that stay on the stack while the requests are under way. */
struct stk_http_op {
	STK_VEC(struct stk_http_item) items; /* their body buffers survive a clear */
	size_t len;                          /* of items in use */
	struct stk_fields headers, cookies;
	STK_VEC(struct stk_tag) tags;
	struct stk_status_ranges expect;
	STK_VEC(struct stk_request) requests;
	struct stk_http_op *next; /* of the pool */
};

/* An empty one from the pool at *pool, or a new one; give it back when the answers were taken. */
struct stk_http_op *stk_http_op_take(struct stk_http_op **pool);
void stk_http_op_give(struct stk_http_op **pool, struct stk_http_op *op);
void stk_http_op_free_pool(struct stk_http_op *pool);

/* A further request: method is static or Lua text; the URL is the value at url_at. Raises. */
struct stk_http_item *stk_http_op_add(struct stk_http_op *op, struct lua_State *lua, const char *fn,
	const char *method, int url_at);
/* Read the table of options at index (nil: none) into the newest request. Raises. */
void stk_http_op_options(struct stk_http_op *op, struct lua_State *lua, const char *fn, int index);
/* Make the newest request's body of the value at index (nil: none), after its options. Raises. */
void stk_http_op_body(struct stk_http_op *op, struct lua_State *lua, const char *fn, int index);
/* Compress the body as the options asked for. Raises. */
void stk_http_op_compress(struct stk_http_op *op, struct lua_State *lua, const char *fn);
/* One header line behind the newest request's others. */
void stk_http_op_header(struct stk_http_op *op, struct stk_str name, struct stk_str value);
bool stk_http_op_has_header(const struct stk_http_op *op, const char *name);

/* The finished requests, op->len many; valid while op is not changed. */
const struct stk_request *stk_http_op_requests(struct stk_http_op *op);

#endif
