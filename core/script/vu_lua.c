/* vu_lua: questions that several bindings have for the virtual user that runs. */
#include "core/script/vu_lua.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/script/bind.h"
#include "core/script/bind_response.h"
#include "core/script/http_op.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"

struct lua_State *stk_vu_lua_thread(const struct stk_vu_lua *vu)
{
	return vu->co;
}

const char *stk_vu_lua_env(const struct stk_vu_lua *vu, const char *name)
{
	if (!vu->iteration || !vu->iteration->scenario)
		return NULL;
	const struct stk_tags *env = &vu->iteration->scenario->env;
	for (size_t i = env->len; i > 0; i--)
		if (strcmp(env->items[i - 1].key, name) == 0)
			return env->items[i - 1].value;
	return NULL;
}

struct stk_vu_lua *stk_vu_lua_running(lua_State *lua, const char *fn)
{
	struct stk_vu_lua *vu = stk_state_vu(lua);

	if (!vu || vu->in_file || !vu->iteration)
		(void)stk_state_misuse(lua,
			"%s is for a running test, not for the file's top level: move the call "
			"into "
			"default, exec, setup or teardown",
			fn);
	return vu;
}

struct stk_http_op *stk_vu_lua_begin_op(lua_State *lua, const char *fn, struct stk_vu_lua **vu_out)
{
	stk_check_can_wait(lua, fn);
	struct stk_vu_lua *vu = stk_vu_lua_running(lua, fn);
	stk_vu_lua_end_op(vu); /* one that an error left half made */
	vu->op = stk_vu_lua_take_op(vu);
	*vu_out = vu;
	return vu->op;
}

void stk_vu_lua_submit_op(struct stk_vu_lua *vu)
{
	vu->asked = true;
	stk_vu_submit(vu->vu, stk_http_op_requests(vu->op), vu->op->len);
}

void stk_vu_lua_push_answer(lua_State *lua, const struct stk_vu_lua *vu, size_t i)
{
	const struct stk_http_item *item = &vu->op->items.items[i];

	stk_response_push(
		lua, stk_vu_response(vu->vu, i), !item->request.discard, item->secret_url);
}

/* A stream per scenario and virtual user; setup and teardown have one of their own. */
struct stk_rand *stk_vu_lua_rand(struct stk_vu_lua *vu)
{
	int scenario = vu->iteration ? vu->iteration->scenario_index : -1;

	if (vu->rng_scenario == scenario)
		return &vu->rng;
	const char *name = vu->iteration && vu->iteration->scenario ? vu->iteration->scenario->name
								    : "::setup";
	uint64_t seed = stk_vu_plan(vu->vu)->seed;
	uint64_t begun = vu->iteration ? (uint64_t)vu->iteration->iter : 0;
	stk_rand_init(&vu->rng, stk_str_hash(stk_str_of(name), seed),
		((uint64_t)stk_vu_id(vu->vu) << 32) + begun);
	vu->rng_scenario = scenario;
	return &vu->rng;
}

void stk_vu_lua_free_expect(struct stk_vu_lua *vu)
{
	if (vu->expect)
		stk_vec_release(&vu->expect->ranges);
	free(vu->expect);
	vu->expect = NULL;
}

void stk_vu_lua_set_expect(struct stk_vu_lua *vu, const struct stk_expect *expect)
{
	stk_vu_lua_free_expect(vu);
	vu->expect = stk_xcalloc(1, sizeof *vu->expect);
	*vu->expect = *expect;
}

void stk_vu_lua_clear_groups(struct stk_vu_lua *vu)
{
	stk_vec_clear(&vu->groups);
	stk_buf_clear(&vu->group);
}

const char *stk_tag_value(lua_State *lua, const char *fn, const char *key)
{
	switch (lua_type(lua, -1)) {
	case LUA_TSTRING:
		return lua_tostring(lua, -1);
	case LUA_TBOOLEAN:
		return lua_toboolean(lua, -1) ? "true" : "false";
	case LUA_TNUMBER: /* the key comes back on top for lua_next, the text stays below */
		lua_pushvalue(lua, -1);
		(void)lua_tostring(lua, -1);
		lua_insert(lua, -3);
		return lua_tostring(lua, -3);
	default:
		if (stk_secret_at(lua, -1))
			(void)stk_state_misuse(lua, "%s: tag '%s' is a secret", fn, key);
		(void)stk_state_misuse(lua,
			"%s: tag '%s' must be text, a number or a boolean, not %s", fn, key,
			luaL_typename(lua, -1));
		return NULL;
	}
}

size_t stk_tags_at(lua_State *lua, int index, const char *fn, struct stk_tag *tags)
{
	size_t count = 0;

	if (lua_isnoneornil(lua, index))
		return 0;
	if (!lua_istable(lua, index))
		(void)stk_state_misuse(
			lua, "%s: tags must be a table, not %s", fn, luaL_typename(lua, index));
	luaL_checkstack(lua, STK_TAGS_MAX + 8, "tags");
	stk_sandbox_push_behind(lua, index);
	index = lua_gettop(lua);
	lua_pushnil(lua);
	while (lua_next(lua, index)) {
		if (lua_type(lua, -2) != LUA_TSTRING)
			(void)stk_state_misuse(lua, "%s: names of tags are text", fn);
		if (count == STK_TAGS_MAX)
			(void)stk_state_misuse(lua, "%s: more than %d tags", fn, STK_TAGS_MAX);
		const char *key = lua_tostring(lua, -2);
		tags[count].key = key;
		tags[count++].value = stk_tag_value(lua, fn, key);
		lua_pop(lua, 1);
	}
	return count;
}
