/* html_text: escapes for a page. */
#include "core/report/html_text.h"

#include <string.h>

#include "core/report/text.h"

void stk_html_add_text(struct stk_buf *buf, struct stk_str text)
{
	struct stk_buf plain = STK_BUF_EMPTY;

	stk_text_add_plain(&plain, text);
	for (size_t i = 0; i < plain.len; i++) {
		if (strchr("<>&\"'", plain.ptr[i]))
			stk_buf_addf(buf, "&#%d;", plain.ptr[i]);
		else
			stk_buf_add_byte(buf, plain.ptr[i]);
	}
	stk_buf_release(&plain);
}

struct stk_json *stk_html_new_text(const char *text)
{
	struct stk_buf plain = STK_BUF_EMPTY;
	struct stk_json *value;

	if (!text)
		return stk_json_new_null();
	stk_text_add_plain(&plain, stk_str_of(text));
	value = stk_json_new_str(stk_buf_str(&plain));
	stk_buf_release(&plain);
	return value;
}

void stk_html_add_json(struct stk_buf *buf, const struct stk_json *value)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_str rest, part;

	/* in JSON a "<" stands in texts only */
	stk_json_format(value, STK_JSON_COMPACT, &text);
	rest = stk_buf_str(&text);
	for (bool first = true; stk_str_cut(&rest, '<', &part); first = false) {
		if (!first)
			stk_buf_add_text(buf, "\\u003c");
		stk_buf_add_str(buf, part);
	}
	stk_buf_release(&text);
}
