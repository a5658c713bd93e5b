/* ready: asks a workflow's ready = function(s) whether its service is ready. */
#include "core/script/ready.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/http/client.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"

#define CONNECT_MS 1000

struct asking {
	const struct stk_ready_question *question;
	int fn;
	bool is_ready;
};

static int fetch_status(const char *url, int *status_out, struct stk_err *err)
{
	struct stk_client_opts opts = {.connect_timeout_ms = CONNECT_MS};
	struct stk_client *client = stk_client_new(&opts);
	struct stk_http_request request = {.method = "GET", .url = url, .timeout_ms = CONNECT_MS};
	struct stk_http_response response = {.status = 0};
	int rc = stk_client_send(client, &request, &response, err);

	*status_out = response.status;
	stk_http_response_release(&response);
	stk_client_free(client);
	return rc;
}

/* s:get(path): the status, or nil and the reason. */
static int get(lua_State *lua)
{
	struct stk_err err = STK_ERR_INIT;
	const char *path = luaL_checkstring(lua, 2);
	int status, rc;

	luaL_checktype(lua, 1, LUA_TTABLE);
	lua_getfield(lua, 1, "url");
	rc = fetch_status(
		lua_pushfstring(lua, "%s%s", luaL_checkstring(lua, -1), path), &status, &err);
	if (rc == 0) {
		lua_pushinteger(lua, status);
		return 1;
	}
	lua_pushnil(lua);
	lua_pushstring(lua, err.msg);
	return 2;
}

static int ask_protected(lua_State *lua)
{
	struct asking *asking = lua_touserdata(lua, 1);

	lua_rawgeti(lua, LUA_REGISTRYINDEX, asking->fn);
	lua_createtable(lua, 0, 3);
	lua_pushstring(lua, asking->question->url);
	lua_setfield(lua, -2, "url");
	lua_pushstring(lua, asking->question->side);
	lua_setfield(lua, -2, "side");
	lua_pushcfunction(lua, get);
	lua_setfield(lua, -2, "get");
	lua_call(lua, 1, 1);
	asking->is_ready = lua_toboolean(lua, -1);
	return 0;
}

int stk_ready_ask(struct stk_script *script, int fn, const struct stk_ready_question *question,
	struct stk_err *err)
{
	struct asking asking = {question, fn, false};
	int rc = stk_state_run(stk_script_state(script), ask_protected, &asking, err);

	return rc < 0 ? rc : asking.is_ready;
}
