/* otel: totals to an OpenTelemetry collector over HTTP, every few seconds (reference k6 7.5). */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/version.h"
#include "core/export/otlp.h"
#include "core/export/outputs.h"
#include "core/export/pusher.h"

struct otel {
	struct stk_pusher pusher; /* first */
	struct stk_otlp_opts otlp;
};

static void make_round(struct stk_pusher *pusher, struct stk_totals *totals, bool is_last,
	struct stk_sender_round *out)
{
	struct otel *it = (struct otel *)(void *)pusher;
	struct stk_buf *body;

	(void)is_last; /* each has everything */
	*out = (struct stk_sender_round){STK_VEC_INIT};
	if (totals->items.len == 0)
		return;
	body = stk_vec_push_new(&out->bodies);
	stk_buf_init(body, 0);
	it->otlp.wall_ns = stk_clock_wall(stk_clock_system());
	stk_otlp_format(totals, &it->otlp, body);
}

static void free_it(void *ctx)
{
	struct otel *it = ctx;

	stk_pusher_release(&it->pusher);
	free(it);
}

/* The argument as it is; else endpoint and path of the variables, as k6 joins them. */
static const char *url_of(struct stk_settings *settings, const char *arg)
{
	const char *endpoint =
		stk_settings_text(settings, "HTTP_EXPORTER_ENDPOINT", "localhost:4318");
	const char *path = stk_settings_text(settings, "HTTP_EXPORTER_URL_PATH", "/v1/metrics");
	bool plain = stk_settings_flag(settings, "HTTP_EXPORTER_INSECURE", false);

	if (arg && *arg)
		return stk_arena_dup(&settings->arena, arg);
	return stk_arena_printf(
		&settings->arena, "%s://%s%s", plain ? "http" : "https", endpoint, path);
}

static int read_settings(struct otel *it, const struct stk_output_request *request,
	struct stk_sender_opts *opts, struct stk_err *err)
{
	struct stk_settings *settings = &it->pusher.settings;
	const char *protocol;

	settings->env = request->env;
	settings->prefix = "K6_OTEL_";
	protocol = stk_settings_text(settings, "EXPORTER_PROTOCOL", "http/protobuf");
	if (strcmp(protocol, "http/protobuf") != 0) {
		(void)stk_err_set(err, STK_E_UNIMPLEMENTED,
			"K6_OTEL_EXPORTER_PROTOCOL '%s': only http/protobuf is there", protocol);
		stk_err_hint(err, "collectors take it on port 4318");
		return STK_E_UNIMPLEMENTED;
	}
	opts->kind = "opentelemetry";
	opts->url = url_of(settings, request->arg);
	opts->user = stk_settings_text(settings, "HTTP_EXPORTER_USERNAME", NULL);
	stk_settings_secret(settings, "HTTP_EXPORTER_PASSWORD", &it->pusher.password);
	opts->insecure_tls = stk_settings_flag(settings, "TLS_INSECURE_SKIP_VERIFY", false);
	it->pusher.interval_ns =
		stk_settings_duration(settings, "EXPORT_INTERVAL", 10 * STK_NS_PER_S);
	it->otlp.service = stk_settings_text(settings, "SERVICE_NAME", "k6");
	it->otlp.version = stk_settings_text(settings, "SERVICE_VERSION", stk_version());
	it->otlp.prefix = stk_settings_text(settings, "METRIC_PREFIX", "");
	stk_vec_push(&it->pusher.headers.items, (struct stk_http_header){STK_STR("Content-Type"),
							STK_STR("application/x-protobuf")});
	stk_settings_headers(settings, "HEADERS", &it->pusher.headers);
	if (settings->err.code != 0)
		*err = settings->err;
	return settings->err.code;
}

int stk_otel_make(
	const struct stk_output_request *request, struct stk_output *out, struct stk_err *err)
{
	static const struct stk_output_ops ops = {
		NULL, true, stk_pusher_tick, stk_pusher_stop, free_it};
	struct otel *it = stk_xcalloc(1, sizeof *it);
	struct stk_sender_opts opts = {0};
	int rc = read_settings(it, request, &opts, err);

	if (rc < 0) {
		free_it(it);
		return rc;
	}
	it->pusher.make_round = make_round;
	stk_pusher_start(&it->pusher, &opts);
	*out = (struct stk_output){&ops, it};
	return 0;
}
