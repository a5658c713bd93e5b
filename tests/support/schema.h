/* schema: is a document what a JSON Schema says? The part of the language that ours uses. */
#ifndef STK_TESTS_SUPPORT_SCHEMA_H
#define STK_TESTS_SUPPORT_SCHEMA_H

#include "core/base/json.h"

/* Fail the case, with the place, unless value fits schema (a document with $defs): type, enum,
 * const, required, properties, items, minimum, maximum, maxItems, anyOf, $ref. Stricter than the
 * language in one thing: a member that the schema does not know fails. */
void stk_schema_check(struct stk_json *schema, const struct stk_json *value);

#endif
