/* sarif: the report as SARIF 2.1.0, as GitHub's code scanning takes it. */
#ifndef STK_CORE_REPORT_SARIF_H
#define STK_CORE_REPORT_SARIF_H

#include "core/base/buf.h"
#include "core/report/doc.h"

/* Append one document with one run: a rule per kind of regression, a result per regressed function
 * that stands in the repository, at most 1,000. A comparison that could tell nothing has its
 * invocation marked as failed, so that it is no proof that a known alert is gone. */
void stk_sarif_format(const struct stk_doc *doc, struct stk_buf *buf);

#endif
