/* report_json: a report for programs: verdict, findings with raw numbers, and the texts people
 * read. */
#ifndef STK_CORE_REPORT_REPORT_JSON_H
#define STK_CORE_REPORT_REPORT_JSON_H

#include "core/base/buf.h"
#include "core/report/doc.h"

#define STK_REPORT_SCHEMA 1

/* Append one JSON document ("document": "stoker.report") and a newline. */
void stk_report_json_format(const struct stk_doc *doc, struct stk_buf *buf);

#endif
