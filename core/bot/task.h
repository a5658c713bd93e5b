/* task: one delivery, handled: a command is carried out and answered, a record is posted. */
#ifndef STK_CORE_BOT_TASK_H
#define STK_CORE_BOT_TASK_H

#include "core/bot/delivery.h"
#include "core/bot/hub.h"
#include "core/bot/ledger.h"

/* The same for all tasks. */
struct stk_task_settings {
	const char *workflow;  /* file of the one that /stoker run starts: "stoker-run.yml" */
	const char *artifact;  /* in which runs leave their record */
	const char *const *to; /* publishers; none: comment, check */
	size_t to_len;
	const char *version; /* of stoker */
	const struct stk_clock *clock;
	atomic_int *interrupts; /* above 0: give up what is in hand */
};

enum stk_task_event {
	STK_TASK_COMMAND, /* detail: its name */
	STK_TASK_REFUSED, /* a command of somebody who may not write */
	STK_TASK_POSTED,  /* a record was published */
	STK_TASK_REJECTED /* a record was not: broken, hostile, of something else */
};

struct stk_task {
	struct stk_hub *hub; /* the worker's */
	struct stk_ledger *ledger;
	const struct stk_task_settings *settings;
	const struct stk_delivery *delivery;
	const char *id; /* of the delivery: letters, digits and '-' */
	bool is_again;  /* it was in hand before: look what was done already */
	bool is_last;   /* there is no further try: say what went wrong */
	void (*say)(const char *line, void *ctx);
	void (*count)(enum stk_task_event event, const char *detail, void *ctx); /* may be NULL */
	void *ctx;
};

enum stk_task_end {
	STK_TASK_DONE,
	STK_TASK_RETRY, /* what went wrong may be gone later */
	STK_TASK_HOPELESS,
	STK_TASK_STOPPED /* interrupted: as if it had not begun */
};

/* Handle it; err says why for all but DONE. */
enum stk_task_end stk_task_run(struct stk_task *task, struct stk_err *err);

#endif
