/* places: slices of several instances numbered side by side: each instance counts its own. */
#ifndef STK_CORE_FLOW_PLACES_H
#define STK_CORE_FLOW_PLACES_H

#include "core/base/vec.h"

/* Names of instances are borrowed until release. */
struct stk_places {
	STK_VEC(const char *) instances;
	STK_VEC(int) next;
};

#define STK_PLACES_INIT                                                                            \
	{                                                                                          \
		STK_VEC_INIT, STK_VEC_INIT                                                         \
	}

/* The place of the next slice of an instance, from 0 on, and the instance's number. */
int stk_places_put(struct stk_places *places, const char *instance, int *number_out);
void stk_places_release(struct stk_places *places);

#endif
