/* fuzz_flamebearer: any JSON as a flame graph; what is read becomes a tree and levels again. */
#include <stdint.h>

#include "core/profile/flamebearer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_flamebearer flame = STK_FLAMEBEARER_INIT, again = STK_FLAMEBEARER_INIT;
	struct stk_tree tree;

	stk_tree_init(&tree);
	if (stk_flamebearer_read(&flame, stk_str_n((const char *)data, size), NULL) == 0 &&
		stk_flamebearer_get_tree(&flame, 0, &tree, NULL) == 0)
		stk_flamebearer_set_tree(&again, &tree, 16);
	stk_tree_release(&tree);
	stk_flamebearer_release(&flame);
	stk_flamebearer_release(&again);
	return 0;
}
