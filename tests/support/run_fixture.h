/* run_fixture: runs made by hand, for tests of whatever takes one. */
#ifndef STK_TESTS_SUPPORT_RUN_FIXTURE_H
#define STK_TESTS_SUPPORT_RUN_FIXTURE_H

#include "core/record/run.h"

/* Every list of the record has something in it, and some members are unknown. */
void stk_run_fixture_full(struct stk_run *run);

#endif
