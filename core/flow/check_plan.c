/* check_plan: how long the run to come takes, and what size of change it will be able to see. */
#include <math.h>

#include "core/base/units.h"
#include "core/diff/compare.h"
#include "core/flow/abba_priv.h"
#include "core/flow/blocks.h"
#include "core/flow/check_priv.h"
#include "core/flow/slices.h"
#include "core/flow/trust.h"
#include "core/stats/decide.h"
#include "core/stats/dispersion.h"
#include "core/stats/noticeable.h"

/* The same as the report says them for (diff/sampled.c). */
static const double shares[] = {0.05, 0.15};

#define TAIL_NS        (3 * STK_NS_PER_S) /* stopping, judging, writing */
#define LONG_RUN_NS    (15 * 60 * STK_NS_PER_S)
#define SHORT_SLICE_NS (10 * STK_NS_PER_S) /* every SDK can upload as often */
#define BUSY_HALF      0.4                 /* below it twice the load has room */
#define DROPPED_MAX    0.01                /* iterations that did not start, of the requests */

static const struct stk_compare_opts limits = STK_COMPARE_OPTS_INIT;

/* --- plan ------------------------------------------------------------------------------------- */

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Until the service answers, for as many sides as will be built and started. */
static int64_t start_ns(const struct stk_checking *checking, int sides)
{
	const struct stk_check_seen *seen = &checking->check->seen;

	return sides * (larger(seen->build_ns, 0) + larger(seen->ready_ns, 0));
}

static int plan_paired(struct stk_checking *checking, struct stk_err *err)
{
	struct stk_check_plan *plan = &checking->check->plan;
	const struct stk_load_spec *spec = &checking->workflow.load;
	struct stk_abba abba = {.session = &checking->session, .spec = spec};
	int64_t slice_ns = stk_slices_longest_ns(&checking->session);
	int rc = stk_abba_choose_block(&abba, err);

	if (rc < 0)
		return rc;
	plan->pairs = spec->pairs;
	plan->warmup_ns = larger(spec->warmup_ns, slice_ns);
	plan->block_ns = slice_ns > 0 || spec->block_ns > 0 ? abba.block_ns : 0;
	if (plan->block_ns == 0)
		return 0;
	plan->counted_ns = slice_ns > 0
				   ? stk_blocks_whole_slices(plan->block_ns, slice_ns) * slice_ns
				   : plan->block_ns;
	plan->total_ns = start_ns(checking, STK_SIDES) + plan->warmup_ns +
			 2 * plan->pairs * plan->block_ns + slice_ns + TAIL_NS;
	return 0;
}

static int plan_windows(struct stk_checking *checking, struct stk_err *err)
{
	struct stk_check_plan *plan = &checking->check->plan;
	const struct stk_load_spec *spec = &checking->workflow.load;
	int64_t slice_ns = stk_slices_longest_ns(&checking->session);
	int rc = 0;

	plan->load_ns = checking->written_ns;
	if (plan->load_ns > 0)
		rc = stk_drive_refuse_short(&checking->session, "load", plan->load_ns, err);
	if (rc == 0 && plan->mode == STK_MODE_IDLE) {
		plan->idle_ns = spec->idle_ns > 0 ? spec->idle_ns : 5 * slice_ns;
		rc = stk_drive_refuse_short(&checking->session, "idle", plan->idle_ns, err);
	}
	plan->counted_ns = larger(plan->load_ns - slice_ns, 0);
	if (plan->load_ns > 0)
		plan->total_ns =
			start_ns(checking, 1) + plan->idle_ns + plan->load_ns + slice_ns + TAIL_NS;
	return rc;
}

/* "about 5 min": a run is never as long as planned to the second. */
static void add_about(struct stk_buf *buf, int64_t ns)
{
	int64_t seconds = ns / STK_NS_PER_S;

	if (seconds < 90)
		stk_buf_addf(buf, " = about %lld s", (long long)(seconds + 4) / 5 * 5);
	else
		stk_buf_addf(buf, " = about %lld min", (long long)(seconds + 59) / 60);
}

static void add_paired(const struct stk_check_plan *plan, struct stk_buf *buf)
{
	stk_buf_addf(buf, "paired, %lld pairs × 2 builds", (long long)plan->pairs);
	if (plan->block_ns == 0) {
		stk_buf_add_text(buf, "; how long a block is, the profiles tell");
		return;
	}
	stk_buf_add_text(buf, " × ");
	stk_units_format_duration(buf, plan->block_ns);
	stk_buf_add_text(buf, " (");
	stk_units_format_duration(buf, plan->counted_ns);
	stk_buf_add_text(buf, " counted) + warm-up");
}

void stk_check_format_plan(const struct stk_check *check, struct stk_buf *buf)
{
	const struct stk_check_plan *plan = &check->plan;

	if (plan->is_own_flow || plan->is_refused) {
		stk_buf_add_text(buf, plan->is_refused
					      ? "not as it is, see above"
					      : "a flow of its own: how long it takes, only it "
						"knows");
		return;
	}
	if (plan->mode == STK_MODE_PAIRED) {
		add_paired(plan, buf);
	} else {
		stk_buf_add_text(buf, stk_mode_name(plan->mode));
		if (plan->idle_ns > 0) {
			stk_buf_add_text(buf, ", ");
			stk_units_format_duration(buf, plan->idle_ns);
			stk_buf_add_text(buf, " without load");
		}
		stk_buf_add_text(buf, ", ");
		stk_units_format_duration(buf, plan->load_ns);
		stk_buf_add_text(buf, " of load");
	}
	if (plan->total_ns > 0)
		add_about(buf, plan->total_ns);
}

/* --- sees ------------------------------------------------------------------------------------- */

static void add_sees(struct stk_check *check, double share, double change)
{
	stk_vec_push(&check->sees, (struct stk_sensitivity){share, change});
}

/* As the report will say it, with what only the run can show put in as nothing fitted: what rows
 * vary by from pair to pair beyond counting. */
static void see_paired(struct stk_check *check)
{
	const struct stk_check_plan *plan = &check->plan;
	double counted_s = (double)plan->counted_ns / 1e9, pairs = (double)plan->pairs;
	double samples = check->seen.samples_per_s * counted_s;
	double tested = fmax(check->seen.functions, 1.0); /* fmax passes over NaN */
	struct stk_noticeable row = {
		.pairs = pairs, .alpha = limits.q / tested, .margin = log1p(limits.null_margin)};
	double variance = stk_noticeable_counting(samples, samples);
	struct stk_estimate total = {.df = pairs - 1.0};

	stk_noticeable_unfitted(&row);
	check->samples = samples * pairs;
	if (plan->pairs < STK_COMPARE_PAIRS_MIN)
		return;
	for (size_t i = 0; i < STK_ARRAY_LEN(shares); i++) {
		row.counting = stk_noticeable_counting(shares[i] * samples, shares[i] * samples);
		add_sees(check, shares[i], stk_noticeable_paired(&row));
	}
	if (!isnan(check->seen.wobble)) /* of one second; of both sides' blocks */
		variance = fmax(variance, 2.0 * check->seen.wobble / counted_s);
	total.se = sqrt(variance / pairs);
	add_sees(check, 1.0, stk_decide_mde(&total, limits.q, row.margin));
}

/* Against a kept run of the same length: counting, and what lies between two runs, as A/A runs have
 * measured it or as a guess. */
static void see_sequential(struct stk_checking *checking)
{
	struct stk_check *check = checking->check;
	const struct stk_compare_aa aa = stk_trust_aa(&checking->session, checking->cpu_asked);
	double tested = fmax(check->seen.functions, 1.0);

	for (size_t i = 0; i <= STK_ARRAY_LEN(shares); i++) {
		double share = i < STK_ARRAY_LEN(shares) ? shares[i] : 1.0;
		double counting =
			stk_noticeable_counting(share * check->samples, share * check->samples);
		double between =
			share < 1.0 ? aa.sigma[stk_dispersion_band(share)] : aa.sigma_total;
		struct stk_estimate estimate = {
			0.0, aa.inflation * sqrt(counting + between * between), aa.df};

		add_sees(check, share,
			stk_decide_mde(&estimate, share < 1.0 ? limits.q / tested : limits.q,
				log1p(limits.null_margin)));
	}
}

/* Hotspots: half the width of the 95 % interval of a cost, by counting. */
static void see_hotspots(struct stk_check *check)
{
	for (size_t i = 0; i < STK_ARRAY_LEN(shares); i++)
		add_sees(check, shares[i], 1.96 / sqrt(shares[i] * check->samples + 0.5));
}

static void see(struct stk_checking *checking)
{
	struct stk_check *check = checking->check;
	const struct stk_check_plan *plan = &check->plan;

	if (plan->is_own_flow || plan->is_refused || plan->counted_ns <= 0 ||
		!(check->seen.samples_per_s > 0))
		return;
	if (plan->mode == STK_MODE_PAIRED) {
		see_paired(check);
		return;
	}
	check->samples = check->seen.samples_per_s * (double)plan->counted_ns / 1e9;
	if (plan->mode == STK_MODE_IDLE)
		see_hotspots(check);
	else
		see_sequential(checking);
}

static const char *why_blind(const struct stk_check *check)
{
	if (check->plan.is_refused)
		return "nothing";
	if (check->plan.is_own_flow)
		return "what its own flow can see, only it knows";
	if (!(check->seen.samples_per_s > 0))
		return "cannot be told: no samples of CPU time were seen under load";
	if (check->plan.mode == STK_MODE_PAIRED && check->plan.pairs < STK_COMPARE_PAIRS_MIN)
		return "nothing: a verdict needs 4 pairs";
	return "cannot be told: how long slices are is not known";
}

void stk_check_format_sees(const struct stk_check *check, struct stk_buf *buf)
{
	bool is_idle = check->plan.mode == STK_MODE_IDLE;

	if (check->sees.len == 0) {
		stk_buf_add_text(buf, why_blind(check));
		return;
	}
	stk_buf_add_text(buf, is_idle ? "costs to within " : "about ");
	for (size_t i = 0; i < check->sees.len; i++) {
		const struct stk_sensitivity *one = &check->sees.items[i];
		double percent = one->change * 100;

		stk_buf_addf(buf, "%s%s%.*f %%", i ? ", " : "", is_idle ? "±" : "+",
			percent < 10 ? 1 : 0, percent);
		if (one->share < 1.0)
			stk_buf_addf(buf, " on a function of %.0f %%", one->share * 100);
		else
			stk_buf_add_text(buf, " in total");
	}
	stk_buf_add_text(buf, "   (");
	stk_units_format_count(buf, llround(check->samples));
	stk_buf_addf(buf, " CPU samples%s)", is_idle ? "" : " a side");
}

/* --- more ------------------------------------------------------------------------------------- */

static void add_rate(const struct stk_checking *checking, struct stk_buf *buf)
{
	const struct stk_check_seen *seen = &checking->check->seen;
	const struct stk_load_spec *spec = &checking->workflow.load;
	double busy = seen->cores / seen->machine_cores;

	if (!(spec->rate > 0) || !(busy < BUSY_HALF) || seen->failed > 0)
		return;
	if ((double)seen->dropped > DROPPED_MAX * (double)seen->requests)
		return; /* it does not keep up with the rate that it has */
	stk_buf_addf(buf, "rate = \"%.10g/", 2 * spec->rate);
	if (spec->rate_unit_ns == STK_NS_PER_S)
		stk_buf_add_text(buf, "s");
	else
		stk_buf_add_text(buf, spec->rate_unit_ns == 60 * STK_NS_PER_S ? "m" : "h");
	stk_buf_addf(buf, "\" (the service is at %.0f %% CPU)", 100 * busy);
}

static void advise(struct stk_checking *checking)
{
	struct stk_check *check = checking->check;
	struct stk_buf text = STK_BUF_EMPTY;

	if (check->plan.is_own_flow)
		return;
	add_rate(checking, &text);
	if (check->plan.mode == STK_MODE_PAIRED)
		stk_buf_addf(&text, "%spairs = %lld", text.len ? ", " : "",
			(long long)larger(2 * check->plan.pairs, STK_COMPARE_PAIRS_MIN));
	else if (check->plan.load_ns > 0) {
		stk_buf_addf(&text, "%sduration = \"", text.len ? ", " : "");
		stk_units_format_duration(&text, 2 * check->plan.load_ns);
		stk_buf_add_text(&text, "\"");
	}
	check->advice = text.len ? stk_arena_dup(&check->arena, text.ptr) : NULL;
	stk_buf_release(&text);
}

/* Some agents upload once a minute, and blocks are as long as three slices. */
static void advise_shorter_slices(struct stk_checking *checking)
{
	struct stk_check *check = checking->check;
	const struct stk_check_plan *plan = &check->plan;
	int64_t slice_ns = stk_slices_longest_ns(&checking->session);
	int64_t block_ns = stk_blocks_length_ns(SHORT_SLICE_NS);
	int64_t warmup_ns = larger(checking->workflow.load.warmup_ns, SHORT_SLICE_NS);
	int64_t saved_ns = 2 * plan->pairs * (plan->block_ns - block_ns) + plan->warmup_ns -
			   warmup_ns + slice_ns - SHORT_SLICE_NS;
	struct stk_buf text = STK_BUF_EMPTY;

	if (plan->mode != STK_MODE_PAIRED || checking->workflow.load.block_ns > 0 ||
		plan->total_ns < LONG_RUN_NS || slice_ns < 2 * SHORT_SLICE_NS)
		return;
	stk_buf_add_text(&text, "slices of ");
	stk_units_format_duration(&text, SHORT_SLICE_NS);
	stk_buf_add_text(&text, " in place of ");
	stk_units_format_duration(&text, slice_ns);
	stk_buf_add_text(&text, ", by the agent's upload interval,");
	add_about(&text, plan->total_ns - saved_ns);
	check->quicker = stk_arena_dup(&check->arena, text.ptr);
	stk_buf_release(&text);
}

void stk_check_plan(struct stk_checking *checking)
{
	struct stk_check_plan *plan = &checking->check->plan;
	struct stk_err err = STK_ERR_INIT;
	int rc = 0;

	plan->mode = checking->workflow.mode;
	plan->is_own_flow = checking->workflow.run_fn != 0;
	if (!plan->is_own_flow)
		rc = plan->mode == STK_MODE_PAIRED ? plan_paired(checking, &err)
						   : plan_windows(checking, &err);
	if (rc < 0)
		stk_checking_fail(checking, "plan", &err);
	plan->is_refused = rc < 0;
	see(checking);
	advise(checking);
	advise_shorter_slices(checking);
}
