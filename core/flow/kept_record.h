/* kept_record: from a saved run to what is kept of it as a baseline. */
#ifndef STK_CORE_FLOW_KEPT_RECORD_H
#define STK_CORE_FLOW_KEPT_RECORD_H

#include "core/baseline/kept.h"

/* Fill an initialised kept from the load window of a record's folder, whose slices are read from
 * there. revision NULL: the commit that the record names. STK_E_NOT_FOUND with the reason when the
 * run has no such window (a paired run measured in blocks), no profiles, or no commit of its own.
 */
int stk_kept_record_read(const char *folder, const char *revision, struct stk_kept *kept,
	struct stk_err *err) STK_MUST_CHECK;

#endif
