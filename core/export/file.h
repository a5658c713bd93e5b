/* file: lines of an output, gathered and written to a file, packed or not, or to a stream. */
#ifndef STK_CORE_EXPORT_FILE_H
#define STK_CORE_EXPORT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/env.h"

struct stk_export_file {
	struct stk_buf lines; /* append here; not yet written */
	FILE *stream;
	bool is_ours, packed, is_pipe;
	const struct stk_env *env;
	char *path;
	int64_t next_flush_ns;
	struct stk_err err; /* the first; nothing is written after it */
	int64_t lost;       /* bytes that were to be written since, and with, the failure */
};

/* path "-" or NULL: to the standard output of env (borrowed). Ending in .gz: packed, a member at
 * each flush, so that what is there can be read at any time. A named pipe has 10 s to find its
 * reader, which an interrupt ends; he must take something every 30 s, which a second one ends.
 * STK_E_IO, STK_E_ABORTED. */
int stk_export_file_open(struct stk_export_file *file, const char *path, const struct stk_env *env,
	struct stk_err *err) STK_MUST_CHECK;
/* Write if there is much, or if the last time is 200 ms ago (packed: two seconds). */
void stk_export_file_tick(struct stk_export_file *file, int64_t now_ns);
/* Write the rest and close; appends a line to said if anything was not written. */
void stk_export_file_close(struct stk_export_file *file, const char *kind, struct stk_buf *said);
void stk_export_file_release(struct stk_export_file *file);

#endif
