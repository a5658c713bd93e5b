/* fuzz_baggage: a baggage header of any bytes. */
#include <stdlib.h>

#include "core/demo/baggage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_demo_baggage baggage;

	stk_demo_baggage_init(&baggage);
	stk_demo_baggage_parse(&baggage, stk_str_n((const char *)data, size));
	for (size_t i = 0; i < baggage.len; i++)
		if (!stk_str_is_utf8(baggage.labels[i].value) || baggage.labels[i].value.len == 0)
			abort();
	stk_demo_baggage_release(&baggage);
	return 0;
}
