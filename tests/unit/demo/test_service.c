/* test_service: the shop as a process: answers, pushes what it measured, ends on SIGTERM. */
#include "core/demo/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/json.h"
#include "core/demo/pusher.h"
#include "core/http/client.h"
#include "core/http/form.h"
#include "core/http/server.h"
#include "core/profile/pprof.h"

/* What the fake Pyroscope got. */
struct inbox {
	pthread_mutex_t lock;
	struct stk_merger *cpu, *memory;
	int pushes, bad;
	char name[128];
};

/* A body of one push: the profile goes into the sum of its kind. */
static int take_push(struct inbox *inbox, const struct stk_server_request *request)
{
	struct stk_merge_opts all = STK_MERGE_OPTS_ALL;
	struct stk_profile *profile = NULL;
	const struct stk_form_part *part;
	struct stk_str name = stk_url_query_get(&request->query, "name");
	struct stk_form form;
	int rc;

	snprintf(inbox->name, sizeof inbox->name, "%.*s", STK_STR_ARG(name));
	rc = stk_form_parse(
		&form, stk_server_request_header(request, "content-type"), request->body, NULL);
	part = rc == 0 ? stk_form_find(&form, "profile") : NULL;
	rc = part && part->has_filename ? stk_pprof_decode(part->data, &profile, NULL) : -1;
	if (rc == 0)
		rc = stk_merger_add(stk_profile_find_type(profile, STK_STR("cpu")) >= 0
					    ? inbox->cpu
					    : inbox->memory,
			profile, &all, NULL);
	stk_form_release(&form);
	stk_profile_free(profile);
	return rc;
}

static void on_push(
	const struct stk_server_request *request, struct stk_server_reply *reply, void *ctx)
{
	struct inbox *inbox = ctx;

	(void)reply;
	pthread_mutex_lock(&inbox->lock);
	inbox->pushes++;
	if (!stk_str_is(request->path, "/ingest") || take_push(inbox, request) < 0)
		inbox->bad++;
	pthread_mutex_unlock(&inbox->lock);
}

static void tell_port(uint16_t port, void *ctx)
{
	const int *fd = ctx;

	if (write(*fd, &port, sizeof port) != sizeof port)
		_exit(9);
}

/* The child: the service, in a process of its own. */
static _Noreturn void serve(const char *push_url, int fd)
{
	struct stk_demo_service_opts opts = {.version = "1.1",
		.push_url = push_url,
		.labels = "env=test",
		.slice_s = 1,
		.seed = 3,
		.ready = tell_port,
		.ctx = &fd};

	_exit(stk_demo_service_run(&opts, NULL) == 0 ? 0 : 1);
}

static struct stk_str get(struct stk_client *client, uint16_t port, const char *path,
	struct stk_http_response *response)
{
	const struct stk_http_header baggage = {
		STK_STR("baggage"), STK_STR("k6.test_run_id=t1,k6.name=list")};
	struct stk_http_request request = {.headers = &baggage, .headers_len = 1};
	char url[128];

	snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port, path);
	request.url = url;
	assert_int_equal(stk_client_send(client, &request, response, NULL), 0);
	assert_int_equal(response->status, 200);
	return stk_buf_str(&response->body);
}

static int64_t self_of(const struct stk_profile *profile, const char *type, const char *name)
{
	int number = stk_profile_find_type(profile, stk_str_of(type));
	struct stk_function_sum *sums = stk_profile_sums(profile, (size_t)number);
	int64_t self = 0;

	for (size_t i = 0; i < profile->functions.len; i++)
		if (stk_str_is(stk_profile_string(profile, profile->functions.items[i].name), name))
			self += sums[i].self;
	free(sums);
	return self;
}

/* The sums of what was pushed are those that the service itself knows exactly. */
static void assert_sums(struct inbox *inbox, struct stk_json *totals)
{
	struct stk_profile *cpu = stk_merger_take(inbox->cpu);
	struct stk_profile *memory = stk_merger_take(inbox->memory);
	int64_t exact = stk_json_int(stk_json_get(totals, "allocated_bytes"), 0);
	int64_t sampled = stk_json_int(stk_json_get(totals, "sampled_bytes"), 0);
	int64_t ticks = stk_json_int(stk_json_get(totals, "ticks"), 0);
	int64_t pushed, labelled = 0;

	assert_non_null(cpu);
	assert_non_null(memory);
	pushed = stk_profile_total(memory, 1);
	assert_true(exact > 15000000);
	assert_true(llabs(pushed - sampled) < sampled / 1000 + 1000);
	assert_true(llabs(pushed - exact) < exact / 6); /* sigma some 3 % */
	assert_true(stk_profile_total(cpu, 0) >= ticks);
	assert_true(stk_profile_total(cpu, 0) <= ticks + 5);
#ifndef __SANITIZE_THREAD__ /* it holds signals back, so ticks fall elsewhere */
	assert_true(self_of(cpu, "samples", "pricing.apply_rules") > ticks / 2);
#endif
	assert_true(self_of(memory, "alloc_space", "catalog.render") > pushed / 3);
	for (size_t i = 0; i < cpu->samples.len; i++)
		if (stk_str_is(stk_profile_sample_label(cpu, i, STK_STR("k6_name")), "list"))
			labelled += stk_profile_value(cpu, i, 0);
	assert_true(labelled > ticks * 8 / 10);
	stk_profile_free(cpu);
	stk_profile_free(memory);
}

static void run__pushes_what_it_measured(void **state)
{
	struct inbox inbox = {.lock = PTHREAD_MUTEX_INITIALIZER,
		.cpu = stk_merger_new(),
		.memory = stk_merger_new()};
	struct stk_server_opts opts = {.handler = on_push, .ctx = &inbox, .threads = 1};
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_json *totals = NULL;
	struct stk_server *server = NULL;
	struct stk_client *client;
	int fds[2], status = -1;
	uint16_t inbox_port, port;
	char url[64];
	pid_t child;

	(void)state;
	/* Fork before there are threads: the child learns where to push through a pipe. */
	int url_fds[2];
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pipe(url_fds), 0);
	child = fork();
	if (child == 0) {
		if (read(url_fds[0], url, sizeof url) != sizeof url)
			_exit(8);
		serve(url, fds[1]);
	}
	assert_int_equal(stk_server_new(&opts, &server, NULL), 0);
	assert_int_equal(stk_server_listen(server, "127.0.0.1", 0, NULL, &inbox_port, NULL), 0);
	snprintf(url, sizeof url, "http://127.0.0.1:%d", inbox_port);
	assert_int_equal(write(url_fds[1], url, sizeof url), sizeof url);
	assert_int_equal(read(fds[0], &port, sizeof port), sizeof port);
	client = stk_client_new(NULL);
	for (int i = 0; i < 250; i++)
		get(client, port, "/products?page=3", &response);
	assert_int_equal(
		stk_json_parse(get(client, port, "/debug/totals", &response), &totals, NULL), 0);
	kill(child, SIGTERM);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	stk_server_stop(server);
	assert_int_equal(inbox.bad, 0);
	assert_true(inbox.pushes >= 2);
	assert_string_equal(inbox.name, "shop{version=1.1,env=test}");
	assert_sums(&inbox, totals);
	stk_json_free(totals);
	stk_http_response_release(&response);
	stk_client_free(client);
	stk_merger_free(inbox.cpu);
	stk_merger_free(inbox.memory);
	for (int i = 0; i < 2; i++) {
		close(fds[i]);
		close(url_fds[i]);
	}
}

static void measure__gives_a_plausible_cost(void **state)
{
	int64_t cost = 0;

	(void)state;
	assert_int_equal(stk_demo_service_measure(50000000, &cost, NULL), 0);
	assert_true(cost > 100000 && cost < 1000000000);
}

static void pusher_address__escapes_name_and_labels(void **state)
{
	struct stk_demo_pusher_opts opts = {
		.url = "http://h:1/", .service = "shop", .version = "1.0", .labels = "a=b"};
	struct stk_buf address = STK_BUF_EMPTY;

	(void)state;
	stk_demo_pusher_address(&opts, 4000000000, 8000000000, &address);
	assert_string_equal(address.ptr,
		"http://h:1/ingest?name=shop%7Bversion%3D1.0%2Ca%3Db%7D&from=4000000000"
		"&until=8000000000&spyName=stoker&sampleRate=100");
	stk_buf_release(&address);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__pushes_what_it_measured),
		cmocka_unit_test(measure__gives_a_plausible_cost),
		cmocka_unit_test(pusher_address__escapes_name_and_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
