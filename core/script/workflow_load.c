/* workflow_load: load by another program: its words and command, and what goes together. */
#include <lua.h>
#include <string.h>

#include "core/script/table.h"
#include "core/script/workflow_priv.h"

bool stk_load_is_program(const struct stk_load_spec *spec)
{
	return spec->program.k6 || spec->program.shell || spec->program.argv;
}

/* A list that lives as long as the workflow, NULL at its end. */
static const char *const *keep(struct stk_arena *arena, const char *const *words, size_t len)
{
	const char **kept = stk_arena_zalloc(arena, len + 1, sizeof *kept);

	if (len > 0)
		memcpy(kept, words, len * sizeof *kept);
	return kept;
}

int stk_load_command_read(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_load_program *program = field;
	struct stk_command_spec command = {NULL, STK_VEC_INIT};
	int rc = stk_command_spec_read(table, key, &command, ctx, err);

	if (rc == 0) {
		program->shell = command.shell;
		program->argv = command.shell
					? NULL
					: keep(table->arena, command.argv.items, command.argv.len);
	}
	stk_vec_release(&command.argv);
	return rc;
}

int stk_load_words_read(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_command_spec command = {NULL, STK_VEC_INIT};
	int rc;

	if (lua_type(table->lua, -1) == LUA_TSTRING)
		return stk_table_fail(table, key, err, "a list of words is wanted");
	rc = stk_command_spec_read(table, key, &command, ctx, err);
	if (rc == 0)
		*(const char *const **)field =
			keep(table->arena, command.argv.items, command.argv.len);
	stk_vec_release(&command.argv);
	return rc;
}

static int refuse_rate(const struct stk_table *table, struct stk_err *err)
{
	stk_table_fail(table, "rate", err, "another program's load has no 'rate'");
	stk_err_hint(err, "a k6 script says it itself (constant-arrival-rate), a command by its "
			  "options");
	return STK_E_SCRIPT;
}

int stk_load_spec_check(
	const struct stk_table *table, const struct stk_load_spec *spec, struct stk_err *err)
{
	const struct stk_load_program *program = &spec->program;
	bool has_command = program->shell || program->argv;

	if ((program->k6 != NULL) + has_command + (spec->script != NULL) > 1)
		return stk_table_fail(
			table, NULL, err, "load has one of 'script', 'k6' and 'command'");
	if (has_command && !program->results) {
		stk_table_fail(table, NULL, err,
			"load: a 'command' needs 'results', the form of what it writes");
		stk_err_hint(err, "results = \"wrk\", \"csv\" or \"json\" (docs/generators.md)");
		return STK_E_SCRIPT;
	}
	if (program->results && !has_command)
		return stk_table_fail(table, NULL, err, "load: 'results' goes with 'command'");
	if (program->args && !program->k6)
		return stk_table_fail(table, NULL, err, "load: 'args' goes with 'k6'");
	if (!stk_load_is_program(spec))
		return 0;
	if (spec->scenario)
		return stk_table_fail(
			table, "scenario", err, "it is of a load script, not of another program");
	if (spec->vus > 0 && has_command)
		return stk_table_fail(table, "vus", err, "a command has its own options for that");
	return spec->rate > 0 ? refuse_rate(table, err) : 0;
}
