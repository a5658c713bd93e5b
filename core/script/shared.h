/* shared: files of data that a script reads, read once per process and never changed. */
#ifndef STK_CORE_SCRIPT_SHARED_H
#define STK_CORE_SCRIPT_SHARED_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/base/str.h"

struct stk_csv;
struct stk_json;
struct stk_shared; /* any thread; what it hands out lives as long as it does */

#define STK_SHARED_FILE_MAX ((size_t)1 << 30)

struct stk_shared *stk_shared_new(void);
void stk_shared_free(struct stk_shared *shared);

/* Files by path. The values are only to be read: by any thread, without taking references. */
int stk_shared_csv(struct stk_shared *shared, const char *path, const struct stk_csv **out,
	struct stk_err *err) STK_MUST_CHECK;
int stk_shared_json(struct stk_shared *shared, const char *path, struct stk_json **out,
	struct stk_err *err) STK_MUST_CHECK;
int stk_shared_bytes(struct stk_shared *shared, const char *path, struct stk_str *out,
	struct stk_err *err) STK_MUST_CHECK;

/* The path of a file that a script in folder dir names: inside that folder, links resolved, or
 * STK_E_AUTH. The caller frees. */
int stk_shared_find(
	const char *dir, struct stk_str name, char **path_out, struct stk_err *err) STK_MUST_CHECK;

#endif
