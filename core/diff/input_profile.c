/* input_profile: one profile as one slice of a comparison: self, total, edges, samples behind. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/diff/input.h"
#include "core/git/changes.h"
#include "core/profile/profile.h"

/* What Go samples by when a profile of the heap does not say. */
#define HEAP_PERIOD 524288.0

/* How many units of value one sample stands for. */
struct weigher {
	const struct stk_profile *profile;
	size_t type;
	double period;      /* of the type itself, 0 if unknown */
	double heap_period; /* bytes between heap samples; 0 = no heap type */
	int space, objects; /* columns, -1 if absent */
	int events;         /* column that counts samples, -1 if absent */
	double smallest;    /* positive value */
};

static struct stk_str type_text(const struct stk_profile *profile, size_t type, bool unit)
{
	const struct stk_value_type *value = &profile->types.items[type];

	return stk_profile_string(profile, unit ? value->unit : value->type);
}

static double smallest_value(const struct stk_profile *profile, size_t type)
{
	int64_t least = 0;

	for (size_t i = 0; i < profile->samples.len; i++) {
		int64_t value = stk_profile_value(profile, i, type);

		if (value > 0 && (least == 0 || value < least))
			least = value;
	}
	return least > 0 ? (double)least : 1.0;
}

static void find_heap(struct weigher *weigher, struct stk_str name)
{
	bool is_alloc = stk_str_starts(name, "alloc_"), is_inuse = stk_str_starts(name, "inuse_");
	const struct stk_profile *profile = weigher->profile;

	if (!is_alloc && !is_inuse)
		return;
	weigher->heap_period = HEAP_PERIOD;
	if (profile->period > 1 &&
		stk_str_is(stk_profile_string(profile, profile->period_type.unit), "bytes"))
		weigher->heap_period = (double)profile->period;
	weigher->space = stk_profile_find_type(
		profile, stk_str_of(is_alloc ? "alloc_space" : "inuse_space"));
	weigher->objects = stk_profile_find_type(
		profile, stk_str_of(is_alloc ? "alloc_objects" : "inuse_objects"));
}

static struct weigher weigher_of(const struct stk_profile *profile, size_t type)
{
	struct weigher out = {.profile = profile, .type = type, .space = -1, .objects = -1};
	struct stk_str unit = type_text(profile, type, true);

	find_heap(&out, type_text(profile, type, false));
	out.events = stk_profile_find_type(profile, stk_str_of("samples"));
	if (profile->period > 0 &&
		stk_str_eq(unit, stk_profile_string(profile, profile->period_type.unit)))
		out.period = (double)profile->period;
	if (out.events == (int)type)
		out.period = 1.0;
	out.smallest = smallest_value(profile, type);
	return out;
}

/* An allocation of size z is sampled with probability 1 - e^(-z/q) and counts for the inverse. */
static double heap_weight(const struct weigher *weigher, size_t sample)
{
	double q = weigher->heap_period, space, objects, z, chance;

	if (weigher->space < 0 || weigher->objects < 0)
		return weigher->space == (int)weigher->type ? q : weigher->smallest;
	space = (double)stk_profile_value(weigher->profile, sample, (size_t)weigher->space);
	objects = (double)stk_profile_value(weigher->profile, sample, (size_t)weigher->objects);
	if (!(space > 0.0) || !(objects > 0.0))
		return weigher->smallest;
	z = space / objects;
	chance = -expm1(-z / q);
	return weigher->space == (int)weigher->type ? z / chance : 1.0 / chance;
}

static double weight_of(const struct weigher *weigher, size_t sample, int64_t value)
{
	int64_t events;

	if (weigher->heap_period > 0.0)
		return heap_weight(weigher, sample);
	if (weigher->period > 0.0)
		return weigher->period;
	events = weigher->events < 0
			 ? 0
			 : stk_profile_value(weigher->profile, sample, (size_t)weigher->events);
	return events > 0 ? (double)value / (double)events : weigher->smallest;
}

/* Sums of one slice by function number of the input; moment = sum of value * weight. */
struct cell {
	int64_t self, total;
	double moment_self, moment_total;
	size_t seen; /* number + 1 of the last sample it was on */
};

struct filling {
	struct stk_diff_input *input;
	const struct stk_profile *profile;
	int side;
	uint32_t *numbers; /* of the profile's functions in the input */
	struct cell *cells;
	struct stk_stack stack;
	int64_t total;
	double moment;
};

static char *text_dup(const struct stk_profile *profile, uint32_t text)
{
	return stk_str_dup(stk_profile_string(profile, text));
}

/* Base's path as head has it after a rename, so that a function has one number. */
static const char *path_at_head(const struct stk_changes *changes, int side, const char *path)
{
	const struct stk_changes_file *changed;

	if (side == STK_SIDE_HEAD)
		return path;
	changed = stk_changes_find(changes, STK_CHANGES_OLD, stk_str_of(path));
	return changed && changed->path[STK_CHANGES_NEW] ? changed->path[STK_CHANGES_NEW] : path;
}

/* Where two commits are built in two folders, both sides must know a file by one name: its path in
 * the repository, or what stands behind the folder of the build. */
static void place_function(
	const struct stk_diff_input *input, int side, struct stk_function *function)
{
	int commit = stk_diff_input_commit(input, side);
	struct stk_paths *paths;

	if (!input->changes)
		return;
	paths = &input->changes->paths[commit];
	function->path =
		stk_paths_find(paths, stk_str_of(function->file), stk_str_of(function->name));
	function->file = function->path ? path_at_head(input->changes, commit, function->path)
					: stk_paths_trim(paths, stk_str_of(function->file)).ptr;
}

static int number_functions(struct filling *filling, struct stk_err *err)
{
	const struct stk_profile *profile = filling->profile;

	filling->numbers = stk_xcalloc(profile->functions.len + 1, sizeof(uint32_t));
	for (size_t i = 0; i < profile->functions.len; i++) {
		const struct stk_profile_function *from = &profile->functions.items[i];
		char *name = text_dup(profile, from->name ? from->name : from->system_name);
		char *file = text_dup(profile, from->file);
		struct stk_function function = {name, file, from->start_line, NULL};
		int rc;

		place_function(filling->input, filling->side, &function);
		rc = stk_diff_input_function(
			filling->input, &function, filling->side, &filling->numbers[i], err);
		free(name);
		free(file);
		if (rc < 0)
			return rc;
	}
	filling->cells = stk_xcalloc(filling->input->functions.len + 1, sizeof *filling->cells);
	return 0;
}

int stk_diff_input_commit(const struct stk_diff_input *input, int side)
{
	return input->is_one_build ? STK_SIDE_HEAD : side;
}

bool stk_diff_input_has_leaf(const struct stk_profile *profile, size_t sample)
{
	const struct stk_profile_sample *one = &profile->samples.items[sample];
	const struct stk_profile_location *leaf;

	if (one->locations_len == 0)
		return false;
	leaf = &profile->locations.items[profile->stacks.items[one->first_location]];
	return leaf->lines_len > 0 &&
	       profile->lines.items[leaf->first_line].function != STK_PROFILE_NONE;
}

bool stk_diff_input_is_other(const struct stk_diff_input *input, uint32_t number)
{
	const struct stk_diff_function *function = &input->functions.items[number];

	return function->file[0] == '\0' && strcmp(function->name, "other") == 0;
}

static void add_stack(struct filling *filling, size_t sample, int64_t value, double weight)
{
	const struct stk_stack *stack = &filling->stack;
	uint32_t callee = 0;

	for (size_t i = 0; i < stack->len; i++) {
		uint32_t number = filling->numbers[stack->items[i].function];
		struct cell *cell = &filling->cells[number];
		bool is_repeated = cell->seen == sample + 1;

		if (i > 0 && callee != number && !is_repeated)
			stk_diff_input_edge(filling->input, number, callee, filling->side, value);
		callee = number;
		if (is_repeated)
			continue;
		cell->seen = sample + 1;
		cell->total += value;
		cell->moment_total += (double)value * weight;
	}
	if (stack->len > 0 && stk_diff_input_has_leaf(filling->profile, sample)) {
		struct cell *leaf = &filling->cells[filling->numbers[stack->items[0].function]];

		leaf->self += value;
		leaf->moment_self += (double)value * weight;
	}
}

static void add_samples(struct filling *filling, size_t type)
{
	const struct stk_profile *profile = filling->profile;
	struct weigher weigher = weigher_of(profile, type);

	for (size_t i = 0; i < profile->samples.len; i++) {
		int64_t value = stk_profile_value(profile, i, type);
		double weight;

		if (value <= 0)
			continue;
		weight = weight_of(&weigher, i, value);
		filling->total += value;
		filling->moment += (double)value * weight;
		stk_profile_stack(profile, i, &filling->stack);
		if (filling->stack.len > 0 &&
			stk_diff_input_is_other(
				filling->input, filling->numbers[filling->stack.items[0].function]))
			filling->input->other[filling->side] += (double)value;
		else
			add_stack(filling, i, value, weight);
	}
	if (filling->input->period <= 0.0)
		filling->input->period =
			weigher.heap_period > 0.0 ? weigher.heap_period : weigher.period;
	if (filling->input->hz <= 0.0 && weigher.period > 1.0 && weigher.events != (int)type &&
		stk_str_is(type_text(profile, type, true), "nanoseconds"))
		filling->input->hz = 1e9 / weigher.period;
}

static double effective(int64_t value, double moment)
{
	return moment > 0.0 ? (double)value * (double)value / moment : 0.0;
}

static void write_slice(struct filling *filling, const struct stk_diff_place *place)
{
	struct stk_diff_slice *slice =
		stk_diff_input_slice(filling->input, place->side, place->pair, place->requests);

	slice->instance = place->instance;
	slice->total = filling->total;
	slice->samples = effective(filling->total, filling->moment);
	for (uint32_t i = 0; i < filling->input->functions.len; i++) {
		const struct cell *cell = &filling->cells[i];
		struct stk_diff_value value = {i, cell->self, cell->total,
			effective(cell->self, cell->moment_self),
			effective(cell->total, cell->moment_total)};

		if (cell->total > 0)
			stk_diff_slice_add(slice, &value);
	}
}

int stk_diff_input_add_profile(struct stk_diff_input *input, const struct stk_profile *profile,
	size_t sample_type, const struct stk_diff_place *place, struct stk_err *err)
{
	struct filling filling = {.input = input, .profile = profile, .side = place->side};
	int rc;

	if (sample_type >= profile->types.len || place->side < 0 || place->side >= STK_SIDES)
		return stk_err_set(err, STK_E_INVAL, "no sample type %zu, or no side %d",
			sample_type, place->side);
	rc = number_functions(&filling, err);
	if (rc < 0)
		goto out;
	add_samples(&filling, sample_type);
	write_slice(&filling, place);
	if (input->changes) {
		stk_vec_push(&input->profiles, (struct stk_diff_profile){profile, sample_type,
						       place->side, filling.numbers});
		filling.numbers = NULL;
	}
out:
	free(filling.numbers);
	free(filling.cells);
	stk_vec_release(&filling.stack);
	return rc;
}
