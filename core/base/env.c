/* env: everything of the process that a command may touch. */
#include "core/base/env.h"

#include <string.h>

const char *stk_env_get(const struct stk_env *env, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; env->environ_ && env->environ_[i]; i++)
		if (strncmp(env->environ_[i], name, len) == 0 && env->environ_[i][len] == '=')
			return env->environ_[i] + len + 1;
	return NULL;
}
