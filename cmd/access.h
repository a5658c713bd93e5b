/* access: options that name a Pyroscope and who asks it; used by pull and diff. */
#ifndef STK_CMD_ACCESS_H
#define STK_CMD_ACCESS_H

#include "cmd/opts.h"
#include "core/base/env.h"
#include "core/flow/ask.h"

#define STK_ACCESS_VARIABLE "STOKER_PYROSCOPE"
#define STK_ACCESS_DEFAULT  "http://127.0.0.1:4040"

struct stk_access_settings {
	const char *url, *tenant, *user, *password_env, *token_env;
	struct stk_opts_list headers; /* "Name: text" */
};

/* Their rows in the table of a command whose struct has them as `member`. */
/* clang-format off */
#define STK_ACCESS_ROWS(into, member) \
	{ .name = "pyroscope", .type = STK_OPTS_TEXT, .offset = offsetof(into, member.url), .word = "URL", .help = "the Pyroscope to ask", .standard = "$" STK_ACCESS_VARIABLE " or " STK_ACCESS_DEFAULT }, \
	{ .name = "tenant", .type = STK_OPTS_TEXT, .offset = offsetof(into, member.tenant), .word = "ID", .help = "X-Scope-OrgID of every request" }, \
	{ .name = "user", .type = STK_OPTS_TEXT, .offset = offsetof(into, member.user), .word = "NAME", .help = "basic authentication, with --password-env" }, \
	{ .name = "password-env", .type = STK_OPTS_TEXT, .offset = offsetof(into, member.password_env), .word = "VAR", .help = "the variable that holds the password" }, \
	{ .name = "token-env", .type = STK_OPTS_TEXT, .offset = offsetof(into, member.token_env), .word = "VAR", .help = "the variable that holds a bearer token" }, \
	{ .name = "header", .type = STK_OPTS_LIST, .offset = offsetof(into, member.headers), .word = "'NAME: TEXT'", .help = "a header of every request" }
/* clang-format on */

/* Open the Pyroscope that was named; *out is the caller's (stk_source_close). Nothing is sent yet.
 * STK_E_INVAL for contradictions, a header that is none, a variable that is not set. */
int stk_access_settings_open(struct stk_env *env, const struct stk_access_settings *settings,
	struct stk_source **out, struct stk_err *err) STK_MUST_CHECK;

/* Two moments as typed, relative to now; STK_E_INVAL when they are in the wrong order. what stands
 * before the option's name: "--from", "--base-from". */
int stk_access_parse_range(struct stk_env *env, const char *const texts[2],
	const char *const names[2], int64_t out[2], struct stk_err *err) STK_MUST_CHECK;

#endif
