/* str: a borrowed view of bytes, and the parsing of words and numbers in it. */
#include "core/base/str.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define NUMBER_LEN_MAX  ((size_t)64)
#define NEAREST_LEN_MAX ((size_t)64)

bool stk_str_is(struct stk_str a, const char *text)
{
	return stk_str_eq(a, stk_str_of(text));
}

static char lower(char c)
{
	return (unsigned char)(c - 'A') < 26 ? (char)(c | 0x20) : c;
}

bool stk_str_eq_nocase(struct stk_str a, struct stk_str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

int stk_str_cmp(struct stk_str a, struct stk_str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.ptr, b.ptr, len) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool stk_str_starts(struct stk_str s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && (len == 0 || memcmp(s.ptr, prefix, len) == 0);
}

bool stk_str_ends(struct stk_str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len && (len == 0 || memcmp(s.ptr + s.len - len, suffix, len) == 0);
}

bool stk_str_contains(struct stk_str s, struct stk_str part)
{
	return stk_str_find(s, part) >= 0;
}

ptrdiff_t stk_str_rfind_byte(struct stk_str s, char byte)
{
	const char *at = s.len ? memrchr(s.ptr, byte, s.len) : NULL;

	return at ? at - s.ptr : -1;
}

ptrdiff_t stk_str_find(struct stk_str s, struct stk_str part)
{
	const char *at;

	if (part.len == 0)
		return 0;
	at = s.len ? memmem(s.ptr, s.len, part.ptr, part.len) : NULL;
	return at ? at - s.ptr : -1;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct stk_str stk_str_trim(struct stk_str s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = stk_str_skip(s, 1);
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool stk_str_cut(struct stk_str *rest, char sep, struct stk_str *word_out)
{
	ptrdiff_t at;

	if (!rest->ptr)
		return false;
	at = stk_str_find_byte(*rest, sep);
	if (at < 0) {
		*word_out = *rest;
		*rest = (struct stk_str){NULL, 0};
		return true;
	}
	*word_out = stk_str_sub(*rest, 0, (size_t)at);
	*rest = stk_str_skip(*rest, (size_t)at + 1);
	return true;
}

static int not_a_number(struct stk_str s, const char *kind, struct stk_err *err)
{
	struct stk_str shown = stk_str_sub(s, 0, 40);

	return stk_err_set(err, STK_E_FORMAT, "'%.*s' is no %s", STK_STR_ARG(shown), kind);
}

static int out_of_range(struct stk_str s, struct stk_err *err)
{
	struct stk_str shown = stk_str_sub(s, 0, 40);

	return stk_err_set(err, STK_E_TOO_LARGE, "'%.*s' is out of range", STK_STR_ARG(shown));
}

int stk_str_to_u64(struct stk_str s, uint64_t *out, struct stk_err *err)
{
	uint64_t value = 0;

	if (s.len == 0)
		return not_a_number(s, "whole number", err);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return not_a_number(s, "whole number", err);
		if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(s.ptr[i] - '0'), &value))
			return out_of_range(s, err);
	}
	*out = value;
	return 0;
}

int stk_str_to_i64(struct stk_str s, int64_t *out, struct stk_err *err)
{
	bool negative = stk_str_starts(s, "-");
	uint64_t size;
	int rc = stk_str_to_u64(negative ? stk_str_skip(s, 1) : s, &size, NULL);

	if (rc == STK_E_FORMAT)
		return not_a_number(s, "whole number", err);
	if (rc < 0 || size > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return out_of_range(s, err);
	*out = negative ? (int64_t)(0 - size) : (int64_t)size;
	return 0;
}

/* JSON's grammar: strtod would also take hex, "inf" and blanks. */
static bool is_json_number(struct stk_str s)
{
	size_t i = 0, digits = 0;

	i += i < s.len && s.ptr[i] == '-';
	for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
		digits++;
	if (digits == 0)
		return false;
	if (i < s.len && s.ptr[i] == '.') {
		for (i++, digits = 0; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
			digits++;
		if (digits == 0)
			return false;
	}
	if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
		i++;
		i += i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+');
		for (digits = 0; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
			digits++;
		if (digits == 0)
			return false;
	}
	return i == s.len;
}

int stk_str_to_f64(struct stk_str s, double *out, struct stk_err *err)
{
	char text[NUMBER_LEN_MAX];
	double value;

	if (s.len >= sizeof text || !is_json_number(s))
		return not_a_number(s, "number", err);
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	value = strtod(text, NULL);
	if (isinf(value))
		return out_of_range(s, err);
	*out = value;
	return 0;
}

char *stk_str_dup(struct stk_str s)
{
	char *copy = stk_xmalloc(s.len + 1);

	if (s.len > 0)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return copy;
}

/* Length of the UTF-8 sequence at p, 0 if it is none (RFC 3629, table 3-7 of Unicode). */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	size_t len = p[0] < 0x80   ? 1
		     : p[0] < 0xc2 ? 0
		     : p[0] < 0xe0 ? 2
		     : p[0] < 0xf0 ? 3
		     : p[0] < 0xf5 ? 4
				   : 0;

	if (len == 0 || len > left)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if (p[0] == 0xe0 && p[1] < 0xa0)
		return 0;
	if (p[0] == 0xed && p[1] > 0x9f)
		return 0;
	if (p[0] == 0xf0 && p[1] < 0x90)
		return 0;
	if (p[0] == 0xf4 && p[1] > 0x8f)
		return 0;
	return len;
}

bool stk_str_is_utf8(struct stk_str s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;

	for (size_t i = 0; i < s.len;) {
		size_t len = utf8_len(p + i, s.len - i);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

size_t stk_str_distance(struct stk_str a, struct stk_str b, size_t limit)
{
	size_t rows[3][NEAREST_LEN_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	if (a.len > NEAREST_LEN_MAX || b.len > NEAREST_LEN_MAX)
		return stk_str_eq(a, b) ? 0 : limit + 1;
	for (size_t j = 0; j <= b.len; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t other = a.ptr[i - 1] != b.ptr[j - 1];
			row[j] = min3(last[j] + 1, row[j - 1] + 1, last[j - 1] + other);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
				a.ptr[i - 2] == b.ptr[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		size_t *free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[b.len] > limit ? limit + 1 : last[b.len];
}

const char *stk_str_nearest(struct stk_str word, const char *const *known, size_t known_len)
{
	size_t best = 1 + word.len / 3; /* one slip in three letters may still be meant */
	const char *found = NULL;

	for (size_t i = 0; i < known_len; i++) {
		size_t distance = stk_str_distance(word, stk_str_of(known[i]), best);
		if (distance > best || (found && distance == best))
			continue;
		best = distance;
		found = known[i];
	}
	return found;
}

uint64_t stk_str_hash(struct stk_str s, uint64_t seed)
{
	uint64_t hash = 0xcbf29ce484222325u ^ seed;

	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
	hash ^= hash >> 32; /* the low bits choose the slot */
	return hash * 0x9e3779b97f4a7c15u ^ (hash >> 29);
}
