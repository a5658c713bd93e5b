/* accept: regressions that are taken on purpose, as a change of .stoker/accepted.json on a branch
 * and a pull request of its own. */
#ifndef STK_CORE_BOT_ACCEPT_H
#define STK_CORE_BOT_ACCEPT_H

#include "core/baseline/accepted.h"
#include "core/bot/hub.h"
#include "core/bot/order.h"

enum { STK_ACCEPT_MAX = 50 }; /* entries by one command */

struct stk_accept_opts {
	const struct stk_order *order; /* reason, for_ns, function or NULL */
	const char *login;             /* who takes them */
	int64_t now_ns;
};

/* What one command adds. */
struct stk_accept {
	struct stk_accepted entries;
	size_t left_out; /* beyond STK_ACCEPT_MAX, or with a name that is too long */
};

void stk_accept_init(struct stk_accept *accept);
void stk_accept_release(struct stk_accept *accept);

/* Add the open regressions of a run: those that the order means, else all with the totals that got
 * dearer. Each covers a change up to the end of its interval. */
int stk_accept_add(struct stk_accept *accept, const struct stk_run *run,
	const struct stk_accept_opts *opts, struct stk_err *err) STK_MUST_CHECK;

struct stk_accept_proposal {
	const struct stk_accept *accept;
	const struct stk_accept_opts *opts;
	const struct stk_hub_pull *pull; /* whose regressions they are */
	int64_t comment_id;              /* names the branch: the same command, the same branch */
};

/* Write them to the base branch's file: a commit on a branch of ours, and a pull request for it.
 * Steps that were done before are found and not done again. Its number. */
int stk_accept_propose(struct stk_hub *hub, const struct stk_accept_proposal *proposal,
	int64_t *number_out, struct stk_err *err) STK_MUST_CHECK;

#endif
