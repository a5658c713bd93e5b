/* outline: where a function ends that begins on a known line, told by indentation. */
#ifndef STK_CORE_DIFF_OUTLINE_H
#define STK_CORE_DIFF_OUTLINE_H

#include <stdint.h>

#include "core/base/str.h"

/* The last line of what begins on line `first` (1 = the top line) of a source text: all lines that
 * are indented further, empty ones between them, and a closing bracket or word. Right for what a
 * formatter or a language keeps indented; 0 when the text has no such line. */
int64_t stk_outline_end(struct stk_str text, int64_t first);

#endif
