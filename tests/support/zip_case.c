/* zip_case: local headers, a directory and an end (APPNOTE 4.3). */
#include "tests/support/zip_case.h"

#include <stdint.h>
#include <string.h>

static void add_u16(struct stk_buf *buf, unsigned value)
{
	stk_buf_add_byte(buf, (char)(value & 0xff));
	stk_buf_add_byte(buf, (char)(value >> 8 & 0xff));
}

static void add_u32(struct stk_buf *buf, uint32_t value)
{
	add_u16(buf, value & 0xffff);
	add_u16(buf, value >> 16);
}

static uint32_t crc_of(struct stk_str bytes)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < bytes.len; i++) {
		crc ^= (unsigned char)bytes.ptr[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void add_common(struct stk_buf *buf, unsigned flags, unsigned method, struct stk_str bytes)
{
	add_u16(buf, 20);
	add_u16(buf, flags);
	add_u16(buf, method);
	add_u32(buf, 0x5a000000);
	add_u32(buf, crc_of(bytes));
	add_u32(buf, (uint32_t)bytes.len);
	add_u32(buf, (uint32_t)bytes.len);
}

void zip_case_add_unfit(struct zip_case *made, const char *name, struct stk_str bytes,
	unsigned flags, unsigned method)
{
	uint32_t at = (uint32_t)made->bytes.len;

	stk_buf_add(&made->bytes, "PK\3\4", 4);
	add_common(&made->bytes, flags, method, bytes);
	add_u16(&made->bytes, (unsigned)strlen(name));
	add_u16(&made->bytes, 0);
	stk_buf_add_text(&made->bytes, name);
	stk_buf_add_str(&made->bytes, bytes);
	stk_buf_add(&made->directory, "PK\1\2", 4);
	add_u16(&made->directory, 20);
	add_common(&made->directory, flags, method, bytes);
	add_u16(&made->directory, (unsigned)strlen(name));
	stk_buf_add_fill(&made->directory, '\0', 12);
	add_u32(&made->directory, at);
	stk_buf_add_text(&made->directory, name);
	made->entries++;
}

void zip_case_add(struct zip_case *made, const char *name, struct stk_str bytes)
{
	zip_case_add_unfit(made, name, bytes, 0, 0);
}

void zip_case_finish(struct zip_case *made, unsigned claimed)
{
	uint32_t at = (uint32_t)made->bytes.len, len = (uint32_t)made->directory.len;

	stk_buf_add_str(&made->bytes, stk_buf_str(&made->directory));
	stk_buf_add(&made->bytes, "PK\5\6", 4);
	add_u32(&made->bytes, 0);
	add_u16(&made->bytes, claimed);
	add_u16(&made->bytes, claimed);
	add_u32(&made->bytes, len);
	add_u32(&made->bytes, at);
	add_u16(&made->bytes, 0);
}

void zip_case_release(struct zip_case *made)
{
	stk_buf_release(&made->bytes);
	stk_buf_release(&made->directory);
}
