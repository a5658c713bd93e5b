/* files: slices from pprof files on disk: one source per side and glob. */
#ifndef STK_CORE_SOURCE_FILES_H
#define STK_CORE_SOURCE_FILES_H

#include "core/source/source.h"

#define STK_SOURCE_FILES_MAX 10000

/* Reads all files that match the glob at once. Each is a slice of every sample type that it holds;
 * its times are the profile's own, or, where they say nothing, one second each in order of name.
 * The window of a query is not looked at: all files are meant. STK_E_NOT_FOUND when nothing
 * matches, STK_E_FORMAT with the path. */
int stk_source_files_new(
	const char *glob, struct stk_source **out, struct stk_err *err) STK_MUST_CHECK;

#endif
