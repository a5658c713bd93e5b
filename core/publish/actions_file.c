/* actions_file: appended to, escaped, so that a name in a profile stays a name. */
#include "core/publish/actions_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/base/rand.h"

int stk_actions_file_append(const char *path, struct stk_str bytes, struct stk_err *err)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return stk_err_set_errno(
			err, errno == ENOENT ? STK_E_NOT_FOUND : STK_E_IO, errno, "'%s'", path);
	while (rc == 0 && bytes.len > 0) {
		ssize_t put = write(fd, bytes.ptr, bytes.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			rc = stk_err_set_errno(err, STK_E_IO, errno, "'%s'", path);
		else
			bytes = stk_str_skip(bytes, (size_t)put);
	}
	if (close(fd) != 0 && rc == 0)
		rc = stk_err_set_errno(err, STK_E_IO, errno, "'%s'", path);
	return rc;
}

void stk_actions_file_add_output(struct stk_buf *buf, const char *name, struct stk_str value)
{
	uint64_t a = stk_rand_system(), b = stk_rand_system();

	stk_buf_addf(buf, "%s<<stk_%016" PRIx64 "%016" PRIx64 "\n", name, a, b);
	stk_buf_add_str(buf, value);
	stk_buf_addf(buf, "\nstk_%016" PRIx64 "%016" PRIx64 "\n", a, b);
}

static void add_escaped(struct stk_buf *buf, struct stk_str text, const char *more)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c == '%' || c == '\r' || c == '\n' || (c && strchr(more, c)))
			stk_buf_addf(buf, "%%%02X", c);
		else
			stk_buf_add_byte(buf, (char)c);
	}
}

void stk_actions_file_add_command(
	struct stk_buf *buf, const char *level, struct stk_str title, struct stk_str message)
{
	stk_buf_addf(buf, "::%s title=", level);
	add_escaped(buf, title, ":,");
	stk_buf_add_text(buf, "::");
	add_escaped(buf, message, "");
	stk_buf_add_byte(buf, '\n');
}

void stk_actions_file_add_log(struct stk_buf *buf, struct stk_str text)
{
	struct stk_str line;
	bool is_first = true;

	while (stk_str_cut(&text, '\n', &line)) {
		struct stk_str start = stk_str_trim(line);

		if (!is_first)
			stk_buf_add_byte(buf, '\n');
		is_first = false;
		/* the runner looks behind leading blanks, too: another character must come first */
		if (stk_str_starts(start, "::") || stk_str_starts(start, "##["))
			stk_buf_add_text(buf, "· ");
		stk_buf_add_str(buf, line);
	}
}
