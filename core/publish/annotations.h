/* annotations: notes of a check run on the lines that the pull request changed. */
#ifndef STK_CORE_PUBLISH_ANNOTATIONS_H
#define STK_CORE_PUBLISH_ANNOTATIONS_H

#include "core/base/json.h"
#include "core/report/doc.h"

enum { STK_ANNOTATIONS_BATCH = 50, STK_ANNOTATIONS_MAX = 200 };

/* One annotation of GitHub's Checks API for each regression or improvement that hangs together with
 * a changed line of a file of the repository, worst first, at most STK_ANNOTATIONS_MAX. The array
 * is the caller's. */
struct stk_json *stk_annotations_of(const struct stk_doc *doc);

/* Whether two annotations are the same note on the same line. */
bool stk_annotations_is_same(const struct stk_json *a, const struct stk_json *b);

#endif
