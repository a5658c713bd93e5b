/* store_source: slices from the embedded store, in this process. */
#ifndef STK_CORE_SOURCE_STORE_SOURCE_H
#define STK_CORE_SOURCE_STORE_SOURCE_H

#include "core/source/source.h"

struct stk_store;

/* The store is borrowed and must outlive the source. */
struct stk_source *stk_store_source_new(struct stk_store *store, const struct stk_source_env *env);

#endif
