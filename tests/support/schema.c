/* schema: walks a document beside its JSON Schema. */
#include "tests/support/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"

struct walk {
	struct stk_json *root;
	struct stk_buf why; /* the first thing that does not fit */
};

static bool fits(struct walk *walk, struct stk_json *schema, const struct stk_json *value);

static bool refuse(struct walk *walk, const char *what)
{
	if (walk->why.len == 0)
		stk_buf_add_text(&walk->why, what);
	return false;
}

static bool is_type(const char *word, const struct stk_json *value)
{
	enum stk_json_type type = stk_json_type(value);

	if (strcmp(word, "number") == 0)
		return type == STK_JSON_INT || type == STK_JSON_REAL;
	return (strcmp(word, "integer") == 0 && type == STK_JSON_INT) ||
	       (strcmp(word, "string") == 0 && type == STK_JSON_STRING) ||
	       (strcmp(word, "boolean") == 0 && type == STK_JSON_BOOL) ||
	       (strcmp(word, "null") == 0 && type == STK_JSON_NULL) ||
	       (strcmp(word, "array") == 0 && type == STK_JSON_ARRAY) ||
	       (strcmp(word, "object") == 0 && type == STK_JSON_OBJECT);
}

static bool type_fits(const struct stk_json *types, const struct stk_json *value)
{
	if (!types)
		return true;
	if (stk_json_type(types) == STK_JSON_STRING)
		return is_type(stk_json_text(types, ""), value);
	for (size_t i = 0; i < stk_json_len(types); i++)
		if (is_type(stk_json_text(stk_json_at(types, i), ""), value))
			return true;
	return false;
}

static bool same(const struct stk_json *a, const struct stk_json *b)
{
	if (stk_json_type(a) != stk_json_type(b))
		return false;
	return stk_json_type(a) == STK_JSON_STRING ? stk_str_eq(stk_json_str(a), stk_json_str(b))
						   : stk_json_int(a, 0) == stk_json_int(b, 0);
}

static bool enum_fits(const struct stk_json *values, const struct stk_json *value)
{
	for (size_t i = 0; i < stk_json_len(values); i++)
		if (same(stk_json_at(values, i), value))
			return true;
	return values == NULL;
}

struct member {
	struct walk *walk;
	const struct stk_json *properties;
};

static int check_member(struct stk_str key, struct stk_json *value, void *ctx)
{
	struct member *member = ctx;
	char name[128];

	(void)snprintf(name, sizeof name, "%.*s", STK_STR_ARG(key));
	struct stk_json *schema = stk_json_get(member->properties, name);
	if (!schema)
		return refuse(member->walk, "is not in the schema"),
		       stk_buf_addf(&member->walk->why, ": %s", name), 1;
	if (fits(member->walk, schema, value))
		return 0;
	stk_buf_addf(&member->walk->why, " in %s", name);
	return 1;
}

static bool object_fits(
	struct walk *walk, const struct stk_json *schema, const struct stk_json *value)
{
	const struct stk_json *required = stk_json_get(schema, "required");
	struct member member = {walk, stk_json_get(schema, "properties")};

	for (size_t i = 0; i < stk_json_len(required); i++) {
		const char *name = stk_json_text(stk_json_at(required, i), "");
		if (!stk_json_get(value, name))
			return refuse(walk, name);
	}
	return stk_json_each(value, check_member, &member) == 0;
}

static bool array_fits(
	struct walk *walk, const struct stk_json *schema, const struct stk_json *value)
{
	struct stk_json *items = stk_json_get(schema, "items");
	int64_t most = stk_json_int(stk_json_get(schema, "maxItems"), INT64_MAX);

	if ((int64_t)stk_json_len(value) > most)
		return refuse(walk, "too many items");
	for (size_t i = 0; items && i < stk_json_len(value); i++)
		if (!fits(walk, items, stk_json_at(value, i)))
			return false;
	return true;
}

static bool any_fits(struct walk *walk, const struct stk_json *any, const struct stk_json *value)
{
	for (size_t i = 0; i < stk_json_len(any); i++) {
		if (fits(walk, stk_json_at(any, i), value)) {
			stk_buf_clear(&walk->why);
			return true;
		}
	}
	return any == NULL;
}

static bool fits(struct walk *walk, struct stk_json *schema, const struct stk_json *value)
{
	const char *ref = stk_json_text(stk_json_get(schema, "$ref"), NULL);
	const struct stk_json *constant = stk_json_get(schema, "const");

	if (ref) {
		struct stk_json *target = stk_json_pointer(walk->root, stk_str_of(ref + 1));
		return target ? fits(walk, target, value) : refuse(walk, ref);
	}
	if (constant && !same(constant, value))
		return refuse(walk, "not the constant");
	if (!enum_fits(stk_json_get(schema, "enum"), value))
		return refuse(walk, "none of the words");
	if (!any_fits(walk, stk_json_get(schema, "anyOf"), value))
		return false;
	if (!type_fits(stk_json_get(schema, "type"), value))
		return refuse(walk, "another type");
	if (stk_json_type(value) == STK_JSON_INT &&
		(stk_json_int(value, 0) <
				stk_json_int(stk_json_get(schema, "minimum"), INT64_MIN) ||
			stk_json_int(value, 0) >
				stk_json_int(stk_json_get(schema, "maximum"), INT64_MAX)))
		return refuse(walk, "out of range");
	if (stk_json_type(value) == STK_JSON_OBJECT && stk_json_get(schema, "properties"))
		return object_fits(walk, schema, value);
	return stk_json_type(value) != STK_JSON_ARRAY || array_fits(walk, schema, value);
}

void stk_schema_check(struct stk_json *schema, const struct stk_json *value)
{
	struct walk walk = {schema, STK_BUF_EMPTY};

	if (!fits(&walk, schema, value))
		fail_msg("does not fit its schema: %s", walk.why.ptr);
	stk_buf_release(&walk.why);
}
