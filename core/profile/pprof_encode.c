/* pprof_encode: struct stk_profile -> protobuf bytes of profile.proto. */
#include "core/base/gzip.h"
#include "core/base/proto.h"
#include "core/profile/pprof.h"

#define GZIP_LEVEL 6

/* proto3 leaves zero values out. */
static void put_number(struct stk_buf *out, uint32_t number, uint64_t value)
{
	if (value != 0)
		stk_proto_put_varint(out, number, value);
}

/* Put the message that stands in scratch as field `number`, and empty scratch. */
static void put_message(struct stk_buf *out, uint32_t number, struct stk_buf *scratch)
{
	stk_proto_put_bytes(out, number, stk_buf_str(scratch));
	stk_buf_clear(scratch);
}

static void put_value_type(
	struct stk_buf *out, uint32_t number, struct stk_value_type type, struct stk_buf *scratch)
{
	put_number(scratch, 1, type.type);
	put_number(scratch, 2, type.unit);
	put_message(out, number, scratch);
}

static void put_stack(const struct stk_profile *profile, const struct stk_profile_sample *sample,
	struct stk_buf *out)
{
	size_t size = 0;

	if (sample->locations_len == 0)
		return;
	for (uint32_t i = 0; i < sample->locations_len; i++)
		size += stk_proto_varint_len(
			(uint64_t)profile->stacks.items[sample->first_location + i] + 1);
	stk_proto_add_varint(out, 1 << 3 | STK_PROTO_LEN);
	stk_proto_add_varint(out, size);
	for (uint32_t i = 0; i < sample->locations_len; i++)
		stk_proto_add_varint(
			out, (uint64_t)profile->stacks.items[sample->first_location + i] + 1);
}

static void put_label(const struct stk_profile_label *label, struct stk_buf *out)
{
	struct stk_buf scratch = STK_BUF_EMPTY;

	put_number(&scratch, 1, label->key);
	put_number(&scratch, 2, label->text);
	put_number(&scratch, 3, (uint64_t)label->num);
	put_number(&scratch, 4, label->num_unit);
	put_message(out, 3, &scratch);
	stk_buf_release(&scratch);
}

static void put_samples(
	const struct stk_profile *profile, struct stk_buf *out, struct stk_buf *scratch)
{
	size_t types = profile->types.len;

	for (size_t i = 0; i < profile->samples.len; i++) {
		const struct stk_profile_sample *sample = &profile->samples.items[i];

		put_stack(profile, sample, scratch);
		stk_proto_put_packed(
			scratch, 2, (const uint64_t *)&profile->values.items[i * types], types);
		for (uint32_t l = 0; l < sample->labels_len; l++)
			put_label(&profile->labels.items[sample->first_label + l], scratch);
		put_message(out, 2, scratch);
	}
}

static void put_mappings(
	const struct stk_profile *profile, struct stk_buf *out, struct stk_buf *scratch)
{
	for (size_t i = 0; i < profile->mappings.len; i++) {
		const struct stk_mapping *mapping = &profile->mappings.items[i];

		put_number(scratch, 1, i + 1);
		put_number(scratch, 2, mapping->start);
		put_number(scratch, 3, mapping->limit);
		put_number(scratch, 4, mapping->offset);
		put_number(scratch, 5, mapping->file);
		put_number(scratch, 6, mapping->build_id);
		put_number(scratch, 7, mapping->has_functions);
		put_number(scratch, 8, mapping->has_filenames);
		put_number(scratch, 9, mapping->has_line_numbers);
		put_number(scratch, 10, mapping->has_inline_frames);
		put_message(out, 3, scratch);
	}
}

static void put_locations(
	const struct stk_profile *profile, struct stk_buf *out, struct stk_buf *scratch)
{
	struct stk_buf line = STK_BUF_EMPTY;

	for (size_t i = 0; i < profile->locations.len; i++) {
		const struct stk_profile_location *location = &profile->locations.items[i];

		put_number(scratch, 1, i + 1);
		if (location->mapping != STK_PROFILE_NONE)
			put_number(scratch, 2, (uint64_t)location->mapping + 1);
		put_number(scratch, 3, location->address);
		for (uint32_t l = 0; l < location->lines_len; l++) {
			const struct stk_profile_line *at =
				&profile->lines.items[location->first_line + l];
			if (at->function != STK_PROFILE_NONE)
				put_number(&line, 1, (uint64_t)at->function + 1);
			put_number(&line, 2, (uint64_t)at->line);
			put_message(scratch, 4, &line);
		}
		put_number(scratch, 5, location->is_folded);
		put_message(out, 4, scratch);
	}
	stk_buf_release(&line);
}

static void put_functions(
	const struct stk_profile *profile, struct stk_buf *out, struct stk_buf *scratch)
{
	for (size_t i = 0; i < profile->functions.len; i++) {
		const struct stk_profile_function *function = &profile->functions.items[i];

		put_number(scratch, 1, i + 1);
		put_number(scratch, 2, function->name);
		put_number(scratch, 3, function->system_name);
		put_number(scratch, 4, function->file);
		put_number(scratch, 5, (uint64_t)function->start_line);
		put_message(out, 5, scratch);
	}
}

static void put_rest(
	const struct stk_profile *profile, struct stk_buf *out, struct stk_buf *scratch)
{
	put_number(out, 7, profile->drop_frames);
	put_number(out, 8, profile->keep_frames);
	put_number(out, 9, (uint64_t)profile->time_ns);
	put_number(out, 10, (uint64_t)profile->duration_ns);
	if (profile->period_type.type != 0 || profile->period_type.unit != 0)
		put_value_type(out, 11, profile->period_type, scratch);
	put_number(out, 12, (uint64_t)profile->period);
	for (size_t i = 0; i < profile->comments.len; i++)
		stk_proto_put_varint(out, 13, profile->comments.items[i]);
	put_number(out, 14, profile->default_type);
}

void stk_pprof_encode(const struct stk_profile *profile, struct stk_buf *out)
{
	struct stk_buf scratch = STK_BUF_EMPTY;

	for (size_t i = 0; i < profile->types.len; i++)
		put_value_type(out, 1, profile->types.items[i], &scratch);
	put_samples(profile, out, &scratch);
	put_mappings(profile, out, &scratch);
	put_locations(profile, out, &scratch);
	put_functions(profile, out, &scratch);
	for (size_t i = 0; i < profile->strings.len; i++)
		stk_proto_put_bytes(out, 6, profile->strings.items[i]);
	put_rest(profile, out, &scratch);
	stk_buf_release(&scratch);
}

int stk_pprof_encode_gzip(
	const struct stk_profile *profile, struct stk_buf *out, struct stk_err *err)
{
	struct stk_buf plain = STK_BUF_EMPTY;
	int rc;

	stk_pprof_encode(profile, &plain);
	rc = stk_buf_check(&plain, err);
	if (rc == 0)
		rc = stk_gzip_pack(stk_buf_str(&plain), GZIP_LEVEL, out, err);
	stk_buf_release(&plain);
	return rc;
}
