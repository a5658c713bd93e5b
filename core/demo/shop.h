/* shop: the Lua shop as a C object: with plants, and its usual mix of requests. */
#ifndef STK_CORE_DEMO_SHOP_H
#define STK_CORE_DEMO_SHOP_H

#include "core/demo/plants.h"
#include "core/script/app.h"

/* Open the shop with what is planted (NULL: nothing). hz 0 = 250. */
int stk_demo_shop_new(const struct stk_demo_plants *plants, int hz, uint64_t seed,
	struct stk_app **out, struct stk_err *err) STK_MUST_CHECK;

/* Requests of the usual mix repeat after this many. */
#define STK_DEMO_MIX_LEN 20

/* Send request number n of the usual mix, the one of lua-lib/stoker/demo/load.lua. */
void stk_demo_shop_visit(struct stk_app *app, size_t n, struct stk_app_reply *reply);

#endif
