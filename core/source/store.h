/* store: the embedded store of this process as a source. */
#ifndef STK_CORE_SOURCE_STORE_H
#define STK_CORE_SOURCE_STORE_H

#include "core/source/source.h"

struct stk_store;

/* store is borrowed and must outlive the source. */
struct stk_source *stk_source_store_new(struct stk_store *store, const struct stk_clock *clock);

#endif
