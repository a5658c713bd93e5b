/* ends_ask: an end of `stoker diff` that is a stretch of time of a Pyroscope, cut into parts. */
#include <stdlib.h>
#include <string.h>

#include "core/flow/ends.h"
#include "core/profile/profile.h"
#include "core/pyroscope/types.h"
#include "core/source/period.h"
#include "core/source/pyroscope.h"

/* How a stretch of time is cut: parts of `width` that begin `step` apart, the first at `first`. */
struct cut {
	int64_t first_ns, step_ns, width_ns;
	int count;
};

/* Borders lie half way between stamps, so that no slice is near one. A flow's parts adjoin; of a
 * level, which adds up to nonsense over several slices, each part is one of them. */
static struct cut cut_range(
	const struct stk_ask *ask, const struct stk_source_info *info, bool is_flow)
{
	struct cut cut = {ask->from_ns, 0, ask->to_ns - ask->from_ns, 1};
	int64_t interval = info->interval_ns, border, slices;

	if (interval <= 0)
		return cut;
	border = ask->from_ns - (ask->from_ns - info->phase_ns + interval / 2) % interval;
	if (border < ask->from_ns)
		border += interval;
	slices = (ask->to_ns - border) / interval;
	if (slices < 1)
		return cut;
	cut.count = slices < STK_ENDS_PARTS_MAX ? (int)slices : STK_ENDS_PARTS_MAX;
	cut.first_ns = border;
	cut.step_ns = slices / cut.count * interval;
	cut.width_ns = is_flow ? cut.step_ns : interval;
	return cut;
}

/* Nothing ran in this part: no cost, not no knowledge. */
static struct stk_profile *new_idle(const struct stk_types_id *id)
{
	struct stk_profile *profile = stk_profile_new();
	char *type = stk_str_dup(id->sample_type), *unit = stk_str_dup(id->sample_unit);

	(void)stk_profile_add_type(profile, type, unit); /* the only one: 0 */
	free(type);
	free(unit);
	return profile;
}

static int ask_part(const struct stk_ask *ask, const struct stk_source_query *part,
	const struct stk_source_info *info, struct stk_end *out, struct stk_err *err)
{
	struct stk_profile *profile = NULL;
	struct stk_types_id id;
	int rc = stk_source_pyroscope_merge(ask->source, part, &profile, err);

	if (rc < 0)
		return rc;
	if (!profile && info->skips_idle &&
		stk_types_parse(stk_str_of(part->type_id), &id, NULL) == 0)
		profile = new_idle(&id);
	if (!profile)
		return 0;
	struct stk_source_slice *slice = stk_vec_push_new(&out->slices);
	slice->instance = stk_xstrdup("");
	slice->start_ns = part->from_ns;
	slice->end_ns = part->to_ns;
	slice->profile = profile;
	stk_vec_push(&out->requests, 0.0);
	return 0;
}

/* A window's end is inclusive to the millisecond. */
static int ask_parts(const struct stk_ask *ask, struct stk_source_query *query,
	const struct stk_source_info *info, struct stk_end *out, struct stk_err *err)
{
	struct stk_types_id id = {0};
	struct cut cut;
	int rc = 0;

	(void)!stk_types_parse(stk_str_of(query->type_id), &id, NULL); /* it was found by it */
	cut = cut_range(ask, info, stk_types_is_flow(&id));
	for (int i = 0; rc == 0 && i < cut.count; i++) {
		query->from_ns = cut.first_ns + i * cut.step_ns;
		query->to_ns = query->from_ns + cut.width_ns - STK_NS_PER_MS;
		rc = ask_part(ask, query, info, out, err);
		if (rc == 0 && out->slices.len > 0) /* the time it covers has no millisecond less */
			out->slices.items[out->slices.len - 1].end_ns =
				out->slices.items[out->slices.len - 1].start_ns + cut.width_ns;
	}
	stk_period_from_values(&out->slices, 0);
	return rc;
}

static bool has_samples(const struct stk_end *end)
{
	for (size_t i = 0; i < end->slices.len; i++)
		if (end->slices.items[i].profile->samples.len > 0)
			return true;
	return false;
}

int stk_end_ask(
	const struct stk_ask *ask, const char *title, struct stk_end *out, struct stk_err *err)
{
	char *selector = stk_str_dup(ask->expr.selector);
	struct stk_source_query query = {
		.selector = selector, .from_ns = ask->from_ns, .to_ns = ask->to_ns};
	struct stk_source_info info;
	struct stk_end end = {.title = stk_xstrdup(title)};
	int rc = stk_ask_type(ask, &end.type_id, err);

	query.type_id = end.type_id;
	if (rc == 0)
		rc = stk_source_describe(ask->source, &query, &info, err);
	if (rc == 0)
		rc = ask_parts(ask, &query, &info, &end, err);
	if (rc == 0 && !has_samples(&end))
		rc = stk_err_set(err, STK_E_NOT_FOUND, "there is nothing: %s", title);
	if (rc < 0)
		stk_end_release(&end);
	else
		*out = end;
	free(selector);
	return rc;
}
