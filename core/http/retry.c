/* retry: which outcomes are worth another try, and after which pause. */
#include <string.h>

#include "core/base/rand.h"
#include "core/http/client.h"

bool stk_retry_wants(const struct stk_http_response *response, const struct stk_err *err)
{
	if (err && err->code)
		return err->code == STK_E_NET || err->code == STK_E_TIMEOUT;
	switch (response->status) {
	case 408:
	case 429:
	case 502:
	case 503:
	case 504:
		return true;
	case 500:
		return stk_str_contains(stk_buf_str(&response->body), STK_STR("Unavailable")) ||
		       stk_str_contains(
			       stk_buf_str(&response->body), STK_STR("<Code>InternalError</Code>"));
	default:
		return false;
	}
}

int64_t stk_retry_pause_ns(
	const struct stk_retry *retry, int n, const struct stk_http_response *response)
{
	int64_t ms = retry->first_ms > 0 ? retry->first_ms : 250;
	int64_t max_ms = retry->max_ms > 0 ? retry->max_ms : 8000;
	int64_t after_s, half;
	struct stk_rand rng;
	struct stk_str after;

	for (int i = 1; i < n && ms < max_ms; i++)
		ms *= 2;
	if (ms > max_ms)
		ms = max_ms;
	stk_rand_init(&rng, retry->seed, (uint64_t)n);
	/* half of it for sure, the other half by chance */
	half = ms / 2;
	ms = half + stk_rand_range(&rng, 0, ms - half);
	after = response ? stk_http_response_header(response, "retry-after") : stk_str_n("", 0);
	if (after.len && stk_str_to_i64(after, &after_s, NULL) == 0 && after_s >= 0) {
		ms = after_s > max_ms / 1000 ? max_ms : after_s * 1000;
	}
	return ms * STK_NS_PER_MS;
}

int stk_client_send_retry(struct stk_client *client, const struct stk_retry *retry,
	const struct stk_http_request *request, struct stk_http_response *response,
	struct stk_err *err)
{
	const struct stk_clock *clock = retry->clock ? retry->clock : stk_clock_system();
	struct stk_err own = STK_ERR_INIT;
	int tries = retry->tries > 0 ? retry->tries : 5;
	int rc = 0;

	for (int n = 1;; n++) {
		stk_err_clear(&own);
		rc = stk_client_send(client, request, response, &own);
		if (n >= tries || !stk_retry_wants(response, &own))
			break;
		stk_clock_sleep_until(
			clock, stk_clock_mono(clock) + stk_retry_pause_ns(retry, n, response));
	}
	if (rc < 0 && err)
		*err = own;
	return rc;
}

int stk_http_response_check(const struct stk_http_response *response, struct stk_err *err)
{
	struct stk_str line = stk_str_trim(stk_buf_str(&response->body));
	ptrdiff_t end = stk_str_find_byte(line, '\n');
	int code = STK_E_HTTP;

	if (response->status >= 200 && response->status < 300)
		return 0;
	if (end >= 0)
		line = stk_str_sub(line, 0, (size_t)end);
	if (response->status == 401 || response->status == 403)
		code = STK_E_AUTH;
	else if (response->status == 404)
		code = STK_E_NOT_FOUND;
	line = stk_str_trim(stk_str_sub(line, 0, 200));
	return line.len ? stk_err_set(
				  err, code, "HTTP %d: %.*s", response->status, STK_STR_ARG(line))
			: stk_err_set(err, code, "HTTP %d", response->status);
}
