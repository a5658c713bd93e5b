/* text: text on a terminal: how wide it is, and how it is cut and made harmless. */
#ifndef STK_CORE_REPORT_TEXT_H
#define STK_CORE_REPORT_TEXT_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/* Columns of UTF-8 text: combining marks take none, East Asian wide characters two. */
size_t stk_text_width(struct stk_str text);

/* Append at most `width` columns of text; what does not fit is replaced by one "…" in the
 * middle of it, so that both the package and the function's own name stay visible. */
void stk_text_add_cut(struct stk_buf *buf, struct stk_str text, size_t width);

/* Append text without what could drive a terminal, reorder it or hide in it: control characters,
 * escape sequences, bytes that are not UTF-8, direction marks and what shows nothing become "?", of
 * a pile of combining marks a few stay. */
void stk_text_add_plain(struct stk_buf *buf, struct stk_str text);

/* Append a JSON document with the same characters, as far as they stand in its strings, as \uXXXX:
 * the same document, and harmless on a terminal. */
void stk_text_add_json(struct stk_buf *buf, struct stk_str json);

#endif
