/* pprof_decode_samples: the samples of a profile, the second pass over the message. */
#include "core/profile/pprof.h"
#include "core/profile/pprof_priv.h"

/* A sample on its way: what is appended already goes again if a location is not there. */
struct reading {
	struct stk_profile_sample sample;
	size_t first_value;
	bool is_lost;
};

static int add_locations(struct stk_pprof_decoding *dec, const struct stk_proto_field *field,
	struct reading *reading)
{
	struct stk_profile *profile = dec->profile;
	int rc = stk_pprof_unpack(dec, field);
	size_t len = dec->unpacked.len;
	uint32_t *stack;

	if (rc < 0 || len == 0)
		return rc;
	if (len > STK_PPROF_MAX_STACK - reading->sample.locations_len)
		return stk_err_set(dec->err, STK_E_TOO_LARGE,
			"pprof: a stack of more than %zu frames", STK_PPROF_MAX_STACK);
	if (len > 16 * STK_PPROF_MAX_RECORDS - profile->stacks.len)
		return stk_pprof_too_many(dec, "frames");
	stk_vec_reserve(&profile->stacks, profile->stacks.len + len);
	stack = profile->stacks.items + profile->stacks.len;
	for (size_t i = 0; i < len; i++) {
		stack[i] = stk_pprof_find_id(&dec->locations, dec->unpacked.items[i]);
		if (stack[i] == STK_PROFILE_NONE)
			reading->is_lost = true;
	}
	profile->stacks.len += len;
	reading->sample.locations_len += (uint32_t)len;
	return 0;
}

static int add_values(struct stk_pprof_decoding *dec, const struct stk_proto_field *field,
	const struct reading *reading)
{
	struct stk_profile *profile = dec->profile;
	int rc = stk_pprof_unpack(dec, field);

	if (rc < 0)
		return rc;
	if (profile->values.len - reading->first_value + dec->unpacked.len > profile->types.len)
		return stk_err_set(dec->err, STK_E_FORMAT, "pprof: sample %zu has too many values",
			profile->samples.len);
	for (size_t i = 0; i < dec->unpacked.len; i++)
		stk_vec_push(&profile->values, (int64_t)dec->unpacked.items[i]);
	return 0;
}

static int add_label(struct stk_pprof_decoding *dec, struct stk_str bytes, struct reading *reading)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_profile_label label = {0, 0, 0, 0};
	struct stk_proto_field field;
	int rc;

	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		if (field.number == 1)
			label.key = stk_pprof_text(field.value);
		else if (field.number == 2)
			label.text = stk_pprof_text(field.value);
		else if (field.number == 3)
			label.num = (int64_t)field.value;
		else if (field.number == 4)
			label.num_unit = stk_pprof_text(field.value);
	}
	if (rc < 0)
		return rc;
	stk_vec_push(&dec->profile->labels, label);
	reading->sample.labels_len++;
	return 0;
}

static int add_fields(struct stk_pprof_decoding *dec, struct stk_str bytes, struct reading *reading)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_proto_field field;
	int rc;

	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		int bad = 0;
		if (field.number == 1)
			bad = add_locations(dec, &field, reading);
		else if (field.number == 2)
			bad = add_values(dec, &field, reading);
		else if (field.number == 3 && field.wire == STK_PROTO_LEN)
			bad = add_label(dec, field.bytes, reading);
		if (bad < 0)
			return bad;
	}
	return rc;
}

static int decode_sample(struct stk_pprof_decoding *dec, struct stk_str bytes)
{
	struct stk_profile *profile = dec->profile;
	struct reading reading = {.first_value = profile->values.len};
	size_t values;
	int rc;

	reading.sample.first_location = (uint32_t)profile->stacks.len;
	reading.sample.first_label = (uint32_t)profile->labels.len;
	rc = add_fields(dec, bytes, &reading);
	if (rc < 0)
		return rc;
	values = profile->values.len - reading.first_value;
	if (values != profile->types.len)
		return stk_err_set(dec->err, STK_E_FORMAT,
			"pprof: sample %zu has %zu values for %zu sample types",
			profile->samples.len, values, profile->types.len);
	if (reading.is_lost) {
		profile->stacks.len = reading.sample.first_location;
		profile->labels.len = reading.sample.first_label;
		profile->values.len = reading.first_value;
		return 0;
	}
	stk_vec_push(&profile->samples, reading.sample);
	return 0;
}

int stk_pprof_decode_samples(struct stk_pprof_decoding *dec, struct stk_str bytes)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	struct stk_profile *profile = dec->profile;
	struct stk_proto_field field;
	int rc;

	stk_vec_reserve(&profile->samples, dec->samples);
	while ((rc = stk_proto_next(&cur, &field, dec->err)) > 0) {
		int bad = field.number == 2 ? decode_sample(dec, field.bytes) : 0;
		if (bad < 0)
			return bad;
	}
	return rc;
}
