/* test_outputs: what each kind of output makes of the same samples, from the tap to the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <snappy-c.h> /* house: the other direction of the door */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/export/feed.h"
#include "core/export/outputs.h"
#include "tests/support/fake_http.h"

static const struct stk_tag request_tags[] = {
	{"name", "/a"}, {"status", "200"}, {"group", ""}, {"odd-key", "x,\"y\""}};
static const struct stk_tag check_tags[] = {{"check", "is 200"}};

struct fixture {
	char *dir, *path;
	struct stk_tap *tap;
	struct stk_plan plan;
	struct stk_buf said;
};

static int setup(void **state)
{
	static struct fixture f;

	assert_int_equal(stk_fs_mkdtemp("outputs", &f.dir, NULL), 0);
	f.path = stk_fs_join(f.dir, "out");
	f.tap = stk_tap_new(16);
	stk_plan_init(&f.plan);
	stk_buf_init(&f.said, 0);
	stk_vec_push(&f.plan.thresholds,
		(struct stk_threshold_spec){"http_req_duration", "p(95)<400", false, 0, false});
	stk_vec_push(&f.plan.thresholds, (struct stk_threshold_spec){"http_req_duration{name:/a}",
						 "max<5", false, 0, false});
	stk_vec_push(&f.plan.thresholds, (struct stk_threshold_spec){"http_req_duration",
						 "avg<1000", true, 10 * STK_NS_PER_S, false});
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	stk_tap_free(f->tap);
	assert_int_equal(stk_fs_remove_tree(f->dir, NULL), 0);
	free(f->dir);
	free(f->path);
	stk_plan_release(&f->plan);
	stk_buf_release(&f->said);
	return 0;
}

/* Two requests, two checks, one gauge, to the output that text asks for; what it says in f->said.
 */
static void run(struct fixture *f, const char *text, const char *const *variables)
{
	const struct stk_env env = {.environ_ = variables, .clock = stk_clock_system()};
	struct stk_err err = STK_ERR_INIT;
	struct stk_tap_lane *lane = stk_tap_lane_new(f->tap, &f->plan, stk_clock_system());
	struct stk_tag_lists tags = {.len = 0}, checks = {.len = 0}, again;
	struct stk_output output;
	struct stk_feed *feed;

	if (stk_outputs_make(text, &env, &output, &err) < 0)
		fail_msg("%s", err.msg);
	feed = stk_feed_start(f->tap, &output, 1, stk_clock_system());
	stk_tag_lists_add(&tags, request_tags, 4);
	stk_tag_lists_add(&checks, check_tags, 1);
	again = tags;
	again.repeated = true;
	for (int i = 1; i <= 2; i++) {
		stk_tap_lane_add(lane, STK_METRIC_HTTP_REQS, 1, &tags);
		stk_tap_lane_add(lane, STK_METRIC_HTTP_REQ_DURATION, 12.5 * i, &again);
		stk_tap_lane_add(lane, STK_METRIC_CHECKS, i - 1, &checks);
	}
	stk_tap_lane_add(lane, STK_METRIC_VUS, 3, NULL);
	stk_tap_lane_add(lane, STK_METRIC_DATA_SENT, 100, NULL);
	stk_tap_lane_free(lane);
	stk_feed_stop(feed, &f->said);
}

static void read_file(struct fixture *f, struct stk_buf *out)
{
	assert_int_equal(stk_fs_read(f->path, out, NULL), 0);
}

static void has(const struct stk_buf *text, const char *words)
{
	if (!strstr(text->ptr, words))
		fail_msg("no '%s' in:\n%s", words, text->ptr);
}

/* k6 7.3: `--out json`: Metric and Point lines | the same | time in UTC; `name` is the path */
static void outputs__ndjson_has_k6_s_lines(void **state)
{
	struct fixture *f = *state;
	struct stk_buf text = STK_BUF_EMPTY, out = STK_BUF_EMPTY;

	stk_buf_addf(&out, "json=%s", f->path);
	run(f, out.ptr, NULL);
	read_file(f, &text);
	has(&text, "{\"type\":\"Metric\",\"data\":{\"name\":\"http_reqs\",\"type\":\"counter\","
		   "\"contains\":\"default\",\"thresholds\":[],\"submetrics\":null},"
		   "\"metric\":\"http_reqs\"}\n{\"metric\":\"http_reqs\",\"type\":\"Point\","
		   "\"data\":{\"time\":\"2");
	has(&text,
		"\"thresholds\":[\"p(95)<400\",{\"threshold\":\"avg<1000\",\"abortOnFail\":true,"
		"\"delayAbortEval\":\"10s\"}],\"submetrics\":[{\"name\":\"http_req_duration{name:"
		"/a}\",\"suffix\":\"name:/a\",\"tags\":{\"name\":\"/a\"}},{\"name\":"
		"\"http_req_duration{expected_response:true}\",\"suffix\":\"expected_response:"
		"true\",\"tags\":{\"expected_response\":\"true\"}}]}");
	has(&text, "\"value\":12.5,\"tags\":{\"group\":\"\",\"name\":\"/a\",\"odd-key\":"
		   "\"x,\\\"y\\\"\",\"status\":\"200\"}}}\n");
	assert_int_equal(f->said.len, 0);
	stk_buf_release(&text);
	stk_buf_release(&out);
}

/* k6 7.4: `--out csv`: columns, `K6_CSV_TIME_FORMAT` | the same | - */
static void outputs__csv_has_k6_s_columns(void **state)
{
	static const char *const variables[] = {"K6_CSV_TIME_FORMAT=unix_milli", NULL};
	struct fixture *f = *state;
	struct stk_buf text = STK_BUF_EMPTY, out = STK_BUF_EMPTY;

	stk_buf_addf(&out, "csv=%s", f->path);
	run(f, out.ptr, variables);
	read_file(f, &text);
	assert_int_equal(strncmp(text.ptr,
				 "metric_name,timestamp,metric_value,check,error,error_code,"
				 "expected_response,group,method,name,proto,scenario,service,"
				 "status,subproto,tls_version,url,extra_tags,metadata\nhttp_reqs,1",
				 170),
		0);
	has(&text, ",25.000000,,,,,,,/a,,,,200,,,,\"odd-key=x,\"\"y\"\"\",\n");
	has(&text, "\nchecks,");
	stk_buf_release(&text);
	stk_buf_release(&out);
}

/* All that was pushed, unpacked. */
static void unpack_pushes(struct fake_http *fake, struct stk_buf *out)
{
	for (size_t i = 0; i < fake_http_len(fake); i++) {
		struct stk_str body = fake_http_at(fake, i)->body;
		size_t len = 0;
		char *room;

		assert_int_equal(snappy_uncompressed_length(body.ptr, body.len, &len), SNAPPY_OK);
		room = stk_buf_reserve(out, len);
		assert_int_equal(snappy_uncompress(body.ptr, body.len, room, &len), SNAPPY_OK);
		stk_buf_commit(out, len);
	}
	for (size_t i = 0; i < out->len; i++)
		if (!out->ptr[i])
			out->ptr[i] = '.';
}

/* k6 7.6: `k6_<name>_total`, `_rate`, `_p99` in seconds | the same, and `_bucket`, `k6_checks`,
 * `k6_data_received` | - */
static void outputs__prometheus_has_k6_s_names_and_ours(void **state)
{
	static const char *const variables[] = {
		"K6_PROMETHEUS_RW_TREND_STATS=p(95),p(99.9),max,count",
		"K6_PROMETHEUS_RW_HEADERS_X-Scope-OrgID=tenant", "K6_PROMETHEUS_RW_USERNAME=u",
		"K6_PROMETHEUS_RW_PASSWORD=p", "K6_PROMETHEUS_RW_STALE_MARKERS=true", NULL};
	static const char *const names[] = {"k6_http_reqs_total", "k6_http_req_duration_p95",
		"k6_http_req_duration_p999", "k6_http_req_duration_max",
		"k6_http_req_duration_bucket", "k6_http_req_duration_count", "k6_checks_rate",
		"k6_checks_total", "k6_vus", "k6_data_sent_total", "odd_key", "+Inf", "0.025"};
	const struct fake_http_reply replies[] = {{.status = 204}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_buf text = STK_BUF_EMPTY, out = STK_BUF_EMPTY;

	stk_buf_addf(&out, "experimental-prometheus-rw=%s/api/v1/write", fake_http_url(fake));
	run(*state, out.ptr, variables);
	assert_int_equal(fake_http_len(fake), 1);
	assert_true(fake_http_has_header(fake, 0, "Content-Encoding", "snappy"));
	assert_true(fake_http_has_header(fake, 0, "X-Scope-OrgID", "tenant"));
	assert_true(fake_http_has_header(fake, 0, "Authorization", "Basic dTpw"));
	unpack_pushes(fake, &text);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		has(&text, names[i]);
	assert_null(strstr(text.ptr, "group"));
	stk_buf_release(&text);
	stk_buf_release(&out);
	fake_http_stop(fake);
}

/* k6 7.6: a dead endpoint: a log line per push, exit 0 | one line at the end, exit 0 | - */
static void outputs__prometheus_says_what_a_server_refused(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 400, .body = {"out of order", 12}}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct fixture *f = *state;
	struct stk_buf out = STK_BUF_EMPTY;

	stk_buf_addf(&out, "prometheus-rw=%s", fake_http_url(fake));
	run(f, out.ptr, NULL);
	has(&f->said, "output prometheus: 1 of 1 pushes failed, the last one too");
	has(&f->said, "HTTP 400: out of order");
	stk_buf_release(&out);
	fake_http_stop(fake);
}

/* k6 7.5: `--out opentelemetry`, `K6_OTEL_…` | over HTTP only | no gRPC */
static void outputs__opentelemetry_posts_protobuf(void **state)
{
	static const char *const variables[] = {
		"K6_OTEL_HEADERS=api-key=s3", "K6_OTEL_METRIC_PREFIX=k6_", NULL};
	const struct fake_http_reply replies[] = {{.status = 200}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_buf out = STK_BUF_EMPTY;

	stk_buf_addf(&out, "opentelemetry=%s/v1/metrics", fake_http_url(fake));
	run(*state, out.ptr, variables);
	assert_int_equal(fake_http_len(fake), 1);
	assert_true(fake_http_has_header(fake, 0, "Content-Type", "application/x-protobuf"));
	assert_true(fake_http_has_header(fake, 0, "api-key", "s3"));
	assert_true(stk_str_contains(fake_http_at(fake, 0)->body, STK_STR("k6_checks.total")));
	stk_buf_release(&out);
	fake_http_stop(fake);
}

/* k6 7.7: StatsD, gone in v0.55 | `--out statsd=HOST:PORT` | - */
static void outputs__statsd_sends_lines(void **state)
{
	static const char *const variables[] = {"K6_STATSD_ENABLE_TAGS=true", NULL};
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char text[4096];
	char out[64];
	ssize_t len;

	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	(void)snprintf(out, sizeof out, "statsd=127.0.0.1:%u", ntohs(address.sin_port));
	run(*state, out, variables);
	len = recv(fd, text, sizeof text - 1, 0);
	assert_true(len > 0);
	text[len] = '\0';
	assert_non_null(strstr(text, "k6.http_reqs:2|c|#name:/a,odd-key:x_\"y\",status:200\n"));
	assert_non_null(strstr(text, "k6.http_req_duration:12.5|ms|#"));
	assert_non_null(strstr(text, "k6.check.is_200.fail:1|c"));
	assert_non_null(strstr(text, "k6.check.is_200.pass:1|c"));
	assert_non_null(strstr(text, "k6.vus:3|g\n"));
	(void)close(fd);
}

/* k6 13: the list of outputs names `statsd`, which is gone | the list names what is there | - */
static void outputs_make__names_what_is_wrong(void **state)
{
	static const char *const env_bad[] = {"K6_PROMETHEUS_RW_TREND_STATS=p(x)",
		"K6_OTEL_EXPORTER_PROTOCOL=grpc", "K6_CSV_TIME_FORMAT=iso",
		"K6_STATSD_PUSH_INTERVAL=never", NULL};
	static const char *const cases[][2] = {{"jsn=x", "no output 'jsn'"},
		{"influxdb", "no output"}, {"json=/nowhere/x", "/nowhere/x"},
		{"prometheus-rw", "'p(x)'"}, {"opentelemetry", "only http/protobuf"},
		{"csv=-", "K6_CSV_TIME_FORMAT 'iso'"}, {"statsd", "K6_STATSD_PUSH_INTERVAL"}};
	const struct stk_env env = {.environ_ = env_bad, .clock = stk_clock_system()};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stk_err err = STK_ERR_INIT;
		struct stk_output output;

		assert_true(stk_outputs_make(cases[i][0], &env, &output, &err) < 0);
		if (!strstr(err.msg, cases[i][1]))
			fail_msg("%s: %s", cases[i][0], err.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(outputs__ndjson_has_k6_s_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(outputs__csv_has_k6_s_columns, setup, teardown),
		cmocka_unit_test_setup_teardown(
			outputs__prometheus_has_k6_s_names_and_ours, setup, teardown),
		cmocka_unit_test_setup_teardown(
			outputs__prometheus_says_what_a_server_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(
			outputs__opentelemetry_posts_protobuf, setup, teardown),
		cmocka_unit_test_setup_teardown(outputs__statsd_sends_lines, setup, teardown),
		cmocka_unit_test(outputs_make__names_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
