/* serve: the embedded Pyroscope-compatible server: ports, routes, life. */
#include "core/server/serve.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/server/handlers.h"

#define MAX_BODY        ((size_t)256 * 1024 * 1024)
#define MAX_CONNECTIONS 512

struct stk_serve {
	struct stk_serve_opts opts;
	char *address;
	char *url;
	uint16_t port;
	struct stk_server *server;
	STK_VEC(struct stk_call_side *) sides;
};

static void reply_ready(struct stk_call *call)
{
	stk_server_reply_text(call->reply, 200, "text/plain", "ready\n");
}

static void reply_buildinfo(struct stk_call *call)
{
	stk_server_reply_text(call->reply, 200, STK_CONNECT_TYPE_JSON, "");
	stk_buf_add_text(&call->reply->body, "{\"status\":\"success\",\"data\":{\"version\":");
	stk_wire_write_json_str(&call->reply->body, stk_str_of(call->version));
	stk_buf_add_text(&call->reply->body,
		",\"revision\":\"\",\"branch\":\"\",\"buildUser\":\"\",\"buildDate\":\"\","
		"\"goVersion\":\"\",\"server\":\"stoker\"}}");
}

/* Plain routes: a path has one verb. */
static const struct {
	const char *path;
	const char *method;
	void (*run)(struct stk_call *call);
} routes[] = {
	{"/ready", "GET", reply_ready},
	{"/api/v1/status/buildinfo", "GET", reply_buildinfo},
	{"/ingest", "POST", stk_handlers_ingest},
	{"/pyroscope/ingest", "POST", stk_handlers_ingest},
	{"/pyroscope/render", "GET", stk_handlers_render},
	{"/pyroscope/render-diff", "GET", stk_handlers_render_diff},
	{"/pyroscope/label-values", "GET", stk_handlers_label_values},
	{"/v1development/profiles", "POST", stk_handlers_otlp},
};

static void route(struct stk_call *call)
{
	for (size_t i = 0; i < STK_ARRAY_LEN(routes); i++) {
		if (!stk_str_is(call->request->path, routes[i].path))
			continue;
		if (strcmp(call->request->method, routes[i].method) == 0) {
			routes[i].run(call);
		} else {
			call->reply->status = 405;
			stk_server_reply_header(call->reply, "Allow", routes[i].method);
		}
		return;
	}
	if (!stk_handlers_connect(call))
		stk_server_reply_text(
			call->reply, 404, "text/plain; charset=utf-8", "404 page not found\n");
}

static void on_request(
	const struct stk_server_request *request, struct stk_server_reply *reply, void *ctx)
{
	const struct stk_serve *serve = ctx;
	struct stk_call call = {.store = serve->opts.store,
		.clock = serve->opts.clock,
		.version = serve->opts.version,
		.request = request,
		.reply = reply,
		.side = request->port_ctx};

	route(&call);
	stk_arena_release(&call.arena);
}

int stk_serve_start(const struct stk_serve_opts *opts, struct stk_serve **out, struct stk_err *err)
{
	struct stk_serve *serve = stk_xcalloc(1, sizeof *serve);
	struct stk_server_opts http = {.handler = on_request,
		.ctx = serve,
		.max_body = MAX_BODY,
		.max_connections = MAX_CONNECTIONS};
	bool v6;
	int rc;

	serve->opts = *opts;
	if (!serve->opts.clock)
		serve->opts.clock = stk_clock_system();
	if (!serve->opts.version)
		serve->opts.version = "";
	serve->address = stk_xstrdup(opts->address ? opts->address : "127.0.0.1");
	rc = stk_server_new(&http, &serve->server, err);
	if (rc == 0)
		rc = stk_server_listen(
			serve->server, serve->address, opts->port, NULL, &serve->port, err);
	if (rc < 0) {
		stk_serve_stop(serve);
		return rc;
	}
	v6 = strchr(serve->address, ':') != NULL;
	serve->url = stk_xasprintf("http://%s%s%s:%u", v6 ? "[" : "", serve->address, v6 ? "]" : "",
		(unsigned)serve->port);
	*out = serve;
	return 0;
}

uint16_t stk_serve_port(const struct stk_serve *serve)
{
	return serve->port;
}

const char *stk_serve_url(const struct stk_serve *serve)
{
	return serve->url;
}

int stk_serve_add_side(struct stk_serve *serve, const struct stk_label *labels, size_t labels_len,
	uint16_t *port_out, struct stk_err *err)
{
	struct stk_call_side *side = stk_xcalloc(1, sizeof *side);
	struct stk_label *copy = stk_arena_zalloc(&side->arena, labels_len + 1, sizeof *copy);

	for (size_t i = 0; i < labels_len; i++) {
		copy[i].name =
			stk_str_n(stk_arena_str(&side->arena, labels[i].name), labels[i].name.len);
		copy[i].value = stk_str_n(
			stk_arena_str(&side->arena, labels[i].value), labels[i].value.len);
	}
	side->labels = copy;
	side->labels_len = labels_len;
	/* the side lives as long as the server: a failed listen only wastes its few bytes */
	stk_vec_push(&serve->sides, side);
	return stk_server_listen(serve->server, serve->address, 0, side, port_out, err);
}

void stk_serve_stop(struct stk_serve *serve)
{
	if (!serve)
		return;
	stk_server_stop(serve->server);
	for (size_t i = 0; i < serve->sides.len; i++) {
		stk_arena_release(&serve->sides.items[i]->arena);
		free(serve->sides.items[i]);
	}
	stk_vec_release(&serve->sides);
	free(serve->address);
	free(serve->url);
	free(serve);
}
