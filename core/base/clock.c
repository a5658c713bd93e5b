/* clock: the one source of time, injected so that tests can hold it. */
#include "core/base/clock.h"

#include <errno.h>
#include <time.h>

static int64_t read_ns(clockid_t id)
{
	struct timespec now;

	(void)clock_gettime(id, &now); /* cannot fail for these two clocks */
	return (int64_t)now.tv_sec * STK_NS_PER_S + now.tv_nsec;
}

static int64_t system_mono(void *ctx)
{
	(void)ctx;
	return read_ns(CLOCK_MONOTONIC);
}

static int64_t system_wall(void *ctx)
{
	(void)ctx;
	return read_ns(CLOCK_REALTIME);
}

/* Ends early on a signal, so that an interrupt is seen at once. */
static void system_sleep_until(int64_t mono_ns, void *ctx)
{
	struct timespec until = {mono_ns / STK_NS_PER_S, mono_ns % STK_NS_PER_S};

	(void)ctx;
	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL); /* EINTR is meant */
}

const struct stk_clock *stk_clock_system(void)
{
	static const struct stk_clock clock = {system_mono, system_wall, system_sleep_until, NULL};

	return &clock;
}

/* The coarse clock moves by ticks. */
int64_t stk_clock_tick_ns(void)
{
	struct timespec tick;

	(void)clock_getres(CLOCK_MONOTONIC_COARSE, &tick); /* cannot fail for this clock */
	return (int64_t)tick.tv_sec * STK_NS_PER_S + tick.tv_nsec;
}

int64_t stk_clock_mono(const struct stk_clock *clock)
{
	return clock->mono_ns(clock->ctx);
}

int64_t stk_clock_wall(const struct stk_clock *clock)
{
	return clock->wall_ns(clock->ctx);
}

void stk_clock_sleep_until(const struct stk_clock *clock, int64_t mono_ns)
{
	clock->sleep_until_ns(mono_ns, clock->ctx);
}

static int64_t fake_mono(void *ctx)
{
	return ((const struct stk_fake_clock *)ctx)->mono_ns;
}

static int64_t fake_wall(void *ctx)
{
	const struct stk_fake_clock *fake = ctx;

	return fake->mono_ns + fake->wall_offset_ns;
}

static void fake_sleep_until(int64_t mono_ns, void *ctx)
{
	struct stk_fake_clock *fake = ctx;

	if (mono_ns > fake->mono_ns)
		fake->mono_ns = mono_ns;
}

void stk_fake_clock_init(struct stk_fake_clock *fake, int64_t mono_ns, int64_t wall_ns)
{
	fake->clock = (struct stk_clock){fake_mono, fake_wall, fake_sleep_until, fake};
	fake->mono_ns = mono_ns;
	fake->wall_offset_ns = wall_ns - mono_ns;
}

void stk_fake_clock_advance(struct stk_fake_clock *fake, int64_t ns)
{
	fake->mono_ns += ns;
}
