/* outlets: the outputs of one load test or run, from their texts to their end. */
#ifndef STK_CORE_EXPORT_OUTLETS_H
#define STK_CORE_EXPORT_OUTLETS_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/env.h"
#include "core/base/err.h"

struct stk_feed;
struct stk_tap;

/* Zeroed: none. */
struct stk_outlets {
	struct stk_tap *tap; /* for engines; NULL: nobody wants samples */
	struct stk_feed *feed;
};

/* Open each KIND[=ARG] (outputs.h) and feed them from a tap of their own. None for no texts. Of
 * several that stand behind each other the first wrong one is the error; none is left open then. */
int stk_outlets_start(struct stk_outlets *outlets, const char *const *texts, size_t len,
	const struct stk_env *env, struct stk_err *err) STK_MUST_CHECK;
/* Once no engine writes any more: what is left goes out, lines for people are appended to said. The
 * plans of all engines must still be there. Again does nothing. */
void stk_outlets_stop(struct stk_outlets *outlets, struct stk_buf *said);
/* After stop, when all engines are gone. */
void stk_outlets_release(struct stk_outlets *outlets);

#endif
