/* world: a made-up service: functions with shares, noise and planted changes -> diff input. */
#ifndef STK_TESTS_SUPPORT_WORLD_H
#define STK_TESTS_SUPPORT_WORLD_H

#include <stdbool.h>

#include "core/base/rand.h"
#include "core/diff/input.h"

enum { WORLD_FUNCTIONS_MAX = 64 };

struct world_function {
	const char *name[STK_SIDES]; /* of head NULL = the same; "" = not there on that side */
	const char *file;
	double share;  /* of the base cost */
	double factor; /* head cost / base cost */
	double smear;  /* what sampling adds to that by mistake, 1 = nothing */
	int caller;    /* number of the function that calls it, -1 = none */
};

struct world {
	struct world_function functions[WORLD_FUNCTIONS_MAX];
	size_t len;
	int pairs, slices; /* slices per block */
	double samples;    /* per block and side */
	double block_noise, row_noise;
	double factor; /* of everything on head */
	int64_t period;
	double tick_ns; /* of the input */
	bool has_noise; /* false: exact values, no sampling either */
	struct stk_rand rng;
};

/* m functions a.f0, a.f1 … in files a.lua, b.lua, c.lua with log-normal shares; 6 pairs of two
 * slices, 800 samples a block, 3 % noise, nothing planted. */
void world_init(struct world *world, size_t m, uint64_t seed);
/* The function with the largest share not planted yet, at least min_share; -1 if none. */
int world_pick(struct world *world, double min_share);
/* The world is a service of one thread that runs its functions in their order and is profiled at a
 * tick: sets smear. CPU time of a request: samples x period / 1,000 requests. */
void world_tick(struct world *world, double tick_ns, uint64_t seed);
/* Fill an initialised input. */
void world_fill(struct world *world, struct stk_diff_input *input);

double world_gauss(struct stk_rand *rng);
double world_poisson(struct stk_rand *rng, double mean);

#endif
