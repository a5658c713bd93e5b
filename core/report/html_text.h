/* html_text: text from outside in a page: as text, as an attribute, as data. */
#ifndef STK_CORE_REPORT_HTML_TEXT_H
#define STK_CORE_REPORT_HTML_TEXT_H

#include "core/base/buf.h"
#include "core/base/json.h"

/* Append text as it is to be read, good inside an element and inside a quoted attribute: markup as
 * character references; control characters, direction marks and bytes that are not UTF-8 as "?". */
void stk_html_add_text(struct stk_buf *buf, struct stk_str text);

/* A JSON string of it, cleaned in the same way. The caller's. */
struct stk_json *stk_html_new_text(const char *text);

/* Append a JSON document so that it may stand in a <script>: no "<" is left in it. */
void stk_html_add_json(struct stk_buf *buf, const struct stk_json *value);

#endif
