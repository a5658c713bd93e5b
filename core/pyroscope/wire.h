/* wire: one table per message drives its protobuf and JSON codec, both directions. */
#ifndef STK_CORE_PYROSCOPE_WIRE_H
#define STK_CORE_PYROSCOPE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

/* C types of a field by kind. Lists are a struct stk_wire_list of that element type.
 * STR and BYTES: struct stk_str. I64: int64_t. I32, ENUM: int32_t. F64: double. BOOL: bool.
 * MSG: pointer to the message's struct, NULL when absent. */
enum stk_wire_kind {
	STK_WIRE_STR,
	STK_WIRE_BYTES,
	STK_WIRE_I64,
	STK_WIRE_I32,
	STK_WIRE_ENUM,
	STK_WIRE_F64,
	STK_WIRE_BOOL,
	STK_WIRE_MSG
};

struct stk_wire_list {
	void *items;
	size_t len;
};

struct stk_wire_message;

struct stk_wire_field {
	uint32_t number;
	const char *name;  /* as JSON writes it: lowerCamelCase */
	const char *snake; /* the proto name, accepted too; NULL = the same */
	enum stk_wire_kind kind;
	bool list;
	size_t offset;
	const struct stk_wire_message *message; /* MSG */
	const char *const *words;               /* ENUM: names by value, NULL at the end */
};

struct stk_wire_message {
	const char *name;
	size_t size;
	const struct stk_wire_field *fields;
	size_t fields_len;
};

#define STK_WIRE_MAX_DEPTH 16
#define STK_WIRE_MAX_ITEMS (2 * 1000 * 1000) /* elements of all lists of one message */

/* Decode into *out (zeroed first); memory from arena, views into bytes where nothing must be
 * unescaped (so bytes must outlive out). Unknown fields are skipped. STK_E_FORMAT. */
int stk_wire_read_proto(const struct stk_wire_message *message, struct stk_str bytes,
	struct stk_arena *arena, void *out, struct stk_err *err) STK_MUST_CHECK;
/* The protobuf JSON mapping: camelCase or snake_case, integers as text or number (5.0 too), bytes
 * as base64, null = absent, a field twice is STK_E_FORMAT. */
int stk_wire_read_json(const struct stk_wire_message *message, struct stk_str text,
	struct stk_arena *arena, void *out, struct stk_err *err) STK_MUST_CHECK;

/* Append. Values at their default are left out. JSON: 64-bit integers as text. */
void stk_wire_write_proto(
	const struct stk_wire_message *message, const void *value, struct stk_buf *buf);
void stk_wire_write_json(
	const struct stk_wire_message *message, const void *value, struct stk_buf *buf);

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void stk_wire_write_json_str(struct stk_buf *buf, struct stk_str text);

#endif
