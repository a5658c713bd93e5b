/* repo_path: which paths are trusted with a link. */
#include "core/report/repo_path.h"

#include "core/base/str.h"

enum { PATH_MAX_BYTES = 1024 };

bool stk_repo_path_is_fit(const char *path)
{
	struct stk_str text = stk_str_of(path), part;

	if (text.len == 0 || text.len > PATH_MAX_BYTES || !stk_str_is_utf8(text))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];
		if (byte < 0x20 || byte == 0x7f || byte == '\\')
			return false;
	}
	while (stk_str_cut(&text, '/', &part))
		if (part.len == 0 || stk_str_is(part, ".") || stk_str_is(part, ".."))
			return false;
	return true;
}

void stk_repo_path_add_url(struct stk_buf *buf, const char *path)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *path; path++) {
		unsigned char byte = (unsigned char)*path;
		bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
			     (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' ||
			     byte == '~' || byte == '/' || byte == '-';
		if (plain) {
			stk_buf_add_byte(buf, *path);
		} else {
			stk_buf_add_byte(buf, '%');
			stk_buf_add_byte(buf, digits[byte >> 4]);
			stk_buf_add_byte(buf, digits[byte & 15]);
		}
	}
}
