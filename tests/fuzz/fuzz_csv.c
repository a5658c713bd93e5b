/* fuzz_csv: any bytes as a CSV file; every cell it gives can be read. */
#include <stddef.h>
#include <stdint.h>

#include "core/base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_csv csv;
	volatile size_t bytes = 0;

	if (stk_csv_parse(&csv, stk_str_n((const char *)data, size), NULL) == 0)
		for (size_t row = 0; row < stk_csv_rows(&csv); row++)
			for (size_t column = 0; column < stk_csv_columns(&csv); column++) {
				struct stk_str cell = stk_csv_cell(&csv, row, column);
				for (size_t i = 0; i < cell.len; i++)
					bytes += (unsigned char)cell.ptr[i];
			}
	stk_csv_release(&csv);
	return 0;
}
