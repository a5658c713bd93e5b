/* merge: adding profiles up, equal stacks into one sample. */
#include <stdlib.h>
#include <string.h>

#include "core/profile/profile.h"

struct stk_merger {
	struct stk_profile *into;               /* NULL until the first profile */
	struct stk_index samples;               /* of into, by stack and labels */
	struct stk_index mappings;              /* of into */
	STK_VEC(struct stk_profile_line) lines; /* of the location on its way */
};

/* Numbers of one source profile in the sum; STK_PROFILE_NONE = not translated yet. */
struct translation {
	uint32_t *strings, *mappings, *functions, *locations;
};

struct stk_merger *stk_merger_new(void)
{
	return stk_xcalloc(1, sizeof(struct stk_merger));
}

void stk_merger_free(struct stk_merger *merger)
{
	if (!merger)
		return;
	stk_profile_free(merger->into);
	stk_index_release(&merger->samples);
	stk_index_release(&merger->mappings);
	stk_vec_release(&merger->lines);
	free(merger);
}

struct stk_profile *stk_merger_take(struct stk_merger *merger)
{
	struct stk_profile *sum = merger->into;

	merger->into = NULL;
	return sum;
}

static uint32_t *blank(size_t len)
{
	uint32_t *numbers = stk_xreallocarray(NULL, len + 1, sizeof *numbers);

	memset(numbers, 0xff, (len + 1) * sizeof *numbers);
	return numbers;
}

static struct translation translation_for(const struct stk_profile *from)
{
	return (struct translation){blank(from->strings.len), blank(from->mappings.len),
		blank(from->functions.len), blank(from->locations.len)};
}

static void translation_release(struct translation *to)
{
	free(to->strings);
	free(to->mappings);
	free(to->functions);
	free(to->locations);
}

static uint32_t move_string(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, uint32_t text)
{
	if (text >= from->strings.len)
		return 0;
	if (to->strings[text] == STK_PROFILE_NONE)
		to->strings[text] = stk_profile_intern(merger->into, from->strings.items[text]);
	return to->strings[text];
}

struct wanted_mapping {
	const struct stk_profile *profile;
	const struct stk_mapping *mapping;
};

static bool is_mapping(const void *ctx, uint32_t number)
{
	const struct wanted_mapping *wanted = ctx;
	const struct stk_mapping *a = &wanted->profile->mappings.items[number];
	const struct stk_mapping *b = wanted->mapping;

	return a->start == b->start && a->limit == b->limit && a->offset == b->offset &&
	       a->file == b->file && a->build_id == b->build_id &&
	       a->has_functions == b->has_functions && a->has_filenames == b->has_filenames &&
	       a->has_line_numbers == b->has_line_numbers &&
	       a->has_inline_frames == b->has_inline_frames;
}

static uint32_t add_mapping(struct stk_merger *merger, const struct stk_mapping *mapping)
{
	struct wanted_mapping wanted = {merger->into, mapping};
	uint64_t hash = stk_index_mix(stk_profile_seed(merger->into), mapping->start);
	uint32_t number;

	hash = stk_index_mix(
		hash ^ mapping->limit, (uint64_t)mapping->file << 32 | mapping->build_id);
	number = stk_index_find(&merger->mappings, hash, is_mapping, &wanted);
	if (number != STK_INDEX_NONE)
		return number;
	number = (uint32_t)merger->into->mappings.len;
	stk_index_add(&merger->mappings, hash, number);
	stk_vec_push(&merger->into->mappings, *mapping);
	return number;
}

static uint32_t move_mapping(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, uint32_t number)
{
	struct stk_mapping mapping;

	if (number == STK_PROFILE_NONE || to->mappings[number] != STK_PROFILE_NONE)
		return number == STK_PROFILE_NONE ? STK_PROFILE_NONE : to->mappings[number];
	mapping = from->mappings.items[number];
	mapping.file = move_string(merger, from, to, mapping.file);
	mapping.build_id = move_string(merger, from, to, mapping.build_id);
	return to->mappings[number] = add_mapping(merger, &mapping);
}

static uint32_t move_function(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, uint32_t number)
{
	if (number == STK_PROFILE_NONE || to->functions[number] != STK_PROFILE_NONE)
		return number == STK_PROFILE_NONE ? STK_PROFILE_NONE : to->functions[number];
	const struct stk_profile_function *old = &from->functions.items[number];
	struct stk_profile_function function = {move_string(merger, from, to, old->name),
		move_string(merger, from, to, old->system_name),
		move_string(merger, from, to, old->file), old->start_line};
	return to->functions[number] = stk_profile_add_function(merger->into, &function);
}

static uint32_t move_location(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, uint32_t number)
{
	const struct stk_profile_location *old = &from->locations.items[number];

	stk_vec_clear(&merger->lines);
	for (uint32_t i = 0; i < old->lines_len; i++) {
		struct stk_profile_line line = from->lines.items[old->first_line + i];
		line.function = move_function(merger, from, to, line.function);
		stk_vec_push(&merger->lines, line);
	}
	to->locations[number] = stk_profile_add_location(merger->into, old->address,
		move_mapping(merger, from, to, old->mapping), merger->lines.items,
		merger->lines.len);
	return to->locations[number];
}

static void move_types(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		struct stk_value_type moved = {
			move_string(merger, from, to, from->types.items[i].type),
			move_string(merger, from, to, from->types.items[i].unit)};
		stk_vec_push(&merger->into->types, moved);
	}
}

static void begin(
	struct stk_merger *merger, const struct stk_profile *from, int type, struct translation *to)
{
	struct stk_profile *into = merger->into = stk_profile_new();

	move_types(merger, from, to, type < 0 ? 0 : (size_t)type,
		type < 0 ? from->types.len : (size_t)type + 1);
	into->period_type.type = move_string(merger, from, to, from->period_type.type);
	into->period_type.unit = move_string(merger, from, to, from->period_type.unit);
	into->period = from->period;
	into->default_type = type < 0 ? move_string(merger, from, to, from->default_type) : 0;
	into->time_ns = from->time_ns;
}

static int check_types(const struct stk_profile *into, const struct stk_profile *from, int type,
	struct stk_err *err)
{
	size_t first = type < 0 ? 0 : (size_t)type, len = type < 0 ? from->types.len : 1;

	if (into->types.len != len)
		return stk_err_set(err, STK_E_INVAL, "merge: %zu sample types beside %zu", len,
			into->types.len);
	for (size_t i = 0; i < len; i++) {
		struct stk_str want = stk_profile_string(into, into->types.items[i].type);
		struct stk_str have = stk_profile_string(from, from->types.items[first + i].type);
		if (!stk_str_eq(want, have))
			return stk_err_set(err, STK_E_INVAL,
				"merge: sample type '%.*s' beside '%.*s'", STK_STR_ARG(have),
				STK_STR_ARG(want));
	}
	return 0;
}

static bool is_wanted(
	const struct stk_profile *from, size_t sample, const struct stk_merge_opts *opts)
{
	size_t first = opts->type < 0 ? 0 : (size_t)opts->type;
	size_t end = opts->type < 0 ? from->types.len : first + 1;
	bool any = false;

	if (opts->keep && !opts->keep(from, sample, opts->ctx))
		return false;
	if (!opts->drop_negative)
		return true;
	for (size_t i = first; i < end; i++) {
		int64_t value = stk_profile_value(from, sample, i);
		if (value < 0)
			return false;
		any = any || value != 0;
	}
	return any;
}

/* Stack and labels of a sample, put behind those that the sum has; returns their hash. */
static uint64_t append_stack(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, const struct stk_profile_sample *like,
	struct stk_profile_sample *sample)
{
	struct stk_profile *into = merger->into;
	const uint32_t *old;
	uint32_t *stack;

	if (like->locations_len == 0)
		return stk_index_hash("", 0, stk_profile_seed(into));
	old = from->stacks.items + like->first_location;
	stk_vec_reserve(&into->stacks, into->stacks.len + like->locations_len);
	stack = into->stacks.items + into->stacks.len;
	for (uint32_t i = 0; i < like->locations_len; i++) {
		stack[i] = to->locations[old[i]];
		if (stack[i] == STK_PROFILE_NONE)
			stack[i] = move_location(merger, from, to, old[i]);
	}
	into->stacks.len += like->locations_len;
	sample->locations_len = like->locations_len;
	return stk_index_hash(stack, like->locations_len * sizeof *stack, stk_profile_seed(into));
}

static uint64_t append_labels(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, const struct stk_profile_sample *like,
	struct stk_profile_sample *sample)
{
	struct stk_profile *into = merger->into;
	uint64_t hash = 0;

	for (uint32_t i = 0; i < like->labels_len; i++) {
		const struct stk_profile_label *old = &from->labels.items[like->first_label + i];
		struct stk_profile_label label = {.key = move_string(merger, from, to, old->key),
			.text = move_string(merger, from, to, old->text),
			.num = old->num,
			.num_unit = move_string(merger, from, to, old->num_unit)};

		stk_vec_push(&into->labels, label);
		hash = stk_index_mix(hash, (uint64_t)label.key << 32 | label.text);
		hash = stk_index_mix(hash ^ label.num_unit, (uint64_t)label.num);
	}
	sample->labels_len = like->labels_len;
	return hash;
}

struct wanted_sample {
	const struct stk_profile *profile;
	const struct stk_profile_sample *sample;
};

static bool has_labels_of(const struct stk_profile *profile, const struct stk_profile_sample *a,
	const struct stk_profile_sample *b)
{
	for (uint32_t i = 0; i < a->labels_len; i++) {
		const struct stk_profile_label *x = &profile->labels.items[a->first_label + i];
		const struct stk_profile_label *y = &profile->labels.items[b->first_label + i];

		if (x->key != y->key || x->text != y->text || x->num != y->num ||
			x->num_unit != y->num_unit)
			return false;
	}
	return true;
}

static bool is_sample(const void *ctx, uint32_t number)
{
	const struct wanted_sample *wanted = ctx;
	const struct stk_profile *profile = wanted->profile;
	const struct stk_profile_sample *a = &profile->samples.items[number], *b = wanted->sample;

	if (a->locations_len != b->locations_len || a->labels_len != b->labels_len)
		return false;
	if (a->locations_len > 0 && memcmp(profile->stacks.items + a->first_location,
					    profile->stacks.items + b->first_location,
					    a->locations_len * sizeof *profile->stacks.items) != 0)
		return false;
	return has_labels_of(profile, a, b);
}

/* Number in the sum of the sample with from's stack and labels, added with zero values if new. */
static uint32_t move_sample(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, const struct stk_profile_sample *like, bool drop_labels)
{
	struct stk_profile *into = merger->into;
	struct stk_profile_sample sample = {.first_location = (uint32_t)into->stacks.len,
		.first_label = (uint32_t)into->labels.len};
	struct wanted_sample wanted = {into, &sample};
	uint64_t hash = append_stack(merger, from, to, like, &sample);
	uint32_t number;

	if (!drop_labels)
		hash ^= append_labels(merger, from, to, like, &sample);
	number = stk_index_find(&merger->samples, hash, is_sample, &wanted);
	if (number != STK_INDEX_NONE) { /* as it was */
		into->stacks.len = sample.first_location;
		into->labels.len = sample.first_label;
		return number;
	}
	number = (uint32_t)into->samples.len;
	stk_index_add(&merger->samples, hash, number);
	for (size_t i = 0; i < into->types.len; i++)
		stk_vec_push(&into->values, 0);
	stk_vec_push(&into->samples, sample);
	return number;
}

static void add_values(struct stk_profile *into, size_t number, const struct stk_profile *from,
	size_t sample, int type)
{
	size_t first = type < 0 ? 0 : (size_t)type;

	for (size_t i = 0; i < into->types.len; i++) {
		int64_t *sum = &into->values.items[number * into->types.len + i];
		*sum = stk_profile_plus(*sum, stk_profile_value(from, sample, first + i));
	}
}

static void add_samples(struct stk_merger *merger, const struct stk_profile *from,
	const struct stk_merge_opts *opts, struct translation *to)
{
	for (size_t i = 0; i < from->samples.len; i++) {
		uint32_t number;

		if (!is_wanted(from, i, opts))
			continue;
		number = move_sample(merger, from, to, &from->samples.items[i], opts->drop_labels);
		add_values(merger->into, number, from, i, opts->type);
	}
}

int stk_merger_add(struct stk_merger *merger, const struct stk_profile *from,
	const struct stk_merge_opts *opts, struct stk_err *err)
{
	static const struct stk_merge_opts all = STK_MERGE_OPTS_ALL;
	struct translation to;
	int rc = 0;

	if (!opts)
		opts = &all;
	if (opts->type >= (int)from->types.len)
		return stk_err_set(
			err, STK_E_INVAL, "merge: there is no sample type %d", opts->type);
	if (merger->into && merger->into->stacks.len + from->stacks.len > UINT32_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "merge: more than %u frames", UINT32_MAX);
	to = translation_for(from);
	if (!merger->into)
		begin(merger, from, opts->type, &to);
	else
		rc = check_types(merger->into, from, opts->type, err);
	if (rc < 0)
		goto out;
	add_samples(merger, from, opts, &to);
	if (from->time_ns < merger->into->time_ns)
		merger->into->time_ns = from->time_ns;
	merger->into->duration_ns = stk_profile_plus(merger->into->duration_ns, from->duration_ns);
out:
	translation_release(&to);
	return rc;
}

/* Samples of one side of a join, its values from that column on. */
static void join_samples(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, size_t column)
{
	struct stk_profile *into = merger->into;

	for (size_t i = 0; i < from->samples.len; i++) {
		uint32_t number = move_sample(merger, from, to, &from->samples.items[i], false);
		int64_t *sums = &into->values.items[number * into->types.len + column];

		for (size_t t = 0; t < from->types.len; t++)
			sums[t] = stk_profile_plus(sums[t], stk_profile_value(from, i, t));
	}
}

struct stk_profile *stk_profile_join(
	const struct stk_profile *left, const struct stk_profile *right)
{
	struct stk_merger *merger = stk_merger_new();
	struct translation from_left = translation_for(left), from_right = translation_for(right);
	struct stk_profile *joined;

	begin(merger, left, -1, &from_left);
	merger->into->duration_ns = left->duration_ns;
	if (merger->into->default_type == 0 && merger->into->types.len > 0)
		merger->into->default_type = merger->into->types.items[0].type;
	move_types(merger, right, &from_right, 0, right->types.len);
	join_samples(merger, left, &from_left, 0);
	join_samples(merger, right, &from_right, left->types.len);
	translation_release(&from_left);
	translation_release(&from_right);
	joined = stk_merger_take(merger);
	stk_merger_free(merger);
	return joined;
}
