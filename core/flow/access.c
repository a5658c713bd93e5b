/* access: a Pyroscope as a workflow or a command line names it: where, as whom. */
#include "core/flow/access.h"

#include "core/http/client.h"
#include "core/source/pyroscope.h"

static int read_secret(
	const struct stk_env *env, const char *name, struct stk_secret *out, struct stk_err *err)
{
	const char *value;

	if (!name)
		return 0;
	value = stk_env_get(env, name);
	if (!value || !value[0]) {
		stk_err_set(err, STK_E_INVAL, "the variable %s is not set", name);
		stk_err_hint(err, "the password or token of the Pyroscope is read from there");
		return STK_E_INVAL;
	}
	stk_secret_init(out, stk_str_of(value));
	return 0;
}

int stk_access_open(const struct stk_source_spec *spec, const struct stk_env *env,
	int interrupts_seen, struct stk_source **out, struct stk_err *err)
{
	STK_VEC(struct stk_http_header) headers = STK_VEC_INIT;
	struct stk_secret secret = STK_SECRET_INIT;
	int rc = read_secret(
		env, spec->token_env ? spec->token_env : spec->password_env, &secret, err);

	for (size_t i = 0; i < spec->headers.len; i++)
		stk_vec_push(
			&headers, (struct stk_http_header){stk_str_of(spec->headers.items[i].name),
					  stk_str_of(spec->headers.items[i].value)});
	if (rc == 0)
		rc = stk_source_pyroscope_new(&(struct stk_source_pyroscope_opts){.url = spec->url,
						      .tenant = spec->tenant,
						      .user = spec->user,
						      .secret = secret.text ? &secret : NULL,
						      .headers = headers.items,
						      .headers_len = headers.len,
						      .concurrency = spec->concurrency,
						      .clock = env->clock,
						      .interrupts = env->interrupts,
						      .interrupts_seen = interrupts_seen},
			out, err);
	stk_secret_release(&secret);
	stk_vec_release(&headers);
	return rc;
}
