/* file: lines of an output, gathered and written to a file, packed or not, or to a stream. */
#ifndef STK_CORE_EXPORT_FILE_H
#define STK_CORE_EXPORT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/buf.h"

struct stk_export_file {
	struct stk_buf lines; /* append here; not yet written */
	FILE *stream;
	bool is_ours, packed;
	char *path;
	int64_t next_flush_ns;
	struct stk_err err; /* the first; nothing is written after it */
	int64_t lost;       /* bytes that were to be written since, and with, the failure */
};

/* path "-" or NULL: to stream (borrowed). Ending in .gz: packed, a member at each flush, so that
 * what is there can be read at any time. STK_E_IO. */
int stk_export_file_open(struct stk_export_file *file, const char *path, FILE *stream,
	struct stk_err *err) STK_MUST_CHECK;
/* Write if there is much, or if the last time is 200 ms ago (packed: two seconds). */
void stk_export_file_tick(struct stk_export_file *file, int64_t now_ns);
/* Write the rest and close; appends a line to said if anything was not written. */
void stk_export_file_close(struct stk_export_file *file, const char *kind, struct stk_buf *said);
void stk_export_file_release(struct stk_export_file *file);

#endif
