/* fuzz_k6_points: any bytes as what k6 writes while it runs, cut in two places. */
#include <stddef.h>
#include <stdint.h>

#include "core/generator/k6_points.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = stk_str_n((const char *)data, size);
	struct stk_k6_points points;
	struct stk_generated out;

	stk_generated_init(&out, 0);
	stk_k6_points_init(&points, &out);
	stk_k6_points_read(&points, stk_str_sub(text, 0, size / 3));
	stk_k6_points_read(&points, stk_str_skip(text, size / 3));
	stk_k6_points_end(&points);
	stk_k6_points_release(&points);
	stk_generated_release(&out);
	return 0;
}
