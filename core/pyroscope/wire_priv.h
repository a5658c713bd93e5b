/* wire_priv: what the protobuf and the JSON half of the wire codec share. */
#ifndef STK_CORE_PYROSCOPE_WIRE_PRIV_H
#define STK_CORE_PYROSCOPE_WIRE_PRIV_H

#include "core/pyroscope/wire.h"

/* No message has more fields. */
#define STK_WIRE_MAX_FIELDS 16

/* Bytes of one value of a field in memory. */
size_t stk_wire_field_size(const struct stk_wire_field *field);
/* Append a zeroed element; *cap is the list's capacity, kept by the caller. */
void *stk_wire_push(
	struct stk_wire_list *list, size_t *cap, size_t item_size, struct stk_arena *arena);
/* The field of a number, NULL if unknown. */
const struct stk_wire_field *stk_wire_find(const struct stk_wire_message *message, uint32_t number);
/* A number field's value as bits of a varint or a double; 0 for others. */
uint64_t stk_wire_bits(const struct stk_wire_field *field, const void *at);

#endif
