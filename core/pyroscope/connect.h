/* connect: the Connect protocol's codes, error bodies and codecs. */
#ifndef STK_CORE_PYROSCOPE_CONNECT_H
#define STK_CORE_PYROSCOPE_CONNECT_H

#include "core/base/buf.h"
#include "core/pyroscope/wire.h"

enum stk_connect_code {
	STK_CONNECT_OK,
	STK_CONNECT_CANCELED,
	STK_CONNECT_UNKNOWN,
	STK_CONNECT_INVALID_ARGUMENT,
	STK_CONNECT_DEADLINE_EXCEEDED,
	STK_CONNECT_NOT_FOUND,
	STK_CONNECT_ALREADY_EXISTS,
	STK_CONNECT_PERMISSION_DENIED,
	STK_CONNECT_RESOURCE_EXHAUSTED,
	STK_CONNECT_FAILED_PRECONDITION,
	STK_CONNECT_ABORTED,
	STK_CONNECT_OUT_OF_RANGE,
	STK_CONNECT_UNIMPLEMENTED,
	STK_CONNECT_INTERNAL,
	STK_CONNECT_UNAVAILABLE,
	STK_CONNECT_DATA_LOSS,
	STK_CONNECT_UNAUTHENTICATED
};

enum stk_connect_codec { STK_CONNECT_PROTO, STK_CONNECT_JSON };

#define STK_CONNECT_TYPE_PROTO "application/proto"
#define STK_CONNECT_TYPE_JSON  "application/json"

/* "invalid_argument"; static. */
const char *stk_connect_code_name(enum stk_connect_code code);
/* The code of a name, UNKNOWN if there is none. */
enum stk_connect_code stk_connect_code_parse(struct stk_str name);
/* HTTP status of a code (releases 1.6 and newer). */
int stk_connect_code_status(enum stk_connect_code code);
/* What an error of ours is on the wire, and the reverse. */
enum stk_connect_code stk_connect_code_of_err(int errc);
int stk_connect_code_to_err(enum stk_connect_code code);

/* Codec of a Content-Type: application/json (with charset=utf-8 at most) or application/proto,
 * whatever the case. STK_E_INVAL else. */
int stk_connect_codec_parse(struct stk_str content_type, enum stk_connect_codec *out,
	struct stk_err *err) STK_MUST_CHECK;

/* Append {"code":…,"message":…}. */
void stk_connect_write_error(struct stk_buf *buf, enum stk_connect_code code, const char *message);

/* What an answer says: 0 for 2xx; else err gets the code and the message of its error body, or
 * status and first line when the body is no such thing (a proxy, an old server). *code_out may be
 * NULL. The codes NOT_FOUND, AUTH, INVAL, UNIMPLEMENTED, HTTP tell a client what to do. */
int stk_connect_read_error(int status, struct stk_str body, enum stk_connect_code *code_out,
	struct stk_err *err) STK_MUST_CHECK;

/* Decode and encode by codec. */
int stk_connect_read(enum stk_connect_codec codec, const struct stk_wire_message *message,
	struct stk_str bytes, struct stk_arena *arena, void *out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_connect_write(enum stk_connect_codec codec, const struct stk_wire_message *message,
	const void *value, struct stk_buf *buf);

#endif
