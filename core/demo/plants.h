/* plants: what is made dearer in the demo's head on purpose, drawn or fixed. */
#ifndef STK_CORE_DEMO_PLANTS_H
#define STK_CORE_DEMO_PLANTS_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/str.h"

enum stk_demo_kind { STK_DEMO_CPU, STK_DEMO_MEMORY, STK_DEMO_RENAME };

enum stk_demo_planting { STK_DEMO_PLANT_NONE, STK_DEMO_PLANT_FIXED, STK_DEMO_PLANT_RANDOM };

/* One planted difference. All text is static. */
struct stk_demo_plant {
	const char *function; /* pricing.apply_rules */
	const char *file;     /* demo/pricing.lua */
	enum stk_demo_kind kind;
	double size;        /* 0.4 = 40 % more of its own cost; 0 for a rename */
	const char *rename; /* cart.totals; NULL unless a rename */
};

#define STK_DEMO_PLANTS_MAX 3
struct stk_demo_plants {
	struct stk_demo_plant items[STK_DEMO_PLANTS_MAX];
	size_t len;
};

/* "none", "fixed" or "random"; STK_E_INVAL names the three. */
int stk_demo_planting_parse(
	struct stk_str text, enum stk_demo_planting *out, struct stk_err *err) STK_MUST_CHECK;
const char *stk_demo_planting_name(enum stk_demo_planting planting);

/* fixed: pricing.apply_rules +40 % CPU, catalog.render +100 % memory, cart.sum renamed.
 * random: one of the ten functions of stk_demo_pool, size 40 to 100 %, drawn by seed. */
void stk_demo_plants(enum stk_demo_planting planting, uint64_t seed, struct stk_demo_plants *out);

/* The ten that --plant random draws from: functions with 10 % or more of their profile type. */
extern const struct stk_demo_plant stk_demo_pool[10];

#endif
