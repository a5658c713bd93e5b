/* palette: tones as ANSI sequences of the 16 basic colours, which people's themes define. */
#include "core/report/palette.h"

const char *stk_palette_start(enum stk_doc_tone tone, bool color)
{
	static const char *const starts[] = {
		[STK_DOC_PLAIN] = "",
		[STK_DOC_STRONG] = "\033[1m",
		[STK_DOC_BAD] = "\033[1;31m",
		[STK_DOC_GOOD] = "\033[32m",
		[STK_DOC_WARN] = "\033[33m",
		[STK_DOC_INFO] = "\033[36m",
		[STK_DOC_DIM] = "\033[2m",
	};

	return color ? starts[tone] : "";
}

const char *stk_palette_end(bool color)
{
	return color ? "\033[0m" : "";
}
