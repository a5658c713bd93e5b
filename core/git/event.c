/* event: what a CI system says about the change it runs for. */
#include "core/git/event.h"

#include <string.h>

#include "core/base/fs.h"
#include "core/base/json.h"

#define EVENT_MAX ((size_t)32 << 20) /* GitHub sends at most 25 MB */

/* A full name that is not all zeros (a branch that was just made has those before it). */
static void take_id(struct stk_str text, struct stk_repo_id *out)
{
	bool zero = true;

	if (text.len + 1 != sizeof out->hex)
		return;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return;
		zero = zero && c == '0';
	}
	if (zero)
		return;
	memcpy(out->hex, text.ptr, text.len);
	out->hex[text.len] = '\0';
}

/* git's own rule (git check-ref-format) as far as it matters where names are shown. */
static void take_ref(struct stk_str text, char out[256])
{
	if (text.len == 0 || text.len > 255 || !stk_str_is_utf8(text))
		return;
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
			return;
	memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
}

static void parse_request(struct stk_json *event, struct stk_json *request, struct stk_event *out)
{
	struct stk_json *base = stk_json_get(request, "base"),
			*head = stk_json_get(request, "head");
	int64_t number = stk_json_int(
		stk_json_get(request, "number"), stk_json_int(stk_json_get(event, "number"), 0));

	out->kind = STK_EVENT_REQUEST;
	out->number = number > 0 ? number : 0;
	take_id(stk_json_str(stk_json_get(base, "sha")), &out->base);
	take_id(stk_json_str(stk_json_get(head, "sha")), &out->head);
	take_ref(stk_json_str(stk_json_get(base, "ref")), out->base_ref);
	take_ref(stk_json_str(stk_json_get(head, "ref")), out->head_ref);
}

static struct stk_str branch_of(struct stk_str ref)
{
	return stk_str_starts(ref, "refs/heads/") ? stk_str_skip(ref, 11) : ref;
}

static void parse_group(struct stk_json *group, struct stk_event *out)
{
	out->kind = STK_EVENT_REQUEST;
	take_id(stk_json_str(stk_json_get(group, "base_sha")), &out->base);
	take_id(stk_json_str(stk_json_get(group, "head_sha")), &out->head);
	take_ref(branch_of(stk_json_str(stk_json_get(group, "base_ref"))), out->base_ref);
	take_ref(branch_of(stk_json_str(stk_json_get(group, "head_ref"))), out->head_ref);
}

static void parse_push(struct stk_json *event, struct stk_event *out)
{
	struct stk_str branch = branch_of(stk_json_str(stk_json_get(event, "ref")));
	struct stk_str main_branch =
		stk_json_str(stk_json_get(stk_json_get(event, "repository"), "default_branch"));

	if (branch.len == 0 || !stk_str_eq(branch, main_branch))
		return;
	take_id(stk_json_str(stk_json_get(event, "before")), &out->base);
	take_ref(branch, out->base_ref);
	if (out->base.hex[0])
		out->kind = STK_EVENT_PUSH;
}

int stk_event_parse(struct stk_str json, struct stk_event *out, struct stk_err *err)
{
	struct stk_json *event = NULL, *part;
	int rc = stk_json_parse(json, &event, err);

	if (rc < 0)
		return rc;
	*out = (struct stk_event){.kind = STK_EVENT_NONE};
	if ((part = stk_json_get(event, "pull_request")))
		parse_request(event, part, out);
	else if ((part = stk_json_get(event, "merge_group")))
		parse_group(part, out);
	else if (stk_json_get(event, "before"))
		parse_push(event, out);
	stk_json_free(event);
	return 0;
}

static int read_github(const char *path, struct stk_event *out, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_INIT(EVENT_MAX);
	int rc = stk_fs_read(path, &text, err);

	if (rc == 0)
		rc = stk_event_parse(stk_buf_str(&text), out, err);
	if (rc < 0)
		(void)stk_err_wrap(err, "GITHUB_EVENT_PATH"); /* rc is the same */
	stk_buf_release(&text);
	return rc;
}

static struct stk_str variable(const struct stk_env *env, const char *name)
{
	return stk_str_of(stk_env_get(env, name));
}

static void read_gitlab(const struct stk_env *env, struct stk_event *out)
{
	struct stk_str source = variable(env, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");

	out->kind = STK_EVENT_REQUEST;
	take_id(variable(env, "CI_MERGE_REQUEST_DIFF_BASE_SHA"), &out->base);
	/* set only where CI_COMMIT_SHA is a merge that GitLab made */
	take_id(source.len ? source : variable(env, "CI_COMMIT_SHA"), &out->head);
	take_ref(variable(env, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"), out->base_ref);
	take_ref(variable(env, "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"), out->head_ref);
	if (stk_str_to_i64(variable(env, "CI_MERGE_REQUEST_IID"), &out->number, NULL) < 0)
		out->number = 0;
}

int stk_event_read(const struct stk_env *env, struct stk_event *out, struct stk_err *err)
{
	const char *path = stk_env_get(env, "GITHUB_EVENT_PATH");

	*out = (struct stk_event){.kind = STK_EVENT_NONE};
	if (path && path[0])
		return read_github(path, out, err);
	if (variable(env, "CI_MERGE_REQUEST_IID").len > 0)
		read_gitlab(env, out);
	return 0;
}

bool stk_event_in_ci(const struct stk_env *env)
{
	struct stk_str ci = variable(env, "CI");

	return ci.len > 0 && !stk_str_is(ci, "false") && !stk_str_is(ci, "0");
}
