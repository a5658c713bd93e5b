/* fuzz_calibration: any bytes as what A/A runs measured: read, write again, read that, conclude. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/baseline/calibrated.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_calibration calibration, copy;
	struct stk_calibrateds all, again;
	struct stk_buf text = STK_BUF_EMPTY, outcome = STK_BUF_EMPTY;

	stk_calibration_init(&calibration);
	stk_calibration_init(&copy);
	stk_calibrateds_init(&all);
	stk_calibrateds_init(&again);
	if (stk_calibration_parse(stk_str_n((const char *)data, size), &calibration, NULL) == 0) {
		stk_calibration_format(&calibration, &text);
		if (stk_calibration_parse(stk_buf_str(&text), &copy, NULL) < 0)
			abort();
		stk_calibrateds_put(&all, &calibration);
		stk_calibrateds_format(&all, &outcome);
	}
	/* the same bytes as the other file; what a run concludes may be refused, not more */
	if (stk_calibrateds_parse(stk_str_n((const char *)data, size), &again, NULL) == 0) {
		stk_buf_clear(&text);
		stk_calibrateds_format(&again, &text);
	}
	stk_buf_release(&text);
	stk_buf_release(&outcome);
	stk_calibrateds_release(&all);
	stk_calibrateds_release(&again);
	stk_calibration_release(&calibration);
	stk_calibration_release(&copy);
	return 0;
}
