/* pprof_decode: protobuf bytes of profile.proto -> struct stk_profile.
 *
 * Field numbers are those of the public profile.proto. Two passes: what refers to an id by a
 * field (samples to locations, locations to functions) may stand before it in the message, so
 * references are turned into numbers at the end. */
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/base/proto.h"
#include "core/profile/pprof.h"

/* Ids to numbers. Ids are 1, 2, 3 … as a rule; others are sorted and searched. */
struct id_list {
	STK_VEC(uint64_t) ids;
	uint32_t *order; /* numbers sorted by id; NULL while ids are dense */
};

struct decoding {
	struct stk_profile *profile;
	struct id_list mappings, functions, locations;
	STK_VEC(uint64_t) sample_locations;  /* as ids, parallel to profile->stacks */
	STK_VEC(uint64_t) location_mappings; /* as ids, parallel to locations */
	STK_VEC(uint64_t) line_functions;    /* as ids, parallel to lines */
	STK_VEC(uint32_t) sample_values;     /* how many values each sample had */
	struct stk_err *err;
};

static int compare_ids(const void *a, const void *b, void *ctx)
{
	const uint64_t *ids = ctx;
	uint64_t x = ids[*(const uint32_t *)a], y = ids[*(const uint32_t *)b];

	return (x > y) - (x < y);
}

static void id_list_seal(struct id_list *list)
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

static uint32_t id_list_find(const struct id_list *list, uint64_t id)
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

static void id_list_release(struct id_list *list)
{
	stk_vec_release(&list->ids);
	free(list->order);
}

static int too_many(struct decoding *dec, const char *what)
{
	return stk_err_set(
		dec->err, STK_E_TOO_LARGE, "pprof: more than %zu %s", STK_PPROF_MAX_RECORDS, what);
}

/* Text numbers are checked against the table at the end; here only that they fit. */
static uint32_t text_number(uint64_t value)
{
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static int decode_value_type(struct decoding *dec, struct stk_str bytes, struct stk_value_type *out)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_proto_field field;
	int rc;

	*out = (struct stk_value_type){0, 0};
	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		if (field.number == 1)
			out->type = text_number(field.value);
		else if (field.number == 2)
			out->unit = text_number(field.value);
	}
	return rc;
}

/* A repeated integer: packed in one field, or one field each. */
typedef int (*number_fn)(struct decoding *dec, uint64_t value);

static int each_number(struct decoding *dec, const struct stk_proto_field *field, number_fn fn)
{
	struct stk_proto_cursor cur;
	uint64_t value;
	int rc;

	if (field->wire != STK_PROTO_LEN)
		return fn(dec, field->value);
	cur = stk_proto_cursor(field->bytes);
	while ((rc = stk_proto_varint(&cur, &value, dec->err)) > 0) {
		int bad = fn(dec, value);
		if (bad < 0)
			return bad;
	}
	return rc;
}

static int add_sample_location(struct decoding *dec, uint64_t value)
{
	struct stk_profile_sample *sample =
		&dec->profile->samples.items[dec->profile->samples.len - 1];

	if (sample->locations_len >= STK_PPROF_MAX_STACK)
		return stk_err_set(dec->err, STK_E_TOO_LARGE,
			"pprof: a stack of more than %zu frames", STK_PPROF_MAX_STACK);
	if (dec->sample_locations.len >= 16 * STK_PPROF_MAX_RECORDS)
		return too_many(dec, "frames");
	stk_vec_push(&dec->sample_locations, value);
	sample->locations_len++;
	return 0;
}

static int add_sample_value(struct decoding *dec, uint64_t value)
{
	uint32_t *count = &dec->sample_values.items[dec->sample_values.len - 1];

	if (*count >= STK_PPROF_MAX_TYPES)
		return stk_err_set(dec->err, STK_E_FORMAT, "pprof: sample %zu has too many values",
			dec->profile->samples.len - 1);
	stk_vec_push(&dec->profile->values, (int64_t)value);
	(*count)++;
	return 0;
}

static int decode_label(struct decoding *dec, struct stk_str bytes)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_profile_label label = {0, 0, 0, 0};
	struct stk_proto_field field;
	int rc;

	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		if (field.number == 1)
			label.key = text_number(field.value);
		else if (field.number == 2)
			label.text = text_number(field.value);
		else if (field.number == 3)
			label.num = (int64_t)field.value;
		else if (field.number == 4)
			label.num_unit = text_number(field.value);
	}
	if (rc < 0)
		return rc;
	stk_vec_push(&dec->profile->labels, label);
	dec->profile->samples.items[dec->profile->samples.len - 1].labels_len++;
	return 0;
}

static int decode_sample(struct decoding *dec, struct stk_str bytes)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_profile_sample *sample;
	struct stk_proto_field field;
	int rc;

	if (dec->profile->samples.len >= STK_PPROF_MAX_RECORDS)
		return too_many(dec, "samples");
	sample = stk_vec_push_new(&dec->profile->samples);
	sample->first_location = (uint32_t)dec->sample_locations.len;
	sample->first_label = (uint32_t)dec->profile->labels.len;
	stk_vec_push(&dec->sample_values, 0);
	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		int bad = 0;
		if (field.number == 1)
			bad = each_number(dec, &field, add_sample_location);
		else if (field.number == 2)
			bad = each_number(dec, &field, add_sample_value);
		else if (field.number == 3 && field.wire == STK_PROTO_LEN)
			bad = decode_label(dec, field.bytes);
		if (bad < 0)
			return bad;
	}
	return rc;
}

static int decode_mapping(struct decoding *dec, struct stk_str bytes)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_mapping mapping = {0};
	struct stk_proto_field field;
	uint64_t id = 0;
	int rc;

	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		switch (field.number) {
		case 1:
			id = field.value;
			break;
		case 2:
			mapping.start = field.value;
			break;
		case 3:
			mapping.limit = field.value;
			break;
		case 4:
			mapping.offset = field.value;
			break;
		case 5:
			mapping.file = text_number(field.value);
			break;
		case 6:
			mapping.build_id = text_number(field.value);
			break;
		case 7:
			mapping.has_functions = field.value != 0;
			break;
		case 8:
			mapping.has_filenames = field.value != 0;
			break;
		case 9:
			mapping.has_line_numbers = field.value != 0;
			break;
		case 10:
			mapping.has_inline_frames = field.value != 0;
			break;
		}
	}
	if (rc < 0)
		return rc;
	if (dec->profile->mappings.len >= STK_PPROF_MAX_RECORDS)
		return too_many(dec, "mappings");
	stk_vec_push(&dec->mappings.ids, id);
	stk_vec_push(&dec->profile->mappings, mapping);
	return 0;
}

static int decode_line(struct decoding *dec, struct stk_str bytes)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_profile_line line = {STK_PROFILE_NONE, 0};
	struct stk_proto_field field;
	uint64_t function = 0;
	int rc;

	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		if (field.number == 1)
			function = field.value;
		else if (field.number == 2)
			line.line = (int64_t)field.value;
	}
	if (rc < 0)
		return rc;
	if (dec->profile->lines.len >= STK_PPROF_MAX_RECORDS)
		return too_many(dec, "lines");
	stk_vec_push(&dec->profile->lines, line);
	stk_vec_push(&dec->line_functions, function);
	return 0;
}

static int decode_location(struct decoding *dec, struct stk_str bytes)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_profile_location location = {.mapping = STK_PROFILE_NONE};
	struct stk_proto_field field;
	uint64_t id = 0, mapping = 0;
	int rc, bad = 0;

	location.first_line = (uint32_t)dec->profile->lines.len;
	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		switch (field.number) {
		case 1:
			id = field.value;
			break;
		case 2:
			mapping = field.value;
			break;
		case 3:
			location.address = field.value;
			break;
		case 4:
			bad = decode_line(dec, field.bytes);
			break;
		case 5:
			location.is_folded = field.value != 0;
			break;
		}
		if (bad < 0)
			return bad;
	}
	if (rc < 0)
		return rc;
	if (dec->profile->locations.len >= STK_PPROF_MAX_RECORDS)
		return too_many(dec, "locations");
	location.lines_len = (uint32_t)dec->profile->lines.len - location.first_line;
	stk_vec_push(&dec->locations.ids, id);
	stk_vec_push(&dec->location_mappings, mapping);
	stk_vec_push(&dec->profile->locations, location);
	return 0;
}

static int decode_function(struct decoding *dec, struct stk_str bytes)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_profile_function function = {0};
	struct stk_proto_field field;
	uint64_t id = 0;
	int rc;

	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		switch (field.number) {
		case 1:
			id = field.value;
			break;
		case 2:
			function.name = text_number(field.value);
			break;
		case 3:
			function.system_name = text_number(field.value);
			break;
		case 4:
			function.file = text_number(field.value);
			break;
		case 5:
			function.start_line = (int64_t)field.value;
			break;
		}
	}
	if (rc < 0)
		return rc;
	if (dec->profile->functions.len >= STK_PPROF_MAX_RECORDS)
		return too_many(dec, "functions");
	stk_vec_push(&dec->functions.ids, id);
	stk_vec_push(&dec->profile->functions, function);
	return 0;
}

static int decode_string(struct decoding *dec, struct stk_str bytes)
{
	struct stk_profile *profile = dec->profile;

	if (profile->strings.len >= STK_PPROF_MAX_RECORDS)
		return too_many(dec, "strings");
	/* views into the message: it is the first thing in the arena */
	stk_vec_push(&profile->strings, bytes);
	return 0;
}

static int add_comment(struct decoding *dec, uint64_t value)
{
	if (dec->profile->comments.len >= STK_PPROF_MAX_RECORDS)
		return too_many(dec, "comments");
	stk_vec_push(&dec->profile->comments, text_number(value));
	return 0;
}

static int decode_type(struct decoding *dec, struct stk_str bytes)
{
	struct stk_value_type type;
	int rc = decode_value_type(dec, bytes, &type);

	if (rc < 0)
		return rc;
	if (dec->profile->types.len >= STK_PPROF_MAX_TYPES)
		return stk_err_set(dec->err, STK_E_TOO_LARGE, "pprof: more than %d sample types",
			STK_PPROF_MAX_TYPES);
	stk_vec_push(&dec->profile->types, type);
	return 0;
}

static int decode_message_field(struct decoding *dec, const struct stk_proto_field *field)
{
	switch (field->number) {
	case 1:
		return decode_type(dec, field->bytes);
	case 2:
		return decode_sample(dec, field->bytes);
	case 3:
		return decode_mapping(dec, field->bytes);
	case 4:
		return decode_location(dec, field->bytes);
	case 5:
		return decode_function(dec, field->bytes);
	case 6:
		return decode_string(dec, field->bytes);
	case 11:
		return decode_value_type(dec, field->bytes, &dec->profile->period_type);
	}
	return stk_err_set(dec->err, STK_E_INTERNAL, "pprof: field %u", field->number);
}

static int decode_number_field(struct decoding *dec, const struct stk_proto_field *field)
{
	struct stk_profile *profile = dec->profile;

	switch (field->number) {
	case 7:
		profile->drop_frames = text_number(field->value);
		break;
	case 8:
		profile->keep_frames = text_number(field->value);
		break;
	case 9:
		profile->time_ns = (int64_t)field->value;
		break;
	case 10:
		profile->duration_ns = (int64_t)field->value;
		break;
	case 12:
		profile->period = (int64_t)field->value;
		break;
	case 14:
		profile->default_type = text_number(field->value);
		break;
	}
	return 0;
}

static int decode_fields(struct decoding *dec, struct stk_str bytes)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_proto_field field;
	int rc;

	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		bool is_message = field.number <= 6 || field.number == 11;
		int bad;

		if (is_message && field.wire != STK_PROTO_LEN)
			bad = stk_err_set(dec->err, STK_E_FORMAT,
				"pprof: field %u has wire type %d", field.number, (int)field.wire);
		else if (is_message)
			bad = decode_message_field(dec, &field);
		else if (field.number == 13)
			bad = each_number(dec, &field, add_comment);
		else
			bad = decode_number_field(dec, &field);
		if (bad < 0)
			return bad;
	}
	return rc;
}

static int check_text(struct decoding *dec, uint32_t text, const char *what)
{
	if (text < dec->profile->strings.len)
		return 0;
	return stk_err_set(dec->err, STK_E_FORMAT, "pprof: %s refers to text %u of %zu", what, text,
		dec->profile->strings.len);
}

static int check_texts(struct decoding *dec)
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

static int check_values(struct decoding *dec)
{
	for (size_t i = 0; i < dec->sample_values.len; i++)
		if (dec->sample_values.items[i] != dec->profile->types.len)
			return stk_err_set(dec->err, STK_E_FORMAT,
				"pprof: sample %zu has %u values for %zu sample types", i,
				dec->sample_values.items[i], dec->profile->types.len);
	return 0;
}

static bool resolve_stack(struct decoding *dec, struct stk_profile_sample *sample)
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
static void resolve(struct decoding *dec)
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
	struct decoding dec = {.profile = stk_xcalloc(1, sizeof(struct stk_profile)), .err = err};
	struct stk_str copy = {stk_arena_str(&dec.profile->arena, bytes), bytes.len};
	int rc = decode_fields(&dec, copy);

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
