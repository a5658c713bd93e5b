/* workflow: what a workflow file says, read from its Lua table into plain C values. */
#include "core/script/workflow.h"

#include <lua.h>
#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "core/script/table.h"
#include "core/script/workflow_priv.h"

#define PAIRS_MAX 1000

/* An agent may need two of the longest slices known (60 s) and their upload. */
#define PROFILES_TIMEOUT_NS (150 * STK_NS_PER_S)

#define AT(type, member) offsetof(struct type, member)

/* clang-format off */
static const struct stk_table_row sides_rows[] = {
	{ .key = "base", .type = STK_FIELD_READ, .offset = STK_SIDE_BASE * sizeof(struct stk_side_spec), .read = stk_side_spec_read, .kinds = "service target", .required = true },
	{ .key = "head", .type = STK_FIELD_READ, .offset = STK_SIDE_HEAD * sizeof(struct stk_side_spec), .read = stk_side_spec_read, .kinds = "service target", .required = true },
};
static const struct stk_table_row pyroscope_rows[] = {
	{ .key = "url",          .type = STK_FIELD_TEXT,  .offset = AT(stk_source_spec, url), .position = 1, .required = true },
	{ .key = "grafana",      .type = STK_FIELD_TEXT,  .offset = AT(stk_source_spec, grafana) },
	{ .key = "datasource",   .type = STK_FIELD_TEXT,  .offset = AT(stk_source_spec, datasource) },
	{ .key = "tenant",       .type = STK_FIELD_TEXT,  .offset = AT(stk_source_spec, tenant) },
	{ .key = "user",         .type = STK_FIELD_TEXT,  .offset = AT(stk_source_spec, user) },
	{ .key = "password_env", .type = STK_FIELD_TEXT,  .offset = AT(stk_source_spec, password_env) },
	{ .key = "token_env",    .type = STK_FIELD_TEXT,  .offset = AT(stk_source_spec, token_env) },
	{ .key = "headers",      .type = STK_FIELD_PAIRS, .offset = AT(stk_source_spec, headers) },
	{ .key = "concurrency",  .type = STK_FIELD_INT,   .offset = AT(stk_source_spec, concurrency), .min = 1, .max = 64 },
};
static const struct stk_table_row files_rows[] = {
	{ .key = "base",          .type = STK_FIELD_TEXT,   .offset = AT(stk_source_spec, files[STK_SIDE_BASE]), .required = true },
	{ .key = "head",          .type = STK_FIELD_TEXT,   .offset = AT(stk_source_spec, files[STK_SIDE_HEAD]), .required = true },
	{ .key = "requests_base", .type = STK_FIELD_NUMBER, .offset = AT(stk_source_spec, file_requests[STK_SIDE_BASE]), .min = 0, .max = 1e15 },
	{ .key = "requests_head", .type = STK_FIELD_NUMBER, .offset = AT(stk_source_spec, file_requests[STK_SIDE_HEAD]), .min = 0, .max = 1e15 },
};
/* clang-format on */

static int read_source(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_source_spec *source = field;
	struct stk_table nested;
	int rc = stk_table_nested(table, key, &nested, err);

	(void)ctx;
	if (rc < 0)
		return rc;
	if (strcmp(nested.kind, "files") == 0) {
		source->kind = STK_SOURCE_FILES;
		return stk_table_read(
			&nested, files_rows, STK_ARRAY_LEN(files_rows), source, NULL, err);
	}
	source->kind = STK_SOURCE_PYROSCOPE;
	return stk_table_read(
		&nested, pyroscope_rows, STK_ARRAY_LEN(pyroscope_rows), source, NULL, err);
}

/* clang-format off */
static const struct stk_table_row notes_rows[] = {
	{ .key = "remote", .type = STK_FIELD_TEXT, .offset = AT(stk_baselines_spec, remote) },
};
static const struct stk_table_row dir_rows[] = {
	{ .key = "path", .type = STK_FIELD_TEXT, .offset = AT(stk_baselines_spec, path), .position = 1, .required = true },
};
static const struct stk_table_row s3_rows[] = {
	{ .key = "url",        .type = STK_FIELD_TEXT, .offset = AT(stk_baselines_spec, url), .position = 1, .required = true },
	{ .key = "endpoint",   .type = STK_FIELD_TEXT, .offset = AT(stk_baselines_spec, endpoint) },
	{ .key = "region",     .type = STK_FIELD_TEXT, .offset = AT(stk_baselines_spec, region) },
	{ .key = "path_style", .type = STK_FIELD_BOOL, .offset = AT(stk_baselines_spec, path_style), .given = AT(stk_baselines_spec, path_style_given) },
};
/* clang-format on */

static int read_baselines(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_baselines_spec *baselines = field;
	struct stk_table nested;
	int rc = stk_table_nested(table, key, &nested, err);

	(void)ctx;
	if (rc < 0)
		return rc;
	if (strcmp(nested.kind, "dir") == 0) {
		baselines->kind = STK_BASELINES_DIR;
		return stk_table_read(
			&nested, dir_rows, STK_ARRAY_LEN(dir_rows), baselines, NULL, err);
	}
	if (strcmp(nested.kind, "s3") == 0) {
		baselines->kind = STK_BASELINES_S3;
		return stk_table_read(
			&nested, s3_rows, STK_ARRAY_LEN(s3_rows), baselines, NULL, err);
	}
	baselines->kind = STK_BASELINES_NOTES;
	return stk_table_read(&nested, notes_rows, STK_ARRAY_LEN(notes_rows), baselines, NULL, err);
}

static int read_rate(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	struct stk_load_spec *load = (void *)((char *)field - AT(stk_load_spec, rate));
	struct stk_rate_value value;
	struct stk_err why = STK_ERR_INIT;

	(void)ctx;
	if (stk_value_rate(table->lua, lua_gettop(table->lua), &value, &why) < 0)
		return stk_table_fail(table, key, err, "%s", why.msg);
	if (value.events <= 0)
		return stk_table_fail(table, key, err, "a rate above 0 is wanted");
	load->rate = value.events;
	load->rate_unit_ns = value.unit_ns;
	return 0;
}

/* clang-format off */
static const char *const results_words[] = { "wrk", "csv", "json", NULL };
static const struct stk_table_row load_rows[] = {
	{ .key = "script",   .type = STK_FIELD_TEXT,     .offset = AT(stk_load_spec, script), .position = 1 },
	{ .key = "k6",       .type = STK_FIELD_TEXT,     .offset = AT(stk_load_spec, program.k6) },
	{ .key = "args",     .type = STK_FIELD_READ,     .offset = AT(stk_load_spec, program.args), .read = stk_load_words_read },
	{ .key = "command",  .type = STK_FIELD_READ,     .offset = AT(stk_load_spec, program), .read = stk_load_command_read },
	{ .key = "results",  .type = STK_FIELD_TEXT,     .offset = AT(stk_load_spec, program.results), .words = results_words },
	{ .key = "scenario", .type = STK_FIELD_TEXT,     .offset = AT(stk_load_spec, scenario) },
	{ .key = "rate",     .type = STK_FIELD_READ,     .offset = AT(stk_load_spec, rate), .read = read_rate },
	{ .key = "vus",      .type = STK_FIELD_INT,      .offset = AT(stk_load_spec, vus), .min = 1, .max = 1000000 },
	{ .key = "duration", .type = STK_FIELD_DURATION, .offset = AT(stk_load_spec, duration_ns), .min = 1, .max = 864000 },
	{ .key = "warmup",   .type = STK_FIELD_DURATION, .offset = AT(stk_load_spec, warmup_ns), .min = 0, .max = 86400 },
	{ .key = "pairs",    .type = STK_FIELD_INT,      .offset = AT(stk_load_spec, pairs), .min = 1, .max = PAIRS_MAX },
	{ .key = "block",    .type = STK_FIELD_DURATION, .offset = AT(stk_load_spec, block_ns), .min = 1, .max = 3600 },
	{ .key = "env",      .type = STK_FIELD_PAIRS,    .offset = AT(stk_load_spec, env) },
};
/* clang-format on */

/* "+5%" or a fraction; errors: "0.5pt" or a fraction of the rate. */
static int read_limit(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err)
{
	bool points = strcmp(key, "errors") == 0;
	const char *unit = points ? "pt" : "%";
	struct stk_str text;
	double value;

	(void)ctx;
	if (lua_type(table->lua, -1) == LUA_TNUMBER) {
		*(double *)field = lua_tonumber(table->lua, -1);
		return lua_tonumber(table->lua, -1) >= 0
			       ? 0
			       : stk_table_fail(table, key, err, "a limit such as \"%s\" is wanted",
					 points ? "0.5pt" : "+5%");
	}
	text = stk_str_trim(stk_str_of(lua_tostring(table->lua, -1)));
	if (stk_str_starts(text, "+"))
		text = stk_str_skip(text, 1);
	if (!stk_str_ends(text, unit) ||
		stk_str_to_f64(stk_str_trim(stk_str_sub(text, 0, text.len - strlen(unit))), &value,
			NULL) < 0 ||
		value < 0)
		return stk_table_fail(table, key, err, "a limit such as \"%s\" is wanted",
			points ? "0.5pt" : "+5%");
	*(double *)field = value / 100;
	return 0;
}

/* clang-format off */
#define LIMIT(name) { .key = #name, .type = STK_FIELD_READ, .offset = AT(stk_gate_spec, name), .read = read_limit }
static const struct stk_table_row gate_rows[] = {
	LIMIT(cpu), LIMIT(alloc_space), LIMIT(alloc_objects), LIMIT(inuse_space),
	LIMIT(p50), LIMIT(p95), LIMIT(p99), LIMIT(throughput), LIMIT(errors),
	{ .key = "functions",  .type = STK_FIELD_BOOL, .offset = AT(stk_gate_spec, functions) },
	{ .key = "thresholds", .type = STK_FIELD_BOOL, .offset = AT(stk_gate_spec, thresholds) },
};
static const char *const mode_words[] = { "paired", "idle", "baseline", NULL };
static const char *const post_words[] = { "comment", "check", "status", "summary", "outputs", "webhook", NULL };
static const char *const report_words[] = { "term", "html", "markdown", "json", "comment", "sarif", "junit", "codequality", NULL };

/* What the file holds before it is made sense of. */
struct raw {
	struct stk_workflow *workflow;
	const char *name, *mode, *base;
	struct stk_side_spec sides[STK_SIDES];
	struct stk_side_spec service, target;
	struct stk_source_spec source;
	struct stk_load_spec load;
	struct stk_baselines_spec baselines;
	struct stk_gate_spec gate;
	struct stk_texts profiles, report, post, out;
	struct stk_pairs_text tags;
	int64_t idle_ns, profiles_timeout_ns;
	int run_fn;
	bool sides_given, service_given, target_given, run_given;
};

static const struct stk_table_row workflow_rows[] = {
	{ .key = "name",     .type = STK_FIELD_TEXT,  .offset = AT(raw, name) },
	{ .key = "mode",     .type = STK_FIELD_TEXT,  .offset = AT(raw, mode), .words = mode_words },
	{ .key = "service",  .type = STK_FIELD_READ,  .offset = AT(raw, service), .given = AT(raw, service_given), .read = stk_side_spec_read, .kinds = "service" },
	{ .key = "target",   .type = STK_FIELD_READ,  .offset = AT(raw, target), .given = AT(raw, target_given), .read = stk_side_spec_read, .kinds = "target" },
	{ .key = "base",     .type = STK_FIELD_TEXT,  .offset = AT(raw, base) },
	{ .key = "sides",    .type = STK_FIELD_TABLE, .offset = AT(raw, sides), .given = AT(raw, sides_given), .rows = sides_rows, .rows_len = STK_ARRAY_LEN(sides_rows) },
	{ .key = "source",   .type = STK_FIELD_READ,  .offset = AT(raw, source), .read = read_source, .kinds = "pyroscope files" },
	{ .key = "load",     .type = STK_FIELD_TABLE, .offset = AT(raw, load), .rows = load_rows, .rows_len = STK_ARRAY_LEN(load_rows) },
	{ .key = "idle",     .type = STK_FIELD_DURATION, .offset = AT(raw, idle_ns), .min = 1, .max = 86400 },
	{ .key = "profiles", .type = STK_FIELD_TEXTS, .offset = AT(raw, profiles) },
	{ .key = "profiles_timeout", .type = STK_FIELD_DURATION, .offset = AT(raw, profiles_timeout_ns), .min = 1, .max = 3600 },
	{ .key = "baselines", .type = STK_FIELD_READ, .offset = AT(raw, baselines), .read = read_baselines, .kinds = "git_notes dir s3" },
	{ .key = "gate",     .type = STK_FIELD_TABLE, .offset = AT(raw, gate), .given = AT(raw, gate.is_set), .rows = gate_rows, .rows_len = STK_ARRAY_LEN(gate_rows) },
	{ .key = "post",     .type = STK_FIELD_TEXTS, .offset = AT(raw, post), .words = post_words },
	{ .key = "tags",     .type = STK_FIELD_PAIRS, .offset = AT(raw, tags) },
	{ .key = "out",      .type = STK_FIELD_TEXTS, .offset = AT(raw, out) },
	{ .key = "report",   .type = STK_FIELD_TEXTS, .offset = AT(raw, report), .words = report_words },
	{ .key = "run",      .type = STK_FIELD_FUNCTION, .offset = AT(raw, run_fn), .given = AT(raw, run_given) },
};
/* clang-format on */

void stk_workflow_init(struct stk_workflow *workflow)
{
	memset(workflow, 0, sizeof *workflow);
	workflow->dir = ".";
	workflow->source.concurrency = 4;
	workflow->profiles_timeout_ns = PROFILES_TIMEOUT_NS;
	workflow->load = (struct stk_load_spec){.warmup_ns = 10 * STK_NS_PER_S, .pairs = 6};
	workflow->gate = (struct stk_gate_spec){.cpu = NAN,
		.alloc_space = NAN,
		.alloc_objects = NAN,
		.inuse_space = NAN,
		.p50 = NAN,
		.p95 = NAN,
		.p99 = NAN,
		.throughput = NAN,
		.errors = NAN,
		.functions = true,
		.thresholds = true};
	for (int side = 0; side < STK_SIDES; side++)
		stk_side_spec_init(&workflow->sides[side]);
}

/* Labels are the only thing that the command line adds to one side alone. */
void stk_workflow_pair(struct stk_workflow *workflow)
{
	struct stk_side_spec *base = &workflow->sides[STK_SIDE_BASE];
	const struct stk_side_spec *head = &workflow->sides[STK_SIDE_HEAD];

	if (workflow->from_git)
		return;
	*base = *head;
	base->profile.labels.items = NULL;
	base->profile.labels.len = base->profile.labels.cap = 0;
	for (size_t i = 0; i < head->profile.labels.len; i++)
		stk_vec_push(&base->profile.labels, head->profile.labels.items[i]);
	workflow->from_git = workflow->shares_service = true;
	workflow->mode = STK_MODE_PAIRED;
}

void stk_workflow_same(struct stk_workflow *workflow)
{
	bool from_git = workflow->from_git;

	if (from_git || workflow->shares_service)
		return;
	stk_side_spec_release(&workflow->sides[STK_SIDE_BASE]);
	stk_workflow_pair(workflow);
	workflow->from_git = from_git;
}

void stk_workflow_unpair(struct stk_workflow *workflow)
{
	if (!workflow->from_git)
		return;
	workflow->sides[STK_SIDE_BASE].is_set = false;
	workflow->from_git = false;
	workflow->mode = STK_MODE_IDLE;
}

void stk_workflow_release(struct stk_workflow *workflow)
{
	if (workflow->shares_service)
		stk_vec_release(&workflow->sides[STK_SIDE_BASE].profile.labels);
	else
		stk_side_spec_release(&workflow->sides[STK_SIDE_BASE]);
	stk_side_spec_release(&workflow->sides[STK_SIDE_HEAD]);
	stk_vec_release(&workflow->source.headers);
	stk_vec_release(&workflow->load.env);
	stk_vec_release(&workflow->tags);
	stk_vec_release(&workflow->profiles);
	stk_vec_release(&workflow->post);
	stk_vec_release(&workflow->report);
	stk_vec_release(&workflow->out);
	stk_arena_release(&workflow->arena);
}

/* Which sides there are: by hand, or the one target or service that mode idle looks at. */
static int check_sides(const struct raw *raw, const struct stk_table *table, struct stk_err *err)
{
	if (raw->sides_given && (raw->service_given || raw->target_given))
		return stk_table_fail(
			table, "sides", err, "'sides' replaces 'service' and 'target'");
	if (raw->service_given && raw->target_given)
		return stk_table_fail(
			table, "target", err, "either 'service' or 'target', not both");
	if (raw->base && !raw->service_given && !(raw->mode && strcmp(raw->mode, "baseline") == 0))
		return stk_table_fail(table, "base", err,
			"it says which commit 'service' is built from, and there is no 'service'");
	return 0;
}

static void take_sides(struct raw *raw, struct stk_workflow *out)
{
	if (raw->sides_given)
		memcpy(out->sides, raw->sides, sizeof out->sides);
	else if (raw->service_given)
		out->sides[STK_SIDE_HEAD] = raw->service;
	else if (raw->target_given)
		out->sides[STK_SIDE_HEAD] = raw->target;
}

static int take_mode(struct raw *raw, struct stk_workflow *out, const struct stk_table *table,
	struct stk_err *err)
{
	out->mode_given = raw->mode != NULL;
	/* a flow of one's own may want the one side only, and has to say so when it wants two */
	out->mode = raw->sides_given || (raw->service_given && (!raw->run_given || raw->base))
			    ? STK_MODE_PAIRED
			    : STK_MODE_IDLE;
	if (raw->mode)
		out->mode = strcmp(raw->mode, "paired") == 0 ? STK_MODE_PAIRED
			    : strcmp(raw->mode, "idle") == 0 ? STK_MODE_IDLE
							     : STK_MODE_BASELINE;
	if (out->mode == STK_MODE_BASELINE && raw->sides_given)
		return stk_table_fail(table, "mode", err,
			"mode 'baseline' has one 'service' or 'target', not 'sides'");
	if (out->mode == STK_MODE_PAIRED && raw->target_given) {
		stk_table_fail(table, "mode", err, "mode 'paired' needs both sides");
		stk_err_hint(err,
			"give service = stoker.service { build, start } to build both from "
			"git, or sides = { base = ..., head = ... }");
		return STK_E_SCRIPT;
	}
	return 0;
}

static void take_texts(struct raw *raw, struct stk_workflow *out)
{
	for (size_t i = 0; i < raw->profiles.len; i++)
		stk_vec_push(&out->profiles, raw->profiles.items[i]);
	if (out->profiles.len == 0) {
		stk_vec_push(&out->profiles, "cpu");
		stk_vec_push(&out->profiles, "alloc_space");
	}
	for (size_t i = 0; i < raw->out.len; i++)
		stk_vec_push(&out->out, raw->out.items[i]);
	for (size_t i = 0; i < raw->post.len; i++)
		stk_vec_push(&out->post, raw->post.items[i]);
	for (size_t i = 0; i < raw->report.len; i++)
		stk_vec_push(&out->report, raw->report.items[i]);
}

static int take_raw(struct raw *raw, struct stk_workflow *out, const struct stk_table *table,
	struct stk_err *err)
{
	int rc = check_sides(raw, table, err);

	if (rc == 0)
		rc = take_mode(raw, out, table, err);
	if (rc < 0)
		return rc;
	take_sides(raw, out);
	out->base = raw->base;
	out->base_key = "base =";
	if (raw->service_given && out->mode == STK_MODE_PAIRED)
		stk_workflow_pair(out);
	if (raw->name)
		out->name = raw->name;
	raw->load.idle_ns = raw->idle_ns;
	out->profiles_timeout_ns = raw->profiles_timeout_ns;
	out->source = raw->source;
	out->load = raw->load;
	out->tags = raw->tags;
	out->baselines = raw->baselines;
	out->gate = raw->gate;
	out->run_fn = raw->run_given ? raw->run_fn : 0;
	take_texts(raw, out);
	return 0;
}

/* Reads under protection: the table reader may raise out of Lua's memory. */
struct reading {
	struct stk_script *script;
	struct stk_workflow *out;
	struct stk_err *err;
	int rc;
};

int stk_load_spec_read(struct lua_State *lua, int index, const char *where, struct stk_arena *arena,
	struct stk_load_spec *out, struct stk_err *err)
{
	struct stk_table table;
	struct stk_load_program before = out->program;
	const char *script_before = out->script;
	int rc = stk_table_init(&table, lua, index, where, arena, err);

	if (rc < 0)
		return rc;
	/* what it names takes the place of what there was */
	memset(&out->program, 0, sizeof out->program);
	out->script = NULL;
	rc = stk_table_read(&table, load_rows, STK_ARRAY_LEN(load_rows), out, NULL, err);
	if (!stk_load_is_program(out) && !out->script) {
		out->program = before;
		out->script = script_before;
	}
	return rc < 0 ? rc : stk_load_spec_check(&table, out, err);
}

/* What a workflow that was refused had read so far. */
static void release_raw(struct raw *raw)
{
	for (int side = 0; side < STK_SIDES; side++)
		stk_side_spec_release(&raw->sides[side]);
	stk_side_spec_release(&raw->service);
	stk_side_spec_release(&raw->target);
	stk_vec_release(&raw->source.headers);
	stk_vec_release(&raw->load.env);
	stk_vec_release(&raw->tags);
}

static int read_protected(lua_State *lua)
{
	struct reading *reading = lua_touserdata(lua, 1);
	struct stk_workflow *out = reading->out;
	struct raw raw = {.source = out->source,
		.load = out->load,
		.gate = out->gate,
		.profiles_timeout_ns = out->profiles_timeout_ns};
	struct stk_table table;

	for (int side = 0; side < STK_SIDES; side++)
		raw.sides[side] = out->sides[side];
	raw.service = raw.target = out->sides[STK_SIDE_HEAD];
	stk_script_push_result(reading->script, lua);
	reading->rc = stk_table_init(&table, lua, lua_gettop(lua),
		stk_script_where(reading->script), &out->arena, reading->err);
	if (reading->rc == 0)
		reading->rc = stk_table_read(&table, workflow_rows, STK_ARRAY_LEN(workflow_rows),
			&raw, NULL, reading->err);
	if (reading->rc == 0)
		reading->rc = stk_load_spec_check(&table, &raw.load, reading->err);
	if (reading->rc == 0)
		reading->rc = take_raw(&raw, out, &table, reading->err);
	if (reading->rc < 0)
		release_raw(&raw);
	stk_vec_release(&raw.profiles);
	stk_vec_release(&raw.post);
	stk_vec_release(&raw.out);
	stk_vec_release(&raw.report);
	return 0;
}

int stk_workflow_read(struct stk_script *script, struct stk_workflow *out, struct stk_err *err)
{
	struct reading reading = {script, out, err, 0};
	int rc;

	out->dir = stk_arena_dup(&out->arena, stk_script_dir(script));
	rc = stk_state_run(stk_script_state(script), read_protected, &reading, err);
	return rc < 0 ? rc : reading.rc;
}
