/* connect_route: finds the method of a Connect call, checks its headers, decodes its message. */
#include <string.h>

#include "core/base/mem.h"
#include "core/pyroscope/push.h"
#include "core/server/handlers.h"

/* Unpacked request bodies; pprof inside is bounded by the store itself. */
#define REQUEST_MAX ((size_t)256 * 1024 * 1024)

#define ACCEPT_POST "application/json, application/json; charset=utf-8, application/proto"

struct method {
	const char *path;
	const struct stk_wire_message *message;
	stk_handlers_method_fn run;
	const char *missing; /* why there is no run */
};

#define QUERIER STK_QUERY_PATH

static const struct method methods[] = {
	{STK_PUSH_PATH, &stk_push_request_wire, stk_handlers_push, NULL},
	{QUERIER "ProfileTypes", &stk_query_types_request_wire, stk_handlers_types, NULL},
	{QUERIER "LabelNames", &stk_query_names_request_wire, stk_handlers_names, NULL},
	{QUERIER "LabelValues", &stk_query_values_request_wire, stk_handlers_values, NULL},
	{QUERIER "Series", &stk_query_series_request_wire, stk_handlers_series, NULL},
	{QUERIER "SelectMergeStacktraces", &stk_query_stacks_request_wire, stk_handlers_stacks,
		NULL},
	{QUERIER "SelectMergeProfile", &stk_query_profile_request_wire, stk_handlers_profile, NULL},
	{QUERIER "SelectSeries", &stk_query_points_request_wire, stk_handlers_points, NULL},
	{QUERIER "SelectHeatmap", &stk_query_heatmap_request_wire, stk_handlers_heatmap, NULL},
	{QUERIER "Diff", &stk_query_diff_request_wire, stk_handlers_diff, NULL},
	{QUERIER "GetProfileStats", &stk_query_empty_wire, stk_handlers_stats, NULL},
	{QUERIER "SelectMergeSpanProfile", NULL, NULL,
		"SelectMergeSpanProfile: span ids of samples are not kept"},
	{QUERIER "AnalyzeQuery", NULL, NULL, "AnalyzeQuery: this store has no blocks to analyse"},
};

static const struct method *find_method(struct stk_str path)
{
	for (size_t i = 0; i < STK_ARRAY_LEN(methods); i++)
		if (stk_str_is(path, methods[i].path))
			return &methods[i];
	return NULL;
}

/* Verb, content type and protocol version; false when answered already. */
static bool check_headers(struct stk_call *call)
{
	struct stk_str version =
		stk_server_request_header(call->request, "connect-protocol-version");
	struct stk_str timeout = stk_server_request_header(call->request, "connect-timeout-ms");
	struct stk_str type = stk_server_request_header(call->request, "content-type");
	uint64_t timeout_ms;

	if (strcmp(call->request->method, "POST") != 0) {
		call->reply->status = 405;
		stk_server_reply_header(call->reply, "Allow", "POST");
		return false;
	}
	if (stk_connect_codec_parse(type, &call->codec, NULL) < 0) {
		call->reply->status = 415;
		stk_server_reply_header(call->reply, "Accept-Post", ACCEPT_POST);
		return false;
	}
	if (version.len && !stk_str_is(version, "1")) {
		stk_call_fail(call, STK_CONNECT_INVALID_ARGUMENT,
			"connect-protocol-version must be \"1\"");
		return false;
	}
	if (timeout.len && stk_str_to_u64(timeout, &timeout_ms, NULL) < 0) {
		stk_call_fail(call, STK_CONNECT_INVALID_ARGUMENT,
			"connect-timeout-ms must be a whole number");
		return false;
	}
	return true;
}

/* Decode the body and run the method. */
static int run_method(struct stk_call *call, const struct method *method, struct stk_err *err)
{
	struct stk_buf body = STK_BUF_INIT(REQUEST_MAX);
	void *message = stk_arena_zalloc(&call->arena, 1, method->message->size);
	int rc;

	rc = stk_server_request_unpack(call->request, &body, err);
	if (rc == 0)
		rc = stk_connect_read(call->codec, method->message, stk_buf_str(&body),
			&call->arena, message, err);
	if (rc == 0)
		rc = method->run(call, message, err);
	stk_buf_release(&body);
	return rc;
}

bool stk_handlers_connect(struct stk_call *call)
{
	const struct method *method = find_method(call->request->path);
	struct stk_err err = STK_ERR_INIT;

	if (!method)
		return false;
	if (!check_headers(call))
		return true;
	if (!method->run)
		stk_call_fail(call, STK_CONNECT_UNIMPLEMENTED, method->missing);
	else if (run_method(call, method, &err) < 0)
		stk_call_fail_err(call, &err);
	return true;
}
