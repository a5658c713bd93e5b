/* output: -o FILE of a command: what form its name means, and writing it. */
#include "cmd/output.h"

#include <string.h>

#include "core/base/fs.h"

const char *stk_output_form_of(
	const char *path, const struct stk_output_form *forms, const char *fallback)
{
	for (size_t i = 0; path && forms[i].end; i++)
		if (stk_str_ends(stk_str_of(path), forms[i].end))
			return forms[i].form;
	return fallback;
}

int stk_output_write(
	struct stk_env *env, const char *path, const struct stk_buf *bytes, struct stk_err *err)
{
	if (path && strcmp(path, "-") != 0)
		return stk_fs_write(path, stk_buf_str(bytes), err);
	fwrite(bytes->ptr, 1, bytes->len, env->out);
	return 0;
}
