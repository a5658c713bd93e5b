/* run_json: a run as one versioned JSON document, and back; the schema is docs/run.schema.json. */
#ifndef STK_CORE_RECORD_RUN_JSON_H
#define STK_CORE_RECORD_RUN_JSON_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/str.h"
#include "core/record/run.h"

/* Larger documents are refused: a day of load with thousands of functions is some MiB. */
#define STK_RUN_JSON_MAX_BYTES ((size_t)64 << 20)

/* So are documents of more values (numbers of a series of requests, as a rule), or of more lists
 * and objects than the largest record with 200,000 functions has. */
enum { STK_RUN_JSON_MAX_VALUES = 12000000, STK_RUN_JSON_MAX_LISTS = 2000000 };

/* Append the document, one line per member of its lists, and a newline at the end. */
void stk_run_json_format(const struct stk_run *run, struct stk_buf *buf);

/* Read a document into an empty (initialised) run. Hostile input is bounded: wrong types, counts
 * below 0, numbers out of range and another schema are STK_E_FORMAT with the place
 * ("windows[3]: member 'start_ns': …"); lists over their limits STK_E_TOO_LARGE. Members that
 * are not known are passed over. On failure the run holds what was read and is to be released. */
int stk_run_json_parse(
	struct stk_str text, struct stk_run *run, struct stk_err *err) STK_MUST_CHECK;

#endif
