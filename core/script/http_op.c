/* http_op: lists of requests under construction, and the pool of them. */
#include "core/script/http_op.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/load/coding.h"
#include "core/script/bind.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/vu_lua.h"

struct stk_http_op *stk_http_op_take(struct stk_http_op **pool)
{
	struct stk_http_op *op = *pool;

	if (!op)
		return stk_xcalloc(1, sizeof *op);
	*pool = op->next;
	op->next = NULL;
	return op;
}

void stk_http_op_give(struct stk_http_op **pool, struct stk_http_op *op)
{
	if (!op)
		return;
	op->len = 0;
	stk_vec_clear(&op->headers);
	stk_vec_clear(&op->cookies);
	stk_vec_clear(&op->tags);
	stk_vec_clear(&op->expect);
	stk_vec_clear(&op->requests);
	op->next = *pool;
	*pool = op;
}

void stk_http_op_free_pool(struct stk_http_op *pool)
{
	while (pool) {
		struct stk_http_op *next = pool->next;
		for (size_t i = 0; i < pool->items.len; i++)
			stk_buf_release(&pool->items.items[i].body);
		stk_vec_release(&pool->items);
		stk_vec_release(&pool->headers);
		stk_vec_release(&pool->cookies);
		stk_vec_release(&pool->tags);
		stk_vec_release(&pool->expect);
		stk_vec_release(&pool->requests);
		free(pool);
		pool = next;
	}
}

static struct stk_http_item *newest(struct stk_http_op *op)
{
	return &op->items.items[op->len - 1];
}

/* What the virtual user's script, else the test, says of requests that say nothing; copied, for
 * the script may change its mind while a stream is open. */
static void expect_default(
	struct stk_http_op *op, struct stk_http_item *item, const struct stk_vu_lua *vu)
{
	const struct stk_expect *expect = vu->expect ? vu->expect : &stk_vu_plan(vu->vu)->expect;

	for (size_t i = 0; i < expect->ranges.len; i++)
		stk_vec_push(&op->expect, expect->ranges.items[i]);
	item->request.expect_len = expect->ranges.len;
	item->request.unjudged = expect->unjudged;
}

struct stk_http_item *stk_http_op_add(
	struct stk_http_op *op, lua_State *lua, const char *fn, const char *method, int url_at)
{
	const struct stk_vu_lua *vu = stk_state_vu(lua); /* NULL: nobody runs */
	struct stk_str url = stk_text_at(lua, url_at);
	bool is_secret = !url.ptr && stk_secret_at(lua, url_at);

	if (!url.ptr && (!is_secret || !stk_text_or_secret(lua, url_at, &url)))
		(void)stk_state_misuse(
			lua, "%s: url must be text, not %s", fn, luaL_typename(lua, url_at));
	if (op->len == op->items.len) {
		struct stk_http_item *made = stk_vec_push_new(&op->items);
		stk_buf_init(&made->body, STK_BODY_MAX);
	}
	struct stk_http_item *item = &op->items.items[op->len++];
	struct stk_buf body = item->body;
	memset(item, 0, sizeof *item);
	item->body = body;
	stk_buf_clear(&item->body);
	item->request.method = method;
	item->request.url = url;
	item->request.redirects = STK_UNSET;
	item->request.discard = vu && stk_vu_plan(vu->vu)->discard;
	item->secret_url = is_secret;
	if (item->secret_url)
		item->request.name = STK_STR("secret");
	item->headers_at = op->headers.len;
	item->cookies_at = op->cookies.len;
	item->tags_at = op->tags.len;
	item->expect_at = op->expect.len;
	if (vu)
		expect_default(op, item, vu);
	return item;
}

void stk_http_op_header(struct stk_http_op *op, struct stk_str name, struct stk_str value)
{
	struct stk_name_value field = {name, value};

	stk_vec_push(&op->headers, field);
	newest(op)->request.headers_len++;
}

bool stk_http_op_has_header(const struct stk_http_op *op, const char *name)
{
	const struct stk_http_item *item = &op->items.items[op->len - 1];

	for (size_t i = 0; i < item->request.headers_len; i++)
		if (stk_str_eq_nocase(
			    op->headers.items[item->headers_at + i].name, stk_str_of(name)))
			return true;
	return false;
}

void stk_http_op_compress(struct stk_http_op *op, lua_State *lua, const char *fn)
{
	struct stk_http_item *item = newest(op);
	struct stk_buf packed = STK_BUF_INIT(STK_BODY_MAX);
	struct stk_err err; /* large: only what is used */

	if (item->compress.len == 0 || !item->request.has_body)
		return;
	stk_err_clear(&err);
	if (stk_coding_do(item->compress, item->request.body, &packed, &err) < 0) {
		stk_buf_release(&packed);
		stk_err_wrap(&err, "compress");
		(void)stk_raise_misuse(lua, fn, &err);
	}
	stk_buf_release(&item->body);
	item->body = packed;
	item->request.body = stk_buf_str(&item->body);
	stk_http_op_header(op, STK_STR("Content-Encoding"), item->compress);
}

/* Bodies made here moved with the list of items; the lists have their final place now. A single
 * request stays where it was made. */
const struct stk_request *stk_http_op_requests(struct stk_http_op *op)
{
	for (size_t i = 0; i < op->len; i++) {
		struct stk_http_item *item = &op->items.items[i];
		item->request.headers = op->headers.items + item->headers_at;
		item->request.cookies = op->cookies.items + item->cookies_at;
		item->request.tags = op->tags.items + item->tags_at;
		item->request.expect = op->expect.items + item->expect_at;
		if (op->len > 1)
			stk_vec_push(&op->requests, item->request);
	}
	return op->len == 1 ? &op->items.items[0].request : op->requests.items;
}
