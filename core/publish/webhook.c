/* webhook: a summary of the run as JSON to an address of the user's, signed if there is a secret.
 */
#include <string.h>

#include "core/base/crypto.h"
#include "core/base/json.h"
#include "core/http/client.h"
#include "core/http/url.h"
#include "core/publish/publishers.h"
#include "core/report/comment.h"
#include "core/report/finding.h"

enum { FINDINGS_MAX = 20, NAME_WIDTH = 300, TRIES = 3, TIMEOUT_MS = 10000 };

static struct stk_json *new_clean(const char *text)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_json *json;

	if (!text)
		return stk_json_new_null();
	stk_finding_add_clean(&buf, text, NAME_WIDTH);
	json = stk_json_new_str(stk_buf_str(&buf));
	stk_buf_release(&buf);
	return json;
}

static void put_change(struct stk_json *object, const struct stk_row *row)
{
	stk_json_put(object, "verdict", stk_json_new_text(stk_verdict_name(row->verdict)));
	stk_json_put(object, "base", stk_json_new_real(row->base_cost));
	stk_json_put(object, "head", stk_json_new_real(row->head_cost));
	stk_json_put(object, "change", stk_json_new_real(row->change));
	stk_json_put(object, "lo", stk_json_new_real(row->lo));
	stk_json_put(object, "hi", stk_json_new_real(row->hi));
}

static struct stk_json *write_finding(const struct stk_doc_finding *finding)
{
	struct stk_json *object = stk_json_new_object();
	struct stk_finding_place place;

	stk_json_put(object, "profile", new_clean(finding->comparison->short_name));
	stk_json_put(object, "function", new_clean(finding->row->function.name));
	stk_json_put(object, "unit", new_clean(finding->comparison->unit));
	put_change(object, finding->row);
	if (stk_finding_place(finding->row, &place)) {
		stk_json_put(object, "path", stk_json_new_text(place.path));
		stk_json_put(object, "line", stk_json_new_int(place.line));
	}
	if (finding->row->accepted.reason)
		stk_json_put(object, "accepted", new_clean(finding->row->accepted.reason));
	return object;
}

static void put_lists(struct stk_json *object, const struct stk_doc *doc)
{
	struct stk_json *totals = stk_json_new_array(), *findings = stk_json_new_array();
	const struct stk_run *run = doc->run;

	for (size_t i = 0; i < run->totals.len && i < FINDINGS_MAX; i++) {
		struct stk_json *total = stk_json_new_object();
		stk_json_put(total, "name", new_clean(run->totals.items[i].name));
		stk_json_put(total, "unit", new_clean(run->totals.items[i].unit));
		put_change(total, &run->totals.items[i].row);
		stk_json_push(totals, total);
	}
	for (size_t i = 0; i < doc->findings.len && i < FINDINGS_MAX; i++)
		stk_json_push(findings, write_finding(&doc->findings.items[i]));
	stk_json_put(object, "totals", totals);
	stk_json_put(object, "findings", findings);
	stk_json_put(object, "findings_in_all", stk_json_new_int((int64_t)doc->findings.len));
}

static void format_body(const struct stk_post *post, struct stk_buf *buf)
{
	struct stk_json *object = stk_json_new_object();
	const struct stk_run *run = post->doc->run;
	const struct stk_ci *ci = post->ci;
	struct stk_buf title = STK_BUF_EMPTY;

	stk_comment_format_title(post->doc, &title);
	stk_json_put(object, "document", stk_json_new_text("stoker.webhook"));
	stk_json_put(object, "schema", stk_json_new_int(1));
	stk_json_put(object, "run", new_clean(run->id));
	stk_json_put(object, "name", new_clean(run->name));
	stk_json_put(object, "mode", stk_json_new_text(stk_mode_name(run->mode)));
	stk_json_put(object, "verdict", stk_json_new_text(stk_verdict_name(run->verdict)));
	stk_json_put(object, "title", stk_json_new_str(stk_buf_str(&title)));
	stk_json_put(object, "partial", stk_json_new_bool(run->partial.is_partial));
	stk_json_put(object, "exit_code", stk_json_new_int(run->exit_code));
	stk_json_put(object, "start_ns", stk_json_new_int(run->start_ns));
	stk_json_put(object, "end_ns", stk_json_new_int(run->end_ns));
	stk_json_put(object, "repository", new_clean(ci->repository));
	stk_json_put(object, "number",
		ci->number > 0 ? stk_json_new_int(ci->number) : stk_json_new_null());
	stk_json_put(object, "base", new_clean(run->sides[STK_SIDE_BASE].revision));
	stk_json_put(object, "head", new_clean(run->sides[STK_SIDE_HEAD].revision));
	stk_json_put(object, "url",
		new_clean(post->opts->report_url ? post->opts->report_url : ci->run_url));
	put_lists(object, post->doc);
	stk_json_format(object, STK_JSON_COMPACT, buf);
	stk_json_free(object);
	stk_buf_release(&title);
}

/* "sha256=HEX" over the bytes of the body, as GitHub signs its webhooks. */
static void add_signature(const char *secret, const struct stk_buf *body, struct stk_buf *buf)
{
	unsigned char mac[STK_DIGEST_MAX_BYTES];

	stk_crypto_hmac(STK_DIGEST_SHA256, stk_str_of(secret), stk_buf_str(body), mac);
	stk_buf_add_text(buf, "sha256=");
	stk_crypto_add_hex(buf, mac, STK_SHA256_BYTES);
}

static int send_body(const struct stk_post *post, const char *url, const struct stk_buf *body,
	struct stk_err *err)
{
	const char *secret = stk_env_get(post->env, "STOKER_WEBHOOK_SECRET");
	struct stk_client_opts client_opts = {
		.user_agent = "stoker", .interrupts = post->env->interrupts};
	struct stk_retry retry = STK_RETRY_INIT;
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_buf signature = STK_BUF_EMPTY;
	struct stk_http_header headers[4] = {{STK_STR("Content-Type"), STK_STR("application/json")},
		{STK_STR("X-Stoker-Event"), STK_STR("run")},
		{STK_STR("X-Stoker-Delivery"), stk_str_of(post->doc->run->id)}};
	size_t len = 3;

	if (secret && secret[0]) {
		add_signature(secret, body, &signature);
		headers[len++] = (struct stk_http_header){
			STK_STR("X-Stoker-Signature-256"), stk_buf_str(&signature)};
	}
	struct stk_http_request request = {.url = url,
		.headers = headers,
		.headers_len = len,
		.body = stk_buf_str(body),
		.has_body = true,
		.timeout_ms = TIMEOUT_MS,
		.max_body = (size_t)64 << 10};
	struct stk_client *client = stk_client_new(&client_opts);
	retry.tries = TRIES;
	retry.clock = post->env->clock;
	int rc = stk_client_send_retry(client, &retry, &request, &response, err);
	if (rc == 0)
		rc = stk_http_response_check(&response, err);
	stk_client_free(client);
	stk_http_response_release(&response);
	stk_buf_release(&signature);
	return rc;
}

static bool is_header_text(const char *text)
{
	for (; text && *text; text++)
		if (*text < 0x21 || *text > 0x7e)
			return false;
	return text != NULL;
}

static int post_webhook(
	const struct stk_post *post, struct stk_post_result *result, struct stk_err *err)
{
	const char *url = post->opts->webhook_url;
	struct stk_buf body = STK_BUF_EMPTY;
	struct stk_url parts;
	int rc;

	if (!url || !url[0])
		url = stk_env_get(post->env, "STOKER_WEBHOOK_URL");
	if (!url || !url[0]) {
		stk_post_say(result, STK_POST_PASSED_OVER, "STOKER_WEBHOOK_URL is not set");
		return 0;
	}
	rc = stk_url_parse(stk_str_of(url), &parts, err);
	if (rc == 0 && !is_header_text(post->doc->run->id))
		rc = stk_err_set(err, STK_E_FORMAT, "the run's id is no word");
	if (rc < 0)
		return rc;
	format_body(post, &body);
	/* paths of webhooks are secrets as a rule, so only the host is told */
	if (post->dry)
		stk_buf_addf(post->dry, "POST to the webhook at %.*s\n%s\n",
			STK_STR_ARG(parts.host), body.ptr);
	else
		rc = send_body(post, url, &body, err);
	if (rc == 0)
		stk_post_say(
			result, STK_POST_DONE, "webhook at %.*s told", STK_STR_ARG(parts.host));
	stk_buf_release(&body);
	return rc;
}

const struct stk_publisher stk_publisher_webhook = {
	.name = "webhook",
	.forges = STK_FORGES_ALL,
	.post = post_webhook,
};
