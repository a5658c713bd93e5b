/* scan: names, addresses and routes in the text of a program, found without knowing its language.
 */
#include "core/init/scan.h"

#include <string.h>

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Move behind the next token that does not stand in the middle of a word. */
static bool seek(struct stk_str *rest, const char *token)
{
	struct stk_str wanted = stk_str_of(token);
	ptrdiff_t at;

	while ((at = stk_str_find(*rest, wanted)) >= 0) {
		bool inside = at > 0 && is_word(rest->ptr[at - 1]) && is_word(token[0]);

		*rest = stk_str_skip(*rest, (size_t)at + wanted.len);
		if (!inside)
			return true;
	}
	*rest = (struct stk_str){NULL, 0};
	return false;
}

static struct stk_str skip_blanks(struct stk_str text)
{
	while (text.len > 0 && is_blank(text.ptr[0]))
		text = stk_str_skip(text, 1);
	return text;
}

bool stk_scan_literal(struct stk_str *rest, const char *token, struct stk_str *out)
{
	while (seek(rest, token)) {
		struct stk_str text = skip_blanks(*rest);
		size_t len = 1;

		if (text.len == 0 || !strchr("\"'`", text.ptr[0]))
			continue;
		while (len < text.len && text.ptr[len] != text.ptr[0] && text.ptr[len] != '\n')
			len++;
		if (len >= text.len || text.ptr[len] == '\n')
			continue;
		*out = stk_str_sub(text, 1, len - 1);
		*rest = stk_str_skip(text, len + 1);
		return true;
	}
	return false;
}

bool stk_scan_word(struct stk_str *rest, const char *token, struct stk_str *out)
{
	while (seek(rest, token)) {
		size_t len = 0;

		while (len < rest->len && is_word(rest->ptr[len]))
			len++;
		if (len == 0)
			continue;
		*out = stk_str_sub(*rest, 0, len);
		*rest = stk_str_skip(*rest, len);
		return true;
	}
	return false;
}

bool stk_scan_number(struct stk_str *rest, const char *token, int64_t *out)
{
	while (seek(rest, token)) {
		struct stk_str text = skip_blanks(*rest);
		size_t len = 0;

		if (text.len > 0 && strchr("\"'", text.ptr[0]))
			text = stk_str_skip(text, 1);
		while (len < text.len && text.ptr[len] >= '0' && text.ptr[len] <= '9')
			len++;
		if (len > 0 && stk_str_to_i64(stk_str_sub(text, 0, len), out, NULL) == 0)
			return true;
	}
	return false;
}

bool stk_scan_has(struct stk_str text, const char *word)
{
	size_t len = strlen(word);

	while (seek(&text, word))
		if (text.len == 0 || !is_word(text.ptr[0]) || !is_word(word[len - 1]))
			return true;
	return false;
}

/* `key = value # why`, `"key": value,` as its value; false when the line has another key. */
static bool read_value(struct stk_str line, const char *key, struct stk_str *out)
{
	struct stk_str text = stk_str_trim(line);
	bool has_quote = stk_str_starts(text, "\"");
	char quote;

	text = stk_str_skip(text, has_quote);
	if (!stk_str_starts(text, key))
		return false;
	text = stk_str_skip(text, strlen(key) + has_quote);
	text = skip_blanks(text);
	if (text.len == 0 || (text.ptr[0] != '=' && text.ptr[0] != ':'))
		return false;
	text = stk_str_trim(stk_str_skip(text, 1));
	quote = text.len > 0 && strchr("\"'", text.ptr[0]) ? text.ptr[0] : 0;
	if (quote) {
		ptrdiff_t end = stk_str_find_byte(stk_str_skip(text, 1), quote);

		*out = stk_str_sub(text, 1, end < 0 ? 0 : (size_t)end);
		return end > 0;
	}
	for (size_t i = 0; i < text.len; i++)
		if (strchr(",#", text.ptr[i]))
			text.len = i;
	*out = stk_str_trim(text);
	return out->len > 0;
}

bool stk_scan_value(struct stk_str text, const char *header, const char *key, struct stk_str *out)
{
	bool below = header == NULL;
	struct stk_str line;

	while (stk_str_cut(&text, '\n', &line)) {
		struct stk_str trimmed = stk_str_trim(line);

		if (header && stk_str_starts(trimmed, "["))
			below = stk_str_is(trimmed, header);
		else if (below && read_value(line, key, out))
			return true;
	}
	return false;
}

int64_t stk_scan_port(struct stk_str address)
{
	ptrdiff_t colon = stk_str_rfind_byte(address, ':');
	int64_t port;

	if (stk_str_to_i64(stk_str_skip(address, (size_t)(colon + 1)), &port, NULL) < 0)
		return 0;
	return port > 0 && port < 65536 ? port : 0;
}
