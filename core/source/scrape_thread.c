/* scrape_thread: the thread that asks a target's /debug/pprof for profiles at the borders of
 * slices. */
#include <time.h>

#include "core/http/client.h"
#include "core/profile/pprof.h"
#include "core/source/scrape_priv.h"

#define TIMEOUT_MS 15000
#define MAX_BYTES  ((size_t)64 << 20)
/* A CPU profile that begins later than this behind its border is not begun: it would end behind
 * the next one. */
#define LATE_NS  (100 * STK_NS_PER_MS)
#define KEEP_MAX 20000 /* answers of one endpoint */

const struct stk_scrape_endpoint stk_scrape_endpoints[STK_SCRAPE_ENDPOINTS] = {
	[STK_SCRAPE_CPU] = {"profile", "process_cpu", false},
	/* gc=1: the profile is as of the last collection, which may be slices ago; a collection at
	 * each border, at both sides alike, makes what was allocated in a slice show up in it */
	[STK_SCRAPE_HEAP] = {"heap?gc=1", "memory", true},
	[STK_SCRAPE_GOROUTINE] = {"goroutine", "goroutines", true},
	[STK_SCRAPE_MUTEX] = {"mutex", "mutex", true},
	[STK_SCRAPE_BLOCK] = {"block", "block", true},
};

static int64_t now_ns(void)
{
	return stk_clock_wall(stk_clock_system());
}

static bool is_wanted(struct stk_scrape *scrape, int endpoint)
{
	pthread_mutex_lock(&scrape->lock);
	bool wanted = scrape->wanted[endpoint];
	pthread_mutex_unlock(&scrape->lock);
	return wanted;
}

void stk_scrape_want(struct stk_scrape *scrape, int endpoint)
{
	pthread_mutex_lock(&scrape->lock);
	scrape->wanted[endpoint] = true;
	pthread_mutex_unlock(&scrape->lock);
}

/* One GET; err says what went wrong, with the address. */
static int get(struct stk_client *client, const char *url, int64_t timeout_ms,
	struct stk_http_response *response, struct stk_err *err)
{
	struct stk_http_request request = {
		.url = url, .timeout_ms = timeout_ms, .max_body = MAX_BYTES};
	int rc = stk_client_send(client, &request, response, err);

	if (rc == 0)
		rc = stk_http_response_check(response, err);
	if (rc == STK_E_NOT_FOUND || rc == STK_E_HTTP)
		stk_err_hint(err, "does the target serve Go's net/http/pprof there?");
	if (rc < 0)
		stk_err_wrap(err, "%s", url);
	return rc;
}

/* The time that a CPU profile covers, as it says itself. */
static int64_t duration_of(struct stk_str pprof, int64_t fallback_ns)
{
	struct stk_profile *profile = NULL;
	int64_t duration_ns = fallback_ns;

	if (stk_pprof_decode(pprof, &profile, NULL) == 0 && profile->duration_ns > 0)
		duration_ns = profile->duration_ns;
	stk_profile_free(profile);
	return duration_ns;
}

static void keep(struct stk_scrape *scrape, int endpoint, struct stk_scrape_dump dump)
{
	struct stk_scrape_dumps *dumps = &scrape->dumps[endpoint];

	pthread_mutex_lock(&scrape->lock);
	scrape->is_reached = true;
	if (dumps->len < KEEP_MAX) {
		dump.pprof.ptr = stk_str_dup(dump.pprof);
		stk_vec_push(dumps, dump);
	}
	pthread_mutex_unlock(&scrape->lock);
}

static void note(struct stk_scrape *scrape, const struct stk_err *err)
{
	pthread_mutex_lock(&scrape->lock);
	scrape->last = *err;
	pthread_mutex_unlock(&scrape->lock);
}

static void collect(
	struct stk_scrape *scrape, struct stk_client *client, int endpoint, int64_t border)
{
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_buf url = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	int64_t timeout_ms = TIMEOUT_MS;

	stk_buf_addf(&url, "%s/%s", scrape->url, stk_scrape_endpoints[endpoint].path);
	if (endpoint == STK_SCRAPE_CPU) {
		stk_buf_addf(&url, "?seconds=%lld", (long long)(scrape->slice_ns / STK_NS_PER_S));
		timeout_ms += scrape->slice_ns / STK_NS_PER_MS;
	}
	struct stk_scrape_dump dump = {.border = border, .start_ns = now_ns()};
	if (get(client, url.ptr, timeout_ms, &response, &err) < 0) {
		note(scrape, &err);
	} else {
		dump.pprof = stk_buf_str(&response.body);
		dump.end_ns = dump.start_ns;
		if (endpoint == STK_SCRAPE_CPU)
			dump.end_ns += duration_of(dump.pprof, scrape->slice_ns);
		keep(scrape, endpoint, dump);
	}
	stk_buf_release(&url);
	stk_http_response_release(&response);
}

/* false when it is time to stop. */
static bool sleep_until(struct stk_scrape *scrape, int64_t wall_ns)
{
	struct timespec until = {wall_ns / STK_NS_PER_S, wall_ns % STK_NS_PER_S};

	pthread_mutex_lock(&scrape->lock);
	while (!atomic_load(&scrape->stop) && now_ns() < wall_ns)
		(void)pthread_cond_timedwait(&scrape->wake, &scrape->lock, &until);
	pthread_mutex_unlock(&scrape->lock);
	return !atomic_load(&scrape->stop);
}

static void *run(void *ctx)
{
	struct stk_scrape *scrape = ctx;
	struct stk_client_opts opts = {.interrupts = &scrape->stop};
	struct stk_client *client = stk_client_new(&opts);

	/* before the first border: is the target there? */
	collect(scrape, client, STK_SCRAPE_HEAP, -2);
	while (!atomic_load(&scrape->stop)) {
		int64_t border = now_ns() / scrape->interval_ns + 1;

		if (!sleep_until(scrape, border * scrape->interval_ns))
			break;
		for (int i = 0; i < STK_SCRAPE_ENDPOINTS; i++)
			if (stk_scrape_endpoints[i].is_dump && is_wanted(scrape, i))
				collect(scrape, client, i, border);
		if (is_wanted(scrape, STK_SCRAPE_CPU) &&
			now_ns() - border * scrape->interval_ns < LATE_NS)
			collect(scrape, client, STK_SCRAPE_CPU, border);
	}
	stk_client_free(client);
	return NULL;
}

int stk_scrape_start(struct stk_scrape *scrape, struct stk_err *err)
{
	int rc = 0;

	if (!scrape->is_started) {
		int error = pthread_create(&scrape->thread, NULL, run, scrape);
		if (error != 0)
			return stk_err_set_errno(err, STK_E_IO, error, "scrape: a thread");
		scrape->is_started = true;
	}
	pthread_mutex_lock(&scrape->lock);
	if (scrape->is_reached) {
		rc = 1;
	} else if (scrape->last.code != 0) {
		rc = scrape->last.code;
		if (err)
			*err = scrape->last;
	}
	pthread_mutex_unlock(&scrape->lock);
	return rc;
}

void stk_scrape_stop(struct stk_scrape *scrape)
{
	if (!scrape->is_started)
		return;
	pthread_mutex_lock(&scrape->lock);
	atomic_store(&scrape->stop, 1);
	pthread_cond_broadcast(&scrape->wake);
	pthread_mutex_unlock(&scrape->lock);
	pthread_join(scrape->thread, NULL);
	scrape->is_started = false;
}
