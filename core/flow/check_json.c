/* check_json: a check as the document "stoker.check". */
#include <math.h>

#include "core/base/json.h"
#include "core/flow/check.h"

static const char *const state_names[] = {"ok", "warn", "fail"};

static void put_text(struct stk_json *object, const char *key, const char *text)
{
	stk_json_put(object, key, stk_json_new_text(text));
}

static void put_int(struct stk_json *object, const char *key, int64_t value)
{
	stk_json_put(object, key, stk_json_new_int(value));
}

static void put_real(struct stk_json *object, const char *key, double value)
{
	stk_json_put(object, key, stk_json_new_real(value));
}

/* 0 or less: unknown. */
static void put_ns(struct stk_json *object, const char *key, int64_t ns)
{
	stk_json_put(object, key, ns > 0 ? stk_json_new_int(ns) : stk_json_new_null());
}

static struct stk_json *lines_of(const struct stk_check *check)
{
	struct stk_json *lines = stk_json_new_array();

	for (size_t i = 0; i < check->lines.len; i++) {
		const struct stk_check_line *line = &check->lines.items[i];
		struct stk_json *one = stk_json_new_object();

		put_text(one, "state", state_names[line->state]);
		put_text(one, "name", line->name);
		put_text(one, "text", line->text);
		put_text(one, "hint", line->hint);
		stk_json_push(lines, one);
	}
	return lines;
}

static struct stk_json *plan_of(const struct stk_check *check)
{
	const struct stk_check_plan *plan = &check->plan;
	struct stk_json *object = stk_json_new_object();

	put_text(object, "mode", stk_mode_name(plan->mode));
	stk_json_put(object, "own_flow", stk_json_new_bool(plan->is_own_flow));
	stk_json_put(object, "refused", stk_json_new_bool(plan->is_refused));
	put_ns(object, "pairs", plan->pairs);
	put_ns(object, "block_ns", plan->block_ns);
	put_ns(object, "counted_ns", plan->counted_ns);
	put_ns(object, "warmup_ns", plan->warmup_ns);
	put_ns(object, "idle_ns", plan->idle_ns);
	put_ns(object, "load_ns", plan->load_ns);
	put_ns(object, "total_ns", plan->total_ns);
	return object;
}

static struct stk_json *seen_of(const struct stk_check *check)
{
	const struct stk_check_seen *seen = &check->seen;
	struct stk_json *object = stk_json_new_object();

	put_ns(object, "build_ns", seen->build_ns);
	put_ns(object, "ready_ns", seen->ready_ns);
	put_real(object, "seconds", seen->seconds);
	put_int(object, "requests", seen->requests);
	put_int(object, "failed", seen->failed);
	put_int(object, "dropped", seen->dropped);
	put_real(object, "rate", seen->rate);
	put_real(object, "p95_ms", seen->p95_ms);
	put_real(object, "cores", seen->cores);
	put_real(object, "machine_cores", seen->machine_cores);
	put_ns(object, "slice_ns", seen->slice_ns);
	put_text(object, "cpu_type", seen->cpu_type);
	put_real(object, "hz", seen->hz);
	put_real(object, "samples_per_s", seen->samples_per_s);
	put_real(object, "functions", seen->functions);
	stk_json_put(object, "labelled",
		seen->labels_known ? stk_json_new_bool(seen->labelled) : stk_json_new_null());
	return object;
}

static struct stk_json *sees_of(const struct stk_check *check)
{
	struct stk_json *list = stk_json_new_array();

	for (size_t i = 0; i < check->sees.len; i++) {
		struct stk_json *one = stk_json_new_object();

		put_real(one, "share", check->sees.items[i].share);
		put_real(one, "change", check->sees.items[i].change);
		stk_json_push(list, one);
	}
	return list;
}

void stk_check_format_json(const struct stk_check *check, int exit_code, struct stk_buf *buf)
{
	struct stk_json *document = stk_json_new_object();

	put_text(document, "document", "stoker.check");
	put_int(document, "schema", STK_CHECK_SCHEMA);
	put_int(document, "exit_code", exit_code);
	stk_json_put(document, "lines", lines_of(check));
	stk_json_put(document, "plan", plan_of(check));
	stk_json_put(document, "seen", seen_of(check));
	put_real(document, "samples", check->samples);
	stk_json_put(document, "sees", sees_of(check));
	put_text(document, "advice", check->advice);
	put_text(document, "quicker", check->quicker);
	stk_json_format(document, STK_JSON_INDENT, buf);
	stk_buf_add_byte(buf, '\n');
	stk_json_free(document);
}
