/* rand: seeded numbers (xoshiro256**), the same on every machine. */
#ifndef STK_CORE_BASE_RAND_H
#define STK_CORE_BASE_RAND_H

#include <stdint.h>

struct stk_rand {
	uint64_t s[4];
};

/* Streams of different (seed, stream) are independent for our purposes. */
void stk_rand_init(struct stk_rand *rng, uint64_t seed, uint64_t stream);
uint64_t stk_rand_u64(struct stk_rand *rng);
double stk_rand_f64(struct stk_rand *rng);                               /* [0, 1) */
int64_t stk_rand_range(struct stk_rand *rng, int64_t low, int64_t high); /* both ends included */
/* From the kernel; for run ids and seeds nobody gave. */
uint64_t stk_rand_system(void);

#endif
