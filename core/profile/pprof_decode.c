/* pprof_decode: protobuf bytes of profile.proto -> struct stk_profile.
 *
 * Two passes: what refers to an id by a field (samples to locations, locations to functions) may
 * stand before it in the message, so references are turned into numbers at the end. */
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/profile/pprof.h"
#include "core/profile/pprof_priv.h"

static int compare_ids(const void *a, const void *b, void *ctx)
{
	const uint64_t *ids = ctx;
	uint64_t x = ids[*(const uint32_t *)a], y = ids[*(const uint32_t *)b];

	return (x > y) - (x < y);
}

static void id_list_seal(struct stk_pprof_ids *list)
{
	bool dense = true;

	for (size_t i = 0; dense && i < list->ids.len; i++)
		dense = list->ids.items[i] == i + 1;
	if (dense)
		return;
	list->order = stk_xreallocarray(NULL, list->ids.len, sizeof *list->order);
	for (size_t i = 0; i < list->ids.len; i++)
		list->order[i] = (uint32_t)i;
	qsort_r(list->order, list->ids.len, sizeof *list->order, compare_ids, list->ids.items);
}

static uint32_t id_list_find(const struct stk_pprof_ids *list, uint64_t id)
{
	size_t low = 0, high = list->ids.len;

	if (!list->order)
		return id >= 1 && id <= list->ids.len ? (uint32_t)(id - 1) : STK_PROFILE_NONE;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list->ids.items[list->order[middle]] < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < list->ids.len && list->ids.items[list->order[low]] == id)
		return list->order[low];
	return STK_PROFILE_NONE;
}

static void id_list_release(struct stk_pprof_ids *list)
{
	stk_vec_release(&list->ids);
	free(list->order);
}

static int check_text(struct stk_pprof_decoding *dec, uint32_t text, const char *what)
{
	if (text < dec->profile->strings.len)
		return 0;
	return stk_err_set(dec->err, STK_E_FORMAT, "pprof: %s refers to text %u of %zu", what, text,
		dec->profile->strings.len);
}

static int check_texts(struct stk_pprof_decoding *dec)
{
	const struct stk_profile *profile = dec->profile;
	int rc = check_text(dec, profile->period_type.type, "the period type");

	if (profile->strings.len == 0 || profile->strings.items[0].len != 0)
		return stk_err_set(dec->err, STK_E_FORMAT, "pprof: text 0 is not empty");
	if (rc == 0)
		rc = check_text(dec, profile->period_type.unit, "the period type");
	if (rc == 0)
		rc = check_text(dec, profile->default_type, "the default type");
	for (size_t i = 0; rc == 0 && i < profile->types.len; i++) {
		rc = check_text(dec, profile->types.items[i].type, "a sample type");
		if (rc == 0)
			rc = check_text(dec, profile->types.items[i].unit, "a sample type");
	}
	for (size_t i = 0; rc == 0 && i < profile->functions.len; i++) {
		rc = check_text(dec, profile->functions.items[i].name, "a function");
		if (rc == 0)
			rc = check_text(dec, profile->functions.items[i].system_name, "a function");
		if (rc == 0)
			rc = check_text(dec, profile->functions.items[i].file, "a function");
	}
	for (size_t i = 0; rc == 0 && i < profile->mappings.len; i++) {
		rc = check_text(dec, profile->mappings.items[i].file, "a mapping");
		if (rc == 0)
			rc = check_text(dec, profile->mappings.items[i].build_id, "a mapping");
	}
	for (size_t i = 0; rc == 0 && i < profile->labels.len; i++) {
		rc = check_text(dec, profile->labels.items[i].key, "a label");
		if (rc == 0)
			rc = check_text(dec, profile->labels.items[i].text, "a label");
		if (rc == 0)
			rc = check_text(dec, profile->labels.items[i].num_unit, "a label");
	}
	for (size_t i = 0; rc == 0 && i < profile->comments.len; i++)
		rc = check_text(dec, profile->comments.items[i], "a comment");
	return rc;
}

static int check_values(struct stk_pprof_decoding *dec)
{
	for (size_t i = 0; i < dec->sample_values.len; i++)
		if (dec->sample_values.items[i] != dec->profile->types.len)
			return stk_err_set(dec->err, STK_E_FORMAT,
				"pprof: sample %zu has %u values for %zu sample types", i,
				dec->sample_values.items[i], dec->profile->types.len);
	return 0;
}

static bool resolve_stack(struct stk_pprof_decoding *dec, struct stk_profile_sample *sample)
{
	struct stk_profile *profile = dec->profile;
	uint32_t first = sample->first_location;

	sample->first_location = (uint32_t)profile->stacks.len;
	for (uint32_t i = 0; i < sample->locations_len; i++) {
		uint32_t number =
			id_list_find(&dec->locations, dec->sample_locations.items[first + i]);
		if (number == STK_PROFILE_NONE)
			return false;
		stk_vec_push(&profile->stacks, number);
	}
	return true;
}

/* Ids to numbers; samples that refer to a location that is not there go. */
static void resolve(struct stk_pprof_decoding *dec)
{
	struct stk_profile *profile = dec->profile;
	size_t kept = 0, types = profile->types.len;

	id_list_seal(&dec->mappings);
	id_list_seal(&dec->functions);
	id_list_seal(&dec->locations);
	for (size_t i = 0; i < profile->locations.len; i++)
		profile->locations.items[i].mapping =
			id_list_find(&dec->mappings, dec->location_mappings.items[i]);
	for (size_t i = 0; i < profile->lines.len; i++)
		profile->lines.items[i].function =
			id_list_find(&dec->functions, dec->line_functions.items[i]);
	stk_vec_reserve(&profile->stacks, dec->sample_locations.len);
	for (size_t i = 0; i < profile->samples.len; i++) {
		struct stk_profile_sample sample = profile->samples.items[i];
		if (!resolve_stack(dec, &sample)) {
			profile->stacks.len = sample.first_location;
			continue;
		}
		profile->samples.items[kept] = sample;
		memmove(&profile->values.items[kept * types], &profile->values.items[i * types],
			types * sizeof *profile->values.items);
		kept++;
	}
	profile->samples.len = kept;
	profile->values.len = kept * types;
}

static int decode_plain(struct stk_str bytes, struct stk_profile **out, struct stk_err *err)
{
	struct stk_pprof_decoding dec = {
		.profile = stk_xcalloc(1, sizeof(struct stk_profile)), .err = err};
	struct stk_str copy = {stk_arena_str(&dec.profile->arena, bytes), bytes.len};
	int rc = stk_pprof_decode_fields(&dec, copy);

	if (rc == 0)
		rc = check_texts(&dec);
	if (rc == 0)
		rc = check_values(&dec);
	if (rc == 0) {
		resolve(&dec);
		*out = dec.profile;
		dec.profile = NULL;
	}
	stk_profile_free(dec.profile);
	id_list_release(&dec.mappings);
	id_list_release(&dec.functions);
	id_list_release(&dec.locations);
	stk_vec_release(&dec.sample_locations);
	stk_vec_release(&dec.location_mappings);
	stk_vec_release(&dec.line_functions);
	stk_vec_release(&dec.sample_values);
	return rc;
}

int stk_pprof_decode(struct stk_str bytes, struct stk_profile **out, struct stk_err *err)
{
	struct stk_buf plain = STK_BUF_INIT(STK_PPROF_MAX_BYTES);
	int rc;

	if (bytes.len > STK_PPROF_MAX_BYTES)
		return stk_err_set(err, STK_E_TOO_LARGE, "pprof: %zu bytes, at most %zu are read",
			bytes.len, STK_PPROF_MAX_BYTES);
	if (!stk_gzip_is(bytes))
		return decode_plain(bytes, out, err);
	rc = stk_gzip_unpack(bytes, &plain, err);
	if (rc == 0)
		rc = decode_plain(stk_buf_str(&plain), out, err);
	stk_buf_release(&plain);
	return rc;
}

int stk_pprof_read_file(const char *path, struct stk_profile **out, struct stk_err *err)
{
	struct stk_buf raw = STK_BUF_INIT(STK_PPROF_MAX_BYTES);
	int rc = stk_fs_read(path, &raw, err);

	if (rc < 0)
		goto out;
	rc = stk_pprof_decode(stk_buf_str(&raw), out, err);
	if (rc < 0)
		stk_err_wrap(err, "profile '%s'", path);
out:
	stk_buf_release(&raw);
	return rc;
}
