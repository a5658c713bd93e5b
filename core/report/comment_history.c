/* comment_history: what earlier commits of the pull request got, carried along by the comment. */
#include "core/report/comment_history.h"

#include <string.h>

#include "core/base/mem.h"

enum { SHA = 8, SHOWN = 4 };

static const struct {
	char letter;
	const char *mark;
} marks[] = {{'r', "🔴"}, {'y', "🟡"}, {'g', "🟢"}, {'b', "🔵"}, {'w', "⚪"}};

static const char *mark_of(char letter)
{
	for (size_t i = 0; i < STK_ARRAY_LEN(marks); i++)
		if (marks[i].letter == letter)
			return marks[i].mark;
	return NULL;
}

static char letter_of(const char *mark)
{
	for (size_t i = 0; i < STK_ARRAY_LEN(marks); i++)
		if (strcmp(marks[i].mark, mark) == 0)
			return marks[i].letter;
	return 'w';
}

/* "a91c2b7e:g": four to eight hex digits and a letter. */
static bool is_word(struct stk_str word)
{
	ptrdiff_t colon = stk_str_find_byte(word, ':');

	if (colon < SHOWN || colon > SHA || word.len != (size_t)colon + 2 ||
		!mark_of(word.ptr[colon + 1]))
		return false;
	for (ptrdiff_t i = 0; i < colon; i++)
		if (!word.ptr[i] || !strchr("0123456789abcdef", word.ptr[i]))
			return false;
	return true;
}

bool stk_comment_history_is(struct stk_str text)
{
	struct stk_str word;
	size_t len = 0;

	if (text.len == 0 || text.len > STK_COMMENT_HISTORY_MAX)
		return false;
	while (stk_str_cut(&text, ' ', &word))
		if (!is_word(word) || ++len > STK_COMMENT_HISTORY_LEN)
			return false;
	return true;
}

void stk_comment_history_add(const char *earlier, const char *sha, const char *mark, char *out)
{
	struct stk_str words[STK_COMMENT_HISTORY_LEN + 1], rest = stk_str_of(earlier), word;
	struct stk_buf text = STK_BUF_EMPTY, own = STK_BUF_EMPTY;
	size_t len = 0, first;

	stk_buf_addf(&own, "%.*s:%c", SHA, sha, letter_of(mark));
	while (stk_comment_history_is(stk_str_of(earlier)) && stk_str_cut(&rest, ' ', &word))
		if (!is_word(stk_buf_str(&own)) ||
			!stk_str_eq(stk_str_sub(word, 0, word.len - 2),
				stk_str_sub(stk_buf_str(&own), 0, own.len - 2)))
			words[len++] = word;
	if (is_word(stk_buf_str(&own)))
		words[len++] = stk_buf_str(&own);
	first = len > STK_COMMENT_HISTORY_LEN ? len - STK_COMMENT_HISTORY_LEN : 0;
	for (size_t i = first; i < len; i++)
		stk_buf_addf(&text, "%s%.*s", i > first ? " " : "", STK_STR_ARG(words[i]));
	memcpy(out, text.ptr, text.len + 1);
	stk_buf_release(&text);
	stk_buf_release(&own);
}

void stk_comment_history_format(const char *words, struct stk_buf *buf)
{
	struct stk_str rest = stk_str_of(words), word;

	if (!stk_comment_history_is(rest) || stk_str_find_byte(rest, ' ') < 0)
		return;
	for (bool first = true; stk_str_cut(&rest, ' ', &word); first = false)
		stk_buf_addf(buf, "%s`%.*s` %s", first ? "" : " → ", SHOWN, word.ptr,
			mark_of(word.ptr[word.len - 1]));
}
