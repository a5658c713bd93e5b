/* sampler_live: a chained hash of sampled blocks; most frees find an empty bucket at once. */
#include "core/script/sampler_live_priv.h"

#include <stdlib.h>

#include "core/base/mem.h"

static size_t bucket_of(const struct stk_sampler_live *live, uintptr_t at)
{
	return (size_t)(((uint64_t)at >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 40) &
	       (live->buckets - 1);
}

void stk_sampler_live_init(struct stk_sampler_live *live)
{
	*live = (struct stk_sampler_live){0};
	live->buckets = 1024;
	live->heads = stk_xcalloc(live->buckets, sizeof *live->heads);
}

void stk_sampler_live_release(struct stk_sampler_live *live)
{
	stk_vec_release(&live->blocks);
	free(live->heads);
	live->heads = NULL;
}

static void link_block(struct stk_sampler_live *live, uint32_t number)
{
	struct stk_sampler_block *block = &live->blocks.items[number - 1];
	uint32_t *head = &live->heads[bucket_of(live, block->at)];

	block->next = *head;
	*head = number;
}

static void grow(struct stk_sampler_live *live)
{
	if (live->len < live->buckets * 2 || live->buckets >= (size_t)1 << 22)
		return;
	free(live->heads);
	live->buckets *= 4;
	live->heads = stk_xcalloc(live->buckets, sizeof *live->heads);
	for (uint32_t i = 0; i < live->blocks.len; i++)
		if (live->blocks.items[i].at)
			link_block(live, i + 1);
}

void stk_sampler_live_add(struct stk_sampler_live *live, struct stk_sampler_rows *rows,
	const struct stk_sampler_block *block)
{
	uint32_t number = live->spare;

	if (number) {
		live->spare = live->blocks.items[number - 1].next;
		live->blocks.items[number - 1] = *block;
	} else {
		stk_vec_push(&live->blocks, *block);
		number = (uint32_t)live->blocks.len;
	}
	link_block(live, number);
	live->len++;
	rows->costs.items[block->row].live_objects += block->objects;
	rows->costs.items[block->row].live_bytes += block->bytes;
	grow(live);
}

void stk_sampler_live_remove(
	struct stk_sampler_live *live, struct stk_sampler_rows *rows, uintptr_t at)
{
	uint32_t *link = &live->heads[bucket_of(live, at)];

	while (*link) {
		uint32_t number = *link;
		struct stk_sampler_block *block = &live->blocks.items[number - 1];

		if (block->at != at) {
			link = &block->next;
			continue;
		}
		rows->costs.items[block->row].live_objects -= block->objects;
		rows->costs.items[block->row].live_bytes -= block->bytes;
		*link = block->next;
		block->at = 0;
		block->next = live->spare;
		live->spare = number;
		live->len--;
	}
}

void stk_sampler_live_move(struct stk_sampler_live *live, struct stk_sampler_rows *rows,
	uintptr_t from, uintptr_t to, double keep)
{
	uint32_t *link = &live->heads[bucket_of(live, from)];
	uint32_t moved = 0;

	while (*link) {
		uint32_t number = *link;
		struct stk_sampler_block *block = &live->blocks.items[number - 1];

		if (block->at != from) {
			link = &block->next;
			continue;
		}
		rows->costs.items[block->row].live_bytes -= block->bytes * (1 - keep);
		block->bytes *= keep;
		*link = block->next;
		block->at = to;
		block->next = moved;
		moved = number;
	}
	while (moved) {
		uint32_t next = live->blocks.items[moved - 1].next;

		link_block(live, moved);
		moved = next;
	}
}
