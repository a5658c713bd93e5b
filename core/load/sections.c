/* sections: what scenarios and groups counted, each for itself, where the summary is in full. */
#include "core/load/load_priv.h"
#include "core/load/metrics.h"

/* With all metrics in the order of their ids. */
static struct stk_section *section_of(
	struct stk_worker *worker, const struct stk_scenario *scenario, const char *group)
{
	const struct stk_plan *plan = worker->engine->plan;
	struct stk_section *section = stk_sections_put(&worker->sections, scenario->name, group);
	int total = STK_METRIC_BUILTIN_COUNT + (int)plan->metrics.len;

	if (!section || section->metrics.items.len > 0)
		return section;
	for (int i = 0; i < total; i++) {
		const struct stk_metric_def *def = stk_metric_def(plan, i);

		stk_metrics_put(&section->metrics, def->name, "", def->type, def->unit)->builtin =
			i < STK_METRIC_BUILTIN_COUNT;
	}
	return section;
}

static void add_to(struct stk_section *section, int metric, double value)
{
	if (section)
		stk_metric_add(&section->metrics.items.items[metric], value);
}

void stk_worker_section_add(struct stk_worker *worker, const struct stk_scenario *scenario,
	const char *group, int metric, double value)
{
	add_to(section_of(worker, scenario, ""), metric, value);
	if (*group)
		add_to(section_of(worker, scenario, group), metric, value);
}

void stk_vu_section_check(struct stk_vu *vu, const char *name, bool passed)
{
	const struct stk_scenario *scenario = vu->iteration.scenario;
	const char *group = vu->group.len > 0 ? vu->group.ptr : "";
	struct stk_section *section = section_of(vu->worker, scenario, "");

	if (section)
		stk_section_check(section, group, name, passed);
	section = *group ? section_of(vu->worker, scenario, group) : NULL;
	if (section)
		stk_section_check(section, group, name, passed);
}
