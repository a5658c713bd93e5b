/* links: addresses of a report's parts, built from trusted names only. */
#ifndef STK_CORE_PUBLISH_LINKS_H
#define STK_CORE_PUBLISH_LINKS_H

#include "core/base/arena.h"
#include "core/publish/publisher.h"
#include "core/report/comment.h"

/* Links for a comment: server, repository and commits as the CI or the command line says, never as
 * the record says; text in arena. What is unknown is NULL. */
void stk_links_of(
	const struct stk_post *post, struct stk_arena *arena, struct stk_comment_links *out);

/* Append "/repos/OWNER/NAME" of GitHub and Gitea. */
void stk_links_add_repository(struct stk_buf *buf, const struct stk_ci *ci);

#endif
