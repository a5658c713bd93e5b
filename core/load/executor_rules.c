/* executor_rules: defaults and limits of scenario options, with k6's rules in our words. */
#include "core/load/executor_rules.h"

int stk_rules_vus(struct stk_scenario *scenario, struct stk_err *err)
{
	if (scenario->vus == STK_UNSET)
		scenario->vus = 1;
	if (scenario->vus < 1 || scenario->vus > STK_PLAN_VUS_MAX)
		return stk_err_set(err, STK_E_INVAL, "vus must be 1 to %d, not %lld",
			STK_PLAN_VUS_MAX, (long long)scenario->vus);
	return 0;
}

static int check_length(const char *key, int64_t ns, struct stk_err *err)
{
	if (ns < STK_RULES_DURATION_MIN_NS)
		return stk_err_set(err, STK_E_INVAL, "%s must be at least 1s, not %.9gs", key,
			(double)ns / 1e9);
	if (ns > STK_RULES_TIME_MAX_NS)
		return stk_err_set(err, STK_E_INVAL, "%s must be at most 100d", key);
	return 0;
}

int stk_rules_duration(struct stk_scenario *scenario, struct stk_err *err)
{
	if (scenario->duration_ns == STK_UNSET)
		return stk_err_set(err, STK_E_INVAL, "duration is missing");
	return check_length("duration", scenario->duration_ns, err);
}

int stk_rules_max_duration(struct stk_scenario *scenario, struct stk_err *err)
{
	if (scenario->max_duration_ns == STK_UNSET)
		scenario->max_duration_ns = STK_RULES_MAX_DURATION_NS;
	return check_length("max_duration", scenario->max_duration_ns, err);
}

static int check_stage(const struct stk_stage *stage, size_t number, struct stk_err *err)
{
	if (stage->duration_ns < 0 || stage->duration_ns > STK_RULES_TIME_MAX_NS)
		return stk_err_set(
			err, STK_E_INVAL, "stage %zu: duration must be 0s to 100d", number);
	if (stage->target < 0 || stage->target > STK_PLAN_VUS_MAX)
		return stk_err_set(err, STK_E_INVAL, "stage %zu: target must be 0 to %d, not %lld",
			number, STK_PLAN_VUS_MAX, (long long)stage->target);
	return 0;
}

int stk_rules_stages(struct stk_scenario *scenario, struct stk_err *err)
{
	int64_t sum = 0;

	if (scenario->stages.len == 0)
		return stk_err_set(err, STK_E_INVAL, "stages are missing");
	for (size_t i = 0; i < scenario->stages.len; i++) {
		int rc = check_stage(&scenario->stages.items[i], i + 1, err);

		if (rc < 0)
			return rc;
		sum += scenario->stages.items[i].duration_ns;
		if (sum > STK_RULES_TIME_MAX_NS)
			return stk_err_set(err, STK_E_INVAL, "stages last longer than 100d");
	}
	return 0;
}

int stk_rules_arrival_vus(struct stk_scenario *scenario, struct stk_err *err)
{
	if (scenario->pre_allocated_vus == STK_UNSET)
		return stk_err_set(err, STK_E_INVAL, "pre_allocated_vus is missing");
	if (scenario->max_vus == STK_UNSET)
		scenario->max_vus = scenario->pre_allocated_vus;
	if (scenario->pre_allocated_vus < 0 || scenario->max_vus > STK_PLAN_VUS_MAX)
		return stk_err_set(err, STK_E_INVAL, "pre_allocated_vus must be 0 to %d, not %lld",
			STK_PLAN_VUS_MAX, (long long)scenario->pre_allocated_vus);
	if (scenario->max_vus < scenario->pre_allocated_vus)
		return stk_err_set(err, STK_E_INVAL,
			"max_vus (%lld) must not be less than pre_allocated_vus (%lld)",
			(long long)scenario->max_vus, (long long)scenario->pre_allocated_vus);
	return 0;
}

int64_t stk_rules_portion(int64_t a, int64_t b, int64_t c)
{
	return a / c * b + a % c * b / c;
}
