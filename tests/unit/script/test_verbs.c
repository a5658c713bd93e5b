/* test_verbs: the object w of a flow over a table of fake verbs: handles, rows, misuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/profile/folded.h"
#include "core/profile/pprof.h"
#include "core/profile/profile.h"
#include "core/script/verbs.h"
#include "tests/support/lua_case.h"

#define S STK_NS_PER_S

struct fixture {
	struct lua_case lc;
	struct stk_workflow flow;
	struct stk_run run;
	struct stk_err err;
	struct stk_buf calls; /* what the verbs were asked */
	int fail_with;        /* the next verb's error, 0: none */
	const char *fail_text;
};

static int setup(void **state)
{
	static struct fixture fx;

	memset(&fx, 0, sizeof fx);
	lua_case_init(&fx.lc);
	stk_workflow_init(&fx.flow);
	stk_run_init(&fx.run);
	stk_buf_init(&fx.calls, 1 << 20);
	*state = &fx;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fx = *state;

	stk_workflow_release(&fx->flow);
	stk_run_release(&fx->run);
	stk_buf_release(&fx->calls);
	lua_case_release(&fx->lc);
	return 0;
}

/* --- the fake verbs -------------------------------------------------------------------------- */

static int failing(struct fixture *fx, struct stk_err *err)
{
	return fx->fail_with ? stk_err_set(err, fx->fail_with, "%s", fx->fail_text) : 0;
}

static size_t add_window(struct fixture *fx, const char *name, int side, int64_t start_s)
{
	struct stk_window *window = stk_vec_push_new(&fx->run.windows);

	window->name = stk_run_text(&fx->run, name);
	window->kind = side == STK_SIDE_NONE ? STK_WINDOW_IDLE : STK_WINDOW_BLOCK;
	window->side = side;
	window->start_ns = start_s * S;
	window->end_ns = (start_s + 10) * S;
	window->requests = 100 + start_s;
	window->failed = 1;
	return fx->run.windows.len - 1;
}

static int fake_slices(int count, int64_t *ns_out, void *ctx, struct stk_err *err)
{
	*ns_out = count * 5 * S;
	return failing(ctx, err);
}

static int fake_window(const char *name, int64_t ns, size_t *out, void *ctx, struct stk_err *err)
{
	struct fixture *fx = ctx;

	stk_buf_addf(&fx->calls, "window %s %lld\n", name, (long long)(ns / STK_NS_PER_MS));
	*out = add_window(fx, name, STK_SIDE_NONE, 20);
	return failing(fx, err);
}

static int fake_load(const char *name, const struct stk_load_spec *spec, size_t *out, void *ctx,
	struct stk_err *err)
{
	struct fixture *fx = ctx;
	struct stk_threshold_result crossed = {"checks", "rate>0.9", 0.5, false, false, false};

	stk_buf_addf(&fx->calls, "load %s %s rate=%g pairs=%lld\n", name,
		spec->script ? spec->script : "-", spec->rate, (long long)spec->pairs);
	stk_vec_push(&fx->run.thresholds, crossed);
	*out = add_window(fx, name, STK_SIDE_HEAD, 40);
	return failing(fx, err);
}

static int fake_abba(const struct stk_load_spec *spec, struct stk_abba_result *out, void *ctx,
	struct stk_err *err)
{
	struct fixture *fx = ctx;

	stk_buf_addf(&fx->calls, "abba pairs=%lld\n", (long long)spec->pairs);
	out->first_block = add_window(fx, "block 1", STK_SIDE_BASE, 100);
	add_window(fx, "block 2", STK_SIDE_HEAD, 110);
	out->blocks = 2;
	return failing(fx, err);
}

static int fake_pull(
	const struct stk_pull_query *query, struct stk_pulled *out, void *ctx, struct stk_err *err)
{
	struct stk_folded_opts opts = {.type = "cpu", .unit = "nanoseconds"};
	struct fixture *fx = ctx;

	stk_buf_addf(&fx->calls, "pull %s %d side=%d", query->profile,
		query->window == STK_ALL_BLOCKS ? -1 : (int)query->window, query->side);
	for (size_t i = 0; i < query->labels.len; i++)
		stk_buf_addf(&fx->calls, " %s=%s", query->labels.items[i].name,
			query->labels.items[i].value);
	stk_buf_add_text(&fx->calls, "\n");
	if (fx->fail_with)
		return failing(fx, err);
	*out = (struct stk_pulled){.slices = 3, .total = 60, .samples = 6};
	return stk_folded_read(
		STK_STR("main;a 30\nmain;b 20\nmain 10\n"), &opts, &out->profile, err);
}

static int fake_hotspots(
	const char *profile, size_t idle, size_t load, size_t *out, void *ctx, struct stk_err *err)
{
	struct fixture *fx = ctx;
	struct stk_hotspots *hotspots;
	struct stk_hotspot row = {.function = {"json.encode", "json.lua", 7},
		.cost = 2.5,
		.lo = 2,
		.hi = NAN,
		.share = 0.4};

	stk_buf_addf(&fx->calls, "hotspots %s %zu %zu\n", profile, idle, load);
	hotspots = stk_vec_push_new(&fx->run.hotspots);
	stk_vec_push(&hotspots->rows, row);
	*out = fx->run.hotspots.len - 1;
	return failing(fx, err);
}

static int fake_compare(
	const char *profile, size_t base, size_t head, size_t *out, void *ctx, struct stk_err *err)
{
	struct fixture *fx = ctx;
	struct stk_comparison *comparison;
	struct stk_row row = {.function = {"sort", "sort.lua", 0},
		.partner = {"order", NULL, 0},
		.base_cost = 1,
		.head_cost = 1.5,
		.change = 0.5,
		.lo = 0.4,
		.hi = NAN,
		.q = 0.01,
		.verdict = STK_VERDICT_REGRESSION};

	stk_buf_addf(&fx->calls, "compare %s %d %d\n", profile, base == STK_ALL_BLOCKS,
		head == STK_ALL_BLOCKS);
	comparison = stk_vec_push_new(&fx->run.comparisons);
	stk_vec_push(&comparison->rows, row);
	*out = fx->run.comparisons.len - 1;
	return failing(fx, err);
}

static int fake_start(int side, void *ctx, struct stk_err *err)
{
	stk_buf_addf(&((struct fixture *)ctx)->calls, "start %d\n", side);
	return failing(ctx, err);
}

static int fake_stop(int side, void *ctx, struct stk_err *err)
{
	stk_buf_addf(&((struct fixture *)ctx)->calls, "stop %d\n", side);
	return failing(ctx, err);
}

static int fake_baseline(const char *rev, void *ctx, struct stk_err *err)
{
	struct fixture *fx = ctx;

	stk_buf_addf(&fx->calls, "baseline %s\n", rev ? rev : "-");
	fx->run.baseline = (struct stk_baseline_info){"8f3a1c2", "r", "notes", "merge base", 7};
	return failing(fx, err);
}

/* --- running --------------------------------------------------------------------------------- */

static int run_file(struct fixture *fx, const char *text)
{
	struct stk_verbs verbs = {.run = &fx->run,
		.workflow = &fx->flow,
		.slices = fake_slices,
		.window = fake_window,
		.load = fake_load,
		.abba = fake_abba,
		.pull = fake_pull,
		.hotspots = fake_hotspots,
		.compare = fake_compare,
		.baseline = fake_baseline,
		.start = fake_start,
		.stop = fake_stop,
		.ctx = fx};

	if (lua_case_load(&fx->lc, text) < 0 ||
		stk_workflow_read(fx->lc.script, &fx->flow, &fx->err) < 0)
		fail_msg("%s %s", fx->lc.err.msg, fx->err.msg);
	return stk_verbs_run_flow(fx->lc.script, &verbs, &fx->err);
}

/* body is what stands in run = function(w) … end, from line 4 on. */
static int run_body(struct fixture *fx, const char *body)
{
	struct stk_buf text = STK_BUF_EMPTY;
	int rc;

	stk_buf_addf(&text,
		"local stoker = require 'stoker'\n"
		"return stoker.workflow { name = 'x', load = { 'shop.lua', rate = 5, pairs = 3, "
		"env = { A = 'z' } },\n"
		"profiles = { 'cpu', 'wall' }, idle = 7, run = function(w)\n%s\nend }\n",
		body);
	rc = run_file(fx, text.ptr);
	stk_buf_release(&text);
	return rc;
}

static void expect(struct fixture *fx, const char *body, const char *talk, const char *calls)
{
	if (run_body(fx, body) < 0)
		fail_msg("%s", fx->err.msg);
	assert_string_equal(lua_case_talk(&fx->lc), talk);
	assert_string_equal(fx->calls.ptr ? fx->calls.ptr : "", calls);
}

static void expect_error(struct fixture *fx, const char *body, const char *want)
{
	stk_err_clear(&fx->err);
	if (run_body(fx, body) != STK_E_SCRIPT)
		fail_msg("was taken: %s", body);
	const char *message = lua_case_message(&fx->lc, &fx->err);
	if (strncmp(message, "case.lua:4: ", 12) != 0 || !strstr(message, want))
		fail_msg("%s\ngave %s\nnot  %s", body, message, want);
}

/* --- cases -------------------------------------------------------------------------------------
 */

static void verbs_run_flow__w_says_what_the_workflow_wants(void **state)
{
	expect(*state,
		"print(w.mode, #w.profiles, w.profiles[1], w.profiles[2])\n"
		"print(w.opts.idle, w.opts.load[1], w.opts.load.rate)",
		"print: idle\t2\tcpu\twall\nprint: 7.0\tshop.lua\t5\n", "");
}

static void verb_slices__is_a_duration_in_seconds(void **state)
{
	expect(*state, "print(w:slices(4))", "print: 20.0\n", "");
}

static void verb_window__gives_a_handle(void **state)
{
	expect(*state,
		"local i = w:window('idle', '1m30s')\n"
		"print(i.name, i.side, i.requests, i.failed, i.end_ns - i.start_ns, "
		"math.type(i.start_ns))\n"
		"w:window('b', 2.5)",
		"print: idle\tnone\t120\t1\t10000000000\tinteger\n",
		"window idle 90000\nwindow b 2500\n");
}

static void verb_load__takes_the_workflows_load_or_its_own(void **state)
{
	expect(*state,
		"local l = w:load('load')\n"
		"w:load('env', { env = { A = 'b', C = 'd' } })\n"
		"print(tostring(select(2, pcall(w.load, w, 'x', { rat = 1 }))):match 'unknown "
		"key')\n"
		"print(l.name, l.side, l.ok, l.thresholds[1].metric, l.thresholds[1].ok, "
		"l.thresholds[1].value, type(l.metrics))\n"
		"w:load('other', { 'b.lua', rate = 9 })",
		"print: unknown key\nprint: load\thead\tfalse\tchecks\tfalse\t0.5\ttable\n",
		"load load shop.lua rate=5 pairs=3\nload env shop.lua rate=5 pairs=3\nload other "
		"b.lua rate=9 pairs=3\n");
}

static void verb_abba__gives_sides_and_blocks(void **state)
{
	expect(*state,
		"local s = w:abba { pairs = 8 }\n"
		"print(#s.blocks, s.blocks[1].name, s.blocks[2].side, s.base.requests, "
		"s.head.side)",
		"print: 2\tblock 1\thead\t200\thead\n", "abba pairs=8\n");
}

static void verb_compare__gives_rows(void **state)
{
	expect(*state,
		"local s = w:abba()\n"
		"local rows = w:compare { base = s.base, head = s.head, profile = 'cpu' }\n"
		"local r = rows[1]\n"
		"print(#rows, r.name, r.file, r.line, r.partner, r.verdict, r.change, r.hi, r.q)",
		"print: 1\tsort\tsort.lua\tnil\torder\tregression\t0.5\tnil\t0.01\n",
		"abba pairs=3\ncompare cpu 1 1\n");
}

static void verb_hotspots__gives_rows(void **state)
{
	expect(*state,
		"local i, l = w:window('i', 1), w:load('l')\n"
		"local r = w:hotspots { idle = i, load = l, profile = 'cpu' }[1]\n"
		"print(r.name, r.file, r.line, r.cost, r.hi, r.share)",
		"print: json.encode\tjson.lua\t7.0\t2.5\tnil\t0.4\n",
		"window i 1000\nload l shop.lua rate=5 pairs=3\nhotspots cpu 0 1\n");
}

static void verb_pull__gives_a_profile(void **state)
{
	struct fixture *fx = *state;

	expect(fx,
		"local l = w:load('l')\n"
		"local p = w:pull { profile = 'cpu', window = l, labels = { endpoint = 'a' } }\n"
		"print(p.total, p.slices, p.samples)\n"
		"for _, f in ipairs(p:top(2)) do print(f.name, f.self, f.total) end\n"
		"print(#p:top(), p:top()[3].name, p:top()[3].total)\n"
		"w:pull { profile = 'wall', side = 'base' }",
		"print: 60\t3\t6\nprint: a\t30\t30\nprint: b\t20\t20\nprint: 3\tmain\t60\n",
		"load l shop.lua rate=5 pairs=3\npull cpu 0 side=1 endpoint=a\n"
		"pull wall -1 side=0\n");
}

static void pulled_save__writes_a_pprof_or_gives_the_reason(void **state)
{
	struct fixture *fx = *state;
	struct stk_buf body = STK_BUF_EMPTY, bytes = STK_BUF_INIT(1 << 20);
	char *path = stk_fs_join(fx->lc.dir, "p.pb.gz");
	struct stk_profile *profile = NULL;

	stk_buf_addf(&body,
		"local p = w:pull { profile = 'cpu' }\nprint(p:save '%s')\n"
		"local ok, why = p:save '/nowhere/p'\nprint(ok, #why > 0)",
		path);
	expect(fx, body.ptr, "print: true\nprint: nil\ttrue\n", "pull cpu -1 side=1\n");
	assert_int_equal(stk_fs_read(path, &bytes, &fx->err), 0);
	assert_int_equal(stk_pprof_decode(stk_buf_str(&bytes), &profile, &fx->err), 0);
	assert_int_equal(stk_profile_total(profile, 0), 60);
	stk_profile_free(profile);
	stk_buf_release(&body);
	stk_buf_release(&bytes);
	free(path);
}

static void verb_start__and_stop_take_a_side(void **state)
{
	expect(*state, "print(w:stop 'base', w:start 'head')", "print: true\ttrue\n",
		"stop 0\nstart 1\n");
}

static void verb_note__and_warn_go_into_the_record(void **state)
{
	struct fixture *fx = *state;

	expect(fx, "w:note 'seen'\nw:warn 'odd'", "", "");
	assert_int_equal(fx->run.notes.len, 2);
	assert_int_equal(fx->run.notes.items[0].level, STK_NOTE_INFO);
	assert_string_equal(fx->run.notes.items[0].text, "seen");
	assert_int_equal(fx->run.notes.items[1].level, STK_NOTE_WARN);
}

static void verbs__what_is_not_there_is_nil_and_the_reason(void **state)
{
	static const char *const calls[] = {"w:slices(4)", "w:window('i', 1)", "w:load('l')",
		"w:abba()", "w:pull { profile = 'cpu' }", "w:compare { profile = 'cpu' }",
		"w:start 'base'"};
	struct fixture *fx = *state;

	fx->fail_with = STK_E_NOT_FOUND;
	fx->fail_text = "no such type";
	for (size_t i = 0; i < STK_ARRAY_LEN(calls); i++) {
		struct stk_buf body = STK_BUF_EMPTY;

		stk_buf_addf(&body, "print(%s)", calls[i]);
		stk_buf_clear(&fx->lc.talk);
		if (run_body(fx, body.ptr) < 0)
			fail_msg("%s", fx->err.msg);
		assert_string_equal(lua_case_talk(&fx->lc), "print: nil\tno such type\n");
		stk_buf_release(&body);
	}
}

static void verbs__an_error_ends_the_flow_with_its_own_code(void **state)
{
	struct fixture *fx = *state;

	fx->fail_with = STK_E_IO;
	fx->fail_text = "service 'head' died";
	assert_int_equal(run_body(fx, "w:load('l')\nprint 'not reached'"), STK_E_IO);
	assert_string_equal(fx->err.msg, "service 'head' died");
	assert_string_equal(lua_case_talk(&fx->lc), "");
}

static void verbs__misuse_has_file_and_line(void **state)
{
	static const struct {
		const char *body, *want;
	} wrong[] = {
		{"w:slices('x')", "number expected"},
		{"w:slices(0)", "a number of slices is wanted"},
		{"w:window('idle')", "window: a duration"},
		{"w:window('idle', 'soon')", "soon"},
		{"w:window({}, 1)", "string expected"},
		{"w:load('l', 5)", "table expected"},
		{"w:load('l', { rat = 5 })", "unknown key 'rat'"},
		{"w:abba { pears = 5 }", "unknown key 'pears'"},
		{"w:compare()", "table expected"},
		{"w:compare { base = {} }", "profile is missing"},
		{"w:compare { profile = 'cpu', base = 5 }", "'base': a window is wanted"},
		{"w:compare { profile = 'cpu', bose = 5 }", "compare: unknown key 'bose'"},
		{"w:compare { profile = 'cpu', base = { id = 99 } }", "'base' is no window"},
		{"w:hotspots { profile = 'cpu' }", "'idle' and 'load' are windows"},
		{"w:pull { profile = 'cpu', side = 'left' }", "\"base\" or \"head\", not left"},
		{"w:pull { profile = 'cpu', labels = { 5 } }", "labels are names and texts"},
		{"w:pull { profile = 5 }", "profile is missing"},
		{"w:pull { profile = 'cpu' }:top(0)", "a number of functions is wanted"},
		{"local x = w:pull { profile = 'cpu' }.totl", "a profile has no 'totl'"},
		{"w:start 'both'", "\"base\" or \"head\", not both"},
		{"w.stop('head')", "table expected"},
		{"w:note()", "string expected"},
		{"w:sleep(5)", "sleep"},
		{"error 'my own'", "my own"},
	};

	for (size_t i = 0; i < STK_ARRAY_LEN(wrong); i++)
		expect_error(*state, wrong[i].body, wrong[i].want);
}

static void verbs_run_flow__modes_are_files_over_the_same_verbs(void **state)
{
	struct fixture *fx = *state;

	if (run_file(fx,
		    "local stoker = require 'stoker'\n"
		    "return stoker.workflow { load = { 'a.lua' }, profiles = { 'cpu', 'x' } }") < 0)
		fail_msg("%s", fx->err.msg);
	assert_string_equal(fx->calls.ptr, "window idle 20000\nload load a.lua rate=0 pairs=6\n"
					   "hotspots cpu 0 1\nhotspots x 0 1\n");
	stk_buf_clear(&fx->calls);
	stk_workflow_release(&fx->flow);
	stk_workflow_init(&fx->flow);
	if (run_file(fx,
		    "local stoker = require 'stoker'\n"
		    "return stoker.workflow { load = { 'a.lua', pairs = 4 }, profiles = 'cpu',\n"
		    "sides = { base = { url = 'http://a' }, head = { url = 'http://b' } } }") < 0)
		fail_msg("%s", fx->err.msg);
	assert_string_equal(fx->calls.ptr, "abba pairs=4\ncompare cpu 1 1\n");
	stk_buf_clear(&fx->calls);
	stk_workflow_release(&fx->flow);
	stk_workflow_init(&fx->flow);
	if (run_file(fx, "local stoker = require 'stoker'\n"
			 "return stoker.workflow { load = { 'a.lua' }, profiles = 'cpu',\n"
			 "baselines = stoker.baselines.s3 { 's3://bucket/x', region = 'r' } }") < 0)
		fail_msg("%s", fx->err.msg);
	assert_string_equal(fx->calls.ptr, "window idle 20000\nload load a.lua rate=0 pairs=6\n"
					   "hotspots cpu 4 5\nbaseline -\ncompare cpu 0 0\n");
	assert_int_equal(fx->flow.baselines.kind, STK_BASELINES_S3);
	assert_string_equal(fx->flow.baselines.url, "s3://bucket/x");
	assert_string_equal(fx->flow.baselines.region, "r");
	assert_false(fx->flow.baselines.path_style_given);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(verbs_run_flow__w_says_what_the_workflow_wants),
		CASE(verb_slices__is_a_duration_in_seconds),
		CASE(verb_window__gives_a_handle),
		CASE(verb_load__takes_the_workflows_load_or_its_own),
		CASE(verb_abba__gives_sides_and_blocks),
		CASE(verb_compare__gives_rows),
		CASE(verb_hotspots__gives_rows),
		CASE(verb_pull__gives_a_profile),
		CASE(pulled_save__writes_a_pprof_or_gives_the_reason),
		CASE(verb_start__and_stop_take_a_side),
		CASE(verb_note__and_warn_go_into_the_record),
		CASE(verbs__what_is_not_there_is_nil_and_the_reason),
		CASE(verbs__an_error_ends_the_flow_with_its_own_code),
		CASE(verbs__misuse_has_file_and_line),
		CASE(verbs_run_flow__modes_are_files_over_the_same_verbs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
