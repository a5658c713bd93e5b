/* proposal: regressions that are taken on purpose, as a change of .stoker/accepted.json on a branch
 * and a pull request of its own. */
#ifndef STK_CORE_BOT_PROPOSAL_H
#define STK_CORE_BOT_PROPOSAL_H

#include "core/baseline/accepted.h"
#include "core/bot/hub.h"
#include "core/bot/order.h"

enum { STK_PROPOSAL_MAX = 50 }; /* entries by one command */

struct stk_proposal_opts {
	const struct stk_order *order; /* reason, for_ns, function or NULL */
	const char *login;             /* who takes them */
	int64_t now_ns;
};

/* What one command adds. */
struct stk_proposal {
	struct stk_accepted entries;
	size_t left_out; /* beyond STK_PROPOSAL_MAX, or with a name that is too long */
};

void stk_proposal_init(struct stk_proposal *proposal);
void stk_proposal_release(struct stk_proposal *proposal);

/* Add the open regressions of a run: those that the order means, else all with the totals that got
 * dearer. */
int stk_proposal_add(struct stk_proposal *proposal, const struct stk_run *run,
	const struct stk_proposal_opts *opts, struct stk_err *err) STK_MUST_CHECK;

struct stk_proposal_spec {
	const struct stk_proposal *proposal;
	const struct stk_proposal_opts *opts;
	const struct stk_hub_pull *pull; /* whose regressions they are */
	int64_t comment_id;              /* names the branch: the same command, the same branch */
};

/* Write them to the base branch's file: a commit on a branch of ours, and a pull request for it.
 * Steps that were done before are found and not done again. Its number. */
int stk_proposal_send(struct stk_hub *hub, const struct stk_proposal_spec *spec,
	int64_t *number_out, struct stk_err *err) STK_MUST_CHECK;

#endif
