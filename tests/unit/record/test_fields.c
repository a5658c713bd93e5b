/* test_fields: struct members to JSON and back by a table. */
#include "core/record/fields.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/vec.h"
#include "core/record/run_shape.h"

enum colour { RED, BLUE };

struct part {
	const char *name;
	double weight;
};

struct thing {
	int64_t big;
	int small;
	bool flag;
	enum colour colour;
	struct part part;
	STK_VEC(struct part) parts;
};

static const char *const colours[] = {"red", "blue", NULL};
static const struct stk_field part_fields[] = {
	{.name = "name", .type = STK_FIELD_TEXT, .offset = offsetof(struct part, name)},
	{.name = "weight", .type = STK_FIELD_REAL, .offset = offsetof(struct part, weight)},
	{.name = NULL},
};
static const struct stk_shape part_shape = {part_fields, sizeof(struct part), true};
static const struct stk_field thing_fields[] = {
	{.name = "big",
		.type = STK_FIELD_I64,
		.offset = offsetof(struct thing, big),
		.needed = true},
	{.name = "small",
		.type = STK_FIELD_INT,
		.offset = offsetof(struct thing, small),
		.min = -1,
		.max = 9},
	{.name = "flag", .type = STK_FIELD_BOOL, .offset = offsetof(struct thing, flag)},
	{.name = "colour",
		.type = STK_FIELD_ENUM,
		.offset = offsetof(struct thing, colour),
		.words = colours},
	{.name = "part",
		.type = STK_FIELD_STRUCT,
		.offset = offsetof(struct thing, part),
		.shape = &part_shape},
	{.name = "parts",
		.type = STK_FIELD_LIST,
		.offset = offsetof(struct thing, parts),
		.shape = &part_shape,
		.max = 2},
	{.name = NULL},
};
static const struct stk_shape thing_shape = {thing_fields, sizeof(struct thing), false};

static int read_thing(
	const char *text, struct thing *thing, struct stk_arena *arena, struct stk_err *err)
{
	struct stk_json *object = NULL;

	assert_int_equal(stk_json_parse(stk_str_of(text), &object, err), 0);
	int rc = stk_fields_read(&thing_shape, object, thing, arena, err);
	stk_json_free(object);
	return rc;
}

static void fields_write__is_what_fields_read_reads(void **state)
{
	static const char text[] = "{\"big\":9007199254740993,\"small\":-1,\"flag\":true,"
				   "\"colour\":\"blue\",\"part\":null,"
				   "\"parts\":[{\"name\":\"a\",\"weight\":null},null]}";
	struct thing thing = {.small = 7};
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	/* null is a struct without a name only where one stands by itself */
	assert_int_equal(read_thing(text, &thing, &arena, &err), STK_E_FORMAT);
	assert_string_equal(err.msg, "parts: [1]: an object expected");
	char *shorter = stk_xstrdup(text);
	memcpy(strstr(shorter, ",null]}"), "]}", 3);
	assert_int_equal(read_thing(shorter, &thing, &arena, &err), 0);
	assert_true(isnan(thing.parts.items[0].weight));
	struct stk_json *object = stk_fields_write(&thing_shape, &thing);
	stk_json_format(object, STK_JSON_COMPACT, &buf);
	assert_string_equal(buf.ptr, shorter);
	stk_json_free(object);
	free(shorter);
	stk_vec_release(&thing.parts);
	stk_arena_release(&arena);
	stk_buf_release(&buf);
}

static void fields_read__says_where_it_went_wrong(void **state)
{
	static const struct {
		const char *text, *says;
		int code;
	} wrong[] = {
		{"{}", "big: is missing", STK_E_FORMAT},
		{"{\"big\":1.0}", "big: a whole number expected", STK_E_FORMAT},
		{"{\"big\":1,\"small\":10}", "small: 10 is not within -1 to 9", STK_E_FORMAT},
		{"{\"big\":1,\"flag\":0}", "flag: true or false expected", STK_E_FORMAT},
		{"{\"big\":1,\"colour\":\"green\"}", "colour: unknown word 'green'", STK_E_FORMAT},
		{"{\"big\":1,\"colour\":null}", "colour: a word expected", STK_E_FORMAT},
		{"{\"big\":1,\"part\":[]}", "part: an object expected", STK_E_FORMAT},
		{"{\"big\":1,\"parts\":{}}", "parts: a list expected", STK_E_FORMAT},
		{"{\"big\":1,\"parts\":[{},{},{}]}", "parts: 3 items, at most 2", STK_E_TOO_LARGE},
		{"{\"big\":1,\"parts\":[{},{\"weight\":\"x\"}]}", "parts: [1]: weight: a number",
			STK_E_FORMAT},
		{"[]", "an object expected", STK_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct thing thing = {.small = 7};
		struct stk_arena arena = STK_ARENA_INIT;
		struct stk_err err = STK_ERR_INIT;
		assert_int_equal(read_thing(wrong[i].text, &thing, &arena, &err), wrong[i].code);
		if (!strstr(err.msg, wrong[i].says))
			fail_msg("%s: %s", wrong[i].text, err.msg);
		stk_vec_release(&thing.parts);
		stk_arena_release(&arena);
	}
}

static void fields_read__leaves_what_is_absent(void **state)
{
	struct thing thing = {.small = 7, .colour = BLUE};
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(read_thing("{\"big\":1}", &thing, &arena, &err), 0);
	assert_int_equal(thing.small, 7);
	assert_int_equal(thing.colour, BLUE);
	stk_arena_release(&arena);
}

/* A table with two rows of one name would write an object that no reader takes. */
static void run_shape__names_every_member_once(void **state)
{
	(void)state;
	for (const struct stk_field *field = stk_run_shape.fields; field->name; field++) {
		assert_true(field->type != STK_FIELD_LIST || (field->shape && field->max > 0));
		assert_true(field->type != STK_FIELD_ENUM || field->words);
		for (const struct stk_field *other = stk_run_shape.fields; other != field; other++)
			assert_true(strcmp(other->name, field->name) != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_write__is_what_fields_read_reads),
		cmocka_unit_test(fields_read__says_where_it_went_wrong),
		cmocka_unit_test(fields_read__leaves_what_is_absent),
		cmocka_unit_test(run_shape__names_every_member_once),
	};
	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
