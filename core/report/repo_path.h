/* repo_path: paths of files in a repository, as a record claims them. */
#ifndef STK_CORE_REPORT_REPO_PATH_H
#define STK_CORE_REPORT_REPO_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/* Whether a path may be linked to and annotated: relative, UTF-8, without empty, "." and ".."
 * parts, backslashes and control characters, of at most 1,024 bytes. NULL is not. */
bool stk_repo_path_is_fit(const char *path);

/* Append a fit path percent-encoded: all but A-Z a-z 0-9 . _ ~ / - */
void stk_repo_path_add_url(struct stk_buf *buf, const char *path);

#endif
