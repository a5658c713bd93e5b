/* json: the one door to Jansson: read and write JSON documents (64-bit integers survive). */
#ifndef STK_CORE_BASE_JSON_H
#define STK_CORE_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/str.h"

struct stk_json; /* a value, reference counted; one thread at a time */

enum stk_json_type {
	STK_JSON_NULL,
	STK_JSON_BOOL,
	STK_JSON_INT,
	STK_JSON_REAL,
	STK_JSON_STRING,
	STK_JSON_ARRAY,
	STK_JSON_OBJECT
};

/* Parse one document, nothing behind it; duplicate keys, bad UTF-8, depth over 512
 * and NUL in strings' keys are STK_E_FORMAT with line and column. *out is the caller's. */
int stk_json_parse(struct stk_str text, struct stk_json **out, struct stk_err *err) STK_MUST_CHECK;
void stk_json_free(struct stk_json *value); /* gives back one reference; NULL is fine */
struct stk_json *stk_json_ref(struct stk_json *value);

/* --- reading; every returned pointer is borrowed from its parent --- */
enum stk_json_type stk_json_type(const struct stk_json *value); /* NULL reads as STK_JSON_NULL */
struct stk_json *stk_json_get(
	const struct stk_json *object, const char *key); /* NULL = absent or no object */
size_t stk_json_len(const struct stk_json *value);       /* items or members; else 0 */
struct stk_json *stk_json_at(const struct stk_json *array, size_t i);
/* RFC 6901; NULL = absent. */
struct stk_json *stk_json_pointer(struct stk_json *value, struct stk_str pointer);

/* Plain values with a fall-back for absent or of another type. An integer reads as a real;
 * a real never as an integer. Text may hold NUL bytes, hence the view. */
int64_t stk_json_int(const struct stk_json *value, int64_t fallback);
double stk_json_real(const struct stk_json *value, double fallback);
bool stk_json_bool(const struct stk_json *value, bool fallback);
struct stk_str stk_json_str(const struct stk_json *value); /* empty view when no string */
const char *stk_json_text(const struct stk_json *value, const char *fallback);

/* Members in document order (sorted when written with sorted keys). Stops when fn returns
 * non-zero and returns that. */
typedef int (*stk_json_member_fn)(struct stk_str key, struct stk_json *value, void *ctx);
int stk_json_each(const struct stk_json *object, stk_json_member_fn fn, void *ctx);

/* Strict reading for documents of a known shape. Absent or wrong type is STK_E_FORMAT,
 * "member 'start_ns': an integer is missing". Outputs untouched on failure. */
int stk_json_need_int(const struct stk_json *object, const char *key, int64_t *out,
	struct stk_err *err) STK_MUST_CHECK;
int stk_json_need_real(const struct stk_json *object, const char *key, double *out,
	struct stk_err *err) STK_MUST_CHECK;
int stk_json_need_text(const struct stk_json *object, const char *key, const char **out,
	struct stk_err *err) STK_MUST_CHECK;
int stk_json_need_array(const struct stk_json *object, const char *key, struct stk_json **out,
	struct stk_err *err) STK_MUST_CHECK;
int stk_json_need_object(const struct stk_json *object, const char *key, struct stk_json **out,
	struct stk_err *err) STK_MUST_CHECK;

/* --- building; new values are the caller's until taken --- */
struct stk_json *stk_json_new_object(void);
struct stk_json *stk_json_new_array(void);
struct stk_json *stk_json_new_int(int64_t value);
struct stk_json *stk_json_new_real(double value); /* NaN and infinities become null */
struct stk_json *stk_json_new_bool(bool value);
struct stk_json *stk_json_new_null(void);
/* Bytes that are not UTF-8 are replaced by U+FFFD: a document is always valid. */
struct stk_json *stk_json_new_str(struct stk_str text);
struct stk_json *stk_json_new_text(const char *text); /* NULL gives null */

/* Both take the value over, also when it is NULL (then: null). */
void stk_json_put(struct stk_json *object, const char *key, struct stk_json *value_take);
void stk_json_push(struct stk_json *array, struct stk_json *value_take);

enum stk_json_style {
	STK_JSON_COMPACT,
	STK_JSON_INDENT,
	STK_JSON_SORTED, /* compact, keys sorted */
	STK_JSON_SHORT   /* compact, numbers for people: 0.1, not 0.10000000000000001 */
};
void stk_json_format(const struct stk_json *value, enum stk_json_style style, struct stk_buf *buf);

#endif
