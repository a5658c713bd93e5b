/* task_priv: what the files of the tasks share. */
#ifndef STK_CORE_BOT_TASK_PRIV_H
#define STK_CORE_BOT_TASK_PRIV_H

#include "core/bot/task.h"

/* A line for the log. */
void stk_task_say(const struct stk_task *task, const char *fmt, ...) STK_PRINTF(2, 3);
void stk_task_count(const struct stk_task *task, enum stk_task_event event, const char *detail);

/* A command of a comment: who, what, the answer. */
int stk_task_comment(struct stk_task *task, struct stk_err *err) STK_MUST_CHECK;
/* The record of a workflow run that ended. */
int stk_task_finished(struct stk_task *task, struct stk_err *err) STK_MUST_CHECK;

/* Answer on pull request number, once for this delivery. */
int stk_task_answer(struct stk_task *task, int64_t number, const struct stk_buf *body,
	struct stk_err *err) STK_MUST_CHECK;

/* Whether another try may end better than a call that ended with rc. */
bool stk_task_may_pass(const struct stk_task *task, int rc);

/* Whether a record is of this head commit of this repository or of the head's. A record that names
 * no commit and no repository claims nothing. STK_E_AUTH says what it is of. */
struct stk_task_scope {
	const char *repository, *head_repository, *head_sha; /* head_repository may be NULL */
};
int stk_task_check_record(const struct stk_run *run, const struct stk_task_scope *scope,
	struct stk_err *err) STK_MUST_CHECK;

#endif
