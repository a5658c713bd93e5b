/* replay: runs files through a fuzz target, with any compiler. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct stk_buf bytes = STK_BUF_INIT((size_t)64 << 20);
		struct stk_err err = STK_ERR_INIT;

		if (stk_fs_read(argv[i], &bytes, &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return 1;
		}
		/* exactly as large as the input, so that a sanitizer sees one byte too many */
		uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
		if (!copy)
			return 1;
		for (size_t at = 0; at < bytes.len; at++)
			copy[at] = (uint8_t)bytes.ptr[at];
		(void)LLVMFuzzerTestOneInput(copy, bytes.len);
		free(copy);
		stk_buf_release(&bytes);
	}
	return 0;
}
