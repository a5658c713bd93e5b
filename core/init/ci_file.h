/* ci_file: the CI files of ci-templates that are part of the program (generated table). */
#ifndef STK_CORE_INIT_CI_FILE_H
#define STK_CORE_INIT_CI_FILE_H

#include "core/base/embed.h"

/* Sorted by path, which is as in the repository: "ci-templates/github/paired.yml". */
extern const struct stk_embedded_file stk_ci_files[];

#endif
