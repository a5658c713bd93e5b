/* fuzz_order: a comment of anybody; what is kept is harmless and bounded. */
#include <stdlib.h>
#include <string.h>

#include "core/bot/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text, size_t max)
{
	if (text && (strlen(text) > max || strpbrk(text, "\n\r\x1b")))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str comment = {(const char *)data, size};
	struct stk_order order;

	stk_order_parse(comment, &order);
	if ((order.kind != STK_ORDER_NONE) != stk_order_is_for_us(comment))
		abort();
	check(order.word, 32);
	check(order.reason, 500);
	check(order.function, 1000);
	check(order.sha, 64);
	if (order.kind == STK_ORDER_ACCEPT && !order.wrong && (!order.reason || order.for_ns <= 0))
		abort();
	if (order.kind == STK_ORDER_EXPLAIN && !order.wrong && !order.function)
		abort();
	stk_order_release(&order);
	return 0;
}
