/* noticeable: how small a change of a row a comparison can notice, before or after it was made. */
#include "core/stats/noticeable.h"

#include <math.h>

#include "core/stats/decide.h"

#define DF_MAX 200.0

void stk_noticeable_unfitted(struct stk_noticeable *noticeable)
{
	noticeable->d0 = 4.0;
	noticeable->s0_2 = 1.0;
	noticeable->tau2 = 0.0;
}

double stk_noticeable_counting(double samples_base, double samples_head)
{
	return 1.0 / (samples_base + 0.5) + 1.0 / (samples_head + 0.5);
}

double stk_noticeable_paired(const struct stk_noticeable *noticeable)
{
	double floor = noticeable->counting, pairs = noticeable->pairs;
	double variance = fmax(floor, noticeable->s0_2 * (floor + noticeable->tau2));
	struct stk_estimate estimate = {
		0.0, sqrt(variance / pairs), fmin(noticeable->d0 + pairs - 1.0, DF_MAX)};

	return stk_decide_mde(&estimate, noticeable->alpha, noticeable->margin);
}
