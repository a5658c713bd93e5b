/* outlets: outputs made, a tap, a feed between them. */
#include "core/export/outlets.h"

#include "core/base/vec.h"
#include "core/export/feed.h"
#include "core/export/outputs.h"

int stk_outlets_start(struct stk_outlets *outlets, const char *const *texts, size_t len,
	const struct stk_env *env, struct stk_err *err)
{
	STK_VEC(struct stk_output) made = STK_VEC_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < len; i++) {
		struct stk_output one;

		rc = stk_outputs_make(texts[i], env, &one, err);
		if (rc == 0)
			stk_vec_push(&made, one);
	}
	if (rc == 0 && made.len > 0) {
		outlets->tap = stk_tap_new(STK_TAP_CHUNKS);
		outlets->feed = stk_feed_start(outlets->tap, made.items, made.len, env->clock);
	}
	for (size_t i = 0; rc < 0 && i < made.len; i++)
		made.items[i].ops->free(made.items[i].ctx);
	stk_vec_release(&made);
	return rc;
}

void stk_outlets_stop(struct stk_outlets *outlets, struct stk_buf *said)
{
	stk_feed_stop(outlets->feed, said);
	outlets->feed = NULL;
}

void stk_outlets_release(struct stk_outlets *outlets)
{
	stk_tap_free(outlets->tap);
	outlets->tap = NULL;
}
