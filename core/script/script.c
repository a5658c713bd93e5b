/* script: reading a file, running its top level once, and telling what it is. */
#include "core/script/script.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/map.h"
#include "core/base/mem.h"
#include "core/load/metrics.h"
#include "core/load/plan.h"
#include "core/script/chunk.h"
#include "core/script/faults.h"
#include "core/script/script_priv.h"
#include "core/script/shared.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/table.h"

#define CHUNK "stk.chunk" /* registry: the compiled file of this state */

struct stk_script {
	char *path;  /* in messages */
	char *chunk; /* "@" path */
	char *dir;
	char *where; /* of the constructor's call */
	struct stk_buf text;
	struct stk_map vars; /* -e; values are owned text */
	const struct stk_env *env;
	stk_script_talk_fn talk;
	void *talk_ctx;
	size_t memory_max;
	enum stk_script_kind kind;
	struct stk_state *state;
	int result_ref;
	struct stk_shared *shared;
	struct stk_faults *faults;
	struct stk_arena arena;
	struct stk_texts scenarios;
	struct stk_plan metrics; /* only its metrics are used: those the file made */
};

static int read_stream(FILE *in, struct stk_buf *buf, struct stk_err *err)
{
	char part[8192];
	size_t got;

	if (!in)
		return stk_err_set(err, STK_E_IO, "there is no standard input to read");
	while ((got = fread(part, 1, sizeof part, in)) > 0)
		stk_buf_add(buf, part, got);
	if (ferror(in))
		return stk_err_set(err, STK_E_IO, "standard input could not be read");
	return stk_buf_check(buf, err);
}

/* The text and the names of a script, from wherever it comes. */
static int read_text(
	struct stk_script *script, const struct stk_script_opts *opts, struct stk_err *err)
{
	const char *path = opts->path;

	if (path[0] == '@') {
		char ours[256];
		snprintf(ours, sizeof ours, "stoker/%s", path + 1);
		struct stk_str text = stk_chunk_ours(ours);
		if (!text.ptr)
			return stk_err_set(
				err, STK_E_NOT_FOUND, "no script '%s' in this program", path);
		script->chunk = stk_xstrdup(path);
		script->dir = stk_xstrdup(".");
		stk_buf_add_str(&script->text, text);
		return stk_buf_check(&script->text, err);
	}
	bool is_stdin = strcmp(path, "-") == 0;
	script->chunk = is_stdin ? stk_xstrdup("@stdin") : stk_xasprintf("@%s", path);
	script->dir = is_stdin ? stk_xstrdup(".") : stk_fs_dirname(path);
	if (is_stdin)
		return read_stream(opts->env ? opts->env->in : NULL, &script->text, err);
	return stk_fs_read(path, &script->text, err);
}

static int read_vars(
	struct stk_script *script, const struct stk_script_opts *opts, struct stk_err *err)
{
	for (size_t i = 0; i < opts->vars_len; i++) {
		struct stk_str pair = stk_str_of(opts->vars[i]);
		ptrdiff_t at = stk_str_find_byte(pair, '=');
		const char *text = at < 0 ? stk_script_environment(script, opts->vars[i])
					  : opts->vars[i] + at + 1;
		if (at == 0 || pair.len == 0)
			return stk_err_set(err, STK_E_INVAL,
				"a variable is given as NAME=VALUE, not '%.*s'", STK_STR_ARG(pair));
		if (!text)
			return stk_err_set(err, STK_E_INVAL,
				"variable '%s' is to be passed on, but is not set", opts->vars[i]);
		struct stk_str name = at < 0 ? pair : stk_str_sub(pair, 0, (size_t)at);
		union stk_map_value *value = stk_map_put(&script->vars, name, NULL);
		free(value->ptr);
		value->ptr = stk_xstrdup(text);
	}
	return 0;
}

int stk_script_run_file(struct stk_script *script, struct stk_state *state, struct stk_err *err)
{
	lua_State *lua = stk_state_lua(state);
	int globals = lua_gettop(lua);

	if (lua_getfield(lua, LUA_REGISTRYINDEX, CHUNK) != LUA_TFUNCTION) {
		lua_pop(lua, 1);
		int rc = stk_chunk_compile(lua, stk_buf_str(&script->text), script->chunk, err);
		if (rc < 0)
			return rc;
		lua_pushvalue(lua, -1);
		lua_setfield(lua, LUA_REGISTRYINDEX, CHUNK);
	}
	lua_insert(lua, globals);
	int rc = stk_state_call(state, lua, 1, 1, err);
	if (rc < 0)
		return rc;
	if (lua_istable(lua, -1))
		return 0;
	rc = stk_err_set(err, STK_E_SCRIPT, "%s: the file returns %s", script->path,
		lua_isnil(lua, -1) ? "nothing" : luaL_typename(lua, -1));
	stk_err_hint(err, "end it with: return stoker.load { default = function() ... end }");
	return rc;
}

/* Load and workflow are what a file may return; other constructors make parts of them. */
static int find_kind(struct stk_script *script, struct stk_err *err)
{
	lua_State *lua = stk_state_lua(script->state);
	const char *where = NULL;
	struct stk_str kind = stk_str_of(stk_table_kind(lua, -1, &where));

	script->where = stk_xstrdup(where && *where ? where : script->path);
	if (stk_str_ends(stk_str_of(script->where), ": "))
		script->where[strlen(script->where) - 2] = '\0';
	script->kind = STK_SCRIPT_LOAD;
	if (stk_str_starts(kind, "workflow "))
		script->kind = STK_SCRIPT_WORKFLOW;
	else if (kind.len > 0 && !stk_str_starts(kind, "load "))
		return stk_err_set(err, STK_E_SCRIPT,
			"%s: the file returns stoker.%.*s{}, not stoker.load{} or "
			"stoker.workflow{}",
			script->where, (int)stk_str_find_byte(kind, ' '), kind.ptr);
	return 0;
}

static int add_scenario(struct stk_table *table, const char *name, void *ctx, struct stk_err *err)
{
	struct stk_script *script = ctx;

	if (!lua_istable(table->lua, -1))
		return stk_table_fail(table, name, err, "a table is wanted, not %s",
			luaL_typename(table->lua, -1));
	stk_vec_push(&script->scenarios, name);
	return 0;
}

/* Names of scenarios in byte order: they number the functions. */
static int find_scenarios(struct stk_script *script, struct stk_err *err)
{
	lua_State *lua = stk_state_lua(script->state);
	struct stk_table table, scenarios;
	int top = lua_gettop(lua);
	int rc = stk_table_init(&table, lua, -1, script->where, &script->arena, err);

	if (rc < 0 || lua_getfield(lua, -1, "scenarios") == LUA_TNIL) {
		lua_settop(lua, top);
		return rc;
	}
	rc = stk_table_nested(&table, "scenarios", &scenarios, err);
	if (rc == 0)
		rc = stk_table_each_key(&scenarios, add_scenario, script, err);
	lua_settop(lua, top);
	return rc;
}

static int run_once(struct stk_script *script, struct stk_err *err)
{
	lua_State *lua;
	int rc = stk_state_new(script, script->memory_max, &script->state, err);

	if (rc < 0)
		return rc;
	lua = stk_state_lua(script->state);
	stk_state_push_globals(script->state, lua);
	if (script->env && script->env->interrupts)
		stk_state_heed(script->state, script->env->interrupts);
	rc = stk_script_run_file(script, script->state, err);
	stk_state_heed(script->state, NULL);
	if (rc == 0)
		rc = find_kind(script, err);
	if (rc == 0 && script->kind == STK_SCRIPT_LOAD)
		rc = find_scenarios(script, err);
	if (rc == 0)
		script->result_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
	lua_settop(lua, 0);
	return rc;
}

int stk_script_load(
	const struct stk_script_opts *opts, struct stk_script **out, struct stk_err *err)
{
	struct stk_script *script = stk_xcalloc(1, sizeof *script);

	stk_buf_init(&script->text, STK_SCRIPT_FILE_MAX);
	script->path = stk_xstrdup(strcmp(opts->path, "-") == 0 ? "stdin" : opts->path);
	script->env = opts->env;
	script->talk = opts->talk;
	script->talk_ctx = opts->talk_ctx;
	script->memory_max = opts->memory_max ? opts->memory_max : STK_SCRIPT_MEMORY_MAX;
	script->shared = stk_shared_new();
	script->faults = stk_faults_new();
	stk_plan_init(&script->metrics);
	int rc = read_vars(script, opts, err);
	if (rc == 0)
		rc = read_text(script, opts, err);
	if (rc == 0)
		rc = run_once(script, err);
	if (rc < 0) {
		stk_script_free(script);
		return rc;
	}
	*out = script;
	return 0;
}

void stk_script_free(struct stk_script *script)
{
	if (!script)
		return;
	stk_state_free(script->state);
	stk_shared_free(script->shared);
	stk_faults_free(script->faults);
	stk_plan_release(&script->metrics);
	stk_vec_release(&script->scenarios);
	stk_arena_release(&script->arena);
	for (size_t i = 0; i < script->vars.len; i++)
		free(script->vars.entries[i].value.ptr);
	stk_map_release(&script->vars);
	stk_buf_release(&script->text);
	free(script->path);
	free(script->chunk);
	free(script->dir);
	free(script->where);
	free(script);
}

enum stk_script_kind stk_script_kind(const struct stk_script *script)
{
	return script->kind;
}

const char *stk_script_path(const struct stk_script *script)
{
	return script->path;
}

const char *stk_script_dir(const struct stk_script *script)
{
	return script->dir;
}

struct stk_state *stk_script_state(struct stk_script *script)
{
	return script->state;
}

void stk_script_push_result(struct stk_script *script, struct lua_State *lua)
{
	lua_rawgeti(lua, LUA_REGISTRYINDEX, script->result_ref);
}

const struct stk_texts *stk_script_scenarios(const struct stk_script *script)
{
	return &script->scenarios;
}

size_t stk_script_memory_max(const struct stk_script *script)
{
	return script->memory_max;
}

const char *stk_script_where(struct stk_script *script)
{
	return script->where;
}

const char *stk_script_var(const struct stk_script *script, const char *name)
{
	const union stk_map_value *value = stk_map_find(&script->vars, stk_str_of(name));

	return value ? value->ptr : NULL;
}

const char *stk_script_environment(const struct stk_script *script, const char *name)
{
	return script->env ? stk_env_get(script->env, name) : NULL;
}

void stk_script_say(struct stk_script *script, enum stk_script_talk kind, const char *line)
{
	if (script->talk)
		script->talk(kind, line, script->talk_ctx);
}

struct stk_shared *stk_script_shared(struct stk_script *script)
{
	return script->shared;
}

struct stk_faults *stk_script_faults(struct stk_script *script)
{
	return script->faults;
}

int stk_script_metric(struct stk_script *script, bool may_make, const struct stk_metric_def *def,
	int *id_out, struct stk_err *err)
{
	if (may_make)
		return stk_plan_add_metric(
			&script->metrics, def->name, def->type, def->unit, id_out, err);
	int id = stk_metric_id(&script->metrics, stk_str_of(def->name));
	if (id < STK_METRIC_BUILTIN_COUNT)
		return stk_err_set(err, STK_E_INVAL,
			"'%s' was not made when the file was first read: every virtual user must "
			"make "
			"the same metrics",
			def->name);
	*id_out = id;
	return 0;
}

int stk_script_add_metrics(struct stk_script *script, struct stk_plan *plan, struct stk_err *err)
{
	int rc = 0, id;

	for (size_t i = 0; rc == 0 && i < script->metrics.metrics.len; i++) {
		const struct stk_metric_def *def = &script->metrics.metrics.items[i];
		rc = stk_plan_add_metric(plan, def->name, def->type, def->unit, &id, err);
	}
	return rc;
}
