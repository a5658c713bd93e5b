/* bind_check: stoker.check: expectations of a response (or any value), counted by name. In C, for
 * they are judged with every request. */
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/script/bind.h"
#include "core/script/bind_response.h"
#include "core/script/faults.h"
#include "core/script/keys.h"
#include "core/script/sandbox.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/value.h"
#include "core/script/vu_lua.h"

#define NAMES_MAX 1000 /* names with numbers in them that are kept */

/* In the order in which they are judged; the list part comes last. */
enum part { PART_STATUS, PART_MAX_MS, PART_CONTAINS, PART_JSON, PART_HEADER, PARTS };
static const struct stk_str parts[PARTS] = {[PART_STATUS] = {"status", 6},
	[PART_MAX_MS] = {"max_ms", 6},
	[PART_CONTAINS] = {"contains", 8},
	[PART_JSON] = {"json", 4},
	[PART_HEADER] = {"header", 6}};

/* The stack of a check: arguments, the handler of errors, then what is wanted of each part. */
enum { AT_VALUE = 1, AT_SPEC, AT_TAGS, AT_HANDLER, AT_WANT, AT_KEYS = AT_WANT + PARTS };
/* Upvalues: names made before by number, and how many. */
enum { UP_STATUS = 1, UP_MAX_MS, UP_MADE, UP_HANDLER };

/* A check under way; what a wait must not lose of it stands in context_of. */
struct check {
	lua_State *lua;
	const struct stk_response_value *response; /* NULL: another value */
	bool all_held;
};

static void misuse(lua_State *lua, const char *text)
{
	(void)stk_state_misuse(lua, "check: %s", text);
}

/* --- counting --------------------------------------------------------------------- */

static void count(struct check *check, struct stk_str name, bool held)
{
	lua_State *lua = check->lua;
	struct stk_vu_lua *vu = stk_vu_lua_running(lua, "check");

	check->all_held &= held;
	if (lua_isnil(lua, AT_TAGS)) {
		stk_vu_check(vu->vu, name, held, NULL, 0);
		return;
	}
	struct stk_tag tags[STK_TAGS_MAX];
	int top = lua_gettop(lua);
	size_t len = stk_tags_at(lua, AT_TAGS, "check", tags);
	stk_vu_check(vu->vu, name, held, tags, len);
	lua_settop(lua, top);
}

/* Count under the name on top of the stack, which the script had a part in. */
static void count_top(struct check *check, bool held)
{
	struct stk_str name = stk_text_at(check->lua, -1);

	if (stk_str_find_byte(name, ':') >= 0 && stk_str_contains(name, STK_STR("::")))
		(void)stk_state_misuse(check->lua,
			"check: '::' separates groups and cannot be in the name '%s'", name.ptr);
	count(check, name, held);
}

/* Push head, the value at index as text, and tail. The same expectations come again with every
 * iteration, so names of plain values are kept in the table of an upvalue. */
static void push_numbered(lua_State *lua, int kept, const char *head, int index, const char *tail)
{
	lua_pushvalue(lua, index);
	if (lua_rawget(lua, lua_upvalueindex(kept)) == LUA_TSTRING)
		return;
	lua_pop(lua, 1);
	luaL_tolstring(lua, index, NULL);
	lua_pushfstring(lua, "%s%s%s", head, lua_tostring(lua, -1), tail);
	lua_remove(lua, -2);
	lua_Integer made = lua_tointeger(lua, lua_upvalueindex(UP_MADE));
	if (made >= NAMES_MAX ||
		(lua_type(lua, index) != LUA_TSTRING && !lua_isinteger(lua, index)))
		return;
	lua_pushvalue(lua, index);
	lua_pushvalue(lua, -2);
	lua_rawset(lua, lua_upvalueindex(kept));
	lua_pushinteger(lua, made + 1);
	lua_replace(lua, lua_upvalueindex(UP_MADE));
}

/* Push "json /a is " and the value at index as text: what a name may show, a secret may not. */
static void push_wanted(lua_State *lua, const char *kind, const char *key, int index)
{
	if (lua_isuserdata(lua, index) && !stk_value_is_null(lua, index))
		(void)stk_state_misuse(
			lua, "check: %s %s is a secret or no plain value", kind, key);
	luaL_tolstring(lua, index, NULL);
	lua_pushfstring(lua, "%s %s is %s", kind, key, lua_tostring(lua, -1));
	lua_remove(lua, -2);
}

/* --- status, max_ms, contains ------------------------------------------------------ */

static bool status_held(const struct check *check, int index)
{
	int status = stk_response_status(check->response);

	if (lua_type(check->lua, index) == LUA_TNUMBER)
		return lua_tonumber(check->lua, index) == status;
	struct stk_str text = stk_text_at(check->lua, index);
	if (text.len == 3 && text.ptr[0] >= '1' && text.ptr[0] <= '5' && text.ptr[1] == 'x' &&
		text.ptr[2] == 'x')
		return status / 100 == text.ptr[0] - '0';
	misuse(check->lua, "status is a number, \"2xx\" or a list of these");
	return false;
}

/* { 200, 404 } */
static void judge_status_list(struct check *check, int list)
{
	lua_State *lua = check->lua;
	lua_Integer len = (lua_Integer)lua_rawlen(lua, list);
	bool held = false;
	luaL_Buffer name;

	for (lua_Integer i = 1; i <= len; i++) {
		lua_rawgeti(lua, list, i);
		held = status_held(check, lua_gettop(lua)) || held;
		lua_pop(lua, 1);
	}
	luaL_buffinit(lua, &name);
	luaL_addstring(&name, "status is ");
	for (lua_Integer i = 1; i <= len; i++) {
		if (i > 1)
			luaL_addstring(&name, " or ");
		lua_rawgeti(lua, list, i);
		luaL_addvalue(&name);
	}
	luaL_pushresult(&name);
	count_top(check, held);
	lua_pop(lua, 1);
}

static void judge_status(struct check *check, int want)
{
	if (lua_istable(check->lua, want)) {
		judge_status_list(check, want);
		return;
	}
	bool held = status_held(check, want);
	push_numbered(check->lua, UP_STATUS, "status is ", want, "");
	count(check, stk_text_at(check->lua, -1), held);
	lua_pop(check->lua, 1);
}

static void judge_max_ms(struct check *check, int want)
{
	if (lua_type(check->lua, want) != LUA_TNUMBER)
		misuse(check->lua, "max_ms is a number of milliseconds");
	bool held = stk_response_status(check->response) != 0 &&
		    stk_response_duration(check->response) < lua_tonumber(check->lua, want);
	push_numbered(check->lua, UP_MAX_MS, "under ", want, " ms");
	count(check, stk_text_at(check->lua, -1), held);
	lua_pop(check->lua, 1);
}

static void judge_one_text(struct check *check, int index)
{
	lua_State *lua = check->lua;
	struct stk_str text = stk_text_at(lua, index), body;

	if (!text.ptr)
		misuse(lua, "contains is text or a list of texts");
	bool held = stk_response_body(lua, AT_VALUE, &body) && stk_str_contains(body, text);
	lua_pushfstring(lua, "contains %s", text.ptr);
	count_top(check, held);
	lua_pop(lua, 1);
}

static void judge_contains(struct check *check, int want)
{
	lua_State *lua = check->lua;

	if (!lua_istable(lua, want)) {
		judge_one_text(check, want);
		return;
	}
	for (lua_Integer i = 1; lua_rawgeti(lua, want, i) != LUA_TNIL; i++) {
		judge_one_text(check, lua_gettop(lua));
		lua_pop(lua, 1);
	}
	lua_pop(lua, 1);
}

/* --- json, header ------------------------------------------------------------------ */

/* The text keys of the table at index, sorted, as a list at AT_KEYS; returns how many. */
static lua_Integer list_keys(lua_State *lua, int index, bool only_text, const char *what)
{
	size_t len = 0;

	lua_pushnil(lua);
	for (; lua_next(lua, index); lua_pop(lua, 1)) {
		if (lua_type(lua, -2) == LUA_TSTRING)
			len++;
		else if (only_text)
			(void)stk_state_misuse(lua, "check: %s takes a table with text keys", what);
	}
	const char **keys = lua_newuserdatauv(lua, (len + 1) * sizeof *keys, 0);
	len = 0;
	lua_pushnil(lua);
	for (; lua_next(lua, index); lua_pop(lua, 1))
		if (lua_type(lua, -2) == LUA_TSTRING)
			keys[len++] = lua_tostring(lua, -2);
	stk_keys_sort(keys, len);
	lua_createtable(lua, (int)len, 0);
	for (size_t i = 0; i < len; i++) {
		lua_pushstring(lua, keys[i]);
		lua_rawseti(lua, -2, (lua_Integer)i + 1);
	}
	lua_replace(lua, AT_KEYS);
	lua_pop(lua, 1);
	return (lua_Integer)len;
}

static void judge_header_names(struct check *check, int want)
{
	lua_State *lua = check->lua;

	for (lua_Integer i = 1; lua_rawgeti(lua, want, i) != LUA_TNIL; i++) {
		struct stk_str name = stk_text_at(lua, -1);
		if (!name.ptr)
			misuse(lua, "header names are text");
		stk_response_push_header(lua, AT_VALUE, name);
		lua_pushfstring(lua, "header %s", name.ptr);
		count_top(check, !lua_isnil(lua, -2));
		lua_pop(lua, 3);
	}
	lua_pop(lua, 1);
}

static void judge_header(struct check *check, int want)
{
	lua_State *lua = check->lua;

	if (lua_type(lua, want) == LUA_TSTRING) {
		lua_createtable(lua, 1, 0);
		lua_pushvalue(lua, want);
		lua_rawseti(lua, -2, 1);
		lua_replace(lua, want);
	}
	if (!lua_istable(lua, want))
		misuse(lua, "header is a name, a list of names, or { name = value }");
	judge_header_names(check, want);
	lua_Integer len = list_keys(lua, want, false, "header");
	for (lua_Integer i = 1; i <= len; i++) {
		lua_rawgeti(lua, AT_KEYS, i);
		struct stk_str name = stk_text_at(lua, -1);
		stk_response_push_header(lua, AT_VALUE, name);
		lua_pushvalue(lua, -2);
		lua_rawget(lua, want);
		bool held = lua_compare(lua, -1, -2, LUA_OPEQ) != 0;
		push_wanted(lua, "header", name.ptr, lua_gettop(lua));
		count_top(check, held);
		lua_pop(lua, 4);
	}
}

/* --- parts that call functions ------------------------------------------------------ */

/* Where to go on when a function waited for something: part, place in its list, all held so far. */
static lua_KContext context_of(const struct check *check, int part, lua_Integer at)
{
	return ((lua_KContext)at * (PARTS + 1) + part) * 2 + check->all_held;
}

static int go_on(lua_State *lua, int status, lua_KContext ctx);

/* Call the function below its argument; its result, or an error, is on top afterwards. True: it
 * held. */
static bool call(const struct check *check, int part, lua_Integer at)
{
	return lua_pcallk(check->lua, 1, 1, AT_HANDLER, context_of(check, part, at), go_on) ==
		       LUA_OK &&
	       lua_toboolean(check->lua, -1);
}

/* Stack: key, result. */
static void json_called(struct check *check, bool held)
{
	lua_pushfstring(check->lua, "json %s", lua_tostring(check->lua, -2));
	count_top(check, held);
	lua_pop(check->lua, 3);
}

static void judge_json_from(struct check *check, lua_Integer at)
{
	const int want = AT_WANT + PART_JSON;
	lua_State *lua = check->lua;
	lua_Integer len = (lua_Integer)lua_rawlen(lua, AT_KEYS);

	for (; at <= len; at++) {
		lua_rawgeti(lua, AT_KEYS, at);
		int key = lua_gettop(lua);
		lua_pushvalue(lua, key);
		lua_rawget(lua, want);
		(void)stk_response_push_json(lua, AT_VALUE, stk_text_at(lua, key));
		lua_settop(lua, key + 2);
		if (lua_isfunction(lua, key + 1)) {
			json_called(check, call(check, PART_JSON, at));
			continue;
		}
		bool held = lua_compare(lua, key + 1, key + 2, LUA_OPEQ) != 0;
		push_wanted(lua, "json", lua_tostring(lua, key), key + 1);
		count_top(check, held);
		lua_settop(lua, key - 1);
	}
}

static void judge_json(struct check *check, int want)
{
	if (!lua_istable(check->lua, want))
		misuse(check->lua, "json is a table: { [\"/state\"] = \"new\" }");
	list_keys(check->lua, want, true, "json");
	judge_json_from(check, 1);
}

/* Stack: item, name, result. */
static void item_called(struct check *check, bool held)
{
	lua_settop(check->lua, -2);
	count_top(check, held);
	lua_settop(check->lua, -3);
}

/* The list part: { "name", function(value) ... end } each. */
static void judge_items_from(struct check *check, lua_Integer at)
{
	lua_State *lua = check->lua;
	lua_Integer len = (lua_Integer)lua_rawlen(lua, AT_SPEC);

	for (; at <= len; at++) {
		lua_rawgeti(lua, AT_SPEC, at);
		stk_sandbox_see_behind(lua, -1);
		if (!lua_istable(lua, -1) || lua_rawgeti(lua, -1, 1) != LUA_TSTRING ||
			lua_rawgeti(lua, -2, 2) != LUA_TFUNCTION)
			misuse(lua, "list items are { \"name\", function(value) ... end }");
		lua_pushvalue(lua, AT_VALUE);
		item_called(check, call(check, PARTS, at));
	}
}

typedef void (*judge_fn)(struct check *check, int want);
static const judge_fn judges[PARTS] = {[PART_STATUS] = judge_status,
	[PART_MAX_MS] = judge_max_ms,
	[PART_CONTAINS] = judge_contains,
	[PART_JSON] = judge_json,
	[PART_HEADER] = judge_header};

static void judge_from(struct check *check, int part)
{
	for (; part < PARTS; part++)
		if (!lua_isnil(check->lua, AT_WANT + part))
			judges[part](check, AT_WANT + part);
	judge_items_from(check, 1);
}

static int go_on(lua_State *lua, int status, lua_KContext ctx)
{
	struct check check = {lua, stk_response_at(lua, AT_VALUE), ctx % 2 != 0};
	int part = (int)(ctx / 2 % (PARTS + 1));
	lua_Integer next = ctx / 2 / (PARTS + 1) + 1;
	bool held = (status == LUA_OK || status == LUA_YIELD) && lua_toboolean(lua, -1);

	if (part == PART_JSON) {
		json_called(&check, held);
		judge_json_from(&check, next);
		judge_from(&check, PART_JSON + 1);
	} else {
		item_called(&check, held);
		judge_items_from(&check, next);
	}
	lua_pushboolean(lua, check.all_held);
	return 1;
}

/* --- the function ------------------------------------------------------------------ */

static void refuse_key(lua_State *lua, struct stk_str key)
{
	const char *names[PARTS];

	for (int i = 0; i < PARTS; i++)
		names[i] = parts[i].ptr;
	const char *near = stk_str_nearest(key, names, PARTS);
	if (near)
		(void)stk_state_misuse(
			lua, "check: unknown key '%s', did you mean '%s'?", key.ptr, near);
	(void)stk_state_misuse(lua,
		"check: unknown key '%s'; known: status, max_ms, contains, json, header, and a "
		"list of { \"name\", function }",
		key.ptr);
}

static int part_of(struct stk_str key)
{
	for (int i = 0; i < PARTS; i++)
		if (stk_str_eq(key, parts[i]))
			return i;
	return -1;
}

static void refuse_value(lua_State *lua, struct stk_str key)
{
	(void)stk_state_misuse(lua,
		"check: %s needs a response; for other values give functions: "
		"{ \"name\", function(v) ... end }",
		key.ptr);
}

/* Put what is wanted of each part into its place; tables without what makes them read-only. */
static void place_parts(const struct check *check)
{
	lua_State *lua = check->lua;

	lua_pushnil(lua);
	while (lua_next(lua, AT_SPEC)) {
		struct stk_str key = stk_text_at(lua, -2);
		int part = key.ptr ? part_of(key) : -1;
		if (!key.ptr && !lua_isinteger(lua, -2))
			misuse(lua, "has a key that is neither text nor 1, 2, 3 ...");
		if (key.ptr && part < 0)
			refuse_key(lua, key);
		if (key.ptr && !check->response)
			refuse_value(lua, key);
		if (part < 0) {
			lua_pop(lua, 1);
			continue;
		}
		stk_sandbox_see_behind(lua, -1);
		lua_replace(lua, AT_WANT + part);
	}
}

/* check(value, spec, tags) -> whether all held */
static int check_value(lua_State *lua)
{
	struct check check = {lua, stk_response_at(lua, AT_VALUE), true};

	if (!lua_istable(lua, AT_SPEC))
		misuse(lua, "takes a value and a table of expectations");
	if (!lua_isnoneornil(lua, AT_TAGS) && !lua_istable(lua, AT_TAGS))
		misuse(lua, "tags are a table");
	lua_settop(lua, AT_TAGS);
	stk_sandbox_see_behind(lua, AT_SPEC);
	lua_pushvalue(lua, lua_upvalueindex(UP_HANDLER));
	lua_settop(lua, AT_KEYS);
	place_parts(&check);
	judge_from(&check, 0);
	lua_pushboolean(lua, check.all_held);
	return 1;
}

/* The handler of a check's function: show its error once per place. */
static int show_error(lua_State *lua)
{
	struct stk_script *script = stk_state_script(stk_state_of(lua));
	const char *text = luaL_tolstring(lua, 1, NULL);

	if (script && stk_faults_add(stk_script_faults(script), text)) {
		lua_pushfstring(lua, "check: %s", text);
		stk_script_say(script, STK_TALK_ERROR, lua_tostring(lua, -1));
	}
	return 1;
}

int luaopen_stk_check(lua_State *lua)
{
	lua_newtable(lua);
	lua_newtable(lua);
	lua_newtable(lua);
	lua_pushinteger(lua, 0);
	lua_pushcfunction(lua, show_error);
	lua_pushcclosure(lua, check_value, UP_HANDLER);
	lua_setfield(lua, -2, "check");
	return 1;
}
