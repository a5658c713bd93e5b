/* test_task: one delivery, handled against canned answers; records that claim to be others'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/bot/task_priv.h"
#include "tests/support/fake_http.h"

#define SHA "2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91"

static int check_record(const char *remote, const char *revision, struct stk_err *err)
{
	struct stk_task_scope scope = {"acme/shop", "stranger/fork", SHA};
	struct stk_run run;
	int rc;

	stk_run_init(&run);
	run.repository.remote = remote;
	run.sides[STK_SIDE_HEAD].revision = revision;
	rc = stk_task_check_record(&run, &scope, err);
	stk_run_release(&run);
	return rc;
}

static void task_check_record__wants_commit_and_repository(void **state)
{
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(check_record(NULL, NULL, &err), 0);
	assert_int_equal(check_record("https://github.com/Acme/Shop.git", SHA, &err), 0);
	assert_int_equal(check_record("git@github.com:stranger/fork.git", "2D91E07", &err), 0);
	assert_int_equal(check_record("/srv/git/shop", "v1.4", &err), 0);
	assert_int_equal(check_record("https://github.com/acme/other", SHA, &err), STK_E_AUTH);
	assert_non_null(strstr(err.msg, "acme/other"));
	assert_int_equal(check_record(NULL, "1111111", &err), STK_E_AUTH);
	assert_int_equal(check_record(NULL, SHA "00", &err), STK_E_AUTH);
}

struct world {
	struct fake_http *fake;
	struct stk_secret token;
	struct stk_hub *hub;
	struct stk_ledger *ledger;
	struct stk_task_settings settings;
	struct stk_buf said;
};

static void on_say(const char *line, void *ctx)
{
	struct world *world = ctx;

	stk_buf_addf(&world->said, "%s\n", line);
}

static void begin(struct world *world, const struct fake_http_reply *replies, size_t len)
{
	struct stk_hub_opts opts = {.token_source = "TOKEN", .user_agent = "stoker/1"};
	struct stk_ledger_opts ledger = {.path = ":memory:"};

	memset(world, 0, sizeof *world);
	stk_buf_init(&world->said, 0);
	world->fake = fake_http_start(replies, len);
	stk_secret_init(&world->token, STK_STR("t0ken"));
	opts.api_url = fake_http_url(world->fake);
	opts.token = &world->token;
	assert_int_equal(stk_hub_new(&opts, &world->hub, NULL), 0);
	assert_int_equal(stk_ledger_open(&ledger, &world->ledger, NULL), 0);
	world->settings =
		(struct stk_task_settings){.workflow = "stoker.yml", .artifact = "stoker-record"};
}

static void end(struct world *world)
{
	stk_ledger_close(world->ledger);
	stk_hub_free(world->hub);
	stk_secret_release(&world->token);
	stk_buf_release(&world->said);
	fake_http_stop(world->fake);
}

static enum stk_task_end run_task(
	struct world *world, const struct stk_delivery *delivery, struct stk_err *err)
{
	struct stk_task task = {.hub = world->hub,
		.ledger = world->ledger,
		.settings = &world->settings,
		.delivery = delivery,
		.id = "d-1",
		.say = on_say,
		.ctx = world};

	return stk_task_run(&task, err);
}

static const struct stk_delivery comment = {.kind = STK_DELIVERY_COMMENT,
	.repository = "acme/shop",
	.at_ns = INT64_C(1795358285) * STK_NS_PER_S,
	.number = 12,
	.comment_id = 5,
	.login = "dev",
	.text = "/stoker help"};

#define MAY_WRITE                                                                                  \
	{                                                                                          \
		.path = "/repos/acme/shop/collaborators/dev/permission", .status = 200,            \
		.body = STK_STR("{\"permission\":\"write\"}")                                      \
	}

static void task_run__reacts_before_it_answers(void **state)
{
	const struct fake_http_reply replies[] = {
		MAY_WRITE, {.method = "POST", .path = "*", .status = 201, .body = STK_STR("{}")}};
	struct stk_err err = STK_ERR_INIT;
	struct world world;

	(void)state;
	begin(&world, replies, 2);
	assert_int_equal(run_task(&world, &comment, &err), STK_TASK_DONE);
	assert_int_equal(fake_http_len(world.fake), 3);
	assert_string_equal(fake_http_at(world.fake, 1)->target,
		"/repos/acme/shop/issues/comments/5/reactions");
	assert_true(stk_str_is(fake_http_at(world.fake, 1)->body, "{\"content\":\"eyes\"}"));
	assert_string_equal(
		fake_http_at(world.fake, 2)->target, "/repos/acme/shop/issues/12/comments");
	end(&world);
}

static void task_run__tells_what_may_pass_from_what_will_not(void **state)
{
	const struct fake_http_reply refused[] = {{.path = "*", .status = 401}};
	const struct fake_http_reply forbidden[] = {{.path = "*", .status = 403}};
	struct stk_err err = STK_ERR_INIT;
	struct stk_delivery foreign = comment;
	struct world world;

	(void)state;
	begin(&world, refused, 1);
	assert_int_equal(run_task(&world, &comment, &err), STK_TASK_RETRY);
	end(&world);
	begin(&world, forbidden, 1);
	assert_int_equal(run_task(&world, &comment, &err), STK_TASK_HOPELESS);
	foreign.repository = "no repository";
	assert_int_equal(run_task(&world, &foreign, &err), STK_TASK_HOPELESS);
	end(&world);
}

static void task_run__tells_who_asked_why_it_failed(void **state)
{
	const struct fake_http_reply replies[] = {MAY_WRITE,
		{.method = "POST", .path = "*", .status = 201, .body = STK_STR("{}")},
		{.path = "/repos/acme/shop/pulls/12",
			.status = 404,
			.body = STK_STR("{\"message\":\"gone @octocat\"}")}};
	struct stk_delivery run = comment;
	struct stk_err err = STK_ERR_INIT;
	struct world world;

	(void)state;
	run.text = "/stoker run";
	begin(&world, replies, 3);
	assert_int_equal(run_task(&world, &run, &err), STK_TASK_DONE);
	assert_true(stk_str_contains(
		fake_http_at(world.fake, 3)->body, STK_STR("That did not work: ")));
	assert_false(stk_str_contains(fake_http_at(world.fake, 3)->body, STK_STR(" @octocat")));
	assert_non_null(strstr(world.said.ptr, "/stoker run on acme/shop#12"));
	end(&world);
}

static void task_run__leaves_runs_without_a_record_alone(void **state)
{
	const struct fake_http_reply replies[] = {
		{.path = "/repos/acme/shop/pulls",
			.status = 200,
			.body = STK_STR("[{\"number\":12,\"head\":{\"sha\":\"" SHA "\"}}]")},
		{.path = "/repos/acme/shop/actions/runs/77/artifacts",
			.status = 200,
			.body = STK_STR("{\"artifacts\":[]}")}};
	struct stk_delivery finished = {.kind = STK_DELIVERY_FINISHED,
		.repository = "acme/shop",
		.run_id = 77,
		.event = "pull_request",
		.head_sha = SHA,
		.head_branch = "x",
		.head_repository = "stranger/shop",
		.head_owner = "stranger"};
	struct stk_err err = STK_ERR_INIT;
	struct world world;

	(void)state;
	begin(&world, replies, 2);
	assert_int_equal(run_task(&world, &finished, &err), STK_TASK_DONE);
	assert_non_null(strstr(world.said.ptr, "run 77: there is no artifact 'stoker-record'"));
	/* nobody asked for a run by hand */
	finished.event = "workflow_dispatch";
	finished.title = "by hand";
	assert_int_equal(run_task(&world, &finished, &err), STK_TASK_DONE);
	assert_int_equal(fake_http_len(world.fake), 2);
	end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(task_check_record__wants_commit_and_repository),
		cmocka_unit_test(task_run__reacts_before_it_answers),
		cmocka_unit_test(task_run__tells_what_may_pass_from_what_will_not),
		cmocka_unit_test(task_run__tells_who_asked_why_it_failed),
		cmocka_unit_test(task_run__leaves_runs_without_a_record_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
