/* s3_xml: the few elements that matter of what S3 answers, whoever wrote it. */
#ifndef STK_CORE_BASELINE_S3_XML_H
#define STK_CORE_BASELINE_S3_XML_H

#include <stdbool.h>

#include "core/base/buf.h"

/* What stands in the next element of this name in *rest, which moves behind it; elements may have
 * attributes, but none of the same name in them. false: there is none, or it does not end. */
bool stk_s3_xml_next(struct stk_str *rest, const char *name, struct stk_str *out);

/* Append text with its entities resolved (the five of XML, and numbers up to 0x10ffff as UTF-8).
 * STK_E_FORMAT for any other, and for markup. */
int stk_s3_xml_text(struct stk_str text, struct stk_buf *buf, struct stk_err *err) STK_MUST_CHECK;

#endif
