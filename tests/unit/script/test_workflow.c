/* test_workflow: every key of a workflow: defaults, forms, units, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/script/script_priv.h"
#include "core/script/workflow.h"
#include "tests/support/lua_case.h"

#define S    STK_NS_PER_S
#define HEAD "local stoker = require 'stoker'\n"

struct fixture {
	struct lua_case lc;
	struct stk_workflow flow;
	struct stk_err err;
};

static int setup(void **state)
{
	static struct fixture fx;

	memset(&fx, 0, sizeof fx);
	lua_case_init(&fx.lc);
	stk_workflow_init(&fx.flow);
	*state = &fx;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fx = *state;

	stk_workflow_release(&fx->flow);
	lua_case_release(&fx->lc);
	return 0;
}

/* Read "return stoker.workflow { BODY }" afresh. */
static int read_body(struct fixture *fx, const char *body)
{
	struct stk_buf text = STK_BUF_EMPTY;
	int rc;

	stk_buf_addf(&text, HEAD "return stoker.workflow {\n%s\n}\n", body);
	rc = lua_case_load(&fx->lc, text.ptr);
	stk_buf_release(&text);
	if (rc < 0)
		fail_msg("%s", fx->lc.err.msg);
	stk_workflow_release(&fx->flow);
	stk_workflow_init(&fx->flow);
	stk_err_clear(&fx->err);
	return stk_workflow_read(fx->lc.script, &fx->flow, &fx->err);
}

static const struct stk_workflow *read_good(struct fixture *fx, const char *body)
{
	if (read_body(fx, body) < 0)
		fail_msg("%s\n%s", fx->err.msg, body);
	return &fx->flow;
}

static const struct stk_side_spec *read_service(struct fixture *fx, const char *keys)
{
	struct stk_buf body = STK_BUF_EMPTY;

	stk_buf_addf(&body, "service = stoker.service { %s }", keys);
	read_good(fx, body.ptr);
	stk_buf_release(&body);
	return &fx->flow.sides[STK_SIDE_HEAD];
}

static const struct stk_load_spec *read_load(struct fixture *fx, const char *keys)
{
	struct stk_buf body = STK_BUF_EMPTY;

	stk_buf_addf(&body, "load = { %s }", keys);
	read_good(fx, body.ptr);
	stk_buf_release(&body);
	return &fx->flow.load;
}

/* --- defaults ------------------------------------------------------------------------------ */

static void workflow_read__defaults_of_an_empty_one(void **state)
{
	const struct stk_workflow *flow = read_good(*state, "");

	assert_null(flow->name);
	assert_int_equal(flow->mode, STK_MODE_IDLE);
	assert_false(flow->mode_given);
	assert_false(flow->sides[STK_SIDE_BASE].is_set);
	assert_false(flow->sides[STK_SIDE_HEAD].is_set);
	assert_int_equal(flow->source.kind, STK_SOURCE_EMBEDDED);
	assert_int_equal(flow->load.warmup_ns, 10 * S);
	assert_int_equal(flow->load.pairs, 6);
	assert_int_equal(flow->load.block_ns, 0);
	assert_int_equal(flow->load.rate, 0);
	assert_int_equal(flow->load.vus, 0);
	assert_int_equal(flow->load.idle_ns, 0);
	assert_int_equal(flow->profiles.len, 2);
	assert_string_equal(flow->profiles.items[0], "cpu");
	assert_string_equal(flow->profiles.items[1], "alloc_space");
	assert_int_equal(flow->profiles_timeout_ns, 150 * S);
	assert_false(flow->gate.is_set);
	assert_int_equal(flow->report.len, 0);
	assert_int_equal(flow->run_fn, 0);
}

static void workflow_read__defaults_of_a_service(void **state)
{
	const struct stk_side_spec *side = read_service(*state, "start = './shop -l {port}'");

	assert_true(side->is_set);
	assert_true(side->is_service);
	assert_string_equal(side->start.shell, "./shop -l {port}");
	assert_int_equal(side->start.argv.len, 0);
	assert_null(side->build.shell);
	assert_null(side->ready);
	assert_int_equal(side->ready_fn, 0);
	assert_int_equal(side->ready_timeout_ns, 60 * S);
	assert_string_equal(side->stop_signal, "TERM");
	assert_int_equal(side->stop_timeout_ns, 10 * S);
	assert_null(side->url);
	assert_int_equal(side->profile.via, STK_VIA_DEFAULT);
}

static void workflow_read__dir_is_that_of_the_file(void **state)
{
	struct fixture *fx = *state;

	assert_string_equal(read_good(fx, "")->dir, fx->lc.dir);
}

/* --- services and targets ------------------------------------------------------------------ */

static void workflow_read__every_key_of_a_service(void **state)
{
	const struct stk_side_spec *side = read_service(*state,
		"title = 'shop 1.1', build = 'make', start = { './shop', '--port', '{port}' },\n"
		"env = { B = 'two', A = 1, C = true }, cwd = 'sub', ready = '/healthz',\n"
		"ready_timeout = '1m30s', stop_signal = 'INT', stop_timeout = 2.5,\n"
		"url = 'http://127.0.0.1:{port}/api'");

	assert_string_equal(side->title, "shop 1.1");
	assert_string_equal(side->build.shell, "make");
	assert_null(side->start.shell);
	assert_int_equal(side->start.argv.len, 3);
	assert_string_equal(side->start.argv.items[1], "--port");
	assert_int_equal(side->env.len, 3); /* by name, never in the order of a hash */
	assert_string_equal(side->env.items[0].name, "A");
	assert_string_equal(side->env.items[0].value, "1");
	assert_string_equal(side->env.items[2].value, "true");
	assert_string_equal(side->cwd, "sub");
	assert_string_equal(side->ready, "/healthz");
	assert_int_equal(side->ready_timeout_ns, 90 * S);
	assert_string_equal(side->stop_signal, "INT");
	assert_int_equal(side->stop_timeout_ns, 5 * S / 2);
	assert_string_equal(side->url, "http://127.0.0.1:{port}/api");
}

static void workflow_read__camel_case_is_the_same_key(void **state)
{
	assert_int_equal(
		read_service(*state, "start = 'x', readyTimeout = 3")->ready_timeout_ns, 3 * S);
}

static void workflow_read__ready_is_path_tcp_or_function(void **state)
{
	assert_string_equal(read_service(*state, "start = 'x', ready = 'tcp'")->ready, "tcp");
	const struct stk_side_spec *side =
		read_service(*state, "start = 'x', ready = function(s) return true end");
	assert_null(side->ready);
	assert_true(side->ready_fn > 0);
}

static void workflow_read__profiles_of_a_side(void **state)
{
	const struct stk_side_spec *side = read_service(*state,
		"start = 'x', profile = stoker.sdk { service = 'shop', labels = { v = '1.1' } }");

	assert_int_equal(side->profile.via, STK_VIA_SDK);
	assert_string_equal(side->profile.service, "shop");
	assert_string_equal(side->profile.labels.items[0].value, "1.1");
	side = read_service(*state, "start = 'x', profile = stoker.scrape { 'http://h:{port2}' }");
	assert_int_equal(side->profile.via, STK_VIA_SCRAPE);
	assert_string_equal(side->profile.url, "http://h:{port2}");
	assert_int_equal(side->profile.slice_ns, 5 * S);
	assert_string_equal(side->profile.path, "/debug/pprof");
	side = read_service(*state, "start = 'x', profile = stoker.scrape { url = 'http://h', "
				    "slice = '10s', path = '/p' }");
	assert_int_equal(side->profile.slice_ns, 10 * S);
	assert_string_equal(side->profile.path, "/p");
}

static void workflow_read__a_target_in_both_spellings(void **state)
{
	const struct stk_workflow *flow =
		read_good(*state, "target = stoker.target { url = 'http://h', service = 'orders', "
				  "labels = { env = 'staging' } }");

	assert_false(flow->sides[STK_SIDE_HEAD].is_service);
	assert_string_equal(flow->sides[STK_SIDE_HEAD].url, "http://h");
	assert_string_equal(flow->sides[STK_SIDE_HEAD].profile.service, "orders");
	assert_string_equal(flow->sides[STK_SIDE_HEAD].profile.labels.items[0].name, "env");
	flow = read_good(*state, "target = { url = 'http://h2' }");
	assert_string_equal(flow->sides[STK_SIDE_HEAD].url, "http://h2");
}

static void workflow_read__both_sides_make_it_paired(void **state)
{
	const struct stk_workflow *flow = read_good(*state,
		"sides = { base = stoker.service { start = 'a' }, head = { url = 'http://h' } }");

	assert_int_equal(flow->mode, STK_MODE_PAIRED);
	assert_true(flow->sides[STK_SIDE_BASE].is_service);
	assert_false(flow->sides[STK_SIDE_HEAD].is_service);
	assert_true(flow->sides[STK_SIDE_HEAD].is_set);
	flow = read_good(*state,
		"mode = 'idle', "
		"sides = { base = { url = 'http://a' }, head = { url = 'http://h' } }");
	assert_int_equal(flow->mode, STK_MODE_IDLE);
	assert_true(flow->mode_given);
}

static void workflow_read__a_service_is_both_sides_from_git(void **state)
{
	const struct stk_workflow *flow = read_good(*state,
		"service = stoker.service { build = 'make', start = 'a', profile = stoker.sdk { "
		"labels = { l = 'm' } } }, base = 'merge-base:main'");

	assert_true(flow->from_git);
	assert_int_equal(flow->mode, STK_MODE_PAIRED);
	assert_string_equal(flow->base, "merge-base:main");
	assert_string_equal(flow->sides[STK_SIDE_BASE].start.shell, "a");
	assert_string_equal(flow->sides[STK_SIDE_HEAD].build.shell, "make");
	assert_ptr_not_equal(flow->sides[STK_SIDE_BASE].profile.labels.items,
		flow->sides[STK_SIDE_HEAD].profile.labels.items);
	flow = read_good(*state, "mode = 'idle', service = stoker.service { start = 'a' }");
	assert_false(flow->from_git);
	assert_false(flow->sides[STK_SIDE_BASE].is_set);
	/* a flow of one's own wants both only when it says so */
	flow = read_good(*state, "run = function() end, service = stoker.service { start = 'a' }");
	assert_int_equal(flow->mode, STK_MODE_IDLE);
	flow = read_good(*state, "run = function() end, base = 'v1', "
				 "service = stoker.service { start = 'a' }");
	assert_true(flow->from_git);
}

static void workflow_pair__and_back(void **state)
{
	struct fixture *fx = *state;

	read_good(fx, "mode = 'idle', service = stoker.service { start = 'a' }");
	stk_workflow_pair(&fx->flow);
	stk_workflow_pair(&fx->flow);
	assert_true(fx->flow.from_git && fx->flow.sides[STK_SIDE_BASE].is_set);
	stk_workflow_unpair(&fx->flow);
	assert_int_equal(fx->flow.mode, STK_MODE_IDLE);
	assert_false(fx->flow.from_git || fx->flow.sides[STK_SIDE_BASE].is_set);
}

static void workflow_read__further_processes_of_a_service(void **state)
{
	const struct stk_side_spec *side = read_service(*state,
		"start = 'x', stop = 'y', pids = { 'z', 'w' }, processes = { { name = 'db', start "
		"= "
		"{ 'db', '{port2}' }, ready = 'tcp:{port2}', ready_timeout = 5, env = { A = 1 }, "
		"cwd = 'c', url = 'u' }, { name = 'q', start = 's', stop = 't', pids = 'p', ready "
		"= "
		"function() end } }");

	assert_string_equal(side->stop.shell, "y");
	assert_int_equal(side->pids.argv.len, 2);
	assert_int_equal(side->processes.len, 2);
	assert_string_equal(side->processes.items[0].name, "db");
	assert_string_equal(side->processes.items[0].start.argv.items[1], "{port2}");
	assert_string_equal(side->processes.items[0].ready, "tcp:{port2}");
	assert_int_equal(side->processes.items[0].ready_timeout_ns, 5 * S);
	assert_string_equal(side->processes.items[0].env.items[0].value, "1");
	assert_string_equal(side->processes.items[0].cwd, "c");
	assert_string_equal(side->processes.items[0].url, "u");
	assert_string_equal(side->processes.items[1].stop.shell, "t");
	assert_string_equal(side->processes.items[1].pids.shell, "p");
	assert_true(side->processes.items[1].ready_fn != 0);
	assert_null(side->processes.items[1].ready);
}

/* --- source, load, gate --------------------------------------------------------------------- */

static void workflow_read__sources(void **state)
{
	const struct stk_source_spec *source = &read_good(*state,
		"source = stoker.pyroscope { 'http://p:4040', tenant = 'a', user = 'u', "
		"password_env = 'P', headers = { ['X-A'] = 'b' }, concurrency = 8 }")
							->source;

	assert_int_equal(source->kind, STK_SOURCE_PYROSCOPE);
	assert_string_equal(source->url, "http://p:4040");
	assert_string_equal(source->tenant, "a");
	assert_string_equal(source->user, "u");
	assert_string_equal(source->password_env, "P");
	assert_string_equal(source->headers.items[0].name, "X-A");
	assert_int_equal(source->concurrency, 8);
	source = &read_good(
		*state, "source = stoker.pyroscope { url = 'http://p', token_env = 'T' }")
			  ->source;
	assert_string_equal(source->token_env, "T");
	assert_int_equal(source->concurrency, 4);
	source = &read_good(*state,
		"source = stoker.files { base = 'b/*.pb.gz', head = 'h/*.pb.gz', "
		"requests_base = 100, requests_head = 200 }")
			  ->source;
	assert_int_equal(source->kind, STK_SOURCE_FILES);
	assert_string_equal(source->files[STK_SIDE_BASE], "b/*.pb.gz");
	assert_true(source->file_requests[STK_SIDE_HEAD] == 200);
}

static void workflow_read__every_key_of_load(void **state)
{
	const struct stk_load_spec *load = read_load(*state,
		"script = 'shop.lua', scenario = 'browse', rate = '3000/m', duration = '5m', "
		"warmup = 0, pairs = 12, block = '20s', env = { A = 'x' }");

	assert_string_equal(load->script, "shop.lua");
	assert_string_equal(load->scenario, "browse");
	assert_true(load->rate == 3000);
	assert_int_equal(load->rate_unit_ns, 60 * S);
	assert_int_equal(load->duration_ns, 300 * S);
	assert_int_equal(load->warmup_ns, 0);
	assert_int_equal(load->pairs, 12);
	assert_int_equal(load->block_ns, 20 * S);
	assert_string_equal(load->env.items[0].value, "x");
}

static void workflow_read__load_by_position_and_in_vus(void **state)
{
	const struct stk_load_spec *load = read_load(*state, "'shop.lua', vus = 50");

	assert_string_equal(load->script, "shop.lua");
	assert_int_equal(load->vus, 50);
	load = read_load(*state, "'shop.lua', rate = 200");
	assert_true(load->rate == 200);
	assert_int_equal(load->rate_unit_ns, S);
}

static void workflow_read__gates_in_their_units(void **state)
{
	const struct stk_gate_spec *gate = &read_good(*state,
		"gate = { cpu = '+5%', alloc_space = '10%', alloc_objects = 0.2, "
		"inuse_space = ' +7.5 % ', p50 = '1%', p95 = '+12%', p99 = '2%', "
		"throughput = '3%', errors = '0.5pt' }")
						    ->gate;

	assert_true(gate->is_set);
	assert_true(fabs(gate->cpu - 0.05) < 1e-12);
	assert_true(fabs(gate->alloc_space - 0.10) < 1e-12);
	assert_true(gate->alloc_objects == 0.2);
	assert_true(fabs(gate->inuse_space - 0.075) < 1e-12);
	assert_true(fabs(gate->p50 - 0.01) < 1e-12);
	assert_true(fabs(gate->p95 - 0.12) < 1e-12);
	assert_true(fabs(gate->p99 - 0.02) < 1e-12);
	assert_true(fabs(gate->throughput - 0.03) < 1e-12);
	assert_true(fabs(gate->errors - 0.005) < 1e-12);
	assert_true(gate->functions);
	assert_true(gate->thresholds);
}

static void workflow_read__an_empty_gate_judges_functions(void **state)
{
	const struct stk_gate_spec *gate = &read_good(*state, "gate = {}")->gate;

	assert_true(gate->is_set);
	assert_true(isnan(gate->cpu));
	assert_true(gate->functions);
	gate = &read_good(*state, "gate = { functions = false, thresholds = false }")->gate;
	assert_false(gate->functions);
	assert_false(gate->thresholds);
}

static void workflow_read__profiles_reports_idle_and_run(void **state)
{
	const struct stk_workflow *flow =
		read_good(*state, "name = 'checkout', profiles = { 'cpu', 'a:b:c:d:e' }, report = "
				  "{ 'term', 'json' },\n"
				  "idle = '1m', profiles_timeout = '30s', run = function(w) end");

	assert_string_equal(flow->name, "checkout");
	assert_int_equal(flow->profiles.len, 2);
	assert_string_equal(flow->profiles.items[1], "a:b:c:d:e");
	assert_int_equal(flow->report.len, 2);
	assert_int_equal(flow->load.idle_ns, 60 * S);
	assert_int_equal(flow->profiles_timeout_ns, 30 * S);
	assert_true(flow->run_fn > 0);
}

/* --- what is refused ------------------------------------------------------------------------- */

struct mistake {
	const char *body;
	const char *message; /* part of it; the file and line stand before */
};

static void check_mistakes(struct fixture *fx, const struct mistake *mistakes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (read_body(fx, mistakes[i].body) != STK_E_SCRIPT)
			fail_msg("was taken: %s", mistakes[i].body);
		const char *message = lua_case_message(&fx->lc, &fx->err);
		if (strncmp(message, "case.lua:", 9) != 0 || !strstr(message, mistakes[i].message))
			fail_msg("%s\ngave     %s\nnot      %s", mistakes[i].body, message,
				mistakes[i].message);
	}
}

static void workflow_read__unknown_keys_name_the_nearest(void **state)
{
	static const struct mistake mistakes[] = {
		{"laod = { 'x.lua' }", "case.lua:2: unknown key 'laod'"},
		{"\nservice = stoker.service { start = 'x', redy = '/h' }",
			"case.lua:4: service: unknown key 'redy'"},
		{"load = { pair = 4 }", "load: unknown key 'pair'"},
		{"gate = { cpus = '+5%' }", "gate: unknown key 'cpus'"},
		{"sides = { bse = stoker.service { start = 'x' } }", "sides: unknown key 'bse'"},
		{"target = { url = 'u', lables = {} }", "target: unknown key 'lables'"},
		{"service = stoker.service { start = 'x', profile = stoker.sdk { servce = 'x' } }",
			"profile: unknown key 'servce'"},
		{"source = stoker.pyroscope { 'u', tenat = 'x' }", "source: unknown key 'tenat'"},
	};
	struct fixture *fx = *state;

	check_mistakes(fx, mistakes, STK_ARRAY_LEN(mistakes));
	(void)read_body(fx, "laod = { 'x.lua' }");
	assert_non_null(strstr(fx->err.hint, "load"));
	(void)read_body(fx, "load = { pair = 4 }");
	assert_non_null(strstr(fx->err.hint, "pairs"));
}

static void workflow_read__sides_service_and_target_exclude_each_other(void **state)
{
#define PAIR "sides = { base = { url = 'http://a' }, head = { url = 'http://b' } }"
	static const struct mistake mistakes[] = {
		{PAIR ", service = stoker.service { start = 'x' }", "'sides' replaces"},
		{PAIR ", target = { url = 'http://c' }", "'sides' replaces"},
		{"service = stoker.service { start = 'x' }, target = { url = 'http://c' }",
			"either 'service' or 'target'"},
		{"mode = 'paired', target = { url = 'http://c' }", "needs both sides"},
		{"base = 'main', target = { url = 'http://c' }", "there is no 'service'"},
		{"base = 'main', " PAIR, "there is no 'service'"},
		{"sides = { base = { url = 'http://a' } }", "head: is missing"},
		{"sides = { head = { url = 'http://a' } }", "base: is missing"},
	};

	check_mistakes(*state, mistakes, STK_ARRAY_LEN(mistakes));
}

static void workflow_read__wrong_values_are_refused(void **state)
{
	static const struct mistake mistakes[] = {
		{"mode = 'pared'", "mode"},
		{"name = 5", "name"},
		{"service = 'x'", "service"},
		{"service = stoker.service {}", "start: is missing"},
		{"service = stoker.service { start = 'x', processes = 'y' }", "a list of tables"},
		{"service = stoker.service { start = 'x', processes = { 'y' } }", "processes.1"},
		{"service = stoker.service { start = 'x', processes = { { start = 'y' } } }",
			"name: is missing"},
		{"service = stoker.service { start = 'x', processes = { { name = '../a', start = "
		 "'y' } } }",
			"letters, digits"},
		{"service = stoker.service { start = 'x', processes = { { name = 'a', start = 'y' "
		 "}, { name = 'a', start = 'y' } } }",
			"there are two of 'a'"},
		{"service = stoker.service { start = 5 }", "a command is missing"},
		{"service = stoker.service { start = {} }", "the list of words is empty"},
		{"service = stoker.service { start = { 'x', 5 } }", "item 2: a text is missing"},
		{"service = stoker.service { start = 'x', ready = 'healthz' }",
			"'/path', 'tcp', 'tcp:{port2}' or a function"},
		{"service = stoker.service { start = 'x', ready_timeout = 'soon' }",
			"ready_timeout"},
		{"service = stoker.service { start = 'x', profile = stoker.scrape {} }",
			"url: is missing"},
		{"service = stoker.service { start = 'x', profile = stoker.scrape { 'u', slice = "
		 "0.1 } }",
			"slice"},
		{"service = stoker.service { start = 'x', profile = {} }", "profile"},
		{"target = {}", "url: is missing"},
		{"source = stoker.pyroscope {}", "url: is missing"},
		{"source = stoker.pyroscope { 'u', concurrency = 0 }", "concurrency"},
		{"source = stoker.files { base = 'x' }", "head: is missing"},
		{"load = { rate = 0 }", "rate above 0"},
		{"load = { rate = '200/w' }", "rate"},
		{"load = { vus = 0 }", "vus"},
		{"load = { pairs = 0 }", "pairs"},
		{"load = { pairs = 2.5 }", "pairs"},
		{"load = { block = '500ms' }", "block"},
		{"load = 'x.lua'", "load"},
		{"gate = { cpu = '5' }", "\"+5%\" is wanted"},
		{"gate = { cpu = '-5%' }", "\"+5%\" is wanted"},
		{"gate = { cpu = 'five%' }", "\"+5%\" is wanted"},
		{"gate = { cpu = true }", "\"+5%\" is wanted"},
		{"gate = { cpu = -0.5 }", "\"+5%\" is wanted"},
		{"gate = { cpu = '5pt' }", "\"+5%\" is wanted"},
		{"gate = { errors = '5%' }", "\"0.5pt\" is wanted"},
		{"gate = { functions = 'yes' }", "functions"},
		{"report = { 'pdf' }", "report"},
		{"profiles = { 5 }", "profiles"},
		{"run = 'paired'", "run"},
		{"profiles_timeout = 0", "profiles_timeout"},
	};

	check_mistakes(*state, mistakes, STK_ARRAY_LEN(mistakes));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(workflow_read__defaults_of_an_empty_one),
		CASE(workflow_read__defaults_of_a_service),
		CASE(workflow_read__dir_is_that_of_the_file),
		CASE(workflow_read__every_key_of_a_service),
		CASE(workflow_read__camel_case_is_the_same_key),
		CASE(workflow_read__ready_is_path_tcp_or_function),
		CASE(workflow_read__profiles_of_a_side),
		CASE(workflow_read__a_target_in_both_spellings),
		CASE(workflow_read__both_sides_make_it_paired),
		CASE(workflow_read__a_service_is_both_sides_from_git),
		CASE(workflow_pair__and_back),
		CASE(workflow_read__further_processes_of_a_service),
		CASE(workflow_read__sources),
		CASE(workflow_read__every_key_of_load),
		CASE(workflow_read__load_by_position_and_in_vus),
		CASE(workflow_read__gates_in_their_units),
		CASE(workflow_read__an_empty_gate_judges_functions),
		CASE(workflow_read__profiles_reports_idle_and_run),
		CASE(workflow_read__unknown_keys_name_the_nearest),
		CASE(workflow_read__sides_service_and_target_exclude_each_other),
		CASE(workflow_read__wrong_values_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
