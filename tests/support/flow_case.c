/* flow_case: a workflow of a test, as a session on a fake clock or as a whole run on the real one.
 */
#include "tests/support/flow_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/http/client.h"

static void keep_line(const struct stk_flow_line *line, void *ctx)
{
	struct flow_case *fc = ctx;

	if (fc->interrupt_label && strcmp(fc->interrupt_label, line->label) == 0)
		atomic_store(&fc->interrupts, fc->interrupt_at_line);
	if (line->state)
		stk_buf_addf(&fc->lines, "%s: %s\n", line->label, line->state);
}

static void keep_said(const char *text, void *ctx)
{
	stk_buf_addf(&((struct flow_case *)ctx)->lines, "say: %s\n", text);
}

static void keep_warning(const char *text, void *ctx)
{
	stk_buf_addf(&((struct flow_case *)ctx)->lines, "warn: %s\n", text);
}

int flow_case_setup(void **state)
{
	static const char *const environ_[] = {"PATH=/usr/local/bin:/usr/bin:/bin", NULL};
	struct flow_case *fc = stk_xcalloc(1, sizeof *fc);

	lua_case_init(&fc->lc);
	fc->lc.environ_ = environ_;
	stk_workflow_init(&fc->workflow);
	stk_run_init(&fc->run);
	stk_fake_clock_init(&fc->fake, 0, FLOW_CASE_NOW);
	stk_buf_init(&fc->lines, 1 << 20);
	fc->runs_dir = stk_fs_join(fc->lc.dir, "runs");
	fc->env = (struct stk_env){
		.environ_ = environ_, .clock = &fc->fake.clock, .interrupts = &fc->interrupts};
	lua_case_file(&fc->lc, "load.lua",
		"local stoker = require 'stoker'\n"
		"return stoker.load { duration = '10s', timeout = 5, default = function()\n"
		"stoker.check(stoker.http.get('/work', { name = 'work' }), { status = 200 }) end "
		"}\n");
	*state = fc;
	return 0;
}

int flow_case_teardown(void **state)
{
	struct flow_case *fc = *state;

	if (fc->is_open) {
		stk_session_close(&fc->session);
		free(fc->session.folder);
	}
	stk_workflow_release(&fc->workflow);
	stk_run_release(&fc->run);
	lua_case_release(&fc->lc);
	stk_buf_release(&fc->lines);
	free(fc->runs_dir);
	free(fc->folder);
	free(fc);
	return 0;
}

static void load_workflow(struct flow_case *fc, const char *text)
{
	if (lua_case_load(&fc->lc, text) < 0)
		fail_msg("%s", fc->lc.err.msg);
	if (stk_script_kind(fc->lc.script) == STK_SCRIPT_WORKFLOW &&
		stk_workflow_read(fc->lc.script, &fc->workflow, &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
	fc->opts = (struct stk_flow_opts){.env = &fc->env,
		.script = fc->lc.script,
		.workflow = &fc->workflow,
		.script_opts = STK_SCRIPT_OPTS_INIT,
		.runs_dir = fc->runs_dir,
		.command = "stoker run case.lua",
		.version = "test",
		.observer = {.line = keep_line, .say = keep_said, .warn = keep_warning, .ctx = fc}};
	fc->opts.script_opts.env = &fc->env;
}

int flow_case_open(struct flow_case *fc, const char *text)
{
	load_workflow(fc, text);
	fc->session = (struct stk_session){.opts = &fc->opts, .run = &fc->run};
	fc->is_open = true;
	return stk_session_open(&fc->session, &fc->err);
}

void flow_case_push_as(
	struct flow_case *fc, int side, int64_t start_ns, const char *format, struct stk_str bytes)
{
	struct stk_client_opts opts = {.connect_timeout_ms = 2000};
	struct stk_client *client = stk_client_new(&opts);
	struct stk_http_response response = {0};
	char *url = stk_xasprintf(
		"%s/ingest?name=fake&from=%lld&until=%lld&format=%s&sampleRate=100&spyName=t",
		fc->session.sides[side].push_url, (long long)(start_ns / STK_NS_PER_S),
		(long long)(start_ns / STK_NS_PER_S + 1), format);
	struct stk_http_request request = {
		.method = "POST", .url = url, .body = bytes, .has_body = true};

	if (stk_client_send(client, &request, &response, &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
	assert_int_equal(response.status, 200);
	stk_http_response_release(&response);
	stk_client_free(client);
	free(url);
}

void flow_case_push(struct flow_case *fc, int side, int64_t start_ns, const char *folded)
{
	flow_case_push_as(fc, side, start_ns, "folded", stk_str_of(folded));
}

bool flow_case_has_python(void)
{
	return access("tests/cli/fake_service.py", R_OK) == 0 &&
	       (access("/usr/bin/python3", X_OK) == 0 ||
		       access("/usr/local/bin/python3", X_OK) == 0);
}

void flow_case_load(struct flow_case *fc, const char *text)
{
	char *dir = realpath("tests/cli", NULL);
	struct stk_buf full = STK_BUF_EMPTY;
	struct stk_str rest = stk_str_of(text);

	for (const char *at = strstr(rest.ptr, "$DIR"); at; at = strstr(rest.ptr, "$DIR")) {
		stk_buf_add(&full, rest.ptr, (size_t)(at - rest.ptr));
		stk_buf_add_text(&full, dir ? dir : ".");
		rest.ptr = at + 4;
	}
	stk_buf_add_text(&full, rest.ptr);
	free(dir);
	fc->env.clock = stk_clock_system();
	load_workflow(fc, full.ptr);
	stk_buf_release(&full);
}

int flow_case_run(struct flow_case *fc, const char *text)
{
	flow_case_load(fc, text);
	return stk_flow_run(&fc->opts, &fc->run, &fc->folder, &fc->err);
}
