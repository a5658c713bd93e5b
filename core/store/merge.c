/* merge: the samples of selected points added up to one profile of one sample type. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/proto.h"
#include "core/profile/pprof.h"
#include "core/store/scan.h"
#include "core/store/store_priv.h"

/* Deeper stacks lose their leaf side, as upstream cuts them. */
#define STACK_MAX 1000

/* The samples of one profile that are wanted: those of these splits. */
struct wanted {
	const struct stk_store_point *const *points;
	size_t len;
	const struct stk_label
		*names; /* labels of the push: sample labels of these names are void */
	size_t names_len;
};

static bool is_named(const struct wanted *wanted, struct stk_str name)
{
	for (size_t i = 0; i < wanted->names_len; i++)
		if (stk_str_eq(wanted->names[i].name, name))
			return true;
	return false;
}

static bool has_name(const struct stk_label *labels, size_t len, struct stk_str name)
{
	for (size_t i = 0; i < len; i++)
		if (stk_str_eq(labels[i].name, name))
			return true;
	return false;
}

/* The hash of the labels that a sample adds to its series; the rules are those of scan.c. */
static uint64_t split_of(
	const struct stk_profile *profile, size_t sample, const struct wanted *wanted)
{
	const struct stk_profile_sample *s = &profile->samples.items[sample];
	struct stk_label labels[STK_SCAN_MAX_SAMPLE_LABELS];
	size_t len = 0;

	for (uint32_t i = 0; i < s->labels_len && len < STK_SCAN_MAX_SAMPLE_LABELS; i++) {
		const struct stk_profile_label *label = &profile->labels.items[s->first_label + i];
		struct stk_label pair = {stk_profile_string(profile, label->key),
			stk_profile_string(profile, label->text)};

		if (!pair.name.len || !pair.value.len || stk_scan_is_aside(pair.name) ||
			is_named(wanted, pair.name) || has_name(labels, len, pair.name))
			continue;
		labels[len++] = pair;
	}
	if (len > 1)
		stk_labels_sort(labels, len);
	return stk_scan_hash(labels, len);
}

static bool keep_sample(const struct stk_profile *profile, size_t sample, void *ctx)
{
	const struct wanted *wanted = ctx;
	uint64_t split;

	/* a sample without a stack counts in the series only */
	if (!profile->samples.items[sample].locations_len)
		return false;
	split = profile->samples.items[sample].labels_len ? split_of(profile, sample, wanted) : 0;
	for (size_t i = 0; i < wanted->len; i++)
		if (wanted->points[i]->split == split)
			return true;
	return false;
}

/* Go's type arguments in names, "main.f[go.shape.int]", are dropped for Go agents. */
static void strip_shapes(struct stk_profile *profile)
{
	for (size_t i = 0; i < profile->functions.len; i++) {
		struct stk_profile_function *f = &profile->functions.items[i];
		struct stk_str name = stk_profile_string(profile, f->name);
		ptrdiff_t at = stk_str_find(name, STK_STR("[go.shape."));
		ptrdiff_t end = stk_str_rfind_byte(name, ']');
		struct stk_buf buf = STK_BUF_EMPTY;

		if (at < 0 || end < at)
			continue;
		stk_buf_add_str(&buf, stk_str_sub(name, 0, (size_t)at));
		stk_buf_add_str(&buf, stk_str_skip(name, (size_t)end + 1));
		f->name = stk_profile_intern(profile, stk_buf_str(&buf));
		stk_buf_release(&buf);
	}
}

/* What upstream does to a profile before it keeps it; here it is done on the way out. */
static void normalise(struct stk_profile *profile, const struct stk_store_series *series)
{
	struct stk_str spy =
		stk_labels_find(series->labels, series->labels_len, STK_STR("pyroscope_spy"));

	for (size_t i = 0; i < profile->samples.len; i++) {
		struct stk_profile_sample *s = &profile->samples.items[i];

		if (s->locations_len > STACK_MAX) {
			s->first_location += s->locations_len - STACK_MAX;
			s->locations_len = STACK_MAX;
		}
	}
	for (size_t i = 0; i < profile->locations.len; i++) {
		struct stk_profile_location *location = &profile->locations.items[i];

		/* addresses of what is symbolised only keep equal places apart */
		if (location->mapping < profile->mappings.len &&
			profile->mappings.items[location->mapping].has_functions)
			location->address = 0;
	}
	for (size_t i = 0; i < profile->mappings.len; i++)
		if (profile->mappings.items[i].has_functions)
			profile->mappings.items[i].start = profile->mappings.items[i].limit = 0;
	if (stk_str_is(spy, "gospy"))
		strip_shapes(profile);
}

/* Labels whose values are not needed, from canonical bytes. */
static size_t read_names(struct stk_str bytes, struct stk_label *out, size_t max)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	size_t len = 0;
	uint64_t n = 0;

	while (len < max && stk_proto_varint(&cur, &n, NULL) > 0 &&
		n <= (uint64_t)(cur.end - cur.ptr)) {
		out[len].name = stk_str_n((const char *)cur.ptr, (size_t)n);
		out[len++].value = stk_str_n("", 0);
		cur.ptr += n;
		/* the empty value */
		if (stk_proto_varint(&cur, &n, NULL) <= 0)
			break;
	}
	return len;
}

/* Add the wanted samples of one stored profile; all points are of it. */
static int add_profile(struct stk_store_reader *reader, struct stk_merger *merger,
	const struct stk_store_point *const *points, size_t len, struct stk_err *err)
{
	struct stk_label names[128];
	struct wanted wanted = {.points = points, .len = len, .names = names};
	struct stk_merge_opts opts = STK_MERGE_OPTS_ALL;
	struct stk_profile *profile = NULL;
	int rc;

	stk_stmt_bind_int(reader->profile, 1, points[0]->profile_id);
	rc = stk_stmt_step(reader->profile, err);
	if (rc == 0)
		return 0; /* trimmed away in the meantime */
	if (rc < 0)
		goto out;
	wanted.names_len = read_names(stk_stmt_str(reader->profile, 1), names, 128);
	rc = stk_pprof_decode(stk_stmt_str(reader->profile, 0), &profile, err);
	if (rc < 0)
		goto out;
	normalise(profile, points[0]->series);
	opts.keep = keep_sample;
	opts.ctx = &wanted;
	opts.type = (int)points[0]->column;
	opts.drop_labels = true;
	opts.drop_negative = true;
	rc = stk_merger_add(merger, profile, &opts, err);
out:
	stk_stmt_reset(reader->profile);
	stk_profile_free(profile);
	if (rc >= 0)
		return 0;
	stk_err_wrap(err, "stored profile %lld", (long long)points[0]->profile_id);
	return rc;
}

/* By profile, so that each is read once. */
static int cmp_profile(const void *a, const void *b)
{
	const struct stk_store_point *x = *(const struct stk_store_point *const *)a;
	const struct stk_store_point *y = *(const struct stk_store_point *const *)b;

	if (x->profile_id != y->profile_id)
		return x->profile_id < y->profile_id ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

int stk_store_merge(struct stk_store *store, const struct stk_store_points *points,
	struct stk_profile **out, struct stk_err *err)
{
	size_t len = points->points.len;
	const struct stk_store_point **order = stk_xcalloc(len ? len : 1, sizeof *order);
	struct stk_store_reader *reader = NULL;
	struct stk_merger *merger = stk_merger_new();
	int rc;

	for (size_t i = 0; i < len; i++)
		order[i] = &points->points.items[i];
	if (len)
		qsort(order, len, sizeof *order, cmp_profile);
	rc = stk_store_reader_get(store, &reader, err);
	for (size_t i = 0, end; rc == 0 && i < len; i = end) {
		for (end = i + 1; end < len && cmp_profile(&order[i], &order[end]) == 0;)
			end++;
		rc = add_profile(reader, merger, &order[i], end - i, err);
	}
	stk_store_reader_put(store, reader);
	if (rc == 0)
		*out = stk_merger_take(merger);
	stk_merger_free(merger);
	free(order);
	return rc;
}
