/* golden: compares text with a committed file, or rewrites the file. */
#include "tests/support/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/fs.h"

void stk_golden_check(const char *name, struct stk_str text)
{
	struct stk_buf want = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	char *path = stk_fs_join("tests/golden", name);
	struct stk_str is_line, want_line, is_rest = text;
	size_t number = 0;

	if (getenv("STK_GOLDEN_UPDATE")) {
		char *dir = stk_fs_dirname(path);
		if (stk_fs_mkdirs(dir, &err) < 0 || stk_fs_write(path, text, &err) < 0)
			fail_msg("%s", err.msg);
		free(dir);
	}
	if (stk_fs_read(path, &want, &err) < 0)
		fail_msg("%s; STK_GOLDEN_UPDATE=1 writes it", err.msg);
	struct stk_str want_rest = stk_buf_str(&want);
	while (!stk_str_eq(is_rest, want_rest)) {
		number++;
		bool more = stk_str_cut(&want_rest, '\n', &want_line);
		if (!stk_str_cut(&is_rest, '\n', &is_line))
			fail_msg("%s: ends before line %zu", path, number);
		if (!more || !stk_str_eq(is_line, want_line))
			fail_msg("%s:%zu\n want: %.*s\n is:   %.*s", path, number,
				STK_STR_ARG(want_line), STK_STR_ARG(is_line));
	}
	free(path);
	stk_buf_release(&want);
}
