/* task_finished: a workflow run has ended: whose pull request, which record, posted and kept. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/bot/artifact.h"
#include "core/bot/task_priv.h"
#include "core/publish/publish.h"
#include "core/publish/pull.h"
#include "core/report/comment.h"
#include "core/report/markdown.h"

/* What a run is posted to. */
struct finished {
	struct stk_task *task;
	struct stk_task_scope scope;
	int64_t number;
	bool is_head;                      /* head_sha is the pull request's head now */
	struct stk_ledger_request request; /* somebody asked for it; token "" = nobody */
	char *run_page;
	char *head_repository;   /* of a run that was asked for: the event names the base's */
	struct stk_buf verdicts; /* lines of Markdown for who asked */
};

static void on_say(const char *line, void *ctx)
{
	stk_task_say(ctx, "%s", line);
}

static void on_warn(const struct stk_err *err, void *ctx)
{
	stk_task_say(ctx, "not posted: %s", err->msg);
}

/* The pull request of a run that GitHub started for one: by number or by the head's branch, and its
 * head must be the commit that the run was for. 1 found, 0 none (any more). */
static int find_pull(struct finished *f, struct stk_err *err)
{
	const struct stk_delivery *delivery = f->task->delivery;
	struct stk_ci ci = {.forge = STK_FORGE_GITHUB,
		.repository = delivery->repository,
		.api_url = stk_hub_opts(f->task->hub)->api_url,
		.event = "workflow_run",
		.number = delivery->number,
		.head_sha = delivery->head_sha,
		.head_ref = delivery->head_branch,
		.head_repository = delivery->head_repository,
		.head_owner = delivery->head_owner};
	int rc = stk_pull_complete(&ci, stk_hub_rest(f->task->hub), err);

	if (rc == STK_E_AUTH && stk_rest_status(stk_hub_rest(f->task->hub)) == 200) {
		stk_task_say(f->task, "run %lld: %s", (long long)delivery->run_id, err->msg);
		rc = 0;
	} else if (rc == 0 && ci.number == 0) {
		stk_task_say(f->task, "run %lld: no open pull request has the head %.12s",
			(long long)delivery->run_id, delivery->head_sha);
	} else if (rc == 0) {
		f->number = ci.number;
		f->scope.head_sha = delivery->head_sha;
		f->is_head = true;
		rc = 1;
	}
	stk_ci_release(&ci);
	return rc;
}

/* A run that was started by hand: only if we were asked for it. 1 yes, 0 no. */
static int find_request(struct finished *f, struct stk_err *err)
{
	const struct stk_delivery *delivery = f->task->delivery;
	struct stk_hub_pull pull;
	int rc = delivery->title ? stk_ledger_find(f->task->ledger, delivery->repository,
					   delivery->title, &f->request, err)
				 : 0;

	if (rc <= 0)
		return rc;
	rc = stk_hub_get_pull(f->task->hub, f->request.number, &pull, err);
	if (rc < 0)
		return rc;
	f->number = f->request.number;
	f->scope.head_sha = f->request.head_sha;
	f->scope.head_repository = f->head_repository = pull.head_repository;
	f->is_head = strcmp(pull.head_sha, f->request.head_sha) == 0;
	pull.head_repository = NULL;
	stk_hub_pull_release(&pull);
	return 1;
}

static int publish(struct finished *f, const struct stk_run *run, struct stk_err *err)
{
	static const char *const standard[] = {"comment", "check"};
	static const char *const no_variables[] = {NULL};
	const struct stk_task_settings *settings = f->task->settings;
	const struct stk_hub_opts *hub = stk_hub_opts(f->task->hub);
	/* nothing of the bot's own environment takes part */
	struct stk_env env = {.environ_ = no_variables,
		.clock = settings->clock,
		.interrupts = settings->interrupts};
	struct stk_publish_opts opts = {.env = &env,
		.run = run,
		.to = settings->to_len ? settings->to : standard,
		.to_len = settings->to_len ? settings->to_len : STK_ARRAY_LEN(standard),
		.given = {.repository = f->task->delivery->repository,
			.api_url = hub->api_url,
			.sha = f->scope.head_sha,
			.number = f->number,
			.server_url = hub->server_url,
			.run_url = f->run_page},
		.post = {.has_bot = true, .always = f->request.token[0] != '\0'},
		.token = stk_hub_token,
		.token_ctx = f->task->hub,
		.token_source = stk_hub_token_source(f->task->hub),
		.version = settings->version,
		.say = on_say,
		.warn = on_warn,
		.ctx = f->task};
	int rc = stk_hub_login(f->task->hub, &opts.post.author, err);

	return rc == 0 ? stk_publish(&opts, err) : rc;
}

static void add_verdict(struct finished *f, const struct stk_run *run)
{
	struct stk_buf title = STK_BUF_EMPTY;
	struct stk_doc doc;

	stk_doc_init(&doc, run);
	stk_comment_format_title(&doc, &title);
	stk_buf_addf(&f->verdicts, "%s ", stk_comment_mark(&doc));
	stk_markdown_add_text(&f->verdicts, stk_buf_str(&title));
	stk_buf_add_text(&f->verdicts, "\n\n");
	stk_doc_release(&doc);
	stk_buf_release(&title);
}

/* A record that is broken, or of something else: for the log, and for who asked. Not an error: it
 * will not get better. */
static int reject(struct finished *f, const struct stk_err *why)
{
	stk_task_count(f->task, STK_TASK_REJECTED, NULL);
	stk_task_say(f->task, "run %lld for %s#%lld: record refused: %s",
		(long long)f->task->delivery->run_id, f->task->delivery->repository,
		(long long)f->number, why->msg);
	stk_buf_add_text(&f->verdicts, "The record was refused: ");
	stk_markdown_add_text(&f->verdicts, stk_str_of(why->msg));
	stk_buf_add_text(&f->verdicts, "\n\n");
	return 0;
}

static int post_record(
	struct finished *f, const struct stk_parcel_record *record, struct stk_err *err)
{
	struct stk_ledger_pull pull = {f->task->delivery->repository, f->number};
	struct stk_err why = STK_ERR_INIT;
	struct stk_run run;
	int rc;

	stk_run_init(&run);
	rc = stk_parcel_read(record, &run, &why);
	if (rc == 0)
		rc = stk_task_check_record(&run, &f->scope, &why);
	if (rc < 0) {
		rc = reject(f, &why);
		goto out;
	}
	rc = publish(f, &run, err);
	if (rc < 0)
		goto out;
	stk_task_count(f->task, STK_TASK_POSTED, NULL);
	add_verdict(f, &run);
	if (!f->is_head) /* the last record is that of the head */
		goto out;
	/* what is posted is posted: a ledger that is out of order must not post it again */
	if (stk_ledger_put(f->task->ledger, &pull, run.name ? run.name : "", record, &why) < 0)
		stk_task_say(f->task, "the record is not kept: %s", why.msg);
out:
	stk_run_release(&run);
	return rc;
}

static int post_parcel(struct finished *f, struct stk_err *err)
{
	struct stk_artifact artifact;
	struct stk_parcel parcel = {STK_VEC_INIT};
	struct stk_buf zip = STK_BUF_EMPTY;
	struct stk_err why = STK_ERR_INIT;
	int rc = stk_artifact_of_run(f->task->hub, f->task->delivery->run_id,
		f->task->settings->artifact, &artifact, err);

	if (rc == 0)
		rc = stk_artifact_fetch(f->task->hub, &artifact, &zip, err);
	if (rc < 0)
		return rc;
	rc = stk_parcel_unpack(stk_buf_str(&zip), &parcel, &why);
	stk_buf_release(&zip);
	if (rc < 0)
		return reject(f, &why);
	for (size_t i = 0; rc == 0 && i < parcel.records.len; i++)
		rc = post_record(f, &parcel.records.items[i], err);
	stk_parcel_release(&parcel);
	return rc;
}

/* The answer that /stoker run was promised. */
static int tell(struct finished *f, const char *missing, struct stk_err *err)
{
	struct stk_buf body = STK_BUF_EMPTY;
	int rc;

	stk_buf_add_str(&body, stk_buf_str(&f->verdicts));
	if (missing) {
		stk_buf_addf(&body, "The run ended with ");
		stk_markdown_add_code(&body, stk_str_of(f->task->delivery->conclusion));
		stk_buf_add_text(&body, " and left no record: ");
		stk_markdown_add_text(&body, stk_str_of(missing));
		stk_buf_add_text(&body, "\n\n");
	}
	stk_buf_addf(&body, "`/stoker run` of `%.12s`, asked for by ", f->scope.head_sha);
	stk_markdown_add_code(&body, stk_str_of(f->request.login));
	if (f->run_page)
		stk_buf_addf(&body, " · [run](%s)", f->run_page);
	stk_buf_add_byte(&body, '\n');
	rc = stk_task_answer(f->task, f->number, &body, err);
	if (rc == 0)
		rc = stk_hub_react(
			f->task->hub, f->request.comment_id, missing ? "confused" : "rocket", err);
	if (rc == 0)
		rc = stk_ledger_close_request(f->task->ledger, f->request.token, err);
	stk_buf_release(&body);
	return rc;
}

static int handle(struct finished *f, struct stk_err *err)
{
	bool was_asked = f->request.token[0] != '\0';
	int rc = post_parcel(f, err);

	/* most workflows of a repository leave no record: no news */
	if (rc == STK_E_NOT_FOUND && !was_asked) {
		stk_task_say(
			f->task, "run %lld: %s", (long long)f->task->delivery->run_id, err->msg);
		return 0;
	}
	if (rc == STK_E_NOT_FOUND || (rc < 0 && was_asked && f->task->is_last))
		return tell(f, err->msg, err);
	return rc == 0 && was_asked ? tell(f, NULL, err) : rc;
}

int stk_task_finished(struct stk_task *task, struct stk_err *err)
{
	const struct stk_delivery *delivery = task->delivery;
	struct finished f = {.task = task,
		.scope = {.repository = delivery->repository,
			.head_repository = delivery->head_repository},
		.verdicts = STK_BUF_EMPTY};
	struct stk_buf page = STK_BUF_EMPTY;
	int rc;

	if (strcmp(delivery->event, "pull_request") == 0)
		rc = find_pull(&f, err);
	else
		rc = find_request(&f, err);
	if (rc > 0) {
		stk_hub_page(task->hub, &page, "/actions/runs/%lld", (long long)delivery->run_id);
		f.run_page = page.len ? page.ptr : NULL;
		rc = handle(&f, err);
	}
	stk_ledger_request_release(&f.request);
	free(f.head_repository);
	stk_buf_release(&f.verdicts);
	stk_buf_release(&page);
	return rc;
}
