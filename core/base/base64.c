/* base64: standard alphabet with padding or URL-safe without out; either, padded or not, in. */
#include "core/base/base64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void stk_base64_add(struct stk_buf *buf, struct stk_str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.ptr;

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		uint32_t word = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
				(left > 2 ? p[i + 2] : 0);
		char four[4] = {alphabet[word >> 18], alphabet[word >> 12 & 63],
			left > 1 ? alphabet[word >> 6 & 63] : '=',
			left > 2 ? alphabet[word & 63] : '='};
		stk_buf_add(buf, four, sizeof four);
	}
}

void stk_base64_add_url(struct stk_buf *buf, struct stk_str bytes)
{
	size_t from = buf->len;

	stk_base64_add(buf, bytes);
	while (buf->len > from && buf->ptr[buf->len - 1] == '=')
		stk_buf_truncate(buf, buf->len - 1);
	for (size_t i = from; i < buf->len; i++) {
		if (buf->ptr[i] == '+')
			buf->ptr[i] = '-';
		else if (buf->ptr[i] == '/')
			buf->ptr[i] = '_';
	}
}

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

int stk_base64_parse(struct stk_str text, struct stk_buf *out, struct stk_err *err)
{
	size_t before = out->len, padding = 0;
	uint32_t word = 0;
	unsigned bits = 0;

	for (; padding < 2 && text.len > 0 && text.ptr[text.len - 1] == '='; padding++)
		text.len--;
	if (text.len % 4 == 1 || (padding > 0 && (text.len + padding) % 4 != 0)) {
		return stk_err_set(err, STK_E_FORMAT, "base64: a length that cannot be");
	}
	for (size_t i = 0; i < text.len; i++) {
		int value = value_of(text.ptr[i]);
		if (value < 0) {
			stk_buf_truncate(out, before);
			return stk_err_set(
				err, STK_E_FORMAT, "base64: byte %zu is not of the alphabet", i);
		}
		word = word << 6 | (uint32_t)value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			stk_buf_add_byte(out, (char)(word >> bits & 0xff));
		}
	}
	return stk_buf_check(out, err);
}
