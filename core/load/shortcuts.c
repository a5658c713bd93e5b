/* shortcuts: vus, duration, iterations, stages and rate as a scenario called default (k6 1.9). */
#include <string.h>

#include "core/load/executor_rules.h"
#include "core/load/plan.h"

void stk_shortcuts_init(struct stk_shortcuts *shortcuts)
{
	memset(shortcuts, 0, sizeof *shortcuts);
	shortcuts->vus = shortcuts->iterations = shortcuts->duration_ns = STK_UNSET;
	shortcuts->rate = shortcuts->rate_unit_ns = STK_UNSET;
	shortcuts->pre_allocated_vus = shortcuts->max_vus = STK_UNSET;
}

static bool has_workload(const struct stk_shortcuts *shortcuts)
{
	return shortcuts->iterations != STK_UNSET || shortcuts->duration_ns != STK_UNSET ||
	       shortcuts->stages.len > 0 || shortcuts->rate != STK_UNSET;
}

bool stk_shortcuts_overlay(struct stk_shortcuts *into, const struct stk_shortcuts *over)
{
	bool wipes = has_workload(over);

	if (wipes) {
		int64_t vus = into->vus;
		int exec = into->exec;

		*into = *over;
		into->exec = exec;
		if (into->vus == STK_UNSET)
			into->vus = vus;
	} else if (over->vus != STK_UNSET) {
		into->vus = over->vus;
	}
	return wipes;
}

static int refuse_mixtures(
	const struct stk_plan *plan, const struct stk_shortcuts *shortcuts, struct stk_err *err)
{
	bool iterations = shortcuts->iterations != STK_UNSET, stages = shortcuts->stages.len > 0;
	bool duration = shortcuts->duration_ns != STK_UNSET, rate = shortcuts->rate != STK_UNSET;

	if (iterations && stages)
		return stk_err_set(err, STK_E_INVAL, "iterations and stages exclude each other");
	if (duration && stages)
		return stk_err_set(err, STK_E_INVAL, "duration and stages exclude each other");
	if (rate && (iterations || stages))
		return stk_err_set(
			err, STK_E_INVAL, "rate goes with duration, not with iterations or stages");
	if (plan->scenarios.len > 0 && has_workload(shortcuts))
		return stk_err_set(err, STK_E_INVAL, "scenarios and %s exclude each other",
			iterations ? "iterations"
			: stages   ? "stages"
			: rate     ? "rate"
				   : "duration");
	if (duration && shortcuts->duration_ns <= 0)
		return stk_err_set(err, STK_E_INVAL, "duration must be at least 1s");
	return 0;
}

/* VUs as needed: ten for each start per second, 10 to 10,000. */
static void set_rate(struct stk_scenario *scenario, const struct stk_shortcuts *shortcuts)
{
	double per_s = (double)shortcuts->rate * 1e9 / (double)shortcuts->rate_unit_ns;
	int64_t most = per_s * 10 < 10 ? 10 : per_s * 10 > 10000 ? 10000 : (int64_t)(per_s * 10);

	scenario->executor = "constant-arrival-rate";
	scenario->rate = shortcuts->rate;
	scenario->time_unit_ns = shortcuts->rate_unit_ns;
	scenario->duration_ns = shortcuts->duration_ns;
	scenario->max_vus = shortcuts->max_vus;
	scenario->pre_allocated_vus = shortcuts->pre_allocated_vus;
	scenario->grow_at_once = true;
	if (scenario->max_vus == STK_UNSET)
		scenario->max_vus = shortcuts->vus != STK_UNSET ? shortcuts->vus : most;
	if (scenario->pre_allocated_vus == STK_UNSET)
		scenario->pre_allocated_vus =
			scenario->max_vus < (int64_t)per_s ? scenario->max_vus : (int64_t)per_s;
}

static void replace_scenarios(struct stk_plan *plan, int64_t vus)
{
	if (plan->scenarios.len == 0)
		return;
	stk_plan_warn(plan,
		"vus = %lld alone means %lld iterations by %lld VUs: the scenarios are not run",
		(long long)vus, (long long)vus, (long long)vus);
	for (size_t i = 0; i < plan->scenarios.len; i++) {
		stk_vec_release(&plan->scenarios.items[i].env);
		stk_vec_release(&plan->scenarios.items[i].tags);
		stk_vec_release(&plan->scenarios.items[i].stages);
	}
	stk_vec_clear(&plan->scenarios);
}

int stk_plan_apply_shortcuts(
	struct stk_plan *plan, const struct stk_shortcuts *shortcuts, struct stk_err *err)
{
	bool vus_alone = !has_workload(shortcuts) && shortcuts->vus != STK_UNSET;
	struct stk_scenario *scenario;
	int rc = refuse_mixtures(plan, shortcuts, err);

	if (rc < 0)
		return rc;
	if (vus_alone)
		replace_scenarios(plan, shortcuts->vus);
	if (plan->scenarios.len > 0)
		return 0;
	scenario = stk_plan_add_scenario(plan, "default");
	scenario->exec = shortcuts->exec;
	if (shortcuts->rate != STK_UNSET) {
		set_rate(scenario, shortcuts);
		return 0;
	}
	scenario->vus = shortcuts->vus;
	if (shortcuts->iterations != STK_UNSET) {
		scenario->executor = "shared-iterations";
		scenario->iterations = shortcuts->iterations;
		scenario->max_duration_ns = shortcuts->duration_ns;
	} else if (shortcuts->duration_ns != STK_UNSET) {
		scenario->executor = "constant-vus";
		scenario->duration_ns = shortcuts->duration_ns;
	} else if (shortcuts->stages.len > 0) {
		scenario->executor = "ramping-vus";
		scenario->start_vus = shortcuts->vus;
		for (size_t i = 0; i < shortcuts->stages.len; i++)
			stk_vec_push(&scenario->stages, shortcuts->stages.items[i]);
	} else if (vus_alone) {
		scenario->executor = "shared-iterations";
		scenario->iterations = shortcuts->vus;
	} else {
		scenario->executor = "per-vu-iterations";
	}
	return 0;
}
