/* bind_response: an answer as Lua has it. */
#ifndef STK_CORE_SCRIPT_BIND_RESPONSE_H
#define STK_CORE_SCRIPT_BIND_RESPONSE_H

#include <stdbool.h>

#include "core/base/str.h"

struct lua_State;
struct stk_response;

/* Make the types (once per state). */
void stk_response_open(struct lua_State *lua);
/* Push a copy of an answer. body_kept false: body is nil. hide_url: url is ***. */
void stk_response_push(
	struct lua_State *lua, const struct stk_response *response, bool body_kept, bool hide_url);
bool stk_response_at(struct lua_State *lua, int index);

/* Parts of the response at index without a detour over Lua; they raise if it is none. */
int stk_response_status(struct lua_State *lua, int index);
double stk_response_duration(struct lua_State *lua, int index); /* ms */
/* False if it was discarded; valid while the response is. */
bool stk_response_body(struct lua_State *lua, int index, struct stk_str *out);
/* Push a header's value, nil if it is absent; repeated lines are joined by ", ". */
void stk_response_push_header(struct lua_State *lua, int index, struct stk_str name);
/* Push what stands at a pointer (RFC 6901) of the body; or nil, and behind it the reason as text:
 * returns how many values. */
int stk_response_push_json(struct lua_State *lua, int index, struct stk_str pointer);

#endif
