/* test_flow: whole runs with the real engine and server against a small service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/flow/blocks.h"
#include "core/flow/drive.h"
#include "core/flow/drive_priv.h"
#include "core/flow/flow.h"
#include "core/record/run_store.h"
#include "tests/support/flow_case.h"

#define S STK_NS_PER_S
#define HEAD                                                                                       \
	"local stoker = require 'stoker'\n"                                                        \
	"local function side(name, faults) return stoker.service { title = name,\n"                \
	"  start = 'exec python3 $DIR/fake_service.py {port} {push_url} ' .. name .. ' ' .. "      \
	"(faults or ''),\n"                                                                        \
	"  ready = '/healthz', ready_timeout = 20 } end\n"                                         \
	"return stoker.workflow { name = 'fake', profiles = 'cpu',\n"
#define PAIRED "sides = { base = side 'base', head = side 'head' },\n"

static int setup(void **state)
{
	return flow_case_setup(state);
}

static void need_python(void)
{
	if (!flow_case_has_python()) {
		print_message("# SKIP flow_services\n");
		skip();
	}
}

static void run_good(struct flow_case *fc, const char *text)
{
	need_python();
	if (flow_case_run(fc, text) < 0)
		fail_msg("%s\n%s", fc->err.msg, fc->lines.ptr);
}

static const struct stk_row *find_row(const struct stk_run *run, const char *name)
{
	const struct stk_comparison *comparison = &run->comparisons.items[0];

	for (size_t i = 0; i < comparison->rows.len; i++)
		if (strcmp(comparison->rows.items[i].function.name, name) == 0)
			return &comparison->rows.items[i];
	fail_msg("no row %s", name);
	return NULL;
}

/* Blocks follow each other without a gap, base and head in ABBA order, each with its figures. */
static void check_blocks(const struct stk_run *run, int want, int64_t block_ns)
{
	const struct stk_window *before = NULL;
	int count = 0;

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];

		if (window->kind != STK_WINDOW_BLOCK)
			continue;
		assert_int_equal(window->side, stk_blocks_side(count));
		assert_int_equal(window->pair, count / 2);
		assert_int_equal(window->end_ns - window->start_ns, block_ns);
		assert_true(window->requests > 0);
		assert_true(window->cpu_ns > 0);
		assert_true(window->rss_bytes > 1000000);
		assert_true(window->p95_ms > 0);
		if (before)
			assert_int_equal(before->end_ns, window->start_ns);
		before = window;
		count++;
	}
	assert_int_equal(count, want);
}

static void flow_run__paired_compares_what_both_sides_cost(void **state)
{
	struct flow_case *fc = *state;
	const struct stk_row *row;
	struct stk_run again;

	run_good(fc, HEAD PAIRED "load = { 'load.lua', rate = 60, pairs = 4, block = '2s', "
				 "warmup = '2s' } }");
	check_blocks(&fc->run, 8, 2 * S);
	assert_int_equal(fc->run.windows.items[0].kind, STK_WINDOW_WARMUP);
	assert_int_equal(fc->run.comparisons.items[0].pairs, 4);
	row = find_row(&fc->run, "work.sort");
	assert_true(row->change > 0.3 && row->change < 0.75);
	assert_string_equal(find_row(&fc->run, "work.label")->partner.name, "work.name");
	int64_t requests = 0; /* a busy machine sends late ones in the next block */
	for (size_t i = 0; i < fc->run.windows.len; i++)
		if (fc->run.windows.items[i].kind == STK_WINDOW_BLOCK)
			requests += fc->run.windows.items[i].requests;
	assert_in_range(requests, 8 * 100, 8 * 130);
	assert_false(fc->run.partial.is_partial);
	assert_string_equal(fc->run.sides[STK_SIDE_HEAD].title, "head");
	assert_string_equal(fc->run.sides[STK_SIDE_BASE].agent, "fake");
	assert_non_null(strstr(fc->lines.ptr, "pairs: 4 of 4"));

	stk_run_init(&again);
	assert_int_equal(stk_run_store_read(fc->folder, &again, &fc->err), 0);
	assert_int_equal(again.slices.len, fc->run.slices.len);
	assert_false(again.partial.is_partial);
	assert_null(again.partial.phase);
	stk_run_release(&again);
}

static void flow_run__scenarios_as_written_once_per_block(void **state)
{
	struct flow_case *fc = *state;

	run_good(fc, HEAD PAIRED "load = { 'load.lua', pairs = 2, block = '2s', warmup = '2s' } }");
	check_blocks(&fc->run, 4, 2 * S);
	assert_int_equal(fc->run.comparisons.len, 1);
	assert_true(fc->run.comparisons.items[0].pairs >= 1);
}

static void flow_run__idle_shows_what_load_costs(void **state)
{
	struct flow_case *fc = *state;

	run_good(fc, HEAD "mode = 'idle', service = side 'base', idle = '3s',\n"
			  "load = { 'load.lua', rate = 60, duration = '5s' } }");
	assert_int_equal(fc->run.windows.len, 2);
	assert_int_equal(fc->run.windows.items[0].kind, STK_WINDOW_IDLE);
	assert_int_equal(fc->run.windows.items[0].requests, 0);
	assert_in_range(fc->run.windows.items[1].requests, 250, 350);
	assert_true(fc->run.windows.items[1].cpu_ns > fc->run.windows.items[0].cpu_ns);
	assert_string_equal(fc->run.hotspots.items[0].rows.items[0].function.name, "work.parse");
	assert_int_equal(fc->run.comparisons.len, 0);
}

static void flow_run__a_flow_of_its_own_has_the_same_verbs(void **state)
{
	struct flow_case *fc = *state;

	run_good(fc,
		HEAD "service = side 'base', run = function(w)\n"
		     "local l = w:load('first', { 'load.lua', vus = 2, duration = '4s' })\n"
		     "assert(l.ok and l.requests > 0 and l.metrics.http_reqs.count == l.requests)\n"
		     "local none, why = w:pull { profile = 'goroutine', window = l }\n"
		     "assert(none == nil and why:find 'goroutine')\n"
		     "local p = assert(w:pull { profile = 'cpu', window = l })\n"
		     "assert(p.slices >= 2 and p:top(1)[1].name == 'work.parse')\n"
		     "local ok, message = pcall(w.load, w, 'short', { 'load.lua', vus = 1, "
		     "duration = '2s' })\n"
		     "w:note(tostring(message)) w:stop 'head' end }");
	assert_non_null(strstr(fc->run.notes.items[fc->run.notes.len - 1].text,
		"window 'short' is too short for three slices"));
	assert_int_equal(fc->run.windows.len, 1);
}

static void flow_run__an_interrupt_ends_it_after_the_block(void **state)
{
	struct flow_case *fc = *state;
	struct stk_run again;

	fc->interrupt_label = "pairs";
	fc->interrupt_at_line = 1;
	run_good(fc, HEAD PAIRED "load = { 'load.lua', rate = 60, pairs = 5, block = '2s', "
				 "warmup = '1s' } }");
	check_blocks(&fc->run, 1, 2 * S);
	assert_true(fc->run.partial.is_partial);
	assert_string_equal(fc->run.partial.phase, "pairs");
	assert_non_null(strstr(fc->lines.ptr, "say: stopping after this block"));
	stk_run_init(&again);
	assert_int_equal(stk_run_store_read(fc->folder, &again, &fc->err), 0);
	assert_string_equal(again.partial.reason, "interrupted");
	stk_run_release(&again);
}

/* A load script whose scenarios run as written and whose teardown says that it ran. */
static void write_teardown_script(struct flow_case *fc)
{
	lua_case_file(&fc->lc, "torn.lua",
		"local stoker = require 'stoker'\n"
		"return stoker.load { duration = '10s', timeout = 5,\n"
		"thresholds = { iterations = 'count>0' },\n"
		"default = function() stoker.http.get '/work' end,\n"
		"teardown = function() stoker.fail 'torn down' end }\n");
}

static void flow_run__an_interrupt_between_engines_still_tears_down(void **state)
{
	struct flow_case *fc = *state;

	need_python();
	write_teardown_script(fc);
	fc->interrupt_label = "pairs";
	fc->interrupt_at_line = 1;
	int rc = flow_case_run(fc, HEAD PAIRED "load = { 'torn.lua', pairs = 3, block = '2s', "
					       "warmup = '1s' } }");
	assert_int_equal(rc, STK_E_SCRIPT);
	assert_non_null(strstr(fc->err.msg, "torn down"));
	check_blocks(&fc->run, 1, 2 * S);
}

static void flow_run__thresholds_hold_for_all_blocks_together(void **state)
{
	struct flow_case *fc = *state;
	const struct stk_metric *iterations;

	lua_case_file(&fc->lc, "limit.lua",
		"local stoker = require 'stoker'\n"
		"return stoker.load { duration = '10s', timeout = 5,\n"
		"thresholds = { iterations = 'count>0', http_reqs = 'rate>1' },\n"
		"default = function() stoker.http.get '/work' end }\n");
	run_good(
		fc, HEAD PAIRED "load = { 'limit.lua', pairs = 2, block = '2s', warmup = '1s' } }");
	iterations = stk_metrics_find(&fc->run.metrics, "iterations", "");
	assert_int_equal(fc->run.thresholds.len, 2);
	assert_true(fc->run.thresholds.items[1].value == iterations->sum);
	assert_true(fabs(fc->run.metrics.duration_s - 8) < 1.5); /* four blocks, no warm-up */
	assert_true(fabs(fc->run.thresholds.items[0].value * fc->run.metrics.duration_s -
			    iterations->sum) < 1e-6);
}

static void flow_run__two_interrupts_end_it_now(void **state)
{
	struct flow_case *fc = *state;

	need_python();
	fc->interrupt_label = "pairs";
	fc->interrupt_at_line = 2;
	int rc = flow_case_run(fc,
		HEAD PAIRED "load = { 'load.lua', rate = 60, pairs = 5, block = '2s', "
			    "warmup = '1s' } }");
	assert_int_equal(rc, STK_E_ABORTED);
	assert_true(fc->run.partial.is_partial);
	assert_int_equal(fc->run.comparisons.len, 0);
}

static void flow_run__a_service_that_dies_is_named_with_its_last_words(void **state)
{
	struct flow_case *fc = *state;

	need_python();
	int rc = flow_case_run(fc,
		HEAD "sides = { base = side 'base', head = side('head', 'die=2') },\n"
		     "load = { 'load.lua', rate = 60, pairs = 1, block = '2s', warmup = '5s' } }");
	assert_int_equal(rc, STK_E_IO);
	assert_non_null(strstr(fc->err.msg, "service 'head'"));
	assert_true(strstr(fc->err.msg, "going down as told") ||
		    strstr(fc->err.hint, "going down as told"));
	assert_string_equal(fc->run.partial.phase, "warm-up");
	assert_true(fc->run.windows.items[0].end_ns > fc->run.windows.items[0].start_ns);
}

static void flow_run__without_profiles_it_says_what_to_do(void **state)
{
	struct flow_case *fc = *state;

	need_python();
	int rc = flow_case_run(fc,
		HEAD "sides = { base = side('base', 'silent=0'), head = side 'head' },\n"
		     "profiles_timeout = 1,\n"
		     "load = { 'load.lua', rate = 20, pairs = 1, block = '2s', warmup = '1s' } }");
	assert_int_equal(rc, STK_E_TIMEOUT);
	assert_non_null(strstr(fc->err.msg, "cpu of base"));
	assert_non_null(strstr(fc->err.hint, "{push_url}"));
}

static void flow_run__a_block_too_short_for_slices_is_refused_after_the_warm_up(void **state)
{
	struct flow_case *fc = *state;

	need_python();
	int rc = flow_case_run(fc,
		HEAD PAIRED "load = { 'load.lua', rate = 60, pairs = 4, block = '1s', "
			    "warmup = '1s' } }");
	assert_int_equal(rc, STK_E_SCRIPT);
	assert_string_equal(fc->err.msg, "a block of 1s is too short for slices of 1s");
	assert_string_equal(fc->err.hint, "give block = \"4s\", or leave it out");
	assert_int_equal(fc->run.windows.len, 1);
}

static void flow_run__ready_may_be_a_function(void **state)
{
	struct flow_case *fc = *state;

	run_good(fc, "local stoker = require 'stoker'\n"
		     "local asked = 0\n"
		     "return stoker.workflow { mode = 'idle', profiles = 'cpu', service = "
		     "stoker.service {\n"
		     "start = 'exec python3 $DIR/fake_service.py {port} {push_url} head late=1',\n"
		     "ready = function(s) asked = asked + 1 return s.side == 'head' and "
		     "s:get('/healthz') == 200 end },\n"
		     "run = function(w) assert(asked > 1) w:note('asked') end }");
	assert_string_equal(fc->run.notes.items[0].text, "asked");
}

static void flow_run__an_error_in_ready_has_its_line(void **state)
{
	struct flow_case *fc = *state;

	need_python();
	int rc = flow_case_run(fc,
		"local stoker = require 'stoker'\n"
		"return stoker.workflow { mode = 'idle', service = stoker.service {\n"
		"start = 'exec sleep 60 {port}',\n"
		"ready = function(s) return s.nothing.there end },\n"
		"run = function(w) end }");
	assert_int_equal(rc, STK_E_SCRIPT);
	assert_non_null(strstr(fc->err.msg, "case.lua:4:"));
}

static void flow_run__variables_of_the_load_reach_its_script(void **state)
{
	struct flow_case *fc = *state;

	lua_case_file(&fc->lc, "env.lua",
		"local stoker = require 'stoker'\n"
		"error('value ' .. stoker.env 'COLOUR')\n");
	assert_int_equal(flow_case_run(fc, HEAD "target = { url = 'http://127.0.0.1:9' },\n"
						"load = { 'env.lua', env = { COLOUR = 'red' } } }"),
		STK_E_SCRIPT);
	assert_non_null(strstr(fc->err.msg, "value red"));
}

static void flow_run__an_unwritable_folder_ends_it_before_anything_starts(void **state)
{
	struct flow_case *fc = *state;

	lua_case_file(&fc->lc, "runs", "a file is in the way");
	int rc = flow_case_run(fc, HEAD PAIRED "load = { 'load.lua', rate = 60 } }");
	assert_true(rc == STK_E_IO || rc == STK_E_NOT_FOUND);
	assert_null(fc->folder);
	assert_non_null(strstr(fc->err.msg, "runs"));
}

static void drive_replaces__a_rate_or_users_replace_the_scenarios(void **state)
{
	struct stk_load_spec spec = {.rate = 0};

	(void)state;
	assert_false(stk_drive_replaces(&spec));
	spec.vus = 3;
	assert_true(stk_drive_replaces(&spec));
	spec = (struct stk_load_spec){.rate = 0.5};
	assert_true(stk_drive_replaces(&spec));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, flow_case_teardown)
	const struct CMUnitTest tests[] = {
		CASE(flow_run__paired_compares_what_both_sides_cost),
		CASE(flow_run__scenarios_as_written_once_per_block),
		CASE(flow_run__idle_shows_what_load_costs),
		CASE(flow_run__a_flow_of_its_own_has_the_same_verbs),
		CASE(flow_run__an_interrupt_ends_it_after_the_block),
		CASE(flow_run__an_interrupt_between_engines_still_tears_down),
		CASE(flow_run__thresholds_hold_for_all_blocks_together),
		CASE(flow_run__two_interrupts_end_it_now),
		CASE(flow_run__a_service_that_dies_is_named_with_its_last_words),
		CASE(flow_run__without_profiles_it_says_what_to_do),
		CASE(flow_run__a_block_too_short_for_slices_is_refused_after_the_warm_up),
		CASE(flow_run__ready_may_be_a_function),
		CASE(flow_run__an_error_in_ready_has_its_line),
		CASE(flow_run__variables_of_the_load_reach_its_script),
		CASE(flow_run__an_unwritable_folder_ends_it_before_anything_starts),
		cmocka_unit_test(drive_replaces__a_rate_or_users_replace_the_scenarios),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
