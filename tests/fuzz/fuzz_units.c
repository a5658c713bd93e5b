/* fuzz_units: any text as a duration, a rate, a number; what is printed of a duration reads again.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = stk_str_n((const char *)data, size);
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	int64_t ns = 0, again = 0, unit = 0;
	double events = 0;

	if (stk_units_parse_duration(text, &ns, &err) == 0) {
		int64_t step = ns < 60 * STK_NS_PER_S ? 10 * STK_NS_PER_MS : STK_NS_PER_S;

		stk_units_format_duration(&buf, ns);
		if (stk_units_parse_duration(stk_buf_str(&buf), &again, &err) < 0 ||
			llabs(again - ns) > step)
			abort();
	}
	if (stk_units_parse_rate(text, &events, &unit, &err) == 0 && (events < 0 || unit <= 0))
		abort();
	(void)!stk_str_to_i64(text, &ns, &err); /* only that it stays inside the text */
	stk_buf_release(&buf);
	return 0;
}
