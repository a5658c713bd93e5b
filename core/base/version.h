/* version: which stoker this is, and where its source is from. */
#ifndef STK_CORE_BASE_VERSION_H
#define STK_CORE_BASE_VERSION_H

/* From git describe when it was built ("v0.1.0-3-g1a2b3c4", "-dirty" behind it), or "unknown".
 * Static text. */
const char *stk_version(void);

/* The commit it was built from, in full; "" when that is not known. */
const char *stk_version_commit(void);
/* "https://HOST/OWNER/NAME" of the clone it was built in; "" when that is no server's. */
const char *stk_version_source(void);

#endif
