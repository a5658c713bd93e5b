/* plants: the fixed three and the pool of ten. */
#include "core/demo/plants.h"

#include "core/base/mem.h"
#include "core/base/rand.h"

#define SIZE_LEAST 0.40
#define SIZE_MOST  1.00

/* clang-format off */
const struct stk_demo_plant stk_demo_pool[10] = {
	{"pricing.apply_rules", "demo/pricing.lua",  STK_DEMO_CPU,    SIZE_LEAST, NULL},
	{"search.score",        "demo/search.lua",   STK_DEMO_CPU,    SIZE_LEAST, NULL},
	{"cart.sum",            "demo/cart.lua",     STK_DEMO_CPU,    SIZE_LEAST, NULL},
	{"shipping.quote",      "demo/shipping.lua", STK_DEMO_CPU,    SIZE_LEAST, NULL},
	{"orders.validate",     "demo/orders.lua",   STK_DEMO_CPU,    SIZE_LEAST, NULL},
	{"catalog.render",      "demo/catalog.lua",  STK_DEMO_MEMORY, SIZE_LEAST, NULL},
	{"search.highlight",    "demo/search.lua",   STK_DEMO_MEMORY, SIZE_LEAST, NULL},
	{"json.encode_list",    "demo/json.lua",     STK_DEMO_MEMORY, SIZE_LEAST, NULL},
	{"layout.page",         "demo/layout.lua",   STK_DEMO_MEMORY, SIZE_LEAST, NULL},
	{"orders.receipt",      "demo/orders.lua",   STK_DEMO_MEMORY, SIZE_LEAST, NULL},
};

static const struct stk_demo_plant fixed[] = {
	{"pricing.apply_rules", "demo/pricing.lua", STK_DEMO_CPU,    0.40, NULL},
	{"catalog.render",      "demo/catalog.lua", STK_DEMO_MEMORY, 1.00, NULL},
	{"cart.sum",            "demo/cart.lua",    STK_DEMO_RENAME, 0,    "cart.totals"},
};
/* clang-format on */

_Static_assert(sizeof fixed / sizeof fixed[0] <= STK_DEMO_PLANTS_MAX, "fixed plants fit");

static const char *const names[] = {"none", "fixed", "random"};

int stk_demo_planting_parse(struct stk_str text, enum stk_demo_planting *out, struct stk_err *err)
{
	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++) {
		if (stk_str_is(text, names[i])) {
			*out = (enum stk_demo_planting)i;
			return 0;
		}
	}
	return stk_err_set(err, STK_E_INVAL, "plant '%.*s' is not one of none, fixed, random",
		STK_STR_ARG(text));
}

const char *stk_demo_planting_name(enum stk_demo_planting planting)
{
	return names[planting];
}

static struct stk_demo_plant draw(uint64_t seed)
{
	struct stk_demo_plant plant;
	struct stk_rand rng;

	stk_rand_init(&rng, seed, 0);
	plant = stk_demo_pool[stk_rand_range(&rng, 0, STK_ARRAY_LEN(stk_demo_pool) - 1)];
	plant.size = SIZE_LEAST + (SIZE_MOST - SIZE_LEAST) * stk_rand_f64(&rng);
	return plant;
}

void stk_demo_plants(enum stk_demo_planting planting, uint64_t seed, struct stk_demo_plants *out)
{
	out->len = 0;
	if (planting == STK_DEMO_PLANT_RANDOM)
		out->items[out->len++] = draw(seed);
	if (planting == STK_DEMO_PLANT_FIXED)
		for (size_t i = 0; i < STK_ARRAY_LEN(fixed); i++)
			out->items[out->len++] = fixed[i];
}
