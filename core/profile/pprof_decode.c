/* pprof_decode: protobuf bytes of profile.proto -> struct stk_profile.
 *
 * Two passes, as what refers to an id may stand before it in the message: first everything but the
 * samples, then the samples, by far the most, whose ids become numbers at once. */
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

uint32_t stk_pprof_find_id(const struct stk_pprof_ids *list, uint64_t id)
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

/* Ids to numbers, all but those of samples. */
static void resolve(struct stk_pprof_decoding *dec)
{
	struct stk_profile *profile = dec->profile;

	id_list_seal(&dec->mappings);
	id_list_seal(&dec->functions);
	id_list_seal(&dec->locations);
	for (size_t i = 0; i < profile->locations.len; i++)
		profile->locations.items[i].mapping =
			stk_pprof_find_id(&dec->mappings, dec->location_mappings.items[i]);
	for (size_t i = 0; i < profile->lines.len; i++)
		profile->lines.items[i].function =
			stk_pprof_find_id(&dec->functions, dec->line_functions.items[i]);
}

static int decode_plain(
	char *message_take, size_t len, struct stk_profile **out, struct stk_err *err)
{
	struct stk_pprof_decoding dec = {
		.profile = stk_xcalloc(1, sizeof(struct stk_profile)), .err = err};
	struct stk_str message = {message_take, len};
	int rc;

	dec.profile->message = message_take;
	rc = stk_pprof_decode_fields(&dec, message);
	if (rc == 0) {
		resolve(&dec);
		rc = stk_pprof_decode_samples(&dec, message);
	}
	if (rc == 0)
		rc = check_texts(&dec);
	if (rc == 0) {
		*out = dec.profile;
		dec.profile = NULL;
	}
	stk_profile_free(dec.profile);
	id_list_release(&dec.mappings);
	id_list_release(&dec.functions);
	id_list_release(&dec.locations);
	stk_vec_release(&dec.location_mappings);
	stk_vec_release(&dec.line_functions);
	stk_vec_release(&dec.unpacked);
	return rc;
}

int stk_pprof_decode(struct stk_str bytes, struct stk_profile **out, struct stk_err *err)
{
	struct stk_buf plain = STK_BUF_INIT(STK_PPROF_MAX_BYTES);
	size_t len = 0;
	int rc = 0;

	if (bytes.len > STK_PPROF_MAX_BYTES)
		return stk_err_set(err, STK_E_TOO_LARGE, "pprof: %zu bytes, at most %zu are read",
			bytes.len, STK_PPROF_MAX_BYTES);
	if (stk_gzip_is(bytes))
		rc = stk_gzip_unpack(bytes, &plain, err);
	else
		stk_buf_add_str(&plain, bytes);
	if (rc == 0) {
		char *message = stk_buf_take(&plain, &len);
		rc = decode_plain(message, len, out, err);
	}
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
