/* table: reads a Lua table by rows of typed options; unknown keys name the nearest known one. */
#ifndef STK_CORE_SCRIPT_TABLE_H
#define STK_CORE_SCRIPT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/vec.h"

struct lua_State;

/* A table being read and what messages call it: "shop.lua:12: scenarios.buyers: unknown key
 * 'vuss'". The Lua value stays on the stack at index while the table is read. */
struct stk_table {
	struct lua_State *lua;
	int index;         /* absolute stack index */
	const char *where; /* "shop.lua:12", the constructor's call; the file if it had none */
	const char *path;  /* "scenarios.buyers", "" for the outermost */
	const char *kind;  /* "load", "service" ... of its constructor; "" for a plain table */
	struct stk_arena *arena; /* everything read is copied into it */
};

STK_VEC_TYPE(stk_texts, const char *);

/* A rate as written: 200/s is 200 events per 10^9 ns. */
struct stk_rate_value {
	double events;
	int64_t unit_ns;
};

/* What a key holds, and the C type at its offset. */
enum stk_field_type {
	STK_FIELD_DURATION, /* int64_t ns: "1m30s", or a number of seconds; min, max in seconds */
	STK_FIELD_RATE,     /* struct stk_rate_value: 200, "200/s", "3000/m" */
	STK_FIELD_INT,      /* int64_t; 3.0 is an integer, 3.5 and "3" are not */
	STK_FIELD_NUMBER,   /* double, finite */
	STK_FIELD_BOOL,     /* bool */
	STK_FIELD_TEXT,     /* const char *, no NUL inside; .words limits it */
	STK_FIELD_TEXTS,    /* struct stk_texts: a list of texts, or one text; .words limits each */
	STK_FIELD_PAIRS,    /* struct stk_pairs_text (workflow.h): names to text, number or bool,
			     * sorted by name */
	STK_FIELD_FUNCTION, /* int: a registry reference (luaL_ref), the caller's to unref */
	STK_FIELD_TABLE,    /* a nested table, read by .rows into the struct at offset */
	STK_FIELD_READ      /* anything: .read decides; the value is on top of the stack */
};

/* Read the value on top of the stack (and leave it there) into field, the address at the row's
 * offset. table is the table that holds the key; messages go through stk_table_fail. */
typedef int (*stk_table_read_fn)(
	struct stk_table *table, const char *key, void *field, void *ctx, struct stk_err *err);

/* One known key. Zero means: not limited. */
struct stk_table_row {
	const char *key; /* snake_case; camelCase is understood as the same key */
	enum stk_field_type type;
	size_t offset;            /* in the struct that is filled; SIZE_MAX: nowhere (READ only) */
	size_t given;             /* offset of a bool that says the key was there; 0: none */
	double min, max;          /* both 0: any (durations are never negative) */
	const char *const *words; /* allowed texts, NULL at the end */
	const struct stk_table_row *rows; /* of a nested table */
	size_t rows_len;
	stk_table_read_fn read;
	const char *kinds; /* TABLE, READ: constructors that may have made the value, "sdk scrape";
			    * NULL: a plain table only (READ: not looked at) */
	int position;      /* this key may also stand as list item 1, 2 ...; 0: no */
	bool required;
};

/* Look at the Lua value at index as a table to read: where and kind come from the constructor
 * that made it, else where is the one given. STK_E_SCRIPT if it is no table. */
int stk_table_init(struct stk_table *table, struct lua_State *lua, int index, const char *where,
	struct stk_arena *arena, struct stk_err *err) STK_MUST_CHECK;

/* Read all keys of table by rows into out (ctx goes to READ rows). Keys that are absent leave
 * their fields alone, so defaults are set before. STK_E_SCRIPT names file, line and path. Keys
 * are read in the order of the rows. List items are errors unless rows have positions. */
int stk_table_read(struct stk_table *table, const struct stk_table_row *rows, size_t rows_len,
	void *out, void *ctx, struct stk_err *err) STK_MUST_CHECK;

/* A nested table: the value on top of the stack, called key in messages. */
int stk_table_nested(const struct stk_table *parent, const char *key, struct stk_table *out,
	struct stk_err *err) STK_MUST_CHECK;

/* The same reader for items 1 .. n of a list: fn is called with item i on top of the stack.
 * Holes and non-integer keys are errors. */
typedef int (*stk_table_item_fn)(
	struct stk_table *table, int64_t i, void *ctx, struct stk_err *err);
int stk_table_each_item(struct stk_table *table, stk_table_item_fn fn, void *ctx,
	struct stk_err *err) STK_MUST_CHECK;

/* The text keys of a table in byte order (order never comes from the hash); fn is called with
 * the value on top of the stack. A key that is no text is an error. */
typedef int (*stk_table_key_fn)(
	struct stk_table *table, const char *key, void *ctx, struct stk_err *err);
int stk_table_each_key(struct stk_table *table, stk_table_key_fn fn, void *ctx,
	struct stk_err *err) STK_MUST_CHECK;

/* Set "where: path.key: text" with STK_E_SCRIPT; key may be NULL. Returns STK_E_SCRIPT. */
int stk_table_fail(const struct stk_table *table, const char *key, struct stk_err *err,
	const char *fmt, ...) STK_PRINTF(4, 5);

/* The value at index as a duration or rate by the rules above; used by bindings too. Return 0 or
 * STK_E_FORMAT with a text such as "a duration is missing: '30 s'". */
int stk_value_duration(
	struct lua_State *lua, int index, int64_t *ns_out, struct stk_err *err) STK_MUST_CHECK;
int stk_value_rate(struct lua_State *lua, int index, struct stk_rate_value *out,
	struct stk_err *err) STK_MUST_CHECK;

/* Push a C function that marks the table it is given with kind and its caller's file and line and
 * returns it: what stoker.load, stoker.service ... are. kind must be static text. */
void stk_table_push_constructor(struct lua_State *lua, const char *kind);
/* The kind of the value at index, "" if no constructor made it; *where_out (may be NULL) is its
 * call's "file:line", borrowed from Lua, or NULL. */
const char *stk_table_kind(struct lua_State *lua, int index, const char **where_out);

#endif
