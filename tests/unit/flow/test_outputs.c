/* test_outputs: which runs have outputs, and how long their plans stay. */
#include "core/flow/outputs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/load/plan.h"

struct fixture {
	struct stk_env env;
	struct stk_workflow workflow;
	struct stk_flow_opts opts;
	struct stk_run run;
	struct stk_session session;
	FILE *out;
};

static int set_up(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof f);
	f.out = tmpfile();
	f.env = (struct stk_env){.out = f.out, .clock = stk_clock_system()};
	stk_run_init(&f.run);
	stk_workflow_init(&f.workflow);
	stk_vec_push(&f.workflow.out, "json=-");
	f.opts.workflow = &f.workflow;
	f.session = (struct stk_session){
		.opts = &f.opts, .env = &f.env, .workflow = &f.workflow, .run = &f.run};
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stk_outputs_stop(&f->session);
	stk_workflow_release(&f->workflow);
	stk_run_release(&f->run);
	fclose(f->out);
	return 0;
}

static struct stk_plan *new_plan(void)
{
	struct stk_plan *plan = stk_xcalloc(1, sizeof *plan);

	stk_plan_init(plan);
	return plan;
}

static void outputs_start__opens_what_the_workflow_says(void **state)
{
	struct fixture *f = *state;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_outputs_start(&f->session, &err), 0);
	assert_non_null(f->session.outlets.tap);
	stk_outputs_keep_plan(&f->session, new_plan());
	stk_outputs_keep_plan(&f->session, NULL);
	assert_int_equal(f->session.sent_plans.len, 1);
	stk_outputs_stop(&f->session);
	assert_null(f->session.outlets.tap);
	assert_int_equal(f->session.sent_plans.len, 0);
	assert_int_equal(f->run.notes.len, 0);
}

static void outputs_start__an_aa_run_has_none(void **state)
{
	struct fixture *f = *state;
	struct stk_err err = STK_ERR_INIT;

	f->opts.aa_dir = "somewhere";
	assert_int_equal(stk_outputs_start(&f->session, &err), 0);
	assert_null(f->session.outlets.tap);
	stk_outputs_keep_plan(&f->session, new_plan()); /* gone at once */
	assert_int_equal(f->session.sent_plans.len, 0);
}

static void outputs_start__another_program_sends_its_own(void **state)
{
	struct fixture *f = *state;
	struct stk_err err = STK_ERR_INIT;

	f->workflow.load.program.k6 = "shop.js";
	assert_int_equal(stk_outputs_start(&f->session, &err), STK_E_INVAL);
	assert_non_null(strstr(err.hint, "--out"));
	f->workflow.load.program.k6 = NULL;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(outputs_start__opens_what_the_workflow_says),
		CASE(outputs_start__an_aa_run_has_none),
		CASE(outputs_start__another_program_sends_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
