/* bind_file: what stoker.file gave: bytes that live as long as the script. */
#ifndef STK_CORE_SCRIPT_BIND_FILE_H
#define STK_CORE_SCRIPT_BIND_FILE_H

#include "core/base/str.h"

struct lua_State;

struct stk_file_value {
	struct stk_str bytes;
	struct stk_str name; /* without its folder */
};

/* NULL if the value at index is none. */
const struct stk_file_value *stk_file_value_at(struct lua_State *lua, int index);

#endif
