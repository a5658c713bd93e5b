/* sampler_live: the sampled blocks that are still alive, by address. */
#ifndef STK_CORE_SCRIPT_SAMPLER_LIVE_PRIV_H
#define STK_CORE_SCRIPT_SAMPLER_LIVE_PRIV_H

#include "core/script/sampler_rows_priv.h"

/* A block, or a part of one that grew later under another stack. */
struct stk_sampler_block {
	uintptr_t at; /* its address; 0 = unused */
	size_t row;
	double objects, bytes; /* what it counts for in live_* of its row */
	uint32_t next;         /* number + 1; 0 ends */
};

struct stk_sampler_live {
	STK_VEC(struct stk_sampler_block) blocks;
	uint32_t *heads; /* number + 1 per bucket */
	size_t buckets;  /* a power of two */
	size_t len;      /* in use */
	uint32_t spare;  /* list of unused blocks */
};

void stk_sampler_live_init(struct stk_sampler_live *live);
void stk_sampler_live_release(struct stk_sampler_live *live);
/* Count a sampled block in its row; its address may be there already. */
void stk_sampler_live_add(struct stk_sampler_live *live, struct stk_sampler_rows *rows,
	const struct stk_sampler_block *block);
/* The block is freed: what it counted for goes. */
void stk_sampler_live_remove(
	struct stk_sampler_live *live, struct stk_sampler_rows *rows, uintptr_t at);
/* The block is at another address now and keep (0..1) of its former size. */
void stk_sampler_live_move(struct stk_sampler_live *live, struct stk_sampler_rows *rows,
	uintptr_t from, uintptr_t to, double keep);

#endif
