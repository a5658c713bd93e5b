/* secret: text that prints as *** wherever it is shown. */
#ifndef STK_CORE_BASE_SECRET_H
#define STK_CORE_BASE_SECRET_H

#include <stdbool.h>

#include "core/base/str.h"

struct stk_secret {
	char *text; /* owned; wiped on release */
	size_t len;
};

#define STK_SECRET_INIT                                                                            \
	{                                                                                          \
		NULL, 0                                                                            \
	}

void stk_secret_init(struct stk_secret *secret, struct stk_str text);
void stk_secret_release(struct stk_secret *secret);
bool stk_secret_is_set(const struct stk_secret *secret);
/* The real text: only for the wire. */
struct stk_str stk_secret_reveal(const struct stk_secret *secret);
/* A name of an environment variable that must not reach a script: *TOKEN* *SECRET* *PASSWORD* *KEY*
 * … */
bool stk_secret_is_name(struct stk_str name);

#endif
