/* exec: the numbers of a load script's functions: setup, teardown, summary, default, scenarios'. */
#ifndef STK_CORE_SCRIPT_EXEC_H
#define STK_CORE_SCRIPT_EXEC_H

#include <stddef.h>

#include "core/base/err.h"

struct lua_State;
struct stk_iteration;
struct stk_script;

/* stk_scenario.exec: default, and then the scenarios of the file in byte order of their names;
 * summary is that of the one iteration that runs it (summary.h). */
enum { STK_EXEC_SUMMARY = -1, STK_EXEC_DEFAULT = 0, STK_EXEC_SCENARIOS = 1 };

/* The number of a scenario's function; -1 if the file has no such scenario. */
int stk_exec_find(const struct stk_script *script, const char *scenario);
/* Places that stk_exec_keep fills. */
size_t stk_exec_count(const struct stk_script *script);
/* The place of the function that an iteration runs. */
size_t stk_exec_number(const struct stk_iteration *iteration);
/* Keep references to the functions of the load table on top of the stack: LUA_NOREF for those that
 * are not there. The table must have the same ones as at the first reading. STK_E_SCRIPT. */
int stk_exec_keep(struct stk_script *script, struct lua_State *lua, int *refs,
	struct stk_err *err) STK_MUST_CHECK;

#endif
