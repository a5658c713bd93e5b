/* bind_response: an answer as Lua has it. */
#ifndef STK_CORE_SCRIPT_BIND_RESPONSE_H
#define STK_CORE_SCRIPT_BIND_RESPONSE_H

#include <stdbool.h>

#include "core/base/str.h"

struct lua_State;
struct stk_response;
struct stk_response_value; /* what Lua holds of an answer */

/* Make the types (once per state). */
void stk_response_open(struct lua_State *lua);
/* Push a copy of an answer. body_kept false: body is nil. hide_url: url is ***. */
void stk_response_push(
	struct lua_State *lua, const struct stk_response *response, bool body_kept, bool hide_url);
/* The one at index, valid while it is there; NULL if that is none. */
const struct stk_response_value *stk_response_at(struct lua_State *lua, int index);

/* Parts without a detour over Lua. */
int stk_response_status(const struct stk_response_value *value);
double stk_response_duration(const struct stk_response_value *value); /* ms */
/* Those of the response at index raise if it is none. */
/* False if it was discarded; valid while the response is. */
bool stk_response_body(struct lua_State *lua, int index, struct stk_str *out);
/* Push a header's value, nil if it is absent; repeated lines are joined by ", ". */
void stk_response_push_header(struct lua_State *lua, int index, struct stk_str name);
/* Push what stands at a pointer (RFC 6901) of the body; or nil, and behind it the reason as text:
 * returns how many values. */
int stk_response_push_json(struct lua_State *lua, int index, struct stk_str pointer);

#endif
