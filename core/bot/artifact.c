/* artifact: lists of artifacts, and the two steps of a download. */
#include "core/bot/artifact.h"

#include <stdlib.h>
#include <string.h>

#include "core/http/client.h"
#include "core/http/url.h"

#define PERMISSION "actions: read"

/* What is looked for in a list. */
struct wanted {
	const char *name;
	const char *head_sha; /* NULL: any */
	int64_t expired;
	struct stk_artifact *out;
};

static int look(struct stk_json *item, void *ctx)
{
	struct wanted *wanted = ctx;
	int64_t id = stk_json_int(stk_json_get(item, "id"), 0);
	struct stk_json *run = stk_json_get(item, "workflow_run");

	/* the query asks for the name already; a server that does not know it gives all */
	if (id <= 0 || !stk_str_is(stk_json_str(stk_json_get(item, "name")), wanted->name))
		return 0;
	if (wanted->head_sha && !stk_str_eq_nocase(stk_json_str(stk_json_get(run, "head_sha")),
					stk_str_of(wanted->head_sha)))
		return 0;
	if (stk_json_bool(stk_json_get(item, "expired"), false))
		wanted->expired++;
	else if (id > wanted->out->id) /* ids grow: the last attempt's is the largest */
		*wanted->out = (struct stk_artifact){.id = id,
			.size = stk_json_int(stk_json_get(item, "size_in_bytes"), 0),
			.run_id = stk_json_int(stk_json_get(run, "id"), 0)};
	return 0;
}

/* One page of 100: names are asked for, so more of them would be more attempts than anybody makes.
 */
static int find(struct stk_hub *hub, const char *path, struct wanted *wanted, struct stk_err *err)
{
	struct stk_rest_answer answer = STK_REST_ANSWER_INIT;
	struct stk_rest_request request = {.method = "GET", .path = path, .permission = PERMISSION};
	struct stk_json *items;
	int rc = stk_rest_send(stk_hub_rest(hub), &request, &answer, err);

	memset(wanted->out, 0, sizeof *wanted->out);
	items = stk_json_get(answer.json, "artifacts");
	for (size_t i = 0; rc == 0 && i < stk_json_len(items); i++)
		rc = look(stk_json_at(items, i), wanted);
	if (rc == 0 && !wanted->out->id)
		rc = stk_err_set(err, STK_E_NOT_FOUND,
			wanted->expired ? "the artifact '%s' has expired"
					: "there is no artifact '%s'",
			wanted->name);
	stk_rest_answer_release(&answer);
	return rc;
}

int stk_artifact_of_run(struct stk_hub *hub, int64_t run_id, const char *name,
	struct stk_artifact *out, struct stk_err *err)
{
	struct wanted wanted = {.name = name, .out = out};
	struct stk_buf path = STK_BUF_EMPTY;
	int rc;

	stk_hub_path(
		hub, &path, "/actions/runs/%lld/artifacts?per_page=100&name=", (long long)run_id);
	stk_url_escape(&path, stk_str_of(name));
	rc = find(hub, path.ptr, &wanted, err);
	if (rc == 0)
		out->run_id = run_id;
	stk_buf_release(&path);
	return rc;
}

int stk_artifact_of_commit(struct stk_hub *hub, const char *head_sha, const char *name,
	struct stk_artifact *out, struct stk_err *err)
{
	struct wanted wanted = {.name = name, .head_sha = head_sha, .out = out};
	struct stk_buf path = STK_BUF_EMPTY;
	int rc;

	stk_hub_path(hub, &path, "/actions/artifacts?per_page=100&name=");
	stk_url_escape(&path, stk_str_of(name));
	rc = find(hub, path.ptr, &wanted, err);
	stk_buf_release(&path);
	return rc;
}

/* --- download ------------------------------------------------------------------------------ */

static int ask_address(struct stk_hub *hub, struct stk_client *client, const char *url,
	struct stk_http_response *response, struct stk_err *err)
{
	const struct stk_http_header headers[] = {
		{STK_STR("Accept"), STK_STR("application/vnd.github+json, application/json;q=0.9")},
		{STK_STR("X-GitHub-Api-Version"), STK_STR("2022-11-28")}};
	struct stk_http_request request = {
		.url = url, .headers = headers, .headers_len = 2, .max_body = STK_ARTIFACT_MAX};
	struct stk_retry retry = STK_RETRY_INIT;
	int rc = 0;

	for (int round = 0; rc == 0 && round < 2; round++) {
		rc = stk_hub_token(round > 0, &request.password, err, hub);
		if (rc == 0)
			rc = stk_client_send_retry(client, &retry, &request, response, err);
		if (rc == 0 && response->status != 401)
			break;
	}
	return rc;
}

/* Where the bytes lie: https, or the API's own scheme where that is plain (a test, a closed net).
 */
static int check_address(struct stk_hub *hub, struct stk_str to, struct stk_err *err)
{
	struct stk_url url, api;
	int rc = stk_url_parse(to, &url, err);

	if (rc == 0)
		rc = stk_url_parse(stk_str_of(stk_hub_opts(hub)->api_url), &api, err);
	if (rc == 0 && !stk_str_eq_nocase(url.scheme, STK_STR("https")) &&
		!stk_str_eq_nocase(url.scheme, api.scheme))
		rc = stk_err_set(err, STK_E_FORMAT, "it leads to a plain http address");
	return rc;
}

static int follow(struct stk_client *client, const char *url, struct stk_http_response *response,
	struct stk_err *err)
{
	struct stk_http_request request = {.url = url, .max_body = STK_ARTIFACT_MAX};
	struct stk_retry retry = STK_RETRY_INIT;

	return stk_client_send_retry(client, &retry, &request, response, err);
}

static int fetch(struct stk_hub *hub, struct stk_client *client, const char *url,
	struct stk_http_response *response, struct stk_err *err)
{
	int rc = ask_address(hub, client, url, response, err);
	char *address = NULL;

	if (rc == 0 && response->status >= 301 && response->status <= 308) {
		address = stk_str_dup(stk_http_response_header(response, "location"));
		rc = check_address(hub, stk_str_of(address), err);
		if (rc == 0)
			rc = follow(client, address, response, err);
	}
	if (rc == 0 && response->status == 410)
		rc = stk_err_set(err, STK_E_NOT_FOUND, "it has expired");
	if (rc == 0)
		rc = stk_http_response_check(response, err);
	free(address);
	return rc;
}

int stk_artifact_fetch(struct stk_hub *hub, const struct stk_artifact *artifact,
	struct stk_buf *zip, struct stk_err *err)
{
	const struct stk_hub_opts *opts = stk_hub_opts(hub);
	struct stk_client_opts client_opts = {
		.user_agent = opts->user_agent, .interrupts = opts->interrupts};
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_client *client;
	struct stk_buf url = STK_BUF_EMPTY;
	int rc;

	if (artifact->size > (int64_t)STK_ARTIFACT_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE,
			"artifact %lld: %lld bytes, at most %zu are fetched",
			(long long)artifact->id, (long long)artifact->size, STK_ARTIFACT_MAX);
	client = stk_client_new(&client_opts);
	stk_buf_add_text(&url, opts->api_url);
	stk_hub_path(hub, &url, "/actions/artifacts/%lld/zip", (long long)artifact->id);
	rc = fetch(hub, client, url.ptr, &response, err);
	if (rc == 0) {
		*zip = response.body;
		stk_buf_init(&response.body, 0);
	}
	if (rc < 0)
		stk_err_wrap(err, "artifact %lld", (long long)artifact->id);
	stk_http_response_release(&response);
	stk_client_free(client);
	stk_buf_release(&url);
	return rc;
}
