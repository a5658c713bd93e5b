/* lua_lib: the Lua files that are part of the program (generated table). */
#ifndef STK_CORE_SCRIPT_LUA_LIB_H
#define STK_CORE_SCRIPT_LUA_LIB_H

#include "core/base/embed.h"

extern const struct stk_embedded_file stk_lua_files[];

#endif
