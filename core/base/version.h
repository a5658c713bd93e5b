/* version: which stoker this is. */
#ifndef STK_CORE_BASE_VERSION_H
#define STK_CORE_BASE_VERSION_H

/* From git describe when it was built ("v0.1.0-3-g1a2b3c4", "-dirty" behind it), or "unknown".
 * Static text. */
const char *stk_version(void);

#endif
