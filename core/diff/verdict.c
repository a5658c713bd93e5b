/* verdict: from a row's numbers to the word that stands beside it. */
#include "core/diff/verdict.h"
#include "core/diff/runtime.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/stats/decide.h"

struct stk_row stk_verdict_row(void)
{
	return (struct stk_row){.base_cost = NAN,
		.head_cost = NAN,
		.change = NAN,
		.lo = NAN,
		.hi = NAN,
		.level = 0.95,
		.theta = NAN,
		.se = NAN,
		.df = NAN,
		.p = NAN,
		.q = NAN,
		.impact = NAN,
		.share = NAN,
		.mde = NAN,
		.link.share = NAN};
}

void stk_verdict_numbers(struct stk_row *row, double level, double alpha, double margin)
{
	struct stk_estimate estimate = {row->theta, row->se, row->df};
	double low, high;

	if (isnan(row->theta) || isnan(row->se))
		return;
	stk_decide_interval(&estimate, level, &low, &high);
	row->level = level;
	row->change = expm1(row->theta);
	row->lo = expm1(low);
	row->hi = expm1(high);
	row->mde = stk_decide_mde(&estimate, alpha, log1p(margin));
}

static bool is_kept_without_any_pair(const struct stk_row *row, const struct stk_verdict_rule *rule)
{
	double limit = log1p(rule->min_change);

	return row->theta > 0.0 ? rule->least >= limit : rule->most <= -limit;
}

/* Why a significant row is no finding; NULL if it is one. */
static const char *objection(const struct stk_row *row, const struct stk_verdict_rule *rule)
{
	if (row->function.name && stk_runtime_is_own(row->function.name))
		return "the runtime's own: shown, not accused";
	if (fabs(row->theta) < log1p(rule->min_change))
		return "significant but small";
	if (row->theta * rule->raw <= 0.0)
		return "no change without the common shift";
	if (rule->min_impact > 0.0 && fabs(row->impact) < rule->min_impact)
		return "significant but hardly matters in total";
	if (rule->min_amount > 0.0 && fabs(row->head_cost - row->base_cost) < rule->min_amount)
		return "significant but small";
	if (!is_kept_without_any_pair(row, rule))
		return "driven by one pair";
	return NULL;
}

void stk_verdict_judge(struct stk_row *row, const struct stk_verdict_rule *rule)
{
	struct stk_estimate estimate = {row->theta, row->se, row->df};

	row->verdict = STK_VERDICT_INCONCLUSIVE;
	row->reason = "too few samples";
	if (isnan(row->theta) || isnan(row->se))
		return;
	if (row->q < rule->q_max) {
		row->reason = objection(row, rule);
		if (!row->reason)
			row->verdict =
				row->theta > 0.0 ? STK_VERDICT_REGRESSION : STK_VERDICT_IMPROVEMENT;
		if (!row->reason || fabs(row->theta) >= log1p(rule->min_change))
			return;
	}
	if (stk_decide_is_equivalent(&estimate, log1p(rule->min_change))) {
		row->verdict = STK_VERDICT_NO_CHANGE;
		row->reason = NULL;
		return;
	}
	if (!(row->q < rule->q_max))
		row->reason = "wide interval";
}

static int rank(const struct stk_row *row)
{
	switch (row->verdict) {
	case STK_VERDICT_REGRESSION:
		return 0;
	case STK_VERDICT_NEW:
		return 1;
	case STK_VERDICT_MOVED:
		return 2;
	case STK_VERDICT_IMPROVEMENT:
		return 3;
	case STK_VERDICT_VANISHED:
		return 4;
	case STK_VERDICT_INCONCLUSIVE:
	case STK_VERDICT_NO_CHANGE:
	case STK_VERDICT_NONE:
		break;
	}
	return row->tested ? 5 : 6;
}

static double size_of(const struct stk_row *row)
{
	double size = rank(row) < 5 ? fabs(row->impact) : row->share;

	return isnan(size) ? -1.0 : size;
}

static int compare_rows(const void *a, const void *b)
{
	const struct stk_row *x = a, *y = b;
	int order = rank(x) - rank(y);

	if (order != 0)
		return order;
	if (size_of(x) != size_of(y))
		return size_of(x) > size_of(y) ? -1 : 1;
	order = strcmp(x->function.name, y->function.name);
	return order ? order : strcmp(x->function.file, y->function.file);
}

void stk_verdict_sort(struct stk_row *rows, size_t len)
{
	if (len > 1)
		qsort(rows, len, sizeof *rows, compare_rows);
}
