/* version: which stoker this is; the Makefile gives STK_VERSION from git. */
#include "cmd/cmd.h"

#ifndef STK_VERSION
#define STK_VERSION "unknown"
#endif

const char *stk_cmd_version(void)
{
	return STK_VERSION;
}
