/* run_shape: the table that says how a run is written in JSON. */
#ifndef STK_CORE_RECORD_RUN_SHAPE_H
#define STK_CORE_RECORD_RUN_SHAPE_H

#include "core/record/fields.h"

/* struct stk_run but for its metrics and series, which have forms of their own. */
extern const struct stk_shape stk_run_shape;

#endif
