/* rest_wait: limits of a forge: what they ask for, and the waiting itself. */
#include <string.h>

#include "core/base/rand.h"
#include "core/publish/rest_priv.h"

#define STEP_NS      (250 * STK_NS_PER_MS) /* between looks for an interrupt */
#define TELL_NS      (10 * STK_NS_PER_S)   /* longer waits are told */
#define SECONDARY_NS (60 * STK_NS_PER_S)   /* GitHub: "wait for at least one minute" */
#define WRITES_FREE  5
#define WRITE_NS     STK_NS_PER_S
#define SECONDS_MAX  INT64_C(1000000000)

static bool is_interrupted(const struct stk_rest *rest)
{
	return rest->opts.interrupts && atomic_load(rest->opts.interrupts) > 0;
}

static int sleep_for(struct stk_rest *rest, int64_t ns, struct stk_err *err)
{
	int64_t end = stk_clock_mono(rest->clock) + ns;

	for (;;) {
		int64_t now = stk_clock_mono(rest->clock);

		if (is_interrupted(rest))
			return stk_err_set(err, STK_E_ABORTED, "interrupted");
		if (now >= end)
			return 0;
		stk_clock_sleep_until(rest->clock, end - now < STEP_NS ? end : now + STEP_NS);
	}
}

int stk_rest_wait(struct stk_rest *rest, int64_t ns, const char *why, struct stk_err *err)
{
	int64_t seconds = (ns + STK_NS_PER_S - 1) / STK_NS_PER_S;

	if (ns > rest->opts.max_wait_ns - rest->waited_ns)
		return stk_err_set(err, STK_E_TIMEOUT,
			"%s: the server asks to wait %lld s, more than stoker waits in all (%lld "
			"s)",
			why, (long long)seconds,
			(long long)(rest->opts.max_wait_ns / STK_NS_PER_S));
	rest->waited_ns += ns;
	if (ns >= TELL_NS && rest->opts.say) {
		char line[160];

		(void)snprintf(line, sizeof line, "%s: waiting %lld s, as the server asks", why,
			(long long)seconds);
		rest->opts.say(line, rest->opts.say_ctx);
	}
	return sleep_for(rest, ns, err);
}

int stk_rest_pace(struct stk_rest *rest, struct stk_err *err)
{
	int64_t now = stk_clock_mono(rest->clock);
	int rc = 0;

	if (rest->writes >= WRITES_FREE && now - rest->last_write_ns < WRITE_NS)
		rc = sleep_for(rest, WRITE_NS - (now - rest->last_write_ns), err);
	rest->writes++;
	rest->last_write_ns = stk_clock_mono(rest->clock);
	return rc;
}

static bool header_int(const struct stk_http_response *response, const char *name, int64_t *out)
{
	struct stk_str text = stk_http_response_header(response, name);

	return text.len > 0 && stk_str_to_i64(text, out, NULL) == 0 && *out >= 0;
}

/* GitHub's documentation and reference publishing 2, in this order. */
int64_t stk_rest_limit_ns(
	const struct stk_rest *rest, const struct stk_http_response *response, int limits)
{
	struct stk_str body = stk_buf_str(&response->body);
	int64_t value, now;

	if (header_int(response, "retry-after", &value))
		return (value < SECONDS_MAX ? value : SECONDS_MAX) * STK_NS_PER_S;
	if (header_int(response, "x-ratelimit-remaining", &value) && value == 0 &&
		header_int(response, "x-ratelimit-reset", &value) && value < SECONDS_MAX * 8) {
		now = stk_http_response_date_ns(response);
		if (now < 0)
			now = stk_clock_wall(rest->clock);
		value = (value + 1) * STK_NS_PER_S - now;
		return value > STK_NS_PER_S ? value : STK_NS_PER_S;
	}
	if (response->status == 429 || stk_str_contains(body, STK_STR("secondary rate limit")) ||
		stk_str_contains(body, STK_STR("abuse detection")))
		return SECONDARY_NS << (limits < 8 ? limits : 8);
	return -1;
}

int64_t stk_rest_backoff_ns(int n)
{
	int64_t half = STK_NS_PER_S << (n - 1 < 5 ? n - 1 : 5);
	struct stk_rand rng;

	/* 1, 2, 4 s, a half of it by chance: several jobs fail in the same second */
	stk_rand_init(&rng, stk_rand_system(), (uint64_t)n);
	half /= 2;
	return half + stk_rand_range(&rng, 0, half);
}
