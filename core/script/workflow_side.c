/* workflow_side: a side of a workflow: the service or target that it names, from its Lua table. */
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/script/table.h"
#include "core/script/workflow_priv.h"

#define AT(type, member) offsetof(struct type, member)

/* "cmd" for /bin/sh -c, or { "prog", "arg" } to be executed as it is. */
static int read_command_item(struct stk_table *table, int64_t i, void *ctx, struct stk_err *err)
{
	struct stk_command_spec *command = ctx;
	const char *word =
		lua_type(table->lua, -1) == LUA_TSTRING ? lua_tostring(table->lua, -1) : NULL;

	if (!word)
		return stk_table_fail(table, NULL, err, "item %d: a text is missing", (int)i);
	stk_vec_push(&command->argv, stk_arena_dup(table->arena, word));
	return 0;
}

int stk_command_spec_read(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_command_spec *command = field;
	struct stk_table list;
	int rc;

	(void)ctx;
	if (lua_type(table->lua, -1) == LUA_TSTRING) {
		command->shell = stk_arena_dup(table->arena, lua_tostring(table->lua, -1));
		return 0;
	}
	if (lua_type(table->lua, -1) != LUA_TTABLE)
		return stk_table_fail(table, key, err,
			"a command is missing: a text for the shell, or a list of words");
	rc = stk_table_nested(table, key, &list, err);
	if (rc == 0)
		rc = stk_table_each_item(&list, read_command_item, command, err);
	if (rc == 0 && command->argv.len == 0)
		rc = stk_table_fail(table, key, err, "the list of words is empty");
	return rc;
}

static int read_ready_text(
	struct stk_table *table, const char *key, const char **out, struct stk_err *err)
{
	const char *text =
		lua_type(table->lua, -1) == LUA_TSTRING ? lua_tostring(table->lua, -1) : "";

	if (text[0] != '/' && strcmp(text, "tcp") != 0 && strncmp(text, "tcp:", 4) != 0)
		return stk_table_fail(table, key, err,
			"'/path', 'tcp', 'tcp:{port2}' or a function is wanted, not '%s'", text);
	*out = stk_arena_dup(table->arena, text);
	return 0;
}

static int read_ready(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_side_spec *side = (void *)((char *)field - AT(stk_side_spec, ready));

	(void)ctx;
	if (lua_isfunction(table->lua, -1)) {
		lua_pushvalue(table->lua, -1);
		side->ready_fn = luaL_ref(table->lua, LUA_REGISTRYINDEX);
		return 0;
	}
	return read_ready_text(table, key, &side->ready, err);
}

/* clang-format off */
static const struct stk_table_row profile_rows[] = {
	{ .key = "service", .type = STK_FIELD_TEXT,     .offset = AT(stk_profile_spec, service) },
	{ .key = "labels",  .type = STK_FIELD_PAIRS,    .offset = AT(stk_profile_spec, labels) },
};
static const struct stk_table_row scrape_rows[] = {
	{ .key = "url",     .type = STK_FIELD_TEXT,     .offset = AT(stk_profile_spec, url), .position = 1, .required = true },
	{ .key = "slice",   .type = STK_FIELD_DURATION, .offset = AT(stk_profile_spec, slice_ns), .min = 1, .max = 300 },
	{ .key = "path",    .type = STK_FIELD_TEXT,     .offset = AT(stk_profile_spec, path) },
};
/* clang-format on */

static int read_profile(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_profile_spec *profile = field;
	struct stk_table nested;
	int rc = stk_table_nested(table, key, &nested, err);

	(void)ctx;
	if (rc < 0)
		return rc;
	if (strcmp(nested.kind, "sdk") == 0) {
		profile->via = STK_VIA_SDK;
		return stk_table_read(
			&nested, profile_rows, STK_ARRAY_LEN(profile_rows), profile, NULL, err);
	}
	profile->via = STK_VIA_SCRAPE;
	return stk_table_read(&nested, scrape_rows, STK_ARRAY_LEN(scrape_rows), profile, NULL, err);
}

static int read_process_ready(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_process_spec *process = (void *)((char *)field - AT(stk_process_spec, ready));

	(void)ctx;
	if (!lua_isfunction(table->lua, -1))
		return read_ready_text(table, key, &process->ready, err);
	lua_pushvalue(table->lua, -1);
	process->ready_fn = luaL_ref(table->lua, LUA_REGISTRYINDEX);
	return 0;
}

/* clang-format off */
static const struct stk_table_row process_rows[] = {
	{ .key = "name",          .type = STK_FIELD_TEXT,     .offset = AT(stk_process_spec, name), .required = true },
	{ .key = "start",         .type = STK_FIELD_READ,     .offset = AT(stk_process_spec, start), .read = stk_command_spec_read, .required = true },
	{ .key = "stop",          .type = STK_FIELD_READ,     .offset = AT(stk_process_spec, stop), .read = stk_command_spec_read },
	{ .key = "pids",          .type = STK_FIELD_READ,     .offset = AT(stk_process_spec, pids), .read = stk_command_spec_read },
	{ .key = "env",           .type = STK_FIELD_PAIRS,    .offset = AT(stk_process_spec, env) },
	{ .key = "cwd",           .type = STK_FIELD_TEXT,     .offset = AT(stk_process_spec, cwd) },
	{ .key = "url",           .type = STK_FIELD_TEXT,     .offset = AT(stk_process_spec, url) },
	{ .key = "ready",         .type = STK_FIELD_READ,     .offset = AT(stk_process_spec, ready), .read = read_process_ready },
	{ .key = "ready_timeout", .type = STK_FIELD_DURATION, .offset = AT(stk_process_spec, ready_timeout_ns), .min = 0.1, .max = 3600 },
};
/* clang-format on */

/* Its name is part of a file's. */
static bool is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= 40 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
		       len;
}

STK_VEC_TYPE(process_specs, struct stk_process_spec);

static int read_process(struct stk_table *list, int64_t i, void *ctx, struct stk_err *err)
{
	struct process_specs *processes = ctx;
	struct stk_process_spec *process = stk_vec_push_new(processes);
	struct stk_table table;
	char key[32];
	int rc;

	(void)snprintf(key, sizeof key, "%lld", (long long)i);
	process->ready_timeout_ns = 60 * STK_NS_PER_S;
	rc = stk_table_nested(list, key, &table, err);
	if (rc == 0)
		rc = stk_table_read(
			&table, process_rows, STK_ARRAY_LEN(process_rows), process, NULL, err);
	if (rc < 0)
		return rc;
	if (!is_name(process->name))
		return stk_table_fail(&table, "name", err, "letters, digits, - and _ are wanted");
	for (size_t at = 0; at + 1 < processes->len; at++)
		if (strcmp(processes->items[at].name, process->name) == 0)
			return stk_table_fail(
				&table, "name", err, "there are two of '%s'", process->name);
	return 0;
}

/* processes = { { name = "db", start = … }, … } */
static int read_processes(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_table list;
	int rc;

	(void)ctx;
	if (lua_type(table->lua, -1) != LUA_TTABLE)
		return stk_table_fail(table, key, err, "a list of tables is missing");
	rc = stk_table_nested(table, key, &list, err);
	return rc < 0 ? rc : stk_table_each_item(&list, read_process, field, err);
}

/* clang-format off */
static const struct stk_table_row service_rows[] = {
	{ .key = "build",         .type = STK_FIELD_READ,     .offset = AT(stk_side_spec, build), .read = stk_command_spec_read },
	{ .key = "start",         .type = STK_FIELD_READ,     .offset = AT(stk_side_spec, start), .read = stk_command_spec_read, .required = true },
	{ .key = "stop",          .type = STK_FIELD_READ,     .offset = AT(stk_side_spec, stop), .read = stk_command_spec_read },
	{ .key = "pids",          .type = STK_FIELD_READ,     .offset = AT(stk_side_spec, pids), .read = stk_command_spec_read },
	{ .key = "processes",     .type = STK_FIELD_READ,     .offset = AT(stk_side_spec, processes), .read = read_processes },
	{ .key = "env",           .type = STK_FIELD_PAIRS,    .offset = AT(stk_side_spec, env) },
	{ .key = "cwd",           .type = STK_FIELD_TEXT,     .offset = AT(stk_side_spec, cwd) },
	{ .key = "ready",         .type = STK_FIELD_READ,     .offset = AT(stk_side_spec, ready), .read = read_ready },
	{ .key = "ready_timeout", .type = STK_FIELD_DURATION, .offset = AT(stk_side_spec, ready_timeout_ns), .min = 0.1, .max = 3600 },
	{ .key = "stop_signal",   .type = STK_FIELD_TEXT,     .offset = AT(stk_side_spec, stop_signal) },
	{ .key = "stop_timeout",  .type = STK_FIELD_DURATION, .offset = AT(stk_side_spec, stop_timeout_ns), .max = 600 },
	{ .key = "url",           .type = STK_FIELD_TEXT,     .offset = AT(stk_side_spec, url) },
	{ .key = "profile",       .type = STK_FIELD_READ,     .offset = AT(stk_side_spec, profile), .read = read_profile, .kinds = "sdk scrape" },
	{ .key = "title",         .type = STK_FIELD_TEXT,     .offset = AT(stk_side_spec, title) },
};
static const struct stk_table_row target_rows[] = {
	{ .key = "url",     .type = STK_FIELD_TEXT,  .offset = AT(stk_side_spec, url), .required = true },
	{ .key = "service", .type = STK_FIELD_TEXT,  .offset = AT(stk_side_spec, profile.service) },
	{ .key = "labels",  .type = STK_FIELD_PAIRS, .offset = AT(stk_side_spec, profile.labels) },
	{ .key = "profile", .type = STK_FIELD_READ,  .offset = AT(stk_side_spec, profile), .read = read_profile, .kinds = "sdk scrape" },
	{ .key = "title",   .type = STK_FIELD_TEXT,  .offset = AT(stk_side_spec, title) },
};
/* clang-format on */

int stk_side_spec_read(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_side_spec *side = field;
	struct stk_table nested;
	int rc = stk_table_nested(table, key, &nested, err);

	(void)ctx;
	if (rc < 0)
		return rc;
	side->is_set = true;
	side->where = nested.where;
	side->is_service = strcmp(nested.kind, "service") == 0;
	if (side->is_service)
		return stk_table_read(
			&nested, service_rows, STK_ARRAY_LEN(service_rows), side, NULL, err);
	return stk_table_read(&nested, target_rows, STK_ARRAY_LEN(target_rows), side, NULL, err);
}

void stk_side_spec_init(struct stk_side_spec *side)
{
	*side = (struct stk_side_spec){.ready_timeout_ns = 60 * STK_NS_PER_S,
		.stop_timeout_ns = 10 * STK_NS_PER_S,
		.stop_signal = "TERM",
		.profile = {.slice_ns = 5 * STK_NS_PER_S, .path = "/debug/pprof"}};
}

static void release_process(struct stk_process_spec *process)
{
	stk_vec_release(&process->start.argv);
	stk_vec_release(&process->stop.argv);
	stk_vec_release(&process->pids.argv);
	stk_vec_release(&process->env);
}

void stk_side_spec_release(struct stk_side_spec *side)
{
	stk_vec_release(&side->build.argv);
	stk_vec_release(&side->start.argv);
	stk_vec_release(&side->stop.argv);
	stk_vec_release(&side->pids.argv);
	for (size_t i = 0; i < side->processes.len; i++)
		release_process(&side->processes.items[i]);
	stk_vec_release(&side->processes);
	stk_vec_release(&side->env);
	stk_vec_release(&side->profile.labels);
}
