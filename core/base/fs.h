/* fs: files and folders: whole reads with a limit, atomic writes. */
#ifndef STK_CORE_BASE_FS_H
#define STK_CORE_BASE_FS_H

#include <stdbool.h>

#include "core/base/buf.h"

/* Append a whole file to buf; STK_E_TOO_LARGE over buf's limit. "-" is not special here. */
int stk_fs_read(const char *path, struct stk_buf *buf, struct stk_err *err) STK_MUST_CHECK;
/* Write to a temporary beside it, fsync, rename: the old file or the new one, never half. */
int stk_fs_write(const char *path, struct stk_str bytes, struct stk_err *err) STK_MUST_CHECK;
/* The same for a name that is not ours to trust: the file lies in root or in a folder of it that is
 * there, and no part of the name begins with a point. STK_E_INVAL says so. */
int stk_fs_write_below(const char *root, const char *name, struct stk_str bytes,
	struct stk_err *err) STK_MUST_CHECK;
int stk_fs_mkdirs(
	const char *path, struct stk_err *err) STK_MUST_CHECK; /* like mkdir -p, 0777 & umask */
int stk_fs_remove_tree(const char *path,
	struct stk_err *err) STK_MUST_CHECK; /* absent is fine; links are not followed */
bool stk_fs_exists(const char *path);
bool stk_fs_is_dir(const char *path);
/* Names in a folder (without . and ..), sorted by bytes; each and the array are the caller's. */
int stk_fs_list(
	const char *path, char ***names_out, size_t *len_out, struct stk_err *err) STK_MUST_CHECK;
void stk_fs_list_free(char **names, size_t len);
/* Files that match a shell pattern, sorted; none is an empty list. Freed as above. */
int stk_fs_glob(const char *pattern, char ***paths_out, size_t *len_out,
	struct stk_err *err) STK_MUST_CHECK;
/* A fresh folder under $TMPDIR or /tmp; the caller frees the path and removes the folder. */
int stk_fs_mkdtemp(const char *prefix, char **path_out, struct stk_err *err) STK_MUST_CHECK;
/* "dir/name"; the caller frees. The folder part of a path; "." if none. */
char *stk_fs_join(const char *dir, const char *name);
char *stk_fs_dirname(const char *path);

#endif
