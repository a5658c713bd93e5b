/* fingerprint: the plan as text with everything in it, hashed. */
#include "core/load/fingerprint.h"

#include "core/base/crypto.h"

#define FINGERPRINT_BYTES 16

static void add_number(struct stk_buf *buf, int64_t number)
{
	stk_buf_addf(buf, "%lld ", (long long)number);
}

static void add_text(struct stk_buf *buf, const char *text)
{
	stk_buf_addf(buf, "%zu:%s ", stk_str_of(text).len, text ? text : "");
}

static void add_tags(struct stk_buf *buf, const struct stk_tags *tags)
{
	add_number(buf, (int64_t)tags->len);
	for (size_t i = 0; i < tags->len; i++) {
		add_text(buf, tags->items[i].key);
		add_text(buf, tags->items[i].value);
	}
}

static void add_scenario(struct stk_buf *buf, const struct stk_scenario *scenario)
{
	const int64_t numbers[] = {scenario->exec, scenario->start_time_ns,
		scenario->graceful_stop_ns, scenario->vus, scenario->iterations,
		scenario->duration_ns, scenario->max_duration_ns, scenario->rate,
		scenario->time_unit_ns, scenario->pre_allocated_vus, scenario->max_vus,
		scenario->grow_at_once, scenario->jitter, scenario->start_vus,
		scenario->graceful_ramp_down_ns, scenario->start_rate};

	add_text(buf, scenario->name);
	add_text(buf, scenario->executor);
	for (size_t i = 0; i < STK_ARRAY_LEN(numbers); i++)
		add_number(buf, numbers[i]);
	add_number(buf, (int64_t)scenario->stages.len);
	for (size_t i = 0; i < scenario->stages.len; i++) {
		add_number(buf, scenario->stages.items[i].duration_ns);
		add_number(buf, scenario->stages.items[i].target);
	}
	add_tags(buf, &scenario->tags);
}

void stk_plan_add_fingerprint(const struct stk_plan *plan, struct stk_buf *buf)
{
	struct stk_buf text = STK_BUF_EMPTY;
	unsigned char digest[STK_DIGEST_MAX_BYTES];

	for (size_t i = 0; i < plan->scenarios.len; i++)
		add_scenario(&text, &plan->scenarios.items[i]);
	for (size_t i = 0; i < plan->thresholds.len; i++) {
		const struct stk_threshold_spec *spec = &plan->thresholds.items[i];

		add_text(&text, spec->metric);
		add_text(&text, spec->expr);
		add_number(&text, spec->abort);
		add_number(&text, spec->delay_ns);
		add_number(&text, spec->no_data_fails);
	}
	for (size_t i = 0; i < plan->metrics.len; i++) {
		add_text(&text, plan->metrics.items[i].name);
		add_number(&text, plan->metrics.items[i].type);
		add_number(&text, plan->metrics.items[i].unit);
	}
	add_number(&text, plan->timeout_ns);
	add_number(&text, plan->redirects);
	add_number(&text, plan->rps);
	stk_crypto_digest(STK_DIGEST_SHA256, stk_buf_str(&text), digest);
	stk_crypto_add_hex(buf, digest, FINGERPRINT_BYTES);
	stk_buf_release(&text);
}
