/* script_run: a load script driven by the real engine against the shop, for tests. */
#ifndef STK_TESTS_SUPPORT_SCRIPT_RUN_H
#define STK_TESTS_SUPPORT_SCRIPT_RUN_H

#include "core/load/engine.h"
#include "core/script/plan.h"
#include "tests/support/lua_case.h"
#include "tests/support/shop_server.h"

struct script_run {
	struct lua_case lc;
	struct shop_server *shop;
	struct stk_plan plan;
	struct stk_plan_changes changes;
	struct stk_load_result result;
	struct stk_err err; /* of the plan or the start */
	size_t lua_bytes, lua_vus;
	int workers; /* 0: by the machine */
};

void script_run_init(struct script_run *run);
void script_run_release(struct script_run *run);
/* The same for cmocka: *state is a struct script_run. */
int script_run_setup(void **state);
int script_run_teardown(void **state);
/* Run a script to its end; BASE_URL is the shop. Text, not a path. 0, or the error of load, plan
 * or start, whose text is in run->lc.err. */
int script_run_text(struct script_run *run, const char *text);
/* The same for the body of one iteration: "default" of a script that requires stoker as a local
 * and has locals http, check, group, sleep. */
int script_run_body(struct script_run *run, const char *body);
/* One iteration of body ends without an error, and prints want. */
void script_run_expect_talk(struct script_run *run, const char *body, const char *want);
/* One iteration of body (line 3 and on) ends in an error that is shown as text. */
void script_run_expect_error(struct script_run *run, const char *body, const char *text);
/* Passes and fails of a check by name; -1 if it was never made. */
int64_t script_run_check(const struct script_run *run, const char *name, bool passes);

#endif
