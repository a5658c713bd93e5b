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

int stk_rules_iterations(struct stk_scenario *scenario, struct stk_err *err)
{
	if (scenario->iterations == STK_UNSET)
		scenario->iterations = 1;
	if (scenario->iterations < 1)
		return stk_err_set(err, STK_E_INVAL, "iterations must be at least 1, not %lld",
			(long long)scenario->iterations);
	return stk_rules_max_duration(scenario, err);
}

int stk_rules_time_unit(struct stk_scenario *scenario, int64_t most, struct stk_err *err)
{
	if (scenario->time_unit_ns == STK_UNSET)
		scenario->time_unit_ns = 1000000000;
	if (scenario->time_unit_ns < 1 || scenario->time_unit_ns > STK_RULES_TIME_MAX_NS)
		return stk_err_set(err, STK_E_INVAL, "time_unit must be more than 0s, up to 100d");
	if (scenario->time_unit_ns < most)
		return stk_err_set(err, STK_E_INVAL,
			"rate of %lld is more than one start per nanosecond", (long long)most);
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

int64_t stk_rules_length_duration(const struct stk_scenario *scenario)
{
	return scenario->duration_ns;
}

int64_t stk_rules_length_max_duration(const struct stk_scenario *scenario)
{
	return scenario->max_duration_ns;
}

int64_t stk_rules_length_stages(const struct stk_scenario *scenario)
{
	int64_t sum = 0;

	for (size_t i = 0; i < scenario->stages.len; i++)
		sum += scenario->stages.items[i].duration_ns;
	return sum;
}

int64_t stk_rules_max_vus(const struct stk_scenario *scenario)
{
	return scenario->vus;
}

int64_t stk_rules_most(const struct stk_scenario *scenario, int64_t start)
{
	int64_t most = start;

	for (size_t i = 0; i < scenario->stages.len; i++)
		if (scenario->stages.items[i].target > most)
			most = scenario->stages.items[i].target;
	return most;
}

double stk_rules_progress_time(const struct stk_executor *executor, int64_t now_ns)
{
	int64_t length_ns = executor->ops->length_ns(executor->opts.scenario);

	return length_ns > 0 ? (double)(now_ns - executor->opts.start_ns) / (double)length_ns : 1;
}

void stk_rules_start_all(struct stk_executor *executor, int64_t now_ns,
	void (*start)(struct stk_executor *executor, size_t slot, int64_t intended_ns))
{
	if (now_ns >= executor->end_ns || executor->priv)
		return;
	executor->priv = executor; /* started */
	for (size_t i = 0; i < executor->slots_len; i++)
		start(executor, i, executor->opts.start_ns);
	if (executor->running == 0)
		stk_executor_end_early(executor, now_ns);
}
