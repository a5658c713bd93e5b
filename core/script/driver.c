/* driver: a Lua state per worker, a coroutine and globals per virtual user. */
#include "core/script/driver.h"

#include <lauxlib.h>
#include <lua.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/record/run.h"
#include "core/script/exec.h"
#include "core/script/faults.h"
#include "core/script/http_op.h"
#include "core/script/sandbox.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/summary_priv.h"
#include "core/script/value.h"
#include "core/script/vu_lua.h"

/* What setup may hand on, as bytes. */
#define SETUP_MAX ((size_t)64 << 20)

struct setup_result {
	struct stk_buf bytes;
	int version; /* 0: setup did not run; grows each time it did */
};

struct stk_worker_lua {
	struct stk_script_driver *driver;
	struct stk_state *state;
	struct stk_http_op *pool;
	int setup_ref[STK_SIDES]; /* the read-only copy for this worker */
	int setup_version[STK_SIDES];
	size_t vus;
};

struct stk_script_driver {
	struct stk_script *script;
	struct stk_vu_driver ops;
	struct setup_result setup[STK_SIDES];
	struct stk_summary_run *summary; /* under way; NULL: none */
	pthread_mutex_t lock;            /* of memory */
	struct stk_script_driver_memory memory;
};

struct stk_http_op *stk_vu_lua_take_op(struct stk_vu_lua *vu)
{
	return stk_http_op_take(&vu->worker->pool);
}

void stk_vu_lua_end_op(struct stk_vu_lua *vu)
{
	stk_http_op_give(&vu->worker->pool, vu->op);
	vu->op = NULL;
}

/* --- workers ---------------------------------------------------------------------- */

static int worker_open(void *ctx, int number, void **worker_out, struct stk_err *err)
{
	struct stk_script_driver *driver = ctx;
	struct stk_worker_lua *worker = stk_xcalloc(1, sizeof *worker);

	(void)number;
	worker->driver = driver;
	for (int side = 0; side < STK_SIDES; side++)
		worker->setup_ref[side] = LUA_NOREF;
	int rc = stk_state_new(
		driver->script, stk_script_memory_max(driver->script), &worker->state, err);
	if (rc < 0) {
		free(worker);
		return rc;
	}
	*worker_out = worker;
	return 0;
}

static void note_memory(struct stk_worker_lua *worker)
{
	struct stk_script_driver *driver = worker->driver;
	size_t bytes = stk_state_bytes(worker->state);

	pthread_mutex_lock(&driver->lock);
	if (bytes > driver->memory.bytes) {
		driver->memory.bytes = bytes;
		driver->memory.vus = worker->vus;
	}
	pthread_mutex_unlock(&driver->lock);
}

static void worker_close(void *state)
{
	struct stk_worker_lua *worker = state;

	note_memory(worker);
	stk_state_free(worker->state);
	stk_http_op_free_pool(worker->pool);
	free(worker);
}

/* --- virtual users ---------------------------------------------------------------- */

/* The coroutine and the globals; protected, for memory may run out. */
static int make_parts(lua_State *lua)
{
	struct stk_vu_lua *vu = lua_touserdata(lua, 1);

	vu->co = lua_newthread(lua);
	vu->co_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
	stk_sandbox_push_globals(lua);
	vu->globals_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
	return 0;
}

/* Run the file's top level with this virtual user's globals and keep its functions. */
static int run_file(struct stk_vu_lua *vu, struct stk_err *err)
{
	struct stk_worker_lua *worker = vu->worker;
	struct stk_script *script = worker->driver->script;
	lua_State *lua = stk_state_lua(worker->state);

	vu->in_file = true;
	(void)stk_state_clear_stop(worker->state, lua);
	stk_state_enter_vu(worker->state, vu, vu->globals_ref);
	lua_rawgeti(lua, LUA_REGISTRYINDEX, vu->globals_ref);
	int rc = stk_script_run_file(script, worker->state, err);
	if (rc == 0)
		rc = stk_exec_keep(script, lua, vu->execs, err);
	if (stk_state_clear_stop(worker->state, lua) && rc < 0)
		rc = stk_err_set(err, STK_E_ABORTED, "%s", STK_STATE_STOPPED);
	stk_state_enter_vu(worker->state, NULL, 0);
	vu->in_file = false;
	lua_settop(lua, 0);
	return rc;
}

static void vu_close(void *state)
{
	struct stk_vu_lua *vu = state;
	lua_State *lua = stk_state_lua(vu->worker->state);

	vu->closing = true;
	stk_vu_lua_end_op(vu);
	luaL_unref(lua, LUA_REGISTRYINDEX, vu->co_ref);
	luaL_unref(lua, LUA_REGISTRYINDEX, vu->globals_ref);
	for (size_t i = 0; i < stk_exec_count(vu->worker->driver->script); i++)
		luaL_unref(lua, LUA_REGISTRYINDEX, vu->execs[i]);
	note_memory(vu->worker);
	vu->worker->vus--;
	stk_buf_release(&vu->group);
	stk_vec_release(&vu->groups);
	stk_vu_lua_free_expect(vu);
	free(vu->execs);
	free(vu);
}

static int vu_open(void *ctx, struct stk_vu *engine_vu, void **state_out, struct stk_err *err)
{
	struct stk_worker_lua *worker = ctx;
	struct stk_vu_lua *vu = stk_xcalloc(1, sizeof *vu);
	size_t count = stk_exec_count(worker->driver->script);

	vu->worker = worker;
	vu->vu = engine_vu;
	vu->co_ref = vu->globals_ref = LUA_NOREF;
	vu->rng_scenario = -2; /* none yet */
	vu->execs = stk_xcalloc(count ? count : 1, sizeof *vu->execs);
	for (size_t i = 0; i < count; i++)
		vu->execs[i] = LUA_NOREF;
	stk_buf_init(&vu->group, 1 << 16);
	worker->vus++;
	int rc = stk_state_run(worker->state, make_parts, vu, err);
	if (rc == 0)
		rc = run_file(vu, err);
	if (rc < 0) {
		vu_close(vu);
		return rc;
	}
	*state_out = vu;
	return 0;
}

/* --- iterations ------------------------------------------------------------------- */

/* Push what setup gave for a side; the copy is made when a worker first needs it. */
static int push_setup(struct stk_worker_lua *worker, lua_State *co, int side)
{
	struct setup_result *result = &worker->driver->setup[side];

	if (worker->setup_version[side] != result->version) {
		luaL_unref(co, LUA_REGISTRYINDEX, worker->setup_ref[side]);
		stk_value_push_copy(co, stk_buf_str(&result->bytes), "what setup returned");
		worker->setup_ref[side] = luaL_ref(co, LUA_REGISTRYINDEX);
		worker->setup_version[side] = result->version;
	}
	if (worker->setup_ref[side] == LUA_NOREF)
		lua_pushnil(co);
	else
		lua_rawgeti(co, LUA_REGISTRYINDEX, worker->setup_ref[side]);
	return 1;
}

void stk_vu_lua_push_setup(struct stk_vu_lua *vu, lua_State *lua)
{
	(void)push_setup(vu->worker, lua, STK_SIDE_HEAD);
}

/* Keep what setup returned (the first result, index 1 of the coroutine). */
static int keep_setup(struct stk_vu_lua *vu, lua_State *co, int results, struct stk_err *err)
{
	struct setup_result *result = &vu->worker->driver->setup[vu->iteration->side];

	stk_buf_release(&result->bytes);
	stk_buf_init(&result->bytes, SETUP_MAX);
	result->version++;
	if (results == 0)
		return 0;
	int rc = stk_value_copy(co, lua_gettop(co) - results + 1, &result->bytes, err);
	if (rc < 0) {
		stk_buf_release(&result->bytes);
		stk_err_wrap(err, "%s: what setup returned",
			stk_script_where(vu->worker->driver->script));
		if (err)
			err->code = STK_E_SCRIPT;
	}
	return rc;
}

static enum stk_vu_status end_iteration(struct stk_vu_lua *vu, enum stk_vu_status status)
{
	vu->iteration = NULL;
	vu->aborting = false;
	stk_vu_lua_end_op(vu);
	stk_vu_lua_clear_groups(vu);
	return status;
}

struct stk_summary_run *stk_vu_lua_summary(const struct stk_vu_lua *vu)
{
	bool is_summary = vu && vu->iteration && vu->iteration->kind == STK_ITERATION_LOAD &&
			  vu->iteration->exec == STK_EXEC_SUMMARY;

	return is_summary ? vu->worker->driver->summary : NULL;
}

void stk_script_driver_set_summary(struct stk_script_driver *driver, struct stk_summary_run *run)
{
	driver->summary = run;
}

/* An error is shown once per place; in setup and teardown it is the engine's to report, and in
 * summary its caller's. */
static enum stk_vu_status fail_iteration(struct stk_vu_lua *vu, struct stk_err *err)
{
	struct stk_script *script = vu->worker->driver->script;

	if (vu->aborting)
		return end_iteration(vu, STK_VU_DONE);
	if (err && vu->iteration->kind == STK_ITERATION_LOAD && !stk_vu_lua_summary(vu) &&
		stk_faults_add(stk_script_faults(script), err->msg))
		stk_script_say(script, STK_TALK_ERROR, err->msg);
	return end_iteration(vu, STK_VU_FAILED);
}

static enum stk_vu_status run(struct stk_vu_lua *vu, int args, struct stk_err *err)
{
	struct stk_worker_lua *worker = vu->worker;
	int results = 0, rc;

	vu->asked = false;
	(void)stk_state_clear_stop(worker->state, vu->co); /* it came too late for another */
	stk_state_enter_vu(worker->state, vu, vu->globals_ref);
	rc = stk_state_resume(worker->state, vu->co, args, &results, err);
	bool stopped = stk_state_clear_stop(worker->state, vu->co);
	if (rc == 1 && !vu->asked) {
		stk_state_close_thread(worker->state, vu->co);
		rc = stk_err_set(err, STK_E_SCRIPT,
			stopped ? STK_STATE_STOPPED
				: "coroutine.yield was called outside of a coroutine of the "
				  "script's own");
	}
	if (rc == 0 && vu->iteration->kind == STK_ITERATION_SETUP)
		rc = keep_setup(vu, vu->co, results, err);
	stk_state_enter_vu(worker->state, NULL, 0);
	if (rc == 1)
		return STK_VU_WAITING;
	if (rc < 0 && stopped)
		return end_iteration(vu, STK_VU_INTERRUPTED);
	if (rc < 0)
		return fail_iteration(vu, err);
	lua_settop(vu->co, 0);
	return end_iteration(vu, STK_VU_DONE);
}

static enum stk_vu_status vu_start(
	void *state, const struct stk_iteration *iteration, struct stk_err *err)
{
	struct stk_vu_lua *vu = state;
	size_t number = stk_exec_number(iteration);
	int side = iteration->side == STK_SIDE_BASE ? STK_SIDE_BASE : STK_SIDE_HEAD;

	vu->iteration = iteration;
	vu->aborting = false;
	if (vu->execs[number] == LUA_NOREF) { /* no such setup or teardown */
		return end_iteration(vu, STK_VU_DONE);
	}
	if (stk_vu_lua_summary(vu))
		stk_summary_push_body(vu->co);
	lua_rawgeti(vu->co, LUA_REGISTRYINDEX, vu->execs[number]);
	if (stk_vu_lua_summary(vu))
		return run(vu, 1, err);
	int args =
		iteration->kind == STK_ITERATION_SETUP ? 0 : push_setup(vu->worker, vu->co, side);
	return run(vu, args, err);
}

static enum stk_vu_status vu_resume(void *state, struct stk_err *err)
{
	return run(state, 0, err);
}

static void vu_cancel(void *state)
{
	struct stk_vu_lua *vu = state;

	vu->closing = true;
	(void)stk_state_clear_stop(vu->worker->state, vu->co);
	stk_state_enter_vu(vu->worker->state, vu, vu->globals_ref);
	stk_state_close_thread(vu->worker->state, vu->co);
	stk_state_enter_vu(vu->worker->state, NULL, 0);
	(void)stk_state_clear_stop(vu->worker->state, vu->co);
	vu->closing = false;
	(void)end_iteration(vu, STK_VU_DONE);
}

static void interrupt_worker(void *state)
{
	struct stk_worker_lua *worker = state;

	stk_state_stop(worker->state);
}

/* --- the driver ------------------------------------------------------------------- */

struct stk_script_driver *stk_script_driver_new(struct stk_script *script)
{
	struct stk_script_driver *driver = stk_xcalloc(1, sizeof *driver);

	driver->script = script;
	pthread_mutex_init(&driver->lock, NULL);
	for (int side = 0; side < STK_SIDES; side++)
		stk_buf_init(&driver->setup[side].bytes, SETUP_MAX);
	driver->ops = (struct stk_vu_driver){
		.ctx = driver,
		.worker_open = worker_open,
		.worker_close = worker_close,
		.vu_open = vu_open,
		.vu_close = vu_close,
		.start = vu_start,
		.resume = vu_resume,
		.cancel = vu_cancel,
		.interrupt = interrupt_worker,
	};
	return driver;
}

void stk_script_driver_free(struct stk_script_driver *driver)
{
	if (!driver)
		return;
	for (int side = 0; side < STK_SIDES; side++)
		stk_buf_release(&driver->setup[side].bytes);
	pthread_mutex_destroy(&driver->lock);
	free(driver);
}

const struct stk_vu_driver *stk_script_driver_ops(struct stk_script_driver *driver)
{
	return &driver->ops;
}

struct stk_script_driver_memory stk_script_driver_memory(const struct stk_script_driver *driver)
{
	return driver->memory;
}
