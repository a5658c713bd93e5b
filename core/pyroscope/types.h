/* types: profile type ids ("process_cpu:cpu:nanoseconds:cpu:nanoseconds") and their short names. */
#ifndef STK_CORE_PYROSCOPE_TYPES_H
#define STK_CORE_PYROSCOPE_TYPES_H

#include <stdbool.h>

#include "core/base/buf.h"

/* The five parts; views into the text that was parsed. */
struct stk_types_id {
	struct stk_str name;
	struct stk_str sample_type;
	struct stk_str sample_unit;
	struct stk_str period_type;
	struct stk_str period_unit;
};

/* Take an id apart: five parts, a sixth is ignored, parts may be empty. STK_E_INVAL else. */
int stk_types_parse(
	struct stk_str text, struct stk_types_id *out, struct stk_err *err) STK_MUST_CHECK;
/* Append the five parts with colons. */
void stk_types_format(struct stk_buf *buf, const struct stk_types_id *id);

/* The known ids that a short name means, best first: "cpu" = process_cpu:cpu, wall:cpu,
 * process_cpu:samples; "alloc_space", "alloc_objects", "inuse_space", "inuse_objects", "wall",
 * "goroutine", "mutex", "block". Gives the position in ids of the first that exists, or -1. A full
 * id is found as it is; "name:sample_type" finds the first id with these two parts; another word
 * finds the first id with that sample type. */
ptrdiff_t stk_types_find(struct stk_str name, const struct stk_str *ids, size_t ids_len);

/* A flow adds up over a window (cpu, alloc_*, delays), a level is a full picture each time
 * (inuse_*, goroutines, live). */
bool stk_types_is_flow(const struct stk_types_id *id);

#endif
