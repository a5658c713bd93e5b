/* comment: the sticky comment on a pull request of GitHub or Gitea. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/publish/links.h"
#include "core/publish/publishers.h"
#include "core/publish/sticky.h"

#define PERMISSION "pull-requests: write"

static bool is_gitea(const struct stk_post *post)
{
	return post->ci->forge == STK_FORGE_GITEA;
}

/* Who a job's own token is, which cannot ask. */
static const char *actions_login(const struct stk_post *post)
{
	if (!is_gitea(post))
		return "github-actions[bot]";
	return stk_env_get(post->env, "FORGEJO_ACTIONS") ? "forgejo-actions" : "gitea-actions";
}

/* Whose comments are ours. The tokens of Actions and of Apps (ghs_…) cannot ask; who gives another
 * App's token says its name by --author. */
static int find_login(const struct stk_post *post, char **out, struct stk_err *err)
{
	struct stk_rest_request request = {.method = "GET", .path = "/user"};
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	const char *login = post->opts->author;
	int rc = 0;

	if (!login && post->is_bot_token)
		login = actions_login(post);
	if (!login) {
		rc = stk_rest_send(post->rest, &request, &answer, err);
		login = rc == 0 ? stk_json_text(
					  stk_json_get(answer.json, "login"), actions_login(post))
				: actions_login(post);
		if (answer.status == 403) /* an installation's or a job's token */
			rc = 0;
	}
	if (rc == 0)
		*out = stk_xstrdup(login);
	stk_rest_answer_release(&answer);
	return rc;
}

/* The head of the pull request now: it may have moved on since the run. */
static int find_head(const struct stk_post *post, const char *repository, char **out)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	char *path = stk_xasprintf("%s/pulls/%lld", repository, (long long)post->ci->number);
	struct stk_rest_request request = {.method = "GET", .path = path};
	struct stk_str sha = {NULL, 0};

	/* without it the runs' times decide */
	if (stk_rest_send(post->rest, &request, &answer, NULL) == 0)
		sha = stk_json_str(stk_json_pointer(answer.json, STK_STR("/head/sha")));
	*out = stk_ci_is_sha(sha) ? stk_str_dup(sha) : NULL;
	stk_rest_answer_release(&answer);
	free(path);
	return 0;
}

static int post_comment(
	const struct stk_post *post, struct stk_post_result *result, struct stk_err *err)
{
	struct stk_buf repository = STK_BUF_EMPTY;
	struct stk_sticky_api api = {
		.update_method = "PATCH", .author = "/user/login", .permission = PERMISSION};
	char *login = NULL, *head = NULL, *list, *create, *item;
	int rc;

	stk_links_add_repository(&repository, post->ci);
	create = stk_xasprintf(
		"%s/issues/%lld/comments", repository.ptr, (long long)post->ci->number);
	/* Gitea ignores the page, gives all at once and links to none: one round */
	list = stk_xasprintf("%s?%s", create, is_gitea(post) ? "limit=50" : "per_page=100");
	item = stk_xasprintf("%s/issues/comments", repository.ptr);
	api.flavour = is_gitea(post) ? STK_COMMENT_GITEA : STK_COMMENT_GITHUB;
	rc = find_login(post, &login, err);
	if (rc == 0)
		rc = find_head(post, repository.ptr, &head);
	api.list = list;
	api.create = create;
	api.item = item;
	api.login = login;
	api.head_sha = head;
	if (rc == 0)
		rc = stk_sticky_post(post, &api, result, err);
	free(list);
	free(create);
	free(item);
	free(login);
	free(head);
	stk_buf_release(&repository);
	return rc;
}

const struct stk_publisher stk_publisher_comment = {
	.name = "comment",
	.forges = STK_FORGE_BIT(STK_FORGE_GITHUB) | STK_FORGE_BIT(STK_FORGE_GITEA),
	.is_remote = true,
	.needs_number = true,
	.permission = PERMISSION,
	.post = post_comment,
};
