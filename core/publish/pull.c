/* pull: pull requests by number and by head. */
#include "core/publish/pull.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/http/url.h"
#include "core/publish/links.h"

#define PERMISSION "pull-requests: read"

static bool is_second_workflow(const struct stk_ci *ci)
{
	return ci->event && strcmp(ci->event, "workflow_run") == 0;
}

static struct stk_str sha_of(struct stk_json *pull)
{
	return stk_json_str(stk_json_pointer(pull, STK_STR("/head/sha")));
}

static int read_pull(struct stk_ci *ci, struct stk_rest *rest, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_rest_request request = {.method = "GET", .permission = PERMISSION};
	struct stk_buf path = STK_BUF_EMPTY;
	struct stk_str sha;
	int rc;

	stk_links_add_repository(&path, ci);
	stk_buf_addf(&path, "/pulls/%lld", (long long)ci->number);
	request.path = path.ptr;
	rc = stk_rest_send(rest, &request, &answer, err);
	if (rc < 0 || stk_rest_is_dry(rest))
		goto out;
	sha = sha_of(answer.json);
	if (!stk_ci_is_sha(sha))
		rc = stk_err_set(err, STK_E_FORMAT, "pull request %lld has no head commit",
			(long long)ci->number);
	else if (is_second_workflow(ci) && ci->head_sha &&
		 !stk_str_eq_nocase(sha, stk_str_of(ci->head_sha)))
		rc = stk_err_set(err, STK_E_AUTH,
			"pull request %lld is at %.12s, the workflow run was for %.12s: nothing "
			"is posted there",
			(long long)ci->number, sha.ptr, ci->head_sha);
	else if (!ci->head_sha)
		ci->head_sha = stk_arena_str(&ci->arena, sha);
out:
	stk_rest_answer_release(&answer);
	stk_buf_release(&path);
	return rc;
}

static int look(struct stk_json *pull, void *ctx)
{
	struct stk_ci *ci = ctx;

	if (!stk_str_eq_nocase(sha_of(pull), stk_str_of(ci->head_sha)))
		return 0;
	ci->number = stk_json_int(stk_json_get(pull, "number"), 0);
	ci->base_ref = stk_arena_str(
		&ci->arena, stk_json_str(stk_json_pointer(pull, STK_STR("/base/ref"))));
	return ci->number > 0;
}

/* The event of a fork's run names no pull request: search by owner and branch, believe the commit.
 */
static int search(struct stk_ci *ci, struct stk_rest *rest, struct stk_err *err)
{
	struct stk_rest_list list = {.permission = PERMISSION};
	struct stk_buf path = STK_BUF_EMPTY;
	int rc;

	stk_links_add_repository(&path, ci);
	stk_buf_add_text(&path, "/pulls?state=open&head=");
	stk_url_escape(&path, stk_str_of(ci->head_owner));
	stk_buf_add_text(&path, "%3A");
	stk_url_escape(&path, stk_str_of(ci->head_ref));
	stk_buf_add_text(&path, "&per_page=100");
	list.path = path.ptr;
	rc = stk_rest_each(rest, &list, look, ci, err);
	stk_buf_release(&path);
	return rc;
}

int stk_pull_complete(struct stk_ci *ci, struct stk_rest *rest, struct stk_err *err)
{
	if (ci->forge != STK_FORGE_GITHUB && ci->forge != STK_FORGE_GITEA)
		return 0;
	if (ci->number > 0 && (!ci->head_sha || is_second_workflow(ci)))
		return read_pull(ci, rest, err);
	if (ci->number == 0 && is_second_workflow(ci) && ci->head_sha && ci->head_owner &&
		ci->head_ref)
		return search(ci, rest, err);
	return 0;
}
