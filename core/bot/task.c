/* task: from a delivery to its handler, and what became of it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/bot/task_priv.h"
#include "core/publish/ci.h"

void stk_task_say(const struct stk_task *task, const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(line, sizeof line, fmt, args); /* cut if long */
	va_end(args);
	if (task->say)
		task->say(line, task->ctx);
}

void stk_task_count(const struct stk_task *task, enum stk_task_event event, const char *detail)
{
	if (task->count)
		task->count(event, detail, task->ctx);
}

int stk_task_answer(
	struct stk_task *task, int64_t number, const struct stk_buf *body, struct stk_err *err)
{
	struct stk_hub_answer answer = {.number = number,
		.delivery = task->id,
		.is_again = task->is_again,
		.since_ns = task->delivery->at_ns,
		.body = stk_buf_str(body)};

	return stk_hub_answer(task->hub, &answer, err);
}

bool stk_task_may_pass(const struct stk_task *task, int rc)
{
	int status = stk_rest_status(stk_hub_rest(task->hub));

	if (rc == STK_E_NET || rc == STK_E_TIMEOUT || rc == STK_E_IO)
		return true;
	if (rc == STK_E_AUTH)
		return status == 401; /* a token that somebody may put right */
	/* 0: the call was a publisher's or a download's */
	return rc == STK_E_HTTP && (status < 400 || status >= 500 || status == 429);
}

int stk_task_check_record(
	const struct stk_run *run, const struct stk_task_scope *scope, struct stk_err *err)
{
	struct stk_str revision = stk_str_of(run->sides[STK_SIDE_HEAD].revision);
	struct stk_str host, path;

	if (stk_ci_split_remote(stk_str_of(run->repository.remote), &host, &path) &&
		!stk_str_eq_nocase(path, stk_str_of(scope->repository)) &&
		!stk_str_eq_nocase(path, stk_str_of(scope->head_repository)))
		return stk_err_set(err, STK_E_AUTH, "the record is of repository %.*s",
			STK_STR_ARG(stk_str_sub(path, 0, 200)));
	/* a version ("1.4") is no commit, and claims none */
	if (stk_ci_is_sha(revision) &&
		!stk_str_eq_nocase(
			revision, stk_str_sub(stk_str_of(scope->head_sha), 0, revision.len)))
		return stk_err_set(err, STK_E_AUTH, "the record is of commit %.*s, not of %.12s",
			STK_STR_ARG(stk_str_sub(revision, 0, 12)), scope->head_sha);
	return 0;
}

enum stk_task_end stk_task_run(struct stk_task *task, struct stk_err *err)
{
	int rc = stk_hub_enter(task->hub, task->delivery->repository, err);

	if (rc == 0 && task->delivery->kind == STK_DELIVERY_COMMENT)
		rc = stk_task_comment(task, err);
	else if (rc == 0 && task->delivery->kind == STK_DELIVERY_FINISHED)
		rc = stk_task_finished(task, err);
	if (rc == 0)
		return STK_TASK_DONE;
	if (rc == STK_E_ABORTED)
		return STK_TASK_STOPPED;
	return stk_task_may_pass(task, rc) ? STK_TASK_RETRY : STK_TASK_HOPELESS;
}
