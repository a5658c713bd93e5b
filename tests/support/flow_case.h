/* flow_case: a workflow of a test, as a session on a fake clock or as a whole run on the real one.
 */
#ifndef STK_TESTS_SUPPORT_FLOW_CASE_H
#define STK_TESTS_SUPPORT_FLOW_CASE_H

#include "core/base/buf.h"
#include "core/flow/flow.h"
#include "core/flow/session.h"
#include "tests/support/lua_case.h"

#define FLOW_CASE_NOW (INT64_C(1795348800) * 1000000000)

struct flow_case {
	struct lua_case lc;
	struct stk_workflow workflow;
	struct stk_run run;
	struct stk_fake_clock fake;
	struct stk_env env;
	atomic_int interrupts;
	struct stk_flow_opts opts;
	struct stk_session session; /* of flow_case_open */
	bool is_open;
	char *runs_dir;
	char *folder;         /* of the record, after flow_case_run */
	struct stk_buf lines; /* "pairs: 1 of 4", "say: …", "warn: …" */
	struct stk_err err;
	int interrupt_at_line; /* send interrupts when a line with this label comes; see below */
	const char *interrupt_label;
};

/* cmocka setup and teardown: *state is a struct flow_case *. */
int flow_case_setup(void **state);
int flow_case_teardown(void **state);

/* Load a workflow's text (with load.lua beside it, one request of "/work" an iteration) and open a
 * session on the fake clock: nothing is started. The result of stk_session_open. */
int flow_case_open(struct flow_case *fc, const char *text);

/* Push folded text as the profile of [start, start + 1 s) to the side's own port. */
void flow_case_push(struct flow_case *fc, int side, int64_t start_ns, const char *folded);
/* The same for bytes of another format of /ingest, "pprof". */
void flow_case_push_as(struct flow_case *fc, int side, int64_t start_ns, const char *format,
	struct stk_str bytes);

/* Load a workflow's text for the real clock: fc->opts can be run. $DIR in text stands for the folder
 * of fake_service.py. */
void flow_case_load(struct flow_case *fc, const char *text);
/* The same, and run it; the result of stk_flow_run. */
int flow_case_run(struct flow_case *fc, const char *text);

/* The path of tests/cli/fake_service.py is known and python3 is there. */
bool flow_case_has_python(void);

#endif
