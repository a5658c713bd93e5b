/* test_publish: which publishers are called for whom, and what is said of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/publish/publish.h"
#include "core/record/run_store.h"

struct scene {
	struct stk_run run;
	struct stk_buf said, dry;
	struct stk_env env;
	struct stk_publish_opts opts;
	struct stk_err err;
};

static void on_say(const char *line, void *ctx)
{
	struct scene *s = ctx;

	stk_buf_addf(&s->said, "%s\n", line);
}

static void on_warn(const struct stk_err *err, void *ctx)
{
	struct scene *s = ctx;

	stk_buf_addf(&s->said, "warning: %s\n", err->msg);
}

static int publish(struct scene *s, const char *const *environ_, const char *const *to, size_t len)
{
	int rc;

	memset(s, 0, sizeof *s);
	stk_buf_init(&s->said, 0);
	stk_buf_init(&s->dry, 0);
	stk_run_init(&s->run);
	assert_int_equal(
		stk_run_store_read("tests/fixtures/runs/regression.json", &s->run, &s->err), 0);
	s->env.environ_ = environ_;
	s->opts = (struct stk_publish_opts){.env = &s->env,
		.run = &s->run,
		.to = to,
		.to_len = len,
		.dry = &s->dry,
		.say = on_say,
		.warn = on_warn,
		.ctx = s};
	rc = stk_publish(&s->opts, &s->err);
	return rc;
}

static void end(struct scene *s)
{
	stk_run_release(&s->run);
	stk_buf_release(&s->said);
	stk_buf_release(&s->dry);
}

static void publish__knows_where_it_is(void **state)
{
	static const char *const none[] = {NULL};
	static const char *const github[] = {"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=acme/shop",
		"GITHUB_API_URL=https://ghe.test/api/v3",
		"GITHUB_SHA=2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91", NULL};
	static const char *const gitlab[] = {"GITLAB_CI=true", NULL};
	static const char *const wrong[] = {"coment"}, *const check[] = {"check"};
	struct scene s;

	(void)state;
	assert_int_equal(publish(&s, none, NULL, 0), STK_E_INVAL);
	assert_false(stk_publish_is_ci(&s.env));
	end(&s);
	assert_int_equal(publish(&s, github, wrong, 1), STK_E_INVAL);
	assert_non_null(strstr(s.err.msg, "'coment'"));
	end(&s);
	assert_int_equal(publish(&s, gitlab, check, 1), 0);
	assert_true(stk_publish_is_ci(&s.env));
	assert_string_equal(s.said.ptr, "check: not on GitLab\n");
	end(&s);
	/* a push: no pull request to comment on, but a commit for the check */
	assert_int_equal(publish(&s, github, NULL, 0), 0);
	assert_string_equal(s.said.ptr, "comment: no pull request here\n");
	assert_non_null(
		strstr(s.dry.ptr, "POST https://ghe.test/api/v3/repos/acme/shop/check-runs\n"));
	assert_non_null(strstr(s.dry.ptr, "append to GITHUB_OUTPUT\nverdict<<stk_"));
	end(&s);
}

static void publish__goes_on_without_a_token(void **state)
{
	static const char *const github[] = {"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=acme/shop",
		"GITHUB_API_URL=http://127.0.0.1:1",
		"GITHUB_SHA=2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91", NULL};
	struct scene s;

	(void)state;
	assert_int_equal(publish(&s, github, NULL, 0), 0);
	stk_buf_clear(&s.said);
	s.opts.dry = NULL;
	assert_int_equal(stk_publish(&s.opts, &s.err), STK_E_NOT_FOUND);
	assert_string_equal(s.said.ptr,
		"warning: no token for GitHub: none of STOKER_GITHUB_TOKEN, GITHUB_TOKEN, GH_TOKEN "
		"is set\nsummary: no GITHUB_STEP_SUMMARY here\noutputs: no GITHUB_OUTPUT here\n");
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(publish__knows_where_it_is),
		cmocka_unit_test(publish__goes_on_without_a_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
