/* fetch_count: what one hop adds to metrics, series and the side schedule's windows. */
#ifndef STK_CORE_LOAD_FETCH_COUNT_H
#define STK_CORE_LOAD_FETCH_COUNT_H

#include <stdbool.h>

struct stk_fetch;

/* Whether the hop's status is one the request expects; 0 never is. */
bool stk_fetch_expected(const struct stk_fetch *fetch);
/* Count a hop that is over. */
void stk_fetch_count(struct stk_fetch *fetch);

#endif
