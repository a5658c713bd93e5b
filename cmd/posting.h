/* posting: publish a run from a command, and talk about it; used by post and run. */
#ifndef STK_CMD_POSTING_H
#define STK_CMD_POSTING_H

#include "core/base/env.h"
#include "core/publish/publish.h"

/* What posting is called by, beside the run. Texts are borrowed. */
struct stk_posting {
	const char *const *to; /* names; may hold several with commas between */
	size_t to_len;
	struct stk_publish_opts publish; /* env, run, to, say and warn are filled in here */
	bool is_required;                /* what cannot be posted is an error (3), else a warning */
};

/* Publish; lines go to env->err, what a dry run would send to env->out. The exit code. */
int stk_posting_run(struct stk_env *env, const struct stk_run *run, struct stk_posting *posting);

#endif
