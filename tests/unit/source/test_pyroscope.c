/* test_pyroscope: what the client asks a Pyroscope for, and what it makes of the answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/profile/profile.h"
#include "core/pyroscope/query.h"
#include "core/source/pyroscope.h"
#include "tests/support/fake_http.h"

#define CPU   "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
#define T0_MS INT64_C(1795348800000)
#define S     INT64_C(1000)

struct server {
	struct stk_buf types, points, profile;
	struct fake_http *fake;
	struct stk_source *source;
};

/* ProfileTypes by Series: two types of one service. */
static void put_types(struct stk_buf *out)
{
	struct stk_query_label a = {STK_STR("__profile_type__"), STK_STR(CPU)};
	struct stk_query_label b = {
		STK_STR("__profile_type__"), STK_STR("memory:inuse_space:bytes:space:bytes")};
	struct stk_query_labels sets[] = {{{&b, 1}}, {{&a, 1}}};
	struct stk_query_series_response response = {{sets, 2}};

	stk_wire_write_proto(&stk_query_series_response_wire, &response, out);
}

/* Two pods, 10 s slices; pod b is one slice behind. */
static void put_points(struct stk_buf *out)
{
	struct stk_query_label a[] = {
		{STK_STR("pod"), STK_STR("a\"1")}, {STK_STR("pyroscope_spy"), STK_STR("gospy")}};
	struct stk_query_label b[] = {
		{STK_STR("pod"), STK_STR("b")}, {STK_STR("pyroscope_spy"), STK_STR("gospy")}};
	struct stk_query_point at[] = {{1, T0_MS + 3}, {1, T0_MS + 10 * S + 3},
		{1, T0_MS + 20 * S + 3}, {1, T0_MS + 30 * S + 3}};
	struct stk_query_points series[] = {{{a, 2}, {at, 4}}, {{b, 2}, {at, 3}}};
	struct stk_query_points_response response = {{series, 2}};

	stk_wire_write_proto(&stk_query_points_response_wire, &response, out);
}

static void start(struct server *server, const struct stk_source_pyroscope_opts *given, int busy)
{
	struct stk_source_pyroscope_opts opts = *given;

	stk_buf_init(&server->types, 0);
	stk_buf_init(&server->points, 0);
	stk_buf_init(&server->profile, 0);
	put_types(&server->types);
	put_points(&server->points);
	assert_int_equal(stk_fs_read("tests/fixtures/pyroscope/profiles/cpu_base.pb",
				 &server->profile, NULL),
		0);
	const struct fake_http_reply replies[] = {
		{.path = "/q" STK_QUERY_PATH "Series",
			.status = 200,
			.content_type = "application/proto",
			.body = stk_buf_str(&server->types)},
		{.path = "/q" STK_QUERY_PATH "SelectSeries",
			.status = busy ? 503 : 200,
			.body = busy ? STK_STR("busy") : stk_buf_str(&server->points),
			.headers = "Retry-After: 0",
			.times = busy},
		{.path = "/q" STK_QUERY_PATH "SelectSeries",
			.status = 200,
			.body = stk_buf_str(&server->points)},
		{.path = "/q" STK_QUERY_PATH "SelectMergeProfile",
			.status = 200,
			.body = stk_buf_str(&server->profile)},
	};
	server->fake = fake_http_start(replies, STK_ARRAY_LEN(replies));
	char *url = stk_xasprintf("%s/q", fake_http_url(server->fake));
	opts.url = url;
	assert_int_equal(stk_source_pyroscope_new(&opts, &server->source, NULL), 0);
	free(url);
}

static void stop(struct server *server)
{
	stk_source_close(server->source);
	fake_http_stop(server->fake);
	stk_buf_release(&server->types);
	stk_buf_release(&server->points);
	stk_buf_release(&server->profile);
}

static struct stk_source_query query_of(const char *selector)
{
	return (struct stk_source_query){
		CPU, selector, T0_MS * STK_NS_PER_MS, (T0_MS + 60 * S) * STK_NS_PER_MS};
}

static void pyroscope_types__lists_ids_sorted_and_sends_tenant_and_token(void **state)
{
	struct stk_source_query query = query_of("{service_name=\"shop\"}");
	struct stk_secret token;
	struct stk_source_names names = {0};
	struct server server = {0};

	(void)state;
	stk_secret_init(&token, STK_STR("t0ken"));
	start(&server, &(struct stk_source_pyroscope_opts){.tenant = "team-a", .secret = &token},
		0);
	assert_int_equal(stk_source_types(server.source, &query, &names, NULL), 0);
	assert_int_equal(names.len, 2);
	assert_string_equal(names.items[0], "memory:inuse_space:bytes:space:bytes");
	assert_string_equal(names.items[1], CPU);
	assert_true(fake_http_has_header(server.fake, 0, "x-scope-orgid", "team-a"));
	assert_true(fake_http_has_header(server.fake, 0, "authorization", "Bearer t0ken"));
	assert_true(fake_http_has_header(server.fake, 0, "content-type", "application/proto"));
	stk_source_names_release(&names);
	stk_secret_release(&token);
	stop(&server);
}

static void pyroscope_describe__tells_the_grid_of_instances_from_points(void **state)
{
	struct stk_source_query query = query_of("{}");
	struct stk_source_info info;
	struct server server = {0};

	(void)state;
	start(&server, &(struct stk_source_pyroscope_opts){.url = NULL}, 0);
	assert_int_equal(stk_source_describe(server.source, &query, &info, NULL), 0);
	assert_int_equal(info.instances, 2);
	assert_int_equal(info.points, 4);
	assert_int_equal(info.interval_ns, 10 * STK_NS_PER_S);
	assert_int_equal(info.phase_ns, 3 * STK_NS_PER_MS);
	assert_false(info.stamp_at_end);
	assert_string_equal(info.agent, "gospy");
	stop(&server);
}

static void pyroscope_describe__tries_again_when_the_server_is_busy(void **state)
{
	struct stk_source_query query = query_of("{}");
	struct stk_source_info info;
	struct stk_fake_clock clock;
	struct server server = {0};

	(void)state;
	stk_fake_clock_init(&clock, 0, 0);
	start(&server, &(struct stk_source_pyroscope_opts){.clock = &clock.clock}, 2);
	assert_int_equal(stk_source_describe(server.source, &query, &info, NULL), 0);
	assert_int_equal(info.instances, 2);
	assert_int_equal(fake_http_len(server.fake), 3);
	stop(&server);
}

/* The n-th request for a profile. */
static struct stk_query_profile_request nth_profile(
	struct fake_http *fake, size_t n, struct stk_arena *arena)
{
	struct stk_query_profile_request request = {0};

	for (size_t i = 0; i < fake_http_len(fake); i++) {
		if (!strstr(fake_http_at(fake, i)->target, "SelectMergeProfile") || n-- > 0)
			continue;
		assert_int_equal(stk_wire_read_proto(&stk_query_profile_request_wire,
					 fake_http_at(fake, i)->body, arena, &request, NULL),
			0);
		return request;
	}
	fail_msg("no such request");
	return request;
}

static void pyroscope_fetch__asks_for_each_slice_of_each_instance(void **state)
{
	struct stk_source_query query = query_of("{service_name=\"shop\"}");
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_query_profile_request request;
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_source_info info;
	struct server server = {0};
	bool seen = false;

	(void)state;
	start(&server, &(struct stk_source_pyroscope_opts){.concurrency = 2}, 0);
	assert_int_equal(stk_source_describe(server.source, &query, &info, NULL), 0);
	assert_int_equal(stk_source_fetch(server.source, &query, &info, &slices, NULL), 0);
	/* the fake's profile has two sample types, a server's answer one */
	assert_int_equal(slices.len, 0);
	for (size_t i = 0; i < 7; i++) {
		request = nth_profile(server.fake, i, &arena);
		assert_int_equal(request.end, request.start + 1);
		assert_true(stk_str_is(request.type_id, CPU));
		seen |= stk_str_is(request.selector, "{service_name=\"shop\",pod=\"a\\\"1\"}") &&
			request.start == T0_MS + 30 * S + 3;
	}
	assert_true(seen);
	stk_source_slices_release(&slices);
	stk_arena_release(&arena);
	stop(&server);
}

static void pyroscope_types__tells_what_the_server_said(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 401,
		.content_type = "application/json",
		.body = STK_STR("{\"code\":\"unauthenticated\",\"message\":\"no org id\"}")}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_source_pyroscope_opts opts = {.url = fake_http_url(fake)};
	struct stk_source_query query = query_of("{}");
	struct stk_source_names names = {0};
	struct stk_err err = STK_ERR_INIT;
	struct stk_source *source;

	(void)state;
	assert_int_equal(stk_source_pyroscope_new(&opts, &source, NULL), 0);
	assert_int_equal(stk_source_types(source, &query, &names, &err), STK_E_AUTH);
	assert_non_null(strstr(err.msg, "no org id"));
	assert_non_null(strstr(err.msg, fake_http_url(fake)));
	assert_int_equal(fake_http_len(fake), 1);
	stk_source_close(source);
	fake_http_stop(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pyroscope_types__lists_ids_sorted_and_sends_tenant_and_token),
		cmocka_unit_test(pyroscope_describe__tells_the_grid_of_instances_from_points),
		cmocka_unit_test(pyroscope_describe__tries_again_when_the_server_is_busy),
		cmocka_unit_test(pyroscope_fetch__asks_for_each_slice_of_each_instance),
		cmocka_unit_test(pyroscope_types__tells_what_the_server_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
