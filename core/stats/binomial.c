/* binomial: exact and score intervals of a rate, and the exact comparison of two counts. */
#include "core/stats/binomial.h"

#include <math.h>

#include "core/stats/special.h"
#include "core/stats/student.h"

static double exact_low(double hits, double trials, double tail)
{
	return hits <= 0.0 ? 0.0 : stk_special_beta_inverse(hits, trials - hits + 1.0, tail);
}

static double exact_high(double hits, double trials, double tail)
{
	if (hits >= trials)
		return 1.0;
	return stk_special_beta_inverse(hits + 1.0, trials - hits, 1.0 - tail);
}

struct stk_interval stk_binomial_exact(double hits, double trials, double level)
{
	double tail = 0.5 * (1.0 - level);

	return (struct stk_interval){exact_low(hits, trials, tail), exact_high(hits, trials, tail)};
}

double stk_binomial_exact_upper(double hits, double trials, double level)
{
	return exact_high(hits, trials, 1.0 - level);
}

struct stk_interval stk_binomial_wilson(double hits, double trials, double level)
{
	double z, share, scale, centre, half;

	if (!(trials > 0.0))
		return (struct stk_interval){0.0, 1.0};
	z = stk_normal_quantile(0.5 + 0.5 * level);
	share = hits / trials;
	scale = 1.0 + z * z / trials;
	centre = (share + z * z / (2.0 * trials)) / scale;
	half = z / scale * sqrt(share * (1.0 - share) / trials + z * z / (4.0 * trials * trials));
	return (struct stk_interval){fmax(0.0, centre - half), fmin(1.0, centre + half)};
}

double stk_binomial_midp(double hits, double trials, double null_rate)
{
	double at_least, more, at, p;

	if (!(trials > 0.0))
		return 1.0;
	/* Pr(X >= k) = I_rate(k, n - k + 1). */
	at_least = hits <= 0.0 ? 1.0 : stk_special_beta(hits, trials - hits + 1.0, null_rate);
	more = hits >= trials ? 0.0 : stk_special_beta(hits + 1.0, trials - hits, null_rate);
	at = at_least - more;
	p = 2.0 * fmin(1.0 - at_least + 0.5 * at, more + 0.5 * at);
	return fmin(1.0, p);
}
