/* generator: three measurements of the generator against their limits. */
#include "core/record/generator.h"

static const char *comma(bool *any)
{
	const char *between = *any ? ", " : "";

	*any = true;
	return between;
}

bool stk_generator_bottleneck(const struct stk_generator_info *info, struct stk_buf *why)
{
	bool any = false; /* comparisons with NaN are false: not measured */

	if (info->busy >= STK_GENERATOR_BUSY)
		stk_buf_addf(why, "%sits busiest worker used %.0f %% of a processor", comma(&any),
			info->busy * 100);
	if (info->late_p99_ms >= STK_GENERATOR_LATE_MS)
		stk_buf_addf(
			why, "%sstarts were late: p99 %.1f ms", comma(&any), info->late_p99_ms);
	if (info->lag_p99_ms >= STK_GENERATOR_LAG_MS)
		stk_buf_addf(why, "%sanswers lay unseen: p99 of a round of its loop %.1f ms",
			comma(&any), info->lag_p99_ms);
	return any;
}
