/* fetch: a request of a script over all its hops: URL, cookies, labels, redirects, samples. */
#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/load/fetch_count.h"
#include "core/load/labels.h"
#include "core/load/load_priv.h"

static void hop_done(struct stk_exchange *exchange);

void stk_fetch_release(struct stk_fetch *fetch)
{
	stk_exchange_release(&fetch->exchange);
	stk_buf_release(&fetch->url_text);
	stk_buf_release(&fetch->scratch);
	stk_vec_release(&fetch->out);
}

/* An answer without a transport. */
static void refuse(struct stk_fetch *fetch, int code, const char *text)
{
	stk_exchange_clear(&fetch->exchange);
	fetch->exchange.error_code = code;
	(void)snprintf(fetch->exchange.error, sizeof fetch->exchange.error, "%s", text);
}

void stk_fetch_answer(const struct stk_fetch *fetch, struct stk_response *out)
{
	const struct stk_exchange *exchange = &fetch->exchange;

	out->status = exchange->status;
	out->ok = fetch->ok;
	out->error_code = exchange->error_code;
	out->error = exchange->error_code != 0 ? exchange->error : "";
	out->proto = exchange->proto;
	out->remote_ip = exchange->remote_ip;
	out->url = fetch->url;
	out->head = stk_buf_str(&exchange->head);
	out->body = stk_buf_str(&exchange->body_out);
	out->timings = exchange->timings;
}

static void finish(struct stk_fetch *fetch)
{
	fetch->ok = stk_fetch_expected(fetch);
	fetch->state = STK_FETCH_DONE;
	stk_vu_fetched(fetch->vu, fetch);
}

/* --- what goes out --- */

static void push_made(struct stk_fetch *fetch, const char *name, size_t from)
{
	stk_vec_push(&fetch->out, (struct stk_name_value){stk_str_of(name), {NULL, from}});
	stk_buf_add_byte(&fetch->scratch, '\0');
}

static bool is_made_here(struct stk_str name, bool labels)
{
	return stk_str_eq_nocase(name, STK_STR("cookie")) ||
	       (labels && stk_str_eq_nocase(name, STK_STR("baggage")));
}

static struct stk_str own_header(const struct stk_request *request, const char *name)
{
	for (size_t i = 0; i < request->headers_len; i++)
		if (stk_str_eq_nocase(request->headers[i].name, stk_str_of(name)))
			return request->headers[i].value;
	return (struct stk_str){NULL, 0};
}

static struct stk_cookies *jar_of(const struct stk_fetch *fetch)
{
	return fetch->request->jar ? fetch->request->jar : &fetch->vu->jar;
}

/* Those of the request come first, as in k6: servers take the first of a name. */
static void add_cookies(struct stk_fetch *fetch)
{
	const struct stk_cookies *jar = jar_of(fetch);
	const struct stk_request *request = fetch->request;
	struct stk_str own = own_header(request, "cookie");
	struct stk_buf *text = &fetch->scratch;
	size_t from = text->len;

	for (size_t i = 0; i < request->cookies_len && fetch->same_host; i++) {
		stk_buf_add_text(text, text->len > from ? "; " : "");
		stk_buf_add_str(text, request->cookies[i].name);
		stk_buf_add_byte(text, '=');
		stk_buf_add_str(text, request->cookies[i].value);
	}
	if (jar->items.len > 0) {
		size_t end = text->len, jar_from;

		stk_buf_add_text(text, end > from ? "; " : "");
		jar_from = text->len;
		stk_cookies_format(jar, fetch->parts, stk_vu_wall_ns(fetch->vu), text);
		if (text->len == jar_from)
			stk_buf_truncate(text, end);
	}
	if (own.len > 0 && fetch->same_host) {
		stk_buf_add_text(text, text->len > from ? "; " : "");
		stk_buf_add_str(text, own);
	}
	if (text->len > from)
		push_made(fetch, "Cookie", from);
}

static void add_labels(struct stk_fetch *fetch)
{
	const struct stk_vu *vu = fetch->vu;
	struct stk_label_values values = {vu->worker->engine->plan->run_id,
		vu->iteration.scenario ? vu->iteration.scenario->name : NULL,
		stk_str_of(fetch->name->label)};
	size_t from = fetch->scratch.len;

	stk_labels_format(&fetch->scratch, &values, own_header(fetch->request, "baggage"));
	if (fetch->scratch.len > from)
		push_made(fetch, "baggage", from);
}

static void add_basic(struct stk_fetch *fetch)
{
	struct stk_buf plain = STK_BUF_EMPTY;
	size_t from = fetch->scratch.len;

	stk_buf_add_str(&plain, fetch->request->user);
	stk_buf_add_byte(&plain, ':');
	stk_buf_add_str(&plain, fetch->request->password);
	stk_buf_add_text(&fetch->scratch, "Basic ");
	stk_base64_add(&fetch->scratch, stk_buf_str(&plain));
	stk_buf_release(&plain);
	push_made(fetch, "Authorization", from);
}

/* Header lines of this hop; true: none but those of the route. Values made here stand in scratch,
 * which may move while it grows, so their views are set at the end. */
static bool build_headers(struct stk_fetch *fetch)
{
	const struct stk_request *request = fetch->request;
	const struct stk_plan *plan = fetch->vu->worker->engine->plan;
	bool labels = plan->labels && fetch->is_target;
	size_t made;
	bool known;

	stk_vec_clear(&fetch->out);
	stk_buf_clear(&fetch->scratch);
	for (size_t i = 0; i < request->headers_len; i++) {
		struct stk_str name = request->headers[i].name;

		if (is_made_here(name, labels))
			continue;
		/* credentials stay with the host they were meant for */
		if (!fetch->same_host && stk_str_eq_nocase(name, STK_STR("authorization")))
			continue;
		if (!fetch->send_body && stk_str_eq_nocase(name, STK_STR("content-type")))
			continue;
		stk_vec_push(&fetch->out, request->headers[i]);
	}
	known = labels && fetch->route && fetch->route->baggage &&
		own_header(request, "baggage").len == 0;
	if (known)
		stk_vec_push(&fetch->out, (struct stk_name_value){STK_STR("baggage"),
						  stk_str_of(fetch->route->baggage)});
	if (plan->no_reuse && own_header(request, "connection").len == 0)
		stk_vec_push(&fetch->out,
			(struct stk_name_value){STK_STR("Connection"), STK_STR("close")});
	made = fetch->out.len;
	add_cookies(fetch);
	if (labels && !known)
		add_labels(fetch);
	if (request->user.ptr && fetch->same_host && !request->digest)
		add_basic(fetch);
	for (size_t i = made; i < fetch->out.len; i++) {
		struct stk_str *value = &fetch->out.items[i].value;

		*value = stk_str_of(fetch->scratch.ptr + value->len);
	}
	return fetch->route && request->headers_len == 0 && fetch->out.len == made &&
	       (known || !labels) && !plan->no_reuse;
}

static bool is_target(const struct stk_fetch *fetch)
{
	const char *host = fetch->vu->worker->engine->target_host[fetch->vu->iteration.side];

	return !host || stk_str_eq_nocase(fetch->parts->host, stk_str_of(host));
}

static void hop_got(struct stk_exchange *exchange)
{
	const struct stk_fetch *fetch = exchange->owner;

	stk_vu_got(fetch->vu);
}

static void send_hop(struct stk_fetch *fetch, int64_t now_ns)
{
	struct stk_worker *worker = fetch->vu->worker;
	struct stk_exchange *exchange = &fetch->exchange;
	const struct stk_request *request = fetch->request;
	int64_t left_ns = fetch->deadline_ns - now_ns;

	fetch->is_target = fetch->route ? fetch->route->is_target : is_target(fetch);
	if (!(fetch->route ? fetch->route->is_allowed
			   : stk_engine_allows(worker->engine, fetch->parts))) {
		refuse(fetch, 1111,
			stk_net_blocks_host(&worker->engine->plan->net, fetch->parts->host)
				? "hostname is blocked"
				: "host is not the target's: --allow-host lets it be called");
		hop_done(exchange);
		return;
	}
	exchange->made_head = NULL;
	if (build_headers(fetch) && !fetch->send_body && strcmp(fetch->method, "GET") == 0)
		exchange->made_head = &fetch->route->made_head;
	stk_exchange_clear(exchange);
	exchange->method = fetch->method;
	exchange->url = fetch->url.ptr;
	exchange->parts = fetch->parts;
	exchange->session = &fetch->vu->session;
	exchange->headers = fetch->out.items;
	exchange->headers_len = fetch->out.len;
	exchange->has_body = fetch->send_body;
	exchange->body = fetch->send_body ? fetch->request->body : (struct stk_str){NULL, 0};
	exchange->keep_body = !fetch->request->discard;
	exchange->is_batched = fetch->vu->fetches_used > 1;
	exchange->max_body = worker->engine->plan->max_body;
	exchange->digest = request->digest && fetch->same_host;
	if (exchange->digest) {
		exchange->user = request->user;
		exchange->password = request->password;
	}
	exchange->timeout_ns = left_ns > STK_NS_PER_MS ? left_ns : STK_NS_PER_MS;
	exchange->begun_ns = now_ns;
	exchange->done = hop_done;
	exchange->got = request->stream ? hop_got : NULL;
	exchange->owner = fetch;
	fetch->state = STK_FETCH_RUNNING;
	worker->engine->transport->submit(worker->transport, exchange);
}

/* --- redirects --- */

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Location against the current URL into *out: absolute, //host, /path, ?query or relative. */
static void resolve(const struct stk_fetch *fetch, struct stk_str location, struct stk_buf *out)
{
	const struct stk_url *at = fetch->parts;
	struct stk_str base = fetch->url;
	size_t root = (size_t)(at->host.ptr + at->host.len - base.ptr);
	struct stk_str path = at->path;
	ptrdiff_t slash;

	while (root < base.len && base.ptr[root] != '/' && base.ptr[root] != '?' &&
		base.ptr[root] != '#')
		root++;
	if (stk_str_find(location, STK_STR("://")) > 0) {
		stk_buf_add_str(out, location);
		return;
	}
	if (stk_str_starts(location, "//")) {
		stk_buf_add_str(out, at->scheme);
		stk_buf_add_byte(out, ':');
		stk_buf_add_str(out, location);
		return;
	}
	stk_buf_add_str(out, stk_str_sub(base, 0, root));
	if (!stk_str_starts(location, "/")) {
		slash = stk_str_rfind_byte(path, '/');
		if (stk_str_starts(location, "?"))
			stk_buf_add_str(out, path);
		else
			stk_buf_add_str(out, stk_str_sub(path, 0, (size_t)(slash + 1)));
		if (path.len == 0)
			stk_buf_add_byte(out, '/');
	}
	stk_buf_add_str(out, location);
}

/* Point the fetch to text; false: not a URL (the fetch keeps the text). */
static bool set_url(struct stk_fetch *fetch, struct stk_str text)
{
	ptrdiff_t hash = stk_str_find_byte(text, '#');

	stk_buf_clear(&fetch->url_text);
	stk_buf_add_str(&fetch->url_text, hash < 0 ? text : stk_str_sub(text, 0, (size_t)hash));
	fetch->url = stk_buf_str(&fetch->url_text);
	fetch->parts = &fetch->own_parts;
	return stk_url_parse(fetch->url, &fetch->own_parts, NULL) == 0;
}

/* Go to where the answer points; false: it does not, or we must not. */
static bool follow(struct stk_fetch *fetch)
{
	int status = fetch->exchange.status;
	struct stk_buf next = STK_BUF_EMPTY;
	struct stk_str location;
	char *old_host;
	bool sent;

	if (!is_redirect(status) || fetch->hops_left <= 0 ||
		!stk_exchange_header(&fetch->exchange, "location", &location))
		return false;
	fetch->route = NULL;
	old_host = stk_str_dup(fetch->parts->host);
	resolve(fetch, location, &next);
	fetch->hops_left--;
	if (status != 307 && status != 308 && strcmp(fetch->method, "HEAD") != 0) {
		if (strcmp(fetch->method, "GET") != 0)
			fetch->send_body = false;
		fetch->method = "GET";
	}
	sent = set_url(fetch, stk_buf_str(&next));
	if (sent) {
		fetch->same_host &= stk_str_eq_nocase(fetch->parts->host, stk_str_of(old_host));
		send_hop(fetch, stk_worker_now(fetch->vu->worker));
	} else {
		refuse(fetch, 1020, "invalid URL of a redirect");
	}
	stk_buf_release(&next);
	free(old_host);
	return sent;
}

static void hop_done(struct stk_exchange *exchange)
{
	struct stk_fetch *fetch = exchange->owner;
	struct stk_str rest = stk_buf_str(&exchange->head);
	struct stk_name_value field;

	stk_fetch_count(fetch);
	while (exchange->status != 0 && exchange->sets_cookies &&
		stk_exchange_next_header(&rest, &field))
		if (stk_str_eq_nocase(field.name, STK_STR("set-cookie")))
			(void)stk_cookies_put(jar_of(fetch), fetch->parts, field.value,
				stk_vu_wall_ns(fetch->vu));
	if (!follow(fetch))
		finish(fetch);
}

/* --- start --- */

static bool is_absolute(struct stk_str url)
{
	return stk_str_find(url, STK_STR("://")) > 0;
}

static bool first_url(struct stk_fetch *fetch)
{
	struct stk_str url = fetch->request->url;
	const char *base = fetch->vu->iteration.base_url;
	struct stk_buf joined = STK_BUF_EMPTY;
	bool ok;

	if (is_absolute(url))
		return set_url(fetch, url);
	if (!base || !*base) {
		fetch->url = STK_STR("");
		return false;
	}
	stk_url_join(&joined, stk_str_of(base), url);
	ok = set_url(fetch, stk_buf_str(&joined));
	stk_buf_release(&joined);
	return ok;
}

/* The name tag: what the script says, else the path without query as it wrote it. */
static void find_name(struct stk_fetch *fetch)
{
	struct stk_str text = fetch->request->name;
	int notes;

	if (text.len == 0)
		text = fetch->parts->path.len > 0 ? fetch->parts->path : STK_STR("/");
	fetch->name = stk_names_get(&fetch->vu->worker->engine->names, text, &notes);
	if (notes & STK_NAMES_FULL)
		stk_worker_warn(fetch->vu->worker,
			"more than %d request names: the rest is counted as 'other' (give requests "
			"with changing paths a name)",
			STK_LABELS_NAMES_MAX);
	if (notes & STK_NAMES_REPLACED)
		stk_worker_warn(fetch->vu->worker,
			"request name '%s' is labelled '%s' in profiles: labels are made of "
			"A-Za-z0-9._~/:-",
			fetch->name->text, fetch->name->label);
}

/* Keep what was found out about the URL and name of fetch. */
static void keep_route(struct stk_fetch *fetch)
{
	const struct stk_vu *vu = fetch->vu;
	struct stk_route *route = stk_routes_add(&vu->worker->routes);
	struct stk_label_values values = {vu->worker->engine->plan->run_id,
		vu->iteration.scenario ? vu->iteration.scenario->name : NULL,
		stk_str_of(fetch->name->label)};
	struct stk_buf line = STK_BUF_EMPTY;

	if (!route)
		return;
	route->url = stk_str_dup(fetch->url);
	route->url_len = fetch->url.len;
	if (stk_url_parse(stk_str_of(route->url), &route->parts, NULL) < 0)
		STK_BUG("URL '%s' was read before", route->url);
	route->name = fetch->name;
	route->is_target = is_target(fetch);
	route->is_allowed = stk_engine_allows(vu->worker->engine, fetch->parts);
	stk_labels_format(&line, &values, STK_STR(""));
	route->baggage = line.len > 0 ? stk_buf_take(&line, NULL) : NULL;
	fetch->route = route;
}

void stk_fetch_prepare(struct stk_fetch *fetch)
{
	const struct stk_vu *vu = fetch->vu;
	const struct stk_route_key key = {vu->iteration.side, vu->iteration.scenario_index,
		fetch->request->url, fetch->request->name};

	fetch->name = NULL;
	fetch->route = stk_routes_find(&vu->worker->routes, &key);
	if (fetch->route) {
		fetch->has_url = true;
		fetch->name = fetch->route->name;
		fetch->parts = &fetch->route->parts;
		fetch->url = stk_str_n(fetch->route->url, fetch->route->url_len);
		return;
	}
	fetch->has_url = first_url(fetch);
	if (fetch->has_url) {
		find_name(fetch);
		keep_route(fetch);
	} else {
		fetch->own_parts = (struct stk_url){.port = 0};
		fetch->parts = &fetch->own_parts;
	}
}

void stk_fetch_start(struct stk_fetch *fetch)
{
	const struct stk_request *request = fetch->request;
	struct stk_worker *worker = fetch->vu->worker;
	const struct stk_plan *plan = worker->engine->plan;
	int64_t timeout_ns = request->timeout_ns > 0 ? request->timeout_ns : plan->timeout_ns;
	int64_t now_ns = stk_worker_now(worker);

	fetch->method = request->method ? request->method : "GET";
	fetch->send_body = request->has_body;
	fetch->same_host = true;
	fetch->series_key = 0;
	fetch->hops_left = request->redirects >= 0 ? request->redirects : plan->redirects;
	fetch->deadline_ns = now_ns + timeout_ns;
	fetch->exchange.owner = fetch;
	if (!fetch->has_url) {
		refuse(fetch, 1020,
			fetch->url.len > 0 ? "invalid URL"
					   : "invalid URL: a path without a base_url");
		if (fetch->vu->counted) {
			stk_failures_add(&worker->failures, 0, 1020, fetch->exchange.error);
			worker->failures.unsent++;
		}
		finish(fetch); /* no sample, as in k6 */
		return;
	}
	send_hop(fetch, now_ns);
}

void stk_fetch_cancel(struct stk_fetch *fetch)
{
	if (fetch->state == STK_FETCH_RUNNING)
		fetch->vu->worker->engine->transport->cancel(
			fetch->vu->worker->transport, &fetch->exchange);
	fetch->state = STK_FETCH_DONE;
}
