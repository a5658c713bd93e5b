/* verbs_result: rows, hotspots and profiles as a flow's Lua sees them. */
#include <lauxlib.h>
#include <lua.h>
#include <math.h>

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
