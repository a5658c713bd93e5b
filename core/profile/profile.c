/* profile: building and reading the model. Merging is in merge.c, the codec in pprof_*.c. */
#include "core/profile/profile.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/rand.h"

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
	stk_index_release(&profile->string_index);
	stk_index_release(&profile->function_index);
	stk_index_release(&profile->location_index);
	stk_arena_release(&profile->arena);
	free(profile->message);
	free(profile);
}

uint64_t stk_profile_seed(struct stk_profile *profile)
{
	if (profile->seed == 0)
		profile->seed = stk_rand_system() | 1;
	return profile->seed;
}

struct wanted_text {
	const struct stk_profile *profile;
	struct stk_str text;
};

static bool is_text(const void *ctx, uint32_t number)
{
	const struct wanted_text *wanted = ctx;

	return stk_str_eq(wanted->profile->strings.items[number], wanted->text);
}

/* Number of a text, STK_INDEX_NONE if it is new; *hash_out for adding it. */
static uint32_t find_text(struct stk_profile *profile, struct stk_str text, uint64_t *hash_out)
{
	struct wanted_text wanted = {profile, text};

	*hash_out = stk_index_hash(text.ptr, text.len, stk_profile_seed(profile));
	return stk_index_find(&profile->string_index, *hash_out, is_text, &wanted);
}

/* A decoded profile has its texts but no index: it is built when first asked to intern. */
static void index_strings(struct stk_profile *profile)
{
	uint64_t hash;

	for (uint32_t i = 0; i < profile->strings.len; i++)
		if (find_text(profile, profile->strings.items[i], &hash) == STK_INDEX_NONE)
			stk_index_add(&profile->string_index, hash, i);
}

uint32_t stk_profile_intern(struct stk_profile *profile, struct stk_str text)
{
	uint64_t hash;
	uint32_t number;

	if (profile->string_index.len == 0)
		index_strings(profile);
	number = find_text(profile, text, &hash);
	if (number != STK_INDEX_NONE)
		return number;
	number = (uint32_t)profile->strings.len;
	stk_index_add(&profile->string_index, hash, number);
	stk_vec_push(&profile->strings,
		(struct stk_str){stk_arena_str(&profile->arena, text), text.len});
	return number;
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

struct wanted_function {
	const struct stk_profile *profile;
	const struct stk_profile_function *function;
};

static bool is_function(const void *ctx, uint32_t number)
{
	const struct wanted_function *wanted = ctx;
	const struct stk_profile_function *a = &wanted->profile->functions.items[number];
	const struct stk_profile_function *b = wanted->function;

	return a->name == b->name && a->system_name == b->system_name && a->file == b->file &&
	       a->start_line == b->start_line;
}

uint32_t stk_profile_add_function(
	struct stk_profile *profile, const struct stk_profile_function *function)
{
	struct wanted_function wanted = {profile, function};
	uint64_t hash = stk_index_mix(
		stk_profile_seed(profile), (uint64_t)function->name << 32 | function->system_name);
	uint32_t number;

	hash = stk_index_mix(stk_index_mix(hash, function->file), (uint64_t)function->start_line);
	number = stk_index_find(&profile->function_index, hash, is_function, &wanted);
	if (number != STK_INDEX_NONE)
		return number;
	number = (uint32_t)profile->functions.len;
	stk_index_add(&profile->function_index, hash, number);
	stk_vec_push(&profile->functions, *function);
	return number;
}

struct wanted_location {
	const struct stk_profile *profile;
	uint64_t address;
	uint32_t mapping;
	const struct stk_profile_line *lines;
	size_t len;
};

static bool is_location(const void *ctx, uint32_t number)
{
	const struct wanted_location *wanted = ctx;
	const struct stk_profile_location *location = &wanted->profile->locations.items[number];

	if (location->address != wanted->address || location->mapping != wanted->mapping ||
		location->lines_len != wanted->len)
		return false;
	for (size_t i = 0; i < wanted->len; i++) {
		const struct stk_profile_line *have =
			&wanted->profile->lines.items[location->first_line + i];
		if (have->function != wanted->lines[i].function ||
			have->line != wanted->lines[i].line)
			return false;
	}
	return true;
}

uint32_t stk_profile_add_location(struct stk_profile *profile, uint64_t address, uint32_t mapping,
	const struct stk_profile_line *lines, size_t len)
{
	struct wanted_location wanted = {profile, address, mapping, lines, len};
	uint64_t hash = stk_index_mix(stk_index_mix(stk_profile_seed(profile), address), mapping);
	uint32_t number;

	for (size_t i = 0; i < len; i++)
		hash = stk_index_mix(
			stk_index_mix(hash, lines[i].function), (uint64_t)lines[i].line);
	number = stk_index_find(&profile->location_index, hash, is_location, &wanted);
	if (number != STK_INDEX_NONE)
		return number;
	number = (uint32_t)profile->locations.len;
	stk_index_add(&profile->location_index, hash, number);
	stk_vec_push(&profile->locations, (struct stk_profile_location){.address = address,
						  .mapping = mapping,
						  .first_line = (uint32_t)profile->lines.len,
						  .lines_len = (uint32_t)len});
	for (size_t i = 0; i < len; i++)
		stk_vec_push(&profile->lines, lines[i]);
	return number;
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
