/* comment_words: the lines above the table: verdict, totals, sides, load. */
#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/report/comment_priv.h"
#include "core/report/figures.h"
#include "core/report/markdown.h"
#include "core/report/parts.h"
#include "core/report/text.h"

#define CANNOT_TELL "CANNOT TELL: " /* of the record's headline */

enum { TITLE_WIDTH = 48, REASON_WIDTH = 200 };

/* What a row of a profile type does more or less of. */
struct wording {
	const char *short_name, *verb, *noun;
};

static struct wording wording_of(const struct stk_comparison *comparison)
{
	static const struct wording words[] = {{"cpu", "costs", "CPU per request"},
		{"alloc_space", "allocates", "memory per request"},
		{"alloc_objects", "allocates", "objects per request"},
		{"inuse_space", "holds", "memory"}, {"inuse_objects", "holds", "objects"}};

	for (size_t i = 0; i < STK_ARRAY_LEN(words); i++)
		if (strcmp(words[i].short_name, comparison->short_name) == 0)
			return words[i];
	return (struct wording){NULL, "has", NULL};
}

const char *stk_comment_kind_mark(enum stk_comment_kind kind)
{
	static const char *const marks[] = {
		[STK_COMMENT_REGRESSION] = "🔴",
		[STK_COMMENT_THRESHOLD] = "🔴",
		[STK_COMMENT_PARTIAL] = "🟡",
		[STK_COMMENT_UNSURE] = "🟡",
		[STK_COMMENT_IMPROVEMENT] = "🟢",
		[STK_COMMENT_HOTSPOTS] = "🔵",
		[STK_COMMENT_NO_BASE] = "🔵",
		[STK_COMMENT_ACCEPTED] = "⚪",
		[STK_COMMENT_MOVED] = "🔵",
		[STK_COMMENT_NOTHING] = "⚪",
	};

	return marks[kind];
}

/* --- figures --------------------------------------------------------------------- */

/* As many digits as the interval supports. */
static int digits_of(const struct stk_row *row)
{
	double width = row->hi - row->lo;

	if (isfinite(width))
		return width < 0.0995 ? 1 : 0;
	return fabs(row->change) < 0.0995 ? 1 : 0;
}

static void add_percent(struct stk_buf *buf, double fraction, int digits, const char *format)
{
	struct stk_buf text = STK_BUF_EMPTY;

	if (isnan(fraction))
		stk_buf_add_byte(&text, '-');
	else if (fabs(fraction) > 1e4)
		stk_buf_add_text(&text, fraction > 0 ? "+∞" : "-∞");
	else if (format[0] == '+')
		stk_buf_addf(&text, "%+.*f", digits, fraction * 100);
	else
		stk_buf_addf(&text, "%.*f", digits, fraction * 100);
	stk_markdown_add_figure(buf, stk_buf_str(&text));
	stk_buf_release(&text);
}

void stk_comment_add_change(const struct stk_row *row, struct stk_buf *buf)
{
	add_percent(buf, row->change, digits_of(row), "+");
	stk_buf_add_text(buf, "\xc2\xa0%");
}

void stk_comment_add_interval(const struct stk_row *row, const char *format, struct stk_buf *buf)
{
	bool is_words = format[0] == '+';

	stk_buf_add_text(buf, is_words ? "" : "[");
	add_percent(buf, row->lo, digits_of(row), format);
	stk_buf_add_text(buf, is_words ? " to " : ",\xc2\xa0");
	add_percent(buf, row->hi, digits_of(row), format);
	stk_buf_add_text(buf, is_words ? "" : "]");
}

static bool has_interval(const struct stk_row *row)
{
	return isfinite(row->change) && (isfinite(row->lo) || isfinite(row->hi));
}

static void add_count(struct stk_buf *buf, double count)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_figures_add_count(&text, count);
	stk_markdown_add_figure(buf, stk_buf_str(&text));
	stk_buf_release(&text);
}

/* --- verdict --------------------------------------------------------------------- */

static void add_name(struct stk_buf *buf, const char *name, bool is_plain)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	if (!is_plain) {
		stk_markdown_add_name(buf, name, STK_COMMENT_NAME_WIDTH);
		return;
	}
	stk_text_add_plain(&plain, stk_str_of(name));
	stk_text_add_cut(buf, stk_buf_str(&plain), STK_COMMENT_NAME_WIDTH);
	stk_buf_release(&plain);
}

static void add_words(struct stk_buf *buf, struct stk_str words, bool is_plain)
{
	struct stk_buf plain = STK_BUF_EMPTY, cut = STK_BUF_EMPTY;

	stk_text_add_plain(&plain, stk_str_sub(words, 0, 4096));
	stk_text_add_cut(&cut, stk_buf_str(&plain), REASON_WIDTH);
	if (is_plain)
		stk_buf_add_str(buf, stk_buf_str(&cut));
	else
		stk_markdown_add_text(buf, stk_buf_str(&cut));
	stk_buf_release(&plain);
	stk_buf_release(&cut);
}

/* "`f` costs 44 % more CPU per request". */
static void add_one(const struct stk_doc_finding *finding, bool is_plain, struct stk_buf *buf)
{
	struct wording words = wording_of(finding->comparison);
	const struct stk_row *row = finding->row;
	bool is_more = !(row->change < 0);

	add_name(buf, row->function.name, is_plain);
	stk_buf_addf(buf, " %s ", words.verb);
	if (isfinite(row->change)) {
		add_percent(buf, fabs(row->change), digits_of(row), "");
		stk_buf_add_text(buf, "\xc2\xa0% ");
	}
	stk_buf_add_text(buf, is_more ? "more " : "less ");
	if (words.noun)
		stk_buf_add_text(buf, words.noun);
	else
		add_words(buf, stk_str_of(finding->comparison->short_name), is_plain);
}

/* "3 functions got dearer, most of all `f`: +44 % CPU per request". */
static void add_several(const struct stk_doc_finding *finding, size_t count, const char *what,
	bool is_plain, struct stk_buf *buf)
{
	struct wording words = wording_of(finding->comparison);

	stk_buf_addf(buf, "%zu functions got %s, most of all ", count, what);
	add_name(buf, finding->row->function.name, is_plain);
	if (!isfinite(finding->row->change))
		return;
	stk_buf_add_text(buf, ": ");
	stk_comment_add_change(finding->row, buf);
	stk_buf_add_byte(buf, ' ');
	if (words.noun)
		stk_buf_add_text(buf, words.noun);
	else
		add_words(buf, stk_str_of(finding->comparison->short_name), is_plain);
}

/* "CPU per request +10.6 % in total": no function alone was found. */
static void add_total_verdict(const struct stk_comment *comment, enum stk_verdict verdict,
	bool is_plain, struct stk_buf *buf)
{
	const struct stk_run *run = comment->run;
	const struct stk_row *row = NULL;
	const char *name = NULL;

	for (size_t i = 0; i < run->totals.len && !row; i++)
		if (run->totals.items[i].row.verdict == verdict &&
			!run->totals.items[i].row.accepted.reason) {
			row = &run->totals.items[i].row;
			name = run->totals.items[i].name;
		}
	for (size_t i = 0; i < run->comparisons.len && !row; i++)
		if (run->comparisons.items[i].total.verdict == verdict &&
			!run->comparisons.items[i].total.accepted.reason) {
			row = &run->comparisons.items[i].total;
			name = stk_parts_total_name(&run->comparisons.items[i]);
		}
	if (!row) {
		stk_buf_add_text(buf, verdict == STK_VERDICT_REGRESSION ? "Dearer per request"
									: "Cheaper per request");
		return;
	}
	if (strcmp(name, "cpu") == 0)
		stk_buf_add_text(buf, "CPU per request");
	else
		add_words(buf, stk_str_of(name), is_plain);
	stk_buf_add_byte(buf, ' ');
	stk_comment_add_change(row, buf);
	stk_buf_add_text(buf, " in total");
}

/* "Package `internal/order`: CPU per request +12 %": no function alone was found. */
static bool add_group_verdict(const struct stk_comment *comment, enum stk_verdict verdict,
	bool is_plain, struct stk_buf *buf)
{
	const struct stk_doc *doc = comment->doc;
	size_t first = 0;

	while (first < doc->groups.len &&
		(doc->groups.items[first].finding.row->verdict != verdict ||
			doc->groups.items[first].finding.row->accepted.reason))
		first++;
	if (first == doc->groups.len)
		return false;
	if (doc->groups.items[first].is_package)
		stk_buf_add_text(buf, "package ");
	add_one(&doc->groups.items[first].finding, is_plain, buf);
	if (!doc->groups.items[first].is_package)
		stk_buf_add_text(buf, " with all it calls");
	return true;
}

static void add_found_verdict(const struct stk_comment *comment, enum stk_verdict verdict,
	bool is_plain, struct stk_buf *buf)
{
	bool is_worse = verdict == STK_VERDICT_REGRESSION;
	size_t count = is_worse ? comment->regressions : comment->improvements;
	size_t first = 0;

	while (first < comment->rows.len &&
		(comment->rows.items[first].row->verdict != verdict ||
			comment->rows.items[first].row->accepted.reason))
		first++;
	if (count == 0 || first == comment->rows.len) {
		if (!add_group_verdict(comment, verdict, is_plain, buf))
			add_total_verdict(comment, verdict, is_plain, buf);
	} else if (count == 1)
		add_one(&comment->rows.items[first], is_plain, buf);
	else
		add_several(&comment->rows.items[first], count, is_worse ? "dearer" : "cheaper",
			is_plain, buf);
}

static void add_unsure(const struct stk_run *run, bool is_plain, struct stk_buf *buf)
{
	struct stk_str headline = stk_str_of(run->headline);

	stk_buf_add_text(buf, "Cannot tell");
	for (size_t i = 0; i < run->preconditions.len; i++) {
		if (run->preconditions.items[i].state != STK_CHECK_FAIL)
			continue;
		stk_buf_add_text(buf, ": ");
		add_words(buf, stk_str_of(run->preconditions.items[i].text), is_plain);
		return;
	}
	if (stk_str_starts(headline, CANNOT_TELL)) {
		stk_buf_add_text(buf, ": ");
		add_words(buf, stk_str_skip(headline, strlen(CANNOT_TELL)), is_plain);
	}
}

static void add_partial(const struct stk_run *run, bool is_plain, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "Ended early");
	if (run->partial.phase) {
		stk_buf_add_text(buf, " in phase ");
		add_words(buf, stk_str_of(run->partial.phase), is_plain);
	}
	if (run->partial.reason) {
		stk_buf_add_text(buf, ": ");
		add_words(buf, stk_str_of(run->partial.reason), is_plain);
	}
}

/* What the document's first line says of the threshold. */
static void add_threshold(const struct stk_doc *doc, bool is_plain, struct stk_buf *buf)
{
	stk_buf_add_text(buf, "Threshold crossed");
	if (!stk_str_starts(stk_str_of(doc->headline), "THRESHOLD"))
		return;
	stk_buf_add_text(buf, ": ");
	add_words(buf, stk_str_of(doc->sections.items[0].blocks.items[0].line.text), is_plain);
}

static void add_hotspot(const struct stk_run *run, bool is_plain, struct stk_buf *buf)
{
	for (size_t i = 0; i < run->hotspots.len; i++) {
		if (run->hotspots.items[i].rows.len == 0)
			continue;
		add_name(buf, run->hotspots.items[i].rows.items[0].function.name, is_plain);
		stk_buf_add_text(buf, " costs most under load");
		return;
	}
	stk_buf_add_text(buf, "Load ran; no profile was compared");
}

static void add_quiet(const struct stk_comment *comment, struct stk_buf *buf)
{
	if (comment->kind == STK_COMMENT_ACCEPTED)
		stk_buf_addf(buf, "No new regression seen, %zu accepted", comment->accepted);
	else if (comment->kind == STK_COMMENT_MOVED)
		stk_buf_addf(buf, "No regression seen, %zu function%s renamed or moved",
			comment->moved, comment->moved == 1 ? "" : "s");
	else
		stk_buf_add_text(buf, "No regression seen");
}

void stk_comment_add_verdict(const struct stk_comment *comment, bool is_plain, struct stk_buf *buf)
{
	switch (comment->kind) {
	case STK_COMMENT_REGRESSION:
		add_found_verdict(comment, STK_VERDICT_REGRESSION, is_plain, buf);
		break;
	case STK_COMMENT_IMPROVEMENT:
		add_found_verdict(comment, STK_VERDICT_IMPROVEMENT, is_plain, buf);
		break;
	case STK_COMMENT_THRESHOLD:
		add_threshold(comment->doc, is_plain, buf);
		break;
	case STK_COMMENT_PARTIAL:
		add_partial(comment->run, is_plain, buf);
		break;
	case STK_COMMENT_UNSURE:
		add_unsure(comment->run, is_plain, buf);
		break;
	case STK_COMMENT_HOTSPOTS:
		add_hotspot(comment->run, is_plain, buf);
		break;
	case STK_COMMENT_NO_BASE:
		stk_buf_add_text(buf, "No base to compare with yet");
		break;
	case STK_COMMENT_ACCEPTED:
	case STK_COMMENT_MOVED:
	case STK_COMMENT_NOTHING:
		add_quiet(comment, buf);
	}
	stk_buf_add_text(buf, " · ");
	add_name(buf, comment->run->name, is_plain);
}

/* --- totals ---------------------------------------------------------------------- */

static void add_total(struct stk_buf *buf, const char *name, const char *unit,
	const struct stk_row *row, size_t before)
{
	bool is_accepted = row->accepted.reason != NULL;
	bool is_strong = (row->verdict == STK_VERDICT_REGRESSION && !is_accepted) ||
			 row->verdict == STK_VERDICT_IMPROVEMENT;
	struct stk_buf pair = STK_BUF_EMPTY;

	if (!isfinite(row->change))
		return;
	stk_buf_addf(buf, "%s%s", buf->len > before ? " · " : "", is_strong ? "**" : "");
	add_words(buf, stk_str_of(name), false);
	stk_buf_add_byte(buf, ' ');
	stk_comment_add_change(row, buf);
	stk_buf_add_text(buf, is_strong ? "** (" : " (");
	stk_figures_add_pair(&pair, row->base_cost, row->head_cost, unit);
	stk_markdown_add_figure(buf, stk_buf_str(&pair));
	if (has_interval(row)) {
		double level = isfinite(row->level) && row->level < 1 ? row->level : 0.95;
		stk_buf_addf(buf, ", %.3g\xc2\xa0%%: ", level * 100);
		stk_comment_add_interval(row, "+", buf);
	}
	stk_buf_add_text(buf, is_accepted ? ", accepted)" : ")");
	stk_buf_release(&pair);
}

/* p95, and errors where there are more of them. */
static void add_exact(struct stk_buf *buf, const struct stk_run *run, size_t before)
{
	for (size_t i = 0; i < run->totals.len; i++) {
		const struct stk_total *total = &run->totals.items[i];
		if (strcmp(total->name, "p95") == 0)
			add_total(buf, "p95", total->unit, &total->row, before);
		if (strcmp(total->name, "errors") == 0 &&
			total->row.head_cost > total->row.base_cost && total->row.head_cost <= 1)
			stk_buf_addf(buf, "%serrors %.2f → %.2f\xc2\xa0%%",
				buf->len > before ? " · " : "", total->row.base_cost * 100,
				total->row.head_cost * 100);
	}
}

static void add_gates(struct stk_buf *buf, const struct stk_run *run, size_t before)
{
	enum { GATES_MAX = 4 };
	size_t shown = 0;

	for (size_t i = 0; i < run->gates.len && shown < GATES_MAX; i++) {
		const struct stk_gate_result *gate = &run->gates.items[i];
		if (!gate->crossed)
			continue;
		stk_buf_addf(buf, "%s**gate ", buf->len > before ? " · " : "");
		stk_markdown_add_name(buf, gate->name, TITLE_WIDTH);
		stk_buf_add_byte(buf, ' ');
		stk_markdown_add_name(buf, gate->limit, TITLE_WIDTH);
		stk_buf_add_text(buf, " crossed**");
		shown++;
	}
}

void stk_comment_add_totals(const struct stk_comment *comment, struct stk_buf *buf)
{
	enum { TYPES_MAX = 6 };
	const struct stk_run *run = comment->run;
	size_t before = buf->len;
	bool has_cpu = false;

	for (size_t i = 0; i < run->totals.len && !has_cpu; i++) {
		if (strcmp(run->totals.items[i].name, "cpu") != 0)
			continue;
		add_total(buf, "CPU per request", run->totals.items[i].unit,
			&run->totals.items[i].row, before);
		has_cpu = true;
	}
	for (size_t i = 0; i < run->comparisons.len && i < TYPES_MAX; i++) {
		const struct stk_comparison *comparison = &run->comparisons.items[i];
		if (!has_cpu || strcmp(comparison->short_name, "cpu") != 0)
			add_total(buf, stk_parts_total_name(comparison), comparison->unit,
				&comparison->total, before);
	}
	if (comment->kind != STK_COMMENT_NOTHING)
		add_exact(buf, run, before);
	add_gates(buf, run, before);
}

void stk_comment_add_noticed(
	const struct stk_comment *comment, const char *before, struct stk_buf *buf)
{
	const struct stk_run *run = comment->run;
	const struct stk_comparison *first = run->comparisons.len ? run->comparisons.items : NULL;

	for (size_t i = 0; first && i < first->sensitivity.len; i++) {
		const struct stk_sensitivity *one = &first->sensitivity.items[i];
		if (!(one->share >= 1) || !(one->change >= 0 && one->change < 1e3))
			continue;
		stk_buf_addf(buf, "%swould have noticed +%.*f\xc2\xa0%% in total", before,
			one->change < 0.0995 ? 1 : 0, one->change * 100);
		return;
	}
}

/* --- sides and load -------------------------------------------------------------- */

static void add_commit(struct stk_buf *buf, const char *text, const char *url)
{
	struct stk_str name = stk_str_of(text);
	bool is_sha = name.len == 40 || name.len == 64;

	for (size_t i = 0; is_sha && i < name.len; i++)
		is_sha = strchr("0123456789abcdef", name.ptr[i]) != NULL;
	if (url)
		stk_buf_add_byte(buf, '[');
	if (is_sha)
		stk_buf_addf(buf, "`%.7s`", text);
	else
		stk_markdown_add_name(buf, text, TITLE_WIDTH);
	if (url)
		stk_buf_addf(buf, "](%s)", url);
}

static void add_why(struct stk_buf *buf, const struct stk_side_info *side)
{
	if (side->why && side->why[0]) {
		stk_buf_add_text(buf, " (");
		add_words(buf, stk_str_of(side->why), false);
		stk_buf_add_byte(buf, ')');
	}
	if (side->dirty)
		stk_buf_add_text(buf, " with uncommitted changes");
}

/* What is kept is named with its age: it was not measured today. */
static void add_kept(struct stk_buf *buf, const struct stk_baseline_info *baseline, bool with_why)
{
	struct stk_buf date = STK_BUF_EMPTY;

	stk_buf_add_text(buf, ", kept");
	if (baseline->where) {
		stk_buf_add_text(buf, " in ");
		add_words(buf, stk_str_of(baseline->where), false);
	}
	if (baseline->measured_ns > 0) {
		stk_units_format_rfc3339(&date, baseline->measured_ns);
		stk_buf_addf(buf, ", measured %.10s", date.ptr);
	}
	if (baseline->why && with_why) {
		stk_buf_add_text(buf, " (");
		add_words(buf, stk_str_of(baseline->why), false);
		stk_buf_add_byte(buf, ')');
	}
	stk_buf_release(&date);
}

void stk_comment_add_sides(const struct stk_comment *comment, struct stk_buf *buf)
{
	const struct stk_side_info *base = &comment->run->sides[STK_SIDE_BASE];
	const struct stk_side_info *head = &comment->run->sides[STK_SIDE_HEAD];
	const struct stk_baseline_info *baseline = &comment->run->baseline;
	const char *base_name = baseline->revision ? baseline->revision
				: base->revision   ? base->revision
						   : base->title;
	const char *head_name = head->revision ? head->revision
				: head->title  ? head->title
					       : comment->run->name;

	if (base_name) {
		stk_buf_add_text(buf, "base ");
		add_commit(buf, base_name, comment->opts->links.commit_base);
		add_why(buf, base);
		if (baseline->revision)
			add_kept(buf, baseline,
				!base->why || !baseline->why ||
					strcmp(base->why, baseline->why) != 0);
		stk_buf_add_text(buf, " ↔ head ");
	} else {
		stk_buf_add_text(buf, "measured ");
	}
	add_commit(buf, head_name, comment->opts->links.commit_head);
	add_why(buf, head);
}

void stk_comment_add_load_words(const struct stk_comment *comment, struct stk_buf *buf)
{
	const struct stk_run *run = comment->run;
	int64_t requests, failed;

	stk_buf_add_text(buf, stk_mode_name(run->mode));
	if (run->planned_pairs > 0)
		stk_buf_addf(buf, ", %d pairs in one job", run->planned_pairs);
	stk_parts_sum_requests(run, &requests, &failed);
	stk_buf_add_text(buf, " · ");
	add_count(buf, (double)requests);
	stk_buf_add_text(buf, " requests");
	if (run->generator.rate_planned > 0 && run->generator.rate_planned < 1e9)
		stk_buf_addf(buf, " at %.4g/s", run->generator.rate_planned);
	stk_buf_add_text(buf, ", ");
	add_count(buf, (double)failed);
	stk_buf_add_text(buf, " failed");
}
