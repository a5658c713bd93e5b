/* pprof_json: a pprof as the protobuf JSON mapping writes it (answers of SelectMergeProfile). */
#ifndef STK_CORE_PYROSCOPE_PPROF_JSON_H
#define STK_CORE_PYROSCOPE_PPROF_JSON_H

#include "core/base/buf.h"

/* Append the JSON of plain (not gzip'd) pprof bytes. STK_E_FORMAT if they are none. */
int stk_pprof_json_write(
	struct stk_str pprof, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;
/* The reverse: append plain pprof bytes. */
int stk_pprof_json_read(
	struct stk_str json, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

#endif
