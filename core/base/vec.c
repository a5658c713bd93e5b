/* vec: a typed growing array. */
#include "core/base/vec.h"

#include <stdint.h>
#include <string.h>

void *stk_vec_grow_(void *items, size_t *cap, size_t want, size_t size)
{
	size_t grown = *cap ? *cap + *cap / 2 : 8;

	if (grown < want)
		grown = want;
	items = stk_xreallocarray(items, grown, size);
	*cap = grown;
	return items;
}

void stk_vec_zero_(void *item, size_t size)
{
	memset(item, 0, size);
}
