/* fuzz_selector: any text as a selector; what parses is matched against labels. */
#include <stdint.h>

#include "core/profile/labels.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stk_label labels[] = {
		{STK_STR("a"), STK_STR("aaaaaaaaaaaaaaaaaaaaaaaa")}, {STK_STR("b"), STK_STR("")}};
	struct stk_selector *selector = NULL;

	if (stk_selector_parse(stk_str_n((const char *)data, size), &selector, NULL) < 0)
		return 0;
	(void)stk_selector_match(selector, labels, 2);
	stk_selector_free(selector);
	return 0;
}
