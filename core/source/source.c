/* source: what all kinds have in common: calls, waiting, releasing. */
#include "core/source/source.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/profile/profile.h"
#include "core/source/objects.h"

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

static bool have_one_type(const struct stk_source_slices *slices)
{
	for (size_t i = 0; i < slices->len; i++)
		if (slices->items[i].profile->types.len == 1)
			return true;
	return false;
}

/* A store or a server gives one sample type at a time. */
static int fetch_other_column(struct stk_source *source, const struct stk_source_query *query,
	const struct stk_source_info *info, struct stk_source_slices *slices, struct stk_err *err)
{
	struct stk_source_slices others = STK_VEC_INIT;
	struct stk_source_query beside = *query;
	char *type_id = have_one_type(slices) ? stk_objects_type_id(query->type_id) : NULL;
	int rc = 0;

	if (type_id) {
		beside.type_id = type_id;
		rc = source->ops->fetch(source, &beside, info, &others, err);
	}
	if (rc == 0)
		stk_objects_join(slices, &others);
	stk_source_slices_release(&others);
	free(type_id);
	return rc;
}

int stk_source_fetch(struct stk_source *source, const struct stk_source_query *query,
	const struct stk_source_info *info, struct stk_source_slices *out, struct stk_err *err)
{
	int rc = source->ops->fetch(source, query, info, out, err);

	return rc < 0 ? rc : fetch_other_column(source, query, info, out, err);
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

/* The service that a selector names, else the selector as it is. */
static struct stk_str subject_of(const char *selector)
{
	static const struct stk_str key = {"service_name=\"", sizeof "service_name=\"" - 1};
	struct stk_str text = stk_str_of(selector);
	ptrdiff_t at = stk_str_find(text, key), end;

	if (at < 0)
		return text;
	text = stk_str_skip(text, (size_t)at + key.len);
	end = stk_str_find_byte(text, '"');
	return end < 0 ? text : stk_str_sub(text, 0, (size_t)end);
}

/* "cpu" of process_cpu:cpu:nanoseconds:cpu:nanoseconds. */
static struct stk_str sample_type_of(const char *type_id)
{
	struct stk_str rest = stk_str_of(type_id), word = rest;

	if (stk_str_cut(&rest, ':', &word))
		(void)stk_str_cut(&rest, ':', &word); /* one part only: that one */
	return word;
}

/* "order-service cpu: slice ending 14:38:20" (UTC). */
static void tell(const struct stk_source_waiting *waiting, const struct stk_source_query *query,
	int64_t end_ns)
{
	struct stk_buf text = STK_BUF_EMPTY;
	int64_t second = end_ns / STK_NS_PER_S % (24 * 3600);

	if (!waiting || !waiting->tell)
		return;
	stk_buf_addf(&text, "%.*s %.*s: slice ending %02d:%02d:%02d",
		STK_STR_ARG(subject_of(query->selector)),
		STK_STR_ARG(sample_type_of(query->type_id)), (int)(second / 3600),
		(int)(second / 60 % 60), (int)(second % 60));
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
		if (waiting && waiting->interrupts &&
			atomic_load(waiting->interrupts) > waiting->interrupts_seen)
			return stk_err_set(
				err, STK_E_ABORTED, "interrupted while waiting for profiles");
		tell(waiting, query, wanted + slack + (info->stamp_at_end ? 0 : info->interval_ns));
		stk_clock_sleep_until(source->clock, stk_clock_mono(source->clock) + POLL_NS);
	}
}
