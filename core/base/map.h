/* map: byte-string keys to one machine word; open addressing, seeded hash. */
#ifndef STK_CORE_BASE_MAP_H
#define STK_CORE_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"

union stk_map_value {
	void *ptr;
	uint64_t num;
};

struct stk_map_slot {
	char *key; /* owned copy; NULL = free slot */
	size_t key_len;
	uint64_t hash;
	union stk_map_value value;
};

/* Iterate: for (size_t i = 0; i < map.len; i++) map.entries[i], in order of insertion. */
struct stk_map {
	struct stk_map_slot *entries; /* dense, insertion order */
	uint32_t *index;              /* entry number + 1, 0 = free */
	size_t len;
	size_t cap;
	size_t index_cap;
	uint64_t seed;
};

#define STK_MAP_INIT                                                                               \
	{                                                                                          \
		NULL, NULL, 0, 0, 0, 0                                                             \
	}

void stk_map_release(struct stk_map *map); /* keys go, pointers in values are the caller's */

/* The value of a key, NULL if absent; valid until the next put. */
union stk_map_value *stk_map_find(const struct stk_map *map, struct stk_str key);

/* The value of a key, added as zero if absent; *added_out (may be NULL) says which. */
union stk_map_value *stk_map_put(struct stk_map *map, struct stk_str key, bool *added_out);

#endif
