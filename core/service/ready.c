/* ready: wait for a build to end and for a service to answer. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/http/client.h"
#include "core/service/service_priv.h"

enum {
	ASK_MS = 100,     /* between two questions */
	ANSWER_MS = 2000, /* for one answer */
	BODY_MAX = 1 << 20,
	CONNECT_MS = 1000
};

static int fail_aborted(const struct stk_service *service, const char *what, struct stk_err *err)
{
	return stk_err_set(
		err, STK_E_ABORTED, "service '%s': %s was interrupted", service->name, what);
}

static int fail_late(const struct stk_service *service, const char *what, int64_t limit_ns,
	const char *last, struct stk_err *err)
{
	struct stk_buf tail = STK_BUF_INIT(8192), limit = STK_BUF_EMPTY;

	stk_units_format_duration(&limit, limit_ns);
	stk_err_set(err, STK_E_TIMEOUT, "service '%s' %s within %s%s%s", service->name, what,
		limit.ptr, last[0] ? ": " : "", last);
	stk_buf_release(&limit);
	stk_service_log_tail(service, 4, &tail);
	if (tail.len > 0)
		stk_err_hint(err, "its last lines:\n%.400s",
			tail.len > 400 ? tail.ptr + tail.len - 400 : tail.ptr);
	stk_buf_release(&tail);
	return STK_E_TIMEOUT;
}

int stk_service_build(struct stk_service *service, struct stk_err *err)
{
	int64_t until = stk_clock_mono(service->clock) + service->build_timeout_ns;
	int rc = 0;

	if (!service->build)
		return 0;
	rc = stk_service_launch(service, service->build, err);
	if (rc < 0)
		return rc;
	while (!service->guard.first_ended && !service->guard.ended && rc == 0) {
		(void)stk_guard_poll(&service->guard, ASK_MS); /* its state tells */
		if (stk_service_is_interrupted(service))
			rc = fail_aborted(service, "the build", err);
		else if (stk_clock_mono(service->clock) >= until)
			rc = fail_late(
				service, "was not built", service->build_timeout_ns, "", err);
	}
	stk_guard_kill(&service->guard); /* also what a finished build left running */
	if (rc == 0 && !(WIFEXITED(service->guard.first_status) &&
			       WEXITSTATUS(service->guard.first_status) == 0))
		rc = stk_service_fail_ended(service, "could not be built", err);
	service->guard = (struct stk_guard)STK_GUARD_INIT;
	return rc;
}

/* One plain connection. */
static int ask_tcp(uint16_t port, struct stk_err *err)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval limit = {CONNECT_MS / 1000, CONNECT_MS % 1000 * 1000};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc = 0;

	if (fd < 0)
		return 0;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit); /* also for connect */
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		rc = 1;
	else
		(void)stk_err_set(err, STK_E_NET, "no connection to port %u",
			(unsigned)port); /* only told when time is over */
	close(fd);
	return rc;
}

static int ask_http(struct stk_client *client, const char *url, struct stk_err *err)
{
	struct stk_http_request request = {
		.url = url, .timeout_ms = ANSWER_MS, .max_body = BODY_MAX};
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	int rc = stk_client_send(client, &request, &response, err);

	if (rc == 0 && response.status >= 200 && response.status < 400)
		rc = 1;
	else if (rc == 0)
		(void)stk_err_set(err, STK_E_HTTP, "HTTP %d", response.status);
	else
		rc = rc == STK_E_INVAL || rc == STK_E_ABORTED ? rc : 0;
	stk_http_response_release(&response);
	return rc;
}

struct question {
	struct stk_client *client; /* NULL for tcp and a function */
	char *url;
	uint16_t port; /* of tcp */
};

static int ask(struct stk_service *service, const struct question *question, struct stk_err *err)
{
	if (service->ready_fn)
		return service->ready_fn(err, service->ready_ctx);
	if (question->client)
		return ask_http(question->client, question->url, err);
	return question->port ? ask_tcp(question->port, err) : 1;
}

/* "tcp" is {port}, "tcp:41802" another one. */
static int find_port(const struct stk_service *service, uint16_t *out, struct stk_err *err)
{
	struct stk_str text = stk_str_of(service->ready ? service->ready : "tcp");
	int64_t port = service->values.ports[0];

	if (!stk_str_is(text, "tcp") &&
		(!stk_str_starts(text, "tcp:") ||
			stk_str_to_i64(stk_str_skip(text, 4), &port, NULL) < 0 || port < 1 ||
			port > UINT16_MAX))
		return stk_err_set(err, STK_E_SCRIPT,
			"service '%s': ready = '%s' is no path, \"tcp\", \"tcp:PORT\" or "
			"\"started\"",
			service->name, service->ready);
	if (port == 0)
		return stk_err_set(err, STK_E_SCRIPT,
			"service '%s': ready = \"tcp\" needs {port} in its commands",
			service->name);
	*out = (uint16_t)port;
	return 0;
}

static int open_question(
	struct stk_service *service, struct question *question, struct stk_err *err)
{
	struct stk_client_opts opts = {
		.connect_timeout_ms = CONNECT_MS, .interrupts = service->interrupts};

	if (service->ready_fn)
		return 0;
	if (service->ready && service->ready[0] == '/') {
		size_t len = strlen(service->url);
		while (len > 0 && service->url[len - 1] == '/')
			len--;
		question->url = stk_xasprintf("%.*s%s", (int)len, service->url, service->ready);
		question->client = stk_client_new(&opts);
		return 0;
	}
	if (service->ready && strcmp(service->ready, "started") == 0)
		return 0;
	return find_port(service, &question->port, err);
}

int stk_service_wait_ready(struct stk_service *service, struct stk_err *err)
{
	int64_t until = stk_clock_mono(service->clock) + service->ready_timeout_ns;
	struct question question = {NULL, NULL, 0};
	struct stk_err last = STK_ERR_INIT;
	int rc = open_question(service, &question, err);

	while (rc == 0) {
		if (stk_service_is_interrupted(service)) {
			rc = fail_aborted(service, "the wait until it is ready", err);
		} else if (!stk_service_alive(service)) {
			rc = stk_service_fail_ended(service, "ended before it was ready", err);
		} else {
			rc = ask(service, &question, &last);
			if (rc < 0 && err)
				*err = last;
		}
		if (rc == 0 && stk_clock_mono(service->clock) >= until)
			rc = fail_late(
				service, "was not ready", service->ready_timeout_ns, last.msg, err);
		if (rc == 0)
			(void)stk_guard_poll(
				&service->guard, ASK_MS); /* wakes at once when it ends */
	}
	stk_client_free(question.client);
	free(question.url);
	return rc < 0 ? rc : stk_service_ask_pids(service, err);
}
