/* driver: runs a load script's functions in virtual users: what the engine drives. */
#ifndef STK_CORE_SCRIPT_DRIVER_H
#define STK_CORE_SCRIPT_DRIVER_H

#include "core/load/driver.h"

struct stk_script;
struct stk_script_driver;

/* A driver for plans of script (stk_script_plan); both must outlive the engine. What setup gave
 * is kept by the driver per side, so one driver serves all engines of a run. */
struct stk_script_driver *stk_script_driver_new(struct stk_script *script);
void stk_script_driver_free(struct stk_script_driver *driver); /* NULL is fine */
/* What stk_engine_new takes. */
const struct stk_vu_driver *stk_script_driver_ops(struct stk_script_driver *driver);

/* Bytes that Lua holds in the largest worker, and its number of virtual users; for tests and
 * benches. Call on the worker's thread or when none runs. */
struct stk_script_driver_memory {
	size_t bytes, vus;
};
struct stk_script_driver_memory stk_script_driver_memory(const struct stk_script_driver *driver);

#endif
