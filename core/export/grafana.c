/* grafana: POST /api/annotations at the start, PATCH /api/annotations/ID at the end. */
#include "core/export/grafana.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/http/client.h"

enum { TIMEOUT_MS = 5000, BODY_MAX = 1 << 20 };

/* Send a document; *answer_out is the caller's on success. */
static int call(const struct stk_grafana *grafana, const char *method, int64_t id,
	const struct stk_json *document, struct stk_json **answer_out, struct stk_err *err)
{
	static const struct stk_http_header headers[] = {
		{{"Content-Type", 12}, {"application/json", 16}}};
	const struct stk_client_opts opts = {.connect_timeout_ms = TIMEOUT_MS};
	struct stk_client *client = stk_client_new(&opts);
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_buf url = STK_BUF_EMPTY, body = STK_BUF_EMPTY;
	struct stk_str base = stk_str_of(grafana->url);
	struct stk_http_request request = {.method = method,
		.headers = headers,
		.headers_len = 1,
		.has_body = true,
		.password = grafana->token,
		.timeout_ms = TIMEOUT_MS,
		.max_body = BODY_MAX};
	int rc;

	if (stk_str_ends(base, "/"))
		base = stk_str_sub(base, 0, base.len - 1);
	stk_buf_addf(&url, "%.*s/api/annotations", STK_STR_ARG(base));
	if (id >= 0)
		stk_buf_addf(&url, "/%lld", (long long)id);
	stk_json_format(document, STK_JSON_COMPACT, &body);
	request.url = url.ptr;
	request.body = stk_buf_str(&body);
	rc = stk_client_send(client, &request, &response, err);
	if (rc == 0)
		rc = stk_http_response_check(&response, err);
	if (rc == 0)
		rc = stk_json_parse(stk_buf_str(&response.body), answer_out, err);
	if (rc < 0)
		(void)stk_err_wrap(err, "grafana");
	stk_http_response_release(&response);
	stk_client_free(client);
	stk_buf_release(&url);
	stk_buf_release(&body);
	return rc;
}

static void put_tags(const struct stk_grafana *grafana, struct stk_json *document)
{
	struct stk_json *tags = stk_json_new_array();
	struct stk_buf text = STK_BUF_EMPTY;

	stk_json_push(tags, stk_json_new_text("k6"));
	stk_json_push(tags, stk_json_new_text("stoker"));
	if (grafana->run_id)
		stk_json_push(tags, stk_json_new_text(grafana->run_id));
	for (size_t i = 0; i < grafana->tags_len; i++) {
		stk_buf_clear(&text);
		stk_buf_addf(&text, "%s:%s", grafana->tags[i].key, grafana->tags[i].value);
		stk_json_push(tags, stk_json_new_text(text.ptr));
	}
	stk_json_put(document, "tags", tags);
	stk_buf_release(&text);
}

int stk_grafana_start(
	const struct stk_grafana *grafana, int64_t wall_ns, int64_t *id_out, struct stk_err *err)
{
	struct stk_json *document = stk_json_new_object(), *answer = NULL;
	int rc;

	stk_json_put(document, "time", stk_json_new_int(wall_ns / STK_NS_PER_MS));
	stk_json_put(document, "text", stk_json_new_text(grafana->text));
	put_tags(grafana, document);
	rc = call(grafana, "POST", -1, document, &answer, err);
	if (rc == 0) {
		rc = stk_json_need_int(answer, "id", id_out, err);
		if (rc < 0)
			(void)stk_err_wrap(err, "grafana's answer");
	}
	stk_json_free(answer);
	stk_json_free(document);
	return rc;
}

int stk_grafana_end(
	const struct stk_grafana *grafana, int64_t id, int64_t wall_ns, struct stk_err *err)
{
	struct stk_json *document = stk_json_new_object(), *answer = NULL;
	int rc;

	stk_json_put(document, "timeEnd", stk_json_new_int(wall_ns / STK_NS_PER_MS));
	stk_json_put(document, "text", stk_json_new_text(grafana->text));
	rc = call(grafana, "PATCH", id, document, &answer, err);
	stk_json_free(answer);
	stk_json_free(document);
	return rc;
}
