/* test_agents: what real SDKs sent is taken and gives the sums that pprof gives; what we cannot
 * read is refused with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "tests/support/serve_case.h"

#define ROOT "tests/fixtures/agents/"

static struct stk_json *read_json(const char *path)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *json = NULL;

	assert_int_equal(stk_fs_read(path, &text, NULL), 0);
	assert_int_equal(stk_json_parse(stk_buf_str(&text), &json, NULL), 0);
	stk_buf_release(&text);
	return json;
}

static int add_header(struct stk_str key, struct stk_json *value, void *ctx)
{
	static const char *const skip[] = {
		"host", "content-length", "transfer-encoding", "connection", "accept-encoding"};

	for (size_t i = 0; i < STK_ARRAY_LEN(skip); i++)
		if (stk_str_eq_nocase(key, stk_str_of(skip[i])))
			return 0;
	stk_buf_addf(ctx, "%.*s: %s\n", STK_STR_ARG(key), stk_json_text(value, ""));
	return 0;
}

/* Send request number n of an agent again; gives the status. */
static int replay(struct serve_case *sc, const char *agent, int n)
{
	char *request_path = stk_xasprintf(ROOT "%s/%02d.request.json", agent, n);
	char *body_path = stk_xasprintf(ROOT "%s/%02d.body", agent, n);
	struct stk_json *request = read_json(request_path);
	struct stk_buf body = STK_BUF_EMPTY, headers = STK_BUF_EMPTY;
	int status;

	assert_int_equal(stk_fs_read(body_path, &body, NULL), 0);
	(void)stk_json_each(stk_json_get(request, "headers"), add_header, &headers);
	status = serve_case_send(sc, stk_json_text(stk_json_get(request, "method"), ""),
		stk_json_text(stk_json_get(request, "path"), ""), headers.ptr, stk_buf_str(&body));
	stk_json_free(request);
	stk_buf_release(&body);
	stk_buf_release(&headers);
	free(request_path);
	free(body_path);
	return status;
}

/* What was stored at one instant of one sample type. */
static struct stk_profile *stored(
	struct serve_case *sc, int64_t time_ns, struct stk_str type, int64_t *total)
{
	struct stk_store_query query = {.from_ns = time_ns, .to_ns = time_ns};
	struct stk_selector *selector = NULL;
	struct stk_store_points points;
	struct stk_profile *profile = NULL;
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_addf(&text, "{__type__=\"%.*s\"}", STK_STR_ARG(type));
	assert_int_equal(stk_selector_parse(stk_buf_str(&text), &selector, NULL), 0);
	query.selectors = &selector;
	query.selectors_len = 1;
	assert_int_equal(stk_store_select(sc->store, &query, &points, NULL), 0);
	assert_int_equal(stk_store_merge(sc->store, &points, &profile, NULL), 0);
	*total = 0;
	for (size_t i = 0; i < points.points.len; i++)
		*total += points.points.items[i].total;
	stk_store_points_release(&points);
	stk_selector_free(selector);
	stk_buf_release(&text);
	return profile;
}

/* Self and total of all functions of a name. */
static void sums_of(
	const struct stk_profile *profile, const char *name, int64_t *self, int64_t *total)
{
	struct stk_function_sum *sums = stk_profile_sums(profile, 0);

	*self = *total = 0;
	for (size_t i = 0; i < profile->functions.len; i++) {
		struct stk_str got = stk_profile_string(profile, profile->functions.items[i].name);

		if (!stk_str_is(got, name))
			continue;
		*self += sums[i].self;
		*total += sums[i].total;
	}
	free(sums);
}

static void check_function(const struct stk_profile *profile, const struct stk_json *want)
{
	const char *name = stk_json_text(stk_json_get(want, "function"), NULL);
	int64_t self = 0, total = 0;

	if (!name || !profile)
		return;
	sums_of(profile, name, &self, &total);
	assert_int_equal(self, stk_json_int(stk_json_get(want, "flat"), -1));
	assert_int_equal(total, stk_json_int(stk_json_get(want, "cum"), -1));
}

static void check_profile(struct serve_case *sc, const struct stk_json *want)
{
	const struct stk_json *types = stk_json_get(want, "types");
	int64_t time_ns = stk_json_int(stk_json_get(want, "time_nanos"), 0);

	for (size_t i = 0; i < stk_json_len(types); i++) {
		const struct stk_json *row = stk_json_at(types, i);
		struct stk_str rest = stk_json_str(stk_json_get(row, "type")), type;
		struct stk_profile *profile;
		int64_t total = 0;

		assert_true(stk_str_cut(&rest, '/', &type));
		profile = stored(sc, time_ns, type, &total);
		assert_int_equal(total, stk_json_int(stk_json_get(row, "total"), -1));
		if (total)
			assert_non_null(profile);
		check_function(profile, stk_json_get(row, "top"));
		check_function(profile, stk_json_get(row, "burn"));
		check_function(profile, stk_json_get(row, "alloc"));
		stk_profile_free(profile);
	}
}

static void check_agent(struct serve_case *sc, const char *agent, int requests)
{
	char *path = stk_xasprintf(ROOT "%s/expected.json", agent);
	struct stk_json *expected = read_json(path);

	for (int n = 1; n <= requests; n++)
		assert_int_equal(replay(sc, agent, n), 200);
	assert_true(stk_json_len(expected) > 0);
	for (size_t i = 0; i < stk_json_len(expected); i++)
		check_profile(sc, stk_json_at(expected, i));
	stk_json_free(expected);
	free(path);
}

static void agents__go_gives_its_sums(void **state)
{
	check_agent(*state, "go", 6);
}

static void agents__node_gives_its_sums(void **state)
{
	check_agent(*state, "node", 4);
}

static void agents__python_gives_its_sums(void **state)
{
	check_agent(*state, "python", 3);
}

static void agents__rust_gives_its_sums(void **state)
{
	check_agent(*state, "rust", 3);
}

static void agents__are_named_as_upstream_names_them(void **state)
{
	static const char *const want[] = {"process_cpu:cpu:nanoseconds:cpu:nanoseconds",
		"memory:alloc_space:bytes:space:bytes", "memory:inuse_space:bytes:space:bytes",
		"goroutines:goroutine:count:goroutine:count",
		"mutex:delay:nanoseconds:contentions:count",
		"block:delay:nanoseconds:contentions:count",
		"wall:cpu:nanoseconds:wall:nanoseconds", "wall:wall:nanoseconds:wall:nanoseconds",
		"memory:inuse_space:bytes:inuse_space:bytes"};
	struct serve_case *sc = *state;

	for (int n = 1; n <= 6; n++)
		assert_int_equal(replay(sc, "go", n), 200);
	for (int n = 1; n <= 2; n++)
		assert_int_equal(replay(sc, "node", n), 200);
	assert_int_equal(serve_case_ask(sc, "ProfileTypes",
				 "{\"start\":1795340000000,\"end\":1795400000000}"),
		200);
	for (size_t i = 0; i < STK_ARRAY_LEN(want); i++)
		assert_non_null(strstr(sc->response.body.ptr, want[i]));
}

static void agents__java_is_refused_with_a_reason(void **state)
{
	struct serve_case *sc = *state;

	for (int n = 1; n <= 3; n++) {
		assert_int_equal(replay(sc, "java", n), 422);
		assert_non_null(strstr(sc->response.body.ptr, "\"unimplemented\""));
		assert_non_null(strstr(sc->response.body.ptr, "JFR"));
	}
}

static void agents__otlp_is_refused_with_a_reason(void **state)
{
	struct serve_case *sc = *state;

	for (int n = 1; n <= 5; n++) {
		assert_int_equal(replay(sc, "otlp", n), 501);
		assert_non_null(strstr(sc->response.body.ptr, "\"unimplemented\""));
		assert_non_null(strstr(sc->response.body.ptr, "OTLP"));
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, serve_case_setup, serve_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(agents__go_gives_its_sums),
		CASE(agents__node_gives_its_sums),
		CASE(agents__python_gives_its_sums),
		CASE(agents__rust_gives_its_sums),
		CASE(agents__are_named_as_upstream_names_them),
		CASE(agents__java_is_refused_with_a_reason),
		CASE(agents__otlp_is_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
