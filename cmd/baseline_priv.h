/* baseline_priv: what the files of `stoker baseline` share. */
#ifndef STK_CMD_BASELINE_PRIV_H
#define STK_CMD_BASELINE_PRIV_H

#include "cmd/opts.h"
#include "core/base/env.h"
#include "core/baseline/store.h"

struct stk_baseline_settings {
	const char *dir, *remote, *workflow, *runs, *rev;
	const char *s3, *endpoint, *region;
	const char *reason, *author, *profile, *limit, *base;
	int64_t older_ns, for_ns;
	bool path_style;
};

/* One call: what it works on. */
struct stk_baseline_call {
	struct stk_env *env;
	const struct stk_baseline_settings *opts;
	struct stk_baseline_store *store; /* NULL for a verb that needs none */
	const char *word, *second;        /* behind the verb; NULL if none */
};

/* `stoker baseline accept FUNCTION [RUN]`: an entry in .stoker/accepted.json. */
int stk_baseline_accept(struct stk_baseline_call *call, struct stk_err *err) STK_MUST_CHECK;

#endif
