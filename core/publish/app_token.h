/* app_token: tokens of a GitHub App: its own (a signed JWT), and those of its installations. */
#ifndef STK_CORE_PUBLISH_APP_TOKEN_H
#define STK_CORE_PUBLISH_APP_TOKEN_H

#include "core/publish/rest.h"

struct stk_app_token_opts {
	const char *api_url;
	const char *id; /* client id or App id: who signs */
	/* RSA key in PEM, as it is, with its line breaks written "\n", or in base64. */
	const struct stk_secret *key;
	const char *user_agent;
	const struct stk_clock *clock; /* NULL: the machine's */
	const atomic_int *interrupts;  /* may be NULL */
};

/* Texts are copied. One thread at a time. */
struct stk_app_token;

int stk_app_token_new(const struct stk_app_token_opts *opts, struct stk_app_token **out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_app_token_free(struct stk_app_token *app); /* NULL is fine */

/* Append a JWT (RS256, RFC 7519): iat a minute ago, exp nine minutes from now_ns, iss = id. */
int stk_app_token_sign_jwt(const char *id, const struct stk_secret *pem, int64_t now_ns,
	struct stk_buf *buf, struct stk_err *err) STK_MUST_CHECK;

/* Turn the three spellings of a key into PEM. */
void stk_app_token_read_key(const struct stk_secret *given, struct stk_secret *pem);

/* The login that the App comments with, "slug[bot]"; borrowed, asked once. */
int stk_app_token_login(
	struct stk_app_token *app, const char **out, struct stk_err *err) STK_MUST_CHECK;

/* A token of the installation in a repository ("owner/name"), kept until five minutes before it
 * expires; again: the last one was refused, so a new one. Borrowed until the next call. A token may
 * have any length. */
int stk_app_token_get(struct stk_app_token *app, const char *repository, bool again,
	const struct stk_secret **out, struct stk_err *err) STK_MUST_CHECK;

/* For struct stk_rest_opts: ctx is a struct stk_app_token_place. */
struct stk_app_token_place {
	struct stk_app_token *app;
	const char *repository;
};
int stk_app_token_for_rest(
	bool again, const struct stk_secret **out, struct stk_err *err, void *ctx);

#endif
