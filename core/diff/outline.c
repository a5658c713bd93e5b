/* outline: where a function ends that begins on a known line, told by indentation. */
#include "core/diff/outline.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/mem.h"

enum { TAB_WIDTH = 8 };

/* A tab goes to the next multiple of eight; only lines of one file are compared. */
static int64_t indent_of(struct stk_str line)
{
	int64_t columns = 0;

	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == '\t')
			columns = (columns / TAB_WIDTH + 1) * TAB_WIDTH;
		else if (line.ptr[i] == ' ')
			columns++;
		else
			break;
	}
	return columns;
}

static bool is_end_word(struct stk_str line)
{
	return stk_str_is(line, "end") || stk_str_starts(line, "end,") ||
	       stk_str_starts(line, "end)") || stk_str_starts(line, "end;");
}

/* What closes the body when it stands where the function began: '}', '})', "end". */
static bool is_close(struct stk_str line)
{
	if (is_end_word(line))
		return true;
	return line.len > 0 && line.ptr[0] == '}';
}

/* "out:" of C; the words that begin a block in Python are none. */
static bool is_label(struct stk_str line)
{
	static const char *const blocks[] = {"try:", "else:", "finally:"};

	if (!stk_str_ends(line, ":") || stk_str_find_byte(line, ' ') >= 0 ||
		stk_str_find_byte(line, '(') >= 0)
		return false;
	for (size_t i = 0; i < STK_ARRAY_LEN(blocks); i++) {
		if (stk_str_is(line, blocks[i]))
			return false;
	}
	return true;
}

/* What stands where the function began and is of it: a brace on a line of its own, the end of a
 * list of arguments, a label, a line of the preprocessor. */
static bool is_between(struct stk_str line)
{
	return strchr("{)]", line.ptr[0]) || is_label(line) || stk_str_starts(line, "#if") ||
	       stk_str_starts(line, "#el") || stk_str_starts(line, "#end") ||
	       stk_str_starts(line, "throws ") || stk_str_starts(line, "where");
}

/* A closing line that opens again: "} else {", "} catch (e) {". */
static bool opens_again(struct stk_str line)
{
	char last = line.ptr[line.len - 1];

	return line.len > 1 && (last == '{' || last == ':');
}

/* Annotations and decorators come before the line that says the name. */
static bool is_decorator(struct stk_str line)
{
	return line.ptr[0] == '@';
}

int64_t stk_outline_end(struct stk_str text, int64_t first)
{
	struct stk_str line;
	int64_t number = 0, end = 0, indent = 0;
	bool has_name = false;

	while (stk_str_cut(&text, '\n', &line)) {
		struct stk_str trimmed = stk_str_trim(line);

		if (++number < first || (trimmed.len == 0 && number > first))
			continue;
		if (number == first)
			indent = indent_of(line);
		if (!has_name) {
			end = number;
			has_name = trimmed.len == 0 || !is_decorator(trimmed);
			continue;
		}
		if (indent_of(line) <= indent) {
			bool is_same = indent_of(line) == indent;

			if (is_same && is_close(trimmed) && !opens_again(trimmed))
				return number;
			if (!is_same || (!is_close(trimmed) && !is_between(trimmed)))
				return end;
		}
		end = number;
	}
	return end;
}
