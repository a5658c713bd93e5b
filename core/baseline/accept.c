/* accept: a regression of a run that is taken on purpose, as an entry of .stoker/accepted.json. */
#include "core/baseline/accept.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEARER_MAX 1000

static const char *name_of(const struct stk_comparison *comparison, const struct stk_row *row)
{
	return row == &comparison->total ? "total" : row->function.name;
}

/* Dearer, for sure or as far as a comparison may say that is not calibrated. */
static bool is_dearer(const struct stk_row *row)
{
	return row->verdict == STK_VERDICT_REGRESSION ||
	       (row->verdict == STK_VERDICT_INCONCLUSIVE && row->q < 0.05 && row->theta > 0.0);
}

/* The end of the interval, up to the next tenth: the next run measures it a little differently. */
static double limit_of(const struct stk_row *row)
{
	double seen = isfinite(row->hi) && row->hi > 0.0 ? row->hi : row->change;

	return isfinite(seen) && seen > 0.0 ? fmax(0.1, ceil(seen * 10.0) / 10.0) : NAN;
}

static int take_row(struct stk_accepted *accepted, const struct stk_run *run,
	const struct stk_comparison *comparison, const struct stk_row *row,
	const struct stk_accept_opts *opts, struct stk_err *err)
{
	struct stk_accepted_entry entry = {.function = opts->function,
		.profile = comparison->short_name,
		.workflow = run->name,
		.limit = isnan(opts->limit) ? limit_of(row) : opts->limit,
		.reason = opts->reason,
		.author = opts->author,
		.until_ns = opts->until_ns};

	return stk_accepted_add(accepted, &entry, err);
}

typedef void (*row_fn)(
	const struct stk_comparison *comparison, const struct stk_row *row, void *ctx);

static void each_row(const struct stk_run *run, const char *profile, row_fn fn, void *ctx)
{
	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];

		if (profile && strcmp(profile, one->short_name) != 0 &&
			strcmp(profile, one->type_id) != 0)
			continue;
		fn(one, &one->total, ctx);
		for (size_t k = 0; k < one->rows.len; k++)
			fn(one, &one->rows.items[k], ctx);
	}
}

/* What a look through the rows is for. */
struct looking {
	struct stk_accepted *accepted;
	const struct stk_run *run;
	const struct stk_accept_opts *opts;
	struct stk_err *err;
	int rc;
	size_t added;
	const struct stk_row *seen; /* of that name, though it did not get dearer */
	const char *names[NEARER_MAX];
	size_t names_len;
};

static void look_at(const struct stk_comparison *comparison, const struct stk_row *row, void *ctx)
{
	struct looking *looking = ctx;
	const char *name = name_of(comparison, row);

	if (!name || looking->rc < 0)
		return;
	if (is_dearer(row) && looking->names_len < NEARER_MAX)
		looking->names[looking->names_len++] = name;
	if (strcmp(name, looking->opts->function) != 0)
		return;
	looking->seen = row;
	if (!is_dearer(row))
		return;
	looking->rc = take_row(
		looking->accepted, looking->run, comparison, row, looking->opts, looking->err);
	looking->added += looking->rc == 0;
}

static int refuse(const struct looking *looking, struct stk_err *err)
{
	const char *function = looking->opts->function;
	const char *nearest =
		stk_str_nearest(stk_str_of(function), looking->names, looking->names_len);

	if (looking->seen)
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

	*looking = (struct looking){.accepted = accepted, .run = run, .opts = opts, .err = err};
	each_row(run, opts->profile, look_at, looking);
	rc = looking->rc;
	if (rc == 0 && looking->added == 0)
		rc = refuse(looking, err);
	if (rc == 0) {
		stk_accepted_sort(accepted);
		*added_out = looking->added;
	}
	free(looking);
	return rc;
}
