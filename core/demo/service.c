/* service: HTTP requests to the Lua shop of the thread that answers, its samplers to the pusher. */
#include "core/demo/service.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/rand.h"
#include "core/demo/baggage.h"
#include "core/demo/pusher.h"
#include "core/demo/shop.h"
#include "core/http/server.h"

#define SLICE_S_DEFAULT 4
#define QUERY_MAX       16

/* What one thread of the server has. */
struct worker {
	struct stk_app *app;
	struct stk_app_reply reply;
	struct stk_demo_baggage baggage;
};

struct service {
	const struct stk_demo_service_opts *opts;
	struct stk_demo_pusher *pusher;
	struct stk_server *server;
	pthread_mutex_t lock; /* of workers */
	STK_VEC(struct worker *) workers;
};

static _Thread_local struct worker *thread_worker;

static void free_worker(struct worker *worker)
{
	if (!worker)
		return;
	stk_app_reply_release(&worker->reply);
	stk_demo_baggage_release(&worker->baggage);
	if (worker->app)
		stk_sampler_stop(stk_app_sampler(worker->app));
	stk_app_free(worker->app);
	free(worker);
}

/* The calling thread's, made on its first request. */
static int get_worker(struct service *service, struct worker **out, struct stk_err *err)
{
	uint64_t seed = service->opts->seed ? service->opts->seed : stk_rand_system();
	struct worker *worker;
	int rc;

	if (thread_worker) {
		*out = thread_worker;
		return 0;
	}
	worker = stk_xcalloc(1, sizeof *worker);
	stk_demo_baggage_init(&worker->baggage);
	rc = stk_demo_shop_new(service->opts->plants, service->opts->hz, seed, &worker->app, err);
	if (rc == 0)
		rc = stk_sampler_start(stk_app_sampler(worker->app), err);
	if (rc < 0) {
		free_worker(worker);
		return rc;
	}
	pthread_mutex_lock(&service->lock);
	stk_vec_push(&service->workers, worker);
	pthread_mutex_unlock(&service->lock);
	if (service->pusher)
		stk_demo_pusher_add(service->pusher, stk_app_sampler(worker->app));
	*out = thread_worker = worker;
	return 0;
}

/* GET /debug/totals: exact sums beside the sampled ones, of all threads. */
static void reply_totals(struct service *service, struct stk_server_reply *reply)
{
	struct stk_sampler_totals sum = {0}, one;

	pthread_mutex_lock(&service->lock);
	for (size_t i = 0; i < service->workers.len; i++) {
		stk_sampler_totals(stk_app_sampler(service->workers.items[i]->app), &one);
		sum.allocated_bytes += one.allocated_bytes;
		sum.allocated_objects += one.allocated_objects;
		sum.freed_bytes += one.freed_bytes;
		sum.sampled_bytes += one.sampled_bytes;
		sum.sampled_objects += one.sampled_objects;
		sum.hits += one.hits;
		sum.ticks += one.ticks;
		sum.cpu_ns += one.cpu_ns;
	}
	pthread_mutex_unlock(&service->lock);
	reply->content_type = "application/json";
	stk_buf_addf(&reply->body,
		"{\"allocated_bytes\":%llu,\"allocated_objects\":%llu,\"freed_bytes\":%llu,"
		"\"sampled_bytes\":%llu,\"sampled_objects\":%llu,\"hits\":%llu,\"ticks\":%llu,"
		"\"cpu_ns\":%lld}\n",
		(unsigned long long)sum.allocated_bytes, (unsigned long long)sum.allocated_objects,
		(unsigned long long)sum.freed_bytes, (unsigned long long)sum.sampled_bytes,
		(unsigned long long)sum.sampled_objects, (unsigned long long)sum.hits,
		(unsigned long long)sum.ticks, (long long)sum.cpu_ns);
}

/* The reply's type must be static text. */
static const char *static_type(const char *type)
{
	static const char *const known[] = {"application/json", "text/html"};

	for (size_t i = 0; i < STK_ARRAY_LEN(known); i++)
		if (stk_str_is(stk_str_of(type), known[i]))
			return known[i];
	return "text/plain";
}

static void call_shop(struct worker *worker, const struct stk_server_request *request,
	struct stk_server_reply *reply)
{
	struct stk_app_pair query[QUERY_MAX];
	struct stk_app_request call = {.method = stk_str_of(request->method),
		.path = request->path,
		.body = request->body,
		.query = query};

	stk_demo_baggage_parse(&worker->baggage, stk_server_request_header(request, "baggage"));
	call.labels = worker->baggage.labels;
	call.labels_len = worker->baggage.len;
	while (call.query_len < request->query.pairs.len && call.query_len < QUERY_MAX) {
		const struct stk_url_pair *pair = &request->query.pairs.items[call.query_len];

		query[call.query_len++] = (struct stk_app_pair){pair->key, pair->value};
	}
	stk_app_call(worker->app, &call, &worker->reply);
	reply->status = worker->reply.status;
	reply->content_type = static_type(worker->reply.content_type);
	stk_buf_add_str(&reply->body, stk_buf_str(&worker->reply.body));
}

static void on_request(
	const struct stk_server_request *request, struct stk_server_reply *reply, void *ctx)
{
	struct service *service = ctx;
	struct stk_err err = STK_ERR_INIT;
	struct worker *worker;

	if (stk_str_is(request->path, "/debug/totals"))
		reply_totals(service, reply);
	else if (get_worker(service, &worker, &err) < 0)
		stk_server_reply_text(reply, 500, "text/plain", "the shop does not open\n");
	else
		call_shop(worker, request, reply);
}

static int start_pusher(struct service *service, struct stk_err *err)
{
	const struct stk_demo_service_opts *opts = service->opts;
	struct stk_demo_pusher_opts push = {.url = opts->push_url,
		.service = opts->service ? opts->service : "shop",
		.version = opts->version,
		.labels = opts->labels,
		.slice_ns = (opts->slice_s > 0 ? opts->slice_s : SLICE_S_DEFAULT) * STK_NS_PER_S};

	if (!opts->push_url)
		return 0;
	return stk_demo_pusher_start(&push, &service->pusher, err);
}

static int serve(struct service *service, struct stk_err *err)
{
	struct stk_server_opts opts = {.handler = on_request, .ctx = service, .threads = 1};
	uint16_t port;
	int rc;

	rc = stk_server_new(&opts, &service->server, err);
	if (rc == 0)
		rc = stk_server_listen(
			service->server, "127.0.0.1", service->opts->port, NULL, &port, err);
	if (rc == 0 && service->opts->ready)
		service->opts->ready(port, service->opts->ctx);
	return rc;
}

int stk_demo_service_run(const struct stk_demo_service_opts *opts, struct stk_err *err)
{
	struct service service = {.opts = opts};
	sigset_t ends;
	int rc, which;

	/* The same heap on both sides, and no page handed back between two collections. */
	(void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
	(void)mallopt(M_MMAP_THRESHOLD, 64 << 20);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	pthread_mutex_init(&service.lock, NULL);
	rc = start_pusher(&service, err);
	if (rc == 0)
		rc = serve(&service, err);
	if (rc == 0)
		(void)sigwait(&ends, &which);
	stk_demo_pusher_stop(service.pusher); /* while the threads' CPU clocks still tick */
	stk_server_stop(service.server);
	for (size_t i = 0; i < service.workers.len; i++)
		free_worker(service.workers.items[i]);
	stk_vec_release(&service.workers);
	pthread_mutex_destroy(&service.lock);
	return rc;
}
