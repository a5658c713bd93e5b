/* app: a small web application in Lua: a state with embedded modules, sampled, that answers calls.
 *
 * The modules are the files lua-lib/stoker/<folder>/ of the program; require "pricing" inside them
 * gives lua-lib/stoker/<folder>/pricing.lua. The main module is a function
 * handler(method, path, query, body) -> status, content type, body. The collector is stopped while
 * a handler runs; between calls a whole collection is made once 4 MiB of garbage may have come
 * together, under the frame "[gc]", so that no handler pays for another one's garbage. */
#ifndef STK_CORE_SCRIPT_APP_H
#define STK_CORE_SCRIPT_APP_H

#include "core/base/buf.h"
#include "core/script/sampler.h"

struct stk_app; /* one thread at a time */

/* How a version of the application differs from the plain one. */
struct stk_app_tune {
	const char *function; /* cart.sum */
	double cpu, memory;   /* its work is scaled by these; 0 reads as 1 */
	const char *rename;   /* new name, in its module and where it is called; NULL none */
};

struct stk_app_opts {
	const char *folder; /* demo */
	const char *main;   /* shop */
	const struct stk_app_tune *tunes;
	size_t tunes_len;
	struct stk_sampler_opts sampler;
};

/* Load the modules and run the main one. STK_E_SCRIPT with Lua's message. */
int stk_app_new(
	const struct stk_app_opts *opts, struct stk_app **out, struct stk_err *err) STK_MUST_CHECK;
void stk_app_free(struct stk_app *app); /* NULL is fine */

struct stk_app_pair {
	struct stk_str key, value;
};
struct stk_app_request {
	struct stk_str method, path;
	const struct stk_app_pair *query; /* decoded; the first of a key wins */
	size_t query_len;
	struct stk_str body;
	const struct stk_sampler_label *labels; /* for the samples of this call */
	size_t labels_len;
};
struct stk_app_reply {
	int status;
	char content_type[64];
	struct stk_buf body;
};
#define STK_APP_REPLY_INIT                                                                         \
	{                                                                                          \
		0, "", STK_BUF_EMPTY                                                               \
	}

/* Call the handler. Always answers: an error in Lua becomes 500 with its message as text. */
void stk_app_call(
	struct stk_app *app, const struct stk_app_request *request, struct stk_app_reply *reply);
void stk_app_reply_release(struct stk_app_reply *reply);

/* To start, stop and read the sampler; the app's. */
struct stk_sampler *stk_app_sampler(struct stk_app *app);

#endif
