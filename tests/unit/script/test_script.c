/* test_script: what a file may see, what it may return, and how its errors read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "tests/support/lua_case.h"

static int setup(void **state)
{
	static struct lua_case lc;

	lua_case_init(&lc);
	*state = &lc;
	return 0;
}

static int teardown(void **state)
{
	lua_case_release(*state);
	return 0;
}

/* The file must load; what it printed is want. */
static void expect_talk(struct lua_case *lc, const char *text, const char *want)
{
	stk_buf_clear(&lc->talk);
	if (lua_case_load(lc, text) != 0)
		fail_msg("%s", lc->err.msg);
	assert_string_equal(lua_case_talk(lc), want);
}

static void expect_error(struct lua_case *lc, const char *text, const char *message)
{
	assert_int_equal(lua_case_load(lc, text), STK_E_SCRIPT);
	assert_string_equal(lc->err.msg, message);
}

#define STOKER "local stoker = require 'stoker'\n"

static void script_load__tells_the_kind(void **state)
{
	struct lua_case *lc = *state;

	assert_int_equal(lua_case_load(lc, STOKER "return stoker.load { default = print }"), 0);
	assert_int_equal(stk_script_kind(lc->script), STK_SCRIPT_LOAD);
	assert_int_equal(lua_case_load(lc, "return { default = print }"), 0);
	assert_int_equal(stk_script_kind(lc->script), STK_SCRIPT_LOAD);
	assert_int_equal(lua_case_load(lc, STOKER "\nreturn stoker.workflow {}"), 0);
	assert_int_equal(stk_script_kind(lc->script), STK_SCRIPT_WORKFLOW);
	assert_non_null(strstr(stk_script_where(lc->script), "case.lua:3"));
}

static void script_load__refuses_what_is_neither(void **state)
{
	struct lua_case *lc = *state;

	expect_error(lc, "local x = 1", "case.lua: the file returns nothing");
	assert_non_null(strstr(lc->err.hint, "return stoker.load"));
	expect_error(lc, "return 3", "case.lua: the file returns number");
	expect_error(lc, STOKER "return stoker.sdk {}",
		"case.lua:2: the file returns stoker.sdk{}, not stoker.load{} or "
		"stoker.workflow{}");
}

static void script_load__says_that_a_file_is_not_there(void **state)
{
	struct stk_script_opts opts = STK_SCRIPT_OPTS_INIT;
	struct stk_script *script = NULL;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	opts.path = "/nowhere/at/all.lua";
	assert_true(stk_script_load(&opts, &script, &err) < 0);
	assert_null(script);
	assert_non_null(strstr(err.msg, "/nowhere/at/all.lua"));
	opts.path = "@nothing.lua";
	assert_int_equal(stk_script_load(&opts, &script, &err), STK_E_NOT_FOUND);
}

/* k6 8.2: `k6 run -` reads the script from stdin | `stoker load -` | - */
static void script_load__reads_standard_input(void **state)
{
	struct stk_script_opts opts = STK_SCRIPT_OPTS_INIT;
	struct stk_env env = {.in = tmpfile()};
	struct stk_script *script = NULL;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	fputs("local x = nil\nreturn x.y", env.in);
	rewind(env.in);
	opts.path = "-";
	opts.env = &env;
	assert_int_equal(stk_script_load(&opts, &script, &err), STK_E_SCRIPT);
	assert_string_equal(err.msg, "stdin:2: attempt to index a nil value (local 'x')");
	fclose(env.in);
}

static void script_load__syntax_errors_have_their_own_lines(void **state)
{
	struct lua_case *lc = *state;

	expect_error(lc, "local a = 1\nlocal b = = 2\nreturn {}",
		"case.lua:2: unexpected symbol near '='");
	/* what would close the wrapping function is a syntax error of the file alone */
	expect_error(
		lc, "local a = 1 end return function()", "case.lua:1: <eof> expected near 'end'");
	expect_error(lc, "#!/usr/bin/env stoker\n\nlocal x = x.y",
		"case.lua:3: attempt to index a nil "
		"value (global 'x')");
	expect_error(lc, "\x1bLua", "case.lua: compiled Lua is not accepted");
}

static void script_load__has_199_locals(void **state)
{
	struct lua_case *lc = *state;
	struct stk_buf text = STK_BUF_EMPTY;

	for (int i = 0; i < 199; i++)
		stk_buf_addf(&text, "local v%d = %d\n", i, i);
	size_t most = text.len;
	stk_buf_add_text(&text, "return {}");
	assert_int_equal(lua_case_load(lc, text.ptr), 0);
	stk_buf_truncate(&text, most);
	stk_buf_add_text(&text, "local last = 1 return {}");
	assert_int_equal(lua_case_load(lc, text.ptr), STK_E_SCRIPT);
	assert_string_equal(
		lc->err.hint, "a file may have at most 199 local variables at its top level");
	stk_buf_release(&text);
}

static void script_load__traces_the_users_frames_only(void **state)
{
	struct lua_case *lc = *state;

	expect_error(lc,
		"local function inner() error('no luck') end\n"
		"local function outer() inner() return 1 end\n"
		"outer()\n",
		"case.lua:1: no luck\n\tcase.lua:1: in upvalue 'inner'\n"
		"\tcase.lua:2: in local 'outer'\n\tcase.lua:3");
}

static void sandbox__hides_what_touches_the_machine(void **state)
{
	expect_talk(*state,
		"print(io, debug, package, dofile, loadfile, collectgarbage)\n"
		"print(os.execute, os.getenv, os.remove, os.exit, string.dump)\n"
		"print(type(os.time()), type(os.clock()), type(math.pi), utf8 ~= nil)\n"
		"return {}",
		"print: nil\tnil\tnil\tnil\tnil\tnil\nprint: nil\tnil\tnil\tnil\tnil\n"
		"print: number\tnumber\tnumber\ttrue\n");
}

static void sandbox__built_in_tables_are_read_only(void **state)
{
	struct lua_case *lc = *state;

	expect_error(lc, "string.rep = nil",
		"case.lua:1: string is read-only; it cannot be given 'rep'");
	expect_error(lc, "rawset(math, 'pi', 3)", "case.lua:1: rawset: the table is read-only");
	expect_error(lc, STOKER "stoker.http.get = 1",
		"case.lua:2: stoker.http is read-only; it cannot be given 'get'");
	expect_error(lc, "table.insert(string, 1)",
		"case.lua:1: string is read-only; it cannot be given '1'");
	expect_talk(lc,
		"print(getmetatable(''), getmetatable(string), next(string) ~= nil)\n"
		"local n = 0 for k, v in pairs(string) do n = n + 1 end print(n > 10)\nreturn {}",
		"print: false\tfalse\ttrue\nprint: true\n");
}

static void sandbox__globals_are_ones_own(void **state)
{
	expect_talk(*state, "x = 1 print(_G.x, _G._G == _G, rawget(_G, 'print')) return {}",
		"print: 1\ttrue\tnil\n");
}

static void sandbox__load_takes_text_only_and_the_callers_globals(void **state)
{
	expect_talk(*state,
		"y = 4\nprint(load('return y')())\nprint(load('return y', 'n', 't', { y = 5 })())\n"
		"print(load('\\27Lua'))\nreturn {}",
		"print: 4\nprint: 5\n"
		"print: nil\tattempt to load a binary chunk (mode is 't')\n");
}

static void sandbox__memory_is_limited(void **state)
{
	struct lua_case *lc = *state;
	struct stk_script_opts opts = STK_SCRIPT_OPTS_INIT;
	char *path = stk_xasprintf("%s/big.lua", lc->dir);
	struct stk_script *script = NULL;
	struct stk_err err = STK_ERR_INIT;

	lua_case_file(lc, "big.lua", "local t = {} for i = 1, 1e9 do t[i] = { i } end return t");
	opts.path = path;
	opts.memory_max = 8 << 20;
	assert_int_equal(stk_script_load(&opts, &script, &err), STK_E_SCRIPT);
	assert_string_equal(err.msg, "the script needs more memory than it may take");
	free(path);
}

/* k6 4.1: `import` of the user's modules, once per VU | `require` | from the script's folder only
 */
static void require__finds_files_beside_the_script_once(void **state)
{
	struct lua_case *lc = *state;

	lua_case_file(lc, "lib/one.lua", "print('one', ...) seen = true return { v = 1 }");
	lua_case_file(lc, "two/init.lua", "return require 'lib.one'.v + 1");
	expect_talk(lc,
		"print(require('lib.one').v, require 'lib.one' == require 'lib.one', require "
		"'two', seen)"
		"\nreturn {}",
		"print: one\tlib.one\nprint: 1\ttrue\t2\ttrue\n");
}

static void require__errors_name_the_place(void **state)
{
	struct lua_case *lc = *state;

	lua_case_file(lc, "bad.lua", "local x = 1\nlocal = 2");
	lua_case_file(lc, "loop.lua", "return require 'loop'");
	expect_error(lc, "\nrequire 'lib.none'",
		"case.lua:2: require: module 'lib.none' is not there: looked for lib/none.lua and "
		"lib/none/init.lua beside the script");
	expect_error(lc, "require 'bad'",
		"case.lua:1: require 'bad': bad.lua:2: <name> expected near '='");
	expect_error(lc, "require 'loop'",
		"loop.lua:1: require: module 'loop' requires itself\n\tloop.lua:1\n\tcase.lua:1");
	expect_error(lc, "require '../etc/passwd'",
		"case.lua:1: require: '../etc/passwd' is no module name (lib.orders is "
		"lib/orders.lua)");
	expect_error(lc, "require '_http'",
		"case.lua:1: require: module '_http' is not there: looked for _http.lua and "
		"_http/init.lua beside the script");
	expect_error(lc, "require 'stoker.nothing'",
		"case.lua:1: require: stoker has no module 'stoker.nothing'");
}

/* k6 4.3: `__ENV`: `-e`, then the whole environment | `stoker.env`: `-e`, then the environment
 * without what looks like a credential | - */
static void env__reads_vars_then_environment_without_credentials(void **state)
{
	static const char *const vars[] = {"A=from -e", "API_KEY", NULL};
	static const char *const environ_[] = {
		"A=hidden", "B=from environment", "MY_TOKEN=x", "API_KEY=passed", NULL};
	struct lua_case *lc = *state;

	lc->vars = vars;
	lc->environ_ = environ_;
	expect_talk(lc,
		STOKER "local e = stoker.env\n"
		       "print(e 'A', e 'B', e('C', 'dflt'), e('C', nil), e 'API_KEY')\n"
		       "print(e('MY_TOKEN', 'not seen'))\nreturn {}",
		"print: from -e\tfrom environment\tdflt\tnil\tpassed\nprint: not seen\n");
	expect_error(lc, STOKER "\nstoker.env 'NOPE'",
		"case.lua:3: variable 'NOPE' is not set and has no default\n  pass it: -e "
		"NOPE=...");
	expect_error(lc, STOKER "stoker.env 'MY_TOKEN'",
		"case.lua:2: variable 'MY_TOKEN' looks like a credential, which stoker.env does "
		"not "
		"read\n  take it by stoker.secret \"MY_TOKEN\", or pass it on purpose: -e "
		"MY_TOKEN=...");
}

/* k6 6: `k6/secrets` | `stoker.secret` | prints `***` everywhere */
static void secret__never_shows_its_text(void **state)
{
	struct lua_case *lc = *state;
	char *file = stk_xasprintf("KEPT_FILE=%s/secret.txt", lc->dir);
	const char *const vars[] = {"PW=hunter2", file, NULL};

	lc->vars = vars;
	lua_case_file(lc, "secret.txt", "in a file\n");
	expect_talk(lc,
		STOKER
		"local s = stoker.secret 'PW'\n"
		"print(s, 'Bearer ' .. s, s .. 1, tostring(stoker.secret 'KEPT'))\n"
		"print(pcall(string.format, '%s', s))\nprint(getmetatable(s), #tostring(s))\n"
		"return {}",
		"print: ***\t***\t***\t***\nprint: true\t***\nprint: false\t3\n");
	expect_error(lc, STOKER "stoker.secret 'GONE'",
		"case.lua:2: secret 'GONE' is not set\n  set the variable GONE, or GONE_FILE to "
		"the "
		"path of a file that holds it");
	lc->vars = NULL;
	free(file);
}

/* k6 6: `k6/experimental/csv` | `stoker.data.csv` | - */
static void data__csv_by_header_and_by_number(void **state)
{
	struct lua_case *lc = *state;

	lua_case_file(lc, "users.csv", "name,age\r\n\"Ann, \"\"A\"\"\",30\nBob,41\n");
	expect_talk(lc,
		STOKER
		"local users = stoker.data.csv 'users.csv'\n"
		"print(#users, users[1].name, users[2].age, users[1][2], users[3], users[1].no)\n"
		"for i, u in ipairs(users) do print(i, u.name) end\n"
		"for k, v in pairs(users[2]) do print(k, v) end\n"
		"print(#stoker.data.csv('users.csv', { header = false }))\n"
		"print(pcall(function() users[1] = 2 end))\nreturn {}",
		"print: 2\tAnn, \"A\"\t41\t30\tnil\tnil\n"
		"print: 1\tAnn, \"A\"\nprint: 2\tBob\nprint: name\tBob\nprint: age\t41\n"
		"print: 3\nprint: false\tcase.lua:7: data from a file is read-only\n");
}

/* k6 4.3: `SharedArray` | `stoker.data.json`, `.csv` | read once per process; no copy per access */
static void data__json_with_pointer(void **state)
{
	struct lua_case *lc = *state;

	lua_case_file(lc, "d.json", "{\"items\":[{\"id\":7},null],\"n\":9007199254740993}");
	expect_talk(lc,
		STOKER "local d = stoker.data.json 'd.json'\n"
		       "print(d.items[1].id, d.items[2] == stoker.null, d.n, #d.items, d.none)\n"
		       "print(stoker.data.json('d.json', '/items/0/id'))\n"
		       "local n = 0 for k in pairs(d) do n = n + 1 end print(n)\nreturn {}",
		"print: 7\ttrue\t9007199254740993\t2\tnil\nprint: 7\nprint: 2\n");
	expect_error(lc, STOKER "stoker.data.json('d.json', '/none')",
		"case.lua:2: stoker.data.json: nothing at '/none' in d.json");
}

static void data__stays_in_the_scripts_folder(void **state)
{
	struct lua_case *lc = *state;

	assert_int_equal(lua_case_load(lc, STOKER "stoker.data.csv '/etc/passwd'"), STK_E_SCRIPT);
	assert_non_null(strstr(lc->err.msg, "is outside of the script's folder"));
	assert_int_equal(lua_case_load(lc, STOKER "stoker.file '../../etc/passwd'"), STK_E_SCRIPT);
}

/* k6 4.1: no HTTP in init; metrics only there | the same | - */
static void file_level__refuses_what_needs_a_test(void **state)
{
	struct lua_case *lc = *state;

	expect_error(lc, STOKER "stoker.http.get '/'",
		"case.lua:2: http.get is for functions of a running test, not for the file's top "
		"level: move the call into default, exec, setup or teardown");
	expect_error(lc, STOKER "stoker.pid { hz = 1 }",
		"case.lua:2: stoker.pid is not there yet in this version");
}

static void metrics__same_name_and_type_is_the_same(void **state)
{
	struct lua_case *lc = *state;

	assert_int_equal(lua_case_load(lc, STOKER "local m = stoker.metrics\n"
						  "m.rate 'errors' m.rate 'errors'\n"
						  "m.trend('lat', { time = true }) return {}"),
		0);
	assert_int_equal(
		lua_case_load(lc, STOKER "stoker.metrics.rate 'e2'\nstoker.metrics.gauge 'e2'"),
		STK_E_SCRIPT);
	assert_non_null(strstr(lc->err.msg, "case.lua:3: metrics.gauge: "));
	assert_int_equal(lua_case_load(lc, STOKER "stoker.metrics.rate 'http_reqs'"), STK_E_SCRIPT);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(script_load__tells_the_kind),
		CASE(script_load__refuses_what_is_neither),
		CASE(script_load__says_that_a_file_is_not_there),
		CASE(script_load__reads_standard_input),
		CASE(script_load__syntax_errors_have_their_own_lines),
		CASE(script_load__has_199_locals),
		CASE(script_load__traces_the_users_frames_only),
		CASE(sandbox__hides_what_touches_the_machine),
		CASE(sandbox__built_in_tables_are_read_only),
		CASE(sandbox__globals_are_ones_own),
		CASE(sandbox__load_takes_text_only_and_the_callers_globals),
		CASE(sandbox__memory_is_limited),
		CASE(require__finds_files_beside_the_script_once),
		CASE(require__errors_name_the_place),
		CASE(env__reads_vars_then_environment_without_credentials),
		CASE(secret__never_shows_its_text),
		CASE(data__csv_by_header_and_by_number),
		CASE(data__json_with_pointer),
		CASE(data__stays_in_the_scripts_folder),
		CASE(file_level__refuses_what_needs_a_test),
		CASE(metrics__same_name_and_type_is_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
