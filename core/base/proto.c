/* proto: protobuf's wire format: a bounded cursor to read, a writer into a buffer. */
#include "core/base/proto.h"

#include <string.h>

#define VARINT_BYTES_MAX 10

struct stk_proto_cursor stk_proto_cursor(struct stk_str message)
{
	const uint8_t *ptr = (const uint8_t *)message.ptr;

	return (struct stk_proto_cursor){ptr, ptr ? ptr + message.len : NULL};
}

static int read_long_varint(struct stk_proto_cursor *cur, uint64_t *out, struct stk_err *err)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < VARINT_BYTES_MAX; i++) {
		if (cur->ptr == cur->end)
			return stk_err_set(err, STK_E_FORMAT, "varint runs past the end");
		uint8_t byte = *cur->ptr++;
		value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte < 0x80) {
			*out = value;
			return 1;
		}
	}
	return stk_err_set(err, STK_E_FORMAT, "varint of more than %d bytes", VARINT_BYTES_MAX);
}

/* Most are of one byte, nearly all others of two or three. */
static inline int read_varint(struct stk_proto_cursor *cur, uint64_t *out, struct stk_err *err)
{
	const uint8_t *at = cur->ptr;

	if (cur->end - at >= 3) {
		if (at[0] < 0x80) {
			*out = at[0];
			cur->ptr = at + 1;
			return 1;
		}
		if (at[1] < 0x80) {
			*out = (at[0] & 0x7fu) | (uint64_t)at[1] << 7;
			cur->ptr = at + 2;
			return 1;
		}
		if (at[2] < 0x80) {
			*out = (at[0] & 0x7fu) | (at[1] & 0x7fu) << 7 | (uint64_t)at[2] << 14;
			cur->ptr = at + 3;
			return 1;
		}
	}
	return read_long_varint(cur, out, err);
}

int stk_proto_varint(struct stk_proto_cursor *cur, uint64_t *out, struct stk_err *err)
{
	return cur->ptr == cur->end ? 0 : read_varint(cur, out, err);
}

size_t stk_proto_packed_len(struct stk_str bytes)
{
	size_t len = 0;

	for (size_t i = 0; i < bytes.len; i++)
		len += (uint8_t)bytes.ptr[i] < 0x80;
	return len;
}

int stk_proto_unpack(struct stk_str bytes, uint64_t *out, struct stk_err *err)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	int rc = 1;

	while (rc > 0 && cur.ptr != cur.end) {
		rc = read_varint(&cur, out, err);
		if (rc > 0) /* without a whole one there may be no room at all */
			out++;
	}
	return rc < 0 ? rc : 0;
}

static int read_fixed(struct stk_proto_cursor *cur, size_t size, uint64_t *out, struct stk_err *err)
{
	uint64_t value = 0;

	if ((size_t)(cur->end - cur->ptr) < size)
		return stk_err_set(err, STK_E_FORMAT, "fixed field runs past the end");
	for (size_t i = 0; i < size; i++)
		value |= (uint64_t)cur->ptr[i] << (8 * i);
	cur->ptr += size;
	*out = value;
	return 1;
}

static int read_bytes(
	struct stk_proto_cursor *cur, struct stk_proto_field *out, struct stk_err *err)
{
	uint64_t len = 0;
	int rc = read_varint(cur, &len, err);

	if (rc < 0)
		return rc;
	if (len > (uint64_t)(cur->end - cur->ptr))
		return stk_err_set(err, STK_E_FORMAT, "field %u of %llu bytes runs past the end",
			out->number, (unsigned long long)len);
	out->bytes = stk_str_n((const char *)cur->ptr, (size_t)len);
	cur->ptr += len;
	return 1;
}

int stk_proto_next(struct stk_proto_cursor *cur, struct stk_proto_field *out, struct stk_err *err)
{
	uint64_t tag = 0;
	int rc;

	if (cur->ptr == cur->end)
		return 0;
	rc = read_varint(cur, &tag, err);
	if (rc < 0)
		return rc;
	if (tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
		return stk_err_set(err, STK_E_FORMAT, "field number %llu is not allowed",
			(unsigned long long)(tag >> 3));
	*out = (struct stk_proto_field){.number = (uint32_t)(tag >> 3)};
	switch (tag & 7) {
	case STK_PROTO_VARINT:
		out->wire = STK_PROTO_VARINT;
		return read_varint(cur, &out->value, err);
	case STK_PROTO_I64:
		out->wire = STK_PROTO_I64;
		return read_fixed(cur, 8, &out->value, err);
	case STK_PROTO_I32:
		out->wire = STK_PROTO_I32;
		return read_fixed(cur, 4, &out->value, err);
	case STK_PROTO_LEN:
		out->wire = STK_PROTO_LEN;
		return read_bytes(cur, out, err);
	default:
		return stk_err_set(err, STK_E_FORMAT, "field %u has wire type %u", out->number,
			(unsigned)(tag & 7));
	}
}

double stk_proto_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

int64_t stk_proto_zigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

size_t stk_proto_varint_len(uint64_t value)
{
	size_t len = 1;

	while (value >= 0x80) {
		value >>= 7;
		len++;
	}
	return len;
}

void stk_proto_add_varint(struct stk_buf *buf, uint64_t value)
{
	uint8_t bytes[VARINT_BYTES_MAX];
	size_t len = 0;

	while (value >= 0x80) {
		bytes[len++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	bytes[len++] = (uint8_t)value;
	stk_buf_add(buf, bytes, len);
}

static void put_tag(struct stk_buf *buf, uint32_t number, enum stk_proto_wire wire)
{
	stk_proto_add_varint(buf, (uint64_t)number << 3 | (uint64_t)wire);
}

void stk_proto_put_varint(struct stk_buf *buf, uint32_t number, uint64_t value)
{
	put_tag(buf, number, STK_PROTO_VARINT);
	stk_proto_add_varint(buf, value);
}

void stk_proto_put_fixed64(struct stk_buf *buf, uint32_t number, uint64_t value)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	put_tag(buf, number, STK_PROTO_I64);
	stk_buf_add(buf, bytes, sizeof bytes);
}

void stk_proto_put_double(struct stk_buf *buf, uint32_t number, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	stk_proto_put_fixed64(buf, number, bits);
}

void stk_proto_put_bytes(struct stk_buf *buf, uint32_t number, struct stk_str bytes)
{
	put_tag(buf, number, STK_PROTO_LEN);
	stk_proto_add_varint(buf, bytes.len);
	stk_buf_add_str(buf, bytes);
}

void stk_proto_put_packed(struct stk_buf *buf, uint32_t number, const uint64_t *values, size_t len)
{
	size_t size = 0;

	for (size_t i = 0; i < len; i++)
		size += stk_proto_varint_len(values[i]);
	put_tag(buf, number, STK_PROTO_LEN);
	stk_proto_add_varint(buf, size);
	for (size_t i = 0; i < len; i++)
		stk_proto_add_varint(buf, values[i]);
}
