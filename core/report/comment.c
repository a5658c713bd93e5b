/* comment: puts the parts of a comment in order, and shrinks it until it fits. */
#include "core/report/comment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/comment_marker.h"
#include "core/report/comment_priv.h"
#include "core/report/text.h"

enum { TITLE_WIDTH = 200, FOLD_ROWS = 60, FOLD_ROWS_LONG = 1000 };

/* In the order of reference publishing 13: rows of the fold, load, method, all but links. */
static const struct stk_comment_plan plans[] = {
	{FOLD_ROWS, true, true, true, true, NULL},
	{15, true, true, true, true, "most rows of the list of all functions"},
	{0, true, true, true, true, "the list of all functions"},
	{0, true, false, true, true, "the list of all functions and the load"},
	{0, true, false, false, false, "all details"},
	{0, false, false, false, false, "the table and all details"},
};
enum { PLAN_SHORT = 4 };

/* Regressions first, accepted ones behind the others, then what looks like one, then the rest. */
static int rank(const struct stk_row *row)
{
	static const int ranks[] = {
		[STK_VERDICT_REGRESSION] = 0,
		[STK_VERDICT_INCONCLUSIVE] = 2,
		[STK_VERDICT_IMPROVEMENT] = 3,
		[STK_VERDICT_MOVED] = 4,
		[STK_VERDICT_NEW] = 5,
		[STK_VERDICT_VANISHED] = 6,
		[STK_VERDICT_NO_CHANGE] = 7,
		[STK_VERDICT_NONE] = 7,
	};

	return ranks[row->verdict] + (row->accepted.reason != NULL);
}

/* Within a rank, profile types stay in the workflow's order. */
static int by_weight(const void *a, const void *b)
{
	const struct stk_comparison *left_type = ((const struct stk_doc_finding *)a)->comparison;
	const struct stk_comparison *right_type = ((const struct stk_doc_finding *)b)->comparison;
	const struct stk_row *left = ((const struct stk_doc_finding *)a)->row;
	const struct stk_row *right = ((const struct stk_doc_finding *)b)->row;
	double left_size = isfinite(left->impact) ? fabs(left->impact) : 0;
	double right_size = isfinite(right->impact) ? fabs(right->impact) : 0;

	if (rank(left) != rank(right))
		return rank(left) < rank(right) ? -1 : 1;
	if (left_type != right_type)
		return left_type < right_type ? -1 : 1;
	if (left_size != right_size)
		return left_size > right_size ? -1 : 1;
	return left < right ? -1 : left > right;
}

static bool is_crossed(const struct stk_run *run)
{
	for (size_t i = 0; i < run->thresholds.len; i++)
		if (!run->thresholds.items[i].ok && !run->thresholds.items[i].no_data)
			return true;
	return false;
}

bool stk_comment_is_unsound(const struct stk_run *run)
{
	for (size_t i = 0; i < run->preconditions.len; i++)
		if (run->preconditions.items[i].state == STK_CHECK_FAIL)
			return true;
	return false;
}

static enum stk_comment_kind kind_of(const struct stk_comment *comment)
{
	const struct stk_run *run = comment->run;
	bool is_compared = run->comparisons.len > 0 || run->totals.len > 0;

	if (run->verdict == STK_VERDICT_REGRESSION)
		return STK_COMMENT_REGRESSION;
	if (is_crossed(run))
		return STK_COMMENT_THRESHOLD;
	if (run->partial.is_partial)
		return STK_COMMENT_PARTIAL;
	if (run->mode == STK_MODE_BASELINE && !run->baseline.revision && !run->comparisons.len)
		return STK_COMMENT_NO_BASE;
	if (run->verdict == STK_VERDICT_INCONCLUSIVE || stk_comment_is_unsound(run))
		return STK_COMMENT_UNSURE;
	if (run->verdict == STK_VERDICT_IMPROVEMENT)
		return STK_COMMENT_IMPROVEMENT;
	if (!is_compared)
		return run->mode == STK_MODE_PAIRED ? STK_COMMENT_NO_BASE : STK_COMMENT_HOTSPOTS;
	if (comment->accepted > 0)
		return STK_COMMENT_ACCEPTED;
	return comment->moved > 0 ? STK_COMMENT_MOVED : STK_COMMENT_NOTHING;
}

static void count_row(struct stk_comment *comment, const struct stk_row *row)
{
	if (row->accepted.reason)
		comment->accepted++;
	else if (row->verdict == STK_VERDICT_REGRESSION)
		comment->regressions++;
	else if (row->verdict == STK_VERDICT_IMPROVEMENT)
		comment->improvements++;
	else if (row->verdict == STK_VERDICT_MOVED)
		comment->moved++;
}

/* Totals that were accepted, where no row was: the headline counts what people see below it. */
static void count_totals(struct stk_comment *comment)
{
	const struct stk_run *run = comment->run;

	for (size_t i = 0; i < run->totals.len; i++)
		comment->accepted += run->totals.items[i].row.accepted.reason != NULL;
	for (size_t i = 0; i < run->comparisons.len; i++)
		comment->accepted += run->comparisons.items[i].total.accepted.reason != NULL;
}

void stk_comment_init(
	struct stk_comment *comment, const struct stk_doc *doc, const struct stk_comment_opts *opts)
{
	struct stk_comment_marker marker;

	*comment = (struct stk_comment){.doc = doc, .run = doc->run, .opts = opts};
	for (size_t i = 0; i < doc->findings.len; i++) {
		stk_vec_push(&comment->rows, doc->findings.items[i]);
		count_row(comment, doc->findings.items[i].row);
	}
	for (size_t i = 0; i < doc->groups.len; i++)
		comment->accepted += doc->groups.items[i].finding.row->accepted.reason != NULL;
	if (comment->accepted == 0)
		count_totals(comment);
	if (comment->rows.len > 0)
		qsort(comment->rows.items, comment->rows.len, sizeof *comment->rows.items,
			by_weight);
	comment->kind = kind_of(comment);
	stk_comment_marker_of_run(&marker, comment->run, opts->key);
	stk_comment_history_add(opts->history ? opts->history : "", marker.sha,
		stk_comment_kind_mark(comment->kind), comment->history);
}

void stk_comment_release(struct stk_comment *comment)
{
	stk_vec_release(&comment->rows);
}

/* Nothing found: one line says all. */
static void add_quiet_head(const struct stk_comment *comment, struct stk_buf *buf)
{
	stk_buf_addf(buf, "%s **", stk_comment_kind_mark(comment->kind));
	stk_comment_add_verdict(comment, false, buf);
	stk_buf_add_text(buf, "** · ");
	size_t before = buf->len;
	stk_comment_add_totals(comment, buf);
	stk_comment_add_noticed(comment, buf->len > before ? ", " : "", buf);
	stk_buf_add_text(buf, buf->len > before ? " · " : "");
	stk_comment_add_sides(comment, buf);
	stk_buf_add_byte(buf, '\n');
}

static void add_head(const struct stk_comment *comment, struct stk_buf *buf)
{
	if (comment->kind == STK_COMMENT_NOTHING) {
		add_quiet_head(comment, buf);
		return;
	}
	stk_buf_addf(buf, "### %s ", stk_comment_kind_mark(comment->kind));
	stk_comment_add_verdict(comment, false, buf);
	stk_buf_add_text(buf, "\n\n");
	size_t before = buf->len;
	stk_comment_add_totals(comment, buf);
	if (buf->len > before)
		stk_buf_add_text(buf, "  \n"); /* two blanks: a line break in every Markdown */
	stk_comment_add_sides(comment, buf);
	stk_buf_add_text(buf, " · ");
	stk_comment_add_load_words(comment, buf);
	stk_buf_add_byte(buf, '\n');
}

static void add_body(
	const struct stk_comment *comment, const struct stk_comment_plan *plan, struct stk_buf *buf)
{
	struct stk_comment_marker marker;

	if (!comment->opts->no_marker) {
		stk_comment_marker_of_run(&marker, comment->run, comment->opts->key);
		memcpy(marker.history, comment->history, sizeof marker.history);
		stk_comment_marker_format(&marker, buf);
	}
	add_head(comment, buf);
	if (plan->table && comment->kind != STK_COMMENT_NOTHING)
		stk_comment_add_found(comment, buf);
	stk_comment_add_folds(comment, plan, buf);
	if (plan->left_out)
		stk_buf_addf(buf, "\n<sub>Shortened: without %s; the report has them.</sub>\n",
			plan->left_out);
	stk_comment_add_footer(comment, buf);
}

void stk_comment_format(
	const struct stk_doc *doc, const struct stk_comment_opts *opts, struct stk_buf *buf)
{
	size_t limit = opts->limit > 0 ? opts->limit : STK_COMMENT_LIMIT;
	size_t last = STK_ARRAY_LEN(plans) - 1;
	struct stk_buf body = STK_BUF_EMPTY;
	struct stk_comment comment;

	stk_comment_init(&comment, doc, opts);
	for (size_t i = opts->is_short ? PLAN_SHORT : 0; i <= last; i++) {
		struct stk_comment_plan plan = plans[i];
		if (i == 0 && limit > STK_COMMENT_LIMIT)
			plan.fold_rows = FOLD_ROWS_LONG;
		stk_buf_clear(&body);
		add_body(&comment, &plan, &body);
		if (body.len <= limit)
			break;
	}
	stk_buf_add_str(buf, stk_buf_str(&body));
	stk_comment_release(&comment);
	stk_buf_release(&body);
}

void stk_comment_format_title(const struct stk_doc *doc, struct stk_buf *buf)
{
	struct stk_comment_opts opts = {.no_marker = true};
	struct stk_buf words = STK_BUF_EMPTY;
	struct stk_comment comment;

	stk_comment_init(&comment, doc, &opts);
	stk_comment_add_verdict(&comment, true, &words);
	stk_text_add_cut(buf, stk_buf_str(&words), TITLE_WIDTH);
	stk_comment_release(&comment);
	stk_buf_release(&words);
}

const char *stk_comment_mark(const struct stk_doc *doc)
{
	struct stk_comment_opts opts = {.no_marker = true};
	struct stk_comment comment;

	stk_comment_init(&comment, doc, &opts);
	const char *mark = stk_comment_kind_mark(comment.kind);
	stk_comment_release(&comment);
	return mark;
}

bool stk_comment_is_news(const struct stk_doc *doc)
{
	struct stk_comment_opts opts = {.no_marker = true};
	struct stk_comment comment;

	stk_comment_init(&comment, doc, &opts);
	bool is_news = comment.kind != STK_COMMENT_NOTHING;
	stk_comment_release(&comment);
	return is_news;
}
