/* state: making a Lua state, and the protected ways into it. */
#include "core/script/state.h"

#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/pool.h"
#include "core/script/bind.h"
#include "core/script/chunk.h"
#include "core/script/sandbox.h"
#include "core/script/state_priv.h"

/* New memory between two looks at what is young, in percent of all. Lua's own 20 looks at the
 * coroutine of every virtual user too often: with 1,000 of them a request touches an eighth more of
 * the cache's lines. */
#define GC_MINOR_PERCENT 100

#define RAISED       "stk.err" /* metatable: a struct stk_err on its way through Lua */
#define TRACE_FRAMES 12
#define HEED_EVERY   100000 /* instructions between two looks at interrupts */

struct stk_state {
	lua_State *lua;
	struct stk_script *script;
	struct stk_vu_lua *vu; /* the virtual user that runs now, NULL outside of one */
	int globals_ref;       /* of the file's top level */
	int run_globals_ref;   /* of what runs now */
	struct stk_state_responses of_responses;
	size_t bytes, max;
	struct stk_pool pool;
	/* Written by its thread only, read by a signal handler on that thread. */
	lua_State *volatile running; /* the innermost one that runs Lua */
	volatile sig_atomic_t stopping;
	const atomic_int *interrupts; /* heeded while a file is read; NULL: not */
};

static void *counted_alloc(void *ctx, void *ptr, size_t old, size_t size)
{
	struct stk_state *state = ctx;
	size_t had = ptr ? old : 0;
	void *moved;

	if (size == 0 && stk_pool_is_small(had)) {
		stk_pool_give(&state->pool, ptr, had);
		state->bytes -= had;
		return NULL;
	}
	if (size > had && state->max && state->bytes - had + size > state->max)
		return NULL;
	if (had == 0 && stk_pool_is_small(size))
		moved = stk_pool_take(&state->pool, size);
	else
		moved = stk_pool_resize(&state->pool, ptr, had, size);
	if (moved || size == 0)
		state->bytes += size - had;
	return moved;
}

static int panic(lua_State *lua)
{
	const char *text = lua_tostring(lua, -1);
	STK_BUG("Lua raised outside of a protected call: %s", text ? text : "(no text)");
}

/* What pcall caught, as text. */
static int raised_text(lua_State *lua)
{
	const struct stk_err *raised = luaL_checkudata(lua, 1, RAISED);

	lua_pushstring(lua, raised->msg);
	return 1;
}

static int open_all(lua_State *lua)
{
	struct stk_state *state = lua_touserdata(lua, 1);

	luaL_newmetatable(lua, RAISED);
	lua_pushcfunction(lua, raised_text);
	lua_setfield(lua, -2, "__tostring");
	lua_pop(lua, 1);
	stk_sandbox_open(lua);
	stk_bind_open(lua);
	stk_sandbox_push_globals(lua);
	state->globals_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
	state->run_globals_ref = state->globals_ref;
	return 0;
}

int stk_state_new(
	struct stk_script *script, size_t memory_max, struct stk_state **out, struct stk_err *err)
{
	struct stk_state *state = stk_xcalloc(1, sizeof *state);

	state->max = memory_max;
	state->script = script;
	state->lua = lua_newstate(counted_alloc, state);
	if (!state->lua) {
		stk_pool_release(&state->pool);
		free(state);
		return stk_err_set(err, STK_E_TOO_LARGE, "no memory for a Lua state");
	}
	lua_atpanic(state->lua, panic);
	memcpy(lua_getextraspace(state->lua), &state, sizeof state);
	int rc = stk_state_run(state, open_all, state, err);
	if (rc < 0) {
		stk_state_free(state);
		return rc;
	}
	/* what an iteration makes is mostly gone with it, and what thousands of virtual users keep
	 * need not be looked at again each time */
	(void)lua_gc(state->lua, LUA_GCGEN, GC_MINOR_PERCENT, 0);
	*out = state;
	return 0;
}

void stk_state_free(struct stk_state *state)
{
	if (!state)
		return;
	lua_close(state->lua);
	stk_pool_release(&state->pool);
	free(state);
}

lua_State *stk_state_lua(struct stk_state *state)
{
	return state->lua;
}

struct stk_state *stk_state_of(lua_State *lua)
{
	struct stk_state *state;

	memcpy(&state, lua_getextraspace(lua), sizeof state);
	return state;
}

size_t stk_state_bytes(const struct stk_state *state)
{
	return state->bytes;
}

struct stk_script *stk_state_script(struct stk_state *state)
{
	return state->script;
}

struct stk_state_responses *stk_state_of_responses(struct lua_State *lua)
{
	return &stk_state_of(lua)->of_responses;
}

struct stk_vu_lua *stk_state_vu(struct lua_State *lua)
{
	return stk_state_of(lua)->vu;
}

void stk_state_enter_vu(struct stk_state *state, struct stk_vu_lua *vu, int globals_ref)
{
	state->vu = vu;
	state->run_globals_ref = vu ? globals_ref : state->globals_ref;
}

void stk_state_push_globals(struct stk_state *state, lua_State *lua)
{
	lua_rawgeti(lua, LUA_REGISTRYINDEX, state->run_globals_ref);
}

/* --- stopping --------------------------------------------------------------------- */

/* Fires at every instruction from then on, so that no pcall can hold it up. A coroutine is left
 * by a yield: an error would first run the message handlers of the script, without this hook. */
static void raise_stop(lua_State *lua, lua_Debug *frame)
{
	(void)frame;
	if (lua_isyieldable(lua))
		(void)lua_yield(lua, 0);
	else
		luaL_error(lua, STK_STATE_STOPPED);
}

void stk_state_stop(struct stk_state *state)
{
	state->stopping = 1;
	if (state->running)
		lua_sethook(state->running, raise_stop, LUA_MASKCOUNT, 1);
}

bool stk_state_clear_stop(struct stk_state *state, lua_State *co)
{
	bool was = state->stopping;

	if (was) {
		lua_sethook(co, NULL, 0, 0);
		lua_sethook(state->lua, NULL, 0, 0);
	}
	state->stopping = 0;
	return was;
}

static void raise_interrupt(lua_State *lua, lua_Debug *frame)
{
	const struct stk_state *state = stk_state_of(lua);
	struct stk_err err = STK_ERR_INIT;

	(void)frame;
	if (!state->interrupts || atomic_load(state->interrupts) == 0)
		return;
	lua_sethook(lua, raise_interrupt, LUA_MASKCOUNT, 1); /* whatever catches it */
	(void)stk_err_set(&err, STK_E_ABORTED, "%s", STK_STATE_STOPPED);
	stk_state_raise(lua, &err);
}

void stk_state_heed(struct stk_state *state, const atomic_int *interrupts)
{
	state->interrupts = interrupts;
	if (interrupts)
		lua_sethook(state->lua, raise_interrupt, LUA_MASKCOUNT, HEED_EVERY);
	else
		lua_sethook(state->lua, NULL, 0, 0);
}

lua_State *stk_state_run_in(struct stk_state *state, lua_State *lua)
{
	lua_State *before = state->running;

	state->running = lua;
	if (state->stopping && lua)
		lua_sethook(lua, raise_stop, LUA_MASKCOUNT, 1);
	return before;
}

/* --- errors ----------------------------------------------------------------------- */

static bool is_ours(const lua_Debug *frame)
{
	return strncmp(frame->source, STK_CHUNK_OURS, sizeof STK_CHUNK_OURS - 1) == 0;
}

/* "shop.lua:12: " of the innermost frame of the user's own; nothing if there is none. */
static void push_users_place(lua_State *lua)
{
	lua_Debug frame;

	for (int level = 0; lua_getstack(lua, level, &frame); level++) {
		lua_getinfo(lua, "Sl", &frame);
		if (frame.currentline > 0 && !is_ours(&frame)) {
			lua_pushfstring(lua, "%s:%d: ", frame.short_src, frame.currentline);
			return;
		}
	}
	lua_pushliteral(lua, "");
}

int stk_state_misuse(lua_State *lua, const char *fmt, ...)
{
	char text[STK_ERR_MSG_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	push_users_place(lua);
	lua_pushstring(lua, text);
	lua_concat(lua, 2);
	return lua_error(lua);
}

int stk_state_raise(lua_State *lua, const struct stk_err *err)
{
	struct stk_err *copy = lua_newuserdatauv(lua, sizeof *copy, 0);

	*copy = *err;
	luaL_setmetatable(lua, RAISED);
	return lua_error(lua);
}

static bool add_frame(struct stk_buf *buf, lua_State *co, lua_Debug *frame)
{
	lua_getinfo(co, "Slnu", frame);
	if (frame->currentline <= 0 || is_ours(frame))
		return false;
	stk_buf_addf(buf, "\n\t%s:%d", frame->short_src, frame->currentline);
	if (frame->name)
		stk_buf_addf(buf, ": in %s '%s'", frame->namewhat, frame->name);
	else if (!frame->isvararg)
		stk_buf_addf(buf, ": in the function of line %d", frame->linedefined);
	return true;
}

/* The user's own frames, inner to outer; a single one says no more than the message. */
static void add_trace(struct stk_buf *buf, lua_State *co)
{
	size_t mark = buf->len;
	lua_Debug frame;
	int count = 0;

	for (int level = 0; level < TRACE_FRAMES && lua_getstack(co, level, &frame); level++)
		count += add_frame(buf, co, &frame);
	if (count < 2)
		stk_buf_truncate(buf, mark);
}

/* Push the error value on top of co's stack as text; of one that has none the place and the type:
 * an address says nothing, and would be another fault each time. */
static const char *push_error_text(lua_State *co)
{
	bool is_text = lua_isstring(co, -1) != 0;

	if (!is_text && luaL_getmetafield(co, -1, "__tostring") != LUA_TNIL) {
		is_text = true;
		lua_pop(co, 1);
	}
	if (is_text)
		return luaL_tolstring(co, -1, NULL);
	push_users_place(co);
	lua_pushfstring(co, "the error is a %s", luaL_typename(co, -2));
	lua_concat(co, 2);
	return lua_tostring(co, -1);
}

/* Turn the error value on top of co's stack into text with a traceback, or leave one of ours. */
static int with_traceback(lua_State *co)
{
	if (luaL_testudata(co, -1, RAISED))
		return 1;
	struct stk_buf buf = STK_BUF_INIT(STK_ERR_MSG_MAX * 4);
	stk_buf_add_text(&buf, push_error_text(co));
	add_trace(&buf, co);
	lua_pushlstring(co, buf.ptr, buf.len);
	stk_buf_release(&buf);
	return 1;
}

/* Fill err from the error value on top of co's stack; pops it. */
static int take_error(lua_State *co, int status, struct stk_err *err)
{
	const struct stk_err *raised = luaL_testudata(co, -1, RAISED);
	int code = STK_E_SCRIPT;

	if (raised && err)
		*err = *raised;
	if (raised)
		code = raised->code;
	else if (status == LUA_ERRMEM)
		stk_err_set(err, STK_E_SCRIPT, "the script needs more memory than it may take");
	else {
		const char *text = lua_tostring(co, -1);
		stk_err_set(err, STK_E_SCRIPT, "%s", text ? text : "an error without text");
	}
	lua_pop(co, 1);
	return code;
}

int stk_state_call(
	struct stk_state *state, lua_State *lua, int args, int results, struct stk_err *err)
{
	int handler = lua_gettop(lua) - args;

	lua_pushcfunction(lua, with_traceback);
	lua_insert(lua, handler);
	lua_State *before = stk_state_run_in(state, lua);
	int status = lua_pcall(lua, args, results, handler);
	(void)stk_state_run_in(state, before);
	lua_remove(lua, handler);
	return status == LUA_OK ? 0 : take_error(lua, status, err);
}

int stk_state_run(
	struct stk_state *state, int (*fn)(lua_State *lua), void *ctx, struct stk_err *err)
{
	lua_pushcfunction(state->lua, fn);
	lua_pushlightuserdata(state->lua, ctx);
	return stk_state_call(state, state->lua, 1, 0, err);
}

int stk_state_resume(
	struct stk_state *state, lua_State *co, int args, int *results_out, struct stk_err *err)
{
	int results = 0;
	lua_State *before = stk_state_run_in(state, co);
	int status = lua_resume(co, state->lua, args, &results);

	(void)stk_state_run_in(state, before);
	if (status == LUA_YIELD) {
		if (results > 0)
			lua_pop(co, results);
		return 1;
	}
	if (status == LUA_OK) {
		*results_out = results;
		return 0;
	}
	if (status != LUA_ERRMEM)
		with_traceback(co);
	int code = take_error(co, status, err);
	stk_state_close_thread(state, co);
	return code;
}

void stk_state_close_thread(struct stk_state *state, lua_State *co)
{
	lua_State *before = stk_state_run_in(state, co);
#if LUA_VERSION_RELEASE_NUM >= 50406
	(void)lua_closethread(co, state->lua); /* its own error is not news */
#else
	(void)lua_resetthread(co);
#endif
	(void)stk_state_run_in(state, before);
	lua_settop(co, 0);
}

int stk_state_compile(
	lua_State *lua, const char *text, size_t len, const char *name, struct stk_err *err)
{
	if (len > 0 && text[0] == LUA_SIGNATURE[0])
		return stk_err_set(err, STK_E_SCRIPT, "%s: compiled Lua is not accepted",
			name[0] == '@' ? name + 1 : name);
	int status = luaL_loadbufferx(lua, text, len, name, "t");
	return status == LUA_OK ? 0 : take_error(lua, status, err);
}
