/* delivery: what a webhook of GitHub says, as far as the bot minds it. */
#ifndef STK_CORE_BOT_DELIVERY_H
#define STK_CORE_BOT_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"

enum stk_delivery_kind {
	STK_DELIVERY_IGNORED, /* signed and well-formed, and nothing to do */
	STK_DELIVERY_PING,
	STK_DELIVERY_COMMENT, /* a new comment on a pull request that begins with /stoker */
	STK_DELIVERY_FINISHED /* a workflow run has ended that may have left a record */
};

/* Text lives in the arena; NULL = the event does not say. Branches, logins, titles and comments are
 * what strangers call them. */
struct stk_delivery {
	struct stk_arena arena;
	enum stk_delivery_kind kind;
	const char *why;        /* of an ignored one, static: "no command" */
	const char *repository; /* owner/name of the repository that the webhook belongs to */
	int64_t at_ns;          /* when it happened, by GitHub's clock */

	/* COMMENT; number is the pull request's. */
	int64_t number, comment_id;
	const char *login; /* who wrote it */
	const char *text;

	/* FINISHED. number is 0 unless the event names exactly one pull request (it names none of a
	 * fork). */
	int64_t run_id;
	const char *event;      /* that started it: pull_request, workflow_dispatch */
	const char *conclusion; /* success, failure, … */
	const char *title;      /* the run's name, for one that was asked for */
	const char *head_sha, *head_branch;
	const char *head_repository, *head_owner; /* NULL when the fork is gone */
};

/* Read the body of an event (X-GitHub-Event: name) into an empty struct; release it in any case.
 * STK_E_FORMAT: no JSON, or an event of ours without what it must have. Whatever else an event may
 * be is IGNORED. */
int stk_delivery_parse(struct stk_str name, struct stk_str body, struct stk_delivery *out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_delivery_release(struct stk_delivery *delivery);

/* A login of GitHub: letters, digits, '-' and '_', at most 100. */
bool stk_delivery_is_login(struct stk_str text);

#endif
