/* actions_file: the files of a step of Actions (outputs, summary) and commands in its log. */
#ifndef STK_CORE_PUBLISH_ACTIONS_FILE_H
#define STK_CORE_PUBLISH_ACTIONS_FILE_H

#include "core/base/buf.h"
#include "core/base/err.h"

/* Append bytes to a file that the runner made; STK_E_NOT_FOUND if it is not there (a mistyped path
 * would take the text for ever). */
int stk_actions_file_append(
	const char *path, struct stk_str bytes, struct stk_err *err) STK_MUST_CHECK;

/* Append "name<<DELIMITER", value, DELIMITER, with 128 random bits in the delimiter: no line of the
 * value can end it or set another name. name is ours. */
void stk_actions_file_add_output(struct stk_buf *buf, const char *name, struct stk_str value);

/* Append "::error title=T::message" (level error, warning, notice) as the runner reads it: breaks,
 * '%', and in the title ':' and ',' are escaped. */
void stk_actions_file_add_command(
	struct stk_buf *buf, const char *level, struct stk_str title, struct stk_str message);

/* Append text for the log with a blank before each line that the runner would take for a command
 * ("::error::…", "##[error]"). */
void stk_actions_file_add_log(struct stk_buf *buf, struct stk_str text);

#endif
