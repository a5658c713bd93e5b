/* ignore: the rules of .gitignore files, as far as a look at a repository needs them. */
#include "core/init/ignore.h"

#include <string.h>

void stk_ignore_release(struct stk_ignore *ignore)
{
	stk_vec_release(&ignore->rules);
	stk_arena_release(&ignore->arena);
}

/* Blanks at the end go, unless the last one is quoted by a backslash. */
static struct stk_str cut_end(struct stk_str line)
{
	while (line.len > 0 && strchr(" \t\r", line.ptr[line.len - 1]) &&
		!(line.len > 1 && line.ptr[line.len - 2] == '\\'))
		line.len--;
	return line;
}

static void read_line(struct stk_ignore *ignore, const char *folder, struct stk_str line)
{
	struct stk_ignore_rule rule = {.folder = folder};

	line = cut_end(line);
	if (line.len == 0 || line.ptr[0] == '#' || ignore->rules.len >= STK_IGNORE_RULES_MAX)
		return;
	if (line.ptr[0] == '!') {
		rule.negated = true;
		line = stk_str_skip(line, 1);
	}
	if (line.len > 0 && line.ptr[line.len - 1] == '/') {
		rule.folders_only = true;
		line.len--;
	}
	rule.anchored = stk_str_find_byte(line, '/') >= 0;
	if (stk_str_starts(line, "/"))
		line = stk_str_skip(line, 1);
	if (line.len == 0)
		return;
	rule.pattern = stk_arena_str(&ignore->arena, line);
	stk_vec_push(&ignore->rules, rule);
}

void stk_ignore_read(struct stk_ignore *ignore, const char *folder, struct stk_str text)
{
	const char *kept = stk_arena_dup(&ignore->arena, folder);
	struct stk_str line;

	while (stk_str_cut(&text, '\n', &line))
		read_line(ignore, kept, line);
}

/* --- patterns ------------------------------------------------------------------------------ */

/* A class "[a-z]" at pattern: whether c is in it, and its end; NULL when it is not closed. */
static const char *match_class(const char *pattern, char c, bool *in_out)
{
	const char *at = pattern + 1;
	bool negated = *at == '!' || *at == '^', in = false;
	bool first = true;

	for (at += negated; *at && (*at != ']' || first); first = false) {
		unsigned char low = (unsigned char)(*at == '\\' && at[1] ? *++at : *at), high = low;

		at++;
		if (at[0] == '-' && at[1] && at[1] != ']') {
			high = (unsigned char)(at[1] == '\\' && at[2] ? at[2] : at[1]);
			at += at[1] == '\\' && at[2] ? 3 : 2;
		}
		in = in || ((unsigned char)c >= low && (unsigned char)c <= high);
	}
	*in_out = in != negated;
	return *at == ']' ? at + 1 : NULL;
}

/* One character of text against the head of pattern: what follows in it, NULL if it differs. */
static const char *match_one(const char *pattern, char c)
{
	bool in = false;

	if (*pattern == '?')
		return c != '/' ? pattern + 1 : NULL;
	if (*pattern == '[') {
		const char *end = match_class(pattern, c, &in);

		if (end)
			return in && c != '/' ? end : NULL;
	}
	if (*pattern == '\\' && pattern[1])
		pattern++;
	return *pattern == c ? pattern + 1 : NULL;
}

/* Where to go on after a mismatch: the last star of its kind takes one character more. */
struct retry {
	const char *pattern, *text; /* NULL: no such star yet */
};

static bool is_any_folders(const char *start, const char *pattern)
{
	return pattern[0] == '*' && pattern[1] == '*' && (pattern == start || pattern[-1] == '/') &&
	       (pattern[2] == '/' || pattern[2] == '\0');
}

bool stk_ignore_match(const char *pattern, const char *text)
{
	const char *start = pattern, *next;
	struct retry star = {NULL, NULL}, folders = {NULL, NULL};

	while (*text || *pattern) {
		if (is_any_folders(start, pattern)) {
			if (pattern[2] == '\0')
				return *text != '\0';
			pattern += 3;
			folders = (struct retry){pattern, text};
			star.pattern = NULL;
		} else if (*pattern == '*') {
			while (*pattern == '*')
				pattern++;
			star = (struct retry){pattern, text};
		} else if (*text && (next = match_one(pattern, *text))) {
			pattern = next;
			text++;
		} else if (star.pattern && *star.text && *star.text != '/') {
			text = ++star.text;
			pattern = star.pattern;
		} else if (folders.pattern && strchr(folders.text, '/')) {
			text = folders.text = strchr(folders.text, '/') + 1;
			pattern = folders.pattern;
			star.pattern = NULL;
		} else {
			return false;
		}
	}
	return true;
}

static bool is_meant(const struct stk_ignore_rule *rule, const char *path, bool is_folder)
{
	size_t len = strlen(rule->folder);
	const char *name;

	if ((rule->folders_only && !is_folder) || strncmp(path, rule->folder, len) != 0)
		return false;
	path += len;
	name = strrchr(path, '/');
	return stk_ignore_match(rule->pattern, rule->anchored || !name ? path : name + 1);
}

bool stk_ignore_has(const struct stk_ignore *ignore, const char *path, bool is_folder)
{
	for (size_t i = ignore->rules.len; i-- > 0;)
		if (is_meant(&ignore->rules.items[i], path, is_folder))
			return !ignore->rules.items[i].negated;
	return false;
}
