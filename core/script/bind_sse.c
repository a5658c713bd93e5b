/* bind_sse: http.sse: a stream of server-sent events, handed to a function one by one. */
#include <lauxlib.h>
#include <lua.h>

#include "core/http/sse.h"
#include "core/script/bind.h"
#include "core/script/http_op.h"
#include "core/script/state.h"
#include "core/script/vu_lua.h"

#define STREAM "stk.http.stream"

enum { AT_URL = 1, AT_OPTS, AT_FN, AT_STREAM };

struct stream {
	struct stk_sse sse;
	lua_Integer events;
};

static int stream_gc(lua_State *lua)
{
	struct stream *stream = lua_touserdata(lua, 1);

	stk_sse_release(&stream->sse);
	return 0;
}

static void push_stream(lua_State *lua)
{
	struct stream *stream = lua_newuserdatauv(lua, sizeof *stream, 0);

	stk_sse_init(&stream->sse);
	stream->events = 0;
	if (luaL_newmetatable(lua, STREAM)) {
		lua_pushcfunction(lua, stream_gc);
		lua_setfield(lua, -2, "__gc");
	}
	lua_setmetatable(lua, -2);
}

static void push_event(lua_State *lua, const struct stk_sse_event *event)
{
	lua_createtable(lua, 0, 3);
	lua_pushlstring(lua, event->type.ptr, event->type.len);
	lua_setfield(lua, -2, "type");
	lua_pushlstring(lua, event->data.ptr, event->data.len);
	lua_setfield(lua, -2, "data");
	lua_pushlstring(lua, event->id.ptr, event->id.len);
	lua_setfield(lua, -2, "id");
}

/* The answer and how many events there were. */
static int give_answer(lua_State *lua, struct stk_vu_lua *vu, const struct stream *stream)
{
	stk_vu_lua_push_answer(lua, vu, 0);
	lua_pushinteger(lua, stream->events);
	stk_vu_lua_end_op(vu);
	return 2;
}

static int ended(lua_State *lua, int status, lua_KContext ctx)
{
	(void)status;
	return give_answer(lua, (struct stk_vu_lua *)ctx, lua_touserdata(lua, AT_STREAM));
}

/* Call the function for each event that is whole; false: it has had enough. What the function does
 * may not wait: the stream is what this virtual user waits for. */
static bool hand_out(lua_State *lua, struct stk_vu_lua *vu, struct stream *stream)
{
	struct stk_str rest = stk_vu_streamed(vu->vu);
	struct stk_sse_event event;
	struct stk_err err; /* large: only what is used */
	int rc;

	stk_err_clear(&err);
	luaL_checkstack(lua, 8, "http.sse");
	while ((rc = stk_sse_read(&stream->sse, &rest, &event, &err)) > 0) {
		stream->events++;
		lua_pushvalue(lua, AT_FN);
		push_event(lua, &event);
		lua_call(lua, 1, 1);
		bool enough = lua_isboolean(lua, -1) && !lua_toboolean(lua, -1);
		lua_pop(lua, 1); /* of the options everything stays: the request borrows of them */
		if (enough)
			return false;
	}
	if (rc < 0)
		(void)stk_raise_misuse(lua, "http.sse", &err);
	stk_vu_take_streamed(vu->vu);
	return true;
}

static int went_on(lua_State *lua, int status, lua_KContext ctx)
{
	struct stk_vu_lua *vu = (struct stk_vu_lua *)ctx;
	struct stream *stream = lua_touserdata(lua, AT_STREAM);
	bool is_answered = stk_vu_is_answered(vu->vu);

	(void)status;
	if (hand_out(lua, vu, stream)) {
		if (is_answered)
			return give_answer(lua, vu, stream);
		stk_vu_wait_stream(vu->vu);
		vu->asked = true;
		return lua_yieldk(lua, 0, ctx, went_on);
	}
	stk_vu_take_streamed(vu->vu);
	stk_vu_finish_stream(vu->vu);
	vu->asked = true;
	return lua_yieldk(lua, 0, ctx, ended);
}

/* sse(url, opts, fn) -> response, number of events */
int stk_http_sse(lua_State *lua)
{
	static const char fn[] = "http.sse";
	struct stk_vu_lua *vu;
	struct stk_http_op *op = stk_vu_lua_begin_op(lua, fn, &vu);

	if (lua_gettop(lua) == AT_OPTS && lua_isfunction(lua, AT_OPTS)) {
		lua_pushnil(lua);
		lua_insert(lua, AT_OPTS);
	}
	if (lua_gettop(lua) != AT_FN || !lua_isfunction(lua, AT_FN))
		return stk_state_misuse(
			lua, "http.sse takes a url, options and a function for each event");
	push_stream(lua);
	struct stk_http_item *item = stk_http_op_add(op, lua, fn, "GET", AT_URL);
	stk_http_op_options(op, lua, fn, AT_OPTS);
	if (!stk_http_op_has_header(op, "accept"))
		stk_http_op_header(op, STK_STR("Accept"), STK_STR("text/event-stream"));
	item->request.stream = true;
	item->request.discard = false;
	stk_vu_lua_submit_op(vu);
	item->request.discard = true; /* the answer itself has no body: it was taken */
	return lua_yieldk(lua, 0, (lua_KContext)vu, went_on);
}
