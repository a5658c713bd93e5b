/* fetch_count: k6's full set of samples for each hop (k6 2.1 to 2.4). */
#include "core/load/fetch_count.h"

#include "core/load/load_priv.h"

bool stk_fetch_expected(const struct stk_fetch *fetch)
{
	const struct stk_request *request = fetch->request;
	int status = fetch->exchange.status;

	if (status == 0)
		return false;
	if (request->expect_len == 0)
		return status >= 200 && status <= 399;
	for (size_t i = 0; i < request->expect_len; i++)
		if (status >= request->expect[i].low && status <= request->expect[i].high)
			return true;
	return false;
}

static void count_window(struct stk_fetch *fetch, bool expected)
{
	struct stk_worker *worker = fetch->vu->worker;
	struct stk_entry_counts *entry = &worker->entries.items[fetch->vu->entry];

	entry->requests++;
	entry->failed += !expected && !fetch->request->unjudged;
	stk_hist_add(&entry->duration_ms, fetch->exchange.timings.duration);
	if (worker->engine->opts.live)
		stk_live_add(&worker->live, fetch->name, fetch->exchange.timings.duration);
}

/* The clocks drift apart by less than a step of the series within a second. */
static int64_t ended_wall_ns(const struct stk_fetch *fetch)
{
	int64_t ended_ns = fetch->exchange.ended_ns;

	return ended_ns != 0 ? ended_ns + fetch->vu->worker->wall_ahead_ns
			     : stk_vu_wall_ns(fetch->vu);
}

/* Only what was answered: the service spent nothing on the rest. */
static void count_series(struct stk_fetch *fetch)
{
	struct stk_vu *vu = fetch->vu;
	struct stk_worker *worker = vu->worker;

	if (fetch->exchange.status == 0)
		return;
	if (fetch->route)
		fetch->series_key = fetch->route->series_key;
	if (fetch->series_key == 0)
		fetch->series_key = stk_series_key(&worker->series, vu->iteration.side,
					    vu->iteration.scenario->name, fetch->name->text) +
				    1;
	if (fetch->route)
		fetch->route->series_key = fetch->series_key;
	stk_series_add(&worker->series, fetch->series_key - 1, ended_wall_ns(fetch), 1);
}

/* Twice for each request: faster than printf. */
static void put_number(char out[12], int number)
{
	char digits[12];
	size_t len = 0, at = 0;

	do
		digits[len++] = (char)('0' + number % 10);
	while ((number /= 10) > 0 && len < sizeof digits - 1);
	while (len > 0)
		out[at++] = digits[--len];
	out[at] = '\0';
}

static void count_tagged(
	struct stk_fetch *fetch, const double values[STK_HOP_VALUES], bool expected)
{
	const struct stk_exchange *exchange = &fetch->exchange;
	char status[12], code[12];
	struct stk_tag tags[STK_VU_TAGS_EXTRA_MAX];
	struct stk_vu_tags all;
	size_t len = 0;

	put_number(status, exchange->status);
	tags[len++] = (struct stk_tag){"method", fetch->method};
	tags[len++] = (struct stk_tag){"name", fetch->name->text};
	tags[len++] = (struct stk_tag){
		"url", fetch->request->name.len > 0 ? fetch->name->text : fetch->url.ptr};
	tags[len++] = (struct stk_tag){"status", status};
	if (!fetch->request->unjudged)
		tags[len++] = (struct stk_tag){"expected_response", expected ? "true" : "false"};
	if (exchange->status != 0)
		tags[len++] = (struct stk_tag){"proto", exchange->proto};
	else
		tags[len++] = (struct stk_tag){"error", exchange->error};
	if (exchange->error_code != 0) {
		put_number(code, exchange->error_code);
		tags[len++] = (struct stk_tag){"error_code", code};
	}
	if (exchange->tls_version)
		tags[len++] = (struct stk_tag){"tls_version", exchange->tls_version};
	if (exchange->remote_ip[0] && fetch->vu->worker->engine->has_ip_tag)
		tags[len++] = (struct stk_tag){"ip", exchange->remote_ip};
	all = (struct stk_vu_tags){
		tags, len, fetch->request->tags, fetch->request->tags_len, false};
	for (int i = 0; i < STK_HOP_VALUES; i++) {
		if (i == STK_HOP_FAILED && fetch->request->unjudged)
			continue;
		stk_vu_sample(
			fetch->vu, stk_counts_hop_metric((enum stk_hop_value)i), values[i], &all);
		all.repeated = true;
	}
}

static void count_samples(struct stk_fetch *fetch, bool expected)
{
	const struct stk_timings_ms *t = &fetch->exchange.timings;
	const double values[STK_HOP_VALUES] = {[STK_HOP_REQS] = 1,
		[STK_HOP_DURATION] = t->duration,
		[STK_HOP_BLOCKED] = t->blocked,
		[STK_HOP_CONNECTING] = t->connecting,
		[STK_HOP_TLS_HANDSHAKING] = t->tls_handshaking,
		[STK_HOP_SENDING] = t->sending,
		[STK_HOP_WAITING] = t->waiting,
		[STK_HOP_RECEIVING] = t->receiving,
		[STK_HOP_FAILED] = expected ? 0 : 1};

	if (fetch->request->unjudged || fetch->vu->worker->engine->plan->has_sections ||
		!stk_counts_add_hop(fetch->vu->worker->counts, values, expected))
		count_tagged(fetch, values, expected);
}

static void count_failure(struct stk_fetch *fetch)
{
	struct stk_worker *worker = fetch->vu->worker;
	const struct stk_exchange *exchange = &fetch->exchange;

	if (!fetch->request->unjudged)
		stk_tally_add(&worker->tally.failed, 1);
	stk_failures_add(
		&worker->failures, exchange->status, exchange->error_code, exchange->error);
}

void stk_fetch_count(struct stk_fetch *fetch)
{
	struct stk_vu *vu = fetch->vu;
	bool expected = stk_fetch_expected(fetch);

	vu->bytes_sent += fetch->exchange.bytes_sent;
	vu->bytes_received += fetch->exchange.bytes_received;
	if (vu->iteration.kind != STK_ITERATION_LOAD)
		return;
	count_series(fetch);
	count_window(fetch, expected);
	if (!vu->counted)
		return;
	stk_tally_add(&vu->worker->tally.requests, 1);
	/* that there was no answer is said, whoever judges */
	if (!expected && (!fetch->request->unjudged || fetch->exchange.status == 0))
		count_failure(fetch);
	count_samples(fetch, expected);
}
