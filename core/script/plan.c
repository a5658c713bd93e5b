/* plan: keys of stoker.load into a plan; shortcuts; changes from outside. */
#include "core/script/plan.h"

#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/script/exec.h"
#include "core/script/expect.h"
#include "core/script/plan_k6.h"
#include "core/script/plan_net.h"
#include "core/script/plan_parts.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "core/script/table.h"
#include "core/script/workflow.h"

/* What stands at the top level of stoker.load besides what goes straight into the plan. */
struct load_table {
	const char *base_url;
	struct stk_shortcuts shortcuts;
	struct stk_rate_value rate;
	bool has_rate, has_seed;
	int64_t seed;
	struct stk_pairs_text tags;
	const char *segment, *segment_sequence;
	bool has_default, has_setup, has_teardown, has_summary;
	struct stk_plan *plan;
	struct stk_script *script;
};

static int read_function(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	(void)ctx;
	if (!lua_isfunction(table->lua, -1))
		return stk_table_fail(table, key, err, "a function is wanted, not %s",
			luaL_typename(table->lua, -1));
	*(bool *)field = true;
	return 0;
}

static int read_stages(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	(void)ctx;
	return stk_plan_read_stages(table, key, field, err);
}

static int read_scenarios(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct load_table *load = ctx;

	(void)field;
	return stk_plan_read_scenarios(table, key, load->script, load->plan, err);
}

static int read_thresholds(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct load_table *load = ctx;

	(void)field;
	return stk_plan_read_thresholds(table, key, load->plan, err);
}

/* A list of texts as one, with commas; checked where it is used. */
static int read_trend_stats(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	const struct stk_table_row row = {.key = key, .type = STK_FIELD_TEXTS};
	struct stk_texts names = STK_VEC_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	int rc = stk_field_read(table, &row, &names, ctx, err);

	for (size_t i = 0; i < names.len; i++)
		stk_buf_addf(&text, "%s%s", i ? "," : "", names.items[i]);
	if (rc == 0)
		*(const char **)field = stk_arena_str(table->arena, stk_buf_str(&text));
	stk_buf_release(&text);
	stk_vec_release(&names);
	return rc;
}

static int read_system_tags(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	const struct stk_table_row row = {.key = key, .type = STK_FIELD_TEXTS};
	struct stk_texts names = STK_VEC_INIT;
	struct stk_err why = STK_ERR_INIT;
	stk_system_tags tags = 0;
	int rc = stk_field_read(table, &row, &names, ctx, err);

	for (size_t i = 0; rc == 0 && i < names.len; i++)
		if (stk_system_tags_add(&tags, stk_str_of(names.items[i]), &why) < 0) {
			rc = stk_table_fail(table, key, err, "%s", why.msg);
			stk_err_hint(err, "%s", why.hint);
		}
	if (rc == 0)
		*(stk_system_tags *)field = tags;
	stk_vec_release(&names);
	return rc;
}

static int read_expect(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_expect *expect = field;
	struct stk_err why = STK_ERR_INIT;

	(void)ctx;
	if (stk_expect_read(table->lua, -1, &expect->ranges, &expect->unjudged, &why) < 0)
		return stk_table_fail(table, key, err, "%s", why.msg);
	return 0;
}

#define AT(member) offsetof(struct load_table, member)
/* clang-format off */
static const struct stk_table_row load_rows[] = {
	{ .key = "base_url", .type = STK_FIELD_TEXT, .offset = AT(base_url) },
	{ .key = "default", .type = STK_FIELD_READ, .offset = AT(has_default), .read = read_function },
	{ .key = "setup", .type = STK_FIELD_READ, .offset = AT(has_setup), .read = read_function },
	{ .key = "teardown", .type = STK_FIELD_READ, .offset = AT(has_teardown), .read = read_function },
	{ .key = "summary", .type = STK_FIELD_READ, .offset = AT(has_summary), .read = read_function },
	{ .key = "scenarios", .type = STK_FIELD_READ, .offset = SIZE_MAX, .read = read_scenarios },
	{ .key = "vus", .type = STK_FIELD_INT, .offset = AT(shortcuts.vus), .min = 1, .max = STK_PLAN_VUS_MAX },
	{ .key = "duration", .type = STK_FIELD_DURATION, .offset = AT(shortcuts.duration_ns) },
	{ .key = "iterations", .type = STK_FIELD_INT, .offset = AT(shortcuts.iterations), .min = 1, .max = 1e15 },
	{ .key = "stages", .type = STK_FIELD_READ, .offset = AT(shortcuts.stages), .read = read_stages },
	{ .key = "rate", .type = STK_FIELD_RATE, .offset = AT(rate), .given = AT(has_rate) },
	{ .key = "pre_allocated_vus", .type = STK_FIELD_INT, .offset = AT(shortcuts.pre_allocated_vus), .min = 0, .max = STK_PLAN_VUS_MAX },
	{ .key = "max_vus", .type = STK_FIELD_INT, .offset = AT(shortcuts.max_vus), .min = 1, .max = STK_PLAN_VUS_MAX },
	{ .key = "thresholds", .type = STK_FIELD_READ, .offset = SIZE_MAX, .read = read_thresholds },
	{ .key = "tags", .type = STK_FIELD_PAIRS, .offset = AT(tags) },
	{ .key = "execution_segment", .type = STK_FIELD_TEXT, .offset = AT(segment) },
	{ .key = "execution_segment_sequence", .type = STK_FIELD_TEXT, .offset = AT(segment_sequence) },
	{ .key = "seed", .type = STK_FIELD_INT, .offset = AT(seed), .given = AT(has_seed) },
};
#undef AT
#define AT(member) offsetof(struct stk_plan, member)
static const struct stk_table_row plan_rows[] = {
	{ .key = "timeout", .type = STK_FIELD_DURATION, .offset = AT(timeout_ns), .min = 1e-6, .max = 86400 },
	{ .key = "redirects", .type = STK_FIELD_INT, .offset = AT(redirects), .min = 0, .max = 1000 },
	{ .key = "max_redirects", .type = STK_FIELD_INT, .offset = AT(redirects), .min = 0, .max = 1000 },
	{ .key = "rps", .type = STK_FIELD_INT, .offset = AT(rps), .min = 0, .max = STK_PLAN_RPS_MAX },
	{ .key = "setup_timeout", .type = STK_FIELD_DURATION, .offset = AT(setup_timeout_ns), .min = 1e-3, .max = 86400 },
	{ .key = "teardown_timeout", .type = STK_FIELD_DURATION, .offset = AT(teardown_timeout_ns), .min = 1e-3, .max = 86400 },
	{ .key = "summary_timeout", .type = STK_FIELD_DURATION, .offset = AT(summary_timeout_ns), .min = 1, .max = 86400 },
	{ .key = "min_iteration_duration", .type = STK_FIELD_DURATION, .offset = AT(min_iteration_ns), .max = 86400 },
	{ .key = "summary_trend_stats", .type = STK_FIELD_READ, .offset = AT(trend_stats), .read = read_trend_stats },
	{ .key = "system_tags", .type = STK_FIELD_READ, .offset = AT(system_tags), .read = read_system_tags },
	{ .key = "expect", .type = STK_FIELD_READ, .offset = AT(expect), .read = read_expect },
	{ .key = "labels", .type = STK_FIELD_BOOL, .offset = AT(labels) },
};
#undef AT
/* clang-format on */
#define LOAD_ROWS (sizeof load_rows / sizeof *load_rows)
#define PLAN_ROWS (sizeof plan_rows / sizeof *plan_rows)

/* One set of rows over two structs: keys of the plan itself are read by a row of their own. */
static int read_plan_key(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct load_table *load = ctx;

	(void)field;
	for (size_t i = 0; i < PLAN_ROWS + stk_plan_net_rows_len; i++) {
		const struct stk_table_row *row =
			i < PLAN_ROWS ? &plan_rows[i] : &stk_plan_net_rows[i - PLAN_ROWS];
		if (strcmp(row->key, key) == 0)
			return stk_field_read(
				table, row, (char *)load->plan + row->offset, NULL, err);
	}
	return stk_table_fail(table, key, err, "no such key");
}

static int read_table(struct load_table *load, struct stk_table *table, struct stk_err *err)
{
	STK_VEC(struct stk_table_row) rows = STK_VEC_INIT;
	int rc;

	for (size_t i = 0; i < LOAD_ROWS; i++)
		stk_vec_push(&rows, load_rows[i]);
	for (size_t i = 0; i < PLAN_ROWS + stk_plan_net_rows_len; i++)
		stk_vec_push(
			&rows, (struct stk_table_row){
				       .key = i < PLAN_ROWS ? plan_rows[i].key
							    : stk_plan_net_rows[i - PLAN_ROWS].key,
				       .type = STK_FIELD_READ,
				       .offset = SIZE_MAX,
				       .read = read_plan_key});
	for (size_t i = 0; i < stk_plan_k6_rows_len; i++)
		stk_vec_push(&rows, stk_plan_k6_rows[i]);
	rc = stk_table_read(table, rows.items, rows.len, load, load, err);
	stk_vec_release(&rows);
	return rc;
}

/* An error of the engine's rules, at the place of the table. */
static int at_script(struct stk_script *script, struct stk_err *err, int rc)
{
	if (rc < 0) {
		stk_err_wrap(err, "%s", stk_script_where(script));
		if (err)
			err->code = STK_E_SCRIPT;
		return STK_E_SCRIPT;
	}
	return 0;
}

/* 2.5 per second as whole events per unit, which the short form wants. */
static int whole_rate(
	double events, int64_t unit_ns, int64_t *rate_out, int64_t *unit_out, struct stk_err *err)
{
	struct stk_scenario scenario = {0};
	int rc = stk_scenario_set_rate(&scenario, events, unit_ns, err);

	if (rc < 0)
		return rc;
	*rate_out = scenario.rate;
	*unit_out = scenario.time_unit_ns;
	return 0;
}

/* The function that a replaced workload runs. */
static int find_exec(
	const struct load_table *load, const char *scenario, int *exec_out, struct stk_err *err)
{
	const struct stk_texts *names = stk_script_scenarios(load->script);

	if (scenario) {
		*exec_out = stk_exec_find(load->script, scenario);
		if (*exec_out >= 0)
			return 0;
		stk_err_set(err, STK_E_INVAL, "%s: there is no scenario '%s'",
			stk_script_path(load->script), scenario);
		const char *near = stk_str_nearest(stk_str_of(scenario), names->items, names->len);
		if (near)
			stk_err_hint(err, "did you mean '%s'?", near);
		return STK_E_INVAL;
	}
	*exec_out = STK_EXEC_DEFAULT;
	if (load->has_default)
		return 0;
	*exec_out = STK_EXEC_SCENARIOS;
	if (names->len == 1)
		return 0;
	stk_err_set(err, STK_E_SCRIPT, "%s: there is no function 'default' to run",
		stk_script_where(load->script));
	stk_err_hint(err, names->len ? "give the table a key: default = function(ctx) ... end, or "
				       "say which scenario is meant"
				     : "give the table a key: default = function(ctx) ... end");
	return STK_E_SCRIPT;
}

static bool has_shortcuts(const struct stk_shortcuts *s)
{
	return s->vus != STK_UNSET || s->iterations != STK_UNSET || s->duration_ns != STK_UNSET ||
	       s->rate != STK_UNSET || s->stages.len > 0;
}

/* A workflow's rate or vus as the short form. */
static int from_changes(
	const struct stk_plan_changes *changes, struct stk_shortcuts *out, struct stk_err *err)
{
	if (changes->vus > 0)
		out->vus = changes->vus;
	if (changes->duration_ns > 0)
		out->duration_ns = changes->duration_ns;
	if (changes->rate > 0)
		return whole_rate(
			changes->rate, changes->rate_unit_ns, &out->rate, &out->rate_unit_ns, err);
	return 0;
}

/* The workload: what the table's short form says, over it the command line's, over it the
 * workflow's. What comes from outside replaces the scenarios. */
static int apply_workload(
	struct load_table *load, const struct stk_plan_changes *changes, struct stk_err *err)
{
	struct stk_plan *plan = load->plan;
	struct stk_shortcuts wanted;
	bool replaced = false;

	stk_shortcuts_init(&wanted);
	int rc = from_changes(changes, &wanted, err);
	if (rc == 0 && changes->shortcuts)
		replaced = stk_shortcuts_overlay(&load->shortcuts, changes->shortcuts);
	if (rc == 0 && (changes->rate > 0 || changes->vus > 0))
		replaced = stk_shortcuts_overlay(&load->shortcuts, &wanted) || replaced;
	if (rc == 0 && replaced && plan->scenarios.len) {
		stk_plan_warn(plan, "the scenarios of the script (%zu) are replaced by one",
			plan->scenarios.len);
		stk_plan_clear_scenarios(plan);
	}
	if (rc < 0)
		return rc;
	if (has_shortcuts(&load->shortcuts) || plan->scenarios.len == 0) {
		rc = find_exec(load, changes->scenario, &load->shortcuts.exec, err);
		if (rc < 0)
			return rc;
	}
	return at_script(load->script, err, stk_plan_apply_shortcuts(plan, &load->shortcuts, err));
}

/* The command line's over the script's, each of the two by itself as in k6. */
static int apply_segment(
	struct load_table *load, const struct stk_plan_changes *changes, struct stk_err *err)
{
	const char *segment = changes->segment ? changes->segment : load->segment;
	const char *sequence =
		changes->segment_sequence ? changes->segment_sequence : load->segment_sequence;
	bool is_own = !changes->segment && !changes->segment_sequence;

	if (!segment && sequence) {
		stk_err_set(err, STK_E_INVAL,
			"there is an execution segment sequence, but no execution segment");
		stk_err_hint(err, "say which part this process runs: --execution-segment 0:1/3");
		return is_own ? at_script(load->script, err, STK_E_INVAL) : STK_E_INVAL;
	}
	if (!segment)
		return 0;
	int rc =
		stk_segment_parse(segment, sequence, &load->plan->arena, &load->plan->segment, err);
	if (rc < 0)
		stk_err_wrap(err, "execution segment");
	if (rc < 0 && is_own)
		return at_script(load->script, err, rc);
	if (rc == 0 && !sequence && load->plan->segment.len > 1)
		stk_plan_warn(load->plan,
			"an execution segment without the sequence of all of them: the "
			"parts of several processes need not add up to the whole");
	return rc;
}

static void apply_settings(struct load_table *load, const struct stk_plan_changes *changes)
{
	struct stk_plan *plan = load->plan;

	for (size_t i = 0; i < load->tags.len; i++)
		stk_vec_push(&plan->tags,
			(struct stk_tag){load->tags.items[i].name, load->tags.items[i].value});
	for (size_t i = 0; i < changes->tags_len; i++)
		stk_vec_push(
			&plan->tags, (struct stk_tag){stk_plan_text(plan, changes->tags[i].key),
					     stk_plan_text(plan, changes->tags[i].value)});
	for (size_t i = 0; i < changes->allow_hosts_len; i++)
		stk_vec_push(&plan->allow_hosts, stk_plan_text(plan, changes->allow_hosts[i]));
	plan->base_url[STK_SIDE_HEAD] = load->base_url;
	for (int side = 0; side < STK_SIDES; side++)
		if (changes->base_url[side])
			plan->base_url[side] = stk_plan_text(plan, changes->base_url[side]);
	if (load->has_seed)
		plan->seed = (uint64_t)load->seed;
	if (changes->has_seed)
		plan->seed = changes->seed;
	if (changes->has_rps)
		plan->rps = changes->rps;
	if (changes->has_min_iteration)
		plan->min_iteration_ns = changes->min_iteration_ns;
	if (changes->system_tags)
		plan->system_tags = *changes->system_tags;
	if (changes->no_thresholds)
		plan->thresholds.len = 0;
	if (changes->run_id)
		plan->run_id = stk_plan_text(plan, changes->run_id);
	plan->has_setup = load->has_setup && !changes->no_setup;
	plan->has_teardown = load->has_teardown && !changes->no_teardown;
	plan->has_summary = load->has_summary;
}

int stk_script_plan(struct stk_script *script, const struct stk_plan_changes *changes,
	struct stk_plan *out, struct stk_err *err)
{
	struct load_table load = {.plan = out, .script = script};
	lua_State *lua = stk_state_lua(stk_script_state(script));
	int top = lua_gettop(lua);
	struct stk_table table;

	stk_plan_init(out);
	if (stk_script_kind(script) != STK_SCRIPT_LOAD)
		return stk_err_set(err, STK_E_INVAL, "%s is a workflow, not a load script",
			stk_script_path(script));
	stk_shortcuts_init(&load.shortcuts);
	struct stk_stages own_stages = STK_VEC_INIT;
	stk_script_push_result(script, lua);
	int rc = stk_table_init(&table, lua, -1, stk_script_path(script), &out->arena, err);
	if (rc == 0)
		rc = read_table(&load, &table, err);
	own_stages = load.shortcuts.stages; /* an overlay puts borrowed ones in their place */
	if (rc == 0 && load.has_rate)
		rc = at_script(script, err,
			whole_rate(load.rate.events, load.rate.unit_ns, &load.shortcuts.rate,
				&load.shortcuts.rate_unit_ns, err));
	if (rc == 0)
		rc = stk_script_add_metrics(script, out, err);
	if (rc == 0)
		rc = apply_segment(&load, changes, err);
	if (rc == 0)
		rc = apply_workload(&load, changes, err);
	if (rc == 0) {
		apply_settings(&load, changes);
		if (changes->scale_to_ns > 0 && changes->rate == 0 && changes->vus == 0)
			stk_plan_scale(out, changes->scale_to_ns);
		rc = at_script(script, err, stk_plan_validate(out, err));
	}
	stk_vec_release(&load.tags);
	stk_vec_release(&own_stages);
	lua_settop(lua, top);
	return rc;
}
