/* wire_json: the protobuf JSON mapping, driven by the same tables as the binary codec. */
#include <math.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/pyroscope/wire_priv.h"

struct reader {
	struct stk_arena *arena;
	int depth;
};

static int read_object(struct reader *r, const struct stk_wire_message *message,
	const struct stk_json *object, char *out, struct stk_err *err);

/* The member of a field under either of its names. */
static int find_member(const struct stk_json *object, const struct stk_wire_field *field,
	struct stk_json **out, struct stk_err *err)
{
	struct stk_json *camel = stk_json_get(object, field->name);
	struct stk_json *snake = field->snake ? stk_json_get(object, field->snake) : NULL;

	if (camel && snake)
		return stk_err_set(err, STK_E_FORMAT, "duplicate field '%s'", field->snake);
	*out = camel ? camel : snake;
	return 0;
}

static int bad_value(const struct stk_wire_field *field, const char *want, struct stk_err *err)
{
	return stk_err_set(
		err, STK_E_FORMAT, "invalid value for field %s: %s is expected", field->name, want);
}

/* "12", 12 and 12.0 are integers. */
static int read_int(const struct stk_wire_field *field, const struct stk_json *value, int64_t *out,
	struct stk_err *err)
{
	double real;

	switch (stk_json_type(value)) {
	case STK_JSON_INT:
		*out = stk_json_int(value, 0);
		return 0;
	case STK_JSON_STRING:
		if (stk_str_to_i64(stk_json_str(value), out, NULL) == 0)
			return 0;
		if (stk_str_to_f64(stk_json_str(value), &real, NULL) < 0)
			return bad_value(field, "an integer", err);
		break;
	case STK_JSON_REAL:
		real = stk_json_real(value, 0);
		break;
	default:
		return bad_value(field, "an integer", err);
	}
	if (!(real >= -9.2e18 && real <= 9.2e18) || real != floor(real))
		return bad_value(field, "an integer", err);
	*out = (int64_t)real;
	return 0;
}

static int read_real(const struct stk_wire_field *field, const struct stk_json *value, double *out,
	struct stk_err *err)
{
	struct stk_str text;

	if (stk_json_type(value) == STK_JSON_INT || stk_json_type(value) == STK_JSON_REAL) {
		*out = stk_json_real(value, 0);
		return 0;
	}
	if (stk_json_type(value) != STK_JSON_STRING)
		return bad_value(field, "a number", err);
	text = stk_json_str(value);
	if (stk_str_is(text, "NaN"))
		*out = NAN;
	else if (stk_str_is(text, "Infinity"))
		*out = INFINITY;
	else if (stk_str_is(text, "-Infinity"))
		*out = -INFINITY;
	else if (stk_str_to_f64(text, out, NULL) < 0)
		return bad_value(field, "a number", err);
	return 0;
}

/* A name (unknown ones are 0, as absent) or a number. */
static int read_enum(const struct stk_wire_field *field, const struct stk_json *value, int32_t *out,
	struct stk_err *err)
{
	int64_t number = 0;
	int rc;

	if (stk_json_type(value) == STK_JSON_STRING) {
		*out = 0;
		for (int32_t i = 0; field->words && field->words[i]; i++)
			if (stk_str_is(stk_json_str(value), field->words[i]))
				*out = i;
		return 0;
	}
	rc = read_int(field, value, &number, err);
	if (rc == 0 && (number < INT32_MIN || number > INT32_MAX))
		rc = bad_value(field, "a 32-bit integer", err);
	if (rc == 0)
		*out = (int32_t)number;
	return rc;
}

static int read_bytes(struct reader *r, const struct stk_wire_field *field,
	const struct stk_json *value, struct stk_str *out, struct stk_err *err)
{
	struct stk_buf bytes = STK_BUF_EMPTY;
	int rc;

	if (stk_json_type(value) != STK_JSON_STRING)
		return bad_value(field, "base64 text", err);
	rc = stk_base64_parse(stk_json_str(value), &bytes, err);
	if (rc == 0) {
		size_t len = bytes.len;

		*out = stk_str_n(stk_arena_str(r->arena, stk_buf_str(&bytes)), len);
	} else {
		stk_err_wrap(err, "invalid value for field %s", field->name);
	}
	stk_buf_release(&bytes);
	return rc;
}

static int read_one(struct reader *r, const struct stk_wire_field *field,
	const struct stk_json *value, void *at, struct stk_err *err)
{
	int64_t number = 0;
	int rc = 0;

	switch (field->kind) {
	case STK_WIRE_STR:
		if (stk_json_type(value) != STK_JSON_STRING)
			return bad_value(field, "text", err);
		*(struct stk_str *)at = stk_str_n(
			stk_arena_str(r->arena, stk_json_str(value)), stk_json_str(value).len);
		return 0;
	case STK_WIRE_BYTES:
		return read_bytes(r, field, value, at, err);
	case STK_WIRE_I64:
		return read_int(field, value, at, err);
	case STK_WIRE_I32:
		rc = read_int(field, value, &number, err);
		if (rc == 0 && (number < INT32_MIN || number > INT32_MAX))
			rc = bad_value(field, "a 32-bit integer", err);
		if (rc == 0)
			*(int32_t *)at = (int32_t)number;
		return rc;
	case STK_WIRE_ENUM:
		return read_enum(field, value, at, err);
	case STK_WIRE_F64:
		return read_real(field, value, at, err);
	case STK_WIRE_BOOL:
		if (stk_json_type(value) != STK_JSON_BOOL)
			return bad_value(field, "true or false", err);
		*(bool *)at = stk_json_bool(value, false);
		return 0;
	case STK_WIRE_MSG:
		return read_object(r, field->message, value, at, err);
	}
	return 0;
}

static int read_list(struct reader *r, const struct stk_wire_field *field,
	const struct stk_json *value, struct stk_wire_list *list, struct stk_err *err)
{
	size_t size = stk_wire_field_size(field), len = stk_json_len(value);
	char *items;

	if (stk_json_type(value) != STK_JSON_ARRAY)
		return bad_value(field, "an array", err);
	if (!len)
		return 0;
	items = stk_arena_zalloc(r->arena, len, size);
	for (size_t i = 0; i < len; i++) {
		int rc = read_one(r, field, stk_json_at(value, i), items + i * size, err);

		if (rc < 0)
			return rc;
	}
	list->items = items;
	list->len = len;
	return 0;
}

static int read_member(struct reader *r, const struct stk_wire_field *field,
	const struct stk_json *value, void *at, struct stk_err *err)
{
	void *message;
	int rc;

	if (field->list)
		return read_list(r, field, value, at, err);
	if (field->kind != STK_WIRE_MSG)
		return read_one(r, field, value, at, err);
	message = stk_arena_zalloc(r->arena, 1, field->message->size);
	rc = read_object(r, field->message, value, message, err);
	if (rc == 0)
		*(void **)at = message;
	return rc;
}

static int read_object(struct reader *r, const struct stk_wire_message *message,
	const struct stk_json *object, char *out, struct stk_err *err)
{
	int rc = 0;

	if (stk_json_type(object) != STK_JSON_OBJECT)
		return stk_err_set(err, STK_E_FORMAT, "%s: an object is expected", message->name);
	if (r->depth >= STK_WIRE_MAX_DEPTH)
		return stk_err_set(err, STK_E_FORMAT, "%s: nested too deeply", message->name);
	r->depth++;
	for (size_t i = 0; rc == 0 && i < message->fields_len; i++) {
		const struct stk_wire_field *field = &message->fields[i];
		struct stk_json *value = NULL;

		rc = find_member(object, field, &value, err);
		if (rc == 0 && value && stk_json_type(value) != STK_JSON_NULL)
			rc = read_member(r, field, value, out + field->offset, err);
	}
	r->depth--;
	return rc;
}

int stk_wire_read_json(const struct stk_wire_message *message, struct stk_str text,
	struct stk_arena *arena, void *out, struct stk_err *err)
{
	struct reader r = {arena, 0};
	struct stk_json *root = NULL;
	int rc;

	memset(out, 0, message->size);
	if (!text.len)
		return stk_err_set(err, STK_E_FORMAT,
			"%s: zero-length payload is not a valid JSON object", message->name);
	rc = stk_json_parse(text, &root, err);
	if (rc == 0)
		rc = read_object(&r, message, root, out, err);
	stk_json_free(root);
	return rc;
}

/* Length of the UTF-8 sequence at s, 0 if it is none. */
static size_t utf8_len(struct stk_str s)
{
	size_t want = 1;
	unsigned char c = (unsigned char)s.ptr[0];

	if (c >= 0xf0)
		want = 4;
	else if (c >= 0xe0)
		want = 3;
	else if (c >= 0x80)
		want = 2;
	return want <= s.len && stk_str_is_utf8(stk_str_sub(s, 0, want)) ? want : 0;
}

void stk_wire_write_json_str(struct stk_buf *buf, struct stk_str text)
{
	stk_buf_add_byte(buf, '"');
	for (size_t i = 0; i < text.len;) {
		unsigned char c = (unsigned char)text.ptr[i];
		size_t len = utf8_len(stk_str_skip(text, i));

		if (c == '"' || c == '\\') {
			stk_buf_add_byte(buf, '\\');
			stk_buf_add_byte(buf, (char)c);
		} else if (c < 0x20) {
			stk_buf_addf(buf, "\\u%04x", c);
		} else if (len) {
			stk_buf_add(buf, text.ptr + i, len);
		} else {
			stk_buf_add_text(buf, "\xef\xbf\xbd");
		}
		i += len ? len : 1;
	}
	stk_buf_add_byte(buf, '"');
}

static void write_real(struct stk_buf *buf, double value)
{
	if (isnan(value))
		stk_buf_add_text(buf, "\"NaN\"");
	else if (isinf(value))
		stk_buf_add_text(buf, value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
	else if (value == floor(value) && fabs(value) < 1e15)
		stk_buf_addf(buf, "%.0f", value);
	else
		stk_buf_addf(buf, "%.17g", value);
}

static void write_one(const struct stk_wire_field *field, const void *at, struct stk_buf *buf)
{
	switch (field->kind) {
	case STK_WIRE_STR:
		stk_wire_write_json_str(buf, *(const struct stk_str *)at);
		break;
	case STK_WIRE_BYTES:
		stk_buf_add_byte(buf, '"');
		stk_base64_add(buf, *(const struct stk_str *)at);
		stk_buf_add_byte(buf, '"');
		break;
	case STK_WIRE_I64:
		stk_buf_addf(buf, "\"%lld\"", (long long)*(const int64_t *)at);
		break;
	case STK_WIRE_I32:
		stk_buf_addf(buf, "%d", (int)*(const int32_t *)at);
		break;
	case STK_WIRE_ENUM: {
		int32_t value = *(const int32_t *)at, words = 0;

		while (field->words && field->words[words])
			words++;
		if (value >= 0 && value < words)
			stk_buf_addf(buf, "\"%s\"", field->words[value]);
		else
			stk_buf_addf(buf, "%d", (int)value);
		break;
	}
	case STK_WIRE_F64:
		write_real(buf, *(const double *)at);
		break;
	case STK_WIRE_BOOL:
		stk_buf_add_text(buf, *(const bool *)at ? "true" : "false");
		break;
	case STK_WIRE_MSG:
		stk_wire_write_json(field->message, at, buf);
		break;
	}
}

static bool is_default(const struct stk_wire_field *field, const void *at)
{
	if (field->list)
		return ((const struct stk_wire_list *)at)->len == 0;
	if (field->kind == STK_WIRE_MSG)
		return *(void *const *)at == NULL;
	if (field->kind == STK_WIRE_STR || field->kind == STK_WIRE_BYTES)
		return ((const struct stk_str *)at)->len == 0;
	return stk_wire_bits(field, at) == 0;
}

static void write_list(
	const struct stk_wire_field *field, const struct stk_wire_list *list, struct stk_buf *buf)
{
	size_t size = stk_wire_field_size(field);

	stk_buf_add_byte(buf, '[');
	for (size_t i = 0; i < list->len; i++) {
		if (i)
			stk_buf_add_byte(buf, ',');
		write_one(field, (const char *)list->items + i * size, buf);
	}
	stk_buf_add_byte(buf, ']');
}

void stk_wire_write_json(
	const struct stk_wire_message *message, const void *value, struct stk_buf *buf)
{
	bool first = true;

	stk_buf_add_byte(buf, '{');
	for (size_t i = 0; i < message->fields_len; i++) {
		const struct stk_wire_field *field = &message->fields[i];
		const void *at = (const char *)value + field->offset;

		if (is_default(field, at))
			continue;
		stk_buf_addf(buf, "%s\"%s\":", first ? "" : ",", field->name);
		first = false;
		if (field->list)
			write_list(field, at, buf);
		else
			write_one(
				field, field->kind == STK_WIRE_MSG ? *(void *const *)at : at, buf);
	}
	stk_buf_add_byte(buf, '}');
}
