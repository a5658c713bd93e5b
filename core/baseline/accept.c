/* accept: a regression of a run that is taken on purpose, as an entry of .stoker/accepted.json. */
#include "core/baseline/accept.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEARER_MAX = 1000 };

/* Dearer, for sure or as far as a comparison may say that is not calibrated. */
static bool is_dearer(const struct stk_row *row)
{
	return row->verdict == STK_VERDICT_REGRESSION ||
	       (row->verdict == STK_VERDICT_INCONCLUSIVE && row->q < 0.05 && row->theta > 0.0);
}

/* The end of the interval, up to the next tenth: the next run measures it a little differently.
 * What got worse by getting less (throughput) counts by its size. */
static double limit_of(const struct stk_row *row)
{
	bool is_less = row->change < 0.0;
	double end = is_less ? -row->lo : row->hi, change = is_less ? -row->change : row->change;
	double seen = isfinite(end) && end > 0.0 ? end : change;

	return isfinite(seen) && seen > 0.0 ? fmax(0.1, ceil(seen * 10.0) / 10.0) : NAN;
}

/* --- what may be accepted ------------------------------------------------------------------ */

static int call(stk_accept_fn fn, const struct stk_accept_row *row, void *ctx, struct stk_err *err)
{
	return row->function && is_dearer(row->row) ? fn(row, ctx, err) : 0;
}

static int each_of(
	const struct stk_comparison *one, stk_accept_fn fn, void *ctx, struct stk_err *err)
{
	const struct stk_rows *lists[] = {&one->rows, &one->inclusive, &one->packages};
	struct stk_accept_row row = {"total", one->short_name, one->type_id, &one->total};
	int rc = call(fn, &row, ctx, err);

	for (size_t list = 0; list < STK_ARRAY_LEN(lists); list++)
		for (size_t i = 0; rc == 0 && i < lists[list]->len; i++) {
			row.row = &lists[list]->items[i];
			row.function = row.row->function.name;
			rc = call(fn, &row, ctx, err);
		}
	return rc;
}

int stk_accept_each(const struct stk_run *run, stk_accept_fn fn, void *ctx, struct stk_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < run->comparisons.len; i++)
		rc = each_of(&run->comparisons.items[i], fn, ctx, err);
	for (size_t i = 0; rc == 0 && i < run->totals.len; i++) {
		const struct stk_total *total = &run->totals.items[i];
		struct stk_accept_row row = {"total", total->name, total->name, &total->row};

		rc = call(fn, &row, ctx, err);
	}
	return rc;
}

/* --- entries ------------------------------------------------------------------------------- */

/* The limit of an entry for the same, by the same command; 0 where there is none. */
static double limit_there(const struct stk_accepted *fresh, const struct stk_accepted_entry *entry)
{
	const struct stk_accepted_entry *there = stk_accepted_find(fresh, entry);

	return there ? there->limit : 0.0;
}

int stk_accept_take(struct stk_accepted *fresh, const struct stk_run *run,
	const struct stk_accept_row *row, const struct stk_accept_opts *opts, struct stk_err *err)
{
	struct stk_accepted_entry entry = {.function = row->function,
		.profile = row->profile,
		.workflow = run->name,
		.limit = isnan(opts->limit) ? limit_of(row->row) : opts->limit,
		.reason = opts->reason,
		.author = opts->author,
		.until_ns = opts->until_ns};
	double there = limit_there(fresh, &entry);

	/* a function's own cost and that with all it calls: one entry covers both */
	if (isnan(there) || there > entry.limit)
		entry.limit = there;
	return stk_accepted_add(fresh, &entry, err);
}

/* What a look through the rows is for. */
struct looking {
	struct stk_accepted fresh;
	const struct stk_run *run;
	const struct stk_accept_opts *opts;
	const char *names[NEARER_MAX];
	size_t names_len;
};

static int look_at(const struct stk_accept_row *row, void *ctx, struct stk_err *err)
{
	const char *profile = ((struct looking *)ctx)->opts->profile;
	struct looking *looking = ctx;

	if (profile && strcmp(profile, row->profile) != 0 && strcmp(profile, row->type_id) != 0)
		return 0;
	if (looking->names_len < NEARER_MAX)
		looking->names[looking->names_len++] = row->function;
	if (strcmp(row->function, looking->opts->function) != 0)
		return 0;
	return stk_accept_take(&looking->fresh, looking->run, row, looking->opts, err);
}

static bool has_row(const struct stk_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->len; i++)
		if (rows->items[i].function.name && strcmp(rows->items[i].function.name, name) == 0)
			return true;
	return false;
}

/* Whether a function, or a package, is in the run at all. */
static bool is_there(const struct stk_run *run, const char *function)
{
	if (strcmp(function, "total") == 0)
		return true;
	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];

		if (has_row(&one->rows, function) || has_row(&one->inclusive, function) ||
			has_row(&one->packages, function))
			return true;
	}
	return false;
}

static int refuse(const struct looking *looking, struct stk_err *err)
{
	const char *function = looking->opts->function;
	const char *nearest =
		stk_str_nearest(stk_str_of(function), looking->names, looking->names_len);

	if (is_there(looking->run, function))
		stk_err_set(err, STK_E_NOT_FOUND, "'%s' did not get dearer in run %s", function,
			looking->run->id);
	else
		stk_err_set(err, STK_E_NOT_FOUND, "run %s has no function '%s'", looking->run->id,
			function);
	if (nearest)
		stk_err_hint(err, "did you mean '%s'?", nearest);
	else if (looking->names_len > 0)
		stk_err_hint(err, "what got dearer: %s%s", looking->names[0],
			looking->names_len > 1 ? ", and more" : "");
	else
		stk_err_hint(err, "nothing got dearer in that run");
	return STK_E_NOT_FOUND;
}

int stk_accept_add(struct stk_accepted *accepted, const struct stk_run *run,
	const struct stk_accept_opts *opts, size_t *added_out, struct stk_err *err)
{
	struct looking *looking = stk_xcalloc(1, sizeof *looking);
	int rc;

	looking->run = run;
	looking->opts = opts;
	stk_accepted_init(&looking->fresh);
	rc = stk_accept_each(run, look_at, looking, err);
	if (rc == 0 && looking->fresh.entries.len == 0)
		rc = refuse(looking, err);
	for (size_t i = 0; rc == 0 && i < looking->fresh.entries.len; i++)
		rc = stk_accepted_add(accepted, &looking->fresh.entries.items[i], err);
	if (rc == 0) {
		stk_accepted_sort(accepted);
		*added_out = looking->fresh.entries.len;
	}
	stk_accepted_release(&looking->fresh);
	free(looking);
	return rc;
}
