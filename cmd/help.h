/* help: everything written about commands and options, made from their tables. */
#ifndef STK_CMD_HELP_H
#define STK_CMD_HELP_H

#include "cmd/cmd.h"
#include "core/base/buf.h"

/* The list of commands and the exit codes, as `stoker --help` shows it. */
void stk_help_format_list(struct stk_buf *buf);
/* docs/cli.md: all commands that are not hidden. */
void stk_help_format_markdown(struct stk_buf *buf);
/* A man page (roff): of one command, or of stoker itself when command is NULL. */
void stk_help_format_man(const struct stk_command *command, struct stk_buf *buf);
/* Words of text in lines of at most `width` columns, each behind `indent` blanks. */
void stk_help_format_wrapped(struct stk_buf *buf, const char *text, size_t indent, size_t width);

#endif
