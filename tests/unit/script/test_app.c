/* test_app: the embedded shop answers, its tunes change what they name, errors become 500. */
#include "core/script/app.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

static struct stk_app *open_shop(const struct stk_app_tune *tunes, size_t len)
{
	struct stk_app_opts opts = {.folder = "demo",
		.main = "shop",
		.tunes = tunes,
		.tunes_len = len,
		.sampler = {.seed = 7, .alloc_mean = 4096}};
	struct stk_err err = STK_ERR_INIT;
	struct stk_app *app = NULL;

	if (stk_app_new(&opts, &app, &err) < 0)
		fail_msg("%s", err.msg);
	return app;
}

static void send(struct stk_app *app, const char *method, const char *path, const char *body,
	struct stk_app_reply *reply)
{
	struct stk_app_pair query[] = {{STK_STR("page"), STK_STR("2")},
		{STK_STR("q"), STK_STR("red lamp")}, {STK_STR("page"), STK_STR("9")}};
	struct stk_app_request request = {.method = stk_str_of(method),
		.path = stk_str_of(path),
		.body = stk_str_of(body),
		.query = query,
		.query_len = 3};

	stk_app_call(app, &request, reply);
}

static void call__gives_status_type_and_body(void **state)
{
	static const struct {
		const char *method, *path, *body, *type, *begins;
		int status;
	} cases[] = {
		{"GET", "/healthz", "", "text/plain", "ok\n", 200},
		{"GET", "/products", "", "application/json", "{\"products\":[{\"id\":9,", 200},
		{"GET", "/products/12", "", "text/html", "<html><h1>The rug no. 12</h1>", 200},
		{"GET", "/search", "", "application/json", "{\"hits\":[{\"id\":", 200},
		{"POST", "/cart", "cart=3&product=8&count=2", "application/json",
			"{\"cart\":3,\"goods\":", 200},
		{"GET", "/cart/3", "", "text/html", "<html><h1>Your cart</h1>", 200},
		{"POST", "/orders", "cart=3", "application/json", "{\"order\":3,\"goods\":", 201},
		{"DELETE", "/orders", "", "application/json", "{\"error\":\"no such page\"}", 404},
		{"GET", "/nowhere", "", "application/json", "{\"error\":", 404},
	};
	struct stk_app_reply reply = STK_APP_REPLY_INIT;
	struct stk_app *app = open_shop(NULL, 0);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		send(app, cases[i].method, cases[i].path, cases[i].body, &reply);
		assert_int_equal(reply.status, cases[i].status);
		assert_string_equal(reply.content_type, cases[i].type);
		assert_true(stk_str_starts(stk_buf_str(&reply.body), cases[i].begins));
	}
	stk_app_reply_release(&reply);
	stk_app_free(app);
}

static void call__turns_an_error_into_500_and_goes_on(void **state)
{
	struct stk_app_reply reply = STK_APP_REPLY_INIT;
	struct stk_app *app = open_shop(NULL, 0);

	(void)state;
	send(app, "POST", "/cart", "cart=99999999999999999999999", &reply);
	assert_int_equal(reply.status, 500);
	assert_string_equal(reply.content_type, "text/plain");
	assert_true(stk_str_contains(stk_buf_str(&reply.body), STK_STR("demo/json.lua:")));
	send(app, "GET", "/healthz", "", &reply);
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.body.ptr, "ok\n");
	stk_app_reply_release(&reply);
	stk_app_free(app);
}

/* Bytes allocated per function over some calls, by the sampler. */
static double bytes_of(const struct stk_app_tune *tune, const char *function)
{
	struct stk_sampler_slice slice = STK_SAMPLER_SLICE_INIT;
	struct stk_app_reply reply = STK_APP_REPLY_INIT;
	struct stk_app *app = open_shop(tune, tune ? 1 : 0);
	double bytes = 0;

	stk_sampler_take(stk_app_sampler(app), &slice);
	for (int i = 0; i < 60; i++)
		send(app, "GET", "/products", "", &reply);
	stk_sampler_take(stk_app_sampler(app), &slice);
	for (size_t i = 0; i < slice.rows.len; i++) {
		uint32_t leaf = slice.frames.items[slice.rows.items[i].frames_at];

		if (strcmp(slice.locations.items[leaf].name, function) == 0)
			bytes += slice.rows.items[i].alloc_bytes;
	}
	stk_sampler_slice_release(&slice);
	stk_app_reply_release(&reply);
	stk_app_free(app);
	return bytes;
}

static void tune__scales_the_memory_of_its_function_alone(void **state)
{
	const struct stk_app_tune tune = {"catalog.render", 1, 2, NULL};
	double render = bytes_of(NULL, "catalog.render"), list = bytes_of(NULL, "json.encode_list");

	(void)state;
	assert_true(render > 1e6 && list > 3e5);
	assert_true(fabs(bytes_of(&tune, "catalog.render") / render - 2) < 0.3);
	assert_true(fabs(bytes_of(&tune, "json.encode_list") / list - 1) < 0.3);
}

static void tune__renames_in_its_module_and_where_it_is_called(void **state)
{
	const struct stk_app_tune tune = {"catalog.render", 1, 1, "catalog.show"};

	(void)state;
	assert_true(bytes_of(&tune, "catalog.render") < 1);
	assert_true(bytes_of(&tune, "catalog.show") > 1e6);
}

static void new__refuses_what_is_not_there(void **state)
{
	struct stk_app_opts opts = {.folder = "demo", .main = "nothing"};
	struct stk_err err = STK_ERR_INIT;
	struct stk_app *app = NULL;

	(void)state;
	assert_int_equal(stk_app_new(&opts, &app, &err), STK_E_SCRIPT);
	assert_non_null(strstr(err.msg, "module 'nothing' is not part of the program"));
	opts.main = "pricing"; /* a table, not a handler */
	assert_int_equal(stk_app_new(&opts, &app, &err), STK_E_SCRIPT);
	assert_null(app);
}

static void collector__keeps_the_heap_bounded(void **state)
{
	struct stk_app_reply reply = STK_APP_REPLY_INIT;
	struct stk_app *app = open_shop(NULL, 0);
	struct stk_sampler_totals totals;

	(void)state;
	for (int i = 0; i < 400; i++) {
		send(app, "GET", "/products", "", &reply);
		stk_sampler_totals(stk_app_sampler(app), &totals);
		assert_true(totals.allocated_bytes - totals.freed_bytes < (6 << 20));
	}
	assert_true(totals.allocated_bytes > (24 << 20));
	stk_app_reply_release(&reply);
	stk_app_free(app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call__gives_status_type_and_body),
		cmocka_unit_test(call__turns_an_error_into_500_and_goes_on),
		cmocka_unit_test(tune__scales_the_memory_of_its_function_alone),
		cmocka_unit_test(tune__renames_in_its_module_and_where_it_is_called),
		cmocka_unit_test(new__refuses_what_is_not_there),
		cmocka_unit_test(collector__keeps_the_heap_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
