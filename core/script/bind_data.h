/* bind_data: what stoker.data gave, for C that must read the whole of it. */
#ifndef STK_CORE_SCRIPT_BIND_DATA_H
#define STK_CORE_SCRIPT_BIND_DATA_H

#include <stdbool.h>

struct lua_State;

/* The value at index is rows, a row or a part of a JSON file. */
bool stk_data_at(struct lua_State *lua, int index);
/* Push rows, a row or a part of a JSON file as tables of their own, lists as stoker.array; false
 * (and nothing pushed) if the value at index is none of them. May raise (memory). */
bool stk_data_push_plain(struct lua_State *lua, int index);

#endif
