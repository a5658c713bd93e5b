/* placeholder: {dir} {port2} {rev} … in a workflow's commands, replaced by their values. */
#ifndef STK_CORE_SERVICE_PLACEHOLDER_H
#define STK_CORE_SERVICE_PLACEHOLDER_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

enum { STK_SERVICE_PORTS = 9 };

/* What the names stand for. A NULL text is a name that has no value here (an error when used). */
struct stk_placeholders {
	const char *dir;      /* work tree */
	const char *out;      /* where the build puts its output */
	const char *side;     /* base, head */
	const char *rev;      /* commit */
	const char *run;      /* run id */
	const char *push_url; /* where this side's profiles are pushed to */
	const char *url;      /* load by a command: where it goes to, */
	const char *seconds;  /* for how many whole seconds, */
	const char *results;  /* and the file for what it found */
	/* {port} is ports[0], {port2} ports[1], … A 0 is filled with a free port on first use. */
	uint16_t ports[STK_SERVICE_PORTS];
};

/* Append text with its placeholders replaced; "{{" is one brace, "}" needs no care. An unknown or
 * empty name and a brace that is not closed are STK_E_SCRIPT, naming it and the nearest known one.
 * May fill in values->ports; STK_E_NET when no port is free. */
int stk_placeholder_expand(struct stk_placeholders *values, const char *text, struct stk_buf *out,
	struct stk_err *err) STK_MUST_CHECK;

/* The same for a text that /bin/sh reads: a value with blanks or other characters that the shell
 * would take apart is quoted as the place asks for, within quotes of the text's own too. */
int stk_placeholder_expand_shell(struct stk_placeholders *values, const char *text,
	struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

/* A TCP port of 127.0.0.1 that nobody listened on a moment ago. STK_E_NET if there is none. */
int stk_placeholder_find_port(uint16_t *out, struct stk_err *err) STK_MUST_CHECK;

#endif
