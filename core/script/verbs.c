/* verbs: the object w of a flow: Lua methods over the table of verbs that flow fills. */
#include "core/script/verbs.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/script/lua_lib.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "core/script/table.h"
#include "core/script/verbs_priv.h"
#include "core/script/workflow_priv.h"

static const char *side_name(int side)
{
	return side == STK_SIDE_BASE ? "base" : side == STK_SIDE_HEAD ? "head" : "none";
}

/* Every method is a closure over the flow that runs it. */
static struct stk_flow_call *check_flow(lua_State *lua)
{
	struct stk_flow_call *flow = lua_touserdata(lua, lua_upvalueindex(1));

	luaL_checktype(lua, 1, LUA_TTABLE);
	return flow;
}

/* A verb's error goes up unchanged; "not there" becomes nil and the reason. */
static int push_absent_or_raise(lua_State *lua, const struct stk_err *err)
{
	if (err->code != STK_E_NOT_FOUND)
		return stk_state_raise(lua, err);
	lua_pushnil(lua);
	lua_pushstring(lua, err->msg);
	return 2;
}

static void set_int(lua_State *lua, const char *key, int64_t value)
{
	lua_pushinteger(lua, (lua_Integer)value);
	lua_setfield(lua, -2, key);
}

/* { id, name, side, start_ns, end_ns, requests, failed } of a window of the run. */
static void push_window(lua_State *lua, const struct stk_run *run, size_t number)
{
	const struct stk_window *window = &run->windows.items[number];

	lua_createtable(lua, 0, 10);
	set_int(lua, "id", (int64_t)number);
	lua_pushstring(lua, window->name);
	lua_setfield(lua, -2, "name");
	lua_pushstring(lua, side_name(window->side));
	lua_setfield(lua, -2, "side");
	set_int(lua, "start_ns", window->start_ns);
	set_int(lua, "end_ns", window->end_ns);
	set_int(lua, "requests", window->requests);
	set_int(lua, "failed", window->failed);
}

/* metrics = { http_reqs = { count, rate ... } } and thresholds = { { metric, expr, value, ok } }.
 */
static void push_metrics(lua_State *lua, const struct stk_run *run)
{
	static const char *const values[] = {"count", "rate", "value", "avg", "min", "med", "max",
		"p(90)", "p(95)", "p(99)", NULL};

	lua_createtable(lua, 0, (int)run->metrics.items.len);
	for (size_t i = 0; i < run->metrics.items.len; i++) {
		const struct stk_metric *metric = &run->metrics.items.items[i];
		double value;

		lua_newtable(lua);
		for (size_t v = 0; values[v]; v++)
			if (stk_metric_value(metric, values[v], run->metrics.duration_s, &value)) {
				lua_pushnumber(lua, value);
				lua_setfield(lua, -2, values[v]);
			}
		if (metric->selector[0])
			lua_pushfstring(lua, "%s{%s}", metric->name, metric->selector);
		else
			lua_pushstring(lua, metric->name);
		lua_insert(lua, -2);
		lua_settable(lua, -3);
	}
}

static bool push_thresholds(lua_State *lua, const struct stk_run *run)
{
	bool ok = true;

	lua_createtable(lua, (int)run->thresholds.len, 0);
	for (size_t i = 0; i < run->thresholds.len; i++) {
		const struct stk_threshold_result *result = &run->thresholds.items[i];

		lua_newtable(lua);
		lua_pushstring(lua, result->metric);
		lua_setfield(lua, -2, "metric");
		lua_pushstring(lua, result->expr);
		lua_setfield(lua, -2, "expr");
		lua_pushnumber(lua, result->value);
		lua_setfield(lua, -2, "value");
		lua_pushboolean(lua, result->ok);
		lua_setfield(lua, -2, "ok");
		lua_rawseti(lua, -2, (lua_Integer)i + 1);
		ok = ok && result->ok;
	}
	return ok;
}

static void push_load(lua_State *lua, const struct stk_run *run, size_t number)
{
	bool ok;

	push_window(lua, run, number);
	push_metrics(lua, run);
	lua_setfield(lua, -2, "metrics");
	ok = push_thresholds(lua, run);
	lua_setfield(lua, -2, "thresholds");
	lua_pushboolean(lua, ok);
	lua_setfield(lua, -2, "ok");
}

/* Is the value at index the workflow's own load table, which was read with the command line
 * laid over it? */
static bool is_own_load(lua_State *lua, struct stk_flow_call *flow, int index)
{
	bool same;

	if (stk_script_kind(flow->script) != STK_SCRIPT_WORKFLOW)
		return false;
	stk_script_push_result(flow->script, lua);
	lua_getfield(lua, -1, "load");
	same = lua_rawequal(lua, index, -1);
	lua_pop(lua, 2);
	return same;
}

/* The load table at index, or the workflow's own when there is none. */
static void check_load(
	lua_State *lua, struct stk_flow_call *flow, int index, struct stk_load_spec *out)
{
	struct stk_err err = STK_ERR_INIT;

	*out = flow->verbs->workflow->load;
	if (lua_isnoneornil(lua, index) || is_own_load(lua, flow, index))
		return;
	luaL_checktype(lua, index, LUA_TTABLE);
	luaL_where(lua, 1); /* "case.lua:7: ", of which a table's messages write the end */
	struct stk_str where = stk_str_trim(stk_str_of(lua_tostring(lua, -1)));
	if (stk_str_ends(where, ":"))
		where.len--;
	memset(&out->env, 0, sizeof out->env); /* the workflow's, which a script was loaded with */
	int rc = stk_load_spec_read(
		lua, index, stk_arena_str(&flow->arena, where), &flow->arena, out, &err);
	stk_vec_release(&out->env);
	if (rc < 0)
		stk_state_raise(lua, &err);
	lua_pop(lua, 1);
}

static int verb_slices(lua_State *lua)
{
	struct stk_flow_call *flow = check_flow(lua);
	lua_Integer count = luaL_checkinteger(lua, 2);
	struct stk_err err = STK_ERR_INIT;
	int64_t ns;

	luaL_argcheck(lua, count >= 1 && count <= 10000, 2, "a number of slices is wanted");
	if (flow->verbs->slices((int)count, &ns, flow->verbs->ctx, &err) < 0)
		return push_absent_or_raise(lua, &err);
	lua_pushnumber(lua, (double)ns / 1e9);
	return 1;
}

static int verb_window(lua_State *lua)
{
	struct stk_flow_call *flow = check_flow(lua);
	const char *name = luaL_checkstring(lua, 2);
	struct stk_err err = STK_ERR_INIT;
	int64_t ns;
	size_t number;

	if (stk_value_duration(lua, 3, &ns, &err) < 0)
		return stk_state_misuse(lua, "window: %s", err.msg);
	if (flow->verbs->window(name, ns, &number, flow->verbs->ctx, &err) < 0)
		return push_absent_or_raise(lua, &err);
	push_window(lua, flow->verbs->run, number);
	return 1;
}

static int verb_load(lua_State *lua)
{
	struct stk_flow_call *flow = check_flow(lua);
	const char *name = luaL_checkstring(lua, 2);
	struct stk_err err = STK_ERR_INIT;
	struct stk_load_spec spec;
	size_t number;

	check_load(lua, flow, 3, &spec);
	if (flow->verbs->load(name, &spec, &number, flow->verbs->ctx, &err) < 0)
		return push_absent_or_raise(lua, &err);
	push_load(lua, flow->verbs->run, number);
	return 1;
}

/* One side of an abba as a window-like handle: its blocks together. */
static void push_blocks_of(lua_State *lua, const struct stk_run *run, int side)
{
	int64_t start_ns = 0, end_ns = 0, requests = 0;

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];
		if (window->kind != STK_WINDOW_BLOCK || window->side != side)
			continue;
		start_ns = start_ns ? start_ns : window->start_ns;
		end_ns = window->end_ns;
		requests += window->requests;
	}
	lua_createtable(lua, 0, 6);
	lua_pushstring(lua, side_name(side));
	lua_setfield(lua, -2, "side");
	lua_pushstring(lua, side_name(side));
	lua_setfield(lua, -2, "name");
	set_int(lua, "start_ns", start_ns);
	set_int(lua, "end_ns", end_ns);
	set_int(lua, "requests", requests);
}

static int verb_abba(lua_State *lua)
{
	struct stk_flow_call *flow = check_flow(lua);
	struct stk_abba_result result = {0, 0};
	struct stk_err err = STK_ERR_INIT;
	struct stk_load_spec spec;

	check_load(lua, flow, 2, &spec);
	if (flow->verbs->abba(&spec, &result, flow->verbs->ctx, &err) < 0)
		return push_absent_or_raise(lua, &err);
	lua_createtable(lua, 0, 3);
	push_blocks_of(lua, flow->verbs->run, STK_SIDE_BASE);
	lua_setfield(lua, -2, "base");
	push_blocks_of(lua, flow->verbs->run, STK_SIDE_HEAD);
	lua_setfield(lua, -2, "head");
	lua_createtable(lua, (int)result.blocks, 0);
	for (size_t i = 0; i < result.blocks; i++) {
		push_window(lua, flow->verbs->run, result.first_block + i);
		lua_rawseti(lua, -2, (lua_Integer)i + 1);
	}
	lua_setfield(lua, -2, "blocks");
	return 1;
}

/* The one argument of a verb is a table of these keys, one string after the other. */
static void check_keys(lua_State *lua, const char *verb, const char *const *keys)
{
	luaL_checktype(lua, 2, LUA_TTABLE);
	for (lua_pushnil(lua); lua_next(lua, 2); lua_pop(lua, 1)) {
		const char *key = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : NULL;
		const char *const *known = keys;

		while (*known && (!key || strcmp(*known, key) != 0))
			known++;
		if (*known)
			continue;
		const char *near =
			key ? stk_str_nearest(stk_str_of(key), keys, (size_t)(known - keys)) : NULL;
		stk_state_misuse(lua, "%s: unknown key '%s'%s%s%s", verb,
			key ? key : luaL_typename(lua, -2), near ? ", did you mean '" : "",
			near ? near : "", near ? "'?" : "");
	}
}

/* Field `key` of the table at 2: a window handle; absent, or without id: all blocks. */
static size_t check_window(lua_State *lua, const struct stk_flow_call *flow, const char *key)
{
	size_t number = STK_ALL_BLOCKS;

	int type = lua_getfield(lua, 2, key);

	if (type == LUA_TTABLE) {
		if (lua_getfield(lua, -1, "id") == LUA_TNUMBER)
			number = (size_t)lua_tointeger(lua, -1);
		lua_pop(lua, 1);
		if (lua_getfield(lua, -1, "measured_ns") == LUA_TNUMBER)
			number = STK_KEPT_BASE;
		lua_pop(lua, 1);
	} else if (type != LUA_TNIL) {
		stk_state_misuse(
			lua, "'%s': a window is wanted, as load, window or abba gave it", key);
	}
	lua_pop(lua, 1);
	if (number < STK_KEPT_BASE && number >= flow->verbs->run->windows.len)
		stk_state_misuse(lua, "'%s' is no window of this run", key);
	return number;
}

static const char *check_profile(lua_State *lua)
{
	if (lua_getfield(lua, 2, "profile") != LUA_TSTRING)
		stk_state_misuse(
			lua, "profile is missing: a short name such as \"cpu\" or a full type id");
	return lua_tostring(lua, -1);
}

static int verb_compare(lua_State *lua)
{
	static const char *const keys[] = {"profile", "base", "head", NULL};
	struct stk_flow_call *flow = check_flow(lua);
	check_keys(lua, "compare", keys);
	const char *profile = check_profile(lua);
	size_t base = check_window(lua, flow, "base"), head = check_window(lua, flow, "head");
	struct stk_err err = STK_ERR_INIT;
	size_t number;

	if (flow->verbs->compare(profile, base, head, &number, flow->verbs->ctx, &err) < 0)
		return push_absent_or_raise(lua, &err);
	stk_verbs_push_rows(lua, &flow->verbs->run->comparisons.items[number]);
	return 1;
}

static int verb_hotspots(lua_State *lua)
{
	static const char *const keys[] = {"profile", "idle", "load", NULL};
	struct stk_flow_call *flow = check_flow(lua);
	check_keys(lua, "hotspots", keys);
	const char *profile = check_profile(lua);
	size_t idle = check_window(lua, flow, "idle"), load = check_window(lua, flow, "load");
	struct stk_err err = STK_ERR_INIT;
	size_t number;

	if (idle >= STK_KEPT_BASE || load >= STK_KEPT_BASE)
		return stk_state_misuse(lua, "hotspots: 'idle' and 'load' are windows of this run");
	if (flow->verbs->hotspots(profile, idle, load, &number, flow->verbs->ctx, &err) < 0)
		return push_absent_or_raise(lua, &err);
	stk_verbs_push_hotspots(lua, &flow->verbs->run->hotspots.items[number]);
	return 1;
}

/* w:baseline(rev): { revision, why, where, measured_ns }, or nil and the reason. */
static int verb_baseline(lua_State *lua)
{
	struct stk_flow_call *flow = check_flow(lua);
	const char *rev = luaL_optstring(lua, 2, NULL);
	const struct stk_baseline_info *info = &flow->verbs->run->baseline;
	struct stk_err err = STK_ERR_INIT;

	if (flow->verbs->baseline(rev, flow->verbs->ctx, &err) < 0)
		return push_absent_or_raise(lua, &err);
	lua_createtable(lua, 0, 4);
	lua_pushstring(lua, info->revision);
	lua_setfield(lua, -2, "revision");
	lua_pushstring(lua, info->why);
	lua_setfield(lua, -2, "why");
	lua_pushstring(lua, info->where);
	lua_setfield(lua, -2, "where");
	set_int(lua, "measured_ns", info->measured_ns);
	return 1;
}

/* w:save_baseline(window): the revision it is kept under, or nil and the reason. */
static int verb_save_baseline(lua_State *lua)
{
	struct stk_flow_call *flow = check_flow(lua);
	struct stk_err err = STK_ERR_INIT;
	const char *revision = NULL;
	lua_Integer number = -1;

	luaL_checktype(lua, 2, LUA_TTABLE);
	if (lua_getfield(lua, 2, "id") == LUA_TNUMBER)
		number = lua_tointeger(lua, -1);
	if (number < 0 || (size_t)number >= flow->verbs->run->windows.len)
		return stk_state_misuse(lua, "save_baseline: a window is wanted, as load gave it");
	if (flow->verbs->save_baseline((size_t)number, &revision, flow->verbs->ctx, &err) < 0)
		return push_absent_or_raise(lua, &err);
	lua_pushstring(lua, revision);
	return 1;
}

static int check_side(lua_State *lua, int index)
{
	const char *name = lua_type(lua, index) == LUA_TSTRING ? lua_tostring(lua, index) : NULL;

	if (name && strcmp(name, "base") == 0)
		return STK_SIDE_BASE;
	if (name && strcmp(name, "head") == 0)
		return STK_SIDE_HEAD;
	return stk_state_misuse(lua, "a side is \"base\" or \"head\", not %s",
		name ? name : luaL_typename(lua, index));
}

/* labels = { name = text }: only samples that have them all. Lives in the flow's arena. */
static void read_labels(lua_State *lua, struct stk_flow_call *flow, struct stk_pull_query *query)
{
	size_t count = 0;

	if (lua_getfield(lua, 2, "labels") == LUA_TNIL) {
		lua_pop(lua, 1);
		return;
	}
	luaL_checktype(lua, -1, LUA_TTABLE);
	for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1)) {
		if (lua_type(lua, -2) != LUA_TSTRING || lua_type(lua, -1) != LUA_TSTRING)
			stk_state_misuse(lua, "pull: labels are names and texts");
		count++;
	}
	query->labels.items =
		stk_arena_alloc(&flow->arena, (count + 1) * sizeof *query->labels.items);
	for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1))
		query->labels.items[query->labels.len++] =
			(struct stk_pair_text){stk_arena_dup(&flow->arena, lua_tostring(lua, -2)),
				stk_arena_dup(&flow->arena, lua_tostring(lua, -1))};
	lua_pop(lua, 1);
}

static int verb_pull(lua_State *lua)
{
	static const char *const keys[] = {"profile", "window", "side", "labels", NULL};
	struct stk_flow_call *flow = check_flow(lua);
	check_keys(lua, "pull", keys);
	struct stk_pull_query query = {.profile = check_profile(lua)};
	struct stk_err err = STK_ERR_INIT;
	struct stk_pulled *pulled;

	query.window = check_window(lua, flow, "window");
	lua_getfield(lua, 2, "side");
	query.side = lua_isnil(lua, -1) ? STK_SIDE_HEAD : check_side(lua, -1);
	read_labels(lua, flow, &query);
	pulled = stk_verbs_push_pulled(lua);
	if (flow->verbs->pull(&query, pulled, flow->verbs->ctx, &err) < 0)
		return push_absent_or_raise(lua, &err);
	return 1;
}

static int start_or_stop(lua_State *lua, bool start)
{
	struct stk_flow_call *flow = check_flow(lua);
	int side = check_side(lua, 2);
	struct stk_err err = STK_ERR_INIT;
	int rc = start ? flow->verbs->start(side, flow->verbs->ctx, &err)
		       : flow->verbs->stop(side, flow->verbs->ctx, &err);

	if (rc < 0)
		return push_absent_or_raise(lua, &err);
	lua_pushboolean(lua, 1);
	return 1;
}

static int verb_start(lua_State *lua)
{
	return start_or_stop(lua, true);
}

static int verb_stop(lua_State *lua)
{
	return start_or_stop(lua, false);
}

static int verb_note(lua_State *lua)
{
	struct stk_flow_call *flow = check_flow(lua);

	stk_run_note(flow->verbs->run, STK_NOTE_INFO, "%s", luaL_checkstring(lua, 2));
	return 0;
}

static int verb_warn(lua_State *lua)
{
	struct stk_flow_call *flow = check_flow(lua);

	stk_run_note(flow->verbs->run, STK_NOTE_WARN, "%s", luaL_checkstring(lua, 2));
	return 0;
}

static const luaL_Reg verb_methods[] = {
	{"slices", verb_slices},
	{"window", verb_window},
	{"load", verb_load},
	{"abba", verb_abba},
	{"pull", verb_pull},
	{"hotspots", verb_hotspots},
	{"compare", verb_compare},
	{"baseline", verb_baseline},
	{"save_baseline", verb_save_baseline},
	{"start", verb_start},
	{"stop", verb_stop},
	{"note", verb_note},
	{"warn", verb_warn},
	{NULL, NULL},
};

static void push_opts(lua_State *lua, struct stk_flow_call *flow)
{
	const struct stk_load_spec *load = &flow->verbs->workflow->load;

	lua_createtable(lua, 0, 2);
	if (load->idle_ns > 0) {
		lua_pushnumber(lua, (double)load->idle_ns / 1e9);
		lua_setfield(lua, -2, "idle");
	}
	if (stk_script_kind(flow->script) == STK_SCRIPT_WORKFLOW) {
		stk_script_push_result(flow->script, lua);
		lua_getfield(lua, -1, "load");
		lua_remove(lua, -2);
		lua_setfield(lua, -2, "load");
	}
	lua_pushboolean(lua, flow->verbs->workflow->baselines.kind != STK_BASELINES_NONE);
	lua_setfield(lua, -2, "baselines");
}

static void push_flow_object(lua_State *lua, struct stk_flow_call *flow)
{
	const struct stk_workflow *workflow = flow->verbs->workflow;

	lua_newtable(lua);
	push_opts(lua, flow);
	lua_setfield(lua, -2, "opts");
	lua_createtable(lua, (int)workflow->profiles.len, 0);
	for (size_t i = 0; i < workflow->profiles.len; i++) {
		lua_pushstring(lua, workflow->profiles.items[i]);
		lua_rawseti(lua, -2, (lua_Integer)i + 1);
	}
	lua_setfield(lua, -2, "profiles");
	lua_pushstring(lua, stk_mode_name(workflow->mode));
	lua_setfield(lua, -2, "mode");
	lua_pushlightuserdata(lua, flow);
	luaL_setfuncs(lua, verb_methods, 1);
}

/* The function of the flow: the workflow's own, or what the mode's embedded file returns. */
static void push_flow_function(lua_State *lua, struct stk_flow_call *flow)
{
	const struct stk_workflow *workflow = flow->verbs->workflow;
	struct stk_err err = STK_ERR_INIT;
	const struct stk_embedded_file *file;
	const char *path;

	if (workflow->run_fn) {
		lua_rawgeti(lua, LUA_REGISTRYINDEX, workflow->run_fn);
		return;
	}
	path = lua_pushfstring(lua, "lua-lib/stoker/flows/%s.lua", stk_mode_name(workflow->mode));
	for (file = stk_lua_files; file->path && strcmp(file->path, path) != 0; file++)
		;
	if (!file->path)
		luaL_error(lua, "there is no flow for mode '%s'", stk_mode_name(workflow->mode));
	path = lua_pushfstring(lua, "@flows/%s.lua", stk_mode_name(workflow->mode));
	if (stk_state_compile(lua, file->text, file->len, path, &err) < 0)
		stk_state_raise(lua, &err);
	lua_call(lua, 0, 1);
}

static int run_protected(lua_State *lua)
{
	struct stk_flow_call *flow = lua_touserdata(lua, 1);

	push_flow_function(lua, flow);
	push_flow_object(lua, flow);
	lua_call(lua, 1, 0);
	return 0;
}

int stk_verbs_run_flow(
	struct stk_script *script, const struct stk_verbs *verbs, struct stk_err *err)
{
	struct stk_flow_call flow = {script, verbs, STK_ARENA_INIT};
	int rc = stk_state_run(stk_script_state(script), run_protected, &flow, err);

	stk_arena_release(&flow.arena);
	return rc;
}
