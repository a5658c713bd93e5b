/* source: what all kinds have in common: calls, waiting, releasing. */
#include "core/source/source.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/units.h"
#include "core/profile/profile.h"

#define POLL_NS  (250 * STK_NS_PER_MS)
#define GRACE_NS (15 * STK_NS_PER_S)

void stk_source_slices_release(struct stk_source_slices *slices)
{
	for (size_t i = 0; i < slices->len; i++) {
		free(slices->items[i].instance);
		stk_profile_free(slices->items[i].profile);
	}
	stk_vec_release(slices);
}

void stk_source_names_release(struct stk_source_names *names)
{
	for (size_t i = 0; i < names->len; i++)
		free(names->items[i]);
	stk_vec_release(names);
}

int stk_source_types(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_names *out, struct stk_err *err)
{
	return source->ops->types(source, query, out, err);
}

int stk_source_describe(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_info *out, struct stk_err *err)
{
	*out = (struct stk_source_info){0};
	return source->ops->describe(source, query, out, err);
}

int stk_source_fetch(struct stk_source *source, const struct stk_source_query *query,
	const struct stk_source_info *info, struct stk_source_slices *out, struct stk_err *err)
{
	return source->ops->fetch(source, query, info, out, err);
}

void stk_source_close(struct stk_source *source)
{
	if (source)
		source->ops->close(source);
}

/* The stamp of the slice that ends at or before until_ns and is the last such. */
static int64_t last_stamp(const struct stk_source_info *info, int64_t until_ns)
{
	int64_t since = (until_ns - info->phase_ns) % info->interval_ns;
	int64_t end = until_ns - since;

	return info->stamp_at_end ? end : end - info->interval_ns;
}

static void tell(const struct stk_source_waiting *waiting, const struct stk_source_query *query,
	int64_t end_ns)
{
	struct stk_buf text = STK_BUF_EMPTY;

	if (!waiting || !waiting->tell)
		return;
	stk_buf_addf(&text, "%s %s: slice ending ", query->selector, query->type_id);
	stk_units_format_rfc3339(&text, end_ns);
	waiting->tell(text.ptr, waiting->ctx);
	stk_buf_release(&text);
}

int stk_source_wait(struct stk_source *source, const struct stk_source_query *query,
	const struct stk_source_info *info, int64_t until_ns,
	const struct stk_source_waiting *waiting, struct stk_err *err)
{
	/* stamps wander by some ms around the grid */
	int64_t wanted, limit, slack;

	if (info->interval_ns <= 0)
		return 0;
	slack = info->interval_ns / 4;
	wanted = last_stamp(info, until_ns) - slack;
	limit = until_ns + 2 * info->interval_ns + GRACE_NS;
	for (;;) {
		int64_t newest = 0;
		int rc = source->ops->newest(source, query, &newest, err);

		if (rc < 0 || newest >= wanted)
			return rc < 0 ? rc : 1;
		if (stk_clock_wall(source->clock) >= limit)
			return 0;
		if (waiting && waiting->interrupts && atomic_load(waiting->interrupts) > 0)
			return stk_err_set(
				err, STK_E_ABORTED, "interrupted while waiting for profiles");
		tell(waiting, query, wanted + slack + (info->stamp_at_end ? 0 : info->interval_ns));
		stk_clock_sleep_until(source->clock, stk_clock_mono(source->clock) + POLL_NS);
	}
}
