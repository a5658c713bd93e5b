/* index: hashes of records to their numbers in an array. */
#include "core/base/index.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define CAP_MIN ((size_t)16)

void stk_index_release(struct stk_index *index)
{
	free(index->slots);
	*index = (struct stk_index){NULL, 0, 0};
}

uint32_t stk_index_find(
	const struct stk_index *index, uint64_t hash, stk_index_is_fn is, const void *ctx)
{
	size_t mask = index->cap - 1;
	uint32_t low = (uint32_t)hash;

	if (index->cap == 0)
		return STK_INDEX_NONE;
	for (size_t at = low & mask;; at = (at + 1) & mask) {
		const struct stk_index_slot *slot = &index->slots[at];

		if (slot->number == STK_INDEX_NONE)
			return STK_INDEX_NONE;
		if (slot->hash == low && is(ctx, slot->number))
			return slot->number;
	}
}

static void place(struct stk_index *index, struct stk_index_slot slot)
{
	size_t mask = index->cap - 1, at = slot.hash & mask;

	while (index->slots[at].number != STK_INDEX_NONE)
		at = (at + 1) & mask;
	index->slots[at] = slot;
}

static void grow(struct stk_index *index)
{
	struct stk_index old = *index;

	index->cap = old.cap ? old.cap * 2 : CAP_MIN;
	index->slots = stk_xreallocarray(NULL, index->cap, sizeof *index->slots);
	memset(index->slots, 0xff, index->cap * sizeof *index->slots);
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].number != STK_INDEX_NONE)
			place(index, old.slots[i]);
	free(old.slots);
}

void stk_index_add(struct stk_index *index, uint64_t hash, uint32_t number)
{
	if (number == STK_INDEX_NONE)
		STK_BUG("an index of %zu numbers", index->len);
	if (index->len * 4 >= index->cap * 3)
		grow(index);
	place(index, (struct stk_index_slot){(uint32_t)hash, number});
	index->len++;
}

uint64_t stk_index_hash(const void *bytes, size_t len, uint64_t seed)
{
	const char *at = bytes;
	uint64_t hash = seed ^ len, word;

	for (; len >= sizeof word; len -= sizeof word, at += sizeof word) {
		memcpy(&word, at, sizeof word);
		hash = stk_index_mix(hash, word);
	}
	word = 0;
	if (len > 0)
		memcpy(&word, at, len);
	return stk_index_mix(stk_index_mix(hash, word), seed);
}
