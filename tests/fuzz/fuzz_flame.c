/* fuzz_flame: any JSON as a flame graph; what is read is written again and drawn. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/record/flame.h"
#include "core/report/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_flames flames = STK_VEC_INIT;
	struct stk_flame *flame = stk_vec_push_new(&flames), again;

	if (stk_flame_parse(stk_str_n((const char *)data, size), flame, NULL) == 0) {
		struct stk_buf text = STK_BUF_EMPTY, page = STK_BUF_EMPTY;
		struct stk_run run;
		struct stk_doc doc;

		stk_flame_format(flame, &text);
		stk_flame_init(&again);
		/* What we write we must be able to read. */
		if (stk_flame_parse(stk_buf_str(&text), &again, NULL) < 0)
			abort();
		stk_flame_release(&again);
		stk_run_init(&run);
		stk_doc_init(&doc, &run);
		stk_html_format(&doc, &flames, &page);
		stk_doc_release(&doc);
		stk_run_release(&run);
		stk_buf_release(&text);
		stk_buf_release(&page);
	}
	stk_flames_release(&flames);
	return 0;
}
