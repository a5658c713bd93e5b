/* k6: how k6 is called, what it says at its end, and what its exit codes mean. */
#include "core/generator/k6.h"

#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/proc.h"

#define VERSION_WAIT_NS (30 * STK_NS_PER_S)
#define THRESHOLDS_MAX  1000

STK_VEC_TYPE(words, const char *);

static void add_words(struct words *words, const char *const *more)
{
	for (size_t i = 0; more && more[i]; i++)
		stk_vec_push(words, more[i]);
}

static const char *program_of(const char *program)
{
	return program && program[0] ? program : "k6";
}

const char *const *stk_k6_words(const struct stk_k6_call *call, struct stk_arena *arena)
{
	static const char *const always[] = {"run", "--quiet", "--no-color", "--no-usage-report",
		"--address=", "--summary-trend-stats=avg,min,med,max,p(90),p(95),p(99),count",
		NULL};
	struct words words = STK_VEC_INIT;
	const char **out;

	stk_vec_push(&words, program_of(call->program));
	add_words(&words, always);
	stk_vec_push(&words, "--out");
	stk_vec_push(&words, stk_arena_printf(arena, "json=%s", call->points_path));
	stk_vec_push(&words, "--summary-export");
	stk_vec_push(&words, call->summary_path);
	if (call->vus > 0) {
		stk_vec_push(&words, stk_arena_printf(arena, "--vus=%lld", (long long)call->vus));
		stk_vec_push(&words, stk_arena_printf(arena, "--duration=%lldms",
					     (long long)(call->duration_ns / STK_NS_PER_MS)));
	}
	add_words(&words, call->args);
	stk_vec_push(&words, call->script);
	stk_vec_push(&words, NULL);
	out = stk_arena_alloc(arena, words.len * sizeof *out);
	memcpy(out, words.items, words.len * sizeof *out);
	stk_vec_release(&words);
	return out;
}

char **stk_k6_environment(const char *url, const char *const *env)
{
	struct words additions = STK_VEC_INIT;
	char **ours = stk_proc_merge_env(NULL, NULL), **all;
	char *base_url = url ? stk_xasprintf("BASE_URL=%s", url) : NULL;
	size_t kept = 0;

	for (size_t i = 0; ours[i]; i++) {
		if (strncmp(ours[i], "K6_", 3) == 0)
			free(ours[i]);
		else
			ours[kept++] = ours[i];
	}
	ours[kept] = NULL;
	stk_vec_push(&additions, "K6_AUTO_EXTENSION_RESOLUTION=false");
	if (base_url)
		stk_vec_push(&additions, base_url);
	add_words(&additions, env);
	stk_vec_push(&additions, NULL);
	all = stk_proc_merge_env((const char *const *)ours, additions.items);
	stk_proc_free_env(ours);
	stk_vec_release(&additions);
	free(base_url);
	return all;
}

int stk_k6_explain_missing(const char *program, struct stk_err *err)
{
	if (program && program[0])
		stk_err_set(err, STK_E_NOT_FOUND,
			"k6 is not at '%s', which " STK_K6_VARIABLE " names", program);
	else
		stk_err_set(err, STK_E_NOT_FOUND, "k6 is not on PATH");
	stk_err_hint(err,
		"install it (grafana.com/docs/k6, set up), or name it: " STK_K6_VARIABLE
		"=/path/to/k6; a load script in Lua needs no k6 (docs/porting-from-k6.md)");
	return STK_E_NOT_FOUND;
}

/* "k6 v2.2.0 (commit/abc, go1.26, linux/amd64)" -> "v2.2.0". */
int stk_k6_version(
	const char *program, struct stk_arena *arena, const char **out, struct stk_err *err)
{
	const char *const argv[] = {program_of(program), "version", NULL};
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_buf text = STK_BUF_INIT((size_t)64 << 10);
	struct stk_str rest, word;
	int rc;

	opts.argv = argv;
	opts.err_path = "/dev/null";
	rc = stk_proc_run(&opts, VERSION_WAIT_NS, &text, err);
	if (rc == STK_E_NOT_FOUND)
		rc = stk_k6_explain_missing(program, err);
	if (rc < 0)
		goto out;
	rest = stk_str_trim(stk_buf_str(&text));
	if (stk_str_cut(&rest, ' ', &word) && stk_str_is(word, "k6.exe"))
		word = STK_STR("k6");
	if (!stk_str_is(word, "k6") || !stk_str_cut(&rest, ' ', &word) ||
		!stk_str_starts(word, "v")) {
		rc = stk_err_set(
			err, STK_E_FORMAT, "'%s version' does not say that it is k6", argv[0]);
		goto out;
	}
	*out = stk_arena_str(arena, stk_str_sub(word, 0, 64));
out:
	stk_buf_release(&text);
	return rc;
}

/* What a threshold's metric is. */
struct threshold_of {
	struct stk_generated *out;
	const char *metric; /* with selector */
	const struct stk_json *figures;
};

/* "p(95)<800" -> "p(95)". */
static struct stk_str method_of(struct stk_str expr)
{
	size_t end = 0;

	while (end < expr.len && !strchr("<>=!", expr.ptr[end]))
		end++;
	return stk_str_trim(stk_str_sub(expr, 0, end));
}

/* As k6 wrote it; what it was not asked to write comes from the points. */
static double observed(const struct threshold_of *of, struct stk_str expr)
{
	struct stk_str method = method_of(expr);
	char *key = stk_str_dup(method);
	const struct stk_json *figure = stk_json_get(of->figures, key);
	struct stk_metric *metric = NULL;
	double value = NAN;

	if (!figure && stk_str_is(method, "rate"))
		figure = stk_json_get(of->figures, "value"); /* a rate's own figure */
	if (figure)
		value = stk_json_real(figure, NAN);
	else if (!strchr(of->metric, '{') &&
		 (metric = stk_metrics_find(&of->out->metrics, of->metric, "")) != NULL)
		(void)stk_metric_value(metric, key, of->out->metrics.duration_s, &value);
	free(key);
	return value;
}

/* Has a point of this metric come? The name may have a selector, which we keep sorted. */
static bool is_empty(const struct threshold_of *of)
{
	struct stk_str name = stk_str_of(of->metric), word;
	bool whole = !strchr(of->metric, '{');

	(void)stk_str_cut(&name, '{', &word); /* a text is never used up at once */
	for (size_t i = 0; i < of->out->metrics.items.len; i++) {
		const struct stk_metric *metric = &of->out->metrics.items.items[i];

		if (stk_str_is(word, metric->name) && whole == !metric->selector[0] &&
			metric->count > 0)
			return false;
	}
	return true;
}

static int read_threshold(struct stk_str expr, struct stk_json *failed, void *ctx)
{
	const struct threshold_of *of = ctx;
	struct stk_generated *out = of->out;

	if (out->thresholds.len == THRESHOLDS_MAX)
		return 1;
	stk_vec_push(&out->thresholds,
		(struct stk_threshold_result){.metric = stk_arena_dup(&out->arena, of->metric),
			.expr = stk_arena_str(&out->arena, expr),
			.value = observed(of, expr),
			.ok = !stk_json_bool(failed, true),
			.no_data = is_empty(of)});
	return 0;
}

static int read_metric(struct stk_str key, struct stk_json *figures, void *ctx)
{
	char *name = stk_str_dup(key);
	struct threshold_of of = {ctx, name, figures};
	int rc = stk_json_each(stk_json_get(figures, "thresholds"), read_threshold, &of);

	free(name);
	return rc;
}

/* The export does not tell how long the run was; a counter's count and rate do. */
static double duration_of(const struct stk_json *metrics)
{
	static const char *const counters[] = {"iterations", "http_reqs", "data_sent"};

	for (size_t i = 0; i < STK_ARRAY_LEN(counters); i++) {
		const struct stk_json *counter = stk_json_get(metrics, counters[i]);
		double count = stk_json_real(stk_json_get(counter, "count"), 0);
		double rate = stk_json_real(stk_json_get(counter, "rate"), 0);

		if (count > 0 && rate > 0 && isfinite(count / rate))
			return count / rate;
	}
	return 0;
}

static int compare_thresholds(const void *a, const void *b)
{
	const struct stk_threshold_result *left = a, *right = b;
	int rc = strcmp(left->metric, right->metric);

	return rc ? rc : strcmp(left->expr, right->expr);
}

int stk_k6_read_summary(struct stk_str text, struct stk_generated *out, struct stk_err *err)
{
	struct stk_json *document = NULL, *metrics;
	int rc = stk_json_parse(text, &document, err);

	if (rc == 0)
		rc = stk_json_need_object(document, "metrics", &metrics, err);
	if (rc < 0) {
		stk_err_wrap(err, "k6's summary");
		goto out;
	}
	out->metrics.duration_s = duration_of(metrics);
	(void)stk_json_each(metrics, read_metric, out); /* it only stops early */
	/* k6 writes them in another order each time */
	if (out->thresholds.len > 1)
		qsort(out->thresholds.items, out->thresholds.len, sizeof *out->thresholds.items,
			compare_thresholds);
out:
	stk_json_free(document);
	return rc;
}

int stk_k6_judge_exit(int exit_code, bool was_asked, struct stk_err *err)
{
	/* reference k6 3.4 */
	static const struct {
		int exit_code, code;
		const char *text;
	} rows[] = {
		{100, STK_E_SCRIPT, "setup() took too long"},
		{101, STK_E_SCRIPT, "teardown() took too long"},
		{102, STK_E_SCRIPT, "something took too long"},
		{103, STK_E_ABORTED, "it was stopped through its REST interface"},
		{104, STK_E_SCRIPT, "its options or thresholds cannot be"},
		{105, STK_E_ABORTED, "somebody else stopped it by a signal"},
		{106, STK_E_IO, "its REST interface found no address"},
		{107, STK_E_SCRIPT, "an exception in the script"},
		{108, STK_E_SCRIPT, "the script called test.abort()"},
		{109, STK_E_IO, "k6 itself crashed"},
		{110, STK_E_SCRIPT, "the script called test.fail()"},
		{255, STK_E_SCRIPT, "k6 could not begin: an unknown option, a missing file"},
	};

	if (exit_code == 0 || exit_code == 99 || (exit_code == 105 && was_asked))
		return 0;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++)
		if (rows[i].exit_code == exit_code)
			return stk_err_set(err, rows[i].code, "k6 ended with exit status %d: %s",
				exit_code, rows[i].text);
	return stk_err_set(err, STK_E_IO, "k6 ended with exit status %d", exit_code);
}
