/* flow: one run from start to end. */
#include "core/flow/flow.h"

#include "core/diff/judge.h"
#include "core/flow/acceptances.h"
#include "core/flow/builds.h"
#include "core/flow/commit.h"
#include "core/flow/drive.h"
#include "core/flow/flames.h"
#include "core/flow/grafana.h"
#include "core/flow/outputs.h"
#include "core/flow/session.h"
#include "core/flow/slices.h"
#include "core/flow/trust.h"
#include "core/flow/verbs.h"

static struct stk_gate_limits gate_limits(const struct stk_gate_spec *gate)
{
	return (struct stk_gate_limits){.is_set = gate->is_set,
		.cpu = gate->cpu,
		.alloc_space = gate->alloc_space,
		.alloc_objects = gate->alloc_objects,
		.inuse_space = gate->inuse_space,
		.p50 = gate->p50,
		.p95 = gate->p95,
		.p99 = gate->p99,
		.throughput = gate->throughput,
		.errors = gate->errors,
		.functions = gate->functions,
		.thresholds = gate->thresholds};
}

/* Mode idle is about hotspots: without any profile there is no report to speak of. */
static int refuse_none(struct stk_session *session, struct stk_err *err)
{
	const struct stk_workflow *workflow = session->workflow;
	int64_t waited_ns = stk_clock_wall(session->clock) - session->run->start_ns;

	if (workflow->mode != STK_MODE_IDLE || workflow->run_fn || workflow->profiles.len == 0 ||
		session->run->slices.len > 0)
		return 0;
	return stk_slices_refuse_missing(session, waited_ns, NULL, err);
}

static int run_story(struct stk_session *session, struct stk_err *err)
{
	struct stk_verbs verbs = stk_session_verbs(session);
	bool is_kept = session->workflow->mode == STK_MODE_BASELINE ||
		       session->workflow->baselines.kind != STK_BASELINES_NONE;
	int rc = 0;

	for (int side = 0; rc == 0 && side < STK_SIDES; side++)
		rc = stk_session_check_side(session, side, err);
	if (rc == 0)
		rc = stk_drive_try(session, err);
	if (rc == 0)
		rc = stk_builds_make(session, err);
	if (rc == 0 && is_kept && !session->workflow->from_git)
		rc = stk_session_note_commit(session, err);
	for (int side = 0; rc == 0 && side < STK_SIDES; side++)
		rc = stk_session_start_side(session, side, err);
	if (rc == 0)
		rc = stk_session_save(session, err);
	if (rc == 0)
		rc = stk_verbs_run_flow(session->opts->script, &verbs, err);
	return rc == 0 ? refuse_none(session, err) : rc;
}

#define ERRORS_SHARE 0.01 /* more iterations in error than this: the script is at fault */

static int judge_script(const struct stk_session *session, struct stk_err *err)
{
	if ((double)session->errors <= ERRORS_SHARE * (double)session->iterations)
		return 0;
	return stk_err_set(err, STK_E_SCRIPT,
		"%lld of %lld iterations ended in an error of the script",
		(long long)session->errors, (long long)session->iterations);
}

static void tell_failures(struct stk_session *session)
{
	const struct stk_metric *requests =
		stk_metrics_find(&session->run->metrics, "http_reqs", "");
	struct stk_buf text = STK_BUF_EMPTY;

	stk_failures_say(&session->failures, requests ? requests->count : 0, &text);
	if (text.len > 0)
		stk_session_warn(session, "%s", text.ptr);
	stk_buf_release(&text);
}

/* Judge and write what there is; its own failure counts only if all went well before. */
static int conclude(struct stk_session *session, int rc, struct stk_err *err)
{
	struct stk_gate_limits gate = gate_limits(&session->workflow->gate);
	int saved;

	if (rc < 0)
		stk_session_partial(session, err ? err->msg : "it failed");
	session->run->end_ns = stk_clock_wall(session->clock);
	tell_failures(session);
	if (session->run->comparisons.len > 0)
		stk_trust_find(session);
	stk_judge_verdicts(session->run, NULL);
	stk_session_apply_accepted(session);
	stk_judge_conclude(session->run, &gate);
	stk_grafana_add_links(session);
	saved = stk_session_save(session, rc < 0 ? NULL : err);
	rc = rc < 0 ? rc : saved;
	saved = stk_flames_write(session, rc < 0 ? NULL : err);
	rc = rc < 0 ? rc : saved;
	return rc < 0 ? rc : judge_script(session, err);
}

int stk_flow_run(const struct stk_flow_opts *opts, struct stk_run *run, char **folder_out,
	struct stk_err *err)
{
	struct stk_session session = {.opts = opts, .run = run};
	int rc = stk_session_open(&session, err);

	if (rc == 0)
		rc = stk_outputs_start(&session, err);
	if (rc == 0)
		rc = run_story(&session, err);
	stk_outputs_stop(&session);
	rc = conclude(&session, rc, err);
	for (int side = STK_SIDES; side-- > 0;) {
		int stopped = stk_session_stop_side(&session, side, rc < 0 ? NULL : err);
		rc = rc < 0 ? rc : stopped;
	}
	*folder_out = session.folder;
	stk_session_close(&session);
	return rc;
}
