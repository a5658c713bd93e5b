/* profiles: rows of slices become samples of one profile. */
#include "core/demo/profiles.h"

#include <math.h>

#include "core/profile/pprof.h"

/* Which values a row gives; false: nothing of this kind. */
typedef bool (*values_fn)(const struct stk_sampler_row *row, int64_t period, int64_t *values);

static bool cpu_values(const struct stk_sampler_row *row, int64_t period, int64_t *values)
{
	values[0] = row->ticks;
	values[1] = row->ticks * period;
	return row->ticks > 0;
}

static bool memory_values(const struct stk_sampler_row *row, int64_t period, int64_t *values)
{
	(void)period;
	values[0] = llround(row->alloc_objects);
	values[1] = llround(row->alloc_bytes);
	values[2] = llround(row->live_objects);
	values[3] = llround(row->live_bytes);
	return values[0] || values[1] || values[2] || values[3];
}

static void add_row(struct stk_profile *profile, const struct stk_sampler_slice *slice,
	const struct stk_sampler_row *row, const int64_t *values)
{
	uint32_t locations[STK_SAMPLER_DEPTH_MAX];

	for (size_t i = 0; i < row->frames_len; i++) {
		uint32_t number = slice->frames.items[row->frames_at + i];
		const struct stk_sampler_frame *from = &slice->locations.items[number];
		struct stk_frame frame = {stk_str_of(from->name), stk_str_of(from->file),
			from->start_line, from->line};

		locations[i] = stk_profile_add_frame(profile, &frame);
	}
	(void)stk_profile_add_sample(profile, locations, row->frames_len, values);
	for (size_t i = 0; i < row->labels_len; i++)
		stk_profile_add_label(profile, row->labels[i].key, row->labels[i].value);
}

static void add_slice(
	struct stk_profile *profile, const struct stk_sampler_slice *slice, values_fn values_of)
{
	int64_t values[4];

	for (size_t i = 0; i < slice->rows.len; i++)
		if (values_of(&slice->rows.items[i], profile->period, values))
			add_row(profile, slice, &slice->rows.items[i], values);
}

static struct stk_profile *new_profile(
	const char *type, const char *unit, int64_t start_ns, int64_t end_ns)
{
	struct stk_profile *profile = stk_profile_new();

	profile->time_ns = start_ns;
	profile->duration_ns = end_ns - start_ns;
	profile->period_type.type = stk_profile_intern(profile, stk_str_of(type));
	profile->period_type.unit = stk_profile_intern(profile, stk_str_of(unit));
	return profile;
}

static int finish(struct stk_profile *profile, struct stk_buf *out, struct stk_err *err)
{
	int rc = 0;

	if (profile->samples.len > 0)
		rc = stk_pprof_encode_gzip(profile, out, err);
	stk_profile_free(profile);
	return rc;
}

int stk_demo_profiles_cpu(const struct stk_sampler_slice *slices, size_t len, int64_t start_ns,
	int64_t end_ns, struct stk_buf *out, struct stk_err *err)
{
	struct stk_profile *profile = new_profile("cpu", "nanoseconds", start_ns, end_ns);
	int64_t ticks = 0, cpu_ns = 0;

	(void)stk_profile_add_type(profile, "samples", "count");
	(void)stk_profile_add_type(profile, "cpu", "nanoseconds");
	for (size_t i = 0; i < len; i++) {
		ticks += slices[i].ticks;
		cpu_ns += slices[i].cpu_ns;
	}
	if (ticks > 0)
		profile->period = (cpu_ns + ticks / 2) / ticks;
	for (size_t i = 0; i < len; i++)
		add_slice(profile, &slices[i], cpu_values);
	return finish(profile, out, err);
}

int stk_demo_profiles_memory(const struct stk_sampler_slice *slices, size_t len, int64_t start_ns,
	int64_t end_ns, struct stk_buf *out, struct stk_err *err)
{
	struct stk_profile *profile = new_profile("space", "bytes", start_ns, end_ns);

	(void)stk_profile_add_type(profile, "alloc_objects", "count");
	(void)stk_profile_add_type(profile, "alloc_space", "bytes");
	(void)stk_profile_add_type(profile, "inuse_objects", "count");
	(void)stk_profile_add_type(profile, "inuse_space", "bytes");
	for (size_t i = 0; i < len; i++)
		profile->period = (int64_t)slices[i].alloc_mean;
	for (size_t i = 0; i < len; i++)
		add_slice(profile, &slices[i], memory_values);
	return finish(profile, out, err);
}
