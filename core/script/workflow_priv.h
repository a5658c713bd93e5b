/* workflow_priv: parts of reading a workflow: sides, and a load table on its own. */
#ifndef STK_CORE_SCRIPT_WORKFLOW_PRIV_H
#define STK_CORE_SCRIPT_WORKFLOW_PRIV_H

#include "core/script/workflow.h"

struct lua_State;
struct stk_table;

/* Read the table at index as the key `load` of a workflow is read, over the values that are
 * in *out already. where is "file:line" for messages. */
int stk_load_spec_read(struct lua_State *lua, int index, const char *where, struct stk_arena *arena,
	struct stk_load_spec *out, struct stk_err *err) STK_MUST_CHECK;

/* Rows of a load table (stk_table_read_fn): a list of words, or a command, for a program. */
int stk_load_words_read(struct stk_table *table, const char *key, void *field, void *ctx,
	struct stk_err *err) STK_MUST_CHECK;
int stk_load_command_read(struct stk_table *table, const char *key, void *field, void *ctx,
	struct stk_err *err) STK_MUST_CHECK;
/* What of a load table contradicts itself. */
int stk_load_spec_check(const struct stk_table *table, const struct stk_load_spec *spec,
	struct stk_err *err) STK_MUST_CHECK;

/* Read "cmd" or { "prog", "arg" } into a struct stk_command_spec (stk_table_read_fn). */
int stk_command_spec_read(struct stk_table *table, const char *key, void *field, void *ctx,
	struct stk_err *err) STK_MUST_CHECK;

/* A side with the defaults of the API, and its memory. */
void stk_side_spec_init(struct stk_side_spec *side);
void stk_side_spec_release(struct stk_side_spec *side);
/* Read a side: stoker.service{} or stoker.target{} (a plain table with a url is a target too); to
 * be called by a row of the table that holds it (stk_table_read_fn). */
int stk_side_spec_read(struct stk_table *table, const char *key, void *field, void *ctx,
	struct stk_err *err) STK_MUST_CHECK;

#endif
