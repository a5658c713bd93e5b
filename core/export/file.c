/* file: a buffer in front of a stream. */
#include "core/export/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/gzip.h"
#include "core/base/mem.h"

enum { MUCH = 256 * 1024, LEVEL = 6 };

#define READER_COMES_NS (10 * STK_NS_PER_S)
#define READER_READS_NS (30 * STK_NS_PER_S)
#define LOOK_AGAIN_NS   (10 * STK_NS_PER_MS)

/* How long the reader of a pipe is waited for: to a time, or so many interrupts. */
struct patience {
	int64_t end_ns;
	int interrupts;
	const char *why; /* it was not there */
};

/* Until the reader may have done something; an error once that is too late. */
static int wait_for_reader(
	const struct stk_export_file *file, const struct patience *patience, struct stk_err *err)
{
	const struct stk_env *env = file->env;
	int64_t now_ns = stk_clock_mono(env->clock);
	bool is_asked = env->interrupts && atomic_load(env->interrupts) >= patience->interrupts;

	if (is_asked || now_ns >= patience->end_ns)
		return stk_err_set(err, is_asked ? STK_E_ABORTED : STK_E_IO, "writing '%s': %s",
			file->path, patience->why);
	stk_clock_sleep_until(env->clock, now_ns + LOOK_AGAIN_NS);
	return 0;
}

/* Opened as a file a pipe would keep us until somebody reads it, for ever if nobody does. */
static int open_pipe(struct stk_export_file *file, int *fd_out, struct stk_err *err)
{
	const struct patience patience = {stk_clock_mono(file->env->clock) + READER_COMES_NS, 1,
		"nobody came to read this pipe"};
	int rc = 0;

	while (rc == 0) {
		*fd_out = open(file->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (*fd_out >= 0 || errno != ENXIO)
			break;
		rc = wait_for_reader(file, &patience, err);
	}
	return rc;
}

static bool is_pipe(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0 && S_ISFIFO(found.st_mode);
}

int stk_export_file_open(struct stk_export_file *file, const char *path, const struct stk_env *env,
	struct stk_err *err)
{
	int fd, rc = 0;

	memset(file, 0, sizeof *file);
	stk_buf_init(&file->lines, 0);
	file->env = env;
	file->stream = env->out;
	if (!path || !*path || strcmp(path, "-") == 0)
		return 0;
	file->path = stk_xstrdup(path);
	file->packed = stk_str_ends(stk_str_of(path), ".gz");
	file->is_pipe = is_pipe(path);
	if (file->is_pipe)
		rc = open_pipe(file, &fd, err);
	else
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (rc < 0)
		return rc;
	file->stream = fd < 0 ? NULL : fdopen(fd, "wb");
	if (!file->stream)
		return stk_err_set_errno(err, STK_E_IO, errno, "writing '%s'", path);
	file->is_ours = true;
	return 0;
}

static int write_pipe(struct stk_export_file *file, struct stk_str bytes)
{
	const struct stk_clock *clock = file->env->clock;
	struct patience patience = {
		stk_clock_mono(clock) + READER_READS_NS, 2, "nobody reads this pipe any more"};
	int rc = 0;

	while (rc == 0 && bytes.len > 0) {
		ssize_t took = write(fileno(file->stream), bytes.ptr, bytes.len);

		if (took > 0) {
			bytes = stk_str_skip(bytes, (size_t)took);
			patience.end_ns = stk_clock_mono(clock) + READER_READS_NS;
		} else if (errno == EAGAIN) {
			rc = wait_for_reader(file, &patience, &file->err);
		} else if (errno != EINTR) {
			rc = stk_err_set_errno(
				&file->err, STK_E_IO, errno, "writing '%s'", file->path);
		}
	}
	return rc;
}

static void write_stream(struct stk_export_file *file, struct stk_str bytes)
{
	if (fwrite(bytes.ptr, 1, bytes.len, file->stream) != bytes.len || fflush(file->stream) != 0)
		(void)stk_err_set_errno(
			&file->err, STK_E_IO, errno, "writing '%s'", file->path ? file->path : "-");
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
	if (file->err.code == 0 && file->is_pipe)
		(void)write_pipe(file, bytes);
	else if (file->err.code == 0)
		write_stream(file, bytes);
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
