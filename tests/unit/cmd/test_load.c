/* test_load: stoker load in this process: what it prints where, and its exit codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "core/base/fs.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "tests/support/lua_case.h"
#include "tests/support/shop_server.h"

struct fixture {
	struct lua_case lc;
	struct shop_server *shop;
	struct stk_buf out, err; /* of the last command */
	atomic_int interrupts, signal_no;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof f);
	lua_case_init(&f.lc);
	f.shop = shop_server_start();
	stk_buf_init(&f.out, 1 << 20);
	stk_buf_init(&f.err, 1 << 20);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	shop_server_stop(f->shop);
	stk_buf_release(&f->out);
	stk_buf_release(&f->err);
	lua_case_release(&f->lc);
	return 0;
}

static void read_back(FILE *file, struct stk_buf *buf)
{
	char part[4096];
	size_t got;

	stk_buf_clear(buf);
	rewind(file);
	while ((got = fread(part, 1, sizeof part, file)) > 0)
		stk_buf_add(buf, part, got);
	fclose(file);
}

/* stoker load ARGS... case.lua, with text as the script. args ends with NULL. */
static int load(struct fixture *f, const char *text, const char *const *args)
{
	struct stk_env env = {.in = stdin,
		.out = tmpfile(),
		.err = tmpfile(),
		.width = 80,
		.clock = stk_clock_system(),
		.interrupts = &f->interrupts,
		.signal_no = &f->signal_no};
	char *path = stk_fs_join(f->lc.dir, "case.lua");
	char *base_url = stk_xasprintf("--base-url=%s", shop_server_url(f->shop));
	char *argv[20] = {(char *)(uintptr_t) "stoker", (char *)(uintptr_t) "load", base_url, path};
	int argc = 4;

	lua_case_file(&f->lc, "case.lua", text);
	for (; args && *args && argc < 19; args++)
		argv[argc++] = (char *)(uintptr_t)*args;
	int code = stk_cmd_main(&env, argc, argv);
	read_back(env.out, &f->out);
	read_back(env.err, &f->err);
	free(path);
	free(base_url);
	return code;
}

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define STOKER    "local stoker = require 'stoker' local http, check = stoker.http, stoker.check\n"
#define GET       STOKER "return { default = function() check(http.get '/text', { status = 200 }) end }"

/* k6 7.1: summary on stdout, with progress | the same without progress | progress and talk are on
 * stderr */
static void load__summary_on_stdout_and_talk_on_stderr(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, GET, ARGS("-u", "2", "-i", "6")), STK_EXIT_OK);
	assert_int_equal(shop_server_count(f->shop, "GET /text"), 6);
	assert_non_null(strstr(f->out.ptr, "checks_succeeded...: 100.00% 6 out of 6"));
	assert_non_null(strstr(f->out.ptr, "http_reqs"));
	assert_null(strstr(f->err.ptr, "http_reqs"));
}

/* k6 7.2: `--new-machine-readable-summary` without thresholds, groups, start time | `--format
 * json`: the run record, with all of them | - */
static void load__json_is_one_document(void **state)
{
	struct fixture *f = *state;
	struct stk_json *json = NULL;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(load(f, GET, ARGS("--format", "json", "-q")), STK_EXIT_OK);
	if (stk_json_parse(stk_buf_str(&f->out), &json, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(stk_json_len(stk_json_pointer(json, STK_STR("/metrics/items"))) > 10);
	stk_json_free(json);
	assert_string_equal(f->err.ptr, "");
}

/* k6 8.2: `-s DUR:TARGET`, `--tag K=V` | the same; `--rate 20/s` | -
 * k6 3.4: a crossed threshold: 99 | the same | - */
static void load__stages_and_rate_and_tags(void **state)
{
	struct fixture *f = *state;
	const char *tagged =
		STOKER "return { default = function() http.get '/text' stoker.sleep(0.05) end, "
		       "thresholds = { ['http_reqs{who:me}'] = 'count>0' } }";

	assert_int_equal(
		load(f, tagged,
			ARGS("-s", "500ms:2", "-s", "0.5s:0", "--tag", "who=me", "--strict")),
		0);
	assert_int_equal(
		load(f, tagged, ARGS("--rate", "20/s", "-d", "1s", "--tag", "who=you", "--strict")),
		STK_EXIT_THRESHOLD);
	assert_non_null(
		strstr(f->err.ptr, "thresholds were crossed: http_reqs{who:me} count>0 (no data)"));
	assert_int_equal(load(f, tagged, ARGS("--rate", "20/s", "-d", "1s", "-q")), 0);
	assert_non_null(strstr(f->err.ptr,
		"warning: threshold of http_reqs{who:me}, count>0: no data (--strict "));
}

/* k6 3.4: 104, 107, 108 for options, exceptions, abort | 4 | k6's numbers are kept for a k6 that
 * stoker drives
 * k6 3.4: exit 0 although every iteration threw | exit 4 when more than 1 % of iterations ended in
 * an error | - */
static void load__exit_codes_of_scripts(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, "return {", NULL), STK_EXIT_SCRIPT);
	assert_int_equal(load(f, STOKER "return stoker.load { vuss = 1 }", NULL), STK_EXIT_SCRIPT);
	assert_non_null(strstr(f->err.ptr, "case.lua:2: unknown key 'vuss'"));
	assert_non_null(strstr(f->err.ptr, "did you mean 'vus'?"));
	assert_int_equal(
		load(f,
			STOKER
			"return { default = print, setup = function() stoker.fail 'no' end }",
			NULL),
		STK_EXIT_SCRIPT);
	assert_non_null(strstr(f->err.ptr, "case.lua:2: no"));
	assert_int_equal(
		load(f, STOKER "return { default = print, setup = function() return print end }",
			NULL),
		STK_EXIT_SCRIPT);
	assert_non_null(strstr(
		f->err.ptr, "case.lua: what setup returned: a function cannot be handed on"));
	assert_int_equal(
		load(f, STOKER "return { default = function() error { 1 } end, iterations = 3 }",
			NULL),
		STK_EXIT_SCRIPT);
	assert_non_null(strstr(f->err.ptr, "case.lua:2: the error is a table\nload: done\n"));
	assert_int_equal(
		load(f, STOKER "return { default = function() stoker.fail 'no' end }", NULL),
		STK_EXIT_SCRIPT);
	assert_non_null(strstr(f->err.ptr, "1 of 1 iterations ended in an error of the script"));
	assert_int_equal(
		load(f, STOKER "return { default = function() stoker.abort 'enough' end }", NULL),
		STK_EXIT_SCRIPT);
	assert_non_null(strstr(f->err.ptr, "enough"));
}

/* k6 3.4: exit 0 with exceptions | the same up to 1 % of iterations | - */
static void load__one_error_in_a_hundred_is_forgiven(void **state)
{
	struct fixture *f = *state;
	const char *text = STOKER "return { vus = 1, iterations = 100, default = function()\n"
				  "if stoker.vu.iter < 1 then stoker.fail 'once' end end }";

	assert_int_equal(load(f, text, NULL), STK_EXIT_OK);
	assert_non_null(strstr(f->err.ptr, "script: "));
	assert_int_equal(load(f, text, ARGS("-i", "99")), STK_EXIT_SCRIPT);
}

/* k6 3.4: 255 for an option that cannot be read | 2 | - */
static void load__other_exit_codes(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, GET, ARGS("-u", "none")), STK_EXIT_USAGE);
	assert_int_equal(load(f, GET, ARGS("-s", "5")), STK_EXIT_USAGE);
	assert_int_equal(load(f, GET, ARGS("--tag", "x")), STK_EXIT_USAGE);
	assert_int_equal(load(f, GET, ARGS("second.lua")), STK_EXIT_USAGE);
	assert_int_equal(load(f, STOKER "return stoker.workflow {}", NULL), STK_EXIT_USAGE);
	assert_non_null(strstr(f->err.ptr, "stoker run"));
}

/* k6 8.2: `--no-setup`, `--no-teardown`, `--no-thresholds` | the same | - */
static void load__leaves_out_what_is_not_wanted(void **state)
{
	struct fixture *f = *state;
	const char *text = STOKER
		"return { default = function(ctx) assert(ctx == nil) http.get '/text' end,\n"
		"setup = function() stoker.fail 'no' end, thresholds = { http_reqs = 'count>1' },\n"
		"teardown = function() http.delete '/test-data' end }";

	assert_int_equal(load(f, text, NULL), STK_EXIT_SCRIPT);
	assert_int_equal(load(f, text, ARGS("--no-setup")), STK_EXIT_THRESHOLD);
	assert_int_equal(shop_server_count(f->shop, "DELETE /test-data"), 1);
	assert_int_equal(
		load(f, text, ARGS("--no-setup", "--no-teardown", "--no-thresholds")), STK_EXIT_OK);
	assert_int_equal(shop_server_count(f->shop, "DELETE /test-data"), 1);
	assert_null(strstr(f->out.ptr, "THRESHOLDS"));
}

/* k6 5.5: `blockHostnames` names what may not be called | with `base_url` only its host and
 * `--allow-host` may be | 1111 as in k6 */
static void load__other_hosts_need_leave(void **state)
{
	struct fixture *f = *state;
	const char *text =
		STOKER "return { default = function()\n"
		       "check(http.get 'http://127.0.0.2:1/', { { 'refused', function(r) return "
		       "r.error_code == 1111 end } }) end, thresholds = { checks = 'rate==1' } }";

	assert_int_equal(load(f, text, NULL), STK_EXIT_OK);
	assert_int_equal(load(f, text, ARGS("--allow-host", "127.0.0.2")), STK_EXIT_THRESHOLD);
}

/* k6 3.4: interrupted: 105 | 130, 143 | as a shell expects */
static void load__interrupt_stops_gracefully(void **state)
{
	struct fixture *f = *state;

	atomic_store(&f->interrupts, 1);
	atomic_store(&f->signal_no, 2);
	assert_int_equal(
		load(f,
			STOKER
			"return { base_url = 'x', default = function() stoker.sleep '5ms' end }",
			ARGS("-u", "1", "-d", "30s")),
		STK_EXIT_INTERRUPTED);
	atomic_store(&f->signal_no, 15);
	assert_int_equal(load(f, GET, ARGS("-u", "1", "-d", "30s")), STK_EXIT_TERMINATED);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(load__summary_on_stdout_and_talk_on_stderr),
		CASE(load__json_is_one_document),
		CASE(load__stages_and_rate_and_tags),
		CASE(load__exit_codes_of_scripts),
		CASE(load__one_error_in_a_hundred_is_forgiven),
		CASE(load__other_exit_codes),
		CASE(load__leaves_out_what_is_not_wanted),
		CASE(load__other_hosts_need_leave),
		CASE(load__interrupt_stops_gracefully),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
