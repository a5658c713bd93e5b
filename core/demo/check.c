/* check: compares the rows of a run with the plants. */
#include "core/demo/check.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Files of the same function: one may be "" or carry a folder before it. */
static bool same_file(const char *a, const char *b)
{
	if (!a || !b || !*a || !*b)
		return true;
	return stk_str_ends(stk_str_of(a), b) || stk_str_ends(stk_str_of(b), a);
}

static bool is_function(const struct stk_function *function, const char *name, const char *file)
{
	return same(function->name, name) && same_file(function->file, file);
}

/* Is it the plant's own function, in any profile type? */
static bool is_own(const struct stk_row *row, const struct stk_demo_plants *plants)
{
	for (size_t i = 0; i < plants->len; i++) {
		const struct stk_demo_plant *plant = &plants->items[i];

		if (plant->kind != STK_DEMO_RENAME &&
			is_function(&row->function, plant->function, plant->file))
			return true;
	}
	return false;
}

static bool is_type(const struct stk_comparison *comparison, enum stk_demo_kind kind)
{
	struct stk_str name = stk_str_of(comparison->short_name);

	if (kind == STK_DEMO_CPU)
		return stk_str_is(name, "cpu");
	return stk_str_is(name, "alloc_space") || stk_str_is(name, "alloc_objects");
}

static bool is_found(const struct stk_run *run, const struct stk_demo_plant *plant)
{
	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *comparison = &run->comparisons.items[i];

		if (!is_type(comparison, plant->kind))
			continue;
		for (size_t k = 0; k < comparison->rows.len; k++) {
			const struct stk_row *row = &comparison->rows.items[k];

			if (row->verdict == STK_VERDICT_REGRESSION &&
				is_function(&row->function, plant->function, plant->file))
				return true;
		}
	}
	return false;
}

static bool is_rename_found(const struct stk_run *run, const struct stk_demo_plant *plant)
{
	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *comparison = &run->comparisons.items[i];

		for (size_t k = 0; k < comparison->rows.len; k++) {
			const struct stk_row *row = &comparison->rows.items[k];

			if (row->verdict == STK_VERDICT_MOVED &&
				is_function(&row->function, plant->rename, plant->file) &&
				is_function(&row->partner, plant->function, plant->file))
				return true;
		}
	}
	return false;
}

static bool is_planted(const struct stk_demo_plants *plants)
{
	for (size_t i = 0; i < plants->len; i++) {
		if (plants->items[i].kind != STK_DEMO_RENAME)
			return true;
	}
	return false;
}

/* A package is right if it holds a plant. Whether a caller calls one is not in the record: with
 * nothing planted it does not. */
static bool is_wrong_package(const struct stk_row *row, const struct stk_demo_plants *plants)
{
	for (size_t i = 0; i < plants->len; i++) {
		const struct stk_demo_plant *plant = &plants->items[i];
		struct stk_str file = stk_str_of(plant->file ? plant->file : "");
		size_t folder = strlen(row->function.name);

		if (plant->kind != STK_DEMO_RENAME && stk_str_starts(file, row->function.name) &&
			file.len > folder && file.ptr[folder] == '/')
			return false;
	}
	return true;
}

typedef void (*wrong_fn)(
	const struct stk_comparison *comparison, const struct stk_row *row, void *ctx);

static int each_wrong_group(const struct stk_comparison *comparison,
	const struct stk_demo_plants *plants, wrong_fn fn, void *ctx)
{
	const struct stk_rows *lists[] = {&comparison->inclusive, &comparison->packages};
	int wrong = 0;

	for (size_t list = 0; list < STK_ARRAY_LEN(lists); list++) {
		for (size_t i = 0; i < lists[list]->len; i++) {
			const struct stk_row *row = &lists[list]->items[i];
			bool is_wrong =
				list == 0 ? !is_planted(plants) : is_wrong_package(row, plants);

			if (row->verdict != STK_VERDICT_REGRESSION || !is_wrong)
				continue;
			wrong++;
			if (fn)
				fn(comparison, row, ctx);
		}
	}
	return wrong;
}

/* Each row that accuses a function which nobody made dearer. */
static int each_wrong(
	const struct stk_run *run, const struct stk_demo_plants *plants, wrong_fn fn, void *ctx)
{
	int wrong = 0;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *comparison = &run->comparisons.items[i];

		for (size_t k = 0; k < comparison->rows.len; k++) {
			const struct stk_row *row = &comparison->rows.items[k];

			if (row->verdict != STK_VERDICT_REGRESSION || is_own(row, plants))
				continue;
			wrong++;
			if (fn)
				fn(comparison, row, ctx);
		}
		wrong += each_wrong_group(comparison, plants, fn, ctx);
	}
	return wrong;
}

struct stk_demo_check stk_demo_check(
	const struct stk_run *run, const struct stk_demo_plants *plants)
{
	struct stk_demo_check check = {0};

	for (size_t i = 0; i < plants->len; i++) {
		const struct stk_demo_plant *plant = &plants->items[i];

		if (plant->kind == STK_DEMO_RENAME) {
			check.renames++;
			check.renames_found += is_rename_found(run, plant);
		} else {
			check.planted++;
			check.found += is_found(run, plant);
		}
	}
	check.wrong = each_wrong(run, plants, NULL, NULL);
	check.judged = !run->partial.is_partial && run->verdict != STK_VERDICT_INCONCLUSIVE;
	check.ok = check.found == check.planted && check.wrong == 0 &&
		   check.renames_found == check.renames;
	return check;
}

static void add_wrong(const struct stk_comparison *comparison, const struct stk_row *row, void *ctx)
{
	struct stk_buf *buf = ctx;

	stk_buf_addf(buf, "\n  wrongly accused: %s in %s, %+.1f %%",
		row->function.name ? row->function.name : "?",
		comparison->short_name ? comparison->short_name : "?", row->change * 100);
}

static const char *kind_name(enum stk_demo_kind kind)
{
	return kind == STK_DEMO_CPU ? "CPU" : "memory";
}

void stk_demo_check_format(
	const struct stk_run *run, const struct stk_demo_plants *plants, struct stk_buf *buf)
{
	struct stk_demo_check check = stk_demo_check(run, plants);

	stk_buf_addf(buf, "planted %d, found %d, wrongly accused %d.", check.planted, check.found,
		check.wrong);
	for (size_t i = 0; i < plants->len; i++) {
		const struct stk_demo_plant *plant = &plants->items[i];

		if (plant->kind == STK_DEMO_RENAME) {
			if (!is_rename_found(run, plant))
				stk_buf_addf(buf, "\n  missed: %s renamed to %s", plant->function,
					plant->rename);
		} else if (!is_found(run, plant)) {
			stk_buf_addf(buf, "\n  missed: %s, %s %+.0f %%", plant->function,
				kind_name(plant->kind), plant->size * 100);
		}
	}
	(void)each_wrong(run, plants, add_wrong, buf);
	if (!check.judged)
		stk_buf_addf(buf, "\n  not judged: %s",
			run->partial.is_partial ? run->partial.reason : run->headline);
}
