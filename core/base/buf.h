/* buf: a growing byte buffer with a ceiling. */
#ifndef STK_CORE_BASE_BUF_H
#define STK_CORE_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/base/str.h"

/* ptr is never NULL and always NUL-terminated at len. An append that would pass
 * limit appends nothing and sets failed; later appends do nothing, so a row of
 * them is checked once, by stk_buf_check. */
struct stk_buf {
	char *ptr;
	size_t len;
	size_t cap;   /* 0 while nothing is allocated */
	size_t limit; /* 0 means STK_BUF_LIMIT_DEFAULT */
	bool failed;
};

#define STK_BUF_LIMIT_DEFAULT ((size_t)1 << 30)
extern char stk_buf_empty[1];
#define STK_BUF_INIT(limit_bytes)                                                                  \
	{                                                                                          \
		stk_buf_empty, 0, 0, (limit_bytes), false                                          \
	}
#define STK_BUF_EMPTY STK_BUF_INIT(0)

void stk_buf_init(struct stk_buf *buf, size_t limit);
void stk_buf_release(struct stk_buf *buf); /* frees; usable again as empty */
void stk_buf_clear(struct stk_buf *buf);   /* empties, keeps capacity, failed goes */

void stk_buf_add(struct stk_buf *buf, const void *bytes, size_t len);
void stk_buf_add_str(struct stk_buf *buf, struct stk_str text);
void stk_buf_add_text(struct stk_buf *buf, const char *text);
void stk_buf_add_byte(struct stk_buf *buf, char byte);
void stk_buf_add_fill(struct stk_buf *buf, char byte, size_t count);
void stk_buf_addf(struct stk_buf *buf, const char *fmt, ...) STK_PRINTF(2, 3);
void stk_buf_vaddf(struct stk_buf *buf, const char *fmt, va_list args);

/* Room for len more bytes; NULL (and failed) over the limit. Write there, then
 * stk_buf_commit what was written. */
char *stk_buf_reserve(struct stk_buf *buf, size_t len);
void stk_buf_commit(struct stk_buf *buf, size_t len);
void stk_buf_truncate(struct stk_buf *buf, size_t len);

struct stk_str stk_buf_str(const struct stk_buf *buf);    /* borrowed */
char *stk_buf_take(struct stk_buf *buf, size_t *len_out); /* caller frees; len_out may be NULL */

/* 0, or STK_E_TOO_LARGE naming the limit, if any append failed. */
int stk_buf_check(const struct stk_buf *buf, struct stk_err *err) STK_MUST_CHECK;

#endif
