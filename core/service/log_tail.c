/* log_tail: the last lines of a log. */
#include <fcntl.h>
#include <unistd.h>

#include "core/service/log_tail.h"
#include "core/service/service_priv.h"

enum { TAIL_BYTES = 4096 };

/* Where the last max_lines lines of a text begin. */
static size_t tail_start(struct stk_str text, size_t max_lines)
{
	size_t at = text.len;

	if (at > 0 && text.ptr[at - 1] == '\n')
		at--;
	for (size_t lines = 0; at > 0; at--)
		if (text.ptr[at - 1] == '\n' && ++lines == max_lines)
			break;
	return at;
}

void stk_log_tail(const char *path, int64_t from, size_t max_lines, struct stk_buf *out)
{
	char text[TAIL_BYTES];
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	off_t end;
	ssize_t got;

	if (fd < 0)
		return;
	end = lseek(fd, 0, SEEK_END);
	if (end - TAIL_BYTES > from)
		from = end - TAIL_BYTES;
	got = end > from ? pread(fd, text, (size_t)(end - from), (off_t)from) : 0;
	close(fd);
	if (got > 0) {
		struct stk_str tail = stk_str_n(text, (size_t)got);
		stk_buf_add_str(out, stk_str_skip(tail, tail_start(tail, max_lines)));
	}
}

void stk_service_log_tail(const struct stk_service *service, size_t max_lines, struct stk_buf *out)
{
	stk_log_tail(service->log_path, service->log_from, max_lines, out);
}
