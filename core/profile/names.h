/* names: function names made comparable between builds. */
#ifndef STK_CORE_PROFILE_NAMES_H
#define STK_CORE_PROFILE_NAMES_H

#include "core/base/buf.h"

/* Append name without what differs from build to build: addresses and offsets (+0x1a), hash
 * suffixes (Rust ::h0123456789abcdef), instantiations (Go [go.shape.int]), clone marks (.isra.0,
 * .part.1, .constprop.2, .cold), numbers of lambdas and generated classes. */
void stk_names_normalise(struct stk_str name, struct stk_buf *out);

#endif
