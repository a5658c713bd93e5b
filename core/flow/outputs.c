/* outputs: a feed for all engines of a run, and the plans that its samples speak of. */
#include "core/flow/outputs.h"

#include <stdlib.h>

#include "core/load/plan.h"

static int refuse_program(struct stk_err *err)
{
	stk_err_set(
		err, STK_E_INVAL, "outputs are for load scripts in Lua, not for another program");
	stk_err_hint(err, "k6 sends its own: load = { k6 = \"shop.js\", args = { \"--out\", … } }");
	return STK_E_INVAL;
}

int stk_outputs_start(struct stk_session *session, struct stk_err *err)
{
	const struct stk_workflow *workflow = session->workflow;

	if (workflow->out.len == 0 || session->opts->aa_dir)
		return 0;
	if (stk_load_is_program(&workflow->load))
		return refuse_program(err);
	return stk_outlets_start(
		&session->outlets, workflow->out.items, workflow->out.len, session->env, err);
}

static void free_plan(struct stk_plan *plan)
{
	stk_plan_release(plan);
	free(plan);
}

void stk_outputs_stop(struct stk_session *session)
{
	struct stk_buf said = STK_BUF_EMPTY;
	struct stk_str rest, line;

	stk_outlets_stop(&session->outlets, &said);
	stk_outlets_release(&session->outlets);
	rest = stk_buf_str(&said);
	while (rest.len > 0 && stk_str_cut(&rest, '\n', &line))
		if (line.len > 0)
			stk_session_warn(session, "%.*s", STK_STR_ARG(line));
	stk_buf_release(&said);
	for (size_t i = 0; i < session->sent_plans.len; i++)
		free_plan(session->sent_plans.items[i]);
	stk_vec_release(&session->sent_plans);
}

void stk_outputs_keep_plan(struct stk_session *session, struct stk_plan *plan_take)
{
	if (!plan_take)
		return;
	if (session->outlets.tap)
		stk_vec_push(&session->sent_plans, plan_take);
	else
		free_plan(plan_take);
}
