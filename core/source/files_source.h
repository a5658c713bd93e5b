/* files_source: slices from pprof files on disk, one glob per side. */
#ifndef STK_CORE_SOURCE_FILES_SOURCE_H
#define STK_CORE_SOURCE_FILES_SOURCE_H

#include "core/source/source.h"

#define STK_FILES_SOURCE_MAX 10000 /* files of one side */

struct stk_files_source_opts {
	const char *globs[2]; /* base, head; NULL: that side has none */
};

/* Reads the files at once: each is one slice per sample type; its times are the profile's, or,
 * where it has none, one second each in order of name. STK_E_NOT_FOUND when a glob matches nothing,
 * STK_E_FORMAT with the path. The window of a query is not looked at: all files of the side are
 * meant. */
int stk_files_source_new(const struct stk_files_source_opts *opts, const struct stk_source_env *env,
	struct stk_source **out, struct stk_err *err) STK_MUST_CHECK;

#endif
