/* publish: one report to all the places that were asked for. */
#ifndef STK_CORE_PUBLISH_PUBLISH_H
#define STK_CORE_PUBLISH_PUBLISH_H

#include "core/publish/publisher.h"

struct stk_publish_opts {
	const struct stk_env *env;
	const struct stk_run *run;
	const char *const *to; /* names of publishers; none: comment, check, summary, outputs */
	size_t to_len;
	struct stk_ci_given given;
	struct stk_post_opts post;
	const char *token_file; /* NULL: from the environment */
	/* NULL: as above. Else where the token of each call comes from, and what messages call it.
	 */
	stk_rest_token_fn token;
	void *token_ctx;
	const char *token_source;
	const char *version; /* of stoker, for User-Agent */
	struct stk_buf *dry; /* not NULL: nothing is sent, what would be is appended here */
	void (*say)(const char *line, void *ctx);           /* what was done */
	void (*warn)(const struct stk_err *err, void *ctx); /* what could not be done */
	void *ctx;
};

/* Publish. 0: everything was written, or there was a reason to pass it over that say told. Else the
 * code of the first failure, told by warn like every other one; the rest is tried all the same.
 * STK_E_INVAL: a name that is no publisher, a repository that is none. */
int stk_publish(const struct stk_publish_opts *opts, struct stk_err *err) STK_MUST_CHECK;

/* Whether this is a CI that a workflow's post = {…} posts from without being asked. */
bool stk_publish_is_ci(const struct stk_env *env);

#endif
