/* proto: protobuf's wire format: a bounded cursor to read, a writer into a buffer. */
#ifndef STK_CORE_BASE_PROTO_H
#define STK_CORE_BASE_PROTO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"

enum stk_proto_wire {
	STK_PROTO_VARINT = 0,
	STK_PROTO_I64 = 1,
	STK_PROTO_LEN = 2,
	STK_PROTO_I32 = 5
};

/* One field at a time: while ((rc = stk_proto_next(&cur, &field, err)) > 0) switch (field.number) …
 */
struct stk_proto_cursor {
	const uint8_t *ptr;
	const uint8_t *end;
};

struct stk_proto_field {
	uint32_t number;
	enum stk_proto_wire wire;
	uint64_t value;       /* VARINT, I64, I32 */
	struct stk_str bytes; /* LEN: a view into the message */
};

struct stk_proto_cursor stk_proto_cursor(struct stk_str message);
/* 1 a field, 0 the end, STK_E_FORMAT. Groups are refused. */
int stk_proto_next(struct stk_proto_cursor *cur, struct stk_proto_field *out,
	struct stk_err *err) STK_MUST_CHECK;
/* A bare varint, for packed fields: 1, 0 at the end, or STK_E_FORMAT. */
int stk_proto_varint(
	struct stk_proto_cursor *cur, uint64_t *out, struct stk_err *err) STK_MUST_CHECK;
/* All of a packed field at once: how many whole numbers it has, which is the room that out needs,
 * and the numbers themselves. STK_E_FORMAT for a varint that is cut off or too long. */
size_t stk_proto_packed_len(struct stk_str bytes);
int stk_proto_unpack(struct stk_str bytes, uint64_t *out, struct stk_err *err) STK_MUST_CHECK;
double stk_proto_double(uint64_t bits);
int64_t stk_proto_zigzag(uint64_t value);

/* Writers. Zero values are written too: leaving defaults out is the caller's choice. */
void stk_proto_put_varint(struct stk_buf *buf, uint32_t number, uint64_t value);
void stk_proto_put_fixed64(struct stk_buf *buf, uint32_t number, uint64_t value);
void stk_proto_put_double(struct stk_buf *buf, uint32_t number, double value);
void stk_proto_put_bytes(struct stk_buf *buf, uint32_t number, struct stk_str bytes);
void stk_proto_put_packed(struct stk_buf *buf, uint32_t number, const uint64_t *values, size_t len);
void stk_proto_add_varint(struct stk_buf *buf, uint64_t value); /* no tag */
size_t stk_proto_varint_len(uint64_t value);

#endif
