/* fuzz_run_json: any bytes as a run record: read, write again, render. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/record/run_json.h"
#include "core/report/doc.h"
#include "core/report/format.h"
#include "core/report/html.h"
#include "core/report/markdown.h"
#include "core/report/report_json.h"
#include "core/report/term.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_run run;
	struct stk_err err = STK_ERR_INIT;

	stk_run_init(&run);
	if (stk_run_json_parse(stk_str_n((const char *)data, size), &run, &err) == 0) {
		struct stk_format_opts opts = {.term = {.width = 60, .color = true}};
		struct stk_buf buf = STK_BUF_EMPTY, again = STK_BUF_EMPTY;
		struct stk_run copy;
		struct stk_doc doc;

		stk_run_json_format(&run, &buf);
		stk_run_init(&copy);
		/* What we write we must be able to read. */
		if (stk_run_json_parse(stk_buf_str(&buf), &copy, &err) < 0)
			abort();
		stk_run_release(&copy);
		stk_doc_init(&doc, &run);
		for (const struct stk_format *one = stk_formats; one->name; one++)
			one->format(&doc, &opts, &again);
		stk_html_format(&doc, NULL, &again);
		stk_doc_release(&doc);
		stk_buf_release(&buf);
		stk_buf_release(&again);
	}
	stk_run_release(&run);
	return 0;
}
