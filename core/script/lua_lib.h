/* lua_lib: the Lua files that are part of the program (generated table). */
#ifndef STK_CORE_SCRIPT_LUA_LIB_H
#define STK_CORE_SCRIPT_LUA_LIB_H

#include <stddef.h>

/* path is as in the repository, "lua-lib/stoker/flows/idle.lua"; text is NUL-terminated. */
struct stk_lua_file {
	const char *path;
	const char *text;
	size_t len;
};

/* Sorted by path; ends with a NULL path. */
extern const struct stk_lua_file stk_lua_files[];

#endif
