/* test_serve: the server over real sockets: ports of sides, refusals, batches, windows, codecs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/base/mem.h"
#include "core/pyroscope/push.h"
#include "tests/support/serve_case.h"

#define FOLDER "tests/fixtures/pyroscope/profiles/"
#define WINDOW "\"start\":\"1795348740000\",\"end\":\"1795348920000\""
#define CPU    "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
#define ASK_CPU(selector)                                                                          \
	"{\"profileTypeID\":\"" CPU "\",\"labelSelector\":\"" selector "\"," WINDOW "}"

static bool has(const struct serve_case *sc, const char *text)
{
	return strstr(sc->response.body.ptr, text) != NULL;
}

static void serve_add_side__labels_what_comes_in_there(void **state)
{
	struct serve_case *sc = *state;
	const struct stk_label base[] = {
		{STK_STR("stoker_run"), STK_STR("r1")}, {STK_STR("stoker_side"), STK_STR("base")}};
	const struct stk_label head[] = {
		{STK_STR("stoker_run"), STK_STR("r1")}, {STK_STR("stoker_side"), STK_STR("head")}};
	uint16_t base_port = 0, head_port = 0;
	struct stk_buf pprof = STK_BUF_EMPTY;

	assert_int_equal(stk_serve_add_side(sc->serve, base, 2, &base_port, NULL), 0);
	assert_int_equal(stk_serve_add_side(sc->serve, head, 2, &head_port, NULL), 0);
	assert_int_equal(stk_fs_read(FOLDER "cpu_base.pb", &pprof, NULL), 0);
	assert_int_equal(serve_case_send_port(sc, base_port, "/ingest?name=shop&format=pprof", NULL,
				 stk_buf_str(&pprof)),
		200);
	/* an agent cannot claim to be the other side */
	assert_int_equal(serve_case_send_port(sc, head_port,
				 "/ingest?name=shop.cpu%7Bstoker_side%3Dbase%7D&from=1795348800",
				 NULL, STK_STR("main;x 7\n")),
		200);
	assert_int_equal(
		serve_case_ask(sc, "SelectMergeStacktraces", ASK_CPU("{stoker_side=\\\"base\\\"}")),
		200);
	assert_true(has(sc, "\"total\":\"100000000\""));
	assert_int_equal(serve_case_ask(sc, "SelectMergeStacktraces",
				 ASK_CPU("{stoker_side=\\\"head\\\",stoker_run=\\\"r1\\\"}")),
		200);
	assert_true(has(sc, "\"total\":\"70000000\""));
	stk_buf_release(&pprof);
}

static void serve__answers_health_and_unknown_paths(void **state)
{
	struct serve_case *sc = *state;
	struct stk_str none = {NULL, 0};

	assert_int_equal(serve_case_send(sc, "GET", "/ready", NULL, none), 200);
	assert_string_equal(sc->response.body.ptr, "ready\n");
	assert_int_equal(serve_case_send(sc, "POST", "/ready", NULL, none), 405);
	assert_int_equal(serve_case_send(sc, "GET", "/api/v1/status/buildinfo", NULL, none), 200);
	assert_true(has(sc, "\"status\":\"success\""));
	assert_int_equal(serve_case_send(sc, "GET", "/nope", NULL, none), 404);
	assert_int_equal(serve_case_send(sc, "GET", "/ingest?name=x", NULL, none), 405);
	assert_int_equal(serve_case_ask(sc, "SelectMergeSpanProfile", "{}"), 501);
	assert_true(has(sc, "\"unimplemented\""));
	assert_int_equal(serve_case_ask(sc, "ProfileTypes/", "{}"), 404);
}

/* A Push of one good and one corrupt profile. */
static void make_batch(struct stk_buf *out)
{
	struct stk_buf good = STK_BUF_EMPTY;
	struct stk_query_label labels[] = {{STK_STR("__name__"), STK_STR("process_cpu")},
		{STK_STR("service_name"), STK_STR("batch")}};
	struct stk_push_sample samples[2] = {{{NULL, 0}, {NULL, 0}}};
	struct stk_push_series series[2];
	struct stk_push_request request = {{series, 2}};

	assert_int_equal(stk_fs_read(FOLDER "cpu_base.pb", &good, NULL), 0);
	samples[0].profile = STK_STR("\x0a\xff\xff\xff");
	samples[1].profile = stk_buf_str(&good);
	for (int i = 0; i < 2; i++) {
		series[i].labels = (struct stk_wire_list){labels, 2};
		series[i].samples = (struct stk_wire_list){&samples[i], 1};
	}
	stk_wire_write_proto(&stk_push_request_wire, &request, out);
	stk_buf_release(&good);
}

static void push__keeps_the_good_of_a_bad_batch(void **state)
{
	struct serve_case *sc = *state;
	struct stk_buf body = STK_BUF_EMPTY, packed = STK_BUF_EMPTY;

	make_batch(&body);
	assert_int_equal(stk_gzip_pack(stk_buf_str(&body), 6, &packed, NULL), 0);
	assert_int_equal(serve_case_send(sc, "POST", STK_PUSH_PATH,
				 "Content-Type: application/proto\nContent-Encoding: gzip",
				 stk_buf_str(&packed)),
		500);
	assert_true(has(sc, "\"unknown\""));
	assert_int_equal(serve_case_ask(sc, "SelectMergeStacktraces",
				 ASK_CPU("{service_name=\\\"batch\\\"}")),
		200);
	assert_true(has(sc, "\"total\":\"100000000\""));
	assert_int_equal(serve_case_send(sc, "POST", STK_PUSH_PATH,
				 "Content-Type: application/proto\nContent-Encoding: br",
				 stk_buf_str(&packed)),
		501);
	stk_buf_release(&body);
	stk_buf_release(&packed);
}

static void push__refuses_what_upstream_refuses(void **state)
{
	static const struct {
		const char *json;
		const char *says;
	} rows[] = {{"{}", "no profiles received"},
		{"{\"series\":[{\"labels\":[{\"name\":\"service_name\",\"value\":\"\"}]}]}",
			"service name"},
		{"{\"series\":[{\"labels\":[{\"name\":\"a\",\"value\":\"b\"}],"
		 "\"samples\":[{\"rawProfile\":\"\"}]}]}",
			"__name__"},
		{"{\"series\":5}", "array"}};
	struct serve_case *sc = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		assert_int_equal(
			serve_case_send(sc, "POST", STK_PUSH_PATH, "Content-Type: application/json",
				stk_str_of(rows[i].json)),
			400);
		assert_true(has(sc, rows[i].says));
	}
}

static void ingest__folded_follows_the_suffix(void **state)
{
	static const struct {
		const char *path, *body, *type;
		int status;
		const char *total;
	} rows[] = {
		{"/ingest?name=a.alloc_space&from=1795348800", "m;x 5\nm 7\r\nskipped\nm -3\n",
			"memory:alloc_space:bytes::", 200, "\"total\":\"12\""},
		{"/ingest?name=b.itimer&from=1795348800&sampleRate=200", "m;x; 2", CPU, 200,
			"\"total\":\"10000000\""},
		{"/ingest?name=c&from=1795348800&sampleRate=0", ";x 3",
			"process_cpu:samples:count::", 200, "\"total\":\"3\""},
		{"/ingest?name=d.wall&format=lines&from=1795348800&sampleRate=1000", "m;x\nm;y\n",
			"wall:wall:nanoseconds:cpu:nanoseconds", 200, "\"total\":\"2000000\""},
		{"/ingest?name=e.foo&from=1795348800", "m 1", CPU, 400, NULL},
		{"/ingest?name=f.cpu&from=1795348800", "m x", CPU, 422, NULL},
		{"/ingest?name=g.cpu&format=trie", "m 1", CPU, 422, NULL},
		{"/ingest?name=h%20h.cpu", "m 1", CPU, 400, NULL},
	};
	struct serve_case *sc = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		char *ask = stk_xasprintf("{\"profileTypeID\":\"%s\",\"labelSelector\":"
					  "\"{service_name=\\\"%c\\\"}\"," WINDOW "}",
			rows[i].type, (int)('a' + i));

		assert_int_equal(
			serve_case_send(sc, "POST", rows[i].path, NULL, stk_str_of(rows[i].body)),
			rows[i].status);
		if (rows[i].total) {
			assert_int_equal(serve_case_ask(sc, "SelectMergeStacktraces", ask), 200);
			assert_true(has(sc, rows[i].total));
		}
		free(ask);
	}
}

static void points__follow_the_bucket_rule(void **state)
{
	struct serve_case *sc = *state;

	/* stamps at start - step (out), just behind it, at start, behind the last bucket */
	for (int i = 0; i < 4; i++) {
		static const char *const at[] = {"1795348790000000000", "1795348790001000000",
			"1795348800000000000", "1795348825000000000"};
		char *path = stk_xasprintf("/ingest?name=p.alloc_space&from=%s", at[i]);
		char *body = stk_xasprintf("m %d\n", 1 << i);

		assert_int_equal(serve_case_send(sc, "POST", path, NULL, stk_str_of(body)), 200);
		free(path);
		free(body);
	}
	assert_int_equal(serve_case_ask(sc, "SelectSeries",
				 "{\"profileTypeID\":\"memory:alloc_space:bytes::\","
				 "\"labelSelector\":\"{}\",\"start\":1795348800000,"
				 "\"end\":1795348824000,\"step\":10}"),
		200);
	assert_string_equal(sc->response.body.ptr,
		"{\"series\":[{\"points\":[{\"value\":6,\"timestamp\":\"1795348800000\"}]}]}");
	assert_int_equal(
		serve_case_ask(sc, "SelectSeries",
			"{\"profileTypeID\":\"memory:alloc_space:bytes::\","
			"\"labelSelector\":\"{}\",\"start\":1795348800000,"
			"\"end\":1795348830000,\"step\":10,\"groupBy\":[\"service_name\"]}"),
		200);
	assert_true(has(sc, "\"labels\":[{\"name\":\"service_name\",\"value\":\"p\"}]"));
	assert_true(has(sc, "{\"value\":8,\"timestamp\":\"1795348830000\"}"));
	assert_int_equal(serve_case_ask(sc, "SelectSeries",
				 "{\"profileTypeID\":\"memory:alloc_space:bytes::\","
				 "\"labelSelector\":\"{}\",\"start\":1795348800000,"
				 "\"end\":1795348830000,\"step\":10,\"exemplarType\":99}"),
		400);
	assert_true(has(sc, "unknown exemplar type 99"));
}

/* What a client says of the protocol is checked before its question. */
static void connect__headers_are_checked(void **state)
{
	static const struct {
		const char *headers;
		int status;
	} cases[] = {
		{"Content-Type: application/json\nConnect-Timeout-Ms: 900", 200},
		{"Content-Type: application/json\nConnect-Timeout-Ms: soon", 400},
		{"Content-Type: application/json\nConnect-Protocol-Version: 2", 400},
		{"Content-Type: application/json; charset=latin1", 415},
		{"Content-Type: text/plain", 415},
	};
	struct serve_case *sc = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++)
		assert_int_equal(
			serve_case_send(sc, "POST", "/querier.v1.QuerierService/ProfileTypes",
				cases[i].headers, STK_STR("{" WINDOW "}")),
			cases[i].status);
}

static void answers__are_packed_when_the_client_says_so(void **state)
{
	struct serve_case *sc = *state;
	struct stk_buf text = STK_BUF_EMPTY, plain = STK_BUF_EMPTY;

	for (int i = 0; i < 100; i++)
		stk_buf_addf(&text, "main;function_%d 1\n", i);
	assert_int_equal(serve_case_send(sc, "POST", "/ingest?name=g.cpu&from=1795348800", NULL,
				 stk_buf_str(&text)),
		200);
	assert_int_equal(
		serve_case_send(sc, "POST", "/querier.v1.QuerierService/SelectMergeStacktraces",
			"Content-Type: application/json\nAccept-Encoding: gzip",
			STK_STR(ASK_CPU("{}"))),
		200);
	assert_true(
		stk_str_is(stk_http_response_header(&sc->response, "content-encoding"), "gzip"));
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&sc->response.body), &plain, NULL), 0);
	assert_non_null(strstr(plain.ptr, "function_99"));
	stk_buf_release(&text);
	stk_buf_release(&plain);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, serve_case_setup, serve_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(serve_add_side__labels_what_comes_in_there),
		CASE(serve__answers_health_and_unknown_paths),
		CASE(push__keeps_the_good_of_a_bad_batch),
		CASE(push__refuses_what_upstream_refuses),
		CASE(ingest__folded_follows_the_suffix),
		CASE(points__follow_the_bucket_rule),
		CASE(connect__headers_are_checked),
		CASE(answers__are_packed_when_the_client_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
