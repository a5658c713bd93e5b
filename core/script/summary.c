/* summary: an engine for one iteration, and what it returned. */
#include "core/script/summary.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/base/env.h"
#include "core/load/engine.h"
#include "core/script/driver.h"
#include "core/script/exec.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/summary_priv.h"
#include "core/script/table.h"
#include "core/script/value.h"
#include "core/script/vu_lua.h"

#define TICK_NS (100 * STK_NS_PER_MS)

void stk_summary_result_release(struct stk_summary_result *result)
{
	stk_vec_release(&result->parts);
	stk_arena_release(&result->arena);
}

/* --- in Lua ----------------------------------------------------------------------- */

static int keep_part(struct stk_table *table, const char *where, void *ctx, struct stk_err *err)
{
	struct stk_summary_run *run = ctx;
	struct stk_str text;

	if (lua_type(table->lua, -1) != LUA_TSTRING)
		return stk_table_fail(
			table, where, err, "text is wanted, not %s", luaL_typename(table->lua, -1));
	text.ptr = lua_tolstring(table->lua, -1, &text.len);
	if (text.len > STK_SUMMARY_TEXTS_MAX - run->bytes)
		return stk_table_fail(table, where, err, "all texts together have over %zu MiB",
			STK_SUMMARY_TEXTS_MAX >> 20);
	run->bytes += text.len;
	stk_vec_push(&run->out->parts,
		(struct stk_summary_part){
			where, stk_str_n(stk_arena_str(&run->out->arena, text), text.len)});
	return 0;
}

/* What summary returned is on top of the stack. */
static int keep_result(lua_State *lua, int status, lua_KContext ctx)
{
	struct stk_summary_run *run = stk_vu_lua_summary(stk_state_vu(lua));
	struct stk_err err = STK_ERR_INIT;
	struct stk_table table;

	(void)status;
	(void)ctx;
	if (lua_isnil(lua, -1))
		return 0;
	if (!lua_istable(lua, -1))
		return luaL_error(lua,
			"summary returns a table such as { stdout = text, [\"file.json\"] = text "
			"}, "
			"or nothing, not %s",
			luaL_typename(lua, -1));
	if (stk_table_init(&table, lua, -1, "summary", &run->out->arena, &err) < 0 ||
		stk_table_each_key(&table, keep_part, run, &err) < 0)
		return stk_state_raise(lua, &err);
	run->out->replaces = true;
	return 0;
}

static int call_summary(lua_State *lua)
{
	struct stk_vu_lua *vu = stk_state_vu(lua);

	lua_settop(lua, 1);
	stk_value_push_json(lua, stk_vu_lua_summary(vu)->call->data);
	stk_vu_lua_push_setup(vu, lua);
	if (lua_isnil(lua, -1))
		lua_pop(lua, 1);
	else
		lua_setfield(lua, -2, "setup_data");
	lua_callk(lua, 1, 1, 0, keep_result);
	return keep_result(lua, LUA_OK, 0);
}

void stk_summary_push_body(lua_State *lua)
{
	lua_pushcfunction(lua, call_summary);
}

/* --- its engine ------------------------------------------------------------------- */

/* The load's plan with one iteration of summary in place of its scenarios. All else is borrowed. */
static void make_plan(const struct stk_plan *plan, struct stk_plan *out)
{
	struct stk_scenario *scenario;

	*out = *plan;
	memset(&out->arena, 0, sizeof out->arena);
	memset(&out->scenarios, 0, sizeof out->scenarios);
	memset(&out->thresholds, 0, sizeof out->thresholds);
	memset(&out->warnings, 0, sizeof out->warnings);
	memset(&out->segment, 0, sizeof out->segment);
	out->rps = out->min_iteration_ns = 0;
	out->has_setup = out->has_teardown = false;
	scenario = stk_plan_add_scenario(out, "summary");
	scenario->executor = "per-vu-iterations";
	scenario->exec = STK_EXEC_SUMMARY;
	scenario->max_duration_ns = plan->summary_timeout_ns;
	scenario->graceful_stop_ns = 0;
}

static void release_plan(struct stk_plan *plan)
{
	for (size_t i = 0; i < plan->scenarios.len; i++)
		stk_vec_release(&plan->scenarios.items[i].tags);
	stk_vec_release(&plan->scenarios);
	stk_vec_release(&plan->warnings);
	stk_arena_release(&plan->arena);
}

static void keep_failure(void *ctx, const struct stk_scenario *scenario, const struct stk_err *err)
{
	struct stk_summary_run *run = ctx;

	(void)scenario;
	run->err = *err;
}

static void pass_warning(void *ctx, const char *text)
{
	struct stk_summary_run *run = ctx;

	if (run->call->warn)
		run->call->warn(run->call->ctx, text);
}

static bool was_interrupted(const struct stk_summary_call *call)
{
	return call->env->interrupts && atomic_load(call->env->interrupts) > call->interrupts_seen;
}

static int judge(struct stk_summary_run *run, struct stk_engine *engine, struct stk_err *err)
{
	struct stk_load_result result;
	int rc = 0;

	stk_load_result_init(&result);
	stk_engine_result(engine, &result);
	if (was_interrupted(run->call))
		rc = stk_err_set(err, STK_E_ABORTED, "summary was interrupted");
	else if (result.reason == STK_END_SCRIPT)
		rc = stk_err_set(err, STK_E_SCRIPT, "%s", result.message ? result.message : "");
	else if (run->err.code != 0) {
		*err = run->err;
		rc = STK_E_SCRIPT;
	} else if (result.interrupted > 0 || result.iterations == 0) {
		rc = stk_err_set(err, STK_E_SCRIPT, "summary ran out of time");
		stk_err_hint(err, "give it more: summary_timeout = \"5m\" beside it");
	}
	stk_load_result_release(&result);
	return rc;
}

static int run_engine(struct stk_summary_run *run, const struct stk_vu_driver *ops,
	const struct stk_plan *plan, struct stk_err *err)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	int64_t mono_ns, wall_ns;
	struct stk_engine *engine;
	bool over = false;
	int rc;

	opts.clock = run->call->env->clock;
	opts.workers = 1;
	opts.skip_setup = opts.skip_teardown = true;
	opts.observer.ctx = run;
	opts.observer.failed = keep_failure;
	opts.observer.warn = pass_warning;
	engine = stk_engine_new(plan, ops, &opts);
	rc = stk_engine_start(engine, err);
	while (rc == 0 && !over) {
		over = stk_engine_wait_until(engine, stk_clock_mono(opts.clock) + TICK_NS);
		if (was_interrupted(run->call))
			stk_engine_stop(engine, STK_STOP_NOW);
	}
	if (rc == 0)
		rc = stk_engine_wait_started(engine, &mono_ns, &wall_ns, err);
	if (rc == 0)
		rc = judge(run, engine, err);
	stk_engine_free(engine);
	return rc;
}

int stk_script_summarize(struct stk_script_driver *driver, const struct stk_plan *plan,
	const struct stk_summary_call *call, struct stk_summary_result *out, struct stk_err *err)
{
	struct stk_summary_run run = {.call = call, .out = out, .err = STK_ERR_INIT};
	struct stk_plan one;
	int rc;

	make_plan(plan, &one);
	stk_script_driver_set_summary(driver, &run);
	rc = stk_plan_validate(&one, err);
	if (rc == 0)
		rc = run_engine(&run, stk_script_driver_ops(driver), &one, err);
	stk_script_driver_set_summary(driver, NULL);
	release_plan(&one);
	if (rc < 0) /* half a result is none */
		out->replaces = false;
	return rc;
}
