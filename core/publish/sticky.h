/* sticky: one comment on a pull request that later runs bring up to date. */
#ifndef STK_CORE_PUBLISH_STICKY_H
#define STK_CORE_PUBLISH_STICKY_H

#include "core/publish/publisher.h"
#include "core/report/comment.h"
#include "core/report/comment_marker.h"

/* How a forge's comments are listed and written. Paths are escaped and hold no query of their own
 * except list. */
struct stk_sticky_api {
	const char *list;          /* oldest first, with per_page */
	const char *create;        /* POST {"body"} */
	const char *item;          /* the path of one is item/ID: GET, update_method, DELETE */
	const char *update_method; /* PATCH; GitLab: PUT */
	enum stk_comment_flavour flavour;
	const char *author;     /* JSON pointer to the login: "/user/login" */
	const char *permission; /* of the token */
	const char *url;        /* before the id, where items have no html_url; or NULL */
	const char *login;      /* whose comments are ours; case does not count */
	/* The pull request's head now, when it is known: a report of another commit does not
	 * replace a report of this one. NULL: not known. */
	const char *head_sha;
};

struct stk_sticky_text {
	struct stk_comment_marker marker; /* that text begins with */
	struct stk_buf body;
	struct stk_buf short_body; /* sent once when the server says that body is too long */
	bool only_update; /* nothing to say: bring an old comment up to date, make no new one */
};

/* Both forms of the run's comment in the forge's flavour, with the history of the comment that it
 * replaces ("" for none), into an empty text. */
void stk_sticky_text_format(const struct stk_post *post, enum stk_comment_flavour flavour,
	const char *history, struct stk_sticky_text *text);
void stk_sticky_text_release(struct stk_sticky_text *text);

/* Bring the comment with this marker's key and our login up to date, or make it. Of several, the
 * oldest is it, and the others are replaced by a line that leads there; so two posters at once
 * agree on one. One that a newer run wrote stays. A POST whose answer was lost is only repeated
 * when no comment shows that it went through. */
int stk_sticky_post(const struct stk_post *post, const struct stk_sticky_api *api,
	struct stk_post_result *result, struct stk_err *err) STK_MUST_CHECK;

/* Whether the run of `other` is newer than that of `ours`: by the commit that is the head now, then
 * by the start. A start in the future of now_ns (a record may claim anything) counts as unknown. */
bool stk_sticky_is_newer(const struct stk_comment_marker *other,
	const struct stk_comment_marker *ours, const char *head_sha, int64_t now_ns);

#endif
