/* pprof_decode_records: the messages inside a profile, read field by field as they come.
 *
 * Field numbers are those of the public profile.proto. References stay ids here; pprof_decode
 * turns them into numbers once all records are known. */
#include "core/profile/pprof.h"
#include "core/profile/pprof_priv.h"

int stk_pprof_too_many(const struct stk_pprof_decoding *dec, const char *what)
{
	return stk_err_set(
		dec->err, STK_E_TOO_LARGE, "pprof: more than %zu %s", STK_PPROF_MAX_RECORDS, what);
}

static int decode_value_type(
	struct stk_pprof_decoding *dec, struct stk_str bytes, struct stk_value_type *out)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_proto_field field;
	int rc;

	*out = (struct stk_value_type){0, 0};
	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		if (field.number == 1)
			out->type = stk_pprof_text(field.value);
		else if (field.number == 2)
			out->unit = stk_pprof_text(field.value);
	}
	return rc;
}

int stk_pprof_unpack(struct stk_pprof_decoding *dec, const struct stk_proto_field *field)
{
	stk_vec_clear(&dec->unpacked);
	if (field->wire != STK_PROTO_LEN) {
		stk_vec_push(&dec->unpacked, field->value);
		return 0;
	}
	dec->unpacked.len = stk_proto_packed_len(field->bytes);
	stk_vec_reserve(&dec->unpacked, dec->unpacked.len);
	return stk_proto_unpack(field->bytes, dec->unpacked.items, dec->err);
}

static int decode_mapping(struct stk_pprof_decoding *dec, struct stk_str bytes)
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
			mapping.file = stk_pprof_text(field.value);
			break;
		case 6:
			mapping.build_id = stk_pprof_text(field.value);
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
		return stk_pprof_too_many(dec, "mappings");
	stk_vec_push(&dec->mappings.ids, id);
	stk_vec_push(&dec->profile->mappings, mapping);
	return 0;
}

static int decode_line(struct stk_pprof_decoding *dec, struct stk_str bytes)
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
		return stk_pprof_too_many(dec, "lines");
	stk_vec_push(&dec->profile->lines, line);
	stk_vec_push(&dec->line_functions, function);
	return 0;
}

static int decode_location(struct stk_pprof_decoding *dec, struct stk_str bytes)
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
		return stk_pprof_too_many(dec, "locations");
	location.lines_len = (uint32_t)dec->profile->lines.len - location.first_line;
	stk_vec_push(&dec->locations.ids, id);
	stk_vec_push(&dec->location_mappings, mapping);
	stk_vec_push(&dec->profile->locations, location);
	return 0;
}

static int decode_function(struct stk_pprof_decoding *dec, struct stk_str bytes)
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
			function.name = stk_pprof_text(field.value);
			break;
		case 3:
			function.system_name = stk_pprof_text(field.value);
			break;
		case 4:
			function.file = stk_pprof_text(field.value);
			break;
		case 5:
			function.start_line = (int64_t)field.value;
			break;
		}
	}
	if (rc < 0)
		return rc;
	if (dec->profile->functions.len >= STK_PPROF_MAX_RECORDS)
		return stk_pprof_too_many(dec, "functions");
	stk_vec_push(&dec->functions.ids, id);
	stk_vec_push(&dec->profile->functions, function);
	return 0;
}

static int decode_string(struct stk_pprof_decoding *dec, struct stk_str bytes)
{
	struct stk_profile *profile = dec->profile;

	if (profile->strings.len >= STK_PPROF_MAX_RECORDS)
		return stk_pprof_too_many(dec, "strings");
	/* a view into the message, which the profile keeps */
	stk_vec_push(&profile->strings, bytes);
	return 0;
}

static int add_comments(struct stk_pprof_decoding *dec, const struct stk_proto_field *field)
{
	int rc = stk_pprof_unpack(dec, field);

	if (rc < 0)
		return rc;
	if (dec->unpacked.len > STK_PPROF_MAX_RECORDS - dec->profile->comments.len)
		return stk_pprof_too_many(dec, "comments");
	for (size_t i = 0; i < dec->unpacked.len; i++)
		stk_vec_push(&dec->profile->comments, stk_pprof_text(dec->unpacked.items[i]));
	return 0;
}

static int decode_type(struct stk_pprof_decoding *dec, struct stk_str bytes)
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

static int count_sample(struct stk_pprof_decoding *dec)
{
	if (dec->samples >= STK_PPROF_MAX_RECORDS)
		return stk_pprof_too_many(dec, "samples");
	dec->samples++;
	return 0;
}

static int decode_message_field(struct stk_pprof_decoding *dec, const struct stk_proto_field *field)
{
	switch (field->number) {
	case 1:
		return decode_type(dec, field->bytes);
	case 2:
		return count_sample(dec);
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

static int decode_number_field(struct stk_pprof_decoding *dec, const struct stk_proto_field *field)
{
	struct stk_profile *profile = dec->profile;

	switch (field->number) {
	case 7:
		profile->drop_frames = stk_pprof_text(field->value);
		break;
	case 8:
		profile->keep_frames = stk_pprof_text(field->value);
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
		profile->default_type = stk_pprof_text(field->value);
		break;
	}
	return 0;
}

int stk_pprof_decode_fields(struct stk_pprof_decoding *dec, struct stk_str bytes)
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
			bad = add_comments(dec, &field);
		else
			bad = decode_number_field(dec, &field);
		if (bad < 0)
			return bad;
	}
	return rc;
}
