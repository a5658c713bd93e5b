/* difference: two ends of `stoker diff` side by side: every function's own and whole cost. */
#include "core/record/difference.h"

#include <stdlib.h>

void stk_difference_release(struct stk_difference *difference)
{
	stk_vec_release(&difference->rows);
}

const char *stk_difference_per_name(enum stk_difference_per per)
{
	static const char *const names[] = {"", "second", "request", ""};

	return names[per];
}
