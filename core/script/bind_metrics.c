/* bind_metrics: metrics of the script, checks and groups. */
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <string.h>

#include "core/load/metrics.h"
#include "core/script/bind.h"
#include "core/script/faults.h"
#include "core/script/keys.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/vu_lua.h"

#define METRIC "stk.metric"
#define GROUP  "stk.group" /* registry: what closes a group */

struct metric_value {
	int id;
	enum stk_metric_type type;
};

/* --- metrics ---------------------------------------------------------------------- */

static int make_metric(lua_State *lua, enum stk_metric_type type, const char *fn)
{
	struct stk_str name = stk_arg_text(lua, 1, fn, "the name");
	struct stk_script *script = stk_state_script(stk_state_of(lua));
	struct stk_vu_lua *vu = stk_state_vu(lua);
	enum stk_metric_unit unit = STK_METRIC_DEFAULT;
	struct stk_err err = STK_ERR_INIT;
	int id;

	if (type == STK_METRIC_TREND && lua_istable(lua, 2)) {
		lua_pushnil(lua);
		while (lua_next(lua, 2)) {
			if (!stk_str_is(stk_text_at(lua, -2), "time") || !lua_isboolean(lua, -1))
				return stk_state_misuse(
					lua, "%s: the only option is time = true or false", fn);
			unit = lua_toboolean(lua, -1) ? STK_METRIC_TIME : STK_METRIC_DEFAULT;
			lua_pop(lua, 1);
		}
	} else if (!lua_isnoneornil(lua, 2))
		return stk_state_misuse(lua, "%s: takes a name%s", fn,
			type == STK_METRIC_TREND ? " and { time = true }" : " only");
	if (!script || (vu && !vu->in_file))
		return stk_state_misuse(
			lua, "%s: metrics are made at the file's top level, not while it runs", fn);
	if (stk_script_metric(
		    script, !vu, &(struct stk_metric_def){name.ptr, type, unit}, &id, &err) < 0)
		return stk_raise_misuse(lua, fn, &err);
	struct metric_value *metric = lua_newuserdatauv(lua, sizeof *metric, 0);
	metric->id = id;
	metric->type = type;
	luaL_setmetatable(lua, METRIC);
	return 1;
}

static int make_counter(lua_State *lua)
{
	return make_metric(lua, STK_METRIC_COUNTER, "metrics.counter");
}

static int make_gauge(lua_State *lua)
{
	return make_metric(lua, STK_METRIC_GAUGE, "metrics.gauge");
}

static int make_rate(lua_State *lua)
{
	return make_metric(lua, STK_METRIC_RATE, "metrics.rate");
}

static int make_trend(lua_State *lua)
{
	return make_metric(lua, STK_METRIC_TREND, "metrics.trend");
}

static double arg_sample(lua_State *lua, const struct metric_value *metric)
{
	if (metric->type == STK_METRIC_COUNTER && lua_isnoneornil(lua, 2))
		return 1;
	if (metric->type == STK_METRIC_RATE && lua_isboolean(lua, 2))
		return lua_toboolean(lua, 2);
	if (lua_type(lua, 2) != LUA_TNUMBER)
		(void)stk_state_misuse(lua, "add: the value must be a number%s, not %s",
			metric->type == STK_METRIC_RATE ? " or a boolean" : "",
			luaL_typename(lua, 2));
	double value = lua_tonumber(lua, 2);
	if (!isfinite(value))
		(void)stk_state_misuse(
			lua, "add: %s is no value", isnan(value) ? "NaN" : "an infinite number");
	if (metric->type == STK_METRIC_COUNTER && value < 0)
		(void)stk_state_misuse(lua, "add: a counter only grows, not by %g", value);
	return value;
}

static int metric_add(lua_State *lua)
{
	const struct metric_value *metric = luaL_testudata(lua, 1, METRIC);
	struct stk_tag tags[STK_TAGS_MAX];

	if (!metric)
		return stk_state_misuse(lua, "add is called with a colon: metric:add(value)");
	struct stk_vu_lua *vu = stk_vu_lua_running(lua, "metric:add");
	double value = arg_sample(lua, metric);
	size_t len = stk_tags_at(lua, 3, "metric:add", tags);
	stk_vu_add(vu->vu, metric->id, value, tags, len);
	return 0;
}

/* --- groups ----------------------------------------------------------------------- */

static int enter_group(lua_State *lua)
{
	if (stk_secret_at(lua, 1))
		return stk_state_misuse(lua, "group: the name is a secret");
	struct stk_str name = stk_arg_text(lua, 1, "group", "the name");
	struct stk_vu_lua *vu = stk_vu_lua_running(lua, "group");

	if (stk_str_contains(name, STK_STR("::")))
		return stk_state_misuse(lua,
			"group: '::' joins nested groups and cannot be in the name '%s'", name.ptr);
	if (!lua_isfunction(lua, 2))
		return stk_state_misuse(
			lua, "group: a function is wanted, not %s", luaL_typename(lua, 2));
	if (vu->groups.len >= 100)
		return stk_state_misuse(lua, "group: nested over 100 deep");
	struct stk_open_group *open = stk_vec_push_new(&vu->groups);
	open->path_len = vu->group.len;
	open->start_ns = stk_vu_now_ns(vu->vu);
	stk_buf_addf(&vu->group, "::%s", name.ptr);
	stk_vu_set_group(vu->vu, stk_buf_str(&vu->group));
	lua_getfield(lua, LUA_REGISTRYINDEX, GROUP);
	return 1;
}

/* Its duration counts for the group itself; after a cancel nothing does. */
static int leave_group(lua_State *lua)
{
	struct stk_vu_lua *vu = stk_state_vu(lua);

	if (!vu || vu->closing || vu->groups.len == 0)
		return 0;
	struct stk_open_group open = vu->groups.items[--vu->groups.len];
	double ms = (double)(stk_vu_now_ns(vu->vu) - open.start_ns) / 1e6;
	stk_vu_add(vu->vu, STK_METRIC_GROUP_DURATION, ms, NULL, 0);
	stk_buf_truncate(&vu->group, open.path_len);
	stk_vu_set_group(vu->vu, stk_buf_str(&vu->group));
	return 0;
}

int luaopen_stk_metrics(lua_State *lua)
{
	static const luaL_Reg methods[] = {{"add", metric_add}, {NULL, NULL}};
	static const luaL_Reg funcs[] = {{"counter", make_counter}, {"gauge", make_gauge},
		{"rate", make_rate}, {"trend", make_trend}, {"enter_group", enter_group},
		{NULL, NULL}};

	luaL_newmetatable(lua, METRIC);
	luaL_newlib(lua, methods);
	lua_setfield(lua, -2, "__index");
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 1);

	lua_newuserdatauv(lua, 0, 0);
	lua_createtable(lua, 0, 1);
	lua_pushcfunction(lua, leave_group);
	lua_setfield(lua, -2, "__close");
	lua_setmetatable(lua, -2);
	lua_setfield(lua, LUA_REGISTRYINDEX, GROUP);
	luaL_newlib(lua, funcs);
	return 1;
}
