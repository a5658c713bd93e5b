/* special: beta, digamma and trigamma functions and their inverses. */
#include "core/stats/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

/* A double has 53 digits, and its smallest exponent is 1022 below one. */
enum { FRACTION_STEPS_MAX = 5000, BISECTIONS_MAX = 120 };

double stk_special_lgamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

/* A divisor of Lentz's method must not be zero. */
static double away_from_zero(double x)
{
	return fabs(x) < 1e-300 ? 1e-300 : x;
}

/* The continued fraction of I_x(a, b), for x below its turning point. */
static double beta_fraction(double a, double b, double x)
{
	double c = 1.0;
	double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
	double result = d;

	for (int m = 1; m <= FRACTION_STEPS_MAX; m++) {
		double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
		double step;

		d = 1.0 / away_from_zero(1.0 + even * d);
		c = away_from_zero(1.0 + even / c);
		result *= d * c;
		d = 1.0 / away_from_zero(1.0 + odd * d);
		c = away_from_zero(1.0 + odd / c);
		step = d * c;
		result *= step;
		if (fabs(step - 1.0) < 4.0 * DBL_EPSILON)
			break;
	}
	return result;
}

double stk_special_beta(double a, double b, double x)
{
	double front;

	if (!(a > 0.0) || !(b > 0.0) || !(x >= 0.0) || !(x <= 1.0))
		return NAN;
	if (x == 0.0 || x == 1.0)
		return x;
	front = exp(stk_special_lgamma(a + b) - stk_special_lgamma(a) - stk_special_lgamma(b) +
		    a * log(x) + b * log1p(-x));
	if (x < (a + 1.0) / (a + b + 2.0))
		return front * beta_fraction(a, b, x) / a;
	return 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

/* The derivative of I_x(a, b). */
static double beta_density(double a, double b, double x)
{
	return exp(stk_special_lgamma(a + b) - stk_special_lgamma(a) - stk_special_lgamma(b) +
		   (a - 1.0) * log(x) + (b - 1.0) * log1p(-x));
}

double stk_special_beta_inverse(double a, double b, double p)
{
	double low = 0.0, high = 1.0, x = a / (a + b);

	if (!(a > 0.0) || !(b > 0.0) || !(p >= 0.0) || !(p <= 1.0))
		return NAN;
	if (p == 0.0 || p == 1.0)
		return p;
	/* Newton's steps, and halves of what is left where one would leave the bracket. */
	for (int i = 0; i < BISECTIONS_MAX && high > low; i++) {
		double off = stk_special_beta(a, b, x) - p;
		double next = x - off / beta_density(a, b, x);

		if (off < 0.0)
			low = x;
		else
			high = x;
		if (!(next > low) || !(next < high))
			next = 0.5 * (low + high);
		if (fabs(next - x) <= DBL_EPSILON * x)
			break;
		x = next;
	}
	return x;
}

double stk_special_digamma(double x)
{
	double shift = 0.0, inv;

	if (!(x > 0.0))
		return NAN;
	for (; x < 20.0; x += 1.0)
		shift -= 1.0 / x;
	inv = 1.0 / (x * x);
	return shift + log(x) - 0.5 / x -
	       inv * (1.0 / 12 - inv * (1.0 / 120 - inv * (1.0 / 252 - inv * (1.0 / 240))));
}

double stk_special_trigamma(double x)
{
	double shift = 0.0, inv;

	if (!(x > 0.0))
		return NAN;
	for (; x < 20.0; x += 1.0)
		shift += 1.0 / (x * x);
	inv = 1.0 / (x * x);
	return shift + 1.0 / x + 0.5 * inv +
	       inv / x * (1.0 / 6 - inv * (1.0 / 30 - inv * (1.0 / 42 - inv * (1.0 / 30))));
}

double stk_special_trigamma_inverse(double y)
{
	double low, high;

	if (!(y > 0.0))
		return NAN;
	/* 1/x < trigamma(x), and trigamma(x) < 1/(x - 1/2) where that is positive. */
	low = 1.0 / y;
	high = low + 0.5;
	for (int i = 0; i < BISECTIONS_MAX; i++) {
		double middle = 0.5 * (low + high);

		if (stk_special_trigamma(middle) > y)
			low = middle;
		else
			high = middle;
	}
	return high;
}
