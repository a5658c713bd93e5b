/* workflow_priv: reading a load table on its own, for the verbs that take one. */
#ifndef STK_CORE_SCRIPT_WORKFLOW_PRIV_H
#define STK_CORE_SCRIPT_WORKFLOW_PRIV_H

#include "core/script/workflow.h"

struct lua_State;

/* Read the table at index as the key `load` of a workflow is read, over the values that are
 * in *out already. where is "file:line" for messages. */
int stk_load_spec_read(struct lua_State *lua, int index, const char *where, struct stk_arena *arena,
	struct stk_load_spec *out, struct stk_err *err) STK_MUST_CHECK;

#endif
