/* bind_names: where bindings keep things in Lua's registry. */
#ifndef STK_CORE_SCRIPT_BIND_NAMES_H
#define STK_CORE_SCRIPT_BIND_NAMES_H

#define STK_OWN_LOADED  "stk.loaded"      /* our modules by name, one for all */
#define STK_USER_LOADED "stk.user_loaded" /* globals -> the user's modules by name, weak keys */
#define STK_USER_CHUNKS "stk.user_chunks" /* path -> compiled module */
#define STK_ARRAY       "stk.array"       /* metatable of tables that are JSON arrays */
#define STK_NULL        "stk.null"        /* stoker.null */

#endif
