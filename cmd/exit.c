/* exit: which exit code an error has, and which of two wins. */
#include "cmd/exit.h"

#include <stddef.h>

/* In the order in which they win. */
const struct stk_exit_row stk_exit_rows[] = {
	{STK_EXIT_TERMINATED, "terminated: what was measured is saved and reported as partial"},
	{STK_EXIT_INTERRUPTED, "interrupted: the same"},
	{STK_EXIT_SCRIPT, "error in a workflow or load script"},
	{STK_EXIT_WORLD, "network, server, disk, permission, or a service that does not start"},
	{STK_EXIT_USAGE, "the command line"},
	{STK_EXIT_FAULT, "a fault of stoker"},
	{STK_EXIT_THRESHOLD, "a threshold was crossed"},
	{STK_EXIT_REGRESSION, "regression, and a gate is set"},
	{STK_EXIT_INCONCLUSIVE, "inconclusive, and --strict"},
	{STK_EXIT_OK, "ran, nothing to object to"},
	{0, NULL},
};

int stk_exit_of_error(int code)
{
	switch (code) {
	case 0:
		return STK_EXIT_OK;
	case STK_E_SCRIPT:
		return STK_EXIT_SCRIPT;
	case STK_E_INVAL:
		return STK_EXIT_USAGE;
	case STK_E_INTERNAL:
		return STK_EXIT_FAULT;
	case STK_E_ABORTED:
		return STK_EXIT_INTERRUPTED;
	default:
		return STK_EXIT_WORLD;
	}
}

static size_t rank(int code)
{
	size_t i = 0;
	while (stk_exit_rows[i].meaning && stk_exit_rows[i].code != code)
		i++;
	return i;
}

int stk_exit_worse(int a, int b)
{
	return rank(a) <= rank(b) ? a : b;
}
