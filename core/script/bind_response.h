/* bind_response: an answer as Lua has it. */
#ifndef STK_CORE_SCRIPT_BIND_RESPONSE_H
#define STK_CORE_SCRIPT_BIND_RESPONSE_H

#include <stdbool.h>

struct lua_State;
struct stk_response;

/* Make the types (once per state). */
void stk_response_open(struct lua_State *lua);
/* Push a copy of an answer. body_kept false: body is nil. hide_url: url is ***. */
void stk_response_push(
	struct lua_State *lua, const struct stk_response *response, bool body_kept, bool hide_url);
/* timings.duration in ms without making the table of timings; raises if it is no response. */
double stk_response_duration(struct lua_State *lua, int index);
bool stk_response_at(struct lua_State *lua, int index);

#endif
