/* junit: the report as JUnit XML, as the strictest of its schemas wants it. */
#ifndef STK_CORE_REPORT_JUNIT_H
#define STK_CORE_REPORT_JUNIT_H

#include "core/base/buf.h"
#include "core/report/doc.h"

/* Append one document: a suite per profile type with a case per judged function and one for the
 * total, and one for thresholds. Regressions are failures, what could not be told is skipped. */
void stk_junit_format(const struct stk_doc *doc, struct stk_buf *buf);
/* The same for a load test alone: a suite for its thresholds and one for its checks. A check that
 * ever failed is a failure. */
void stk_junit_format_load(const struct stk_run *run, struct stk_buf *buf);

#endif
