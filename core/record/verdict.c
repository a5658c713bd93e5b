/* verdict: the words of verdicts, both ways. */
#include "core/record/verdict.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
	[STK_VERDICT_NONE] = "none",
	[STK_VERDICT_REGRESSION] = "regression",
	[STK_VERDICT_IMPROVEMENT] = "improvement",
	[STK_VERDICT_MOVED] = "moved",
	[STK_VERDICT_NO_CHANGE] = "no_change",
	[STK_VERDICT_INCONCLUSIVE] = "inconclusive",
	[STK_VERDICT_NEW] = "new",
	[STK_VERDICT_VANISHED] = "vanished",
};
enum { NAMES = sizeof names / sizeof names[0] };

const char *stk_verdict_name(enum stk_verdict verdict)
{
	return (size_t)verdict < NAMES ? names[verdict] : names[STK_VERDICT_NONE];
}

enum stk_verdict stk_verdict_from_name(const char *name)
{
	for (size_t i = 0; name && i < NAMES; i++)
		if (strcmp(names[i], name) == 0)
			return (enum stk_verdict)i;
	return STK_VERDICT_NONE;
}
