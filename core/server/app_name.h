/* app_name: the name parameter of /ingest, "app{key=value,k2=v2}". */
#ifndef STK_CORE_SERVER_APP_NAME_H
#define STK_CORE_SERVER_APP_NAME_H

#include "core/base/str.h"
#include "core/base/vec.h"

#define STK_APP_NAME_MAX_LABELS 100

struct stk_app_name_label {
	struct stk_str key;
	struct stk_str value;
};

/* Views into the parsed text. */
struct stk_app_name {
	struct stk_str app;
	STK_VEC(struct stk_app_name_label) labels;
};

/* Lenient as upstream: empty values, keys without '=', keys that begin with "__" and an unclosed
 * "{..." are dropped; of a key given twice the last wins. STK_E_INVAL: no name, a character that is
 * not allowed. Release in any case. */
int stk_app_name_parse(
	struct stk_app_name *name, struct stk_str text, struct stk_err *err) STK_MUST_CHECK;
void stk_app_name_release(struct stk_app_name *name);
/* A label's value, the empty view if absent. */
struct stk_str stk_app_name_get(const struct stk_app_name *name, const char *key);

#endif
