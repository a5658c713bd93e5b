/* comment_marker: written from a run, read from a comment that anybody may have written. */
#include "core/report/comment_marker.h"

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/units.h"

#define KEY_START  "<!-- stoker:report v1 key="
#define RUN_START  "<!-- sha="
#define PAST_START "<!-- history="
#define LINE_END   " -->"

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_word(char c)
{
	return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
	       c == '_' || c == '/';
}

/* text with every run of other characters as one '-', none at the ends: never "--". */
static void put_word(char *out, size_t max, const char *text)
{
	size_t len = 0;

	for (; *text && len < max; text++) {
		if (is_word(*text))
			out[len++] = *text;
		else if (len > 0 && out[len - 1] != '-')
			out[len++] = '-';
	}
	if (len > 0 && out[len - 1] == '-')
		len--;
	out[len] = '\0';
}

static bool is_clean(struct stk_str text, bool hex_only)
{
	for (size_t i = 0; i < text.len; i++)
		if (hex_only ? !is_hex(text.ptr[i])
			     : !is_word(text.ptr[i]) &&
					(text.ptr[i] != '-' || (i > 0 && text.ptr[i - 1] == '-')))
			return false;
	return text.len > 0;
}

/* A copy of text if it is clean and fits; else what was there stays. */
static bool take_word(char *out, size_t max, struct stk_str text, bool hex_only)
{
	if (text.len > max || !is_clean(text, hex_only))
		return false;
	memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
	return true;
}

void stk_comment_marker_of_run(
	struct stk_comment_marker *marker, const struct stk_run *run, const char *key)
{
	const char *sha = run->sides[STK_SIDE_HEAD].revision;

	memset(marker, 0, sizeof *marker);
	put_word(marker->key, STK_COMMENT_KEY_MAX, key ? key : run->name ? run->name : "");
	if (!marker->key[0])
		memcpy(marker->key, "stoker", sizeof "stoker");
	(void)take_word(marker->sha, STK_COMMENT_SHA_MAX, stk_str_of(sha), true);
	put_word(marker->run, STK_COMMENT_RUN_MAX, run->id ? run->id : "");
	marker->at_ns = run->start_ns > 0 ? run->start_ns / STK_NS_PER_S * STK_NS_PER_S : 0;
}

void stk_comment_marker_format(const struct stk_comment_marker *marker, struct stk_buf *buf)
{
	stk_buf_addf(buf, KEY_START "%s" LINE_END "\n" RUN_START "%s run=%s at=", marker->key,
		marker->sha[0] ? marker->sha : "-", marker->run[0] ? marker->run : "-");
	if (marker->at_ns > 0)
		stk_units_format_rfc3339(buf, marker->at_ns);
	else
		stk_buf_add_byte(buf, '-');
	stk_buf_add_text(buf, LINE_END "\n");
	if (marker->history[0])
		stk_buf_addf(buf, PAST_START "%s" LINE_END "\n", marker->history);
}

/* What stands between start and the end of an HTML comment that is the whole line. */
static bool cut_line(struct stk_str *rest, const char *start, struct stk_str *out)
{
	struct stk_str line;

	if (!stk_str_cut(rest, '\n', &line))
		return false;
	/* a comment that was edited in a browser comes back with CR LF */
	if (stk_str_ends(line, "\r"))
		line.len--;
	if (!stk_str_starts(line, start) || !stk_str_ends(line, LINE_END) ||
		line.len < strlen(start) + strlen(LINE_END))
		return false;
	*out = stk_str_sub(line, strlen(start), line.len - strlen(start) - strlen(LINE_END));
	return true;
}

static void read_run(struct stk_str line, struct stk_comment_marker *marker)
{
	struct stk_str word;

	if (stk_str_cut(&line, ' ', &word))
		(void)take_word(marker->sha, STK_COMMENT_SHA_MAX, word, true);
	if (stk_str_cut(&line, ' ', &word) && stk_str_starts(word, "run=") &&
		!stk_str_is(word, "run=-"))
		(void)take_word(marker->run, STK_COMMENT_RUN_MAX,
			stk_str_skip(word, strlen("run=")), false);
	if (stk_str_cut(&line, ' ', &word) && stk_str_starts(word, "at=") &&
		stk_units_parse_rfc3339(stk_str_skip(word, strlen("at=")), &marker->at_ns, NULL) <
			0)
		marker->at_ns = 0;
}

bool stk_comment_marker_parse(struct stk_str body, struct stk_comment_marker *out)
{
	struct stk_comment_marker marker = {.at_ns = 0};
	struct stk_str text;

	if (!cut_line(&body, KEY_START, &text) ||
		!take_word(marker.key, STK_COMMENT_KEY_MAX, text, false))
		return false;
	if (cut_line(&body, RUN_START, &text))
		read_run(text, &marker);
	if (cut_line(&body, PAST_START, &text) && stk_comment_history_is(text)) {
		memcpy(marker.history, text.ptr, text.len);
		marker.history[text.len] = '\0';
	}
	*out = marker;
	return true;
}
