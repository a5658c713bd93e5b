/* test_grafana: which times and labels a link shows, and when there is none. */
#include "core/flow/grafana.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CPU  "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
#define MS   STK_NS_PER_MS
#define HEAD "http://g/a/grafana-pyroscope-app/explore?explorationType="

struct grafana_case {
	struct stk_workflow workflow;
	struct stk_run run;
	struct stk_env env;
	struct stk_flow_opts opts;
	struct stk_session session;
};

static void start(struct grafana_case *c, enum stk_mode mode)
{
	struct stk_comparison comparison = {.type_id = CPU, .short_name = "cpu"};

	memset(c, 0, sizeof *c);
	stk_workflow_init(&c->workflow);
	stk_run_init(&c->run);
	c->run.mode = mode;
	c->workflow.source.kind = STK_SOURCE_PYROSCOPE;
	c->workflow.source.grafana = "http://g/";
	c->workflow.sides[STK_SIDE_HEAD].profile.service = "order service";
	c->session = (struct stk_session){
		.run = &c->run, .workflow = &c->workflow, .env = &c->env, .opts = &c->opts};
	stk_vec_push(&c->run.comparisons, comparison);
}

static void stop(struct grafana_case *c)
{
	stk_run_release(&c->run);
	stk_workflow_release(&c->workflow);
}

static void add_window(
	struct grafana_case *c, enum stk_window_kind kind, int side, int64_t from_ms, int64_t to_ms)
{
	struct stk_window *window = stk_vec_push_new(&c->run.windows);

	window->kind = kind;
	window->side = side;
	window->start_ns = from_ms * MS;
	window->end_ns = to_ms * MS;
}

static void grafana_links__show_both_sides_by_their_labels(void **state)
{
	struct grafana_case c;
	const char *url;

	(void)state;
	start(&c, STK_MODE_PAIRED);
	c.workflow.source.datasource = "uid1";
	for (int side = 0; side < STK_SIDES; side++)
		stk_vec_push(&c.workflow.sides[side].profile.labels,
			(struct stk_pair_text){"version", side ? "new" : "old"});
	add_window(&c, STK_WINDOW_BLOCK, STK_SIDE_BASE, 1000, 2000);
	add_window(&c, STK_WINDOW_BLOCK, STK_SIDE_HEAD, 2000, 3000);
	add_window(&c, STK_WINDOW_BLOCK, STK_SIDE_BASE, 3000, 4000);
	stk_grafana_add_links(&c.session);
	assert_int_equal(c.run.links.len, 1);
	assert_string_equal(c.run.links.items[0].text, "cpu, base beside head");
	url = c.run.links.items[0].url;
	assert_int_equal(strncmp(url,
				 HEAD "diff-flame-graph&var-dataSource=uid1"
				      "&var-serviceName=order%20service&var-profileMetricId="
				      "process_cpu%3Acpu%3Ananoseconds%3Acpu%3Ananoseconds"
				      "&from=1000&to=4000&from-2=1000&to-2=4000&from-3=2000"
				      "&to-3=3000&",
				 strlen(HEAD) + 30),
		0);
	assert_non_null(strstr(url, "&comparisonFrom=2000&comparisonTo=3000&"));
	assert_non_null(strstr(url, "&diffFrom=1000&diffTo=4000&diffFrom-2=2000&diffTo-2=3000&"));
	assert_non_null(strstr(url, "&var-filtersBaseline=version%7C%3D%7Cold"));
	assert_non_null(strstr(url, "&var-filtersComparison=version%7C%3D%7Cnew"));
	stop(&c);
}

static void grafana_links__show_idle_beside_load(void **state)
{
	struct grafana_case c;

	(void)state;
	start(&c, STK_MODE_IDLE);
	add_window(&c, STK_WINDOW_IDLE, STK_SIDE_HEAD, 1000, 2000);
	add_window(&c, STK_WINDOW_WARMUP, STK_SIDE_HEAD, 2000, 3000);
	add_window(&c, STK_WINDOW_LOAD, STK_SIDE_HEAD, 3000, 9000);
	stk_grafana_add_links(&c.session);
	assert_string_equal(c.run.links.items[0].text, "cpu, idle beside load");
	assert_non_null(strstr(c.run.links.items[0].url, "&from-2=1000&to-2=2000&from-3=3000"));
	assert_null(strstr(c.run.links.items[0].url, "var-dataSource"));
	stop(&c);
}

static void grafana_links__show_one_window_alone(void **state)
{
	static const char *const environ_[] = {
		"STOKER_GRAFANA_URL=https://x/grafana", "STOKER_GRAFANA_DATASOURCE=p", NULL};
	struct grafana_case c;

	(void)state;
	start(&c, STK_MODE_BASELINE);
	c.workflow.source.grafana = NULL;
	c.env.environ_ = environ_;
	add_window(&c, STK_WINDOW_LOAD, STK_SIDE_HEAD, 3000, 9000);
	stk_grafana_add_links(&c.session);
	assert_string_equal(c.run.links.items[0].url,
		"https://x/grafana/a/grafana-pyroscope-app/explore?explorationType=flame-graph"
		"&var-dataSource=p&var-serviceName=order%20service&var-profileMetricId="
		"process_cpu%3Acpu%3Ananoseconds%3Acpu%3Ananoseconds&from=3000&to=9000");
	stop(&c);
}

static void grafana_links__are_none_without_a_place(void **state)
{
	struct grafana_case c;

	(void)state;
	start(&c, STK_MODE_BASELINE);
	add_window(&c, STK_WINDOW_LOAD, STK_SIDE_HEAD, 3000, 9000);
	c.workflow.source.grafana = NULL;
	stk_grafana_add_links(&c.session);
	c.workflow.source.grafana = "javascript:alert(1)";
	stk_grafana_add_links(&c.session);
	assert_int_equal(c.run.notes.len, 1);
	c.workflow.source.grafana = "http://g";
	c.workflow.source.kind = STK_SOURCE_EMBEDDED;
	stk_grafana_add_links(&c.session);
	assert_int_equal(c.run.links.len, 0);
	stop(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grafana_links__show_both_sides_by_their_labels),
		cmocka_unit_test(grafana_links__show_idle_beside_load),
		cmocka_unit_test(grafana_links__show_one_window_alone),
		cmocka_unit_test(grafana_links__are_none_without_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
