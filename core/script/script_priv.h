/* script_priv: what the other units of this room may see of a script. */
#ifndef STK_CORE_SCRIPT_SCRIPT_PRIV_H
#define STK_CORE_SCRIPT_SCRIPT_PRIV_H

#include "core/base/secret.h"
#include "core/base/str.h"
#include "core/script/script.h"
#include "core/script/table.h"

struct lua_State;
struct stk_metric_def;
struct stk_plan;
struct stk_faults;
struct stk_shared;
struct stk_state;

/* The state in which the top level ran; flows run here too. */
struct stk_state *stk_script_state(struct stk_script *script);
/* Push the table that the file returned (a load script's or workflow's). */
void stk_script_push_result(struct stk_script *script, struct lua_State *lua);
/* "file:line" of the constructor that made it, or the file. Borrowed from the script. */
const char *stk_script_where(struct stk_script *script);

/* Compile the file in state (once) and run its top level with the table of globals on top of the
 * stack, which is replaced by the table that the file returned. Calls enter through state's
 * protected call; globals_ref is the registry reference of the same table. */
int stk_script_run_file(
	struct stk_script *script, struct stk_state *state, struct stk_err *err) STK_MUST_CHECK;

/* The names of a load script's scenarios, sorted; empty for workflows. */
const struct stk_texts *stk_script_scenarios(const struct stk_script *script);
size_t stk_script_memory_max(const struct stk_script *script);

/* A -e value, NULL if it was not given. */
const char *stk_script_var(const struct stk_script *script, const char *name);
/* A variable of the process, NULL if unset; no judgement about secrets here. */
const char *stk_script_environment(const struct stk_script *script, const char *name);
/* Pass a line on, from any thread. */
void stk_script_say(struct stk_script *script, enum stk_script_talk kind, const char *line);
/* Data read once per process; errors of iterations by place. Both lock for themselves. */
struct stk_shared *stk_script_shared(struct stk_script *script);
struct stk_faults *stk_script_faults(struct stk_script *script);

/* Number of a metric of the script, made if may_make (the first reading of the file), else it must
 * be there: every virtual user makes the same ones. STK_E_INVAL. */
int stk_script_metric(struct stk_script *script, bool may_make, const struct stk_metric_def *def,
	int *id_out, struct stk_err *err) STK_MUST_CHECK;
/* Register all of them with a plan: the numbers are the same. */
int stk_script_add_metrics(
	struct stk_script *script, struct stk_plan *plan, struct stk_err *err) STK_MUST_CHECK;

#endif
