/* places: slices of several instances numbered side by side: each instance counts its own. */
#include "core/flow/places.h"

#include <string.h>

int stk_places_put(struct stk_places *places, const char *instance, int *number_out)
{
	for (size_t i = 0; i < places->instances.len; i++) {
		if (strcmp(places->instances.items[i], instance) == 0) {
			*number_out = (int)i;
			return places->next.items[i]++;
		}
	}
	*number_out = (int)places->instances.len;
	stk_vec_push(&places->instances, instance);
	stk_vec_push(&places->next, 1);
	return 0;
}

void stk_places_release(struct stk_places *places)
{
	stk_vec_release(&places->instances);
	stk_vec_release(&places->next);
}
