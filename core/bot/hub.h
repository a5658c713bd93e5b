/* hub: GitHub as the bot speaks to it: who it is, a token for each repository, and its calls. */
#ifndef STK_CORE_BOT_HUB_H
#define STK_CORE_BOT_HUB_H

#include "core/publish/rest.h"

/* Borrowed while the hub lives. Either app_id and app_key, or token. */
struct stk_hub_opts {
	const char *api_url;    /* with its path, without '/' at the end */
	const char *server_url; /* for people; NULL unknown */
	const char *app_id;
	const struct stk_secret *app_key;
	const struct stk_secret *token;
	const char *token_source; /* for messages; never the token */
	const char *user_agent;
	const struct stk_clock *clock;
	const atomic_int *interrupts; /* above 0: calls end with STK_E_ABORTED */
};

/* One thread at a time: each worker has its own. */
struct stk_hub;

/* STK_E_FORMAT: the key is none, STK_E_INVAL: the URL is none. Nothing is sent yet. */
int stk_hub_new(
	const struct stk_hub_opts *opts, struct stk_hub **out, struct stk_err *err) STK_MUST_CHECK;
void stk_hub_free(struct stk_hub *hub); /* NULL is fine */

/* Whose comments are ours: "slug[bot]" or the token's user; asked once, borrowed. NULL: the token
 * may not ask. */
int stk_hub_login(struct stk_hub *hub, const char **out, struct stk_err *err) STK_MUST_CHECK;

/* From now on about this repository ("owner/name", checked). */
int stk_hub_enter(struct stk_hub *hub, const char *repository, struct stk_err *err) STK_MUST_CHECK;

const struct stk_hub_opts *stk_hub_opts(const struct stk_hub *hub);
const char *stk_hub_repository(const struct stk_hub *hub);
/* Its REST client, for calls of other rooms; borrowed. */
struct stk_rest *stk_hub_rest(struct stk_hub *hub);
/* For struct stk_rest_opts and stk_publish_opts; ctx is the hub. */
int stk_hub_token(bool again, const struct stk_secret **out, struct stk_err *err, void *ctx);
const char *stk_hub_token_source(const struct stk_hub *hub);

/* Append "/repos/OWNER/NAME" and fmt. */
void stk_hub_path(const struct stk_hub *hub, struct stk_buf *buf, const char *fmt, ...)
	STK_PRINTF(3, 4);
/* Append the page of something for people, SERVER/OWNER/NAME and fmt; nothing when the server is
 * not known. */
void stk_hub_page(const struct stk_hub *hub, struct stk_buf *buf, const char *fmt, ...)
	STK_PRINTF(3, 4);

/* --- calls about the repository that was entered; texts are UTF-8 from GitHub --- */

/* Whether somebody may write to it, by GET /collaborators/LOGIN/permission; author_association in
 * an event is only a hint. 1 yes, 0 no. */
int stk_hub_may_write(struct stk_hub *hub, const char *login, struct stk_err *err) STK_MUST_CHECK;

struct stk_hub_pull {
	int64_t number;
	bool is_open;
	char *head_sha, *head_ref, *head_repository; /* owned; repository NULL: the fork is gone */
	char *base_ref;
};
void stk_hub_pull_release(struct stk_hub_pull *pull);
int stk_hub_get_pull(struct stk_hub *hub, int64_t number, struct stk_hub_pull *out,
	struct stk_err *err) STK_MUST_CHECK;

/* A reaction ("eyes", "rocket", "confused") on a comment; the same twice is one. */
int stk_hub_react(struct stk_hub *hub, int64_t comment_id, const char *content,
	struct stk_err *err) STK_MUST_CHECK;

/* An answer on a pull request. delivery: its hidden mark, so that it is written once; is_again:
 * look for it first, as this delivery was in hand before. */
struct stk_hub_answer {
	int64_t number;
	const char *delivery;
	bool is_again;
	int64_t since_ns; /* it cannot be older than that */
	struct stk_str body;
};
int stk_hub_answer(struct stk_hub *hub, const struct stk_hub_answer *answer,
	struct stk_err *err) STK_MUST_CHECK;

/* Start a workflow by workflow_dispatch on a branch; inputs is an object of texts, borrowed. */
struct stk_hub_dispatch {
	const char *workflow; /* its file's name, "stoker-run.yml" */
	const char *ref;
	const struct stk_json *inputs;
};
int stk_hub_dispatch(struct stk_hub *hub, const struct stk_hub_dispatch *dispatch,
	struct stk_err *err) STK_MUST_CHECK;
/* Whether one of the latest runs that were dispatched has token in its title. 1 yes, 0 no. */
int stk_hub_was_dispatched(struct stk_hub *hub, const char *workflow, const char *token,
	struct stk_err *err) STK_MUST_CHECK;

#endif
