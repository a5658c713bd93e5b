/* test_k6: the call, the environment, recorded summaries with their verdicts, exit codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "core/base/fs.h"
#include "core/base/proc.h"
#include "core/generator/k6.h"
#include "core/generator/k6_points.h"
#include "tests/support/near.h"

static void read_file(const char *name, const char *file, struct stk_buf *text)
{
	char *path = stk_xasprintf("tests/fixtures/k6/%s/%s", name, file);

	assert_int_equal(stk_fs_read(path, text, NULL), 0);
	free(path);
}

/* A recorded run, points and summary. */
static void read_run(const char *name, struct stk_generated *out)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_k6_points points;
	struct stk_err err = STK_ERR_INIT;

	stk_generated_init(out, STK_SIDE_HEAD);
	stk_k6_points_init(&points, out);
	read_file(name, "out.ndjson", &text);
	stk_k6_points_read(&points, stk_buf_str(&text));
	stk_k6_points_end(&points);
	stk_k6_points_release(&points);
	stk_buf_clear(&text);
	read_file(name, "summary.json", &text);
	assert_int_equal(stk_k6_read_summary(stk_buf_str(&text), out, &err), 0);
	stk_buf_release(&text);
}

static const struct stk_threshold_result *threshold(
	const struct stk_generated *out, const char *metric, const char *expr)
{
	for (size_t i = 0; i < out->thresholds.len; i++)
		if (strcmp(out->thresholds.items[i].metric, metric) == 0 &&
			strcmp(out->thresholds.items[i].expr, expr) == 0)
			return &out->thresholds.items[i];
	fail_msg("no threshold %s on %s", expr, metric);
	return NULL;
}

/* k6 13: `--summary-export` and handleSummary have opposite polarities | read the right way round
 * | - */
static void k6_read_summary__reads_verdicts_the_right_way_round(void **state)
{
	struct stk_generated out;

	(void)state;
	read_run("08-thresholds-fail", &out);
	assert_int_equal(out.thresholds.len, 13);
	assert_true(threshold(&out, "http_req_duration", "p(95)<400")->ok);
	assert_false(threshold(&out, "http_req_duration", "max<5")->ok);
	assert_true(threshold(&out, "http_req_duration{name:fast}", "max<400")->ok);
	assert_true(threshold(&out, "http_reqs{status:500}", "count==20")->ok);
	test_near("figure", threshold(&out, "http_reqs{status:500}", "count==20")->value, 20, 1e-9);
	assert_false(threshold(&out, "iterations", "count>20")->ok);
	assert_true(threshold(&out, "http_req_failed", "rate<=0.5")->ok);
	test_near("figure", threshold(&out, "http_req_failed", "rate<=0.5")->value, 1.0 / 3, 1e-9);
	assert_false(threshold(&out, "checks", "rate>0.99")->ok);
	/* k6 judges what has no value: as it does */
	assert_true(threshold(&out, "never_added", "p(95)<1")->ok);
	assert_true(threshold(&out, "never_added", "p(95)<1")->no_data);
	assert_false(threshold(&out, "never_counted", "count>0")->ok);
	assert_true(threshold(&out, "never_rated", "rate>0.5")->ok);
	stk_generated_release(&out);
}

static void k6_read_summary__knows_the_duration(void **state)
{
	struct stk_generated out;

	(void)state;
	read_run("11-interrupted", &out);
	test_near("figure", out.metrics.duration_s, 1.9365, 0.001); /* 7 / 3.6147 */
	assert_false(threshold(&out, "iterations", "count>1000")->ok);
	assert_int_equal(out.iterations, 4);
	stk_generated_release(&out);
}

static void k6_read_summary__takes_the_new_shape_for_none(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct stk_generated out;

	(void)state;
	stk_generated_init(&out, STK_SIDE_HEAD);
	read_file("16-machine-readable-summary", "summary.json", &text);
	assert_int_equal(stk_k6_read_summary(stk_buf_str(&text), &out, &err), STK_E_FORMAT);
	assert_non_null(strstr(err.msg, "metrics"));
	assert_int_equal(
		stk_k6_read_summary(STK_STR("{\"metrics\":[]}"), &out, &err), STK_E_FORMAT);
	assert_int_equal(
		stk_k6_read_summary(
			STK_STR("{\"metrics\":{\"a\":{\"thresholds\":{\"x\":3}},\"b\":1}}"), &out,
			&err),
		0);
	assert_false(out.thresholds.items[0].ok); /* a verdict that is none is not passed */
	stk_buf_release(&text);
	stk_generated_release(&out);
}

static bool has_word(const char *const *words, const char *word)
{
	for (size_t i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* k6 1.9: `-u -d -i -s` replace a script's scenarios | a k6 that stoker drives gets none of them |
 * - */
static void k6_words__leave_the_scripts_workload_alone(void **state)
{
	const char *const args[] = {"--tag", "a=b", NULL};
	struct stk_k6_call call = {.script = "s.js",
		.points_path = "/t/points",
		.summary_path = "/t/s.json",
		.args = args};
	struct stk_arena arena = STK_ARENA_INIT;
	const char *const *words = stk_k6_words(&call, &arena);
	size_t len = 0;

	(void)state;
	while (words[len])
		len++;
	assert_string_equal(words[0], "k6");
	assert_string_equal(words[1], "run");
	assert_string_equal(words[len - 1], "s.js");
	assert_string_equal(words[len - 2], "a=b");
	assert_true(has_word(words, "json=/t/points"));
	for (size_t i = 0; i < len; i++)
		assert_true(strncmp(words[i], "--vus", 5) != 0);
	call.vus = 7;
	call.duration_ns = INT64_C(1500000000);
	words = stk_k6_words(&call, &arena);
	assert_true(has_word(words, "--vus=7"));
	assert_true(has_word(words, "--duration=1500ms"));
	stk_arena_release(&arena);
}

/* k6 4.4: inherited `K6_*` outrank the script | not passed on | - */
static void k6_environment__drops_what_outranks_the_script(void **state)
{
	const char *const more[] = {"PASSWORD=x", NULL};
	char **env;
	bool url = false, password = false;

	(void)state;
	assert_int_equal(setenv("K6_VUS", "99", 1), 0);
	env = stk_k6_environment("http://h", more);
	for (size_t i = 0; env[i]; i++) {
		assert_true(strncmp(env[i], "K6_VUS=", 7) != 0);
		url = url || strcmp(env[i], "BASE_URL=http://h") == 0;
		password = password || strcmp(env[i], "PASSWORD=x") == 0;
	}
	assert_true(url && password);
	stk_proc_free_env(env);
	unsetenv("K6_VUS");
}

/* k6 9.1: exit codes of a k6 as load | 99 crossed, 105 interrupted, 104 and 107 the script's fault
 * | - */
static void k6_judge_exit__understands_the_codes(void **state)
{
	static const struct {
		int exit_code;
		bool was_asked;
		int want;
	} rows[] = {{0, false, 0}, {99, false, 0}, {105, true, 0}, {105, false, STK_E_ABORTED},
		{104, false, STK_E_SCRIPT}, {107, true, STK_E_SCRIPT}, {108, false, STK_E_SCRIPT},
		{109, false, STK_E_IO}, {110, false, STK_E_SCRIPT}, {100, false, STK_E_SCRIPT},
		{255, false, STK_E_SCRIPT}, {3, false, STK_E_IO}};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_err err = STK_ERR_INIT;
		assert_int_equal(stk_k6_judge_exit(rows[i].exit_code, rows[i].was_asked, &err),
			rows[i].want);
	}
}

static void k6_version__says_what_to_do_without_k6(void **state)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_err err = STK_ERR_INIT;
	const char *version = NULL;

	(void)state;
	assert_int_equal(stk_k6_version("/no/such/k6", &arena, &version, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "/no/such/k6"));
	assert_non_null(strstr(err.hint, STK_K6_VARIABLE));
	assert_int_equal(stk_k6_explain_missing(NULL, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.msg, "k6 is not on PATH");
	assert_int_equal(stk_k6_version("/bin/echo", &arena, &version, &err), STK_E_FORMAT);
	stk_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k6_read_summary__reads_verdicts_the_right_way_round),
		cmocka_unit_test(k6_read_summary__knows_the_duration),
		cmocka_unit_test(k6_read_summary__takes_the_new_shape_for_none),
		cmocka_unit_test(k6_words__leave_the_scripts_workload_alone),
		cmocka_unit_test(k6_environment__drops_what_outranks_the_script),
		cmocka_unit_test(k6_judge_exit__understands_the_codes),
		cmocka_unit_test(k6_version__says_what_to_do_without_k6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
