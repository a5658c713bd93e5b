/* student: tails and quantiles of the normal and of Student's t distribution. */
#include "core/stats/student.h"

#include <math.h>

#include "core/stats/special.h"

/* Beyond it t and normal agree to the digits we have. */
#define DF_NORMAL 1e10

enum { BISECTIONS = 100 };

double stk_normal_tail(double z)
{
	return 0.5 * erfc(z * M_SQRT1_2);
}

double stk_normal_quantile(double p)
{
	double low = 0.0, high = 40.0, tail;

	if (!(p >= 0.0) || !(p <= 1.0))
		return NAN;
	if (p == 0.0 || p == 1.0)
		return p == 0.0 ? -INFINITY : INFINITY;
	tail = p < 0.5 ? p : 1.0 - p;
	for (int i = 0; i < BISECTIONS; i++) {
		double middle = 0.5 * (low + high);

		if (stk_normal_tail(middle) > tail)
			low = middle;
		else
			high = middle;
	}
	return p < 0.5 ? -low : low;
}

double stk_student_tail(double t, double df)
{
	double half;

	if (!(df > 0.0) || isnan(t))
		return NAN;
	if (df > DF_NORMAL)
		return stk_normal_tail(t);
	if (isinf(t))
		return t > 0.0 ? 0.0 : 1.0;
	/* Near one half the first form is exact, in the far tail the second. */
	if (t * t < 1.0)
		half = 0.5 - 0.5 * stk_special_beta(0.5, 0.5 * df, t * t / (df + t * t));
	else
		half = 0.5 * stk_special_beta(0.5 * df, 0.5, df / (df + t * t));
	return t < 0.0 ? 1.0 - half : half;
}

double stk_student_quantile(double p, double df)
{
	double tail, x, t;

	if (!(p >= 0.0) || !(p <= 1.0) || !(df > 0.0))
		return NAN;
	if (df > DF_NORMAL)
		return stk_normal_quantile(p);
	if (p == 0.0 || p == 1.0)
		return p == 0.0 ? -INFINITY : INFINITY;
	if (p == 0.5)
		return 0.0;
	tail = p < 0.5 ? p : 1.0 - p;
	if (tail > 0.25) {
		x = stk_special_beta_inverse(0.5, 0.5 * df, 1.0 - 2.0 * tail);
		t = sqrt(df * x / (1.0 - x));
	} else {
		x = stk_special_beta_inverse(0.5 * df, 0.5, 2.0 * tail);
		t = sqrt(df * (1.0 - x) / x);
	}
	return p < 0.5 ? -t : t;
}
