/* fields: reads and writes struct members as a table says. */
#include "core/record/fields.h"

#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/vec.h"

/* Any STK_VEC: their members are the same but for the type of items. */
STK_VEC_TYPE(any_vec, char);

/* The length of the list at a member; *items_out points to its first struct. */
static size_t list_of(const char *member, const char **items_out)
{
	struct any_vec vec;

	memcpy(&vec, member, sizeof vec);
	*items_out = vec.items;
	return vec.len;
}

static const char *first_text(const struct stk_shape *shape, const char *from)
{
	for (const struct stk_field *field = shape->fields; field->name; field++) {
		if (field->type == STK_FIELD_TEXT) {
			const char *text;
			memcpy(&text, from + field->offset, sizeof text);
			return text;
		}
	}
	return "";
}

static struct stk_json *write_list(const struct stk_shape *shape, const char *member)
{
	struct stk_json *array = stk_json_new_array();
	const char *items;
	size_t len = list_of(member, &items);

	for (size_t i = 0; i < len; i++)
		stk_json_push(array, stk_fields_write(shape, items + i * shape->size));
	return array;
}

static struct stk_json *write_enum(const struct stk_field *field, const char *member)
{
	int number;

	memcpy(&number, member, sizeof number);
	for (int i = 0; field->words[i]; i++)
		if (field->first + i == number)
			return stk_json_new_text(field->words[i]);
	return stk_json_new_null();
}

static struct stk_json *write_number(const struct stk_field *field, const char *member)
{
	union {
		int64_t i64;
		int i;
		size_t size;
		double real;
		bool flag;
	} value;

	switch (field->type) {
	case STK_FIELD_I64:
		memcpy(&value.i64, member, sizeof value.i64);
		return stk_json_new_int(value.i64);
	case STK_FIELD_INT:
		memcpy(&value.i, member, sizeof value.i);
		return stk_json_new_int(value.i);
	case STK_FIELD_SIZE:
		memcpy(&value.size, member, sizeof value.size);
		return stk_json_new_int((int64_t)value.size);
	case STK_FIELD_REAL:
		memcpy(&value.real, member, sizeof value.real);
		return stk_json_new_real(value.real);
	default:
		memcpy(&value.flag, member, sizeof value.flag);
		return stk_json_new_bool(value.flag);
	}
}

struct stk_json *stk_fields_write(const struct stk_shape *shape, const void *from)
{
	if (shape->optional && !first_text(shape, from))
		return stk_json_new_null();
	struct stk_json *object = stk_json_new_object();

	for (const struct stk_field *field = shape->fields; field->name; field++) {
		const char *member = (const char *)from + field->offset;
		struct stk_json *value;
		const char *text;
		switch (field->type) {
		case STK_FIELD_TEXT:
			memcpy(&text, member, sizeof text);
			value = stk_json_new_text(!text && field->needed ? "" : text);
			break;
		case STK_FIELD_ENUM:
			value = write_enum(field, member);
			break;
		case STK_FIELD_STRUCT:
			value = stk_fields_write(field->shape, member);
			break;
		case STK_FIELD_LIST:
			value = write_list(field->shape, member);
			break;
		default:
			value = write_number(field, member);
		}
		stk_json_put(object, field->name, value);
	}
	return object;
}

/* --- reading --------------------------------------------------------------------- */

static int expected(struct stk_err *err, const char *what)
{
	return stk_err_set(err, STK_E_FORMAT, "%s expected", what);
}

static int read_integer(const struct stk_field *field, const struct stk_json *value, char *member,
	struct stk_err *err)
{
	if (stk_json_type(value) != STK_JSON_INT)
		return expected(err, "a whole number");
	int64_t number = stk_json_int(value, 0);
	int64_t low = field->min, high = field->max;
	if (low == 0 && high == 0) {
		low = field->type == STK_FIELD_SIZE ? 0 : INT64_MIN;
		high = INT64_MAX;
	}
	if (field->type == STK_FIELD_INT) {
		low = low < INT32_MIN ? INT32_MIN : low;
		high = high > INT32_MAX ? INT32_MAX : high;
	}
	if (number < low || number > high)
		return stk_err_set(err, STK_E_FORMAT, "%lld is not within %lld to %lld",
			(long long)number, (long long)low, (long long)high);
	if (field->type == STK_FIELD_INT) {
		int narrow = (int)number;
		memcpy(member, &narrow, sizeof narrow);
	} else if (field->type == STK_FIELD_SIZE) {
		size_t size = (size_t)number;
		memcpy(member, &size, sizeof size);
	} else {
		memcpy(member, &number, sizeof number);
	}
	return 0;
}

static int read_real(const struct stk_json *value, char *member, struct stk_err *err)
{
	enum stk_json_type type = stk_json_type(value);
	double real = type == STK_JSON_NULL ? NAN : stk_json_real(value, NAN);

	if (type != STK_JSON_NULL && type != STK_JSON_INT && type != STK_JSON_REAL)
		return expected(err, "a number or null");
	memcpy(member, &real, sizeof real);
	return 0;
}

static int read_text(const struct stk_field *field, const struct stk_json *value, char *member,
	struct stk_arena *arena, struct stk_err *err)
{
	const char *text = NULL;

	if (stk_json_type(value) == STK_JSON_STRING) {
		struct stk_str view = stk_json_str(value);
		if (stk_str_find_byte(view, '\0') >= 0)
			return stk_err_set(err, STK_E_FORMAT, "text holds a NUL character");
		text = stk_arena_str(arena, view);
	} else if (field->needed || stk_json_type(value) != STK_JSON_NULL) {
		return expected(err, field->needed ? "text" : "text or null");
	}
	memcpy(member, &text, sizeof text);
	return 0;
}

static int read_enum(const struct stk_field *field, const struct stk_json *value, char *member,
	struct stk_err *err)
{
	int number = field->first - 1;

	if (field->none && stk_json_type(value) == STK_JSON_NULL) {
		memcpy(member, &number, sizeof number);
		return 0;
	}
	if (stk_json_type(value) != STK_JSON_STRING)
		return expected(err, "a word");
	struct stk_str word = stk_json_str(value);
	for (int i = 0; field->words[i]; i++) {
		if (stk_str_is(word, field->words[i])) {
			number = field->first + i;
			memcpy(member, &number, sizeof number);
			return 0;
		}
	}
	return stk_err_set(err, STK_E_FORMAT, "unknown word '%.*s'",
		(int)(word.len > 60 ? 60 : word.len), word.ptr);
}

static int read_list(const struct stk_field *field, const struct stk_json *value, char *member,
	struct stk_arena *arena, struct stk_err *err)
{
	const struct stk_shape *shape = field->shape;
	struct any_vec vec;
	int rc = 0;

	if (stk_json_type(value) != STK_JSON_ARRAY)
		return expected(err, "a list");
	size_t len = stk_json_len(value);
	if (field->max > 0 && len > (size_t)field->max)
		return stk_err_set(err, STK_E_TOO_LARGE, "%zu items, at most %lld are read", len,
			(long long)field->max);
	memcpy(&vec, member, sizeof vec);
	free(vec.items);
	vec.items = len > 0 ? stk_xcalloc(len, shape->size) : NULL;
	vec.cap = len;
	for (vec.len = 0; rc == 0 && vec.len < len; vec.len++) {
		char *item = vec.items + vec.len * shape->size;
		rc = stk_fields_read(shape, stk_json_at(value, vec.len), item, arena, err);
		if (rc < 0)
			stk_err_wrap(err, "[%zu]", vec.len);
	}
	memcpy(member, &vec, sizeof vec);
	return rc;
}

static int read_struct(const struct stk_field *field, const struct stk_json *value, char *member,
	struct stk_arena *arena, struct stk_err *err)
{
	if (field->shape->optional && stk_json_type(value) == STK_JSON_NULL)
		return 0;
	return stk_fields_read(field->shape, value, member, arena, err);
}

static int read_field(const struct stk_field *field, const struct stk_json *value, char *member,
	struct stk_arena *arena, struct stk_err *err)
{
	switch (field->type) {
	case STK_FIELD_REAL:
		return read_real(value, member, err);
	case STK_FIELD_TEXT:
		return read_text(field, value, member, arena, err);
	case STK_FIELD_ENUM:
		return read_enum(field, value, member, err);
	case STK_FIELD_STRUCT:
		return read_struct(field, value, member, arena, err);
	case STK_FIELD_LIST:
		return read_list(field, value, member, arena, err);
	case STK_FIELD_BOOL: {
		if (stk_json_type(value) != STK_JSON_BOOL)
			return expected(err, "true or false");
		bool flag = stk_json_bool(value, false);
		memcpy(member, &flag, sizeof flag);
		return 0;
	}
	default:
		return read_integer(field, value, member, err);
	}
}

int stk_fields_read(const struct stk_shape *shape, const struct stk_json *object, void *into,
	struct stk_arena *arena, struct stk_err *err)
{
	if (stk_json_type(object) != STK_JSON_OBJECT)
		return expected(err, "an object");
	for (const struct stk_field *field = shape->fields; field->name; field++) {
		const struct stk_json *value = stk_json_get(object, field->name);
		char *member = (char *)into + field->offset;
		int rc = 0;
		if (value)
			rc = read_field(field, value, member, arena, err);
		else if (field->needed)
			rc = stk_err_set(err, STK_E_FORMAT, "is missing");
		else if (field->type == STK_FIELD_REAL)
			rc = read_real(NULL, member, err);
		if (rc < 0) {
			stk_err_wrap(err, "%s", field->name);
			return rc;
		}
	}
	return 0;
}
