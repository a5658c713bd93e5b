/* code_quality: the report as a Code Quality file of GitLab. */
#ifndef STK_CORE_REPORT_CODE_QUALITY_H
#define STK_CORE_REPORT_CODE_QUALITY_H

#include "core/base/buf.h"
#include "core/report/doc.h"

/* Append a JSON array: one entry per regressed function that stands in the repository, at most
 * 1,000;
 * [] without any. */
void stk_code_quality_format(const struct stk_doc *doc, struct stk_buf *buf);

#endif
