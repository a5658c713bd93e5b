/* plan_k6: k6's options that have no place here, and what to use instead. */
#ifndef STK_CORE_SCRIPT_PLAN_K6_H
#define STK_CORE_SCRIPT_PLAN_K6_H

#include "core/base/str.h"
#include "core/script/field.h"

/* What stands in place of one of k6's options, "http_debug" or "http-debug"; NULL: it is none of
 * those that are left out. */
const char *stk_plan_k6_instead(struct stk_str name);
/* Rows that refuse each of them as a key of stoker.load, with that. */
extern const struct stk_table_row stk_plan_k6_rows[];
extern const size_t stk_plan_k6_rows_len;

#endif
