/* gaps: slices that the grid of an agent promises and the source does not have. */
#include "core/source/gaps.h"

#include <string.h>

/* Some slices of one instance, and the stretch in which it was there. */
struct instance {
	const struct stk_source_slice *slices;
	size_t len;
	const char *name;
	int64_t first_ns, last_ns;
};

/* The first place of the grid that starts at or after ns. */
static int64_t place_after(const struct stk_source_info *info, int64_t ns)
{
	int64_t since = (ns - info->phase_ns) % info->interval_ns;

	if (since < 0)
		since += info->interval_ns;
	return since == 0 ? ns : ns - since + info->interval_ns;
}

/* Stamps wander by some ms and an instance has a phase of its own: half the place is enough. */
static bool is_covered(const struct instance *instance, int64_t start_ns, int64_t end_ns)
{
	int64_t covered = 0;

	for (size_t i = 0; i < instance->len; i++) {
		const struct stk_source_slice *slice = &instance->slices[i];
		int64_t from = slice->start_ns > start_ns ? slice->start_ns : start_ns;
		int64_t to = slice->end_ns < end_ns ? slice->end_ns : end_ns;

		covered += to > from ? to - from : 0;
	}
	return covered >= (end_ns - start_ns) / 2;
}

/* Make the gap that ends here longer, or begin one. */
static void add_missing(
	struct stk_gaps *gaps, const struct instance *instance, int64_t start_ns, int64_t end_ns)
{
	struct stk_gap *last = gaps->len > 0 ? &gaps->items[gaps->len - 1] : NULL;

	if (last && last->end_ns == start_ns && strcmp(last->instance, instance->name) == 0) {
		last->end_ns = end_ns;
		last->slices++;
		return;
	}
	stk_vec_push(gaps, (struct stk_gap){instance->name, start_ns, end_ns, 1});
}

static void look_at_span(const struct instance *instance, const struct stk_source_info *info,
	const struct stk_gap_span *span, struct stk_gaps *gaps)
{
	int64_t from = span->start_ns > instance->first_ns ? span->start_ns : instance->first_ns;
	int64_t to = span->end_ns < instance->last_ns ? span->end_ns : instance->last_ns;

	for (int64_t at = place_after(info, from); at + info->interval_ns <= to;
		at += info->interval_ns)
		if (!is_covered(instance, at, at + info->interval_ns))
			add_missing(gaps, instance, at, at + info->interval_ns);
}

/* The slices of one instance from number first on. */
static struct instance instance_at(const struct stk_source_slices *slices, size_t first)
{
	struct instance out = {&slices->items[first], 1, slices->items[first].instance,
		slices->items[first].start_ns, slices->items[first].end_ns};

	while (first + out.len < slices->len &&
		strcmp(out.slices[out.len].instance, out.name) == 0) {
		if (out.slices[out.len].end_ns > out.last_ns)
			out.last_ns = out.slices[out.len].end_ns;
		out.len++;
	}
	return out;
}

void stk_gaps_find(const struct stk_source_slices *slices, const struct stk_source_info *info,
	const struct stk_gap_spans *spans, struct stk_gaps *out)
{
	struct instance nobody = {NULL, 0, "", INT64_MIN, INT64_MAX};
	size_t first = 0;

	if (info->interval_ns <= 0)
		return;
	do {
		struct instance one = slices->len > 0 ? instance_at(slices, first) : nobody;

		for (size_t i = 0; i < spans->len; i++)
			look_at_span(&one, info, &spans->items[i], out);
		first += one.len;
	} while (first < slices->len);
}
