/* checkout: a commit's work tree and what was built of it, in a folder that is used again.
 *
 *   ROOT/<commit>-<key>/tree   the work tree, on git's list only while a run uses it
 *   ROOT/<commit>-<key>/out    what the build put there ({out})
 *   ROOT/<commit>-<key>/built  the build went well; its time is that of the last use
 *   ROOT/<commit>-<key>.lock   held while it is used: alone to change it, shared to run from it
 *
 * A folder without `built` is what a run left that was killed; the next one removes it. */
#ifndef STK_CORE_SERVICE_CHECKOUT_H
#define STK_CORE_SERVICE_CHECKOUT_H

#include <stdatomic.h>

#include "core/base/clock.h"
#include "core/git/repo.h"

enum { STK_CHECKOUT_KEPT = 6 }; /* folders, beyond those in use */

/* All borrowed; repo, clock and interrupts must live as long as the checkout. */
struct stk_checkout_opts {
	struct stk_repo *repo;
	const struct stk_repo_id *commit;
	const char *root;   /* absolute; made, with a .gitignore of its own */
	const char *subdir; /* of the workflow within the repository; "" its top */
	uint64_t key;       /* of what builds it: another command is another folder */
	bool has_build;     /* there is something to keep */
	bool keeps_tree;    /* the build writes into the work tree */
	bool rebuild;       /* what was built before does not count */
	const struct stk_clock *clock;
	const atomic_int *interrupts;
	/* Told once when another stoker holds the folder; may be NULL. */
	void (*waits)(const char *text, void *ctx);
	void *waits_ctx;
};

/* An open checkout. One thread at a time. */
struct stk_checkout;

/* Make it ready: its files are there. Removes what killed runs left in root, and the folders
 * that were not used for longest. STK_E_NOT_FOUND when the commit has no such subdir, STK_E_IO,
 * STK_E_ABORTED. */
int stk_checkout_open(const struct stk_checkout_opts *opts, struct stk_checkout **out,
	struct stk_err *err) STK_MUST_CHECK;
/* Take the work tree off git's list and remove all that is not worth keeping, unless another stoker
 * uses it too. NULL is fine. */
void stk_checkout_close(struct stk_checkout *checkout);

/* An earlier run has built it. */
bool stk_checkout_is_built(const struct stk_checkout *checkout);
/* It is built now: others may use it from here on. */
int stk_checkout_set_built(struct stk_checkout *checkout, struct stk_err *err) STK_MUST_CHECK;

/* Absolute; valid until close. */
const char *stk_checkout_dir(const struct stk_checkout *checkout); /* of the workflow, {dir} */
const char *stk_checkout_out(const struct stk_checkout *checkout);

#endif
