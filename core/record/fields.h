/* fields: structs to JSON objects and back by a table of members. */
#ifndef STK_CORE_RECORD_FIELDS_H
#define STK_CORE_RECORD_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/json.h"

struct stk_shape;

enum stk_field_type {
	STK_FIELD_I64,
	STK_FIELD_INT,
	STK_FIELD_SIZE,
	STK_FIELD_REAL, /* NaN is null */
	STK_FIELD_BOOL,
	STK_FIELD_TEXT,   /* const char *; NULL is null */
	STK_FIELD_ENUM,   /* an enum, by `words`; null is the member with the number `none` */
	STK_FIELD_STRUCT, /* by `shape`; null if the shape's key text is NULL */
	STK_FIELD_LIST    /* STK_VEC of structs by `shape`, at most `max` of them */
};

/* One member. A member that is absent in a document leaves what the struct holds (a REAL
 * becomes NaN) unless `needed`; a TEXT that is needed is never null. Numbers outside min..max
 * are refused. */
struct stk_field {
	const char *name;
	enum stk_field_type type;
	size_t offset;
	bool needed;
	int64_t min, max; /* I64, INT, SIZE: range; LIST: max items; both 0 = any */
	const struct stk_shape *shape;
	const char *const *words; /* ENUM: word of first, first + 1, …; ends with NULL */
	int first;                /* ENUM: number of words[0] */
	bool none;                /* ENUM: first - 1 is written as null */
};

struct stk_shape {
	const struct stk_field *fields; /* ends with name NULL */
	size_t size;                    /* of the struct */
	bool optional; /* null stands for a struct whose first TEXT member is NULL */
};

/* A new object; the caller's. */
struct stk_json *stk_fields_write(const struct stk_shape *shape, const void *from);

/* Read object into `into` (initialised by the caller), text into the arena. Errors name the
 * place: "rows[3]: member 'p': …". */
int stk_fields_read(const struct stk_shape *shape, const struct stk_json *object, void *into,
	struct stk_arena *arena, struct stk_err *err) STK_MUST_CHECK;

#endif
