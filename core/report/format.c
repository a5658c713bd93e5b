/* format: the table of forms, one row each. */
#include "core/report/format.h"

#include <string.h>

#include "core/report/code_quality.h"
#include "core/report/junit.h"
#include "core/report/report_json.h"
#include "core/report/sarif.h"

static void format_term(
	const struct stk_doc *doc, const struct stk_format_opts *opts, struct stk_buf *buf)
{
	stk_term_format(doc, &opts->term, buf);
}

/* A file has no limit but sense: the fold of all functions stays readable. */
static void format_markdown(
	const struct stk_doc *doc, const struct stk_format_opts *opts, struct stk_buf *buf)
{
	struct stk_comment_opts comment = opts->comment;

	comment.no_marker = comment.with_links = true;
	comment.limit = (size_t)1 << 20;
	stk_comment_format(doc, &comment, buf);
}

static void format_comment(
	const struct stk_doc *doc, const struct stk_format_opts *opts, struct stk_buf *buf)
{
	stk_comment_format(doc, &opts->comment, buf);
}

static void format_json(
	const struct stk_doc *doc, const struct stk_format_opts *opts, struct stk_buf *buf)
{
	(void)opts;
	stk_report_json_format(doc, buf);
}

static void format_sarif(
	const struct stk_doc *doc, const struct stk_format_opts *opts, struct stk_buf *buf)
{
	(void)opts;
	stk_sarif_format(doc, buf);
}

static void format_junit(
	const struct stk_doc *doc, const struct stk_format_opts *opts, struct stk_buf *buf)
{
	(void)opts;
	stk_junit_format(doc, buf);
}

static void format_code_quality(
	const struct stk_doc *doc, const struct stk_format_opts *opts, struct stk_buf *buf)
{
	(void)opts;
	stk_code_quality_format(doc, buf);
}

const struct stk_format stk_formats[] = {
	{"term", NULL, true, format_term},
	{"markdown", "report.md", true, format_markdown},
	{"json", "report.json", true, format_json},
	{"comment", "comment.md", false, format_comment},
	{"sarif", "report.sarif", false, format_sarif},
	{"junit", "junit.xml", false, format_junit},
	{"codequality", "codequality.json", false, format_code_quality},
	{NULL, NULL, false, NULL},
};

const struct stk_format *stk_format_find(const char *name)
{
	for (const struct stk_format *format = stk_formats; format->name; format++)
		if (strcmp(format->name, name) == 0)
			return format;
	return NULL;
}
