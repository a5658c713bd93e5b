/* plan_net: keys of stoker.load about where requests go and how: TLS, names, connections. */
#ifndef STK_CORE_SCRIPT_PLAN_NET_H
#define STK_CORE_SCRIPT_PLAN_NET_H

#include "core/script/field.h"

/* Offsets are those of struct stk_plan. */
extern const struct stk_table_row stk_plan_net_rows[];
extern const size_t stk_plan_net_rows_len;

#endif
