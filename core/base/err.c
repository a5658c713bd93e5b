/* err: the closed list of error codes and the text that travels with one. */
#include "core/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

int stk_err_set(struct stk_err *err, int code, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return code;
	/* through a copy: an argument may point into err */
	char text[STK_ERR_MSG_MAX];
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args); /* cut where too long */
	va_end(args);
	err->code = code;
	err->hint[0] = '\0';
	memcpy(err->msg, text, strlen(text) + 1);
	return code;
}

int stk_err_set_errno(struct stk_err *err, int code, int sys_errno, const char *fmt, ...)
{
	char text[STK_ERR_MSG_MAX], why[128];
	va_list args;

	if (!err)
		return code;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args); /* cut where too long */
	va_end(args);
	return stk_err_set(err, code, "%s: %s", text, strerror_r(sys_errno, why, sizeof why));
}

int stk_err_wrap(struct stk_err *err, const char *fmt, ...)
{
	char text[STK_ERR_MSG_MAX], hint[STK_ERR_HINT_MAX];
	va_list args;

	if (!err)
		return STK_E_INTERNAL;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args); /* cut where too long */
	va_end(args);
	memcpy(hint, err->hint, sizeof hint);
	stk_err_set(err, err->code, "%s: %s", text, err->msg);
	memcpy(err->hint, hint, sizeof hint);
	return err->code;
}

void stk_err_hint(struct stk_err *err, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return;
	va_start(args, fmt);
	(void)vsnprintf(err->hint, sizeof err->hint, fmt, args); /* cut where too long */
	va_end(args);
}

void stk_err_clear(struct stk_err *err)
{
	if (!err)
		return;
	err->code = 0;
	err->msg[0] = '\0';
	err->hint[0] = '\0';
}

const char *stk_errc_name(int code)
{
	static const char *const names[] = {"ok", "invalid argument", "input or output",
		"not found", "timed out", "network", "http", "format", "too large", "script",
		"authentication", "aborted", "unimplemented", "internal"};
	size_t number = code <= 0 ? (size_t)-code : STK_ARRAY_LEN(names);

	return number < STK_ARRAY_LEN(names) ? names[number] : "unknown";
}
