/* decide: from an estimate and its error to p-value, interval, equivalence and what could be seen.
 */
#include "core/stats/decide.h"

#include <math.h>

#include "core/stats/student.h"

#define POWER 0.80

double stk_decide_p(const struct stk_estimate *estimate, double margin)
{
	double size = fabs(estimate->theta);

	if (isnan(size) || !(estimate->se >= 0.0))
		return NAN;
	if (estimate->se == 0.0)
		return size > margin ? 0.0 : 1.0;
	return fmin(1.0, stk_student_tail((size - margin) / estimate->se, estimate->df) +
				 stk_student_tail((size + margin) / estimate->se, estimate->df));
}

void stk_decide_interval(
	const struct stk_estimate *estimate, double level, double *low_out, double *high_out)
{
	double half = stk_student_quantile(0.5 + 0.5 * level, estimate->df) * estimate->se;

	*low_out = estimate->theta - half;
	*high_out = estimate->theta + half;
}

bool stk_decide_is_equivalent(const struct stk_estimate *estimate, double limit)
{
	double half = stk_student_quantile(0.95, estimate->df) * estimate->se;

	return fabs(estimate->theta) + half < limit;
}

double stk_decide_mde(const struct stk_estimate *estimate, double alpha, double margin)
{
	double quantiles = stk_student_quantile(1.0 - 0.5 * alpha, estimate->df) +
			   stk_student_quantile(POWER, estimate->df);

	return expm1(quantiles * estimate->se + margin);
}

double stk_decide_joint_df(double variance, double df, double added, double df_added)
{
	double sum = variance + added;

	if (df_added <= 0.0)
		return df;
	return sum * sum / (variance * variance / df + added * added / df_added);
}
