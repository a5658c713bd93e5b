/* golden: text against a file under tests/golden; STK_GOLDEN_UPDATE=1 rewrites the file. */
#ifndef STK_TESTS_SUPPORT_GOLDEN_H
#define STK_TESTS_SUPPORT_GOLDEN_H

#include "core/base/str.h"

/* Fail the case unless tests/golden/<name> holds exactly text; says the first line that differs.
 * With STK_GOLDEN_UPDATE=1 in the environment the file is written instead: read the diff. */
void stk_golden_check(const char *name, struct stk_str text);

#endif
