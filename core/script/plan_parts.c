/* plan_parts: one scenario, one stage, one threshold at a time. */
#include "core/script/plan_parts.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/load/executor.h"
#include "core/script/exec.h"
#include "core/script/keys.h"
#include "core/script/script_priv.h"
#include "core/script/workflow.h"

/* --- stages ----------------------------------------------------------------------- */

static int add_stage(struct stk_table *list, int64_t i, void *ctx, struct stk_err *err)
{
	/* clang-format off */
	static const struct stk_table_row rows[] = {
		{ .key = "duration", .type = STK_FIELD_DURATION, .offset = offsetof(struct stk_stage, duration_ns), .position = 1, .required = true },
		{ .key = "target", .type = STK_FIELD_INT, .offset = offsetof(struct stk_stage, target), .min = 0, .max = STK_PLAN_VUS_MAX, .position = 2, .required = true },
	};
	/* clang-format on */
	struct stk_stages *stages = ctx;
	struct stk_stage stage = {0, 0};
	struct stk_table table;
	char key[24];

	snprintf(key, sizeof key, "[%lld]", (long long)i);
	int rc = stk_table_nested(list, key, &table, err);
	if (rc == 0)
		rc = stk_table_read(&table, rows, sizeof rows / sizeof *rows, &stage, NULL, err);
	if (rc == 0)
		stk_vec_push(stages, stage);
	return rc;
}

int stk_plan_read_stages(
	struct stk_table *table, const char *key, struct stk_stages *out, struct stk_err *err)
{
	struct stk_stages stages = STK_VEC_INIT;
	struct stk_table list;
	int rc = stk_table_nested(table, key, &list, err);

	if (rc == 0)
		rc = stk_table_each_item(&list, add_stage, &stages, err);
	if (rc == 0 && stages.len == 0)
		rc = stk_table_fail(table, key, err, "at least one stage is wanted");
	if (rc < 0) {
		stk_vec_release(&stages);
		return rc;
	}
	stk_vec_release(out);
	*out = stages;
	return 0;
}

/* --- scenarios -------------------------------------------------------------------- */

struct scenario_table {
	struct stk_scenario scenario; /* name is not read */
	struct stk_pairs_text env, tags;
	struct stk_rate_value rate;
	bool has_rate;
	bool has_exec;
};

static int read_exec(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	(void)ctx;
	if (!lua_isfunction(table->lua, -1)) {
		int rc = stk_table_fail(table, key, err, "a function is wanted, not %s",
			luaL_typename(table->lua, -1));
		if (lua_type(table->lua, -1) == LUA_TSTRING)
			stk_err_hint(err, "write the function itself: exec = %s",
				lua_tostring(table->lua, -1));
		return rc;
	}
	*(bool *)field = true;
	return 0;
}

static int read_stages(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	(void)ctx;
	return stk_plan_read_stages(table, key, field, err);
}

static int read_executor(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	const char *names[16], *name = NULL;
	size_t len = 0;

	(void)ctx;
	for (const struct stk_executor_ops *const *ops = stk_executor_all(); *ops && len < 15;
		ops++)
		names[len++] = (*ops)->name;
	names[len] = NULL;
	struct stk_table_row row = {.key = key, .type = STK_FIELD_TEXT, .words = names};
	int rc = stk_field_read(table, &row, &name, NULL, err);
	if (rc == 0)
		*(const char **)field = name;
	return rc;
}

#define AT(member) offsetof(struct scenario_table, member)
#define COUNT_MAX  STK_PLAN_VUS_MAX
/* clang-format off */
static const struct stk_table_row scenario_rows[] = {
	{ .key = "executor", .type = STK_FIELD_READ, .offset = AT(scenario.executor), .read = read_executor, .required = true },
	{ .key = "exec", .type = STK_FIELD_READ, .offset = AT(has_exec), .read = read_exec },
	{ .key = "start_time", .type = STK_FIELD_DURATION, .offset = AT(scenario.start_time_ns) },
	{ .key = "graceful_stop", .type = STK_FIELD_DURATION, .offset = AT(scenario.graceful_stop_ns) },
	{ .key = "env", .type = STK_FIELD_PAIRS, .offset = AT(env) },
	{ .key = "tags", .type = STK_FIELD_PAIRS, .offset = AT(tags) },
	{ .key = "vus", .type = STK_FIELD_INT, .offset = AT(scenario.vus), .min = 1, .max = COUNT_MAX },
	{ .key = "iterations", .type = STK_FIELD_INT, .offset = AT(scenario.iterations), .min = 1, .max = 1e15 },
	{ .key = "duration", .type = STK_FIELD_DURATION, .offset = AT(scenario.duration_ns) },
	{ .key = "max_duration", .type = STK_FIELD_DURATION, .offset = AT(scenario.max_duration_ns) },
	{ .key = "rate", .type = STK_FIELD_RATE, .offset = AT(rate), .given = AT(has_rate) },
	{ .key = "time_unit", .type = STK_FIELD_DURATION, .offset = AT(scenario.time_unit_ns) },
	{ .key = "pre_allocated_vus", .type = STK_FIELD_INT, .offset = AT(scenario.pre_allocated_vus), .min = 0, .max = COUNT_MAX },
	{ .key = "max_vus", .type = STK_FIELD_INT, .offset = AT(scenario.max_vus), .min = 1, .max = COUNT_MAX },
	{ .key = "start_vus", .type = STK_FIELD_INT, .offset = AT(scenario.start_vus), .min = 0, .max = COUNT_MAX },
	{ .key = "start_rate", .type = STK_FIELD_INT, .offset = AT(scenario.start_rate), .min = 0, .max = COUNT_MAX },
	{ .key = "stages", .type = STK_FIELD_READ, .offset = AT(scenario.stages), .read = read_stages },
	{ .key = "graceful_ramp_down", .type = STK_FIELD_DURATION, .offset = AT(scenario.graceful_ramp_down_ns) },
};
/* clang-format on */
#undef AT
#define SCENARIO_ROWS (sizeof scenario_rows / sizeof *scenario_rows)
#define COMMON_ROWS   6 /* the first ones are every executor's */

static bool takes(const struct stk_executor_ops *ops, const char *key)
{
	for (size_t i = 0; i < COMMON_ROWS; i++)
		if (strcmp(scenario_rows[i].key, key) == 0)
			return true;
	for (const char *const *own = ops->keys; *own; own++)
		if (strcmp(*own, key) == 0)
			return true;
	return false;
}

/* Keys that some executor has, but not this one. */
static int check_key(struct stk_table *table, const char *key, void *ctx, struct stk_err *err)
{
	const struct stk_executor_ops *ops = ctx;
	char snake[STK_KEY_MAX], list[256];
	size_t len = 0;

	stk_key_snake(stk_str_of(key), snake);
	if (takes(ops, snake))
		return 0;
	int rc = stk_table_fail(table, NULL, err, "executor '%s' takes no '%s'", ops->name, key);
	while (ops->keys[len])
		len++;
	stk_keys_list(ops->keys, len, list, sizeof list);
	stk_err_hint(err, "it takes %s", list);
	return rc;
}

static int set_rate(struct stk_table *table, struct scenario_table *read, struct stk_err *err)
{
	struct stk_scenario *scenario = &read->scenario;
	int64_t unit_ns = read->rate.unit_ns;
	struct stk_err why = STK_ERR_INIT;

	if (!read->has_rate)
		return 0;
	if (scenario->time_unit_ns != STK_UNSET) {
		if (unit_ns != STK_NS_PER_S)
			return stk_table_fail(table, "rate", err,
				"the unit of time stands in rate and in time_unit");
		unit_ns = scenario->time_unit_ns;
	}
	if (stk_scenario_set_rate(scenario, read->rate.events, unit_ns, &why) < 0)
		return stk_table_fail(table, "rate", err, "%s", why.msg);
	return 0;
}

static void copy_tags(struct stk_tags *out, const struct stk_pairs_text *pairs)
{
	for (size_t i = 0; i < pairs->len; i++)
		stk_vec_push(out, (struct stk_tag){pairs->items[i].name, pairs->items[i].value});
}

/* An open model that names no VUs makes them as needed: ten for each start per second, 10 to
 * 10,000. */
static void set_growth(struct stk_scenario *scenario)
{
	int64_t rate = scenario->rate;

	if (!stk_executor_is_open_model(stk_executor_find(scenario->executor)) ||
		scenario->pre_allocated_vus != STK_UNSET)
		return;
	for (size_t i = 0; i < scenario->stages.len; i++)
		if (scenario->stages.items[i].target > rate)
			rate = scenario->stages.items[i].target;
	if (rate < scenario->start_rate)
		rate = scenario->start_rate;
	if (rate == STK_UNSET)
		return;
	int64_t unit_ns =
		scenario->time_unit_ns == STK_UNSET ? STK_NS_PER_S : scenario->time_unit_ns;
	double per_s = (double)rate * 1e9 / (double)unit_ns;
	double most = per_s * 10 < 10 ? 10 : per_s * 10 > 10000 ? 10000 : per_s * 10;

	scenario->grow_at_once = true;
	if (scenario->max_vus == STK_UNSET)
		scenario->max_vus = (int64_t)most;
	scenario->pre_allocated_vus =
		(double)scenario->max_vus < per_s ? scenario->max_vus : (int64_t)per_s;
}

struct scenarios_read {
	struct stk_script *script;
	struct stk_plan *plan;
};

/* Without exec the function is the table's default. */
static int check_exec(const struct stk_table *table, struct stk_script *script, struct stk_err *err)
{
	lua_State *lua = table->lua;

	stk_script_push_result(script, lua);
	lua_getfield(lua, -1, "default");
	bool is_there = lua_isfunction(lua, -1);
	lua_pop(lua, 2);
	if (is_there)
		return 0;
	return stk_table_fail(
		table, "exec", err, "is missing, and there is no default to run instead");
}

static int add_scenario(struct stk_table *parent, const char *name, void *ctx, struct stk_err *err)
{
	struct scenarios_read *to = ctx;
	struct stk_table table;
	int rc = stk_table_nested(parent, name, &table, err);

	if (rc < 0)
		return rc;
	struct stk_scenario *scenario = stk_plan_add_scenario(to->plan, name);
	struct scenario_table read = {.scenario = *scenario};
	rc = stk_table_read(&table, scenario_rows, SCENARIO_ROWS, &read, NULL, err);
	if (rc == 0)
		rc = stk_table_each_key(&table, check_key,
			(void *)(uintptr_t)stk_executor_find(read.scenario.executor), err);
	if (rc == 0)
		rc = set_rate(&table, &read, err);
	if (rc == 0 && !read.has_exec)
		rc = check_exec(&table, to->script, err);
	read.scenario.exec = stk_exec_find(to->script, name);
	copy_tags(&read.scenario.env, &read.env);
	copy_tags(&read.scenario.tags, &read.tags);
	if (rc == 0)
		set_growth(&read.scenario);
	*scenario = read.scenario;
	stk_vec_release(&read.env);
	stk_vec_release(&read.tags);
	return rc;
}

int stk_plan_read_scenarios(struct stk_table *table, const char *key, struct stk_script *script,
	struct stk_plan *plan, struct stk_err *err)
{
	struct scenarios_read to = {script, plan};
	struct stk_table scenarios;
	int rc = stk_table_nested(table, key, &scenarios, err);

	if (rc == 0)
		rc = stk_table_each_key(&scenarios, add_scenario, &to, err);
	if (rc == 0 && plan->scenarios.len == 0)
		rc = stk_table_fail(table, key, err, "there is no scenario in it");
	return rc;
}

void stk_plan_clear_scenarios(struct stk_plan *plan)
{
	for (size_t i = 0; i < plan->scenarios.len; i++) {
		stk_vec_release(&plan->scenarios.items[i].env);
		stk_vec_release(&plan->scenarios.items[i].tags);
		stk_vec_release(&plan->scenarios.items[i].stages);
	}
	stk_vec_clear(&plan->scenarios);
}

static void scale(int64_t *ns, double factor)
{
	if (*ns > 0)
		*ns = (int64_t)((double)*ns * factor);
}

void stk_plan_scale(struct stk_plan *plan, int64_t total_ns)
{
	int64_t planned_ns = stk_plan_duration_ns(plan);

	if (planned_ns <= 0)
		return;
	double factor = (double)total_ns / (double)planned_ns;
	for (size_t i = 0; i < plan->scenarios.len; i++) {
		struct stk_scenario *scenario = &plan->scenarios.items[i];
		scale(&scenario->start_time_ns, factor);
		scale(&scenario->duration_ns, factor);
		scale(&scenario->max_duration_ns, factor);
		for (size_t s = 0; s < scenario->stages.len; s++)
			scale(&scenario->stages.items[s].duration_ns, factor);
	}
}

/* --- thresholds ------------------------------------------------------------------- */

struct thresholds_read {
	struct stk_plan *plan;
	const char *metric;
};

static int add_expr(struct thresholds_read *to, struct stk_threshold_spec spec)
{
	spec.metric = to->metric;
	stk_vec_push(&to->plan->thresholds, spec);
	return 0;
}

static int add_threshold_table(
	struct stk_table *table, struct thresholds_read *to, struct stk_err *err)
{
	static const char *const no_data[] = {"pass", "fail", NULL};
	struct read {
		struct stk_threshold_spec spec;
		const char *no_data, *threshold;
	} read = {{0}, "pass", NULL};
	/* clang-format off */
	const struct stk_table_row rows[] = {
		{ .key = "expr", .type = STK_FIELD_TEXT, .offset = offsetof(struct read, spec.expr), .position = 1 },
		{ .key = "abort_on_fail", .type = STK_FIELD_BOOL, .offset = offsetof(struct read, spec.abort) },
		{ .key = "delay_abort_eval", .type = STK_FIELD_DURATION, .offset = offsetof(struct read, spec.delay_ns) },
		{ .key = "threshold", .type = STK_FIELD_TEXT, .offset = offsetof(struct read, threshold) },
		{ .key = "abort", .type = STK_FIELD_BOOL, .offset = offsetof(struct read, spec.abort) },
		{ .key = "delay", .type = STK_FIELD_DURATION, .offset = offsetof(struct read, spec.delay_ns) },
		{ .key = "no_data", .type = STK_FIELD_TEXT, .offset = offsetof(struct read, no_data), .words = no_data },
	};
	/* clang-format on */
	int rc = stk_table_read(table, rows, sizeof rows / sizeof *rows, &read, NULL, err);

	if (rc == 0 && !read.spec.expr)
		read.spec.expr = read.threshold; /* k6's word for it */
	if (rc == 0 && !read.spec.expr)
		rc = stk_table_fail(table, "expr", err, "is missing: \"p(95)<800\"");
	if (rc < 0)
		return rc;
	read.spec.no_data_fails = strcmp(read.no_data, "fail") == 0;
	return add_expr(to, read.spec);
}

static int add_threshold(struct stk_table *list, int64_t i, void *ctx, struct stk_err *err)
{
	struct thresholds_read *to = ctx;
	struct stk_table table;
	char key[24];

	if (lua_type(list->lua, -1) == LUA_TSTRING)
		return add_expr(to,
			(struct stk_threshold_spec){
				.expr = stk_arena_dup(list->arena, lua_tostring(list->lua, -1))});
	snprintf(key, sizeof key, "[%lld]", (long long)i);
	int rc = stk_table_nested(list, key, &table, err);
	return rc < 0 ? rc : add_threshold_table(&table, to, err);
}

/* Any named key makes a table one threshold; else it is a list of them. */
static bool has_named_key(lua_State *lua, int index)
{
	bool named = false;

	lua_pushnil(lua);
	while (lua_next(lua, index)) {
		lua_pop(lua, 1);
		named = named || lua_type(lua, -1) == LUA_TSTRING;
	}
	return named;
}

static int add_metric(struct stk_table *parent, const char *metric, void *ctx, struct stk_err *err)
{
	struct thresholds_read to = {ctx, metric};
	struct stk_table table;

	if (lua_type(parent->lua, -1) == LUA_TSTRING)
		return add_expr(
			&to, (struct stk_threshold_spec){.expr = stk_arena_dup(parent->arena,
								 lua_tostring(parent->lua, -1))});
	if (!lua_istable(parent->lua, -1))
		return stk_table_fail(parent, metric, err,
			"text (\"p(95)<800\") or a list of thresholds is wanted, not %s",
			luaL_typename(parent->lua, -1));
	int rc = stk_table_nested(parent, metric, &table, err);
	if (rc < 0)
		return rc;
	if (has_named_key(table.lua, table.index))
		return add_threshold_table(&table, &to, err);
	return stk_table_each_item(&table, add_threshold, &to, err);
}

int stk_plan_read_thresholds(
	struct stk_table *table, const char *key, struct stk_plan *plan, struct stk_err *err)
{
	struct stk_table metrics;
	int rc = stk_table_nested(table, key, &metrics, err);

	return rc < 0 ? rc : stk_table_each_key(&metrics, add_metric, plan, err);
}
