/* test_zip: archives of others, read with limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/zip.h"

/* A local header, a directory and an end (APPNOTE 4.3) for entries that are stored; method and
 * flags as given, to make unfit ones. */
struct made {
	struct stk_buf bytes, directory;
	unsigned entries;
};

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

static uint32_t crc_of(const char *text)
{
	uint32_t crc = 0xffffffff;

	for (; *text; text++) {
		crc ^= (unsigned char)*text;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void add_common(struct stk_buf *buf, unsigned flags, unsigned method, const char *text)
{
	add_u16(buf, 20);
	add_u16(buf, flags);
	add_u16(buf, method);
	add_u32(buf, 0x5a000000);
	add_u32(buf, crc_of(text));
	add_u32(buf, (uint32_t)strlen(text));
	add_u32(buf, (uint32_t)strlen(text));
}

static void add_entry(
	struct made *made, const char *name, const char *text, unsigned flags, unsigned method)
{
	uint32_t at = (uint32_t)made->bytes.len;

	stk_buf_add(&made->bytes, "PK\3\4", 4);
	add_common(&made->bytes, flags, method, text);
	add_u16(&made->bytes, (unsigned)strlen(name));
	add_u16(&made->bytes, 0);
	stk_buf_add_text(&made->bytes, name);
	stk_buf_add_text(&made->bytes, text);
	stk_buf_add(&made->directory, "PK\1\2", 4);
	add_u16(&made->directory, 20);
	add_common(&made->directory, flags, method, text);
	add_u16(&made->directory, (unsigned)strlen(name));
	stk_buf_add_fill(&made->directory, '\0', 12);
	add_u32(&made->directory, at);
	stk_buf_add_text(&made->directory, name);
	made->entries++;
}

static void finish(struct made *made, unsigned claimed)
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
	stk_buf_release(&made->directory);
}

#define MADE_INIT                                                                                  \
	{                                                                                          \
		STK_BUF_EMPTY, STK_BUF_EMPTY, 0                                                    \
	}

static void zip_open__shows_names_as_they_stand(void **state)
{
	struct made made = MADE_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_zip *zip = NULL;

	(void)state;
	add_entry(&made, "../a\\b", "hello", 0, 0);
	add_entry(&made, "d/", "", 0, 0);
	finish(&made, made.entries);
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 2, &zip, NULL), 0);
	assert_int_equal(stk_zip_len(zip), 2);
	assert_true(stk_str_is(stk_zip_name(zip, 0), "../a\\b"));
	assert_true(stk_str_is(stk_zip_name(zip, 1), "d/"));
	assert_int_equal(stk_zip_read(zip, 0, &text, NULL), 0);
	assert_string_equal(text.ptr, "hello");
	assert_int_equal(stk_zip_read(zip, 2, &text, NULL), STK_E_FORMAT);
	stk_zip_close(zip);
	stk_buf_release(&text);
	stk_buf_release(&made.bytes);
}

static void zip_read__stops_at_the_buffers_limit(void **state)
{
	struct made made = MADE_INIT;
	struct stk_buf text = STK_BUF_INIT(3);
	struct stk_err err = STK_ERR_INIT;
	struct stk_zip *zip = NULL;

	(void)state;
	add_entry(&made, "a", "hello", 0, 0);
	finish(&made, 1);
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 1, &zip, NULL), 0);
	assert_int_equal(stk_zip_read(zip, 0, &text, &err), STK_E_TOO_LARGE);
	assert_int_equal(text.len, 0);
	stk_zip_close(zip);
	stk_buf_release(&text);
	stk_buf_release(&made.bytes);
}

static void zip_read__refuses_what_is_unfit(void **state)
{
	struct made made = MADE_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct stk_zip *zip = NULL;

	(void)state;
	add_entry(&made, "encrypted", "hello", 1, 0);
	add_entry(&made, "bzip2", "hello", 0, 12);
	add_entry(&made, "no deflate", "hello", 0, 8);
	finish(&made, made.entries);
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 3, &zip, NULL), 0);
	assert_int_equal(stk_zip_read(zip, 0, &text, &err), STK_E_FORMAT);
	assert_non_null(strstr(err.msg, "encrypted"));
	assert_int_equal(stk_zip_read(zip, 1, &text, &err), STK_E_FORMAT);
	assert_non_null(strstr(err.msg, "method 12"));
	assert_int_equal(stk_zip_read(zip, 2, &text, &err), STK_E_FORMAT);
	stk_zip_close(zip);
	stk_buf_release(&text);
	stk_buf_release(&made.bytes);
}

static void zip_read__sees_a_wrong_checksum(void **state)
{
	struct made made = MADE_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_zip *zip = NULL;

	(void)state;
	add_entry(&made, "a", "hello", 0, 0);
	finish(&made, 1);
	made.bytes.ptr[31] = 'j'; /* of hello */
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 1, &zip, NULL), 0);
	assert_int_equal(stk_zip_read(zip, 0, &text, NULL), STK_E_FORMAT);
	stk_zip_close(zip);
	stk_buf_release(&text);
	stk_buf_release(&made.bytes);
}

static void zip_open__counts_before_it_reads(void **state)
{
	struct made made = MADE_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_zip *zip = NULL;

	(void)state;
	add_entry(&made, "a", "x", 0, 0);
	finish(&made, 60000);
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 100, &zip, &err), STK_E_TOO_LARGE);
	assert_non_null(strstr(err.msg, "60000 entries, at most 100"));
	/* no end at all, an end of something else, nothing */
	made.bytes.len -= 22;
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 100, &zip, &err), STK_E_FORMAT);
	assert_int_equal(stk_zip_open(STK_STR("PK\5\6"), 100, &zip, &err), STK_E_FORMAT);
	assert_int_equal(stk_zip_open(STK_STR(""), 100, &zip, &err), STK_E_FORMAT);
	assert_null(zip);
	stk_zip_close(NULL);
	stk_buf_release(&made.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zip_open__shows_names_as_they_stand),
		cmocka_unit_test(zip_read__stops_at_the_buffers_limit),
		cmocka_unit_test(zip_read__refuses_what_is_unfit),
		cmocka_unit_test(zip_read__sees_a_wrong_checksum),
		cmocka_unit_test(zip_open__counts_before_it_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
