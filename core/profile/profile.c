/* profile: building and reading the model. Merging is in merge.c, the codec in pprof_*.c. */
#include "core/profile/profile.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"

struct stk_profile *stk_profile_new(void)
{
	struct stk_profile *profile = stk_xcalloc(1, sizeof *profile);

	(void)stk_profile_intern(profile, STK_STR("")); /* text 0 */
	return profile;
}

void stk_profile_free(struct stk_profile *profile)
{
	if (!profile)
		return;
	stk_vec_release(&profile->strings);
	stk_vec_release(&profile->types);
	stk_vec_release(&profile->mappings);
	stk_vec_release(&profile->functions);
	stk_vec_release(&profile->lines);
	stk_vec_release(&profile->locations);
	stk_vec_release(&profile->samples);
	stk_vec_release(&profile->stacks);
	stk_vec_release(&profile->values);
	stk_vec_release(&profile->labels);
	stk_vec_release(&profile->comments);
	stk_map_release(&profile->string_index);
	stk_map_release(&profile->function_index);
	stk_map_release(&profile->location_index);
	stk_arena_release(&profile->arena);
	free(profile);
}

/* A decoded profile has its texts but no index: it is built when first asked to intern. */
static void index_strings(struct stk_profile *profile)
{
	for (size_t i = profile->string_index.len; i < profile->strings.len; i++) {
		bool added;
		union stk_map_value *value =
			stk_map_put(&profile->string_index, profile->strings.items[i], &added);
		if (added)
			value->num = i;
	}
}

uint32_t stk_profile_intern(struct stk_profile *profile, struct stk_str text)
{
	union stk_map_value *value;
	bool added;

	if (profile->string_index.len == 0 && profile->strings.len > 0)
		index_strings(profile);
	value = stk_map_put(&profile->string_index, text, &added);
	if (added) {
		struct stk_str copy = {stk_arena_str(&profile->arena, text), text.len};
		value->num = profile->strings.len;
		stk_vec_push(&profile->strings, copy);
	}
	return (uint32_t)value->num;
}

uint32_t stk_profile_add_type(struct stk_profile *profile, const char *type, const char *unit)
{
	struct stk_value_type value_type = {stk_profile_intern(profile, stk_str_of(type)),
		stk_profile_intern(profile, stk_str_of(unit))};

	if (profile->samples.len > 0)
		STK_BUG("sample type '%s' after the first sample", type);
	stk_vec_push(&profile->types, value_type);
	return (uint32_t)profile->types.len - 1;
}

uint32_t stk_profile_add_function(
	struct stk_profile *profile, const struct stk_profile_function *function)
{
	struct { /* no padding, so that it can be a key */
		int64_t start_line;
		uint32_t name, system_name, file, zero;
	} key = {function->start_line, function->name, function->system_name, function->file, 0};
	union stk_map_value *value;
	bool added;

	value = stk_map_put(
		&profile->function_index, stk_str_n((const char *)&key, sizeof key), &added);
	if (added) {
		value->num = profile->functions.len;
		stk_vec_push(&profile->functions, *function);
	}
	return (uint32_t)value->num;
}

static bool has_lines(const struct stk_profile *profile,
	const struct stk_profile_location *location, const struct stk_profile_line *lines,
	size_t len)
{
	if (location->lines_len != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		const struct stk_profile_line *have =
			&profile->lines.items[location->first_line + i];
		if (have->function != lines[i].function || have->line != lines[i].line)
			return false;
	}
	return true;
}

static uint32_t append_location(struct stk_profile *profile, uint64_t address, uint32_t mapping,
	const struct stk_profile_line *lines, size_t len)
{
	struct stk_profile_location location = {.address = address,
		.mapping = mapping,
		.first_line = (uint32_t)profile->lines.len,
		.lines_len = (uint32_t)len};

	for (size_t i = 0; i < len; i++)
		stk_vec_push(&profile->lines, lines[i]);
	stk_vec_push(&profile->locations, location);
	return (uint32_t)profile->locations.len - 1;
}

uint32_t stk_profile_add_location(struct stk_profile *profile, uint64_t address, uint32_t mapping,
	const struct stk_profile_line *lines, size_t len)
{
	struct stk_buf key = STK_BUF_EMPTY;
	union stk_map_value *value;
	bool added;

	stk_buf_add(&key, &address, sizeof address);
	stk_buf_add(&key, &mapping, sizeof mapping);
	for (size_t i = 0; i < len; i++) {
		stk_buf_add(&key, &lines[i].function, sizeof lines[i].function);
		stk_buf_add(&key, &lines[i].line, sizeof lines[i].line);
	}
	value = stk_map_put(&profile->location_index, stk_buf_str(&key), &added);
	stk_buf_release(&key);
	if (added)
		value->num = append_location(profile, address, mapping, lines, len);
	else if (!has_lines(profile, &profile->locations.items[value->num], lines, len))
		STK_BUG("a location's key stands for two");
	return (uint32_t)value->num;
}

uint32_t stk_profile_add_frame(struct stk_profile *profile, const struct stk_frame *frame)
{
	uint32_t name = stk_profile_intern(profile, frame->name);
	struct stk_profile_function function = {
		name, name, stk_profile_intern(profile, frame->file), frame->start_line};
	struct stk_profile_line line = {stk_profile_add_function(profile, &function), frame->line};

	return stk_profile_add_location(profile, 0, STK_PROFILE_NONE, &line, 1);
}

size_t stk_profile_add_sample(
	struct stk_profile *profile, const uint32_t *locations, size_t len, const int64_t *values)
{
	struct stk_profile_sample sample = {.first_location = (uint32_t)profile->stacks.len,
		.locations_len = (uint32_t)len,
		.first_label = (uint32_t)profile->labels.len};

	for (size_t i = 0; i < len; i++)
		stk_vec_push(&profile->stacks, locations[i]);
	for (size_t i = 0; i < profile->types.len; i++)
		stk_vec_push(&profile->values, values[i]);
	stk_vec_push(&profile->samples, sample);
	return profile->samples.len - 1;
}

static void append_label(struct stk_profile *profile, struct stk_profile_label label)
{
	if (profile->samples.len == 0)
		STK_BUG("a label without a sample");
	stk_vec_push(&profile->labels, label);
	profile->samples.items[profile->samples.len - 1].labels_len++;
}

void stk_profile_add_label(struct stk_profile *profile, struct stk_str key, struct stk_str text)
{
	append_label(profile, (struct stk_profile_label){.key = stk_profile_intern(profile, key),
				      .text = stk_profile_intern(profile, text)});
}

void stk_profile_add_num_label(
	struct stk_profile *profile, struct stk_str key, int64_t num, struct stk_str unit)
{
	append_label(profile, (struct stk_profile_label){.key = stk_profile_intern(profile, key),
				      .num = num,
				      .num_unit = stk_profile_intern(profile, unit)});
}

struct stk_str stk_profile_string(const struct stk_profile *profile, uint32_t text)
{
	return text < profile->strings.len ? profile->strings.items[text] : STK_STR("");
}

int stk_profile_find_type(const struct stk_profile *profile, struct stk_str type)
{
	for (size_t i = 0; i < profile->types.len; i++)
		if (stk_str_eq(stk_profile_string(profile, profile->types.items[i].type), type))
			return (int)i;
	return -1;
}

int64_t stk_profile_value(const struct stk_profile *profile, size_t sample, size_t type)
{
	return profile->values.items[sample * profile->types.len + type];
}

struct stk_str stk_profile_sample_label(
	const struct stk_profile *profile, size_t sample, struct stk_str key)
{
	const struct stk_profile_sample *at = &profile->samples.items[sample];

	for (uint32_t i = 0; i < at->labels_len; i++) {
		const struct stk_profile_label *label = &profile->labels.items[at->first_label + i];
		if (label->text != 0 && stk_str_eq(stk_profile_string(profile, label->key), key))
			return stk_profile_string(profile, label->text);
	}
	return (struct stk_str){NULL, 0};
}

void stk_profile_stack(const struct stk_profile *profile, size_t sample, struct stk_stack *stack)
{
	const struct stk_profile_sample *at = &profile->samples.items[sample];

	stk_vec_clear(stack);
	for (uint32_t i = 0; i < at->locations_len; i++) {
		uint32_t number = profile->stacks.items[at->first_location + i];
		const struct stk_profile_location *location = &profile->locations.items[number];

		for (uint32_t l = 0; l < location->lines_len; l++) {
			const struct stk_profile_line *line =
				&profile->lines.items[location->first_line + l];
			if (line->function != STK_PROFILE_NONE)
				stk_vec_push(stack,
					(struct stk_stack_entry){line->function, line->line});
		}
	}
}

int64_t stk_profile_total(const struct stk_profile *profile, size_t type)
{
	int64_t total = 0;

	for (size_t i = 0; i < profile->samples.len; i++)
		total = stk_profile_plus(total, stk_profile_value(profile, i, type));
	return total;
}

struct stk_function_sum *stk_profile_sums(const struct stk_profile *profile, size_t type)
{
	struct stk_function_sum *sums = stk_xcalloc(profile->functions.len + 1, sizeof *sums);
	/* number + 1 of the last sample that counted a function: a recursive one counts once */
	size_t *seen = stk_xcalloc(profile->functions.len + 1, sizeof *seen);
	struct stk_stack stack = STK_VEC_INIT;

	for (size_t i = 0; i < profile->samples.len; i++) {
		int64_t value = stk_profile_value(profile, i, type);
		if (value == 0)
			continue;
		stk_profile_stack(profile, i, &stack);
		if (stack.len > 0) {
			struct stk_function_sum *leaf = &sums[stack.items[0].function];
			leaf->self = stk_profile_plus(leaf->self, value);
		}
		for (size_t s = 0; s < stack.len; s++) {
			uint32_t function = stack.items[s].function;
			if (seen[function] == i + 1)
				continue;
			seen[function] = i + 1;
			sums[function].total = stk_profile_plus(sums[function].total, value);
			sums[function].samples++;
		}
	}
	stk_vec_release(&stack);
	free(seen);
	return sums;
}

void stk_profile_scale(struct stk_profile *profile, double factor)
{
	for (size_t i = 0; i < profile->values.len; i++) {
		double scaled = (double)profile->values.items[i] * factor;

		/* -1 must be exact, and what does not fit stops at the ends */
		if (factor == -1)
			profile->values.items[i] = profile->values.items[i] == INT64_MIN
							   ? INT64_MAX
							   : -profile->values.items[i];
		else if (scaled >= -0x1p63 && scaled < 0x1p63)
			profile->values.items[i] = (int64_t)scaled;
		else
			profile->values.items[i] = scaled < 0 ? INT64_MIN : INT64_MAX;
	}
}
