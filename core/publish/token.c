/* token: where a token is looked for. */
#include "core/publish/token.h"

#include "core/base/fs.h"
#include "core/base/vec.h"

#define FILE_MAX ((size_t)64 * 1024)

enum { VARIABLES_MAX = 4 };

/* Most particular first; NULL at the end. */
static const char *const variables[][VARIABLES_MAX + 1] = {
	[STK_FORGE_NONE] = {NULL},
	[STK_FORGE_GITHUB] = {"STOKER_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN", NULL},
	[STK_FORGE_GITEA] = {"STOKER_GITEA_TOKEN", "GITEA_TOKEN", "GITHUB_TOKEN", NULL},
	[STK_FORGE_GITLAB] = {"STOKER_GITLAB_TOKEN", "GITLAB_TOKEN", NULL},
};

static int take(struct stk_token *token, struct stk_str text, const char *source,
	enum stk_forge forge, struct stk_err *err)
{
	text = stk_str_trim(text);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= 0x20 || text.ptr[i] == 0x7f)
			return stk_err_set(err, STK_E_FORMAT,
				"the token in %s holds blanks or line breaks", source);
	if (!text.len)
		return stk_err_set(err, STK_E_NOT_FOUND, "the token in %s is empty", source);
	stk_secret_init(&token->secret, text);
	token->source = source;
	token->is_bot = forge == STK_FORGE_GITHUB && stk_str_starts(text, "ghs_");
	return 0;
}

static int take_file(
	struct stk_token *token, const char *path, enum stk_forge forge, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_INIT(FILE_MAX);
	int rc = stk_fs_read(path, &text, err);

	if (rc == 0)
		rc = take(token, stk_buf_str(&text), path, forge, err);
	stk_buf_release(&text);
	return rc;
}

int stk_token_find(const struct stk_env *env, enum stk_forge forge, const char *file,
	struct stk_token *out, struct stk_err *err)
{
	struct stk_buf names = STK_BUF_EMPTY;

	if (file)
		return take_file(out, file, forge, err);
	for (size_t i = 0; variables[forge][i]; i++) {
		const char *value = stk_env_get(env, variables[forge][i]);

		if (value && value[0]) {
			stk_buf_release(&names);
			return take(out, stk_str_of(value), variables[forge][i], forge, err);
		}
		stk_buf_addf(&names, "%s%s", i ? ", " : "", variables[forge][i]);
	}
	stk_err_set(err, STK_E_NOT_FOUND, "no token for %s: none of %s is set",
		stk_forge_name(forge), names.ptr);
	if (forge == STK_FORGE_GITHUB)
		stk_err_hint(err, "in Actions: env: { GITHUB_TOKEN: ${{ github.token }} }");
	else if (forge == STK_FORGE_GITLAB)
		stk_err_hint(err, "CI_JOB_TOKEN cannot write notes: put an access token with scope "
				  "api into a "
				  "masked variable STOKER_GITLAB_TOKEN");
	stk_buf_release(&names);
	return STK_E_NOT_FOUND;
}

void stk_token_release(struct stk_token *token)
{
	stk_secret_release(&token->secret);
	token->source = NULL;
}

int stk_token_get(bool again, const struct stk_secret **out, struct stk_err *err, void *ctx)
{
	const struct stk_token *token = ctx;

	if (again)
		return stk_err_set(err, STK_E_AUTH, "the token in %s was refused", token->source);
	*out = &token->secret;
	return 0;
}
