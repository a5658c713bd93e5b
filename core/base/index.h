/* index: hashes of records to their numbers in an array; the records themselves are the caller's.
 */
#ifndef STK_CORE_BASE_INDEX_H
#define STK_CORE_BASE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STK_INDEX_NONE UINT32_MAX

struct stk_index_slot {
	uint32_t hash;
	uint32_t number; /* STK_INDEX_NONE = free */
};

/* Open addressing; eight bytes a record and no copy of it. All zero is an empty index. */
struct stk_index {
	struct stk_index_slot *slots;
	size_t len, cap;
};

/* True if the record of this number is the one looked for. */
typedef bool (*stk_index_is_fn)(const void *ctx, uint32_t number);

void stk_index_release(struct stk_index *index);
/* Number of the record with this hash that `is` agrees to, or STK_INDEX_NONE. */
uint32_t stk_index_find(
	const struct stk_index *index, uint64_t hash, stk_index_is_fn is, const void *ctx);
/* Add a number that is not there yet. */
void stk_index_add(struct stk_index *index, uint64_t hash, uint32_t number);

/* Hash of bytes for tables in memory, eight bytes a step; it may change and depends on the byte
 * order of the machine, so nothing of it goes to disk. Not for secrets. */
uint64_t stk_index_hash(const void *bytes, size_t len, uint64_t seed);
/* One word more into a hash. */
static inline uint64_t stk_index_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 32;
}

#endif
