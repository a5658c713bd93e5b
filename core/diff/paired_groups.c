/* paired_groups: callers and packages of a paired comparison, a family of their own (6.7, F3). */
#include <stdlib.h>
#include <string.h>

#include "core/diff/groups.h"
#include "core/diff/paired.h"
#include "core/diff/verdict.h"

/* A changed function; one that only has a new name may still call what changed. */
static bool is_named(const struct stk_row *row, double q)
{
	switch (row->verdict) {
	case STK_VERDICT_REGRESSION:
	case STK_VERDICT_IMPROVEMENT:
		return true;
	case STK_VERDICT_MOVED:
	case STK_VERDICT_NEW:
	case STK_VERDICT_VANISHED:
		return row->q < q;
	default:
		return false;
	}
}

static bool is_finding(const struct stk_row *row)
{
	return row->verdict == STK_VERDICT_REGRESSION || row->verdict == STK_VERDICT_IMPROVEMENT;
}

static void fold(const struct stk_paired *functions, const struct stk_groups *groups,
	struct stk_paired *tested)
{
	struct stk_groups_folding folding = {.matrix = &tested->matrix,
		.shift = functions->common_shift,
		.found = stk_xcalloc(tested->entries.len + 1, sizeof *folding.found),
		.named = stk_xcalloc(functions->matrix.len + 1, sizeof *folding.named)};

	for (size_t i = 0; i < functions->entries.len; i++) {
		const struct stk_paired_entry *entry = &functions->entries.items[i];

		folding.named[entry->at] = is_named(&entry->row, functions->opts->q);
	}
	for (size_t i = 0; i < tested->entries.len; i++) {
		struct stk_paired_entry *entry = &tested->entries.items[i];

		if (is_finding(&entry->row))
			folding.found[folding.len++] =
				(struct stk_groups_found){entry->at, &entry->row};
	}
	stk_groups_fold(groups, &folding);
	free(folding.named);
	free(folding.found);
}

static void write_rows(const struct stk_paired *tested, const struct stk_groups *groups,
	struct stk_comparison *out)
{
	for (size_t i = 0; i < tested->entries.len; i++) {
		const struct stk_paired_entry *entry = &tested->entries.items[i];

		if (entry->row.tested)
			stk_vec_push(entry->at < groups->totals ? &out->inclusive : &out->packages,
				entry->row);
	}
	stk_verdict_sort(out->inclusive.items, out->inclusive.len);
	stk_verdict_sort(out->packages.items, out->packages.len);
}

int stk_paired_groups(
	const struct stk_paired *paired, struct stk_comparison *out, struct stk_err *err)
{
	struct stk_compare_opts opts = *paired->opts;
	struct stk_paired tested = {.opts = &opts,
		.run = paired->run,
		.min_change = paired->min_change,
		.common_shift = paired->common_shift,
		.shift_error = paired->shift_error,
		.is_groups = true};
	struct stk_groups groups;
	int rc;

	opts.min_impact = opts.min_impact_group;
	stk_groups_init(&groups, &paired->matrix, opts.min_share);
	rc = stk_matrix_build(&groups.input, false, &tested.matrix, err);
	if (rc < 0)
		goto out;
	tested.shift = stk_xmemdup(paired->shift, tested.matrix.pairs * sizeof *tested.shift);
	stk_paired_test(&tested);
	fold(paired, &groups, &tested);
	write_rows(&tested, &groups, out);
out:
	stk_paired_release(&tested);
	stk_groups_release(&groups);
	return rc;
}
