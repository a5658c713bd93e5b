/* access: options that name a Pyroscope and who asks it. */
#include "cmd/access.h"

#include "core/base/moment.h"
#include "core/flow/access.h"

/* "X-Team: a" */
static int add_header(struct stk_source_spec *spec, struct stk_arena *arena, const char *text,
	struct stk_err *err)
{
	struct stk_str rest = stk_str_of(text), name;

	if (!stk_str_cut(&rest, ':', &name) || !rest.ptr || stk_str_trim(name).len == 0) {
		stk_err_set(err, STK_E_INVAL, "a header is 'NAME: TEXT', not '%s'", text);
		return STK_E_INVAL;
	}
	stk_vec_push(
		&spec->headers, (struct stk_pair_text){stk_arena_str(arena, stk_str_trim(name)),
					stk_arena_str(arena, stk_str_trim(rest))});
	return 0;
}

static int check_settings(const struct stk_access_settings *settings, struct stk_err *err)
{
	if (settings->token_env && (settings->user || settings->password_env))
		return stk_err_set(err, STK_E_INVAL,
			"--token-env and --user with --password-env exclude each other");
	if (!settings->user != !settings->password_env)
		return stk_err_set(err, STK_E_INVAL, "--user and --password-env go together");
	return 0;
}

int stk_access_settings_open(struct stk_env *env, const struct stk_access_settings *settings,
	struct stk_source **out, struct stk_err *err)
{
	const char *variable = stk_env_get(env, STK_ACCESS_VARIABLE);
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_source_spec spec = {.kind = STK_SOURCE_PYROSCOPE,
		.url = settings->url           ? settings->url
		       : variable && *variable ? variable
					       : STK_ACCESS_DEFAULT,
		.tenant = settings->tenant,
		.user = settings->user,
		.password_env = settings->password_env,
		.token_env = settings->token_env};
	int rc = check_settings(settings, err);

	for (size_t i = 0; rc == 0 && i < settings->headers.texts.len; i++)
		rc = add_header(&spec, &arena, settings->headers.texts.items[i], err);
	if (rc == 0)
		rc = stk_access_open(&spec, env, 0, out, err);
	stk_vec_release(&spec.headers);
	stk_arena_release(&arena);
	return rc;
}

int stk_access_parse_range(struct stk_env *env, const char *const texts[2],
	const char *const names[2], int64_t out[2], struct stk_err *err)
{
	int64_t now = stk_clock_wall(env->clock), range[2];

	for (int i = 0; i < 2; i++) {
		int rc = stk_moment_parse(stk_str_of(texts[i]), now, &range[i], err);

		if (rc < 0) {
			stk_err_wrap(err, "%s", names[i]);
			return rc;
		}
	}
	if (range[0] >= range[1]) {
		stk_err_set(err, STK_E_INVAL, "%s %s is not before %s %s", names[0], texts[0],
			names[1], texts[1]);
		return STK_E_INVAL;
	}
	out[0] = range[0];
	out[1] = range[1];
	return 0;
}
