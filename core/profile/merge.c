/* merge: adding profiles up, equal stacks into one sample. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"

#include "core/profile/profile.h"

struct stk_merger {
	struct stk_profile *into; /* NULL until the first profile */
	struct stk_map samples;   /* stack and labels as numbers of into -> sample */
	struct stk_map mappings;  /* record -> number */
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
	stk_map_release(&merger->samples);
	stk_map_release(&merger->mappings);
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

static uint32_t move_mapping(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, uint32_t number)
{
	struct stk_mapping mapping;
	union stk_map_value *value;
	bool added;

	if (number == STK_PROFILE_NONE || to->mappings[number] != STK_PROFILE_NONE)
		return number == STK_PROFILE_NONE ? STK_PROFILE_NONE : to->mappings[number];
	memset(&mapping, 0, sizeof mapping); /* padding too: it is a key */
	const struct stk_mapping *old = &from->mappings.items[number];
	mapping.start = old->start;
	mapping.limit = old->limit;
	mapping.offset = old->offset;
	mapping.file = move_string(merger, from, to, old->file);
	mapping.build_id = move_string(merger, from, to, old->build_id);
	mapping.has_functions = old->has_functions;
	mapping.has_filenames = old->has_filenames;
	mapping.has_line_numbers = old->has_line_numbers;
	mapping.has_inline_frames = old->has_inline_frames;
	value = stk_map_put(
		&merger->mappings, stk_str_n((const char *)&mapping, sizeof mapping), &added);
	if (added) {
		value->num = merger->into->mappings.len;
		stk_vec_push(&merger->into->mappings, mapping);
	}
	return to->mappings[number] = (uint32_t)value->num;
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
	STK_VEC(struct stk_profile_line) lines = STK_VEC_INIT;

	if (to->locations[number] != STK_PROFILE_NONE)
		return to->locations[number];
	const struct stk_profile_location *old = &from->locations.items[number];
	for (uint32_t i = 0; i < old->lines_len; i++) {
		struct stk_profile_line line = from->lines.items[old->first_line + i];
		line.function = move_function(merger, from, to, line.function);
		stk_vec_push(&lines, line);
	}
	to->locations[number] = stk_profile_add_location(merger->into, old->address,
		move_mapping(merger, from, to, old->mapping), lines.items, lines.len);
	stk_vec_release(&lines);
	return to->locations[number];
}

static void begin(
	struct stk_merger *merger, const struct stk_profile *from, int type, struct translation *to)
{
	struct stk_profile *into = merger->into = stk_profile_new();
	size_t first = type < 0 ? 0 : (size_t)type, end = type < 0 ? from->types.len : first + 1;

	for (size_t i = first; i < end; i++) {
		struct stk_value_type moved = {
			move_string(merger, from, to, from->types.items[i].type),
			move_string(merger, from, to, from->types.items[i].unit)};
		stk_vec_push(&into->types, moved);
	}
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

/* Stack and labels of a sample in numbers of the sum: the key, and what a new sample is made of. */
static void write_key(struct stk_merger *merger, const struct stk_profile *from,
	struct translation *to, size_t sample, bool drop_labels, struct stk_buf *key)
{
	const struct stk_profile_sample *at = &from->samples.items[sample];

	stk_buf_clear(key);
	for (uint32_t i = 0; i < at->locations_len; i++) {
		uint32_t location =
			move_location(merger, from, to, from->stacks.items[at->first_location + i]);
		stk_buf_add(key, &location, sizeof location);
	}
	for (uint32_t i = 0; !drop_labels && i < at->labels_len; i++) {
		const struct stk_profile_label *old = &from->labels.items[at->first_label + i];
		struct stk_profile_label label;
		memset(&label, 0, sizeof label); /* padding too: it is a key */
		label.key = move_string(merger, from, to, old->key);
		label.text = move_string(merger, from, to, old->text);
		label.num = old->num;
		label.num_unit = move_string(merger, from, to, old->num_unit);
		stk_buf_add(key, &label, sizeof label);
	}
}

static size_t add_sample(struct stk_profile *into, const struct stk_profile_sample *like,
	const struct stk_buf *key, bool drop_labels)
{
	size_t number = into->samples.len, stack_bytes = like->locations_len * sizeof(uint32_t);
	struct stk_profile_sample sample = {.first_location = (uint32_t)into->stacks.len,
		.locations_len = like->locations_len,
		.first_label = (uint32_t)into->labels.len,
		.labels_len = drop_labels ? 0 : like->labels_len};

	for (uint32_t i = 0; i < sample.locations_len; i++) {
		uint32_t location;
		memcpy(&location, key->ptr + i * sizeof location, sizeof location);
		stk_vec_push(&into->stacks, location);
	}
	for (uint32_t i = 0; i < sample.labels_len; i++) {
		struct stk_profile_label label;
		memcpy(&label, key->ptr + stack_bytes + i * sizeof label, sizeof label);
		stk_vec_push(&into->labels, label);
	}
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
	struct stk_buf key = STK_BUF_EMPTY;

	for (size_t i = 0; i < from->samples.len; i++) {
		union stk_map_value *value;
		bool added;

		if (!is_wanted(from, i, opts))
			continue;
		write_key(merger, from, to, i, opts->drop_labels, &key);
		value = stk_map_put(&merger->samples, stk_buf_str(&key), &added);
		if (added)
			value->num = add_sample(
				merger->into, &from->samples.items[i], &key, opts->drop_labels);
		add_values(merger->into, value->num, from, i, opts->type);
	}
	stk_buf_release(&key);
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
