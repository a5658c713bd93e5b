/* plan: defaults, validation, and what follows from a plan as a whole. */
#include "core/load/plan.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/http/url.h"
#include "core/load/executor.h"
#include "core/load/executor_rules.h"
#include "core/load/metrics.h"
#include "core/load/threshold.h"

#define TIMEOUT_NS   ((int64_t)60 * 1000000000)
#define SUMMARY_NS   ((int64_t)120 * 1000000000)
#define REDIRECTS    10
#define BODY_MAX     ((size_t)64 << 20)
#define NAME_MAX_LEN 129

void stk_plan_init(struct stk_plan *plan)
{
	memset(plan, 0, sizeof *plan);
	plan->timeout_ns = plan->setup_timeout_ns = plan->teardown_timeout_ns = TIMEOUT_NS;
	plan->summary_timeout_ns = SUMMARY_NS;
	plan->redirects = REDIRECTS;
	plan->labels = true;
	plan->system_tags = stk_system_tags_default();
	plan->user_agent = "stoker";
	plan->max_body = BODY_MAX;
	plan->batch = 20;
	plan->batch_per_host = 6;
	stk_net_init(&plan->net);
}

void stk_plan_release(struct stk_plan *plan)
{
	for (size_t i = 0; i < plan->scenarios.len; i++) {
		stk_vec_release(&plan->scenarios.items[i].env);
		stk_vec_release(&plan->scenarios.items[i].tags);
		stk_vec_release(&plan->scenarios.items[i].stages);
	}
	stk_vec_release(&plan->scenarios);
	stk_vec_release(&plan->tags);
	stk_vec_release(&plan->allow_hosts);
	stk_vec_release(&plan->expect.ranges);
	stk_vec_release(&plan->thresholds);
	stk_vec_release(&plan->metrics);
	stk_vec_release(&plan->warnings);
	stk_net_release(&plan->net);
	stk_arena_release(&plan->arena);
	memset(plan, 0, sizeof *plan);
}

const char *stk_plan_text(struct stk_plan *plan, const char *text)
{
	return stk_arena_dup(&plan->arena, text);
}

void stk_plan_warn(struct stk_plan *plan, const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	stk_vec_push(&plan->warnings, stk_plan_text(plan, line));
}

struct stk_scenario *stk_plan_add_scenario(struct stk_plan *plan, const char *name)
{
	struct stk_scenario *scenario = stk_vec_push_new(&plan->scenarios);

	scenario->name = stk_plan_text(plan, name);
	scenario->start_time_ns = scenario->graceful_stop_ns = STK_UNSET;
	scenario->vus = scenario->iterations = STK_UNSET;
	scenario->duration_ns = scenario->max_duration_ns = STK_UNSET;
	scenario->rate = scenario->time_unit_ns = STK_UNSET;
	scenario->pre_allocated_vus = scenario->max_vus = STK_UNSET;
	scenario->start_vus = scenario->graceful_ramp_down_ns = STK_UNSET;
	scenario->start_rate = STK_UNSET;
	return scenario;
}

int stk_scenario_set_rate(
	struct stk_scenario *scenario, double events, int64_t unit_ns, struct stk_err *err)
{
	if (!isfinite(events) || events <= 0 || events > 1e9)
		return stk_err_set(err, STK_E_INVAL, "rate must be more than 0, up to 1e9");
	/* a whole number of events, in a longer unit if need be */
	for (int i = 0; i < 6 && fabs(events - round(events)) > 1e-9 * events; i++) {
		events *= 10;
		unit_ns *= 10;
	}
	scenario->rate = (int64_t)llround(events);
	scenario->time_unit_ns = unit_ns;
	if (scenario->rate < 1)
		return stk_err_set(err, STK_E_INVAL, "rate is too small");
	return 0;
}

static bool is_metric_name(const char *name)
{
	size_t len = strlen(name);

	if (len < 1 || len > NAME_MAX_LEN || isdigit((unsigned char)name[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return false;
	return true;
}

int stk_plan_add_metric(struct stk_plan *plan, const char *name, enum stk_metric_type type,
	enum stk_metric_unit unit, int *id_out, struct stk_err *err)
{
	int id;

	if (!is_metric_name(name)) {
		(void)stk_err_set(err, STK_E_INVAL, "metric name '%s' is not allowed", name);
		stk_err_hint(err, "use 1 to 129 letters, digits and _, no digit first");
		return STK_E_INVAL;
	}
	id = stk_metric_id(plan, stk_str_of(name));
	if (id >= 0 && id < STK_METRIC_BUILTIN_COUNT)
		return stk_err_set(
			err, STK_E_INVAL, "metric '%s' is there already, built in", name);
	if (id >= 0) {
		const struct stk_metric_def *def = stk_metric_def(plan, id);

		if (def->type != type || def->unit != unit)
			return stk_err_set(err, STK_E_INVAL,
				"metric '%s' is there already with another type", name);
		*id_out = id;
		return 0;
	}
	if (plan->metrics.len == STK_PLAN_METRICS_MAX) {
		(void)stk_err_set(err, STK_E_INVAL, "more than %d metrics", STK_PLAN_METRICS_MAX);
		stk_err_hint(err, "what differs from sample to sample is a tag: m:add(1, { id = "
				  "... })");
		return STK_E_INVAL;
	}
	stk_vec_push(
		&plan->metrics, (struct stk_metric_def){stk_plan_text(plan, name), type, unit});
	*id_out = STK_METRIC_BUILTIN_COUNT + (int)plan->metrics.len - 1;
	return 0;
}

static bool is_scenario_name(const char *name)
{
	if (!*name)
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && *name != '_' && *name != '-')
			return false;
	return true;
}

static int unknown_executor(const char *name, struct stk_err *err)
{
	const char *names[32];
	size_t len = 0;
	const char *near;

	for (const struct stk_executor_ops *const *ops = stk_executor_all(); *ops; ops++)
		names[len++] = (*ops)->name;
	near = stk_str_nearest(stk_str_of(name), names, len);
	(void)stk_err_set(err, STK_E_INVAL, "unknown executor '%s'", name);
	if (near)
		stk_err_hint(err, "did you mean '%s'?", near);
	return STK_E_INVAL;
}

static int check_scenario(struct stk_scenario *scenario, struct stk_err *err)
{
	const struct stk_executor_ops *ops;

	if (!is_scenario_name(scenario->name))
		return stk_err_set(
			err, STK_E_INVAL, "the name may hold letters, digits, _ and - only");
	if (!scenario->executor)
		return stk_err_set(err, STK_E_INVAL, "executor is missing");
	ops = stk_executor_find(scenario->executor);
	if (!ops)
		return unknown_executor(scenario->executor, err);
	if (scenario->start_time_ns == STK_UNSET)
		scenario->start_time_ns = 0;
	if (scenario->graceful_stop_ns == STK_UNSET)
		scenario->graceful_stop_ns = STK_RULES_GRACEFUL_STOP_NS;
	if (scenario->start_time_ns < 0 || scenario->start_time_ns > STK_RULES_TIME_MAX_NS)
		return stk_err_set(err, STK_E_INVAL, "start_time must be 0s to 100d");
	if (scenario->graceful_stop_ns < 0 || scenario->graceful_stop_ns > STK_RULES_TIME_MAX_NS)
		return stk_err_set(err, STK_E_INVAL, "graceful_stop must be 0s to 100d");
	return ops->validate(scenario, err);
}

/* Such a submetric has no samples: said, because k6 does not. */
static void warn_of_absent_tags(struct stk_plan *plan, const struct stk_tag_selector *selector)
{
	for (size_t i = 0; i < selector->tags.len; i++) {
		const char *key = selector->tags.items[i].key;

		if (!stk_system_tags_has(plan->system_tags, key))
			stk_plan_warn(plan,
				"the threshold of '%s{%s}' sees nothing: '%s' is not among the "
				"system tags",
				selector->metric, selector->canonical, key);
	}
}

static int unknown_metric(const struct stk_plan *plan, const char *name, struct stk_err *err)
{
	const size_t count = STK_METRIC_BUILTIN_COUNT + plan->metrics.len;
	const char **names = stk_xcalloc(count, sizeof *names);

	for (size_t i = 0; i < count; i++)
		names[i] = stk_metric_def(plan, (int)i)->name;
	const char *near = stk_str_nearest(stk_str_of(name), names, count);
	free(names);
	(void)stk_err_set(err, STK_E_INVAL, "there is no metric '%s'", name);
	if (near)
		stk_err_hint(err, "did you mean '%s'?", near);
	return STK_E_INVAL;
}

/* Kept as the plan's own copy: metric or metric{canonical selector}. */
static int check_threshold(
	struct stk_plan *plan, struct stk_threshold_spec *spec, struct stk_err *err)
{
	struct stk_threshold_expr expr;
	struct stk_tag_selector selector = {NULL, STK_VEC_INIT, NULL};
	int rc = stk_tag_selector_parse(stk_str_of(spec->metric), &plan->arena, &selector, err);
	int id;

	if (rc < 0)
		goto out;
	id = stk_metric_id(plan, stk_str_of(selector.metric));
	if (id < 0) {
		rc = unknown_metric(plan, selector.metric, err);
		goto out;
	}
	warn_of_absent_tags(plan, &selector);
	spec->metric = stk_tag_selector_format(&selector, &plan->arena);
	rc = stk_threshold_parse(stk_str_of(spec->expr), &expr, err);
	if (rc == 0)
		rc = stk_threshold_check_type(&expr, stk_metric_def(plan, id)->type, err);
	if (rc < 0)
		stk_err_wrap(err, "'%s'", spec->expr);
out:
	stk_vec_release(&selector.tags);
	return rc;
}

/* What this process has of a scenario. Iterations and starts go where the VUs are (k6 8.6): each
 * segment has as many of them as it has of the most VUs. */
static int set_parts(struct stk_plan *plan, struct stk_scenario *scenario, struct stk_err *err)
{
	const struct stk_executor_ops *ops = stk_executor_find(scenario->executor);

	stk_segment_stripe(&plan->segment, &plan->arena, &scenario->vus_part);
	return stk_segment_derive(
		&plan->segment, ops->max_vus(scenario), &plan->arena, &scenario->starts_part, err);
}

/* Without one that holds, no host would be the target's and every host could be called. */
static int check_base_urls(const struct stk_plan *plan, struct stk_err *err)
{
	for (int side = 0; side < STK_SIDES; side++) {
		struct stk_url url;

		if (!plan->base_url[side] ||
			stk_url_parse(stk_str_of(plan->base_url[side]), &url, NULL) == 0)
			continue;
		(void)stk_err_set(err, STK_E_INVAL, "base_url '%s' is no http or https URL",
			plan->base_url[side]);
		stk_err_hint(err, "it is written http://127.0.0.1:8080");
		return STK_E_INVAL;
	}
	return 0;
}

int stk_plan_validate(struct stk_plan *plan, struct stk_err *err)
{
	int rc = check_base_urls(plan, err);

	if (rc < 0)
		return rc;

	if (plan->scenarios.len == 0)
		return stk_err_set(err, STK_E_INVAL, "the plan has no scenario");
	for (size_t i = 0; i < plan->scenarios.len; i++) {
		struct stk_scenario *scenario = &plan->scenarios.items[i];

		rc = check_scenario(scenario, err);
		if (rc < 0) {
			stk_err_wrap(err, "scenario '%s'", scenario->name);
			return rc;
		}
		rc = set_parts(plan, scenario, err);
		if (rc < 0) {
			stk_err_wrap(err, "scenario '%s'", scenario->name);
			return rc;
		}
		for (size_t j = 0; j < i; j++)
			if (strcmp(plan->scenarios.items[j].name, scenario->name) == 0)
				return stk_err_set(err, STK_E_INVAL, "scenario '%s' is there twice",
					scenario->name);
	}
	if (plan->timeout_ns <= 0 || plan->timeout_ns > STK_RULES_TIME_MAX_NS)
		return stk_err_set(err, STK_E_INVAL, "timeout must be more than 0s, up to 100d");
	if (plan->rps < 0 || plan->rps > STK_PLAN_RPS_MAX)
		return stk_err_set(
			err, STK_E_INVAL, "rps must be 0 (no limit) to %d", STK_PLAN_RPS_MAX);
	if (plan->redirects < 0 || plan->redirects > 100)
		return stk_err_set(err, STK_E_INVAL, "redirects must be 0 to 100");
	for (size_t i = 0; i < plan->thresholds.len; i++) {
		struct stk_threshold_spec *spec = &plan->thresholds.items[i];
		const char *metric = spec->metric;

		rc = check_threshold(plan, spec, err);
		if (rc < 0) {
			stk_err_wrap(err, "threshold of '%s'", metric);
			return rc;
		}
	}
	return 0;
}

int64_t stk_plan_duration_ns(const struct stk_plan *plan)
{
	int64_t longest = 0;

	for (size_t i = 0; i < plan->scenarios.len; i++) {
		const struct stk_scenario *scenario = &plan->scenarios.items[i];
		const struct stk_executor_ops *ops = stk_executor_find(scenario->executor);
		int64_t end = scenario->start_time_ns + ops->length_ns(scenario);

		if (end > longest)
			longest = end;
	}
	return longest;
}

int64_t stk_plan_max_duration_ns(const struct stk_plan *plan)
{
	int64_t longest = 0;

	for (size_t i = 0; i < plan->scenarios.len; i++) {
		const struct stk_scenario *scenario = &plan->scenarios.items[i];
		const struct stk_executor_ops *ops = stk_executor_find(scenario->executor);
		int64_t end = scenario->start_time_ns + ops->length_ns(scenario) +
			      scenario->graceful_stop_ns;

		if (end > longest)
			longest = end;
	}
	return longest;
}
