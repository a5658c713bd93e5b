/* near: doubles that must agree to so many significant digits. */
#include "tests/support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void test_near(const char *what, double got, double want, double relative)
{
	if (fabs(got - want) <= relative * fabs(want))
		return;
	if (fabs(got) < 1e-12 && fabs(want) < 1e-12)
		return;
	fail_msg("%s: %.17g, expected %.17g", what, got, want);
}
