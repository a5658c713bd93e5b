/* palette: the one set of colours for everything that is printed on a terminal. */
#ifndef STK_CORE_REPORT_PALETTE_H
#define STK_CORE_REPORT_PALETTE_H

#include <stdbool.h>

#include "core/report/doc.h"

/* The sequence that starts a tone, and the one that ends any; "" without colour. */
const char *stk_palette_start(enum stk_doc_tone tone, bool color);
const char *stk_palette_end(bool color);

#endif
