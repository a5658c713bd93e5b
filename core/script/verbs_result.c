/* verbs_result: rows, hotspots and profiles as a flow's Lua sees them. */
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/profile/pprof.h"
#include "core/profile/profile.h"
#include "core/script/verbs_priv.h"

static void set_text(lua_State *lua, const char *key, const char *text)
{
	if (!text)
		return;
	lua_pushstring(lua, text);
	lua_setfield(lua, -2, key);
}

/* NaN, "not computed", is an absent key. */
static void set_number(lua_State *lua, const char *key, double value)
{
	if (isnan(value))
		return;
	lua_pushnumber(lua, value);
	lua_setfield(lua, -2, key);
}

static void set_function(lua_State *lua, const struct stk_function *function)
{
	set_text(lua, "name", function->name);
	set_text(lua, "file", function->file);
	if (function->line > 0)
		set_number(lua, "line", (double)function->line);
}

void stk_verbs_push_rows(lua_State *lua, const struct stk_comparison *comparison)
{
	lua_createtable(lua, (int)comparison->rows.len, 0);
	for (size_t i = 0; i < comparison->rows.len; i++) {
		const struct stk_row *row = &comparison->rows.items[i];

		lua_createtable(lua, 0, 14);
		set_function(lua, &row->function);
		set_text(lua, "partner", row->partner.name);
		set_text(lua, "verdict", stk_verdict_name(row->verdict));
		set_text(lua, "reason", row->reason);
		set_number(lua, "base", row->base_cost);
		set_number(lua, "head", row->head_cost);
		set_number(lua, "change", row->change);
		set_number(lua, "lo", row->lo);
		set_number(lua, "hi", row->hi);
		set_number(lua, "q", row->q);
		set_number(lua, "impact", row->impact);
		set_number(lua, "samples_base", row->n_base);
		set_number(lua, "samples_head", row->n_head);
		lua_rawseti(lua, -2, (lua_Integer)i + 1);
	}
}

void stk_verbs_push_hotspots(lua_State *lua, const struct stk_hotspots *hotspots)
{
	lua_createtable(lua, (int)hotspots->rows.len, 0);
	for (size_t i = 0; i < hotspots->rows.len; i++) {
		const struct stk_hotspot *row = &hotspots->rows.items[i];

		lua_createtable(lua, 0, 9);
		set_function(lua, &row->function);
		set_number(lua, "cost", row->cost);
		set_number(lua, "lo", row->lo);
		set_number(lua, "hi", row->hi);
		set_number(lua, "share", row->share);
		set_number(lua, "background_per_s", row->background_per_s);
		set_number(lua, "samples", row->samples);
		lua_rawseti(lua, -2, (lua_Integer)i + 1);
	}
}

/* --- a pulled profile ----------------------------------------------------------------------- */

#define PULLED "stk.pulled"

static struct stk_pulled *check_pulled(lua_State *lua)
{
	return luaL_checkudata(lua, 1, PULLED);
}

struct ranked {
	uint32_t function;
	int64_t self, total;
};

static int by_self(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->self != y->self)
		return x->self < y->self ? 1 : -1;
	return (x->function > y->function) - (x->function < y->function);
}

/* Functions by their own cost, dearest first. The caller frees. */
static struct ranked *rank(const struct stk_profile *profile)
{
	struct stk_function_sum *sums = stk_profile_sums(profile, 0);
	struct ranked *ranked = stk_xcalloc(profile->functions.len + 1, sizeof *ranked);

	for (size_t i = 0; i < profile->functions.len; i++)
		ranked[i] = (struct ranked){(uint32_t)i, sums[i].self, sums[i].total};
	if (profile->functions.len > 1)
		qsort(ranked, profile->functions.len, sizeof *ranked, by_self);
	free(sums);
	return ranked;
}

static void push_text(lua_State *lua, struct stk_str text, const char *key)
{
	lua_pushlstring(lua, text.ptr ? text.ptr : "", text.len);
	lua_setfield(lua, -2, key);
}

/* p:top(n): a list of { name, file, self, total }. */
static int pulled_top(lua_State *lua)
{
	const struct stk_pulled *pulled = check_pulled(lua);
	lua_Integer count = luaL_optinteger(lua, 2, 10);
	const struct stk_profile *profile = pulled->profile;
	/* owned by Lua, because pushing may raise */
	struct ranked **held = lua_newuserdatauv(lua, sizeof *held, 0);
	size_t len = profile->functions.len;

	luaL_argcheck(lua, count >= 1, 2, "a number of functions is wanted");
	lua_createtable(lua, (int)(count < 1000 ? count : 1000), 0);
	*held = rank(profile);
	for (size_t i = 0; i < len && i < (size_t)count; i++) {
		const struct ranked *at = &(*held)[i];
		const struct stk_profile_function *function =
			&profile->functions.items[at->function];

		lua_createtable(lua, 0, 4);
		push_text(lua, stk_profile_string(profile, function->name), "name");
		push_text(lua, stk_profile_string(profile, function->file), "file");
		lua_pushinteger(lua, (lua_Integer)at->self);
		lua_setfield(lua, -2, "self");
		lua_pushinteger(lua, (lua_Integer)at->total);
		lua_setfield(lua, -2, "total");
		lua_rawseti(lua, -2, (lua_Integer)i + 1);
	}
	free(*held);
	return 1;
}

/* p:save(path): as gzip'd pprof; true, or nil and the reason. */
static int pulled_save(lua_State *lua)
{
	const struct stk_pulled *pulled = check_pulled(lua);
	const char *path = luaL_checkstring(lua, 2);
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	int rc = stk_pprof_encode_gzip(pulled->profile, &bytes, &err);

	if (rc == 0)
		rc = stk_fs_write(path, stk_buf_str(&bytes), &err);
	stk_buf_release(&bytes);
	if (rc == 0) {
		lua_pushboolean(lua, 1);
		return 1;
	}
	lua_pushnil(lua);
	lua_pushstring(lua, err.msg);
	return 2;
}

static int pulled_index(lua_State *lua)
{
	const struct stk_pulled *pulled = check_pulled(lua);
	const char *key = luaL_checkstring(lua, 2);

	if (strcmp(key, "total") == 0)
		lua_pushinteger(lua, (lua_Integer)pulled->total);
	else if (strcmp(key, "samples") == 0)
		lua_pushinteger(lua, (lua_Integer)pulled->samples);
	else if (strcmp(key, "slices") == 0)
		lua_pushinteger(lua, pulled->slices);
	else if (strcmp(key, "top") == 0)
		lua_pushcfunction(lua, pulled_top);
	else if (strcmp(key, "save") == 0)
		lua_pushcfunction(lua, pulled_save);
	else
		return luaL_error(lua,
			"a profile has no '%s': total, samples, slices, :top(n), :save(path)", key);
	return 1;
}

static int pulled_free(lua_State *lua)
{
	struct stk_pulled *pulled = check_pulled(lua);

	stk_profile_free(pulled->profile);
	pulled->profile = NULL;
	return 0;
}

struct stk_pulled *stk_verbs_push_pulled(lua_State *lua)
{
	struct stk_pulled *pulled = lua_newuserdatauv(lua, sizeof *pulled, 0);

	*pulled = (struct stk_pulled){.profile = NULL};
	if (luaL_newmetatable(lua, PULLED)) {
		lua_pushcfunction(lua, pulled_index);
		lua_setfield(lua, -2, "__index");
		lua_pushcfunction(lua, pulled_free);
		lua_setfield(lua, -2, "__gc");
	}
	lua_setmetatable(lua, -2);
	return pulled;
}
