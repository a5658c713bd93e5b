/* text: width, cutting and cleaning of UTF-8 text for terminals. */
#include "core/report/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Combining marks that one character may bear; a pile of them covers the lines around it. */
enum { MARKS_MAX = 4 };

/* Decode one character at *at; false (one byte taken) for what is not UTF-8. */
static bool next(struct stk_str text, size_t *at, uint32_t *out)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)text.ptr + *at;
	size_t len = byte[0] < 0x80    ? 1
		     : byte[0] >= 0xf0 ? 4
		     : byte[0] >= 0xe0 ? 3
		     : byte[0] >= 0xc0 ? 2
				       : 0;

	if (len == 0 || byte[0] > 0xf4 || *at + len > text.len) {
		(*at)++;
		return false;
	}
	uint32_t value = len == 1 ? byte[0] : byte[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((byte[i] & 0xc0) != 0x80) {
			(*at)++;
			return false;
		}
		value = value << 6 | (byte[i] & 0x3fu);
	}
	if (value < least[len] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
		(*at)++;
		return false;
	}
	*at += len;
	*out = value;
	return true;
}

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static size_t columns(uint32_t c)
{
	static const struct range none[] = {{0x300, 0x36f}, {0x483, 0x489}, {0x591, 0x5bd},
		{0x610, 0x61a}, {0x64b, 0x65f}, {0x900, 0x902}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
		{0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
		{0xe0100, 0xe01ef}};
	static const struct range wide[] = {{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0x33ff},
		{0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xa000, 0xa4cf}, {0xac00, 0xd7a3},
		{0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6},
		{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

	if (c < 0x300)
		return 1;
	if (in_ranges(c, none, sizeof none / sizeof none[0]))
		return 0;
	return in_ranges(c, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
}

size_t stk_text_width(struct stk_str text)
{
	size_t width = 0, at = 0;
	uint32_t c = 0;

	while (at < text.len)
		width += next(text, &at, &c) ? columns(c) : 1;
	return width;
}

/* Bytes of the first characters that take at most `width` columns. */
static size_t fit_front(struct stk_str text, size_t width)
{
	size_t at = 0, used = 0;

	while (at < text.len) {
		size_t before = at;
		uint32_t c = 0;
		size_t one = next(text, &at, &c) ? columns(c) : 1;
		if (used + one > width)
			return before;
		used += one;
	}
	return at;
}

void stk_text_add_cut(struct stk_buf *buf, struct stk_str text, size_t width)
{
	size_t all = stk_text_width(text);

	if (all <= width) {
		stk_buf_add_str(buf, text);
		return;
	}
	if (width == 0)
		return;
	/* The end of a name says more than its start, so it gets two thirds. */
	size_t front = (width - 1) / 3;
	size_t back = width - 1 - front;
	size_t head = fit_front(text, front);
	size_t skip = fit_front(text, all - back);
	struct stk_str tail = stk_str_skip(text, skip);
	while (stk_text_width(tail) > back) { /* a wide character stood across the cut */
		size_t at = 0;
		uint32_t c = 0;
		(void)next(tail, &at, &c);
		tail = stk_str_skip(tail, at);
	}
	stk_buf_add_str(buf, stk_str_sub(text, 0, head));
	stk_buf_add_text(buf, "\xe2\x80\xa6");
	stk_buf_add_str(buf, tail);
}

/* Control characters, what has no width or shows nothing (soft hyphen, zero-width blanks and
 * joiners, fillers of Hangul, the empty Braille pattern), direction marks and isolates, line
 * separators, byte order mark, noncharacters, tags. */
static bool is_harmful(uint32_t c)
{
	static const struct range bad[] = {{0, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f},
		{0x61c, 0x61c}, {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
		{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x2800, 0x2800},
		{0x3164, 0x3164}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff9, 0xfffb},
		{0xfffe, 0xffff}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

	return in_ranges(c, bad, sizeof bad / sizeof bad[0]);
}

void stk_text_add_plain(struct stk_buf *buf, struct stk_str text)
{
	size_t at = 0, marks = 0;

	while (at < text.len) {
		size_t from = at;
		uint32_t c = 0;
		bool is_fine = next(text, &at, &c) && !is_harmful(c);

		marks = is_fine && columns(c) == 0 ? marks + 1 : 0;
		if (marks > MARKS_MAX)
			continue;
		if (is_fine)
			stk_buf_add(buf, text.ptr + from, at - from);
		else
			stk_buf_add_byte(buf, '?');
	}
}

void stk_text_add_json(struct stk_buf *buf, struct stk_str json)
{
	size_t at = 0;

	while (at < json.len) {
		size_t from = at;
		uint32_t c = 0;
		if (!next(json, &at, &c) || c < 0x20 || !is_harmful(c)) {
			stk_buf_add(buf, json.ptr + from, at - from);
		} else if (c > 0xffff) {
			c -= 0x10000;
			stk_buf_addf(buf, "\\u%04x\\u%04x", (unsigned)(0xd800 + (c >> 10)),
				(unsigned)(0xdc00 + (c & 0x3ff)));
		} else {
			stk_buf_addf(buf, "\\u%04x", (unsigned)c);
		}
	}
}
