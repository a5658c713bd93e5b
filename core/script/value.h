/* value: Lua values as JSON, as copies for another state, and JSON as Lua values. */
#ifndef STK_CORE_SCRIPT_VALUE_H
#define STK_CORE_SCRIPT_VALUE_H

#include <stdbool.h>

#include "core/base/buf.h"

struct lua_State;
struct stk_json;

#define STK_VALUE_DEPTH_MAX 64

/* Append the value at index as JSON: keys sorted, integers as integers, {} an object,
 * stoker.array{} and lists 1 .. n an array, stoker.null null, a secret its text. STK_E_INVAL for
 * NaN, functions, holes, text that is no UTF-8, and what nests deeper than STK_VALUE_DEPTH_MAX (or
 * in a circle); the text names the place: "/items/2: a function". */
int stk_value_to_json(
	struct lua_State *lua, int index, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;
/* The same for people and files: a secret is "***"; indented: in lines. */
int stk_value_to_shown_json(struct lua_State *lua, int index, bool indented, struct stk_buf *out,
	struct stk_err *err) STK_MUST_CHECK;

/* Push a JSON value: objects and arrays as fresh tables (arrays marked as such), null as
 * stoker.null, integers as integers. NULL pushes nil. */
void stk_value_push_json(struct lua_State *lua, struct stk_json *value);

/* Append the value at index in a form that another state reads back by stk_value_push_copy: nil,
 * booleans, numbers, text, secrets, null and tables of these. STK_E_INVAL for anything else. */
int stk_value_copy(
	struct lua_State *lua, int index, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;
/* Push what stk_value_copy wrote, tables as read-only views called name. */
void stk_value_push_copy(struct lua_State *lua, struct stk_str bytes, const char *name);

/* Push what C can walk by lua_next: the table behind a read-only view, rows and parts of files of
 * data as tables of their own, anything else as it is. May raise (memory). */
void stk_value_push_plain(struct lua_State *lua, int index);

/* Push stoker.null; make the metatables behind it and stoker.array (once per state). */
void stk_value_open(struct lua_State *lua);
void stk_value_push_null(struct lua_State *lua);
bool stk_value_is_null(struct lua_State *lua, int index);
bool stk_value_is_array(struct lua_State *lua, int index); /* marked by stoker.array */

#endif
