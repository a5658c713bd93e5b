/* fuzz_base64: any text as base64, as a point in time, and as the name of a baseline in a bucket.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/moment.h"
#include "core/baseline/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void base64(struct stk_str text)
{
	struct stk_buf bytes = STK_BUF_EMPTY, again = STK_BUF_EMPTY, third = STK_BUF_EMPTY;

	if (stk_base64_parse(text, &bytes, NULL) == 0) {
		stk_base64_add(&again, stk_buf_str(&bytes));
		if (stk_base64_parse(stk_buf_str(&again), &third, NULL) < 0 ||
			!stk_str_eq(stk_buf_str(&bytes), stk_buf_str(&third)))
			abort();
	}
	stk_buf_release(&bytes);
	stk_buf_release(&again);
	stk_buf_release(&third);
}

static void name(struct stk_str text)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_baseline_key key = {0}, same = {0};
	struct stk_buf out = STK_BUF_EMPTY;

	if (stk_baseline_parse_name(text, &arena, &key, NULL) == 0) {
		stk_baseline_format_name(&out, &key);
		if (stk_baseline_parse_name(stk_buf_str(&out), &arena, &same, NULL) < 0 ||
			strcmp(key.machine, same.machine) != 0 ||
			key.measured_ns != same.measured_ns)
			abort();
	}
	stk_buf_release(&out);
	stk_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = {(const char *)data, size};
	int64_t ns;

	base64(text);
	name(text);
	(void)!stk_moment_parse(text, 1795348800000000000, &ns, NULL); /* stays inside the text */
	return 0;
}
