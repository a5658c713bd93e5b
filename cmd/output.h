/* output: -o FILE of a command: what form its name means, and writing it. */
#ifndef STK_CMD_OUTPUT_H
#define STK_CMD_OUTPUT_H

#include "core/base/buf.h"
#include "core/base/env.h"

/* The end of a file's name and the form it means; tables end with a row whose end is NULL. */
struct stk_output_form {
	const char *end, *form;
};

/* The form of the first end that path has, fallback if none or path is NULL. */
const char *stk_output_form_of(
	const char *path, const struct stk_output_form *forms, const char *fallback);

/* To path, whole or not at all; to env->out when it is NULL or "-". */
int stk_output_write(struct stk_env *env, const char *path, const struct stk_buf *bytes,
	struct stk_err *err) STK_MUST_CHECK;

#endif
