/* system_tags: which of k6's system tags samples carry (k6 2.3). */
#ifndef STK_CORE_LOAD_SYSTEM_TAGS_H
#define STK_CORE_LOAD_SYSTEM_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/str.h"

struct stk_tag;

/* A bit for each name of the table in system_tags.c. */
typedef uint32_t stk_system_tags;

/* k6's choice: all that it has but vu, iter, ip and ocsp_status. */
stk_system_tags stk_system_tags_default(void);
/* Add the one of this name. STK_E_INVAL: there is none (with the nearest), or it would be a value
 * of its own for each iteration (vu, iter). */
int stk_system_tags_add(
	stk_system_tags *tags, struct stk_str name, struct stk_err *err) STK_MUST_CHECK;
/* The names between commas in place of all; "" is none. As above. */
int stk_system_tags_parse(
	const char *list, stk_system_tags *out, struct stk_err *err) STK_MUST_CHECK;
/* Whether samples may carry a tag of this name: true for names that are no system tag. */
bool stk_system_tags_has(stk_system_tags tags, const char *name);
/* Those of items that they may carry, into out (len places); how many. */
size_t stk_system_tags_filter(
	stk_system_tags tags, const struct stk_tag *items, size_t len, struct stk_tag *out);

#endif
