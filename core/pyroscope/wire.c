/* wire: one table per message drives its protobuf codec; wire_json.c has the JSON side. */
#include "core/pyroscope/wire.h"

#include <string.h>

#include "core/base/proto.h"
#include "core/pyroscope/wire_priv.h"

size_t stk_wire_field_size(const struct stk_wire_field *field)
{
	switch (field->kind) {
	case STK_WIRE_STR:
	case STK_WIRE_BYTES:
		return sizeof(struct stk_str);
	case STK_WIRE_I64:
		return sizeof(int64_t);
	case STK_WIRE_I32:
	case STK_WIRE_ENUM:
		return sizeof(int32_t);
	case STK_WIRE_F64:
		return sizeof(double);
	case STK_WIRE_BOOL:
		return sizeof(bool);
	case STK_WIRE_MSG:
		return field->list ? field->message->size : sizeof(void *);
	}
	return 0;
}

void *stk_wire_push(
	struct stk_wire_list *list, size_t *cap, size_t item_size, struct stk_arena *arena)
{
	char *items = list->items;

	if (list->len == *cap) {
		size_t wider = *cap ? *cap * 2 : 4;

		items = stk_arena_zalloc(arena, wider, item_size);
		if (list->len)
			memcpy(items, list->items, list->len * item_size);
		*cap = wider;
		list->items = items;
	}
	return items + item_size * list->len++;
}

const struct stk_wire_field *stk_wire_find(const struct stk_wire_message *message, uint32_t number)
{
	for (size_t i = 0; i < message->fields_len; i++)
		if (message->fields[i].number == number)
			return &message->fields[i];
	return NULL;
}

struct reader {
	struct stk_arena *arena;
	int depth;
	size_t items; /* elements of text and message lists so far */
};

static int read_message(struct reader *r, const struct stk_wire_message *message,
	struct stk_str bytes, char *out, struct stk_err *err);

/* Put a scalar's bits where they belong. */
static void store_number(const struct stk_wire_field *field, uint64_t bits, void *at)
{
	switch (field->kind) {
	case STK_WIRE_I64:
		*(int64_t *)at = (int64_t)bits;
		break;
	case STK_WIRE_I32:
	case STK_WIRE_ENUM:
		*(int32_t *)at = (int32_t)(uint32_t)bits;
		break;
	case STK_WIRE_F64:
		*(double *)at = stk_proto_double(bits);
		break;
	case STK_WIRE_BOOL:
		*(bool *)at = bits != 0;
		break;
	default:
		break;
	}
}

static enum stk_proto_wire wire_of(enum stk_wire_kind kind)
{
	if (kind == STK_WIRE_F64)
		return STK_PROTO_I64;
	if (kind == STK_WIRE_STR || kind == STK_WIRE_BYTES || kind == STK_WIRE_MSG)
		return STK_PROTO_LEN;
	return STK_PROTO_VARINT;
}

/* One LEN field: text, bytes or a message. */
static int read_len(struct reader *r, const struct stk_wire_field *field, struct stk_str bytes,
	void *at, struct stk_err *err)
{
	char *message;
	int rc;

	if (field->kind == STK_WIRE_STR && !stk_str_is_utf8(bytes))
		return stk_err_set(err, STK_E_FORMAT, "'%s' is not UTF-8", field->name);
	if (field->kind != STK_WIRE_MSG) {
		*(struct stk_str *)at = bytes;
		return 0;
	}
	if (field->list)
		return read_message(r, field->message, bytes, at, err);
	message = *(char **)at;
	if (!message)
		message = stk_arena_zalloc(r->arena, 1, field->message->size);
	rc = read_message(r, field->message, bytes, message, err);
	if (rc == 0)
		*(char **)at = message;
	return rc;
}

/* Numbers in a packed list. */
static int read_packed(struct reader *r, const struct stk_wire_field *field, struct stk_str bytes,
	struct stk_wire_list *list, size_t *cap, struct stk_err *err)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	size_t size = stk_wire_field_size(field);
	uint64_t bits;
	int rc = 0;

	if (field->kind == STK_WIRE_F64) {
		if (bytes.len % 8)
			return stk_err_set(err, STK_E_FORMAT, "'%s': packed doubles of %zu bytes",
				field->name, bytes.len);
		for (size_t i = 0; i + 8 <= bytes.len; i += 8) {
			bits = 0;
			for (size_t b = 8; b-- > 0;)
				bits = bits << 8 | (unsigned char)bytes.ptr[i + b];
			store_number(field, bits, stk_wire_push(list, cap, size, r->arena));
		}
		return 0;
	}
	while ((rc = stk_proto_varint(&cur, &bits, err)) > 0)
		store_number(field, bits, stk_wire_push(list, cap, size, r->arena));
	return rc;
}

static int read_field(struct reader *r, const struct stk_wire_field *field,
	const struct stk_proto_field *in, char *out, size_t *cap, struct stk_err *err)
{
	void *at = out + field->offset;
	enum stk_proto_wire want = wire_of(field->kind);

	if (field->list && want != STK_PROTO_LEN && in->wire == STK_PROTO_LEN)
		return read_packed(r, field, in->bytes, at, cap, err);
	if (in->wire != want)
		return stk_err_set(err, STK_E_FORMAT, "'%s': wire type %d, %d is expected",
			field->name, (int)in->wire, (int)want);
	/* an empty message is two bytes on the wire and many more in memory */
	if (field->list && ++r->items > STK_WIRE_MAX_ITEMS)
		return stk_err_set(err, STK_E_TOO_LARGE, "'%s': more than %d elements", field->name,
			STK_WIRE_MAX_ITEMS);
	if (field->list)
		at = stk_wire_push(at, cap, stk_wire_field_size(field), r->arena);
	if (want == STK_PROTO_LEN)
		return read_len(r, field, in->bytes, at, err);
	store_number(field, in->value, at);
	return 0;
}

static int read_message(struct reader *r, const struct stk_wire_message *message,
	struct stk_str bytes, char *out, struct stk_err *err)
{
	struct stk_proto_cursor cur = stk_proto_cursor(bytes);
	size_t caps[STK_WIRE_MAX_FIELDS] = {0};
	struct stk_proto_field in;
	int rc;

	if (r->depth >= STK_WIRE_MAX_DEPTH)
		return stk_err_set(err, STK_E_FORMAT, "%s: nested too deeply", message->name);
	r->depth++;
	while ((rc = stk_proto_next(&cur, &in, err)) > 0) {
		const struct stk_wire_field *field = stk_wire_find(message, in.number);

		if (!field)
			continue;
		rc = read_field(r, field, &in, out, &caps[field - message->fields], err);
		if (rc < 0)
			break;
	}
	r->depth--;
	if (rc < 0)
		stk_err_wrap(err, "%s", message->name);
	return rc;
}

int stk_wire_read_proto(const struct stk_wire_message *message, struct stk_str bytes,
	struct stk_arena *arena, void *out, struct stk_err *err)
{
	struct reader r = {arena, 0, 0};

	memset(out, 0, message->size);
	return read_message(&r, message, bytes, out, err);
}

uint64_t stk_wire_bits(const struct stk_wire_field *field, const void *at)
{
	uint64_t bits = 0;

	switch (field->kind) {
	case STK_WIRE_I64:
		return (uint64_t) * (const int64_t *)at;
	case STK_WIRE_I32:
	case STK_WIRE_ENUM:
		return (uint64_t)(int64_t) * (const int32_t *)at;
	case STK_WIRE_F64:
		memcpy(&bits, at, sizeof bits);
		return bits;
	case STK_WIRE_BOOL:
		return *(const bool *)at;
	default:
		return 0;
	}
}

static void write_message_field(uint32_t number, const struct stk_wire_message *message,
	const void *value, struct stk_buf *buf)
{
	struct stk_buf inner = STK_BUF_EMPTY;

	stk_wire_write_proto(message, value, &inner);
	stk_proto_put_bytes(buf, number, stk_buf_str(&inner));
	stk_buf_release(&inner);
}

static void write_list(
	const struct stk_wire_field *field, const struct stk_wire_list *list, struct stk_buf *buf)
{
	size_t size = stk_wire_field_size(field);
	struct stk_buf packed = STK_BUF_EMPTY;

	for (size_t i = 0; i < list->len; i++) {
		const void *at = (const char *)list->items + i * size;

		if (field->kind == STK_WIRE_MSG) {
			write_message_field(field->number, field->message, at, buf);
		} else if (wire_of(field->kind) == STK_PROTO_LEN) {
			stk_proto_put_bytes(buf, field->number, *(const struct stk_str *)at);
		} else if (field->kind == STK_WIRE_F64) {
			uint64_t bits = stk_wire_bits(field, at);

			for (int b = 0; b < 8; b++)
				stk_buf_add_byte(&packed, (char)(bits >> (8 * b)));
		} else {
			stk_proto_add_varint(&packed, stk_wire_bits(field, at));
		}
	}
	if (packed.len)
		stk_proto_put_bytes(buf, field->number, stk_buf_str(&packed));
	stk_buf_release(&packed);
}

static void write_field(const struct stk_wire_field *field, const void *at, struct stk_buf *buf)
{
	uint64_t bits;

	if (field->list) {
		write_list(field, at, buf);
	} else if (field->kind == STK_WIRE_MSG) {
		if (*(void *const *)at)
			write_message_field(field->number, field->message, *(void *const *)at, buf);
	} else if (wire_of(field->kind) == STK_PROTO_LEN) {
		const struct stk_str *text = at;

		if (text->len)
			stk_proto_put_bytes(buf, field->number, *text);
	} else {
		bits = stk_wire_bits(field, at);
		if (bits && field->kind == STK_WIRE_F64)
			stk_proto_put_double(buf, field->number, *(const double *)at);
		else if (bits)
			stk_proto_put_varint(buf, field->number, bits);
	}
}

void stk_wire_write_proto(
	const struct stk_wire_message *message, const void *value, struct stk_buf *buf)
{
	for (size_t i = 0; i < message->fields_len; i++)
		write_field(
			&message->fields[i], (const char *)value + message->fields[i].offset, buf);
}
