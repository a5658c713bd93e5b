/* fuzz_expr: any text as a query and as a time; what is taken apart lies inside the text. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/moment.h"
#include "core/pyroscope/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = stk_str_n((const char *)data, size);
	struct stk_err err = STK_ERR_INIT;
	struct stk_expr expr;
	int64_t ns = 0;

	if (stk_expr_parse(text, &expr, &err) == 0 &&
		(expr.type.len == 0 || expr.selector.len < 2 || expr.selector.ptr[0] != '{'))
		abort();
	if (stk_moment_parse(text, INT64_C(1795358285000000000), &ns, &err) == 0 && ns < 0)
		abort();
	return 0;
}
