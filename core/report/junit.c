/* junit: functions and thresholds as test cases. */
#include "core/report/junit.h"

#include <math.h>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "core/report/finding.h"
#include "core/report/parts.h"

enum { CASES_MAX = 1000, NAME_WIDTH = 300, TEXT_WIDTH = 1000 };

/* One suite on its way: its cases are written before its head, which counts them. */
struct suite {
	struct stk_buf cases;
	size_t tests, failures;
};

/* For attribute values and text alike; what XML 1.0 forbids is gone before. */
static void add_xml(struct stk_buf *buf, struct stk_str text)
{
	struct stk_buf plain = STK_BUF_EMPTY, name = STK_BUF_EMPTY;

	stk_buf_add_str(&name, text);
	stk_finding_add_clean(&plain, name.ptr, TEXT_WIDTH);
	for (size_t i = 0; i < plain.len; i++) {
		switch (plain.ptr[i]) {
		case '&':
			stk_buf_add_text(buf, "&amp;");
			break;
		case '<':
			stk_buf_add_text(buf, "&lt;");
			break;
		case '>':
			stk_buf_add_text(buf, "&gt;");
			break;
		case '"':
			stk_buf_add_text(buf, "&quot;");
			break;
		case '\'':
			stk_buf_add_text(buf, "&apos;");
			break;
		default:
			stk_buf_add_byte(buf, plain.ptr[i]);
		}
	}
	stk_buf_release(&plain);
	stk_buf_release(&name);
}

static void add_attribute(struct stk_buf *buf, const char *name, const char *value)
{
	stk_buf_addf(buf, " %s=\"", name);
	add_xml(buf, stk_str_of(value));
	stk_buf_add_byte(buf, '"');
}

/* outcome "" passes; type NULL for <skipped>. */
static void add_case(struct suite *suite, const char *class_name, const char *name,
	const char *outcome, struct stk_str message)
{
	struct stk_buf *buf = &suite->cases;

	suite->tests++;
	stk_buf_add_text(buf, "    <testcase");
	add_attribute(buf, "classname", class_name);
	add_attribute(buf, "name", name);
	stk_buf_add_text(buf, " time=\"0\"");
	if (outcome[0] == '\0') {
		stk_buf_add_text(buf, "/>\n");
	} else if (outcome[0] == '?') {
		stk_buf_add_text(buf, ">\n      <skipped/>\n    </testcase>\n");
	} else {
		suite->failures++;
		stk_buf_addf(buf, ">\n      <failure type=\"%s\" message=\"", outcome);
		add_xml(buf, message);
		stk_buf_add_text(buf, "\"/>\n    </testcase>\n");
	}
}

static const char *outcome_of(const struct stk_doc_finding *finding)
{
	if (stk_finding_is_open(finding))
		return "regression";
	return finding->row->verdict == STK_VERDICT_INCONCLUSIVE ? "?" : "";
}

static void add_row_case(struct suite *suite, const struct stk_doc_finding *finding)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_finding_add_text(finding, &text);
	add_case(suite, finding->comparison->short_name, finding->row->function.name,
		outcome_of(finding), stk_buf_str(&text));
	stk_buf_release(&text);
}

static void add_group_case(struct suite *suite, const struct stk_doc_group *group)
{
	struct stk_buf text = STK_BUF_EMPTY, name = STK_BUF_EMPTY;

	stk_buf_addf(&name, "%s (%s)", group->finding.row->function.name,
		group->is_package ? "package" : "with all it calls");
	stk_finding_add_group(group, &text);
	add_case(suite, group->finding.comparison->short_name, name.ptr,
		outcome_of(&group->finding), stk_buf_str(&text));
	stk_buf_release(&name);
	stk_buf_release(&text);
}

static void add_stamp(struct stk_buf *buf, int64_t wall_ns)
{
	struct stk_buf stamp = STK_BUF_EMPTY;

	stk_units_format_rfc3339(&stamp, wall_ns);
	stk_buf_add_str(buf, stk_str_sub(stk_buf_str(&stamp), 0, 19)); /* no fraction, no zone */
	stk_buf_release(&stamp);
}

static void add_suite(struct stk_buf *buf, const struct stk_run *run, size_t id, const char *name,
	const struct suite *suite)
{
	double seconds = (double)(run->end_ns - run->start_ns) / (double)STK_NS_PER_S;

	stk_buf_addf(buf, "  <testsuite id=\"%zu\"", id);
	add_attribute(buf, "package", run->name);
	add_attribute(buf, "name", name);
	stk_buf_add_text(buf, " timestamp=\"");
	add_stamp(buf, run->start_ns);
	stk_buf_addf(buf,
		"\" hostname=\"localhost\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		"time=\"%lld\">\n    <properties/>\n",
		suite->tests, suite->failures, (long long)(seconds > 0 ? seconds : 0));
	stk_buf_add_str(buf, stk_buf_str(&suite->cases));
	stk_buf_add_text(buf, "    <system-out/>\n    <system-err/>\n  </testsuite>\n");
}

static void add_comparison(
	struct stk_buf *buf, const struct stk_doc *doc, size_t id, const struct stk_comparison *one)
{
	struct stk_doc_finding total = {one, &one->total};
	struct suite suite = {.cases = STK_BUF_EMPTY};

	add_row_case(&suite, &total);
	for (size_t i = 0; i < doc->findings.len && suite.tests < CASES_MAX; i++)
		if (doc->findings.items[i].comparison == one)
			add_row_case(&suite, &doc->findings.items[i]);
	for (size_t i = 0; i < doc->groups.len && suite.tests < CASES_MAX; i++)
		if (doc->groups.items[i].finding.comparison == one)
			add_group_case(&suite, &doc->groups.items[i]);
	add_suite(buf, doc->run, id, stk_parts_type_words(one), &suite);
	stk_buf_release(&suite.cases);
}

static void add_thresholds(struct stk_buf *buf, const struct stk_run *run, size_t id)
{
	struct suite suite = {.cases = STK_BUF_EMPTY};

	for (size_t i = 0; i < run->thresholds.len && suite.tests < CASES_MAX; i++) {
		const struct stk_threshold_result *one = &run->thresholds.items[i];
		struct stk_buf text = STK_BUF_EMPTY;
		stk_buf_addf(&text, "%s: seen %.6g", one->expr, one->value);
		struct stk_buf name = STK_BUF_EMPTY;
		stk_buf_addf(&name, "%s %s", one->metric, one->expr);
		add_case(&suite, "thresholds", name.ptr,
			one->no_data ? "?"
			: one->ok    ? ""
				     : "threshold",
			stk_buf_str(&text));
		stk_buf_release(&name);
		stk_buf_release(&text);
	}
	add_suite(buf, run, id, "Thresholds", &suite);
	stk_buf_release(&suite.cases);
}

/* The verdict of the run, so that a document is never without a case. */
static void add_run(struct stk_buf *buf, const struct stk_doc *doc)
{
	struct suite suite = {.cases = STK_BUF_EMPTY};
	const struct stk_run *run = doc->run;
	bool unsure = run->verdict == STK_VERDICT_INCONCLUSIVE || run->partial.is_partial;

	add_case(&suite, "run", "verdict",
		run->verdict == STK_VERDICT_REGRESSION ? "regression"
		: unsure                               ? "?"
						       : "",
		stk_str_of(doc->headline));
	add_suite(buf, run, 0, "Run", &suite);
	stk_buf_release(&suite.cases);
}

void stk_junit_format(const struct stk_doc *doc, struct stk_buf *buf)
{
	const struct stk_run *run = doc->run;

	stk_buf_add_text(buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	add_run(buf, doc);
	for (size_t i = 0; i < run->comparisons.len; i++)
		add_comparison(buf, doc, i + 1, &run->comparisons.items[i]);
	if (run->thresholds.len > 0)
		add_thresholds(buf, run, run->comparisons.len + 1);
	stk_buf_add_text(buf, "</testsuites>\n");
}

static void add_checks(struct stk_buf *buf, const struct stk_run *run, size_t id)
{
	struct suite suite = {.cases = STK_BUF_EMPTY};

	for (size_t i = 0; i < run->metrics.checks.len && suite.tests < CASES_MAX; i++) {
		const struct stk_check_count *one = &run->metrics.checks.items[i];
		struct stk_buf text = STK_BUF_EMPTY;
		int64_t all = one->passes + one->fails;

		stk_buf_addf(&text, "%lld of %lld failed", (long long)one->fails, (long long)all);
		add_case(&suite, one->group[0] ? one->group : "checks", one->name,
			one->fails > 0 ? "check" : "", stk_buf_str(&text));
		stk_buf_release(&text);
	}
	add_suite(buf, run, id, "Checks", &suite);
	stk_buf_release(&suite.cases);
}

void stk_junit_format_load(const struct stk_run *run, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	add_thresholds(buf, run, 0);
	add_checks(buf, run, 1);
	stk_buf_add_text(buf, "</testsuites>\n");
}
