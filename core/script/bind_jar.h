/* bind_jar: cookie jars as a script holds them, for the requests that name one. */
#ifndef STK_CORE_SCRIPT_BIND_JAR_H
#define STK_CORE_SCRIPT_BIND_JAR_H

struct lua_State;
struct stk_cookies;

/* Put cookie_jar and new_cookie_jar into the table on top of the stack. May raise. */
void stk_jar_open(struct lua_State *lua);
/* The cookies of the jar at index, for the virtual user that runs (raises if none does); NULL: it
 * is no jar. Valid as long as the value is, and within one iteration. */
struct stk_cookies *stk_jar_at(struct lua_State *lua, int index);

#endif
