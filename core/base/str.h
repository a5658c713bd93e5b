/* str: a borrowed view of bytes, and the parsing of words and numbers in it. */
#ifndef STK_CORE_BASE_STR_H
#define STK_CORE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/err.h"

/* Not NUL-terminated as a rule; ptr may be NULL when len is 0. */
struct stk_str {
	const char *ptr;
	size_t len;
};

#define STK_STR(literal) ((struct stk_str){(literal), sizeof(literal) - 1})
/* For printf("%.*s", STK_STR_ARG(s)). */
#define STK_STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

/* NULL gives the empty view. */
static inline struct stk_str stk_str_of(const char *text)
{
	return (struct stk_str){text, text ? strlen(text) : 0};
}

static inline struct stk_str stk_str_n(const char *ptr, size_t len)
{
	return (struct stk_str){ptr, len};
}

static inline bool stk_str_eq(struct stk_str a, struct stk_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool stk_str_is(struct stk_str a, const char *text);
bool stk_str_eq_nocase(struct stk_str a, struct stk_str b); /* ASCII only */
int stk_str_cmp(struct stk_str a, struct stk_str b);        /* bytes, then length */
bool stk_str_starts(struct stk_str s, const char *prefix);
bool stk_str_ends(struct stk_str s, const char *suffix);
bool stk_str_contains(struct stk_str s, struct stk_str part);

/* Position of a byte, or -1. */
static inline ptrdiff_t stk_str_find_byte(struct stk_str s, char byte)
{
	const char *at = s.len ? (const char *)memchr(s.ptr, byte, s.len) : NULL;

	return at ? at - s.ptr : -1;
}

ptrdiff_t stk_str_rfind_byte(struct stk_str s, char byte);
/* Position of part, or -1; the empty part is found at 0. */
ptrdiff_t stk_str_find(struct stk_str s, struct stk_str part);

/* Both clipped to what is there. */
static inline struct stk_str stk_str_sub(struct stk_str s, size_t from, size_t len)
{
	if (from > s.len)
		from = s.len;
	if (len > s.len - from)
		len = s.len - from;
	return (struct stk_str){s.ptr ? s.ptr + from : NULL, len};
}

static inline struct stk_str stk_str_skip(struct stk_str s, size_t count)
{
	return stk_str_sub(s, count, s.len);
}

struct stk_str stk_str_trim(struct stk_str s); /* ASCII blanks */

/* Cut the next word off *rest, up to sep or the end; false when *rest is used
 * up (its ptr is NULL then). "a,,b" gives "a", "", "b"; "" gives "". */
bool stk_str_cut(struct stk_str *rest, char sep, struct stk_str *word_out);

/* Whole view or nothing: STK_E_FORMAT if it is no number, STK_E_TOO_LARGE if
 * out of range; text goes into err. Decimal; f64 takes what JSON takes. */
int stk_str_to_i64(struct stk_str s, int64_t *out, struct stk_err *err) STK_MUST_CHECK;
int stk_str_to_u64(struct stk_str s, uint64_t *out, struct stk_err *err) STK_MUST_CHECK;
int stk_str_to_f64(struct stk_str s, double *out, struct stk_err *err) STK_MUST_CHECK;

char *stk_str_dup(struct stk_str s); /* owned, NUL-terminated */

/* Valid UTF-8 (no surrogates, no overlong forms). */
bool stk_str_is_utf8(struct stk_str s);

/* Edit distance (insert, delete, replace, swap of neighbours), at most limit+1. */
size_t stk_str_distance(struct stk_str a, struct stk_str b, size_t limit);

/* The known word nearest to word, or NULL if none is near enough to be meant. */
const char *stk_str_nearest(struct stk_str word, const char *const *known, size_t known_len);

/* FNV-1a style seeded hash, the same on every machine and kept on disk; not for secrets. Tables in
 * memory take stk_index_hash. */
uint64_t stk_str_hash(struct stk_str s, uint64_t seed);

#endif
