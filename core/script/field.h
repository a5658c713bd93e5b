/* field: one value of a Lua table into one C field, by its row. */
#ifndef STK_CORE_SCRIPT_FIELD_H
#define STK_CORE_SCRIPT_FIELD_H

#include "core/script/table.h"

/* Read the value on top of the stack as row says into field; STK_E_SCRIPT with the place. */
int stk_field_read(struct stk_table *table, const struct stk_table_row *row, void *field, void *ctx,
	struct stk_err *err) STK_MUST_CHECK;

#endif
