/* test_run: load scripts under the real engine, against a server in this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/script_run.h"

static double counter(struct script_run *run, const char *name)
{
	const struct stk_metric *metric = stk_metrics_find(&run->result.metrics, name, "");

	return metric ? metric->sum : -1;
}

/* k6 4.2, 09: `check(value, { name: fn })`: all must hold; one sample of `checks` each | the same,
 * and declared ones: `status max_ms contains json header` | - */
static void check__counts_in_order_by_name(void **state)
{
	struct script_run *run = *state;

	script_run_expect_talk(run,
		"local r = http.get '/products'\n"
		"print(check(r, { { 'last', function(x) return x.ok end }, header = { "
		"'content-type', 'etag' },"
		" json = { ['/total'] = 9007199254740993, ['/a'] = 1 }, contains = 'tea', max_ms = "
		"10000,"
		" status = 200 }))\n"
		"print(check(42, { { 'is 42', function(v) return v == 42 end } }))\n"
		"print(check(r, { status = '2xx' }), check(r, { status = { 201, 200 } }))",
		"print: false\nprint: true\nprint: true\ttrue\n");
	const struct stk_metrics *metrics = &run->result.metrics;
	static const char *const names[] = {"status is 200", "under 10000 ms", "contains tea",
		"json /a is 1", "json /total is 9007199254740993", "header content-type",
		"header etag", "last", "is 42", "status is 2xx", "status is 201 or 200"};
	assert_int_equal(metrics->checks.len, 11);
	for (size_t i = 0; i < 11; i++)
		assert_string_equal(metrics->checks.items[i].name, names[i]);
	assert_int_equal(script_run_check(run, "header etag", false), 1);
	assert_int_equal(script_run_check(run, "json /a is 1", true), 0);
}

/* k6 4.2: a throw inside a check counts as failed and ends the iteration | counts as failed, the
 * iteration goes on | shown once per place */
static void check__error_in_a_function_fails_it_and_is_shown_once(void **state)
{
	struct script_run *run = *state;

	script_run_expect_talk(run,
		"for i = 1, 3 do check(1, { { 'breaks', function(v) return v.x.y end } }) end\n"
		"print 'goes on'",
		"error: check: case.lua:3: attempt to index a number value (local 'v')\n"
		"print: goes on\n");
	assert_int_equal(script_run_check(run, "breaks", false), 3);
	assert_int_equal(run->result.errors, 0);
}

static void check__misuse(void **state)
{
	struct script_run *run = *state;

	script_run_expect_error(run,
		"check(http.get '/products', { json = { ['/none'] = stoker.null, ['/total'] = "
		"stoker.secret "
		"'TEST_PASSWORD' } })",
		"case.lua:3: check: json /total is a secret or no plain value");
	assert_int_equal(script_run_check(run, "json /none is null", true), 1);
	script_run_expect_error(run, "check(1, { { stoker.secret 'TEST_PASSWORD', print } })",
		"case.lua:3: check: list items are { \"name\", function(value) ... end }");

	script_run_expect_error(run, "check(http.get '/text', { statsu = 200 })",
		"case.lua:3: check: unknown key 'statsu', did you mean 'status'?");
	script_run_expect_error(run, "check(3, { status = 200 })",
		"case.lua:3: check: status needs a response; for other values give functions: { "
		"\"name\", "
		"function(v) ... end }");
	script_run_expect_error(run, "check(3, { 'x' })",
		"case.lua:3: check: list items are { \"name\", function(value) ... end }");
}

/* k6 4.2, 09: `group(name, fn)`: `::a::b`, `group_duration` | the same | arguments and results are
 * handed through */
static void group__joins_names_and_returns_results(void **state)
{
	struct script_run *run = *state;

	script_run_expect_talk(run,
		"print(group('a', function(x, y) group('b', function() check(1, { { 'in b', "
		"function() return "
		"true end } }) end) sleep '1ms' return x + y, 'two' end, 3, 4))\n"
		"print(pcall(group, 'c', function() error('out', 0) end))\n"
		"check(1, { { 'at root', function() return true end } })",
		"print: 7\ttwo\nprint: false\tout\n");
	assert_string_equal(run->result.metrics.checks.items[0].group, "::a::b");
	assert_string_equal(run->result.metrics.checks.items[1].group, "");
	const struct stk_metric *groups =
		stk_metrics_find(&run->result.metrics, "group_duration", "");
	assert_int_equal(groups->count, 3);
	assert_true(groups->max >= 1);
}

/* k6 4.2, 09: `Counter Gauge Rate Trend`, `add(value, tags)` | `metrics.counter gauge rate trend`
 * | - */
static void metrics__add_of_every_type(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(script_run_text(run,
				 "local s = require 'stoker' local m = s.metrics\n"
				 "local c, g, r, t = m.counter 'my_c', m.gauge 'my_g', m.rate "
				 "'my_r', m.trend 'my_t'\n"
				 "return { vus = 2, iterations = 4, default = function()\n"
				 " c:add() c:add(2) g:add(s.vu.iter) r:add(true) r:add(0) t:add(5, "
				 "{ a = 'b' })\nend,\n"
				 " thresholds = { ['my_t{a:b}'] = 'max<6', my_c = 'count>11' } }"),
		0);
	assert_true(counter(run, "my_c") == 12);
	assert_int_equal(stk_metrics_find(&run->result.metrics, "my_r", "")->passes, 4);
	assert_int_equal(stk_metrics_find(&run->result.metrics, "my_t", "a:b")->count, 4);
	assert_true(run->result.thresholds_ok);
}

/* k6 2.3: tags of the run, then of the scenario, then of the sample; the later win | the same | -
 */
static void tags__of_sample_scenario_and_run_in_this_order(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(
		script_run_text(run,
			"local s = require 'stoker'\n"
			"return { tags = { x = 'run', y = 'run', z = 'run' }, scenarios = { s = { "
			"executor = 'per-vu-iterations', tags = { y = 'scenario', z = 'scenario' "
			"},\n"
			" exec = function() s.group('g', function()\n"
			"  s.check(1, { { 'one', function() return true end } }, { z = 'sample' "
			"})\n"
			" end) end } }, thresholds = { ['checks{x:run,y:scenario,z:sample,"
			"check:one,group:::g,scenario:s}'] = { 'rate==1', no_data = 'fail' } } }"),
		0);
	assert_string_equal(run->lc.talk.ptr, "");
	assert_true(run->result.thresholds_ok);
}

/* k6 4.3: `exec.vu.metrics.tags`: on all samples of the VU until it changes scenario, over tags of
 * run and scenario, under those of a request | `vu.tags` | tags of scenario and system are not read
 * back */
static void vu_tags__last_until_the_scenario_changes(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(
		script_run_text(run,
			"local s = require 'stoker' local n = s.metrics.counter 'n'\n"
			"local function add(tag) n:add(1, tag and { kind = tag }) end\n"
			"return { tags = { kind = 'run' }, scenarios = {\n"
			" a = { executor = 'per-vu-iterations', iterations = 2, tags = { kind = "
			"'a' }, "
			"exec = function()\n"
			"  add() s.vu.tags.kind = 'vu' s.vu.tags.level = 5 s.vu.tags.gone = true\n"
			"  s.vu.tags.gone = nil add() add 'request'\n"
			"  print(s.vu.tags.kind, s.vu.tags.level, s.vu.tags.gone) end },\n"
			" b = { executor = 'per-vu-iterations', start_time = '50ms', exec = "
			"function() add()\n"
			"  print(s.vu.id, s.vu.tags.kind) end } },\n"
			"thresholds = { ['n{kind:a}'] = 'count==1', ['n{kind:vu,level:5}'] = "
			"'count==3',\n"
			" ['n{kind:request,level:5}'] = 'count==2', ['n{kind:run}'] = 'count==1',\n"
			" ['n{gone:true}'] = { 'count==0', no_data = 'pass' }, "
			"['iterations{kind:vu}'] = 'count==2' } }"),
		0);
	assert_string_equal(
		run->lc.talk.ptr, "print: vu\t5\tnil\nprint: vu\t5\tnil\nprint: 1\tnil\n");
	assert_true(run->result.thresholds_ok);
	for (size_t i = 0; i < run->result.thresholds.len; i++)
		assert_int_equal(run->result.thresholds.items[i].no_data,
			strstr(run->result.thresholds.items[i].metric, "gone") != NULL);
}

static void vu_tags__say_what_is_wrong(void **state)
{
	script_run_expect_error(*state, "stoker.vu.tags.a = {}",
		"case.lua:3: stoker.vu.tags: tag 'a' must be text, a number or a boolean, not "
		"table");
	script_run_expect_error(*state, "stoker.vu.tags.a = stoker.secret 'TEST_PASSWORD'",
		"case.lua:3: stoker.vu.tags: tag 'a' is a secret");
	script_run_expect_error(*state, "for i = 1, 40 do stoker.vu.tags['t' .. i] = i end",
		"case.lua:3: stoker.vu.tags: more than 32 tags");
	script_run_expect_error(
		*state, "stoker.vu.tags = {}", "case.lua:3: stoker.vu is read-only");
}

/* k6 4.3: `__VU`, `__ITER`, `__ENV`, globals per VU | `vu.id`, `vu.iter`, `stoker.env` | -
 * k6 4.3: `exec.scenario.name executor progress` | `scenario.name executor progress` | - */
static void vus__have_globals_of_their_own(void **state)
{
	struct script_run *run = *state;

	run->workers = 2;
	lua_case_file(&run->lc, "lib/state.lua", "count = (count or 0) return { n = 0 }");
	assert_int_equal(
		script_run_text(run,
			"local s = require 'stoker' local lib = require 'lib.state' seen = 0\n"
			"return { scenarios = { a = { executor = 'per-vu-iterations', vus = 3, "
			"iterations = 5,\n"
			" env = { WHO = 'me' }, exec = function()\n"
			"  seen = seen + 1 lib.n = lib.n + 1\n"
			"  assert(seen == s.vu.iter + 1 and lib.n == seen and count == 0)\n"
			"  assert(s.vu.id >= 1 and s.vu.id <= 3 and s.env 'WHO' == 'me')\n"
			"  assert(s.scenario.name == 'a' and s.scenario.executor == "
			"'per-vu-iterations')\n"
			"  assert(s.scenario.progress >= 0 and s.scenario.progress <= 1)\n"
			"  s.sleep '1ms'\n end } } }"),
		0);
	assert_string_equal(run->lc.talk.ptr, "");
	assert_int_equal(run->result.errors, 0);
	assert_int_equal(run->result.iterations, 15);
}

/* k6 4.3: `Math.random()` | `stoker.random` | the same again with the same `--seed` */
static void random__is_the_same_for_the_same_seed(void **state)
{
	struct script_run *run = *state;
	const char *text = "local s = require 'stoker' return { seed = 5, default = function()\n"
			   "print(s.random(1000), s.random(5, 5), s.random() < 1) end }";
	char *first;

	assert_int_equal(script_run_text(run, text), 0);
	first = strdup(run->lc.talk.ptr);
	assert_int_equal(script_run_text(run, text), 0);
	assert_string_equal(run->lc.talk.ptr, first);
	run->changes.has_seed = true;
	run->changes.seed = 6;
	assert_int_equal(script_run_text(run, text), 0);
	assert_string_not_equal(run->lc.talk.ptr, first);
	free(first);
}

static void yields__work_inside_pcall_metamethods_and_iterators(void **state)
{
	script_run_expect_talk(*state,
		"print(pcall(function() return http.get('/text').body end))\n"
		"local t = setmetatable({}, { __index = function(_, k) return http.get('/' .. "
		"k).body end })\n"
		"print(t.text)\n"
		"for body in function(_, last) if not last then return http.get('/text').body end "
		"end do "
		"print(body) end",
		"print: true\thello\nprint: hello\nprint: hello\n");
}

static void yields__raise_where_they_cannot_work(void **state)
{
	struct script_run *run = *state;

	lua_case_file(&run->lc, "waits.lua", "local s = require 'stoker' s.sleep(1)");
	script_run_expect_talk(run,
		"local function why(f, ...) print((select(2, pcall(f, ...)))) end\n"
		"why(table.sort, { 1, 2 }, function() sleep(1) end)\n"
		"why(string.gsub, 'a', 'a', function() http.get '/' end)\n"
		"why(tostring, setmetatable({}, { __tostring = function() sleep(1) end }))\n"
		"why(require, 'waits')\n"
		"why(coroutine.wrap(function() sleep(1) end))",
		"print: case.lua:4: sleep waits, and cannot do so inside sort: move the call out "
		"of there\n"
		"print: case.lua:5: http.get waits, and cannot do so inside gsub: move the call "
		"out of there\n"
		"print: case.lua:6: sleep waits, and cannot do so inside tostring: move the call "
		"out of "
		"there\n"
		"print: waits.lua:1: sleep waits, and cannot do so inside require: move the call "
		"out of "
		"there\n"
		"print: case.lua:8: sleep waits, and cannot do so inside a coroutine of your own: "
		"call it "
		"outside\n");
}

/* k6 1.3: each exception is logged | once per place, counted | - */
static void iteration_errors__are_shown_once_per_place_and_counted(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(
		script_run_text(run, "local s = require 'stoker'\nreturn { vus = 2, iterations = "
				     "10, default = function()\n"
				     " if s.vu.iter % 2 == 0 then s.fail 'no luck' end\n end }"),
		0);
	assert_string_equal(run->lc.talk.ptr, "error: case.lua:3: no luck\n");
	assert_true(run->result.errors >= 5);
	assert_true(counter(run, "iteration_errors") == (double)run->result.errors);
}

/* k6 4.1, 13: what `setup` returns reaches each VU as a copy, and `teardown` | the same |
 * read-only */
static void setup__hands_a_read_only_copy_to_every_vu(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(
		script_run_text(run,
			"local s = require 'stoker' local http = s.http\n"
			"return { base_url = s.env 'BASE_URL', vus = 3, iterations = 6,\n"
			"setup = function()\n"
			" local r = http.post('/login', { json = { user = 'ann', password = "
			"s.secret "
			"'TEST_PASSWORD' } })\n"
			" return { token = r:json '/token', list = { 1, { 2.5 } }, s = s.secret "
			"'TEST_PASSWORD',\n"
			"  headers = { ['X-Token'] = r:json '/token' }, none = s.null } end,\n"
			"default = function(ctx)\n"
			" assert(ctx.token == 't-1' and ctx.list[2][1] == 2.5 and tostring(ctx.s) "
			"== '***')\n"
			" assert(ctx.none == s.null and #ctx.list == 2)\n"
			" assert(not pcall(function() ctx.x = 1 end) and not pcall(rawset, "
			"ctx.list, 1, 2))\n"
			" assert(http.get('/echo', { headers = ctx.headers }).body:find 'X%-Token: "
			"t%-1')\n"
			" assert(http.post('/echo', { json = ctx.list }).body:find('[1,[2.5]]', 1, "
			"true))\nend,\n"
			"teardown = function(ctx) assert(ctx.token == 't-1') http.delete "
			"'/test-data' end }"),
		0);
	assert_string_equal(run->lc.talk.ptr, "");
	assert_int_equal(run->result.errors, 0);
	assert_int_equal(run->result.iterations, 6);
	assert_int_equal(shop_server_count(run->shop, "POST /login"), 1);
	assert_int_equal(shop_server_count(run->shop, "DELETE /test-data"), 1);
	assert_true(counter(run, "http_reqs") == 12); /* setup and teardown are not in it */
}

/* k6 4.1: an exception in `setup`: exit 107 | exit 4 with file and line | - */
static void setup__error_ends_the_run_with_file_and_line(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(
		script_run_text(run, "local s = require 'stoker'\nreturn { default = print,\n"
				     "setup = function() s.fail('login: 500') end }"),
		STK_E_SCRIPT);
	assert_non_null(strstr(run->lc.err.msg, "case.lua:3: login: 500"));
	assert_int_equal(script_run_text(run, "return { default = print,\n"
					      "setup = function() return { f = print } end }"),
		STK_E_SCRIPT);
	assert_non_null(
		strstr(run->lc.err.msg, "what setup returned: a function cannot be handed on"));
}

/* k6 4.1: `teardown` runs after an abort | the same | - */
static void abort__stops_gracefully_and_runs_teardown(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(
		script_run_text(run, "local s = require 'stoker'\nreturn { base_url = s.env "
				     "'BASE_URL', vus = 1, duration = '30s',\n"
				     "default = function() s.abort 'enough' end,\n"
				     "teardown = function() s.http.delete '/test-data' end }"),
		0);
	assert_int_equal(run->result.reason, STK_END_SCRIPT);
	assert_non_null(strstr(run->result.message, "enough"));
	assert_int_equal(run->result.errors, 0);
	assert_int_equal(shop_server_count(run->shop, "DELETE /test-data"), 1);
}

/* k6 12: 1 to 5 MB of memory per VU | under 8 KB of Lua | - */
static void vus__cost_little_memory(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(script_run_text(run,
				 "local s = require 'stoker' local http, check = s.http, s.check\n"
				 "local function one() check(http.get '/text', { status = 200, "
				 "contains = 'hello' }) end\n"
				 "return { base_url = s.env 'BASE_URL', vus = 500, iterations = "
				 "500, default = one }"),
		0);
	assert_true(run->lua_vus >= 500); /* one more for setup */
	print_message("%zu bytes of Lua per virtual user\n", run->lua_bytes / run->lua_vus);
	assert_true(run->lua_bytes / run->lua_vus < 8 * 1024);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, script_run_setup, script_run_teardown)
	const struct CMUnitTest tests[] = {
		CASE(check__counts_in_order_by_name),
		CASE(check__error_in_a_function_fails_it_and_is_shown_once),
		CASE(check__misuse),
		CASE(group__joins_names_and_returns_results),
		CASE(metrics__add_of_every_type),
		CASE(tags__of_sample_scenario_and_run_in_this_order),
		CASE(vu_tags__last_until_the_scenario_changes),
		CASE(vu_tags__say_what_is_wrong),
		CASE(vus__have_globals_of_their_own),
		CASE(random__is_the_same_for_the_same_seed),
		CASE(yields__work_inside_pcall_metamethods_and_iterators),
		CASE(yields__raise_where_they_cannot_work),
		CASE(iteration_errors__are_shown_once_per_place_and_counted),
		CASE(setup__hands_a_read_only_copy_to_every_vu),
		CASE(setup__error_ends_the_run_with_file_and_line),
		CASE(abort__stops_gracefully_and_runs_teardown),
		CASE(vus__cost_little_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
