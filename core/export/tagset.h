/* tagset: the tags of samples, each set kept once, sorted by key. */
#ifndef STK_CORE_EXPORT_TAGSET_H
#define STK_CORE_EXPORT_TAGSET_H

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/map.h"
#include "core/load/plan.h"

/* So many sets are kept; further ones (values from data, such as an id in each URL) live until the
 * next call. */
#define STK_TAGSETS_MAX 10000

struct stk_tagset {
	size_t number;         /* from 0; STK_TAGSETS_MAX: not kept */
	struct stk_tag *items; /* sorted by key, each key once; values may be empty */
	size_t len;
	struct stk_str json; /* the same as a JSON object */
};

/* Zeroed: empty. */
struct stk_tagsets {
	struct stk_map map; /* the bytes of a record -> set */
	struct stk_arena arena, scratch_arena;
	struct stk_tagset scratch;
};

void stk_tagsets_release(struct stk_tagsets *sets);
/* The set of a record's tags (tap.h: key, NUL, value, NUL …; of equal keys the first counts).
 * Borrowed: until release, or until the next call if it is not kept. */
const struct stk_tagset *stk_tagsets_get(struct stk_tagsets *sets, struct stk_str tags);
/* The value of a key; NULL if absent. */
const char *stk_tagset_value(const struct stk_tagset *set, const char *key);

#endif
