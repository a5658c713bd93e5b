/* world: a made-up service: functions with shares, noise and planted changes -> diff input. */
#include "tests/support/world.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "tests/support/ticks.h"

#define REQUESTS 1000.0

enum { TICK_REQUESTS = 300000 };

double world_gauss(struct stk_rand *rng)
{
	double u = stk_rand_f64(rng), v = stk_rand_f64(rng);

	return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * M_PI * v);
}

double world_poisson(struct stk_rand *rng, double mean)
{
	double limit = exp(-mean), product = 1.0;
	double count = -1.0;

	if (mean > 50.0)
		return fmax(0.0, floor(mean + sqrt(mean) * world_gauss(rng) + 0.5));
	do {
		product *= stk_rand_f64(rng);
		count += 1.0;
	} while (product > limit);
	return count;
}

void world_init(struct world *world, size_t m, uint64_t seed)
{
	static const char *const names[] = {"cart.sum", "pricing.apply", "catalog.render",
		"json.encode", "orders.validate", "db.find", "auth.check", "search.rank",
		"search.tokens", "stock.level", "tax.rate", "mail.body", "cache.get", "cache.put",
		"router.match", "log.line", "user.load", "user.save", "img.scale", "img.crop",
		"ship.cost", "ship.route", "promo.match", "promo.apply", "gc.step"};
	static const char *const files[] = {"a.lua", "b.lua", "c.lua", "d.lua"};
	double sum = 0.0;

	*world = (struct world){.len = m,
		.pairs = 6,
		.slices = 2,
		.samples = 800.0,
		.block_noise = 0.03,
		.row_noise = 0.03,
		.factor = 1.0,
		.period = 4000000,
		.has_noise = true};
	stk_rand_init(&world->rng, seed, 1);
	for (size_t i = 0; i < m; i++) {
		struct world_function *one = &world->functions[i];

		one->name[0] = names[i % STK_ARRAY_LEN(names)];
		one->file = files[i % STK_ARRAY_LEN(files)];
		one->share = exp(0.9 * world_gauss(&world->rng));
		one->factor = 1.0;
		one->smear = 1.0;
		one->caller = i == 0 ? -1 : (int)((i - 1) / 3);
		sum += one->share;
	}
	for (size_t i = 0; i < m; i++)
		world->functions[i].share /= sum;
}

int world_pick(struct world *world, double min_share)
{
	int best = -1;

	for (size_t i = 0; i < world->len; i++) {
		const struct world_function *one = &world->functions[i];

		if (one->factor == 1.0 && one->share >= min_share &&
			(best < 0 || one->share > world->functions[best].share))
			best = (int)i;
	}
	return best;
}

void world_tick(struct world *world, double tick_ns, uint64_t seed)
{
	double length = world->samples * (double)world->period / REQUESTS / tick_ns;
	double functions[WORLD_FUNCTIONS_MAX], seen[STK_SIDES][WORLD_FUNCTIONS_MAX];
	struct ticks_service service = {functions, world->len, length, 2.5};

	world->tick_ns = tick_ns;
	for (int side = 0; side < STK_SIDES; side++) {
		for (size_t i = 0; i < world->len; i++)
			functions[i] = length * world->functions[i].share *
				       (side == STK_SIDE_HEAD ? world->functions[i].factor : 1.0);
		ticks_sample(&service, TICK_REQUESTS, seed, seen[side]);
	}
	for (size_t i = 0; i < world->len; i++)
		world->functions[i].smear = seen[STK_SIDE_HEAD][i] / seen[STK_SIDE_BASE][i];
}

static const char *name_on(const struct world_function *one, int side)
{
	const char *name = one->name[side];

	return name ? name : one->name[0];
}

static uint32_t number_of(struct stk_diff_input *input, const struct world_function *one, int side)
{
	struct stk_function function = {name_on(one, side), one->file, 10, NULL};
	uint32_t number = 0;

	if (stk_diff_input_function(input, &function, side, &number, NULL) < 0)
		STK_BUG("function refused");
	return number;
}

static void add_cost(struct world *world, struct stk_diff_input *input,
	struct stk_diff_slice *slice, size_t at, double count)
{
	const struct world_function *one = &world->functions[at];
	int64_t value = (int64_t)llround(count * (double)world->period);
	struct stk_diff_value cell;

	if (value <= 0)
		return;
	cell = (struct stk_diff_value){
		number_of(input, one, slice->side), value, value, count, count};
	stk_diff_slice_add(slice, &cell);
	slice->total += value;
	slice->samples += count;
	for (int caller = one->caller, callee = (int)at; caller >= 0;
		callee = caller, caller = world->functions[caller].caller) {
		cell.function = number_of(input, &world->functions[caller], slice->side);
		cell.self = 0;
		cell.n_self = 0.0;
		stk_diff_slice_add(slice, &cell);
		stk_diff_input_edge(input, cell.function,
			number_of(input, &world->functions[callee], slice->side), slice->side,
			value);
	}
}

static double noise(struct world *world, double size)
{
	return world->has_noise ? exp(size * world_gauss(&world->rng)) : 1.0;
}

static void fill_block(struct world *world, struct stk_diff_input *input, int side, int pair)
{
	double block =
		noise(world, world->block_noise) * (side == STK_SIDE_HEAD ? world->factor : 1.0);
	double mean[WORLD_FUNCTIONS_MAX];

	for (size_t i = 0; i < world->len; i++) {
		const struct world_function *one = &world->functions[i];

		mean[i] = world->samples * one->share * block * noise(world, world->row_noise) *
			  (side == STK_SIDE_HEAD ? one->factor * one->smear : 1.0) / world->slices;
		if (name_on(one, side)[0] == '\0')
			mean[i] = 0.0;
	}
	for (int k = 0; k < world->slices; k++) {
		struct stk_diff_slice *slice =
			stk_diff_input_slice(input, side, pair, REQUESTS / world->slices);

		for (size_t i = 0; i < world->len; i++)
			add_cost(world, input, slice, i,
				world->has_noise ? world_poisson(&world->rng, mean[i]) : mean[i]);
	}
}

void world_fill(struct world *world, struct stk_diff_input *input)
{
	input->period = (double)world->period;
	input->tick_ns = world->tick_ns;
	for (int pair = 0; pair < world->pairs; pair++) {
		fill_block(world, input, pair % 2, pair);
		fill_block(world, input, 1 - pair % 2, pair);
	}
}
