/* rand: seeded numbers (xoshiro256** by Blackman and Vigna, seeded by splitmix64). */
#include "core/base/rand.h"

#include <sys/random.h>

#include "core/base/mem.h"

static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t value, int bits)
{
	return (value << bits) | (value >> (64 - bits));
}

void stk_rand_init(struct stk_rand *rng, uint64_t seed, uint64_t stream)
{
	uint64_t state = seed;

	state = splitmix(&state) ^ (stream * 0xd1342543de82ef95u);
	for (int i = 0; i < 4; i++)
		rng->s[i] = splitmix(&state);
}

uint64_t stk_rand_u64(struct stk_rand *rng)
{
	uint64_t *s = rng->s;
	uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

double stk_rand_f64(struct stk_rand *rng)
{
	return (double)(stk_rand_u64(rng) >> 11) * 0x1.0p-53;
}

int64_t stk_rand_range(struct stk_rand *rng, int64_t low, int64_t high)
{
	uint64_t span = (uint64_t)high - (uint64_t)low + 1;
	uint64_t drawn, skip;

	if (span == 0)
		return (int64_t)stk_rand_u64(rng);
	skip = (0 - span) % span; /* 2^64 mod span: draws below it would favour small results */
	do
		drawn = stk_rand_u64(rng);
	while (drawn < skip);
	return (int64_t)((uint64_t)low + drawn % span);
}

uint64_t stk_rand_system(void)
{
	uint64_t value;

	if (getrandom(&value, sizeof value, 0) != sizeof value)
		STK_BUG("the kernel gave no random bytes");
	return value;
}
