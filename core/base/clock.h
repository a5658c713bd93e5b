/* clock: the one source of time, injected so that tests can hold it. */
#ifndef STK_CORE_BASE_CLOCK_H
#define STK_CORE_BASE_CLOCK_H

#include <stdint.h>

#define STK_NS_PER_US ((int64_t)1000)
#define STK_NS_PER_MS ((int64_t)1000000)
#define STK_NS_PER_S  ((int64_t)1000000000)

/* mono for durations, wall (ns since 1970, UTC) for stamps. sleep_until blocks to
 * a monotonic time; a fake clock jumps there instead. */
struct stk_clock {
	int64_t (*mono_ns)(void *ctx);
	int64_t (*wall_ns)(void *ctx);
	void (*sleep_until_ns)(int64_t mono_ns, void *ctx);
	void *ctx;
};

/* The machine's clock; static storage. */
const struct stk_clock *stk_clock_system(void);

int64_t stk_clock_mono(const struct stk_clock *clock);
int64_t stk_clock_wall(const struct stk_clock *clock);
void stk_clock_sleep_until(const struct stk_clock *clock, int64_t mono_ns);

/* Distance of the kernel's clock ticks on this machine, which the CPU-time timers of processes are
 * looked at by (what CONFIG_HZ says: 4 ms at 250). */
int64_t stk_clock_tick_ns(void);

/* A clock for tests: stands still until told; sleep_until jumps. */
struct stk_fake_clock {
	struct stk_clock clock; /* pass &fake.clock */
	int64_t mono_ns;
	int64_t wall_offset_ns;
};
void stk_fake_clock_init(struct stk_fake_clock *fake, int64_t mono_ns, int64_t wall_ns);
void stk_fake_clock_advance(struct stk_fake_clock *fake, int64_t ns);

#endif
