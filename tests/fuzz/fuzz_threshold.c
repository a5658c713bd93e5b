/* fuzz_threshold: limits and selectors; the form we write is read back as the same. */
#include <stdlib.h>
#include <string.h>

#include "core/load/threshold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void selector(struct stk_str text)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_tag_selector one, two;

	if (stk_tag_selector_parse(text, &arena, &one, NULL) == 0) {
		for (size_t i = 1; i < one.tags.len; i++)
			if (strcmp(one.tags.items[i - 1].key, one.tags.items[i].key) >= 0)
				abort();
		/* quotes are gone, so what held them may read otherwise, but never crash */
		if (stk_tag_selector_parse(stk_str_of(stk_tag_selector_format(&one, &arena)),
			    &arena, &two, NULL) == 0)
			stk_vec_release(&two.tags);
		stk_vec_release(&one.tags);
	}
	stk_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = {(const char *)data, size};
	struct stk_threshold_expr expr;

	if (stk_threshold_parse(text, &expr, NULL) == 0) {
		if (expr.limit != expr.limit || expr.method[0] == '\0')
			abort();
		for (int type = STK_METRIC_COUNTER; type <= STK_METRIC_TREND; type++)
			(void)!stk_threshold_check_type(&expr, (enum stk_metric_type)type, NULL);
	}
	selector(text);
	return 0;
}
