/* labels: one baggage line out of ours and the user's own. */
#include "core/load/labels.h"

#include <string.h>

static bool is_plain(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || (byte && strchr("._~/:-", byte));
}

bool stk_labels_sanitize(struct stk_buf *buf, struct stk_str text)
{
	bool replaced = false;

	for (size_t i = 0; i < text.len; i++) {
		bool plain = is_plain(text.ptr[i]);

		replaced |= !plain;
		stk_buf_add_byte(buf, plain ? text.ptr[i] : '-');
	}
	return replaced;
}

static void add_member(struct stk_buf *buf, size_t from, const char *key, struct stk_str value)
{
	if (value.len == 0)
		return;
	/* a key, '=', a comma beside it */
	if (buf->len - from + strlen(key) + 2 + value.len > STK_LABELS_BYTES_MAX)
		return;
	stk_buf_addf(buf, buf->len > from ? ",%s=" : "%s=", key);
	(void)stk_labels_sanitize(buf, value);
}

static bool is_ours(struct stk_str member)
{
	ptrdiff_t equals = stk_str_find_byte(member, '=');
	struct stk_str key = stk_str_trim(stk_str_sub(member, 0, equals < 0 ? 0 : (size_t)equals));

	return stk_str_is(key, "k6.test_run_id") || stk_str_is(key, "k6.scenario") ||
	       stk_str_is(key, "k6.name");
}

void stk_labels_format(
	struct stk_buf *buf, const struct stk_label_values *values, struct stk_str own)
{
	size_t from = buf->len;
	struct stk_str member;

	add_member(buf, from, "k6.test_run_id", stk_str_of(values->run_id));
	add_member(buf, from, "k6.scenario", stk_str_of(values->scenario));
	add_member(buf, from, "k6.name", values->name);
	if (own.len == 0)
		return;
	while (stk_str_cut(&own, ',', &member)) {
		member = stk_str_trim(member);
		if (member.len == 0 || is_ours(member))
			continue;
		if (buf->len - from + member.len + 1 > STK_LABELS_BYTES_MAX)
			continue;
		if (buf->len > from)
			stk_buf_add_byte(buf, ',');
		stk_buf_add_str(buf, member);
	}
}
