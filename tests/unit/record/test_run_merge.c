/* test_run_merge: which records belong together, and that their sums are exact. */
#include "core/record/run_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/rand.h"

#define S      INT64_C(1000000000)
#define T0     (INT64_C(1795358285) * S)
#define PLAN   "0123456789abcdef0123456789abcdef"
#define THIRDS "0,1/3,2/3,1"

static const char *const segments[] = {"0:1/3", "1/3:2/3", "2/3:1"};

static void make(struct stk_run *run, size_t part)
{
	stk_run_init(run);
	run->id = stk_run_text(run, segments[part]);
	run->name = run->version = run->command = "x";
	run->plan = (struct stk_plan_info){PLAN, segments[part], THIRDS};
	run->start_ns = T0 + (int64_t)part;
	run->end_ns = T0 + 10 * S + (int64_t)part;
	run->generator.busy = 0.1 * (double)(part + 1);
	run->generator.planned = run->generator.started = 10;
	run->metrics.duration_s = 10;
}

static void sample(struct stk_run *run, const char *name, enum stk_metric_type type, double value)
{
	struct stk_metric *metric =
		stk_metrics_put(&run->metrics, name, "", type, STK_METRIC_DEFAULT);

	metric->builtin = true;
	stk_metric_add(metric, value);
}

struct three {
	struct stk_run runs[3], out;
	const struct stk_run *list[3];
	struct stk_err err;
};

static int set_up(void **state)
{
	static struct three three;

	memset(&three, 0, sizeof three);
	stk_run_init(&three.out);
	for (size_t i = 0; i < 3; i++) {
		make(&three.runs[i], i);
		three.list[i] = &three.runs[i];
	}
	*state = &three;
	return 0;
}

static int tear_down(void **state)
{
	struct three *three = *state;

	for (size_t i = 0; i < 3; i++)
		stk_run_release(&three->runs[i]);
	stk_run_release(&three->out);
	return 0;
}

static void check_refused(struct three *three, size_t len, const char *word)
{
	assert_int_equal(stk_run_merge(three->list, len, &three->out, &three->err), STK_E_INVAL);
	if (!strstr(three->err.msg, word))
		fail_msg("'%s' does not say '%s'", three->err.msg, word);
}

/* Every sample into one metric, and dealt over three that are merged: the same bucket by bucket. */
/* k6 8.7: each runner has a summary of its own | `stoker merge` gives the record of the whole | -
 */
static void run_merge__is_the_record_of_the_whole(void **state)
{
	struct three *three = *state;
	struct stk_run whole;
	struct stk_rand rng;
	struct stk_metric *one, *all;

	stk_run_init(&whole);
	stk_rand_init(&rng, 3, 0);
	for (int i = 0; i < 5000; i++) {
		double ms = (double)stk_rand_range(&rng, 0, 4000000);
		struct stk_run *part = &three->runs[stk_rand_range(&rng, 0, 2)];

		sample(&whole, "t", STK_METRIC_TREND, ms);
		sample(part, "t", STK_METRIC_TREND, ms);
		sample(&whole, "c", STK_METRIC_COUNTER, 1);
		sample(part, "c", STK_METRIC_COUNTER, 1);
		sample(&whole, "r", STK_METRIC_RATE, i % 3);
		sample(part, "r", STK_METRIC_RATE, i % 3);
		stk_series_add(&part->series, stk_series_key(&part->series, 1, "s", "n"),
			T0 + i * S / 500, 1);
		stk_series_add(&whole.series, stk_series_key(&whole.series, 1, "s", "n"),
			T0 + i * S / 500, 1);
	}
	assert_int_equal(stk_run_merge(three->list, 3, &three->out, &three->err), 0);
	one = stk_metrics_find(&whole.metrics, "t", "");
	all = stk_metrics_find(&three->out.metrics, "t", "");
	assert_int_equal(all->hist.len, one->hist.len);
	assert_memory_equal(
		all->hist.buckets, one->hist.buckets, one->hist.len * sizeof *one->hist.buckets);
	assert_true(all->count == one->count && all->min == one->min && all->max == one->max);
	assert_true(all->sum == one->sum);
	assert_true(stk_metrics_find(&three->out.metrics, "c", "")->sum == 5000);
	assert_int_equal(stk_metrics_find(&three->out.metrics, "r", "")->passes,
		stk_metrics_find(&whole.metrics, "r", "")->passes);
	for (int i = 0; i < 100; i++)
		assert_true(stk_series_sum(&three->out.series, 1, "s", "n", T0 + i * S / 10,
				    T0 + (i + 1) * S / 10) == stk_series_sum(&whole.series, 1, "s",
								      "n", T0 + i * S / 10,
								      T0 + (i + 1) * S / 10));
	stk_run_release(&whole);
}

static void run_merge__adds_vus_and_keeps_the_worst_of_the_generator(void **state)
{
	struct three *three = *state;
	const struct stk_metric *vus;

	for (size_t i = 0; i < 3; i++) {
		sample(&three->runs[i], "vus", STK_METRIC_GAUGE, 1 + (double)i);
		sample(&three->runs[i], "vus", STK_METRIC_GAUGE, 10 + (double)i);
	}
	assert_int_equal(stk_run_merge(three->list, 3, &three->out, &three->err), 0);
	vus = stk_metrics_find(&three->out.metrics, "vus", "");
	assert_true(vus->last == 33 && vus->max == 33 && vus->min == 6);
	assert_true(three->out.generator.busy > 0.29 && three->out.generator.busy < 0.31);
	assert_int_equal(three->out.generator.planned, 30);
	assert_true(three->out.metrics.duration_s > 9.99 && three->out.metrics.duration_s < 10.01);
	assert_null(three->out.plan.segment);
	assert_int_equal(three->out.notes.len, 0);
}

/* k6 8.7: runners start one after another, unseen | said when parts did not start within a second
 * | - */
static void run_merge__says_when_parts_did_not_start_together(void **state)
{
	struct three *three = *state;

	three->runs[1].start_ns += 5 * S;
	assert_int_equal(stk_run_merge(three->list, 3, &three->out, &three->err), 0);
	assert_int_equal(three->out.notes.len, 1);
	assert_non_null(strstr(three->out.notes.items[0].text, "5.0 s apart"));
}

static void run_merge__keeps_what_ended_a_part_early(void **state)
{
	struct three *three = *state;
	struct stk_threshold_result threshold = {"http_reqs", "count>5", 3, false, false, true};

	for (size_t i = 0; i < 3; i++) {
		threshold.aborted = i == 1;
		stk_vec_push(&three->runs[i].thresholds, threshold);
	}
	three->runs[2].partial = (struct stk_partial){true, NULL, "interrupted"};
	assert_int_equal(stk_run_merge(three->list, 3, &three->out, &three->err), 0);
	assert_true(three->out.partial.is_partial);
	assert_string_equal(three->out.partial.reason, "interrupted");
	assert_true(three->out.thresholds.items[0].aborted);
}

static void run_merge__refuses_gaps_and_overlaps(void **state)
{
	struct three *three = *state;

	check_refused(three, 2, "the record of segment 2/3:1 is missing");
	three->runs[2].plan.segment = "1/3:2/3";
	check_refused(three, 3, "segment 1/3:2/3 is there twice");
	three->runs[2].plan.segment = "2/4:1";
	check_refused(three, 3, "the record of segment 2/3:1 is missing");
}

static void run_merge__refuses_other_plans(void **state)
{
	struct three *three = *state;

	check_refused(three, 0, "no record");
	three->runs[1].plan.sequence = "0,1/3,1/2,1";
	check_refused(three, 3, "cut the plan differently");
	three->runs[1].plan.sequence = THIRDS;
	three->runs[1].plan.fingerprint = "f";
	check_refused(three, 3, "of different plans");
	three->runs[1].plan = (struct stk_plan_info){PLAN, NULL, NULL};
	check_refused(three, 3, "of a whole plan already");
	three->runs[1].plan.fingerprint = NULL;
	check_refused(three, 3, "is not a record of stoker load");
	three->runs[0].plan.fingerprint = NULL;
	check_refused(three, 3, "is not a record of stoker load");
}

static void run_merge__refuses_metrics_of_two_kinds(void **state)
{
	struct three *three = *state;

	sample(&three->runs[0], "m", STK_METRIC_TREND, 1);
	sample(&three->runs[1], "m", STK_METRIC_COUNTER, 1);
	assert_int_equal(stk_run_merge(three->list, 3, &three->out, &three->err), STK_E_FORMAT);
	assert_non_null(strstr(three->err.msg, "metric 'm' is of two kinds"));
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(run_merge__is_the_record_of_the_whole),
		CASE(run_merge__adds_vus_and_keeps_the_worst_of_the_generator),
		CASE(run_merge__says_when_parts_did_not_start_together),
		CASE(run_merge__keeps_what_ended_a_part_early),
		CASE(run_merge__refuses_gaps_and_overlaps),
		CASE(run_merge__refuses_other_plans),
		CASE(run_merge__refuses_metrics_of_two_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
