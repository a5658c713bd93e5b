/* ci_file: the CI files of ci-templates that are part of the program (generated table). */
#ifndef STK_CORE_INIT_CI_FILE_H
#define STK_CORE_INIT_CI_FILE_H

#include <stddef.h>

/* path is as in the repository, "ci-templates/github/paired.yml"; text is NUL-terminated. */
struct stk_ci_file {
	const char *path;
	const char *text;
	size_t len;
};

/* Sorted by path; ends with a NULL path. */
extern const struct stk_ci_file stk_ci_files[];

#endif
