/* period: how much one sample of a CPU or wall profile stands for, told from its values. */
#include "core/source/period.h"

#include "core/base/clock.h"
#include "core/profile/profile.h"

/* No profiler samples more often than this: a smaller divisor is an accident. */
#define SHORTEST_NS (20 * STK_NS_PER_MS / 1000)

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

static bool is_sampled_time(const struct stk_source_slice *slice)
{
	const struct stk_profile *profile = slice->profile;
	struct stk_str unit = stk_profile_string(profile, profile->period_type.unit);

	return slice->sample_type < profile->types.len && stk_str_is(unit, "nanoseconds") &&
	       stk_str_eq(unit,
		       stk_profile_string(profile, profile->types.items[slice->sample_type].unit));
}

static int64_t divisor_of(const struct stk_source_slice *slice, int64_t so_far)
{
	for (size_t i = 0; i < slice->profile->samples.len && so_far != 1; i++) {
		int64_t value = stk_profile_value(slice->profile, i, slice->sample_type);

		if (value > 0)
			so_far = common_divisor(value, so_far);
	}
	return so_far;
}

void stk_period_from_values(struct stk_source_slices *slices, size_t first)
{
	int64_t period = 0;

	for (size_t i = first; i < slices->len; i++)
		if (is_sampled_time(&slices->items[i]))
			period = divisor_of(&slices->items[i], period);
	if (period < SHORTEST_NS)
		period = 0;
	for (size_t i = first; i < slices->len; i++)
		if (is_sampled_time(&slices->items[i]))
			slices->items[i].profile->period = period;
}
