/* artifact: find and fetch the artifact in which a workflow run left its record. */
#ifndef STK_CORE_BOT_ARTIFACT_H
#define STK_CORE_BOT_ARTIFACT_H

#include "core/bot/hub.h"

#define STK_ARTIFACT_MAX ((size_t)64 << 20) /* a larger one is not fetched */

struct stk_artifact {
	int64_t id;
	int64_t size; /* packed, as GitHub says */
	int64_t run_id;
};

/* The artifact of that name of a workflow run: of its last attempt. STK_E_NOT_FOUND: it has none,
 * or it has expired. */
int stk_artifact_of_run(struct stk_hub *hub, int64_t run_id, const char *name,
	struct stk_artifact *out, struct stk_err *err) STK_MUST_CHECK;
/* The newest of that name among the repository's latest, of a workflow run for that commit. */
int stk_artifact_of_commit(struct stk_hub *hub, const char *head_sha, const char *name,
	struct stk_artifact *out, struct stk_err *err) STK_MUST_CHECK;

/* Its zip, as it is, into an empty buffer. GitHub answers with an address of a store elsewhere,
 * good for a minute: the token does not go there. STK_E_TOO_LARGE over STK_ARTIFACT_MAX;
 * STK_E_NOT_FOUND expired. */
int stk_artifact_fetch(struct stk_hub *hub, const struct stk_artifact *artifact,
	struct stk_buf *zip, struct stk_err *err) STK_MUST_CHECK;

#endif
