/* json_build: making and writing JSON documents. */
#include <jansson.h>
#include <math.h>

#include "core/base/json.h"

static json_t *of(const struct stk_json *value)
{
	return (json_t *)(uintptr_t)value;
}

static struct stk_json *as(json_t *value)
{
	return (struct stk_json *)value;
}

struct stk_json *stk_json_new_object(void)
{
	return as(json_object());
}

struct stk_json *stk_json_new_array(void)
{
	return as(json_array());
}

struct stk_json *stk_json_new_int(int64_t value)
{
	return as(json_integer(value));
}

struct stk_json *stk_json_new_real(double value)
{
	return as(isfinite(value) ? json_real(value) : json_null());
}

struct stk_json *stk_json_new_bool(bool value)
{
	return as(json_boolean(value));
}

struct stk_json *stk_json_new_null(void)
{
	return as(json_null());
}

/* Copy with U+FFFD for each byte that is part of no valid sequence. */
static void add_repaired(struct stk_buf *out, struct stk_str text)
{
	while (text.len > 0) {
		size_t len = 1;
		while (len < 4 && len < text.len && !stk_str_is_utf8(stk_str_sub(text, 0, len)))
			len++;
		if (stk_str_is_utf8(stk_str_sub(text, 0, len))) {
			stk_buf_add(out, text.ptr, len);
		} else {
			stk_buf_add_text(out, "\xef\xbf\xbd");
			len = 1;
		}
		text = stk_str_skip(text, len);
	}
}

struct stk_json *stk_json_new_str(struct stk_str text)
{
	struct stk_buf repaired = STK_BUF_EMPTY;
	json_t *value;

	if (stk_str_is_utf8(text))
		return as(json_stringn_nocheck(text.ptr ? text.ptr : "", text.len));
	add_repaired(&repaired, text);
	value = json_stringn_nocheck(repaired.ptr, repaired.len);
	stk_buf_release(&repaired);
	return as(value);
}

struct stk_json *stk_json_new_text(const char *text)
{
	return text ? stk_json_new_str(stk_str_of(text)) : stk_json_new_null();
}

void stk_json_put(struct stk_json *object, const char *key, struct stk_json *value_take)
{
	/* keys are ours as a rule, but may come from outside too: repair them */
	struct stk_buf repaired = STK_BUF_EMPTY;
	json_t *value = value_take ? of(value_take) : json_null();

	if (!stk_str_is_utf8(stk_str_of(key))) {
		add_repaired(&repaired, stk_str_of(key));
		key = repaired.ptr;
	}
	(void)json_object_set_new_nocheck(of(object), key, value); /* fails only on wrong types */
	stk_buf_release(&repaired);
}

void stk_json_push(struct stk_json *array, struct stk_json *value_take)
{
	/* fails only when array is none */
	(void)json_array_append_new(of(array), value_take ? of(value_take) : json_null());
}

static int add_piece(const char *bytes, size_t len, void *ctx)
{
	stk_buf_add(ctx, bytes, len);
	return 0;
}

void stk_json_format(const struct stk_json *value, enum stk_json_style style, struct stk_buf *buf)
{
	/* 17 digits come back as the same double, 15 as what was written */
	size_t flags =
		(size_t)(JSON_ENCODE_ANY | JSON_REAL_PRECISION(style == STK_JSON_SHORT ? 15 : 17));

	if (style == STK_JSON_INDENT)
		flags |= JSON_INDENT(2);
	else
		flags |= JSON_COMPACT;
	if (style == STK_JSON_SORTED)
		flags |= JSON_SORT_KEYS;
	if (!value)
		stk_buf_add_text(buf, "null");
	else
		(void)json_dump_callback(
			of(value), add_piece, buf, flags); /* buf tells its own limit */
}
