/* json: the one door to Jansson: reading. Building is in json_build.c. */
#include "core/base/json.h"

#include <jansson.h>
#include <stdlib.h>

/* struct stk_json is json_t under another name: nothing of Jansson shows outside. */
static json_t *of(const struct stk_json *value)
{
	return (json_t *)(uintptr_t)value;
}

static struct stk_json *as(json_t *value)
{
	return (struct stk_json *)value;
}

int stk_json_parse(struct stk_str text, struct stk_json **out, struct stk_err *err)
{
	json_error_t why;
	json_t *value = json_loadb(text.ptr ? text.ptr : "", text.len,
		JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);

	if (!value)
		return stk_err_set(err, STK_E_FORMAT, "json: line %d, column %d: %s", why.line,
			why.column, why.text);
	*out = as(value);
	return 0;
}

void stk_json_free(struct stk_json *value)
{
	json_decref(of(value));
}

struct stk_json *stk_json_ref(struct stk_json *value)
{
	return as(json_incref(of(value)));
}

enum stk_json_type stk_json_type(const struct stk_json *value)
{
	if (!value)
		return STK_JSON_NULL;
	switch (json_typeof(of(value))) {
	case JSON_OBJECT:
		return STK_JSON_OBJECT;
	case JSON_ARRAY:
		return STK_JSON_ARRAY;
	case JSON_STRING:
		return STK_JSON_STRING;
	case JSON_INTEGER:
		return STK_JSON_INT;
	case JSON_REAL:
		return STK_JSON_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return STK_JSON_BOOL;
	case JSON_NULL:
		break;
	}
	return STK_JSON_NULL;
}

struct stk_json *stk_json_get(const struct stk_json *object, const char *key)
{
	return as(json_object_get(of(object), key));
}

size_t stk_json_len(const struct stk_json *value)
{
	return json_is_array(of(value)) ? json_array_size(of(value)) : json_object_size(of(value));
}

struct stk_json *stk_json_at(const struct stk_json *array, size_t i)
{
	return as(json_array_get(of(array), i));
}

/* One reference token with ~1 and ~0 undone. */
static char *unescape(struct stk_str token)
{
	struct stk_buf text = STK_BUF_EMPTY;

	for (size_t i = 0; i < token.len; i++) {
		char c = token.ptr[i];
		if (c == '~' && i + 1 < token.len &&
			(token.ptr[i + 1] == '0' || token.ptr[i + 1] == '1'))
			c = token.ptr[++i] == '0' ? '~' : '/';
		stk_buf_add_byte(&text, c);
	}
	return stk_buf_take(&text, NULL);
}

struct stk_json *stk_json_pointer(struct stk_json *value, struct stk_str pointer)
{
	struct stk_str token;

	if (pointer.len == 0)
		return value;
	if (pointer.ptr[0] != '/')
		return NULL;
	pointer = stk_str_skip(pointer, 1);
	while (value && stk_str_cut(&pointer, '/', &token)) {
		uint64_t index;
		if (stk_json_type(value) != STK_JSON_ARRAY) {
			char *key = unescape(token);
			value = stk_json_get(value, key);
			free(key);
		} else if ((token.len > 1 && token.ptr[0] == '0') ||
			   stk_str_to_u64(token, &index, NULL) < 0) {
			value = NULL;
		} else {
			value = stk_json_at(value, (size_t)index);
		}
	}
	return value;
}

int64_t stk_json_int(const struct stk_json *value, int64_t fallback)
{
	return json_is_integer(of(value)) ? (int64_t)json_integer_value(of(value)) : fallback;
}

double stk_json_real(const struct stk_json *value, double fallback)
{
	return json_is_number(of(value)) ? json_number_value(of(value)) : fallback;
}

bool stk_json_bool(const struct stk_json *value, bool fallback)
{
	return json_is_boolean(of(value)) ? json_is_true(of(value)) : fallback;
}

struct stk_str stk_json_str(const struct stk_json *value)
{
	if (!json_is_string(of(value)))
		return (struct stk_str){NULL, 0};
	return stk_str_n(json_string_value(of(value)), json_string_length(of(value)));
}

const char *stk_json_text(const struct stk_json *value, const char *fallback)
{
	return json_is_string(of(value)) ? json_string_value(of(value)) : fallback;
}

int stk_json_each(const struct stk_json *object, stk_json_member_fn fn, void *ctx)
{
	const char *key;
	json_t *value;

	json_object_foreach(of(object), key, value)
	{
		int rc = fn(stk_str_of(key), as(value), ctx);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int missing(const char *key, const char *what, struct stk_err *err)
{
	return stk_err_set(err, STK_E_FORMAT, "member '%s': %s is missing", key, what);
}

int stk_json_need_int(
	const struct stk_json *object, const char *key, int64_t *out, struct stk_err *err)
{
	const struct stk_json *value = stk_json_get(object, key);

	if (stk_json_type(value) != STK_JSON_INT)
		return missing(key, "an integer", err);
	*out = stk_json_int(value, 0);
	return 0;
}

int stk_json_need_real(
	const struct stk_json *object, const char *key, double *out, struct stk_err *err)
{
	const struct stk_json *value = stk_json_get(object, key);

	if (stk_json_type(value) != STK_JSON_INT && stk_json_type(value) != STK_JSON_REAL)
		return missing(key, "a number", err);
	*out = stk_json_real(value, 0);
	return 0;
}

int stk_json_need_text(
	const struct stk_json *object, const char *key, const char **out, struct stk_err *err)
{
	const struct stk_json *value = stk_json_get(object, key);

	if (stk_json_type(value) != STK_JSON_STRING)
		return missing(key, "a text", err);
	*out = stk_json_text(value, "");
	return 0;
}

int stk_json_need_array(
	const struct stk_json *object, const char *key, struct stk_json **out, struct stk_err *err)
{
	struct stk_json *value = stk_json_get(object, key);

	if (stk_json_type(value) != STK_JSON_ARRAY)
		return missing(key, "an array", err);
	*out = value;
	return 0;
}

int stk_json_need_object(
	const struct stk_json *object, const char *key, struct stk_json **out, struct stk_err *err)
{
	struct stk_json *value = stk_json_get(object, key);

	if (stk_json_type(value) != STK_JSON_OBJECT)
		return missing(key, "an object", err);
	*out = value;
	return 0;
}
