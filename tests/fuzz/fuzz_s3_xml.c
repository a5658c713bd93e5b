/* fuzz_s3_xml: any bytes as the answer of an S3 server: elements one in the other, and their text.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/baseline/s3_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str rest = stk_str_n((const char *)data, size), inner, key;
	struct stk_buf text = STK_BUF_EMPTY;

	while (stk_s3_xml_next(&rest, "Contents", &inner)) {
		if (inner.len > size)
			abort();
		while (stk_s3_xml_next(&inner, "Key", &key)) {
			stk_buf_clear(&text);
			if (stk_s3_xml_text(key, &text, NULL) == 0 && text.len > key.len)
				abort();
		}
	}
	stk_buf_release(&text);
	return 0;
}
