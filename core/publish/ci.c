/* ci: the environment of a CI job and its event file, read with distrust. */
#include "core/publish/ci.h"

#include <string.h>

#include "core/base/fs.h"
#include "core/base/json.h"
#include "core/http/url.h"
#include "core/report/text.h"

#define EVENT_MAX ((size_t)25 << 20) /* GitHub's own limit of a payload */

const char *stk_forge_name(enum stk_forge forge)
{
	static const char *const names[] = {"none", "GitHub", "Gitea", "GitLab"};

	return names[forge];
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

static bool is_name(struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_name_byte(text.ptr[i]))
			return false;
	return text.len > 0 && text.len <= 100 && !stk_str_is(text, ".") && !stk_str_is(text, "..");
}

bool stk_ci_is_repository(struct stk_str text)
{
	ptrdiff_t slash = stk_str_find_byte(text, '/');

	return slash > 0 && is_name(stk_str_sub(text, 0, (size_t)slash)) &&
	       is_name(stk_str_skip(text, (size_t)slash + 1));
}

bool stk_ci_is_sha(struct stk_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("0123456789abcdefABCDEF", text.ptr[i]) || !text.ptr[i])
			return false;
	return text.len >= 7 && text.len <= 64;
}

/* A copy without what drives a terminal; NULL for nothing. */
static const char *keep(struct stk_ci *ci, struct stk_str text)
{
	struct stk_buf plain = STK_BUF_EMPTY;
	const char *copy = NULL;

	stk_text_add_plain(&plain, stk_str_sub(text, 0, 1024));
	if (plain.len)
		copy = stk_arena_str(&ci->arena, stk_buf_str(&plain));
	stk_buf_release(&plain);
	return copy;
}

static const char *keep_sha(struct stk_ci *ci, struct stk_str text)
{
	return stk_ci_is_sha(text) ? stk_arena_str(&ci->arena, text) : NULL;
}

static const char *keep_url(struct stk_ci *ci, struct stk_str text)
{
	struct stk_url url;

	while (text.len && text.ptr[text.len - 1] == '/')
		text.len--;
	if (stk_url_parse(text, &url, NULL) < 0 || url.userinfo.len)
		return NULL;
	return stk_arena_str(&ci->arena, text);
}

static struct stk_str var(const struct stk_env *env, const char *name)
{
	return stk_str_of(stk_env_get(env, name));
}

static int64_t var_int(const struct stk_env *env, const char *name)
{
	int64_t value = 0;

	if (stk_str_to_i64(var(env, name), &value, NULL) < 0 || value < 0)
		return 0;
	return value;
}

static struct stk_str text_at(struct stk_json *event, const char *pointer)
{
	return stk_json_str(stk_json_pointer(event, stk_str_of(pointer)));
}

/* Repository and owner of the head, and whether the token may write for it. */
static void read_head_repository(struct stk_ci *ci, struct stk_json *head, struct stk_str actor)
{
	struct stk_str name = text_at(head, "/full_name");

	if (stk_ci_is_repository(name)) {
		ci->head_repository = stk_arena_str(&ci->arena, name);
		ci->head_owner = stk_arena_str(
			&ci->arena, stk_str_sub(name, 0, (size_t)stk_str_find_byte(name, '/')));
	}
	if (!ci->head_repository || !ci->repository ||
		!stk_str_eq_nocase(name, stk_str_of(ci->repository)))
		ci->why_read_only = "fork pull request";
	else if (stk_str_is(actor, "dependabot[bot]"))
		ci->why_read_only = "pull request of Dependabot";
}

static void read_pull_request(struct stk_ci *ci, struct stk_json *event, struct stk_str actor)
{
	struct stk_json *pull = stk_json_get(event, "pull_request");

	ci->number = stk_json_int(stk_json_get(pull, "number"), 0);
	ci->merge_sha = ci->head_sha;
	ci->head_sha = keep_sha(ci, text_at(pull, "/head/sha"));
	ci->head_ref = keep(ci, text_at(pull, "/head/ref"));
	ci->base_sha = keep_sha(ci, text_at(pull, "/base/sha"));
	ci->base_ref = keep(ci, text_at(pull, "/base/ref"));
	read_head_repository(ci, stk_json_pointer(pull, STK_STR("/head/repo")), actor);
	/* the base branch's workflow, with a token that writes, whoever asks */
	if (ci->event && strcmp(ci->event, "pull_request_target") == 0)
		ci->why_read_only = NULL;
}

/* The second workflow: its token writes, so nothing is read-only; a fork's pull request is looked
 * for by owner and branch, as the event does not name it. */
static void read_workflow_run(struct stk_ci *ci, struct stk_json *event)
{
	struct stk_json *run = stk_json_get(event, "workflow_run");
	struct stk_json *pulls = stk_json_get(run, "pull_requests");

	ci->head_sha = keep_sha(ci, text_at(run, "/head_sha"));
	ci->head_ref = keep(ci, text_at(run, "/head_branch"));
	read_head_repository(ci, stk_json_get(run, "head_repository"), stk_str_n("", 0));
	ci->why_read_only = NULL;
	if (stk_json_len(pulls) == 1)
		ci->number = stk_json_int(stk_json_get(stk_json_at(pulls, 0), "number"), 0);
}

static void read_event(struct stk_ci *ci, const struct stk_env *env, const char *path)
{
	struct stk_buf text = STK_BUF_INIT(EVENT_MAX);
	struct stk_json *event = NULL;
	struct stk_err err = STK_ERR_INIT;
	struct stk_str actor = var(env, "GITHUB_ACTOR");

	if (stk_fs_read(path, &text, &err) < 0 ||
		stk_json_parse(stk_buf_str(&text), &event, &err) < 0) {
		ci->event_trouble = keep(ci, stk_str_of(err.msg));
	} else if (stk_json_get(event, "pull_request")) {
		read_pull_request(ci, event, actor);
	} else if (stk_json_get(event, "workflow_run")) {
		read_workflow_run(ci, event);
	} else if (stk_json_pointer(event, STK_STR("/issue/pull_request"))) {
		ci->number = stk_json_int(stk_json_pointer(event, STK_STR("/issue/number")), 0);
		ci->head_sha = NULL; /* the default branch's: not what the comment is about */
	}
	if (ci->number < 0)
		ci->number = 0;
	ci->is_read_only = ci->why_read_only != NULL;
	stk_json_free(event);
	stk_buf_release(&text);
}

static void read_actions(struct stk_ci *ci, const struct stk_env *env)
{
	const char *event_path = stk_env_get(env, "GITHUB_EVENT_PATH");
	struct stk_str api = var(env, "GITHUB_API_URL"), repository = var(env, "GITHUB_REPOSITORY");
	bool is_gitea = var(env, "GITEA_ACTIONS").len || var(env, "FORGEJO_ACTIONS").len ||
			stk_str_ends(api, "/api/v1");

	ci->forge = is_gitea ? STK_FORGE_GITEA : STK_FORGE_GITHUB;
	ci->is_ci = true;
	if (stk_ci_is_repository(repository))
		ci->repository = stk_arena_str(&ci->arena, repository);
	ci->api_url = keep_url(ci, api);
	ci->server_url = keep_url(ci, var(env, "GITHUB_SERVER_URL"));
	ci->event = keep(ci, var(env, "GITHUB_EVENT_NAME"));
	ci->head_sha = keep_sha(ci, var(env, "GITHUB_SHA"));
	ci->run_number = var_int(env, "GITHUB_RUN_NUMBER");
	ci->run_attempt = var_int(env, "GITHUB_RUN_ATTEMPT");
	ci->summary_path = keep(ci, var(env, "GITHUB_STEP_SUMMARY"));
	ci->output_path = keep(ci, var(env, "GITHUB_OUTPUT"));
	if (ci->server_url && ci->repository && var_int(env, "GITHUB_RUN_ID"))
		ci->run_url = stk_arena_printf(&ci->arena, "%s/%s/actions/runs/%lld",
			ci->server_url, ci->repository, (long long)var_int(env, "GITHUB_RUN_ID"));
	if (event_path && event_path[0])
		read_event(ci, env, event_path);
}

static void read_gitlab(struct stk_ci *ci, const struct stk_env *env)
{
	struct stk_str source = var(env, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
	struct stk_str from = var(env, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID");
	struct stk_str id = var(env, "CI_PROJECT_ID");
	int64_t number;

	ci->forge = STK_FORGE_GITLAB;
	ci->is_ci = true;
	if (stk_str_to_i64(id, &number, NULL) == 0)
		ci->repository = stk_arena_str(&ci->arena, id);
	ci->api_url = keep_url(ci, var(env, "CI_API_V4_URL"));
	ci->server_url = keep_url(ci, var(env, "CI_PROJECT_URL"));
	ci->event = keep(ci, var(env, "CI_PIPELINE_SOURCE"));
	ci->number = var_int(env, "CI_MERGE_REQUEST_IID");
	/* only set where the pipeline runs on a merged result */
	ci->head_sha = keep_sha(ci, source.len ? source : var(env, "CI_COMMIT_SHA"));
	if (source.len)
		ci->merge_sha = keep_sha(ci, var(env, "CI_COMMIT_SHA"));
	ci->base_sha = keep_sha(ci, var(env, "CI_MERGE_REQUEST_DIFF_BASE_SHA"));
	ci->base_ref = keep(ci, var(env, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"));
	ci->head_ref = keep(ci, var(env, "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"));
	ci->run_number = var_int(env, "CI_PIPELINE_IID");
	ci->run_url = keep_url(ci, var(env, "CI_JOB_URL"));
	if (from.len && !stk_str_eq(from, id)) {
		ci->is_read_only = true;
		ci->why_read_only = "fork merge request";
	}
}

void stk_ci_init(struct stk_ci *ci, const struct stk_env *env)
{
	memset(ci, 0, sizeof *ci);
	if (stk_str_is(var(env, "GITHUB_ACTIONS"), "true"))
		read_actions(ci, env);
	else if (stk_str_is(var(env, "GITLAB_CI"), "true"))
		read_gitlab(ci, env);
	else
		ci->api_url = keep_url(ci, var(env, "GITHUB_API_URL"));
}

void stk_ci_release(struct stk_ci *ci)
{
	stk_arena_release(&ci->arena);
	memset(ci, 0, sizeof *ci);
}

bool stk_ci_split_remote(struct stk_str remote, struct stk_str *host, struct stk_str *path)
{
	struct stk_url url;
	ptrdiff_t at, colon;

	if (stk_url_parse(remote, &url, NULL) == 0) {
		*host = url.host;
		*path = stk_str_skip(url.path, 1);
	} else {
		at = stk_str_find_byte(remote, '@');
		remote = stk_str_starts(remote, "ssh://") || at < 0
				 ? stk_str_n("", 0)
				 : stk_str_skip(remote, (size_t)at + 1);
		colon = stk_str_find_byte(remote, ':');
		if (colon < 0)
			return false;
		*host = stk_str_sub(remote, 0, (size_t)colon);
		*path = stk_str_skip(remote, (size_t)colon + 1);
	}
	if (stk_str_ends(*path, ".git"))
		path->len -= 4;
	return stk_ci_is_repository(*path);
}

/* Outside of CI. A record may come from a stranger: its remote may name a repository of github.com,
 * but no other host that the token would be sent to. */
static void from_remote(struct stk_ci *ci, const char *remote)
{
	struct stk_str host, path;

	if (!ci->api_url)
		ci->api_url = "https://api.github.com";
	if (strcmp(ci->api_url, "https://api.github.com") != 0)
		return;
	if (!ci->server_url)
		ci->server_url = "https://github.com";
	if (remote && !ci->repository && stk_ci_split_remote(stk_str_of(remote), &host, &path) &&
		stk_str_eq_nocase(host, STK_STR("github.com")))
		ci->repository = stk_arena_str(&ci->arena, path);
}

int stk_ci_override(struct stk_ci *ci, const struct stk_ci_given *given, struct stk_err *err)
{
	if (given->repository) {
		if (!stk_ci_is_repository(stk_str_of(given->repository)))
			return stk_err_set(err, STK_E_INVAL,
				"repository '%s': OWNER/NAME is wanted", given->repository);
		ci->repository = stk_arena_dup(&ci->arena, given->repository);
	}
	if (given->api_url) {
		ci->api_url = keep_url(ci, stk_str_of(given->api_url));
		if (!ci->api_url)
			return stk_err_set(err, STK_E_INVAL,
				"API URL '%s': http(s)://HOST/PATH is wanted", given->api_url);
		if (stk_str_ends(stk_str_of(ci->api_url), "/api/v1"))
			ci->forge = STK_FORGE_GITEA;
	}
	if (given->sha && !stk_ci_is_sha(stk_str_of(given->sha)))
		return stk_err_set(
			err, STK_E_INVAL, "commit '%s': its hex digits are wanted", given->sha);
	if (given->sha)
		ci->head_sha = stk_arena_dup(&ci->arena, given->sha);
	if (given->number > 0 && given->number != ci->number) {
		ci->number = given->number;
		/* the event's commit is another one's, but that of a finished run checks the claim
		 */
		if (!given->sha && !stk_str_is(stk_str_of(ci->event), "workflow_run"))
			ci->head_sha = NULL;
	}
	if (given->server_url)
		ci->server_url = keep_url(ci, stk_str_of(given->server_url));
	if (given->run_url)
		ci->run_url = keep_url(ci, stk_str_of(given->run_url));
	if (ci->is_ci)
		return 0;
	if (ci->forge == STK_FORGE_NONE && (given->repository || given->api_url || given->number))
		ci->forge = STK_FORGE_GITHUB;
	from_remote(ci, given->remote);
	return 0;
}
