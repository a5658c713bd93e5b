/* version: which stoker this is. */
#include "cmd/cmd.h"
#include "core/base/version.h"

const char *stk_cmd_version(void)
{
	return stk_version();
}
