/* run_fixture: fills a run by hand. */
#include "tests/support/run_fixture.h"

#include <math.h>

static const int64_t start_ns = INT64_C(1764000000000000000);

static struct stk_row a_row(void)
{
	return (struct stk_row){
		.function = {"pricing.apply_rules", "demo/pricing.lua", 41},
		.base_cost = 440000,
		.head_cost = 620000,
		.n_base = 1584,
		.n_head = 2260,
		.change = 0.402,
		.lo = 0.302,
		.hi = 0.51,
		.level = 0.95,
		.theta = 0.338,
		.se = 0.03,
		.df = 8.5,
		.p = 1e-5,
		.q = 2e-4,
		.impact = 0.109,
		.share = 0.271,
		.mde = NAN,
		.tested = true,
		.verdict = STK_VERDICT_REGRESSION,
	};
}

static void add_load(struct stk_run *run)
{
	struct stk_metric *duration = stk_metrics_put(
		&run->metrics, "http_req_duration", "", STK_METRIC_TREND, STK_METRIC_TIME);
	size_t key = stk_series_key(&run->series, STK_SIDE_HEAD, "default", "/cart");

	for (int i = 0; i < 1000; i++)
		stk_metric_add(duration, 1.5 + i * 0.1);
	stk_metric_add(stk_metrics_put(&run->metrics, "http_req_failed", "", STK_METRIC_RATE,
			       STK_METRIC_DEFAULT),
		0);
	run->metrics.duration_s = 10;
	struct stk_check_count *check = stk_vec_push_new(&run->metrics.checks);
	check->group = stk_xstrdup("::browse");
	check->name = stk_xstrdup("status is 200");
	check->passes = 999;
	check->fails = 1;
	stk_series_add(&run->series, key, start_ns + 50000000, 40);
	stk_series_add(&run->series, key, start_ns + 5050000000, 41);
}

static void add_found(struct stk_run *run)
{
	struct stk_comparison *comparison = stk_vec_push_new(&run->comparisons);
	struct stk_hotspots *hotspots = stk_vec_push_new(&run->hotspots);

	comparison->type_id = hotspots->type_id = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
	comparison->short_name = hotspots->short_name = "cpu";
	comparison->unit = hotspots->unit = "nanoseconds";
	comparison->pairs = 6;
	comparison->tested = 20;
	comparison->total = a_row();
	stk_vec_push(&comparison->rows, a_row());
	stk_vec_push(&comparison->inclusive, a_row());
	stk_vec_push(&comparison->packages, a_row());
	stk_vec_push(&comparison->sensitivity, (struct stk_sensitivity){0.05, 0.43});
	stk_vec_push(&hotspots->rows, (struct stk_hotspot){{"json.Marshal", NULL, 0, NULL}, 910000,
					      860000, 960000, 12.5, 0.402, 812, {.share = NAN}});
	stk_vec_push(&run->totals, (struct stk_total){"p95", "ms", a_row()});
}

void stk_run_fixture_full(struct stk_run *run)
{
	stk_run_init(run);
	run->id = "20261122-143805-shop";
	run->name = "shop";
	run->version = "v1";
	run->command = "stoker run shop.lua";
	run->mode = STK_MODE_PAIRED;
	run->start_ns = start_ns;
	run->end_ns = start_ns + 10 * STK_SERIES_STEP_NS;
	run->exit_code = 10;
	run->verdict = STK_VERDICT_REGRESSION;
	run->headline = "REGRESSION";
	run->sides[STK_SIDE_HEAD].title = "shop 1.1";
	stk_vec_push(&run->windows, (struct stk_window){.name = "warm-up",
					    .kind = STK_WINDOW_WARMUP,
					    .side = STK_SIDE_NONE,
					    .pair = -1,
					    .start_ns = start_ns,
					    .end_ns = start_ns + INT64_C(10000000000),
					    .cpu_ns = -1,
					    .rss_bytes = -1,
					    .p95_ms = NAN});
	stk_vec_push(&run->windows, (struct stk_window){.name = "head 0",
					    .kind = STK_WINDOW_BLOCK,
					    .side = STK_SIDE_HEAD,
					    .start_ns = start_ns,
					    .end_ns = start_ns + INT64_C(20000000000),
					    .requests = 4800,
					    .p95_ms = 12.5});
	stk_vec_push(&run->slices,
		(struct stk_slice){.type_id = "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
			.side = STK_SIDE_HEAD,
			.instance = "",
			.start_ns = start_ns,
			.end_ns = start_ns + INT64_C(5000000000),
			/* one more than a double can hold */
			.total = INT64_C(9007199254740993),
			.samples = 550,
			.requests = 2000.25,
			.counted = true,
			.file = "slices/cpu-head-000.pb.gz"});
	add_load(run);
	add_found(run);
	stk_vec_push(&run->thresholds, (struct stk_threshold_result){"http_req_duration",
					       "p(95)<800", 99.5, true, false, false});
	stk_vec_push(&run->gates, (struct stk_gate_result){"cpu", "+5%", "+10.6 %", true});
	stk_run_precondition(run, "slices", STK_CHECK_OK, "%d of %d", 12, 12);
	stk_run_fact(run, "cpu", "4 x EPYC 7763");
	stk_run_note(run, STK_NOTE_WARN, "the generator was late once");
}
