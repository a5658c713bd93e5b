/* drawn_plan: scenarios by a seed, and how many VUs a ramp allows. */
#include "tests/support/drawn_plan.h"

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/rand.h"

#define MS STK_NS_PER_MS
#define S  STK_NS_PER_S

static void draw_stages(struct stk_scenario *scenario, struct stk_rand *rng)
{
	for (int i = 0; i < 3; i++)
		stk_vec_push(
			&scenario->stages, (struct stk_stage){stk_rand_range(rng, 0, 1500) * MS,
						   stk_rand_range(rng, 0, 9)});
}

struct stk_scenario *drawn_plan_add(struct stk_plan *plan, const char *name, uint64_t seed)
{
	static const char *const kinds[DRAWN_KINDS] = {"constant-vus", "ramping-vus",
		"constant-arrival-rate", "ramping-arrival-rate", "shared-iterations",
		"per-vu-iterations"};
	struct stk_scenario *scenario = stk_plan_add_scenario(plan, name);
	struct stk_rand rng;
	int64_t vus;

	stk_rand_init(&rng, seed, 1);
	vus = stk_rand_range(&rng, 1, 9);
	scenario->executor = kinds[seed % DRAWN_KINDS];
	scenario->graceful_stop_ns = stk_rand_range(&rng, 0, 2) * S;
	switch (seed % DRAWN_KINDS) {
	case DRAWN_CONSTANT_VUS:
		scenario->vus = vus;
		scenario->duration_ns = 2 * S;
		break;
	case DRAWN_RAMPING_VUS:
		draw_stages(scenario, &rng);
		scenario->start_vus = vus;
		scenario->graceful_ramp_down_ns = 0;
		break;
	case DRAWN_CONSTANT_RATE:
		scenario->rate = stk_rand_range(&rng, 1, 30);
		scenario->duration_ns = 2 * S;
		scenario->pre_allocated_vus = scenario->max_vus = 40;
		break;
	case DRAWN_RAMPING_RATE:
		draw_stages(scenario, &rng);
		scenario->pre_allocated_vus = scenario->max_vus = 40;
		break;
	default:
		scenario->vus = vus;
		scenario->iterations = vus + stk_rand_range(&rng, 0, 20);
		scenario->max_duration_ns = 2 * S;
	}
	return scenario;
}

int64_t drawn_plan_ramp_at(const struct stk_scenario *scenario, int64_t offset_ns)
{
	int64_t from = scenario->start_vus, start_ns = 0;

	for (size_t i = 0; i < scenario->stages.len; i++) {
		const struct stk_stage *stage = &scenario->stages.items[i];

		if (offset_ns < start_ns + stage->duration_ns)
			return from +
			       (offset_ns - start_ns) * (stage->target - from) / stage->duration_ns;
		start_ns += stage->duration_ns;
		from = stage->target;
	}
	return 0;
}
