/* buf: a growing byte buffer with a ceiling. */
#include "core/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define CAP_MIN ((size_t)64)

char stk_buf_empty[1];

void stk_buf_init(struct stk_buf *buf, size_t limit)
{
	*buf = (struct stk_buf)STK_BUF_INIT(limit);
}

void stk_buf_release(struct stk_buf *buf)
{
	if (buf->cap > 0)
		free(buf->ptr);
	stk_buf_init(buf, buf->limit);
}

void stk_buf_clear(struct stk_buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->cap > 0)
		buf->ptr[0] = '\0';
}

static size_t limit_of(const struct stk_buf *buf)
{
	return buf->limit ? buf->limit : STK_BUF_LIMIT_DEFAULT;
}

char *stk_buf_reserve(struct stk_buf *buf, size_t len)
{
	size_t want, cap;

	if (buf->failed || len > limit_of(buf) - buf->len) {
		buf->failed = true;
		return NULL;
	}
	want = buf->len + len + 1;
	if (want > buf->cap) {
		cap = buf->cap ? buf->cap : CAP_MIN;
		while (cap < want)
			cap *= 2;
		if (cap > limit_of(buf) + 1)
			cap = limit_of(buf) + 1; /* and want is not more */
		buf->ptr = stk_xrealloc(buf->cap ? buf->ptr : NULL, cap);
		buf->cap = cap;
	}
	return buf->ptr + buf->len;
}

void stk_buf_commit(struct stk_buf *buf, size_t len)
{
	if (len == 0)
		return;
	buf->len += len;
	buf->ptr[buf->len] = '\0';
}

void stk_buf_truncate(struct stk_buf *buf, size_t len)
{
	if (len >= buf->len)
		return;
	buf->len = len;
	buf->ptr[len] = '\0';
}

void stk_buf_add(struct stk_buf *buf, const void *bytes, size_t len)
{
	char *at;

	if (len == 0)
		return;
	at = stk_buf_reserve(buf, len);
	if (!at)
		return;
	memcpy(at, bytes, len);
	stk_buf_commit(buf, len);
}

void stk_buf_add_str(struct stk_buf *buf, struct stk_str text)
{
	stk_buf_add(buf, text.ptr, text.len);
}

void stk_buf_add_text(struct stk_buf *buf, const char *text)
{
	stk_buf_add(buf, text, strlen(text));
}

void stk_buf_add_byte(struct stk_buf *buf, char byte)
{
	stk_buf_add(buf, &byte, 1);
}

void stk_buf_add_fill(struct stk_buf *buf, char byte, size_t count)
{
	char *at;

	if (count == 0)
		return;
	at = stk_buf_reserve(buf, count);
	if (!at)
		return;
	memset(at, byte, count);
	stk_buf_commit(buf, count);
}

void stk_buf_vaddf(struct stk_buf *buf, const char *fmt, va_list args)
{
	va_list again;
	int len;
	char *at;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	at = len >= 0 ? stk_buf_reserve(buf, (size_t)len) : NULL;
	if (at) {
		(void)vsnprintf(at, (size_t)len + 1, fmt, again); /* measured just above */
		stk_buf_commit(buf, (size_t)len);
	}
	va_end(again);
}

void stk_buf_addf(struct stk_buf *buf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	stk_buf_vaddf(buf, fmt, args);
	va_end(args);
}

struct stk_str stk_buf_str(const struct stk_buf *buf)
{
	return stk_str_n(buf->ptr, buf->len);
}

char *stk_buf_take(struct stk_buf *buf, size_t *len_out)
{
	char *bytes = buf->cap ? buf->ptr : stk_xstrdup("");

	if (len_out)
		*len_out = buf->len;
	stk_buf_init(buf, buf->limit);
	return bytes;
}

int stk_buf_check(const struct stk_buf *buf, struct stk_err *err)
{
	if (!buf->failed)
		return 0;
	return stk_err_set(err, STK_E_TOO_LARGE, "over the limit of %zu bytes", limit_of(buf));
}
