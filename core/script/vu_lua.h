/* vu_lua: a virtual user as Lua sees it: its coroutine, globals, groups and pending request. */
#ifndef STK_CORE_SCRIPT_VU_LUA_H
#define STK_CORE_SCRIPT_VU_LUA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/rand.h"
#include "core/base/vec.h"
#include "core/load/driver.h"

struct lua_State;
struct stk_http_op;
struct stk_worker_lua;

/* A group that is open: how long the path was before it, and when it began. */
struct stk_open_group {
	size_t path_len;
	int64_t start_ns;
};

/* Belongs to its worker's thread. Kept small: a test may have thousands. */
struct stk_vu_lua {
	struct stk_worker_lua *worker;
	struct stk_vu *vu;    /* the engine's side */
	struct lua_State *co; /* runs its iterations */
	int co_ref, globals_ref;
	int *execs;                            /* registry references by number of function */
	const struct stk_iteration *iteration; /* NULL between iterations and in the file */
	bool in_file;                          /* runs the file's top level */
	bool asked;                            /* the engine was asked to wait for something */
	bool aborting;                         /* stoker.abort ends this iteration */
	bool closing;                          /* the engine must not be called any more */
	int rng_scenario;
	struct stk_rand rng;
	struct stk_expect *expect; /* of its requests that do not say; NULL: the plan's */
	struct stk_http_op *op;    /* what is sent now; NULL if nothing */
	struct stk_buf group;
	STK_VEC(struct stk_open_group) groups;
};

/* The coroutine that runs its iterations. */
struct lua_State *stk_vu_lua_thread(const struct stk_vu_lua *vu);
/* A variable of its scenario's env, NULL if it is not there. */
const char *stk_vu_lua_env(const struct stk_vu_lua *vu, const char *name);
/* The virtual user whose iteration runs; raises if there is none (file level, flows). */
struct stk_vu_lua *stk_vu_lua_running(struct lua_State *lua, const char *fn);
/* Random numbers of this virtual user in its scenario. */
struct stk_rand *stk_vu_lua_rand(struct stk_vu_lua *vu);
/* An empty list of requests for this virtual user; and giving back the one it has, if any. */
struct stk_http_op *stk_vu_lua_take_op(struct stk_vu_lua *vu);
void stk_vu_lua_end_op(struct stk_vu_lua *vu);
/* A list of requests for the virtual user that runs; raises where nothing can wait. */
struct stk_http_op *stk_vu_lua_begin_op(
	struct lua_State *lua, const char *fn, struct stk_vu_lua **vu_out);
/* Send them; the caller yields. */
void stk_vu_lua_submit_op(struct stk_vu_lua *vu);
/* Push the answer to request number i of the list. */
void stk_vu_lua_push_answer(struct lua_State *lua, const struct stk_vu_lua *vu, size_t i);
/* From now on its requests that do not say expect this (its ranges become the virtual user's), for
 * good. */
void stk_vu_lua_set_expect(struct stk_vu_lua *vu, const struct stk_expect *expect);
void stk_vu_lua_free_expect(struct stk_vu_lua *vu);
/* Leave all groups (an iteration began or ended) without measuring them. */
void stk_vu_lua_clear_groups(struct stk_vu_lua *vu);

/* The tags in the table at index (nil: none), text borrowed from Lua: numbers are turned into
 * text that is pushed and must stay on the stack while the tags are used. Raises for secrets and
 * for more than STK_TAGS_MAX. Returns how many. */
#define STK_TAGS_MAX 32
size_t stk_tags_at(struct lua_State *lua, int index, const char *fn, struct stk_tag *tags);
/* The value of one, on top of the stack with its key below, likewise: a number's text comes below
 * both. */
const char *stk_tag_value(struct lua_State *lua, const char *fn, const char *key);

#endif
