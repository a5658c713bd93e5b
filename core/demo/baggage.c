/* baggage: members "k6.name=value;property" of a header line. */
#include "core/demo/baggage.h"

#include "core/http/url.h"

#define HEADER_MAX 8192

void stk_demo_baggage_init(struct stk_demo_baggage *baggage)
{
	baggage->len = 0;
	stk_buf_init(&baggage->text, 2 * HEADER_MAX);
}

void stk_demo_baggage_release(struct stk_demo_baggage *baggage)
{
	stk_buf_release(&baggage->text);
	baggage->len = 0;
}

/* Offsets first: the text may move while it grows. */
struct span {
	size_t key_at, key_len, value_at, value_len;
};

/* 1 a label, 0 none of ours, negative: malformed. */
static int parse_member(struct stk_str member, struct stk_buf *text, struct span *out)
{
	struct stk_str pair = member;
	ptrdiff_t semicolon = stk_str_find_byte(member, ';'), equals;
	struct stk_str key, value;

	if (semicolon >= 0)
		pair.len = (size_t)semicolon;
	equals = stk_str_find_byte(pair, '=');
	if (equals <= 0)
		return -1;
	key = stk_str_trim(stk_str_sub(pair, 0, (size_t)equals));
	value = stk_str_trim(stk_str_skip(pair, (size_t)equals + 1));
	if (key.len == 0)
		return -1;
	out->key_at = text->len;
	for (size_t i = 0; i < key.len; i++)
		stk_buf_add_byte(text, key.ptr[i] == '.' ? '_' : key.ptr[i]);
	out->key_len = text->len - out->key_at;
	out->value_at = text->len;
	if (stk_url_unescape(text, value, false, NULL) < 0)
		return -1;
	out->value_len = text->len - out->value_at;
	if (!stk_str_is_utf8(stk_str_n(text->ptr + out->value_at, out->value_len)))
		return -1;
	return stk_str_starts(key, "k6.") && out->value_len > 0;
}

void stk_demo_baggage_parse(struct stk_demo_baggage *baggage, struct stk_str header)
{
	struct span spans[STK_DEMO_BAGGAGE_MAX], span;
	struct stk_str rest = header, member;
	size_t len = 0;

	baggage->len = 0;
	stk_buf_clear(&baggage->text);
	if (header.len == 0 || header.len > HEADER_MAX)
		return;
	while (stk_str_cut(&rest, ',', &member)) {
		int rc = parse_member(stk_str_trim(member), &baggage->text, &span);

		if (rc < 0)
			return;
		if (rc > 0 && len < STK_DEMO_BAGGAGE_MAX)
			spans[len++] = span;
	}
	for (size_t i = 0; i < len; i++) {
		const char *text = baggage->text.ptr;

		baggage->labels[i].key = stk_str_n(text + spans[i].key_at, spans[i].key_len);
		baggage->labels[i].value = stk_str_n(text + spans[i].value_at, spans[i].value_len);
	}
	baggage->len = len;
}
