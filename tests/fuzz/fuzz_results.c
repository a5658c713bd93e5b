/* fuzz_results: any bytes as k6's summary, or as what a load command wrote, in each form. */
#include <stddef.h>
#include <stdint.h>

#include "core/generator/k6.h"
#include "core/generator/results.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = stk_str_n((const char *)data, size);

	for (int form = STK_RESULTS_NONE; form <= STK_RESULTS_JSON; form++) {
		struct stk_generated out;

		stk_generated_init(&out, 0);
		out.start_ns = INT64_C(1795348800000000000);
		out.end_ns = out.start_ns + INT64_C(3000000000);
		/* only that it stays inside the text */
		if (form == STK_RESULTS_NONE)
			(void)!stk_k6_read_summary(text, &out, NULL);
		else
			(void)!stk_results_read((enum stk_results_form)form, text, &out, NULL);
		stk_generated_release(&out);
	}
	return 0;
}
