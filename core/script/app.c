/* app: loads the embedded modules of a web application, calls its handler, collects in between. */
#include "core/script/app.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/script/lua_lib.h"

/* A collection is made once this much may be garbage. */
#define GARBAGE_MAX ((size_t)4 << 20)

struct stk_app {
	struct stk_app_opts opts; /* borrowed while loading */
	lua_State *lua;
	struct stk_sampler *sampler;
	int handler;       /* registry reference */
	size_t live_bytes; /* after the last collection */
};

static const char app_key = 0; /* registry[&app_key] = the app, while it loads */

/* --- modules ------------------------------------------------------------------------ */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Append text with each whole word (dots included) replaced. */
static void replace_word(
	struct stk_str text, struct stk_str word, struct stk_str by, struct stk_buf *out)
{
	ptrdiff_t at;

	while ((at = stk_str_find(text, word)) >= 0) {
		size_t end = (size_t)at + word.len;
		bool inside = (at > 0 && (is_word(text.ptr[at - 1]) || text.ptr[at - 1] == '.')) ||
			      (end < text.len && is_word(text.ptr[end]));

		stk_buf_add_str(out, stk_str_sub(text, 0, (size_t)at));
		stk_buf_add_str(out, inside ? word : by);
		text = stk_str_skip(text, end);
	}
	stk_buf_add_str(out, text);
}

/* A version in which module.old is called module.new: "M.old" in the module's own text,
 * "module.old" in every other. */
static void rename_in(const struct stk_app_tune *tune, const char *module, struct stk_buf *text)
{
	struct stk_str name = stk_str_of(tune->function), rename = stk_str_of(tune->rename);
	ptrdiff_t dot = stk_str_find_byte(name, '.'), to_dot = stk_str_find_byte(rename, '.');
	struct stk_buf from = STK_BUF_EMPTY, to = STK_BUF_EMPTY, out = STK_BUF_EMPTY;
	struct stk_str prefix;

	if (dot < 0 || to_dot < 0)
		return;
	prefix = stk_str_sub(name, 0, (size_t)dot);
	if (stk_str_is(prefix, module))
		prefix = STK_STR("M");
	stk_buf_addf(&from, "%.*s%s", STK_STR_ARG(prefix), tune->function + dot);
	stk_buf_addf(&to, "%.*s%s", STK_STR_ARG(prefix), tune->rename + to_dot);
	replace_word(stk_buf_str(text), stk_buf_str(&from), stk_buf_str(&to), &out);
	stk_buf_release(text);
	*text = out;
	stk_buf_release(&from);
	stk_buf_release(&to);
}

static const struct stk_embedded_file *find_file(const struct stk_app *app, const char *module)
{
	struct stk_buf path = STK_BUF_EMPTY;
	const struct stk_embedded_file *file = stk_lua_files;

	stk_buf_addf(&path, "lua-lib/stoker/%s/%s.lua", app->opts.folder, module);
	while (file->path && strcmp(file->path, path.ptr) != 0)
		file++;
	stk_buf_release(&path);
	return file->path ? file : NULL;
}

/* Compile a module as this version has it; leaves the chunk or a message. No Lua error. */
static int load_module(
	struct stk_app *app, const char *module, const struct stk_embedded_file *file)
{
	struct stk_buf text = STK_BUF_EMPTY, chunk = STK_BUF_EMPTY;
	int rc;

	stk_buf_add(&text, file->text, file->len);
	stk_buf_addf(&chunk, "@%s/%s.lua", app->opts.folder, module);
	for (size_t i = 0; i < app->opts.tunes_len; i++)
		if (app->opts.tunes[i].rename)
			rename_in(&app->opts.tunes[i], module, &text);
	stk_sampler_source(app->sampler, chunk.ptr + 1, stk_buf_str(&text));
	rc = luaL_loadbufferx(app->lua, text.ptr, text.len, chunk.ptr, "t");
	stk_buf_release(&text);
	stk_buf_release(&chunk);
	return rc;
}

/* require(name): the embedded module of the app's folder, loaded once. */
static int require_module(lua_State *lua)
{
	const char *module = luaL_checkstring(lua, 1);
	const struct stk_embedded_file *file;
	struct stk_app *app;

	luaL_getsubtable(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	if (lua_getfield(lua, -1, module) != LUA_TNIL)
		return 1;
	lua_pop(lua, 1);
	lua_rawgetp(lua, LUA_REGISTRYINDEX, &app_key);
	app = lua_touserdata(lua, -1);
	lua_pop(lua, 1);
	file = find_file(app, module);
	if (!file)
		return luaL_error(lua, "module '%s' is not part of the program", module);
	if (load_module(app, module, file) != LUA_OK)
		return lua_error(lua);
	lua_call(lua, 0, 1);
	lua_pushvalue(lua, -1);
	lua_setfield(lua, -3, module);
	return 1;
}

/* loaded.tune: cpu(name), memory(name) -> factor of that function's work, 1 as a rule. */
static int tune_factor(lua_State *lua)
{
	lua_settop(lua, 1);
	lua_pushvalue(lua, 1);
	if (lua_rawget(lua, lua_upvalueindex(1)) == LUA_TNIL)
		lua_pushnumber(lua, 1);
	return 1;
}

static void open_tune(struct stk_app *app)
{
	lua_State *lua = app->lua;

	luaL_getsubtable(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_createtable(lua, 0, 2);
	for (int memory = 0; memory < 2; memory++) {
		lua_createtable(lua, 0, 4);
		for (size_t i = 0; i < app->opts.tunes_len; i++) {
			const struct stk_app_tune *tune = &app->opts.tunes[i];
			double factor = memory ? tune->memory : tune->cpu;

			lua_pushnumber(lua, factor > 0 ? factor : 1);
			lua_setfield(lua, -2, tune->function);
		}
		lua_pushcclosure(lua, tune_factor, 1);
		lua_setfield(lua, -2, memory ? "memory" : "cpu");
	}
	lua_setfield(lua, -2, "tune");
	lua_pop(lua, 1);
}

/* --- life ---------------------------------------------------------------------------- */

static int open_app(lua_State *lua)
{
	static const luaL_Reg libs[] = {{LUA_GNAME, luaopen_base}, {LUA_STRLIBNAME, luaopen_string},
		{LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math}, {NULL, NULL}};
	/* No coroutines: the sampler's hook goes to the one that runs. */
	static const char *const absent[] = {"dofile", "loadfile", "load", "collectgarbage"};
	struct stk_app *app = lua_touserdata(lua, 1);

	for (const luaL_Reg *lib = libs; lib->func; lib++) {
		luaL_requiref(lua, lib->name, lib->func, 1);
		lua_pop(lua, 1);
	}
	for (size_t i = 0; i < STK_ARRAY_LEN(absent); i++) {
		lua_pushnil(lua);
		lua_setglobal(lua, absent[i]);
	}
	lua_pushlightuserdata(lua, app);
	lua_rawsetp(lua, LUA_REGISTRYINDEX, &app_key);
	lua_pushcfunction(lua, require_module);
	lua_setglobal(lua, "require");
	open_tune(app);
	lua_pushcfunction(lua, require_module);
	lua_pushstring(lua, app->opts.main);
	lua_call(lua, 1, 1);
	luaL_checktype(lua, -1, LUA_TFUNCTION);
	app->handler = luaL_ref(lua, LUA_REGISTRYINDEX);
	return 0;
}

static int add_traceback(lua_State *lua)
{
	luaL_traceback(lua, lua, luaL_tolstring(lua, 1, NULL), 1);
	return 1;
}

/* Call fn(ctx) protected; on failure the message is left on the stack. */
static int call_protected(struct stk_app *app, lua_CFunction fn, void *ctx)
{
	int rc;

	lua_settop(app->lua, 0);
	lua_pushcfunction(app->lua, add_traceback);
	lua_pushcfunction(app->lua, fn);
	lua_pushlightuserdata(app->lua, ctx);
	rc = lua_pcall(app->lua, 1, 0, 1);
	stk_sampler_enter(app->sampler, NULL);
	return rc;
}

static void collect(struct stk_app *app)
{
	stk_sampler_collect(app->sampler, true);
	lua_gc(app->lua, LUA_GCCOLLECT);
	stk_sampler_collect(app->sampler, false);
	stk_sampler_mark_live(app->sampler);
	app->live_bytes = (size_t)lua_gc(app->lua, LUA_GCCOUNT) << 10;
}

int stk_app_new(const struct stk_app_opts *opts, struct stk_app **out, struct stk_err *err)
{
	struct stk_app *app = stk_xcalloc(1, sizeof *app);
	int rc = 0;

	app->opts = *opts;
	app->sampler = stk_sampler_new(&opts->sampler);
	app->lua = lua_newstate(stk_sampler_alloc, app->sampler);
	if (!app->lua) {
		rc = stk_err_set(err, STK_E_INTERNAL, "no memory for a Lua state");
		goto out;
	}
	lua_gc(app->lua, LUA_GCSTOP);
	if (call_protected(app, open_app, app) != LUA_OK) {
		rc = stk_err_set(err, STK_E_SCRIPT, "%s", lua_tostring(app->lua, -1));
		goto out;
	}
	collect(app);
	app->opts.tunes = NULL; /* the caller's from here on */
	app->opts.tunes_len = 0;
	*out = app;
	app = NULL;
out:
	stk_app_free(app);
	return rc;
}

void stk_app_free(struct stk_app *app)
{
	if (!app)
		return;
	if (app->lua)
		lua_close(app->lua);
	stk_sampler_free(app->sampler);
	free(app);
}

struct stk_sampler *stk_app_sampler(struct stk_app *app)
{
	return app->sampler;
}

/* --- calls ---------------------------------------------------------------------------- */

struct call {
	struct stk_app *app;
	const struct stk_app_request *request;
	struct stk_app_reply *reply;
};

static void push_str(lua_State *lua, struct stk_str text)
{
	lua_pushlstring(lua, text.ptr ? text.ptr : "", text.len);
}

static void push_query(lua_State *lua, const struct stk_app_request *request)
{
	lua_createtable(lua, 0, (int)request->query_len);
	for (size_t i = request->query_len; i-- > 0;) {
		push_str(lua, request->query[i].key);
		push_str(lua, request->query[i].value);
		lua_rawset(lua, -3);
	}
}

static int run_call(lua_State *lua)
{
	struct call *call = lua_touserdata(lua, 1);
	struct stk_app_reply *reply = call->reply;
	const char *type, *body;
	size_t len;

	lua_rawgeti(lua, LUA_REGISTRYINDEX, call->app->handler);
	push_str(lua, call->request->method);
	push_str(lua, call->request->path);
	push_query(lua, call->request);
	push_str(lua, call->request->body);
	stk_sampler_enter(call->app->sampler, lua);
	lua_call(lua, 4, 3);
	stk_sampler_enter(call->app->sampler, NULL);
	reply->status = (int)luaL_checkinteger(lua, -3);
	type = luaL_checkstring(lua, -2);
	body = luaL_checklstring(lua, -1, &len);
	snprintf(reply->content_type, sizeof reply->content_type, "%s", type);
	stk_buf_add(&reply->body, body, len);
	return 0;
}

void stk_app_call(
	struct stk_app *app, const struct stk_app_request *request, struct stk_app_reply *reply)
{
	struct call call = {app, request, reply};

	reply->status = 500;
	reply->content_type[0] = '\0';
	stk_buf_clear(&reply->body);
	stk_sampler_label(app->sampler, request->labels, request->labels_len);
	if (call_protected(app, run_call, &call) != LUA_OK) {
		const char *message = lua_tostring(app->lua, -1);

		reply->status = 500;
		snprintf(reply->content_type, sizeof reply->content_type, "text/plain");
		stk_buf_clear(&reply->body);
		stk_buf_add_text(&reply->body, message ? message : "no message");
	}
	lua_settop(app->lua, 0);
	stk_sampler_label(app->sampler, NULL, 0);
	if (((size_t)lua_gc(app->lua, LUA_GCCOUNT) << 10) > app->live_bytes + GARBAGE_MAX)
		collect(app);
}

void stk_app_reply_release(struct stk_app_reply *reply)
{
	stk_buf_release(&reply->body);
}
