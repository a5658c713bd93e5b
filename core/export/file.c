/* file: a buffer in front of a stream. */
#include "core/export/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/gzip.h"
#include "core/base/mem.h"

enum { MUCH = 256 * 1024, LEVEL = 6 };

int stk_export_file_open(
	struct stk_export_file *file, const char *path, FILE *stream, struct stk_err *err)
{
	memset(file, 0, sizeof *file);
	stk_buf_init(&file->lines, 0);
	file->stream = stream;
	if (!path || !*path || strcmp(path, "-") == 0)
		return 0;
	file->path = stk_xstrdup(path);
	file->packed = stk_str_ends(stk_str_of(path), ".gz");
	file->stream = fopen(path, "wb");
	if (!file->stream)
		return stk_err_set_errno(err, STK_E_IO, errno, "writing '%s'", path);
	file->is_ours = true;
	return 0;
}

static void write_out(struct stk_export_file *file)
{
	struct stk_buf packed = STK_BUF_EMPTY;
	struct stk_str bytes = stk_buf_str(&file->lines);

	if (bytes.len == 0)
		return;
	if (file->packed && file->err.code == 0 &&
		stk_gzip_pack(bytes, LEVEL, &packed, &file->err) == 0)
		bytes = stk_buf_str(&packed);
	if (file->err.code == 0 && (fwrite(bytes.ptr, 1, bytes.len, file->stream) != bytes.len ||
					   fflush(file->stream) != 0))
		(void)stk_err_set_errno(
			&file->err, STK_E_IO, errno, "writing '%s'", file->path ? file->path : "-");
	if (file->err.code != 0)
		file->lost += (int64_t)file->lines.len;
	stk_buf_clear(&file->lines);
	stk_buf_release(&packed);
}

void stk_export_file_tick(struct stk_export_file *file, int64_t now_ns)
{
	if (file->lines.len < MUCH && now_ns < file->next_flush_ns)
		return;
	write_out(file);
	file->next_flush_ns = now_ns + (file->packed ? 2 * STK_NS_PER_S : 200 * STK_NS_PER_MS);
}

void stk_export_file_close(struct stk_export_file *file, const char *kind, struct stk_buf *said)
{
	write_out(file);
	if (file->is_ours && fclose(file->stream) != 0 && file->err.code == 0)
		(void)stk_err_set_errno(&file->err, STK_E_IO, errno, "writing '%s'", file->path);
	file->is_ours = false;
	file->stream = NULL;
	if (file->err.code != 0)
		stk_buf_addf(said, "output %s is not complete, up to %lld bytes are missing: %s\n",
			kind, (long long)file->lost, file->err.msg);
}

void stk_export_file_release(struct stk_export_file *file)
{
	if (file->is_ours)
		(void)fclose(file->stream); /* only after a start that failed: empty */
	stk_buf_release(&file->lines);
	free(file->path);
}
