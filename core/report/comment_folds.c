/* comment_folds: what is folded below the table, and the links at the end. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/report/comment_priv.h"
#include "core/report/markdown.h"
#include "core/report/parts.h"

static void add_sections(
	const struct stk_doc *doc, const char *const *ids, size_t len, struct stk_buf *buf)
{
	for (size_t i = 0; i < len; i++)
		for (size_t j = 0; j < doc->sections.len; j++)
			if (strcmp(doc->sections.items[j].id, ids[i]) == 0)
				stk_markdown_add_section(buf, &doc->sections.items[j], 0);
}

static void start_fold(struct stk_buf *buf, const char *title)
{
	stk_buf_addf(buf, "\n<details><summary>%s</summary>\n", title);
}

static void end_fold(struct stk_buf *buf)
{
	stk_buf_add_text(buf, "\n</details>\n");
}

static void add_functions(const struct stk_comment *comment, size_t most, struct stk_buf *buf)
{
	bool any = false;

	for (size_t i = 0; i < comment->run->comparisons.len && !any; i++)
		any = comment->run->comparisons.items[i].rows.len > 0;
	if (!any || most == 0)
		return;
	start_fold(
		buf, comment->run->comparisons.len > 1 ? "All functions, memory" : "All functions");
	size_t left_out = stk_comment_add_all(comment, most, buf);
	if (left_out > 0)
		stk_buf_addf(buf, "\nand %zu more, in run.json\n", left_out);
	end_fold(buf);
}

static void add_load(const struct stk_comment *comment, struct stk_buf *buf)
{
	static const char *const ids[] = {"thresholds", "load"};
	const struct stk_run *run = comment->run;
	size_t met = 0;

	for (size_t i = 0; i < run->thresholds.len; i++)
		met += run->thresholds.items[i].ok && !run->thresholds.items[i].no_data;
	stk_buf_add_text(buf, "\n<details><summary>Load");
	if (run->thresholds.len > 0)
		stk_buf_addf(buf, " and thresholds (%zu of %zu met)", met, run->thresholds.len);
	stk_buf_add_text(buf, "</summary>\n\n");
	stk_comment_add_load_words(comment, buf);
	stk_buf_add_byte(buf, '\n');
	add_sections(comment->doc, ids, STK_ARRAY_LEN(ids), buf);
	end_fold(buf);
}

/* Without the addresses of the targets, which the report has: a comment may be public. */
static void add_machine(const struct stk_run *run, struct stk_buf *buf)
{
	enum { FACTS_MAX = 20 };
	struct stk_buf text = STK_BUF_EMPTY;

	for (size_t i = 0; i < run->environment.len && i < FACTS_MAX; i++)
		stk_buf_addf(&text, "%s%s %s", i > 0 ? " · " : "", run->environment.items[i].key,
			run->environment.items[i].value);
	if (text.len > 0) {
		stk_buf_add_text(buf, "\n**Machine** ");
		stk_markdown_add_text(buf, stk_buf_str(&text));
		stk_buf_add_byte(buf, '\n');
	}
	stk_buf_clear(&text);
	stk_buf_addf(&text, "%s · stoker %s", run->id, run->version);
	stk_buf_add_text(buf, "\n**Run** ");
	stk_markdown_add_text(buf, stk_buf_str(&text));
	stk_buf_add_byte(buf, '\n');
	stk_buf_release(&text);
}

static void add_method(const struct stk_comment *comment, struct stk_buf *buf)
{
	static const char *const ids[] = {"trust", "unseen", "coverage", "notes"};
	static const char *const links[] = {"links"};

	start_fold(buf, "How it was measured, how sure it is");
	add_sections(comment->doc, ids, STK_ARRAY_LEN(ids), buf);
	if (comment->opts->with_links)
		add_sections(comment->doc, links, STK_ARRAY_LEN(links), buf);
	add_machine(comment->run, buf);
	end_fold(buf);
}

/* A command of stoker in plain words: what a record claims is not handed to somebody's shell. */
static bool is_plain_command(const char *command)
{
	enum { COMMAND_MAX = 400 };
	struct stk_str text = stk_str_of(command);

	if (!stk_str_starts(text, "stoker ") || text.len > COMMAND_MAX ||
		stk_str_contains(text, STK_STR("://")))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!isalnum((unsigned char)text.ptr[i]) &&
			strchr(" ._/=:,+%~-", text.ptr[i]) == NULL)
			return false;
	return true;
}

static void add_reproduce(const struct stk_comment *comment, struct stk_buf *buf)
{
	const struct stk_run *run = comment->run;

	if (!is_plain_command(run->command))
		return;
	start_fold(buf, "Reproduce");
	stk_buf_addf(buf, "\n```sh\n%s\n```\n", run->command);
	end_fold(buf);
}

/* How a first base comes to be, or what would help where nothing could be told. */
static const char *advice_of(const struct stk_comment *comment)
{
	switch (comment->kind) {
	case STK_COMMENT_NO_BASE:
		return "Run this workflow on the default branch: it keeps what it measured "
		       "(`stoker baseline push` makes it known to other machines), and the next "
		       "run here compares with it.";
	case STK_COMMENT_UNSURE:
		if (!stk_comment_is_unsound(comment->run))
			return "How much runs apart in time differ by chance has not been measured "
			       "here yet, so nothing is concluded (`stoker calibrate` measures "
			       "it).";
		return "The figures stand as measured, but nothing is concluded from them. More "
		       "pairs (`pairs = 12`), longer blocks or a quieter machine would help.";
	case STK_COMMENT_HOTSPOTS:
		return "Nothing was compared: one build was measured.";
	default:
		return NULL;
	}
}

static void add_advice(const struct stk_comment *comment, struct stk_buf *buf)
{
	const char *advice = advice_of(comment);

	if (advice)
		stk_buf_addf(buf, "\n%s\n", advice);
}

void stk_comment_add_folds(
	const struct stk_comment *comment, const struct stk_comment_plan *plan, struct stk_buf *buf)
{
	add_advice(comment, buf);
	add_functions(comment, plan->fold_rows, buf);
	if (plan->load)
		add_load(comment, buf);
	if (plan->method)
		add_method(comment, buf);
	if (plan->reproduce)
		add_reproduce(comment, buf);
}

static void add_item(struct stk_buf *buf, size_t before, const char *text)
{
	stk_buf_addf(buf, "%s%s", buf->len > before ? " · " : "\n", text);
}

void stk_comment_add_footer(const struct stk_comment *comment, struct stk_buf *buf)
{
	const struct stk_comment_opts *opts = comment->opts;
	struct stk_buf history = STK_BUF_EMPTY;
	size_t before = buf->len;

	if (opts->links.report) {
		add_item(buf, before, "[report](");
		stk_buf_addf(buf, "%s)", opts->links.report);
	}
	if (opts->links.run) {
		add_item(buf, before, "[run](");
		stk_buf_addf(buf, "%s)", opts->links.run);
	}
	if (comment->kind == STK_COMMENT_REGRESSION)
		add_item(buf, before,
			opts->has_bot ? "accept: `/stoker accept \"reason\" 30d`"
				      : "on purpose? `stoker baseline accept`");
	if (opts->has_bot)
		add_item(buf, before, "run again: `/stoker run`");
	stk_comment_history_format(comment->history, &history);
	if (history.len > 0 && !opts->no_marker) {
		add_item(buf, before, "history: ");
		stk_buf_add_str(buf, stk_buf_str(&history));
	}
	stk_buf_release(&history);
	if (buf->len > before)
		stk_buf_add_byte(buf, '\n');
}
