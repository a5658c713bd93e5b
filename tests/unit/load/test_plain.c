/* test_plain: the plain transport with many answers at once: all told, in rows, at one time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/http/url.h"
#include "core/load/transport.h"

enum { MANY = 100 };

/* A server within the test, so that all answers are there before anybody looks. */
struct many {
	const struct stk_transport_ops *ops;
	void *transport, *sessions[MANY];
	struct stk_exchange exchanges[MANY];
	char url[64];
	struct stk_url parts;
	int listener, peers[MANY];
	int done;
	bool cancels, cancelled[MANY]; /* each that is done gives up the next one */
};

static void on_done(struct stk_exchange *exchange)
{
	struct many *many = exchange->owner;
	size_t next = (size_t)(exchange - many->exchanges) + 1;

	assert_false(many->cancelled[next - 1]);
	assert_int_equal(exchange->status, 200);
	many->done++;
	if (!many->cancels || next == MANY || !many->exchanges[next].priv)
		return;
	many->cancelled[next] = true;
	many->ops->cancel(many->transport, &many->exchanges[next]);
}

static void listen_anywhere(struct many *many)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof address;

	many->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(many->listener >= 0);
	assert_int_equal(bind(many->listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(many->listener, MANY), 0);
	assert_int_equal(getsockname(many->listener, (struct sockaddr *)&address, &len), 0);
	(void)snprintf(
		many->url, sizeof many->url, "http://127.0.0.1:%d/", (int)ntohs(address.sin_port));
	assert_int_equal(stk_url_parse(stk_str_of(many->url), &many->parts, NULL), 0);
}

static int open_many(void **state)
{
	struct many *many = calloc(1, sizeof *many);
	struct stk_transport_opts opts = {.clock = stk_clock_system()};

	assert_non_null(many);
	many->ops = stk_transport_plain();
	assert_int_equal(many->ops->open(&opts, &many->transport, NULL), 0);
	listen_anywhere(many);
	for (int i = 0; i < MANY; i++)
		stk_exchange_init(&many->exchanges[i]);
	*state = many;
	return 0;
}

static int close_many(void **state)
{
	struct many *many = *state;

	many->ops->close(many->transport);
	for (int i = 0; i < MANY; i++) {
		stk_exchange_release(&many->exchanges[i]);
		(void)close(many->peers[i]);
	}
	(void)close(many->listener);
	free(many);
	return 0;
}

static void submit(struct many *many, int i)
{
	struct stk_exchange *exchange = &many->exchanges[i];

	stk_exchange_clear(exchange);
	exchange->method = "GET";
	exchange->url = many->url;
	exchange->parts = &many->parts;
	exchange->timeout_ns = 60 * STK_NS_PER_S;
	exchange->session = &many->sessions[i];
	exchange->done = on_done;
	exchange->owner = many;
	many->ops->submit(many->transport, exchange);
}

/* The request of a connection, and its answer. */
static void serve(struct many *many, int peer)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	char in[1024];

	while (recv(peer, in, sizeof in, MSG_DONTWAIT) <= 0)
		many->ops->poll(many->transport, 0);
	assert_int_equal(send(peer, answer, sizeof answer - 1, MSG_NOSIGNAL), sizeof answer - 1);
}

/* All requests are sent, then all are answered; nobody has looked at an answer yet. */
static void ask_all(struct many *many)
{
	char byte;

	many->done = 0;
	for (int i = 0; i < MANY; i++)
		submit(many, i);
	for (int i = 0; i < MANY; i++) {
		if (many->peers[i] == 0)
			many->peers[i] = accept(many->listener, NULL, NULL);
		while (recv(many->peers[i], &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
			many->ops->poll(many->transport, 0);
	}
	assert_int_equal(many->done, 0);
	for (int i = 0; i < MANY; i++)
		serve(many, many->peers[i]);
}

/* The first of them let their virtual users run while the rest waits. */
static void plain_poll__takes_many_answers_in_rows(void **state)
{
	struct many *many = *state;

	ask_all(many);
	many->ops->poll(many->transport, INT64_MAX);
	assert_in_range(many->done, 1, MANY / 2);
	while (many->done < MANY)
		many->ops->poll(many->transport, INT64_MAX);
}

/* What came together came at one time, however late its turn is. */
static void plain_poll__dates_an_answer_by_the_wait_that_told_of_it(void **state)
{
	struct many *many = *state;

	ask_all(many);
	while (many->done < MANY)
		many->ops->poll(many->transport, INT64_MAX);
	for (int i = 1; i < MANY; i++)
		assert_int_equal(many->exchanges[i].ended_ns, many->exchanges[0].ended_ns);
}

/* Connections that go while an event for them waits are neither told nor used again too early. */
static void plain_cancel__of_one_whose_answer_waits_is_heeded(void **state)
{
	struct many *many = *state;
	int cancelled = 0;

	ask_all(many);
	many->cancels = true;
	while (many->done + cancelled < MANY) {
		many->ops->poll(many->transport, INT64_MAX);
		cancelled = 0;
		for (int i = 0; i < MANY; i++)
			cancelled += many->cancelled[i];
	}
	assert_true(cancelled > 0);
	many->cancels = false;
	for (int i = 0; i < MANY; i++) {
		many->cancelled[i] = false;
		(void)close(many->peers[i]);
		many->peers[i] = 0;
		many->ops->forget(many->transport, &many->sessions[i]);
	}
	ask_all(many);
	while (many->done < MANY)
		many->ops->poll(many->transport, INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_many, close_many)
		CASE(plain_poll__takes_many_answers_in_rows),
		CASE(plain_poll__dates_an_answer_by_the_wait_that_told_of_it),
		CASE(plain_cancel__of_one_whose_answer_waits_is_heeded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
