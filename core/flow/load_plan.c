/* load_plan: the plan of a load script with what the workflow says of it laid over. */
#include "core/flow/load_plan.h"

#include <string.h>

bool stk_load_plan_replaces(const struct stk_load_spec *spec)
{
	return spec->rate > 0 || spec->vus > 0;
}

static int find_scenario(
	const struct stk_plan *plan, const char *name, size_t *out, struct stk_err *err)
{
	if (!name && plan->scenarios.len == 1) {
		*out = 0;
		return 0;
	}
	if (!name) {
		stk_err_set(err, STK_E_SCRIPT,
			"load: the script has %zu scenarios, and a rate or vus replaces one",
			plan->scenarios.len);
		stk_err_hint(err, "say which: load = { scenario = \"%s\", ... }",
			plan->scenarios.len ? plan->scenarios.items[0].name : "default");
		return STK_E_SCRIPT;
	}
	for (size_t i = 0; i < plan->scenarios.len; i++)
		if (strcmp(plan->scenarios.items[i].name, name) == 0) {
			*out = i;
			return 0;
		}
	return stk_err_set(err, STK_E_SCRIPT, "load: the script has no scenario '%s'", name);
}

int stk_load_plan_replace(struct stk_plan *plan, const struct stk_load_spec *spec,
	int64_t duration_ns, struct stk_err *err)
{
	struct stk_scenario original;
	struct stk_scenario *scenario;
	size_t number;
	int rc = find_scenario(plan, spec->scenario, &number, err);

	if (rc < 0)
		return rc;
	original = plan->scenarios.items[number];
	for (size_t i = 0; i < plan->scenarios.len; i++)
		stk_vec_release(&plan->scenarios.items[i].stages);
	plan->scenarios.len = 0;
	scenario = stk_plan_add_scenario(plan, original.name);
	scenario->exec = original.exec;
	scenario->env = original.env;
	scenario->tags = original.tags;
	scenario->duration_ns = duration_ns;
	if (spec->rate <= 0) {
		scenario->executor = "constant-vus";
		scenario->vus = spec->vus;
		return 0;
	}
	scenario->executor = "constant-arrival-rate";
	rc = stk_scenario_set_rate(scenario, spec->rate, spec->rate_unit_ns, err);
	if (rc < 0)
		return rc;
	/* VUs as needed: ten seconds' worth at most, as for a rate without VUs in a script */
	double per_s = spec->rate * 1e9 / (double)spec->rate_unit_ns;
	double most = per_s * 10 < 10 ? 10 : per_s * 10 > 10000 ? 10000 : per_s * 10;
	scenario->pre_allocated_vus = spec->vus > 0 ? spec->vus : 10;
	scenario->max_vus = (int64_t)most > scenario->pre_allocated_vus
				    ? (int64_t)most
				    : scenario->pre_allocated_vus;
	scenario->grow_at_once = true;
	return 0;
}

static void scale(int64_t *ns, double factor)
{
	if (*ns > 0)
		*ns = (int64_t)((double)*ns * factor);
}

void stk_load_plan_scale(struct stk_plan *plan, int64_t duration_ns)
{
	int64_t planned_ns = stk_plan_duration_ns(plan);
	double factor = planned_ns > 0 ? (double)duration_ns / (double)planned_ns : 1;

	for (size_t i = 0; i < plan->scenarios.len; i++) {
		struct stk_scenario *scenario = &plan->scenarios.items[i];

		scale(&scenario->start_time_ns, factor);
		scale(&scenario->duration_ns, factor);
		scale(&scenario->max_duration_ns, factor);
		for (size_t s = 0; s < scenario->stages.len; s++)
			scale(&scenario->stages.items[s].duration_ns, factor);
	}
}
