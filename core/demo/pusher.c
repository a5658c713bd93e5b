/* pusher: cuts a slice at each border of the wall clock and pushes it as an SDK does. */
#include "core/demo/pusher.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/demo/profiles.h"
#include "core/http/client.h"
#include "core/http/form.h"
#include "core/http/url.h"

#define PUSH_TIMEOUT_MS 10000
/* A cut this late still counts as made at the border: a handful of requests at most. */
#define LATE_MAX_NS (25 * STK_NS_PER_MS)
#define BOUNDARY    "stoker-demo-7d1f0c5e2b"

struct stk_demo_pusher {
	struct stk_demo_pusher_opts opts;
	pthread_t thread;
	pthread_mutex_t lock; /* of samplers and stopping */
	pthread_cond_t wake;
	STK_VEC(struct stk_sampler *) samplers;
	bool stopping;
	/* Of the thread. */
	struct stk_client *client;
	STK_VEC(struct stk_sampler_slice) slices;
	int64_t start_ns; /* of the slice under way */
};

void stk_demo_pusher_address(const struct stk_demo_pusher_opts *opts, int64_t start_ns,
	int64_t end_ns, struct stk_buf *out)
{
	struct stk_buf name = STK_BUF_INIT(4096);
	const char *comma = "";

	stk_buf_addf(&name, "%s{", opts->service);
	if (opts->version) {
		stk_buf_addf(&name, "version=%s", opts->version);
		comma = ",";
	}
	if (opts->labels && *opts->labels)
		stk_buf_addf(&name, "%s%s", comma, opts->labels);
	stk_buf_add_byte(&name, '}');
	stk_url_join(out, stk_str_of(opts->url), STK_STR("/ingest?name="));
	stk_url_escape(out, stk_buf_str(&name));
	stk_buf_addf(out, "&from=%lld&until=%lld&spyName=stoker&sampleRate=100",
		(long long)start_ns, (long long)end_ns);
	stk_buf_release(&name);
}

static int push(
	struct stk_demo_pusher *pusher, struct stk_str profile, int64_t end_ns, struct stk_err *err)
{
	static const struct stk_http_header type = {{"Content-Type", 12},
		{"multipart/form-data; boundary=" BOUNDARY, 29 + sizeof BOUNDARY}};
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_buf address = STK_BUF_INIT(16384), body = STK_BUF_EMPTY;
	struct stk_form_part part = {.name = STK_STR("profile"),
		.filename = STK_STR("profile.pprof"),
		.has_filename = true,
		.content_type = STK_STR("application/octet-stream"),
		.data = profile};
	struct stk_http_request request = {.method = "POST",
		.headers = &type,
		.headers_len = 1,
		.has_body = true,
		.timeout_ms = PUSH_TIMEOUT_MS};
	int rc;

	stk_demo_pusher_address(&pusher->opts, pusher->start_ns, end_ns, &address);
	stk_form_add(&body, STK_STR(BOUNDARY), &part);
	stk_form_end(&body, STK_STR(BOUNDARY));
	request.url = address.ptr;
	request.body = stk_buf_str(&body);
	rc = stk_client_send(pusher->client, &request, &response, err);
	if (rc == 0)
		rc = stk_http_response_check(&response, err);
	stk_http_response_release(&response);
	stk_buf_release(&address);
	stk_buf_release(&body);
	return rc;
}

typedef int (*encode_fn)(const struct stk_sampler_slice *slices, size_t len, int64_t start_ns,
	int64_t end_ns, struct stk_buf *out, struct stk_err *err);

/* A slice that cannot be delivered is lost, as with other agents; the log says so. */
static void encode_and_push(struct stk_demo_pusher *pusher, encode_fn encode, int64_t end_ns)
{
	struct stk_buf profile = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	int rc = encode(
		pusher->slices.items, pusher->slices.len, pusher->start_ns, end_ns, &profile, &err);

	if (rc == 0 && profile.len > 0)
		rc = push(pusher, stk_buf_str(&profile), end_ns, &err);
	if (rc < 0)
		stk_log("demo", STK_LOG_WARN, "event=slice_lost reason=\"%s\"", err.msg);
	stk_buf_release(&profile);
}

static void cut(struct stk_demo_pusher *pusher, int64_t end_ns)
{
	size_t len;

	pthread_mutex_lock(&pusher->lock);
	len = pusher->samplers.len;
	while (pusher->slices.len < len)
		(void)stk_vec_push_new(&pusher->slices);
	for (size_t i = 0; i < len; i++)
		stk_sampler_take(pusher->samplers.items[i], &pusher->slices.items[i]);
	pthread_mutex_unlock(&pusher->lock);
	if (end_ns > pusher->start_ns) {
		encode_and_push(pusher, stk_demo_profiles_cpu, end_ns);
		encode_and_push(pusher, stk_demo_profiles_memory, end_ns);
	}
	pusher->start_ns = end_ns;
}

/* Wait for the border; false when it is time to stop. */
static bool wait_until(struct stk_demo_pusher *pusher, int64_t wall_ns)
{
	struct timespec ts = {wall_ns / STK_NS_PER_S, wall_ns % STK_NS_PER_S};
	int rc = 0;
	bool stopping;

	pthread_mutex_lock(&pusher->lock);
	while (!pusher->stopping && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&pusher->wake, &pusher->lock, &ts);
	stopping = pusher->stopping;
	pthread_mutex_unlock(&pusher->lock);
	return !stopping;
}

static void *run(void *ctx)
{
	struct stk_demo_pusher *pusher = ctx;
	int64_t slice = pusher->opts.slice_ns, border, now;

	pusher->start_ns = stk_clock_wall(stk_clock_system());
	border = (pusher->start_ns / slice + 1) * slice;
	while (wait_until(pusher, border)) {
		now = stk_clock_wall(stk_clock_system());
		if (now < border) /* the wall clock was set back */
			now = border;
		cut(pusher, now - border < LATE_MAX_NS ? border : now);
		now = stk_clock_wall(stk_clock_system());
		border = (pusher->start_ns / slice + 1) * slice;
		if (border < now) /* pushing took longer than a slice */
			border = (now / slice + 1) * slice;
	}
	cut(pusher, stk_clock_wall(stk_clock_system()));
	return NULL;
}

int stk_demo_pusher_start(
	const struct stk_demo_pusher_opts *opts, struct stk_demo_pusher **out, struct stk_err *err)
{
	struct stk_demo_pusher *pusher = stk_xcalloc(1, sizeof *pusher);
	sigset_t all, former;
	int rc;

	pusher->opts = *opts;
	pusher->client = stk_client_new(NULL);
	pthread_mutex_init(&pusher->lock, NULL);
	pthread_cond_init(&pusher->wake, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &former); /* signals are for the other threads */
	rc = pthread_create(&pusher->thread, NULL, run, pusher);
	pthread_sigmask(SIG_SETMASK, &former, NULL);
	if (rc != 0) {
		stk_client_free(pusher->client);
		free(pusher);
		return stk_err_set_errno(err, STK_E_INTERNAL, rc, "thread of the pusher");
	}
	*out = pusher;
	return 0;
}

void stk_demo_pusher_add(struct stk_demo_pusher *pusher, struct stk_sampler *sampler)
{
	pthread_mutex_lock(&pusher->lock);
	stk_vec_push(&pusher->samplers, sampler);
	pthread_mutex_unlock(&pusher->lock);
}

void stk_demo_pusher_stop(struct stk_demo_pusher *pusher)
{
	if (!pusher)
		return;
	pthread_mutex_lock(&pusher->lock);
	pusher->stopping = true;
	pthread_cond_signal(&pusher->wake);
	pthread_mutex_unlock(&pusher->lock);
	(void)pthread_join(pusher->thread, NULL);
	for (size_t i = 0; i < pusher->slices.len; i++)
		stk_sampler_slice_release(&pusher->slices.items[i]);
	stk_vec_release(&pusher->slices);
	stk_vec_release(&pusher->samplers);
	stk_client_free(pusher->client);
	pthread_cond_destroy(&pusher->wake);
	pthread_mutex_destroy(&pusher->lock);
	free(pusher);
}
