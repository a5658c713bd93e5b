/* fuzz_parcel: an artifact of a stranger, taken apart and read. */
#include <stdlib.h>
#include <string.h>

#include "core/bot/parcel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_parcel parcel = {STK_VEC_INIT};
	struct stk_flame flame;
	struct stk_run run;

	if (stk_parcel_unpack(stk_str_n((const char *)data, size), &parcel, NULL) < 0)
		return 0;
	if (parcel.records.len == 0 || parcel.records.len > STK_PARCEL_RECORDS_MAX)
		abort();
	stk_run_init(&run);
	if (stk_parcel_read(&parcel.records.items[0], &run, NULL) < 0)
		run.exit_code = 0;
	stk_run_release(&run);
	stk_flame_init(&flame);
	if (stk_parcel_read_flame(&parcel.records.items[0], "cpu", &flame, NULL) == 1 &&
		flame.nodes.len > STK_FLAME_NODES_MAX)
		abort();
	stk_flame_release(&flame);
	stk_parcel_release(&parcel);
	return 0;
}
