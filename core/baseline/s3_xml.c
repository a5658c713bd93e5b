/* s3_xml: the few elements that matter of what S3 answers. */
#include "core/baseline/s3_xml.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "core/base/mem.h"

/* Behind "<name ...>"; 0 none, 1 there is, 2 there is, and it is empty: "<name/>". */
static int cut_start(struct stk_str *rest, const char *name)
{
	size_t len = strlen(name);
	ptrdiff_t at;

	while ((at = stk_str_find_byte(*rest, '<')) >= 0) {
		*rest = stk_str_skip(*rest, (size_t)at + 1);
		if (!stk_str_starts(*rest, name) || rest->len <= len ||
			stk_str_find_byte(STK_STR("> /\t\r\n"), rest->ptr[len]) < 0)
			continue;
		at = stk_str_find_byte(*rest, '>');
		if (at < 0)
			return 0;
		bool is_empty = rest->ptr[at - 1] == '/';
		*rest = stk_str_skip(*rest, (size_t)at + 1);
		return is_empty ? 2 : 1;
	}
	return 0;
}

bool stk_s3_xml_next(struct stk_str *rest, const char *name, struct stk_str *out)
{
	struct stk_str left = *rest, end;
	int start = cut_start(&left, name);
	struct stk_buf close = STK_BUF_EMPTY;
	ptrdiff_t at;

	if (start == 0)
		return false;
	if (start == 2) {
		*out = stk_str_sub(left, 0, 0);
		*rest = left;
		return true;
	}
	stk_buf_addf(&close, "</%s>", name);
	end = stk_buf_str(&close);
	at = stk_str_find(left, end);
	if (at >= 0) {
		*out = stk_str_sub(left, 0, (size_t)at);
		*rest = stk_str_skip(left, (size_t)at + end.len);
	}
	stk_buf_release(&close);
	return at >= 0;
}

static void add_utf8(struct stk_buf *buf, uint32_t code)
{
	if (code < 0x80) {
		stk_buf_add_byte(buf, (char)code);
		return;
	}
	if (code < 0x800) {
		stk_buf_add_byte(buf, (char)(0xc0 | code >> 6));
	} else {
		if (code < 0x10000) {
			stk_buf_add_byte(buf, (char)(0xe0 | code >> 12));
		} else {
			stk_buf_add_byte(buf, (char)(0xf0 | code >> 18));
			stk_buf_add_byte(buf, (char)(0x80 | (code >> 12 & 0x3f)));
		}
		stk_buf_add_byte(buf, (char)(0x80 | (code >> 6 & 0x3f)));
	}
	stk_buf_add_byte(buf, (char)(0x80 | (code & 0x3f)));
}

/* "#65" or "#x41". */
static bool parse_number(struct stk_str digits, uint32_t *out)
{
	uint32_t base = 10, code = 0;

	if (stk_str_starts(digits, "x")) {
		base = 16;
		digits = stk_str_skip(digits, 1);
	}
	for (size_t i = 0; i < digits.len; i++) {
		unsigned char c = (unsigned char)digits.ptr[i];

		if (base == 10 ? !isdigit(c) : !isxdigit(c))
			return false;
		code = code * base + (uint32_t)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
		if (code > 0x10ffff)
			return false;
	}
	*out = code;
	return digits.len > 0 && code > 0 && !(code >= 0xd800 && code < 0xe000);
}

static bool add_entity(struct stk_buf *buf, struct stk_str name)
{
	static const struct {
		const char *name;
		char byte;
	} known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
	uint32_t code;

	for (size_t i = 0; i < STK_ARRAY_LEN(known); i++) {
		if (stk_str_is(name, known[i].name)) {
			stk_buf_add_byte(buf, known[i].byte);
			return true;
		}
	}
	if (!stk_str_starts(name, "#") || !parse_number(stk_str_skip(name, 1), &code))
		return false;
	add_utf8(buf, code);
	return true;
}

int stk_s3_xml_text(struct stk_str text, struct stk_buf *buf, struct stk_err *err)
{
	while (text.len > 0) {
		ptrdiff_t end;

		if (text.ptr[0] == '<')
			return stk_err_set(
				err, STK_E_FORMAT, "XML: text is wanted, not an element");
		if (text.ptr[0] != '&') {
			stk_buf_add_byte(buf, text.ptr[0]);
			text = stk_str_skip(text, 1);
			continue;
		}
		end = stk_str_find_byte(text, ';');
		if (end < 0 || !add_entity(buf, stk_str_sub(text, 1, (size_t)end - 1)))
			return stk_err_set(err, STK_E_FORMAT, "XML: an unknown entity");
		text = stk_str_skip(text, (size_t)end + 1);
	}
	return stk_buf_check(buf, err);
}
