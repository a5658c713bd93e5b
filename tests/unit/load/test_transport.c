/* test_transport: each transport against servers with bad manners: the same outcome, bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <math.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/http/url.h"
#include "core/load/transport.h"
#include "tests/support/raw_http.h"

#define OK_BYTES "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static const struct raw_http_row rows[] = {
	{"/ok", OK_BYTES, RAW_KEEP, 0},
	{"/chunked",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
		"chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n"
		"Tail: 1\r\n\r\n",
		RAW_KEEP, 0},
	{"/close", "HTTP/1.1 200 OK\r\n\r\nuntil the end", RAW_CLOSE, 0},
	{"/old", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", RAW_CLOSE, 0},
	{"/interim", "HTTP/1.1 103 Early\r\nX: 1\r\n\r\n" OK_BYTES, RAW_KEEP, 0},
	{"/lf", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", RAW_KEEP, 0},
	{"/none", "HTTP/1.1 204 No Content\r\n\r\n", RAW_KEEP, 0},
	{"/dies", "", RAW_CLOSE, 0},
	{"/resets", "", RAW_RESET, 0},
	{"/hangs", "", RAW_HANG, 0},
	{"/drips", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome", RAW_HANG, 0},
	{"/cut", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome", RAW_CLOSE, 0},
	{"/garbage", "SSH-2.0-OpenSSH_9.2\r\n", RAW_CLOSE, 0},
	{"/absurd", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok", RAW_CLOSE,
		0},
	{"/lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
		RAW_CLOSE, 0},
	{"/coded", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnot!",
		RAW_KEEP, 0},
	{"/endless", "HTTP/1.1 200 OK\r\n\r\nx", RAW_ENDLESS, 0},
	{"/lines", "HTTP/1.1 200 OK\r\nX: x", RAW_ENDLESS, 0},
	{"/two", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", RAW_KEEP, 0},
	{"/stale", OK_BYTES, RAW_KEEP, 0},
	{"/gone", "", RAW_CLOSE, 1}, /* the second request of a connection */
	{"/gone", OK_BYTES, RAW_KEEP, 0},
};

struct trial {
	struct raw_http *raw;
	const struct stk_transport_ops *ops;
	void *transport, *session;
	struct stk_exchange exchange;
	bool is_done;
	char url[128];
	struct stk_url parts;
};

static void on_done(struct stk_exchange *exchange)
{
	((struct trial *)exchange->owner)->is_done = true;
}

static struct stk_net net;

static int open_trial(void **state)
{
	static struct trial trial;
	struct stk_transport_opts opts = {NULL, "test", &net};
	struct stk_err err = STK_ERR_INIT;

	stk_net_init(&net);

	memset(&trial, 0, sizeof trial);
	opts.clock = stk_clock_system();
	trial.raw = raw_http_start(rows, (int)STK_ARRAY_LEN(rows));
	trial.ops = stk_transport_find(getenv(STK_TRANSPORT_ENV));
	assert_int_equal(trial.ops->open(&opts, &trial.transport, &err), 0);
	stk_exchange_init(&trial.exchange);
	*state = &trial;
	return 0;
}

static int close_trial(void **state)
{
	struct trial *trial = *state;

	trial->ops->close(trial->transport);
	stk_exchange_release(&trial->exchange);
	raw_http_stop(trial->raw);
	stk_net_release(&net);
	return 0;
}

/* One exchange with trial->url to its end; what came stands in trial->exchange. */
static void ask_url(struct trial *trial, const char *method, int64_t timeout_ns)
{
	struct stk_exchange *exchange = &trial->exchange;

	assert_int_equal(stk_url_parse(stk_str_of(trial->url), &trial->parts, NULL), 0);
	stk_exchange_clear(exchange);
	exchange->method = method;
	exchange->url = trial->url;
	exchange->parts = &trial->parts;
	exchange->keep_body = true;
	exchange->max_body = 1 << 20;
	exchange->timeout_ns = timeout_ns;
	exchange->session = &trial->session;
	exchange->done = on_done;
	exchange->owner = trial;
	trial->is_done = false;
	trial->ops->submit(trial->transport, exchange);
	while (!trial->is_done)
		trial->ops->poll(trial->transport, INT64_MAX);
}

static void ask_host(struct trial *trial, const char *host, const char *method, const char *path,
	int64_t timeout_ns)
{
	(void)snprintf(trial->url, sizeof trial->url, "http://%s:%d%s", host,
		raw_http_port(trial->raw), path);
	ask_url(trial, method, timeout_ns);
}

static void ask(struct trial *trial, const char *method, const char *path, int64_t timeout_ns)
{
	ask_host(trial, "127.0.0.1", method, path, timeout_ns);
}

/* k6 5.5: `hosts`, also `*.name` | the same | `Host` keeps the name */
static void transport_hosts__are_where_the_script_says(void **state)
{
	struct trial *trial = *state;

	assert_int_equal(stk_net_add_host(&net, "*.shop.test", "127.0.0.1", NULL), 0);
	ask_host(trial, "api.shop.test", "GET", "/ok", 10 * STK_NS_PER_S);
	assert_int_equal(trial->exchange.status, 200);
	assert_string_equal(trial->exchange.remote_ip, "127.0.0.1");
}

/* k6 5.5: `blacklistIPs` | `blacklist_ips` | 1110 as in k6 */
static void transport_blocked_range__is_error_1110(void **state)
{
	struct trial *trial = *state;

	assert_int_equal(stk_net_block_range(&net, "127.0.0.0/8", NULL), 0);
	trial->ops->close(trial->transport); /* ranges are looked at when it opens */
	assert_int_equal(
		trial->ops->open(&(struct stk_transport_opts){stk_clock_system(), NULL, &net},
			&trial->transport, NULL),
		0);
	ask(trial, "GET", "/ok", 10 * STK_NS_PER_S);
	assert_int_equal(trial->exchange.status, 0);
	assert_int_equal(trial->exchange.error_code, 1110);
}

/* k6 5.4: chunked, until the end, HTTP/1.0, interim answers, a bare line feed | the same | - */
static void transport_answer__is_read_however_it_ends(void **state)
{
	static const struct {
		const char *path;
		int status;
		const char *body;
	} cases[] = {{"/ok", 200, "ok"}, {"/chunked", 200, "abcde"},
		{"/close", 200, "until the end"}, {"/old", 200, "ok"}, {"/interim", 200, "ok"},
		{"/lf", 200, "ok"}, {"/none", 204, ""}, {"/two", 404, ""}};
	struct trial *trial = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		ask(trial, "GET", cases[i].path, 10 * STK_NS_PER_S);
		if (trial->exchange.status != cases[i].status)
			fail_msg("%s: %d %s", cases[i].path, trial->exchange.status,
				trial->exchange.error);
		assert_string_equal(trial->exchange.body_out.ptr, cases[i].body);
		assert_string_equal(trial->exchange.remote_ip, "127.0.0.1");
		assert_null(strstr(trial->exchange.head.ptr, "Tail"));
		assert_null(strstr(trial->exchange.head.ptr, "X:"));
		assert_true(trial->exchange.timings.duration >= 0);
		assert_true(trial->exchange.bytes_sent > 40);
	}
	assert_int_equal(trial->exchange.error_code, 1404);
}

/* k6 2.5, 10: EOF 1000, reset 1220, body cut 1000 `unexpected EOF` | the same numbers and texts |
 * an endless body ends at `max_body` */
static void transport_fault__has_k6s_number(void **state)
{
	static const struct {
		const char *path;
		int code;
		const char *text;
	} cases[] = {{"/dies", 1000, "EOF"}, {"/resets", 1220, "reset by peer"},
		{"/cut", 1000, "unexpected EOF"}, {"/garbage", 1000, "does not begin with HTTP/"},
		{"/absurd", 1000, "Content-Length"}, {"/lengths", 1000, "Content-Length"},
		{"/coded", 1701, "error decompressing response body ("},
		{"/endless", 1000, "max_body"}, {"/lines", 1000, "header is larger"}};
	struct trial *trial = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		ask(trial, "POST", cases[i].path, 20 * STK_NS_PER_S);
		if (trial->exchange.error_code != cases[i].code ||
			!strstr(trial->exchange.error, cases[i].text))
			fail_msg("%s: %d %s", cases[i].path, trial->exchange.error_code,
				trial->exchange.error);
		assert_int_equal(trial->exchange.status, 0);
		assert_true(trial->exchange.body_out.cap <= 1 << 16); /* no flood stays */
	}
}

/* k6 2.5, 10: `timeout` over answer and body: 1050; the text so far stays | the same | - */
static void transport_timeout__ends_those_that_hang_and_drip(void **state)
{
	struct trial *trial = *state;

	ask(trial, "GET", "/hangs", 50 * STK_NS_PER_MS);
	assert_int_equal(trial->exchange.error_code, 1050);
	assert_string_equal(trial->exchange.error, "request timeout");
	assert_true(trial->exchange.timings.waiting >= 40);
	assert_true(trial->exchange.timings.receiving == 0);
	ask(trial, "GET", "/drips", 50 * STK_NS_PER_MS);
	assert_int_equal(trial->exchange.error_code, 1050);
	assert_string_equal(trial->exchange.body_out.ptr, "some"); /* what came so far stays */
	assert_true(trial->exchange.timings.receiving > 0);
	ask(trial, "GET", "/ok", 10 * STK_NS_PER_S);
	assert_int_equal(trial->exchange.status, 200);
}

/* A status that is an error comes without words: those of the request before are not its. */
static void exchange_clear__forgets_the_words_of_an_error(void **state)
{
	struct stk_exchange exchange;

	(void)state;
	stk_exchange_init(&exchange);
	exchange.error_code = 1050;
	(void)snprintf(exchange.error, sizeof exchange.error, "request timeout");
	stk_exchange_clear(&exchange);
	assert_int_equal(exchange.error_code, 0);
	assert_string_equal(exchange.error, "");
	stk_exchange_release(&exchange);
}

static void check_sum(const struct stk_timings_ms *ms)
{
	assert_true(fabs(ms->duration - (ms->sending + ms->waiting + ms->receiving)) < 1e-9);
	assert_true(ms->blocked >= ms->connecting && ms->tls_handshaking == 0);
}

/* k6 2.2: `blocked` holds look-up, connect and TLS of a new connection; `duration` is `sending` +
 * `waiting` + `receiving` | the same | - k6 2.2: on a connection that is used again `connecting`
 * and `tls_handshaking` are 0 | the same | - */
static void transport_timings__add_up_as_in_k6(void **state)
{
	struct trial *trial = *state;
	const struct stk_timings_ms *ms = &trial->exchange.timings;

	ask(trial, "GET", "/chunked", 10 * STK_NS_PER_S);
	check_sum(ms);
	assert_true(ms->connecting > 0 && ms->duration > 0);
	ask(trial, "POST", "/ok", 10 * STK_NS_PER_S);
	check_sum(ms);
	assert_true(ms->connecting == 0 && ms->duration > 0);
	ask(trial, "GET", "/cut", 10 * STK_NS_PER_S);
	check_sum(ms);
}

/* A listener whose queue is full: what connects now is not answered. */
static int deaf_port(int fds[4])
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;

	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fds[0], (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(fds[0], 0), 0);
	assert_int_equal(getsockname(fds[0], (struct sockaddr *)&at, &len), 0);
	for (int i = 1; i < 4; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(fds[i], (struct sockaddr *)&at, len);
	}
	return ntohs(at.sin_port);
}

/* k6 13: a connect that times out has its time in no metric | in `blocked` | `duration` stays 0, as
 * in k6 k6 2.5: a timeout while connecting is 1050 | the same | - */
static void transport_connect__that_times_out_has_its_time(void **state)
{
	struct trial *trial = *state;
	int fds[4];

	(void)snprintf(trial->url, sizeof trial->url, "http://127.0.0.1:%d/", deaf_port(fds));
	ask_url(trial, "GET", 60 * STK_NS_PER_MS);
	assert_int_equal(trial->exchange.error_code, 1050);
	assert_true(trial->exchange.timings.blocked >= 50);
	assert_true(trial->exchange.timings.duration == 0);
	for (size_t i = 0; i < STK_ARRAY_LEN(fds); i++)
		(void)close(fds[i]);
}

/* k6 5.4: connections are kept, per VU | the same | over TLS and HTTP/2 the VUs of a worker share
 * them */
static void transport_keep_alive__uses_a_connection_again(void **state)
{
	struct trial *trial = *state;

	for (int i = 0; i < 5; i++)
		ask(trial, "GET", "/ok", 10 * STK_NS_PER_S);
	assert_int_equal(raw_http_requests(trial->raw), 5);
	assert_int_equal(raw_http_connections(trial->raw), 1);
	assert_true(trial->exchange.timings.connecting == 0);
}

/* k6 2.2, 10: a GET on a kept connection that was closed is sent once more, unseen | the same |
 * over TLS with every method */
static void transport_keep_alive__get_is_sent_once_more_when_it_was_closed(void **state)
{
	struct trial *trial = *state;

	ask(trial, "GET", "/gone", 10 * STK_NS_PER_S);
	assert_int_equal(trial->exchange.status, 200);
	ask(trial, "GET", "/gone", 10 * STK_NS_PER_S);
	assert_int_equal(trial->exchange.status, 200);
	assert_int_equal(raw_http_requests(trial->raw), 3);
	assert_int_equal(raw_http_connections(trial->raw), 2);
}

static void transport_cancel__forgets_the_exchange(void **state)
{
	struct trial *trial = *state;
	struct stk_exchange *exchange = &trial->exchange;

	ask(trial, "GET", "/ok", 10 * STK_NS_PER_S);
	stk_exchange_clear(exchange);
	trial->is_done = false;
	trial->ops->submit(trial->transport, exchange);
	trial->ops->cancel(trial->transport, exchange);
	trial->ops->poll(trial->transport, 0);
	assert_false(trial->is_done);
	ask(trial, "GET", "/ok", 10 * STK_NS_PER_S);
	assert_int_equal(trial->exchange.status, 200);
}

int main(void)
{
	static const char *const names[] = {"curl", "plain", "auto"};
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_trial, close_trial)
		CASE(transport_hosts__are_where_the_script_says),
		CASE(transport_blocked_range__is_error_1110),
		CASE(transport_answer__is_read_however_it_ends),
		CASE(transport_fault__has_k6s_number),
		CASE(transport_timeout__ends_those_that_hang_and_drip),
		cmocka_unit_test(exchange_clear__forgets_the_words_of_an_error),
		CASE(transport_timings__add_up_as_in_k6),
		CASE(transport_connect__that_times_out_has_its_time),
		CASE(transport_keep_alive__uses_a_connection_again),
		CASE(transport_keep_alive__get_is_sent_once_more_when_it_was_closed),
		CASE(transport_cancel__forgets_the_exchange),
	};
	int failed = 0;

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++) {
		(void)setenv(STK_TRANSPORT_ENV, names[i], 1);
		failed += cmocka_run_group_tests_name(names[i], tests, NULL, NULL);
	}
	return failed;
}
