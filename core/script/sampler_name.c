/* sampler_name: the name of a Lua function from the text of its definition. */
#include <ctype.h>

#include "core/script/sampler_rows_priv.h"

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "demo/pricing.lua" -> "pricing" */
static struct stk_str module_of(struct stk_str chunk)
{
	chunk = stk_str_skip(chunk, (size_t)(stk_str_rfind_byte(chunk, '/') + 1));
	if (stk_str_ends(chunk, ".lua"))
		chunk.len -= 4;
	return chunk;
}

/* Line number n, from 1; empty if there is none. */
static struct stk_str line_of(struct stk_str text, int n)
{
	struct stk_str line;

	while (stk_str_cut(&text, '\n', &line))
		if (--n == 0)
			return line;
	return (struct stk_str){NULL, 0};
}

/* Where the keyword begins, or -1: "function" with no letter beside it. */
static ptrdiff_t find_keyword(struct stk_str line)
{
	const struct stk_str word = STK_STR("function");

	for (size_t at = 0; at + word.len <= line.len; at++) {
		if (!stk_str_eq(stk_str_sub(line, at, word.len), word))
			continue;
		if (at > 0 && is_word(line.ptr[at - 1]))
			continue;
		if (at + word.len < line.len && is_word(line.ptr[at + word.len]))
			continue;
		return (ptrdiff_t)at;
	}
	return -1;
}

static struct stk_str last_word(struct stk_str s)
{
	size_t from = s.len;

	while (from > 0 && is_word(s.ptr[from - 1]))
		from--;
	return stk_str_skip(s, from);
}

/* "local function a(", "function M.b:c(", "d = function(": the last word of the name. */
static struct stk_str defined_name(struct stk_str line)
{
	ptrdiff_t at = find_keyword(line);
	struct stk_str before, after;
	ptrdiff_t paren;

	if (at < 0)
		return (struct stk_str){NULL, 0};
	after = stk_str_skip(line, (size_t)at + 8);
	paren = stk_str_find_byte(after, '(');
	if (paren >= 0)
		after.len = (size_t)paren;
	after = last_word(stk_str_trim(after));
	if (after.len > 0)
		return after;
	before = stk_str_trim(stk_str_sub(line, 0, (size_t)at));
	if (!stk_str_ends(before, "="))
		return (struct stk_str){NULL, 0};
	before.len--;
	return last_word(stk_str_trim(before));
}

void stk_sampler_rows_name(
	struct stk_str chunk, struct stk_str text, int start_line, struct stk_buf *out)
{
	struct stk_str name;

	stk_buf_add_str(out, module_of(chunk));
	if (start_line <= 0) {
		stk_buf_add_text(out, ".main_chunk");
		return;
	}
	name = defined_name(line_of(text, start_line));
	if (name.len > 0) {
		stk_buf_add_byte(out, '.');
		stk_buf_add_str(out, name);
	} else {
		stk_buf_addf(out, ".line_%d", start_line);
	}
}
