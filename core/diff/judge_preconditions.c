/* judge_preconditions: what must hold of the measurement before anything may be concluded.
 *
 * Reference regression 6.3, as far as the record alone can tell. Where a rule compares counts,
 * it allows for their sampling error: a limit that chance alone crosses is no precondition. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diff/judge.h"
#include "core/stats/order.h"

#define SLICES_MIN    0.80
#define LOAD_MIN      0.98
#define ARMS_MAX      0.02
#define ERRORS_MAX    0.01
#define ERRORS_DIFF   0.005
#define MIX_WARN      0.01
#define MIX_FAIL      0.05
#define BUSY_WARN     0.85
#define LATE_WARN_MS  50.0
#define LATE_FAIL_MS  1000.0
#define YIELD_OFF     0.10
#define YIELD_WARN    0.03
#define YIELD_FAIL    0.10
#define OTHER_MAX     0.05
#define THROTTLED_MAX 0.01
#define CHANCE        2.6 /* standard errors allowed for */

static bool has(const struct stk_run *run, const char *name)
{
	for (size_t i = 0; i < run->preconditions.len; i++) {
		if (strcmp(run->preconditions.items[i].name, name) == 0)
			return true;
	}
	return false;
}

struct arm {
	int blocks;
	double requests, failed, seconds;
};

static struct arm arm_of(const struct stk_run *run, int side)
{
	struct arm arm = {0};

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];

		if (window->kind != STK_WINDOW_BLOCK || window->side != side)
			continue;
		arm.blocks++;
		arm.requests += (double)window->requests;
		arm.failed += (double)window->failed;
		arm.seconds += (double)(window->end_ns - window->start_ns) / 1e9;
	}
	return arm;
}

static void check_pairs(struct stk_run *run)
{
	int most = 0, least = 1 << 20;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		int pairs = run->comparisons.items[i].pairs;

		most = pairs > most ? pairs : most;
		least = pairs < least ? pairs : least;
	}
	if (run->comparisons.len == 0)
		stk_run_precondition(run, "pairs", STK_CHECK_FAIL, "no profiles of both sides");
	else if (most < STK_COMPARE_PAIRS_MIN)
		stk_run_precondition(run, "pairs", STK_CHECK_FAIL,
			"%d of %d pairs have slices on both sides, a verdict needs %d", most,
			run->planned_pairs, STK_COMPARE_PAIRS_MIN);
	else if (least < STK_COMPARE_PAIRS_MIN)
		stk_run_precondition(run, "pairs", STK_CHECK_WARN,
			"a profile type has only %d of %d pairs", least, run->planned_pairs);
	else
		stk_run_precondition(
			run, "pairs", STK_CHECK_OK, "%d of %d pairs", least, run->planned_pairs);
}

/* Counted slices of one type and side, and the usual length of one. */
static int count_slices(
	const struct stk_run *run, const char *type_id, int side, double *length_out)
{
	double *lengths = stk_xcalloc(run->slices.len + 1, sizeof *lengths);
	size_t len = 0;
	int counted = 0;

	for (size_t i = 0; i < run->slices.len; i++) {
		const struct stk_slice *slice = &run->slices.items[i];

		if (slice->side != side || strcmp(slice->type_id, type_id) != 0)
			continue;
		lengths[len++] = (double)(slice->end_ns - slice->start_ns);
		counted += slice->counted;
	}
	*length_out = stk_order_median(lengths, len);
	free(lengths);
	return counted;
}

/* Whole slices that fit behind the one that holds the switch. */
static int planned_slices(const struct stk_run *run, int side, double length)
{
	int planned = 0;

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];
		double fit;

		if (window->kind != STK_WINDOW_BLOCK || window->side != side)
			continue;
		fit = floor((double)(window->end_ns - window->start_ns) / length * 1.001) - 1.0;
		planned += fit > 1.0 ? (int)fmin(fit, 1e6) : 1;
	}
	return planned;
}

static void check_slices(struct stk_run *run)
{
	static const char *const names[] = {"base", "head"};
	double worst = 1.0;
	const char *type = NULL;
	int seen = 0, wanted = 0, at = 0;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];

		for (int side = 0; side < STK_SIDES; side++) {
			double length;
			int have = count_slices(run, one->type_id, side, &length);
			int planned = length > 0.0 ? planned_slices(run, side, length) : 0;

			if (planned == 0 || (double)have / planned >= worst)
				continue;
			worst = (double)have / planned;
			type = one->short_name;
			seen = have;
			wanted = planned;
			at = side;
		}
	}
	if (type)
		stk_run_precondition(run, "slices",
			worst < SLICES_MIN ? STK_CHECK_FAIL : STK_CHECK_OK,
			"%s%d of %d %s slices of %s arrived", worst < SLICES_MIN ? "only " : "",
			seen, wanted, type, names[at]);
	else if (run->slices.len > 0)
		stk_run_precondition(run, "slices", STK_CHECK_OK, "all there");
}

static void check_load(struct stk_run *run)
{
	struct arm base = arm_of(run, STK_SIDE_BASE), head = arm_of(run, STK_SIDE_HEAD);
	const struct stk_generator_info *generator = &run->generator;
	double ratio, chance;

	if (!(base.requests > 0.0) || !(head.requests > 0.0)) {
		stk_run_precondition(run, "load", STK_CHECK_FAIL,
			"no requests were completed on %s", base.requests > 0.0 ? "head" : "base");
		return;
	}
	if (generator->planned > 0 &&
		(double)generator->started < LOAD_MIN * (double)generator->planned) {
		stk_run_precondition(run, "load", STK_CHECK_FAIL,
			"%.1f %% of the planned load was offered (at least 98 %%)",
			100.0 * (double)generator->started / (double)generator->planned);
		return;
	}
	ratio = (head.requests / head.seconds) / (base.requests / base.seconds) - 1.0;
	chance = CHANCE * sqrt(1.0 / base.requests + 1.0 / head.requests);
	if (fabs(ratio) <= ARMS_MAX + chance)
		stk_run_precondition(run, "load", STK_CHECK_OK, "%.1f and %.1f requests a second",
			base.requests / base.seconds, head.requests / head.seconds);
	else
		/* A closed model answers a slower build with fewer requests: no fault of the run.
		 */
		stk_run_precondition(run, "load",
			generator->rate_planned > 0.0 ? STK_CHECK_FAIL : STK_CHECK_WARN,
			"head got %+.1f %% requests beside base (at most 2 %% apart)",
			100.0 * ratio);
}

static void check_errors(struct stk_run *run)
{
	struct arm base = arm_of(run, STK_SIDE_BASE), head = arm_of(run, STK_SIDE_HEAD);
	double a, b;
	bool failed;

	if (!(base.requests > 0.0) || !(head.requests > 0.0))
		return;
	a = base.failed / base.requests;
	b = head.failed / head.requests;
	failed = a > ERRORS_MAX || b > ERRORS_MAX || fabs(a - b) > ERRORS_DIFF;
	stk_run_precondition(run, "errors", failed ? STK_CHECK_FAIL : STK_CHECK_OK,
		"%.2f %% of base's and %.2f %% of head's requests failed%s", 100.0 * a, 100.0 * b,
		failed ? " (at most 1 %, 0.5 points apart)" : "");
}

static double series_in_blocks(
	const struct stk_run *run, int side, const struct stk_series_key *key)
{
	double sum = 0.0;

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];

		if (window->kind == STK_WINDOW_BLOCK && window->side == side)
			sum += stk_series_sum(&run->series, side, key ? key->scenario : NULL,
				key ? key->name : NULL, window->start_ns, window->end_ns);
	}
	return sum;
}

static void check_mix(struct stk_run *run)
{
	double base_all = series_in_blocks(run, STK_SIDE_BASE, NULL);
	double head_all = series_in_blocks(run, STK_SIDE_HEAD, NULL);
	double worst = 0.0;
	const char *name = NULL;
	enum stk_check_state state = STK_CHECK_OK;

	if (!(base_all > 0.0) || !(head_all > 0.0))
		return;
	for (size_t i = 0; i < run->series.keys.len; i++) {
		const struct stk_series_key *key = &run->series.keys.items[i];
		double a = series_in_blocks(run, STK_SIDE_BASE, key) / base_all;
		double b = series_in_blocks(run, STK_SIDE_HEAD, key) / head_all;
		double share = 0.5 * (a + b);
		double chance =
			CHANCE * sqrt(share * (1.0 - share) * (1.0 / base_all + 1.0 / head_all));

		if (fabs(a - b) - chance <= worst)
			continue;
		worst = fabs(a - b) - chance;
		name = key->name;
	}
	if (worst > MIX_WARN)
		state = worst > MIX_FAIL ? STK_CHECK_FAIL : STK_CHECK_WARN;
	if (state == STK_CHECK_OK)
		stk_run_precondition(run, "mix", state, "the same requests on both sides");
	else
		stk_run_precondition(run, "mix", state,
			"the share of '%s' differs by %.1f points beyond chance", name,
			100.0 * worst);
}

static void check_generator(struct stk_run *run)
{
	const struct stk_generator_info *generator = &run->generator;
	double dropped = generator->planned > 0
				 ? (double)generator->dropped / (double)generator->planned
				 : 0.0;

	if (isnan(generator->busy) && isnan(generator->late_p99_ms))
		return;
	if (generator->late_p99_ms > LATE_FAIL_MS || dropped > 1.0 - LOAD_MIN)
		stk_run_precondition(run, "generator", STK_CHECK_FAIL,
			"the load generator fell behind: starts late p99 %.0f ms, %lld dropped",
			generator->late_p99_ms, (long long)generator->dropped);
	else if (isnan(generator->late_p99_ms)) /* another program, which does not tell */
		stk_run_precondition(run, "generator",
			generator->busy > BUSY_WARN ? STK_CHECK_WARN : STK_CHECK_OK,
			"it used %.0f %% of all CPUs; how late its starts were is not known",
			100.0 * generator->busy);
	else if (generator->late_p99_ms > LATE_WARN_MS || generator->busy > BUSY_WARN)
		stk_run_precondition(run, "generator", STK_CHECK_WARN,
			"the load generator was %.0f %% busy, starts late p99 %.0f ms",
			100.0 * generator->busy, generator->late_p99_ms);
	else
		stk_run_precondition(run, "generator", STK_CHECK_OK,
			"%.0f %% busy, starts late p99 %.1f ms", 100.0 * generator->busy,
			generator->late_p99_ms);
}

static const struct stk_row *exact_cpu(const struct stk_run *run)
{
	for (size_t i = 0; i < run->totals.len; i++) {
		if (strcmp(run->totals.items[i].name, "cpu") == 0)
			return &run->totals.items[i].row;
	}
	return NULL;
}

/* Sampled CPU over exact CPU: a profiler that misses more on one side makes it look cheaper. */
static void check_yield(struct stk_run *run)
{
	const struct stk_row *exact = exact_cpu(run);

	for (size_t i = 0; exact && i < run->comparisons.len; i++) {
		const struct stk_comparison *one = &run->comparisons.items[i];
		double base, head, apart, chance;
		enum stk_check_state state = STK_CHECK_OK;

		if (strcmp(one->short_name, "cpu") != 0 || strcmp(one->unit, "nanoseconds") != 0)
			continue;
		base = one->total.base_cost / exact->base_cost;
		head = one->total.head_cost / exact->head_cost;
		if (!(base > 0.0) || !(head > 0.0))
			continue;
		apart = fabs(log(head / base));
		chance = CHANCE * sqrt(1.0 / one->samples_base + 1.0 / one->samples_head);
		if (fabs(base - 1.0) > YIELD_OFF || fabs(head - 1.0) > YIELD_OFF ||
			apart > YIELD_WARN + chance)
			state = STK_CHECK_WARN;
		if (apart > YIELD_FAIL + chance)
			state = STK_CHECK_FAIL;
		stk_run_precondition(run, "yield", state,
			"the profiles hold %.0f %% of base's and %.0f %% of head's CPU time",
			100.0 * base, 100.0 * head);
	}
}

static void check_truncation(struct stk_run *run)
{
	double worst = 0.0;
	const char *type = NULL;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		if (run->comparisons.items[i].other > worst) {
			worst = run->comparisons.items[i].other;
			type = run->comparisons.items[i].short_name;
		}
	}
	if (worst > OTHER_MAX)
		stk_run_precondition(run, "truncation", STK_CHECK_FAIL,
			"%.1f %% of %s is in 'other': the server cut the profile off (at most 5 "
			"%%)",
			100.0 * worst, type);
}

/* A CPU quota that holds a service back makes its latency, and what it does in a second, the
 * quota's. */
static void check_saturation(struct stk_run *run)
{
	double held[STK_SIDES] = {0.0, 0.0}, time[STK_SIDES] = {0.0, 0.0}, worst = 0.0;
	const char *const names[] = {"base", "head"};
	int at = STK_SIDE_HEAD;
	bool any = false;

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];

		if ((window->kind != STK_WINDOW_BLOCK && window->kind != STK_WINDOW_LOAD) ||
			window->side < 0 || window->throttled_ns < 0)
			continue;
		any = true;
		held[window->side] += (double)window->throttled_ns;
		time[window->side] += (double)(window->end_ns - window->start_ns);
	}
	for (int side = 0; side < STK_SIDES; side++) {
		if (!(time[side] > 0.0) || held[side] / time[side] <= worst)
			continue;
		worst = held[side] / time[side];
		at = side;
	}
	if (!any)
		return;
	if (worst > THROTTLED_MAX)
		stk_run_precondition(run, "saturation", STK_CHECK_FAIL,
			"%s was held back by its CPU quota %.1f %% of the time (at most 1 %%)",
			names[at], 100.0 * worst);
	else
		stk_run_precondition(run, "saturation", STK_CHECK_OK,
			"held back by a CPU quota %.1f %% of the time", 100.0 * worst);
}

/* Those of a paired run look at its blocks; for a kept base flow has checked what those do. */
static const struct {
	const char *name;
	void (*check)(struct stk_run *run);
	bool is_of_blocks;
} checks[] = {
	{"pairs", check_pairs, true},
	{"slices", check_slices, true},
	{"load", check_load, true},
	{"errors", check_errors, true},
	{"mix", check_mix, true},
	{"saturation", check_saturation, false},
	{"generator", check_generator, false},
	{"yield", check_yield, false},
	{"truncation", check_truncation, false},
};

void stk_judge_preconditions(struct stk_run *run)
{
	bool is_paired = run->mode == STK_MODE_PAIRED;

	if (!is_paired && run->mode != STK_MODE_BASELINE)
		return;
	for (size_t i = 0; i < STK_ARRAY_LEN(checks); i++) {
		if (!has(run, checks[i].name) && (is_paired || !checks[i].is_of_blocks))
			checks[i].check(run);
	}
}
