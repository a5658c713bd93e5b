/* order: commands of comments. */
#include "core/bot/order.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/publish/ci.h"
#include "core/report/text.h"

#define DAY_NS (24 * 3600 * STK_NS_PER_S)

enum { WORD_MAX = 32, REASON_MAX = 500, FUNCTION_MAX = 1000, DAYS_STANDARD = 30, DAYS_MAX = 1830 };

static const char *const names[] = {"other", "help", "run", "accept", "explain", "other"};

const char *stk_order_name(enum stk_order_kind kind)
{
	return names[kind];
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cut off the first line that is not empty, without blanks around it. A line that is set in by four
 * blanks is code in Markdown, not a command. */
static struct stk_str cut_line(struct stk_str *comment)
{
	struct stk_str line;

	while (stk_str_cut(comment, '\n', &line))
		if (stk_str_trim(line).len)
			return stk_str_starts(line, "    ") || stk_str_starts(line, "\t")
				       ? stk_str_n("", 0)
				       : stk_str_trim(line);
	return stk_str_n("", 0);
}

/* Cut a word off the front; "" at the end. */
static struct stk_str cut_word(struct stk_str *rest)
{
	struct stk_str text = stk_str_trim(*rest);
	size_t len = 0;

	while (len < text.len && !is_blank(text.ptr[len]))
		len++;
	*rest = stk_str_trim(stk_str_skip(text, len));
	return stk_str_sub(text, 0, len);
}

/* Cut "/stoker" off a line. */
static bool cut_call(struct stk_str *line)
{
	return stk_str_eq_nocase(cut_word(line), STK_STR("/stoker"));
}

bool stk_order_is_for_us(struct stk_str comment)
{
	struct stk_str line = cut_line(&comment);

	return cut_call(&line);
}

/* A copy without what drives a terminal or hides. */
static const char *keep(struct stk_order *order, struct stk_str text)
{
	struct stk_buf plain = STK_BUF_EMPTY;
	const char *copy;

	stk_text_add_plain(&plain, text);
	copy = stk_arena_str(&order->arena, stk_buf_str(&plain));
	stk_buf_release(&plain);
	return copy;
}

/* "…" in straight or typographic quotes: the length of the quote at the front, 0 for none. */
static size_t quote_at(struct stk_str text)
{
	static const char *const quotes[] = {"\"", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e"};

	for (size_t i = 0; i < STK_ARRAY_LEN(quotes); i++)
		if (stk_str_starts(text, quotes[i]))
			return strlen(quotes[i]);
	return 0;
}

/* Cut a quoted text off the front; \" and \\ stand for themselves. False: there is none. */
static bool cut_quoted(struct stk_str *rest, struct stk_buf *out)
{
	struct stk_str text = *rest;
	size_t quote = quote_at(text);

	if (!quote)
		return false;
	text = stk_str_skip(text, quote);
	while (text.len && !quote_at(text)) {
		if (text.ptr[0] == '\\' && text.len > 1 &&
			(text.ptr[1] == '"' || text.ptr[1] == '\\'))
			text = stk_str_skip(text, 1);
		stk_buf_add_byte(out, text.ptr[0]);
		text = stk_str_skip(text, 1);
	}
	if (!text.len)
		return false;
	*rest = stk_str_trim(stk_str_skip(text, quote_at(text)));
	return true;
}

/* A function as people copy it: in backticks, in quotes, bare. */
static struct stk_str bare(struct stk_str text)
{
	static const char marks[] = "`\"'";

	for (size_t i = 0; i < sizeof marks - 1; i++)
		while (text.len >= 2 && text.ptr[0] == marks[i] &&
			text.ptr[text.len - 1] == marks[i])
			text = stk_str_sub(text, 1, text.len - 2);
	return stk_str_trim(text);
}

static void take_function(struct stk_order *order, struct stk_str rest)
{
	struct stk_str function = bare(rest);

	if (function.len > FUNCTION_MAX)
		order->wrong = "the function's name is too long";
	else if (function.len)
		order->function = keep(order, function);
}

static void parse_run(struct stk_order *order, struct stk_str rest)
{
	struct stk_str sha = bare(cut_word(&rest));
	char *copy;

	if (!sha.len)
		return;
	if (!stk_ci_is_sha(sha) || rest.len) {
		order->wrong = "only a commit may stand behind it: `/stoker run 2d91e07`";
		return;
	}
	copy = stk_arena_str(&order->arena, sha);
	for (char *c = copy; *c; c++)
		*c |= 0x20; /* hex digits: lower case */
	order->sha = copy;
}

/* "30", "4w", "30days": meant as a time, not as a function of that name. */
static bool is_number(struct stk_str word)
{
	enum { LETTERS_MAX = 6 };
	size_t digits = 0, letters = 0;

	while (digits < word.len && word.ptr[digits] >= '0' && word.ptr[digits] <= '9')
		digits++;
	while (digits + letters < word.len && word.ptr[digits + letters] >= 'a' &&
		word.ptr[digits + letters] <= 'z')
		letters++;
	return digits > 0 && letters <= LETTERS_MAX && digits + letters == word.len;
}

static void parse_accept(struct stk_order *order, struct stk_str rest)
{
	struct stk_buf reason = STK_BUF_EMPTY;
	struct stk_str after, word;
	int64_t ns = 0;

	if (!cut_quoted(&rest, &reason) || !stk_str_trim(stk_buf_str(&reason)).len) {
		order->wrong = "a reason in quotes is wanted: `/stoker accept \"why\" 30d`";
	} else if (reason.len > REASON_MAX) {
		order->wrong = "the reason is too long: at most 500 bytes";
	} else {
		order->reason = keep(order, stk_str_trim(stk_buf_str(&reason)));
		after = rest;
		word = cut_word(&after);
		/* "30d"; seconds are for other things */
		if (word.len && stk_str_find_byte(STK_STR("dh"), word.ptr[word.len - 1]) >= 0 &&
			stk_units_parse_duration(word, &ns, NULL) == 0) {
			rest = after;
			order->for_ns = ns;
		} else if (is_number(word)) {
			order->for_ns = 0;
		}
		if (order->for_ns < DAY_NS || order->for_ns > DAYS_MAX * DAY_NS)
			order->wrong = "how long? `30d`: from `1d` to `1830d`";
		else
			take_function(order, rest);
	}
	stk_buf_release(&reason);
}

static void parse_explain(struct stk_order *order, struct stk_str rest)
{
	take_function(order, rest);
	if (!order->function && !order->wrong)
		order->wrong = "a function is wanted: `/stoker explain FUNCTION`";
}

static enum stk_order_kind kind_of(struct stk_str word)
{
	if (!word.len)
		return STK_ORDER_HELP;
	for (int kind = STK_ORDER_HELP; kind <= STK_ORDER_EXPLAIN; kind++)
		if (stk_str_eq_nocase(word, stk_str_of(names[kind])))
			return (enum stk_order_kind)kind;
	return STK_ORDER_UNKNOWN;
}

void stk_order_parse(struct stk_str comment, struct stk_order *out)
{
	struct stk_str rest = cut_line(&comment), line, word;

	*out = (struct stk_order){.word = "", .for_ns = DAYS_STANDARD * DAY_NS};
	if (!cut_call(&rest))
		return;
	while (!out->has_more && comment.len) {
		line = cut_line(&comment);
		out->has_more = cut_call(&line);
	}
	word = cut_word(&rest);
	out->word = keep(out, stk_str_sub(word, 0, WORD_MAX));
	out->kind = kind_of(word);
	if (out->kind == STK_ORDER_RUN)
		parse_run(out, rest);
	else if (out->kind == STK_ORDER_ACCEPT)
		parse_accept(out, rest);
	else if (out->kind == STK_ORDER_EXPLAIN)
		parse_explain(out, rest);
}

void stk_order_release(struct stk_order *order)
{
	stk_arena_release(&order->arena);
	memset(order, 0, sizeof *order);
}
