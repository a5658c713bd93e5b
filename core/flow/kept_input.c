/* kept_input: from a measured window to what is kept of it, and from that to a comparison. */
#include "core/flow/kept_input.h"

#include <stdlib.h>
#include <string.h>

#include "core/flow/blocks.h"
#include "core/flow/compare_priv.h"
#include "core/flow/places.h"

/* --- a kept type as base ---------------------------------------------------------------------- */

static int number_functions(const struct stk_kept_type *type, struct stk_diff_input *input,
	uint32_t *numbers, struct stk_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < type->functions.len; i++) {
		const struct stk_kept_function *from = &type->functions.items[i];
		struct stk_function function = {from->name, from->file, from->line, NULL};

		rc = stk_diff_input_function(input, &function, STK_SIDE_BASE, &numbers[i], err);
	}
	return rc;
}

/* What functions cost with all below them is kept once, not by slice: it stands in the first. */
static void add_totals(
	const struct stk_kept_type *type, const uint32_t *numbers, struct stk_diff_slice *first)
{
	for (size_t i = 0; i < type->functions.len; i++) {
		struct stk_diff_value value = {numbers[i], 0, type->functions.items[i].total, 0.0,
			type->functions.items[i].n_total};

		stk_diff_slice_add(first, &value);
	}
}

static void add_slice(
	const struct stk_kept_slice *from, const uint32_t *numbers, struct stk_diff_slice *slice)
{
	slice->total = from->total;
	slice->samples = from->samples;
	for (size_t k = 0; k < from->values.len; k++) {
		const struct stk_kept_value *kept = &from->values.items[k];
		struct stk_diff_value value = {
			numbers[kept->function], kept->self, kept->self, kept->n, kept->n};

		stk_diff_slice_add(slice, &value);
	}
}

int stk_kept_input_add(
	const struct stk_kept_type *type, struct stk_diff_input *input, struct stk_err *err)
{
	uint32_t *numbers = stk_xcalloc(type->functions.len + 1, sizeof *numbers);
	struct stk_places places = STK_PLACES_INIT;
	int rc = number_functions(type, input, numbers, err);

	for (size_t i = 0; rc == 0 && i < type->slices.len; i++) {
		const struct stk_kept_slice *from = &type->slices.items[i];
		int instance, place = stk_places_put(&places, from->instance, &instance);
		struct stk_diff_slice *slice =
			stk_diff_input_slice(input, STK_SIDE_BASE, place, from->requests);

		slice->instance = instance;
		add_slice(from, numbers, slice);
		if (i == 0)
			add_totals(type, numbers, slice);
	}
	for (size_t i = 0; rc == 0 && i < type->edges.len; i++)
		stk_diff_input_edge(input, numbers[type->edges.items[i].caller],
			numbers[type->edges.items[i].callee], STK_SIDE_BASE,
			type->edges.items[i].value);
	input->other[STK_SIDE_BASE] += type->other;
	stk_places_release(&places);
	free(numbers);
	return rc;
}

/* --- a window as head ------------------------------------------------------------------------- */

struct placing {
	const struct stk_window *window;
	struct stk_places places;
	STK_VEC(const struct stk_slice *) taken; /* in the order of the input's slices */
};

static bool place_in_window(const struct stk_slice *slice, struct stk_diff_place *place, void *ctx)
{
	struct placing *placing = ctx;
	int instance;

	if (slice->side != STK_SIDE_HEAD || !stk_blocks_in_window(slice, placing->window))
		return false;
	place->side = STK_SIDE_HEAD;
	place->pair =
		stk_places_put(&placing->places, slice->instance ? slice->instance : "", &instance);
	stk_vec_push(&placing->taken, slice);
	return true;
}

static void mark_counted(struct stk_run *run, const char *type_id, const struct stk_window *window)
{
	for (size_t i = 0; i < run->slices.len; i++) {
		struct stk_slice *slice = &run->slices.items[i];

		if (strcmp(slice->type_id, type_id) != 0)
			continue;
		slice->counted = stk_blocks_in_window(slice, window);
		slice->why_not = slice->counted ? NULL : "on the border of a window";
	}
}

int stk_kept_input_add_window(struct stk_session *session, const struct stk_session_type *type,
	size_t window, struct stk_diff_input *input, struct stk_err *err)
{
	struct placing placing = {
		&session->run->windows.items[window], {STK_VEC_INIT, STK_VEC_INIT}, STK_VEC_INIT};
	int rc = stk_compare_fill_input(session, type, input, place_in_window, &placing, err);

	mark_counted(session->run, type->type_id, placing.window);
	stk_places_release(&placing.places);
	stk_vec_release(&placing.taken);
	return rc;
}

/* --- keeping a window --------------------------------------------------------------------------
 */

static void keep_functions(
	const struct stk_diff_input *input, struct stk_kept *kept, struct stk_kept_type *out)
{
	for (size_t i = 0; i < input->functions.len; i++) {
		const struct stk_diff_function *from = &input->functions.items[i];

		stk_vec_push(&out->functions,
			(struct stk_kept_function){.name = stk_arena_dup(&kept->arena, from->name),
				.file = stk_arena_dup(&kept->arena, from->file),
				.line = from->line[STK_SIDE_HEAD]});
	}
}

static void keep_slice(const struct stk_diff_slice *from, const struct stk_slice *measured,
	struct stk_kept *kept, struct stk_kept_type *out)
{
	struct stk_kept_slice *slice = stk_vec_push_new(&out->slices);

	slice->start_ns = measured->start_ns;
	slice->duration_ns = measured->end_ns - measured->start_ns;
	slice->instance = stk_arena_dup(&kept->arena, measured->instance ? measured->instance : "");
	slice->requests = from->requests;
	slice->total = from->total;
	slice->samples = from->samples;
	for (size_t k = 0; k < from->values.len; k++) {
		const struct stk_diff_value *value = &from->values.items[k];
		struct stk_kept_function *function = &out->functions.items[value->function];

		/* as it is added back: own cost by slice, what is below it once */
		function->total += value->total - value->self;
		function->n_total += value->n_total - value->n_self;
		if (value->self > 0)
			stk_vec_push(&slice->values, (struct stk_kept_value){value->function,
							     value->self, value->n_self});
	}
}

static int keep_type(struct stk_session *session, const struct stk_session_type *type,
	const struct stk_window *window, struct stk_kept *kept, struct stk_err *err)
{
	struct placing placing = {window, {STK_VEC_INIT, STK_VEC_INIT}, STK_VEC_INIT};
	struct stk_diff_input input;
	struct stk_kept_type *out;
	int rc;

	stk_compare_init_input(&input, type);
	rc = stk_compare_fill_input(session, type, &input, place_in_window, &placing, err);
	if (rc < 0)
		goto out;
	out = stk_vec_push_new(&kept->types);
	out->type_id = stk_arena_dup(&kept->arena, input.type_id);
	out->short_name = stk_arena_dup(&kept->arena, input.short_name);
	out->unit = stk_arena_dup(&kept->arena, input.unit);
	out->is_level = input.is_level;
	out->period = input.period;
	out->hz = input.hz;
	out->other = input.other[STK_SIDE_HEAD];
	keep_functions(&input, kept, out);
	for (size_t i = 0; i < input.slices.len; i++)
		keep_slice(&input.slices.items[i], placing.taken.items[i], kept, out);
	for (size_t i = 0; i < input.edges.len; i++)
		stk_vec_push(&out->edges, (struct stk_kept_edge){input.edges.items[i].caller,
						  input.edges.items[i].callee,
						  input.edges.items[i].value[STK_SIDE_HEAD]});
out:
	stk_diff_input_release(&input);
	stk_places_release(&placing.places);
	stk_vec_release(&placing.taken);
	return rc;
}

static void keep_load(
	const struct stk_run *run, const struct stk_window *window, struct stk_kept *kept)
{
	struct stk_kept_load *load = &kept->load;

	load->seconds = (double)(window->end_ns - window->start_ns) / 1e9;
	load->requests = window->requests;
	load->failed = window->failed;
	load->rate_planned = run->generator.rate_planned;
	load->p50_ms = window->p50_ms;
	load->p95_ms = window->p95_ms;
	load->p99_ms = window->p99_ms;
	load->cpu_ns = window->cpu_ns;
	for (size_t i = 0; i < run->series.keys.len; i++) {
		const struct stk_series_key *key = &run->series.keys.items[i];

		stk_vec_push(&load->endpoints,
			(struct stk_kept_endpoint){stk_arena_dup(&kept->arena, key->name),
				stk_series_sum(&run->series, key->side, key->scenario, key->name,
					window->start_ns, window->end_ns)});
	}
}

static void keep_head(const struct stk_run *run, struct stk_kept *kept)
{
	kept->version = stk_arena_dup(&kept->arena, run->version);
	kept->workflow = stk_arena_dup(&kept->arena, run->name);
	kept->run = stk_arena_dup(&kept->arena, run->id);
	kept->agent = stk_arena_dup(&kept->arena, run->sides[STK_SIDE_HEAD].agent);
	kept->measured_ns = run->start_ns;
	for (size_t i = 0; i < run->environment.len; i++)
		stk_vec_push(&kept->environment,
			(struct stk_fact){
				stk_arena_dup(&kept->arena, run->environment.items[i].key),
				stk_arena_dup(&kept->arena, run->environment.items[i].value)});
}

int stk_kept_input_keep(
	struct stk_session *session, size_t window, struct stk_kept *kept, struct stk_err *err)
{
	const struct stk_run *run = session->run;
	int rc = 0;

	keep_head(run, kept);
	keep_load(run, &run->windows.items[window], kept);
	for (size_t i = 0; rc == 0 && i < session->types.len; i++) {
		if (session->types.items[i].type_id)
			rc = keep_type(session, &session->types.items[i],
				&run->windows.items[window], kept, err);
	}
	if (rc == 0 && (kept->types.len == 0 || kept->types.items[0].slices.len == 0))
		rc = stk_err_set(err, STK_E_NOT_FOUND, "the window has no profiles");
	return rc;
}
