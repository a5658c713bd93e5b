/* token: the token that a forge is spoken to with, from the environment, a file or a GitHub App. */
#ifndef STK_CORE_PUBLISH_TOKEN_H
#define STK_CORE_PUBLISH_TOKEN_H

#include "core/base/env.h"
#include "core/base/secret.h"
#include "core/publish/ci.h"
#include "core/publish/rest.h"

/* A token of any length. */
struct stk_token {
	struct stk_secret secret;
	const char *source; /* name of the variable, or path of the file; borrowed or static */
	bool is_bot;        /* of Actions or an App (ghs_…): cannot ask for its user */
};

#define STK_TOKEN_INIT                                                                             \
	{                                                                                          \
		STK_SECRET_INIT, NULL, false                                                       \
	}

/* The first of the forge's variables that is set, or the first line of file (not NULL).
 * STK_E_NOT_FOUND names what was looked for. */
int stk_token_find(const struct stk_env *env, enum stk_forge forge, const char *file,
	struct stk_token *out, struct stk_err *err) STK_MUST_CHECK;
void stk_token_release(struct stk_token *token);

/* For struct stk_rest_opts: a token that cannot be renewed; ctx is a struct stk_token. */
int stk_token_get(bool again, const struct stk_secret **out, struct stk_err *err, void *ctx);

#endif
