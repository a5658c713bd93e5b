/* checkout_priv: locks of checkouts, and the sweeping of the folder that holds them all. */
#ifndef STK_CORE_SERVICE_CHECKOUT_PRIV_H
#define STK_CORE_SERVICE_CHECKOUT_PRIV_H

#include <stddef.h>

#include "core/service/checkout.h"

/* Lock a file, LOCK_SH or LOCK_EX: 0 held by *fd_out, which close gives back; 1 others hold it. */
int stk_checkout_try_lock(
	const char *path, int how, int *fd_out, struct stk_err *err) STK_MUST_CHECK;

/* Make root if it is not there. Of the folders in it that nobody holds: take work trees that killed
 * runs left off git's list, remove what was not built to its end, and of the others all but the
 * `kept` last used ones. */
int stk_checkout_sweep(
	struct stk_repo *repo, const char *root, size_t kept, struct stk_err *err) STK_MUST_CHECK;

#endif
