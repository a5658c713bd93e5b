/* keys: single keys from the terminal while a command runs; the terminal is as before afterwards.
 */
#ifndef STK_CMD_KEYS_H
#define STK_CMD_KEYS_H

#include <stdbool.h>

#include "core/base/env.h"

/* Take keys one by one, without echo, if in and err are the terminal and this process is in its
 * foreground. False: there are no keys. One at a time in the process. */
bool stk_keys_open(const struct stk_env *env);
/* The next key that was pressed, 0 if none. Never waits. */
char stk_keys_read(void);
/* Async-signal-safe; fine when nothing is open. */
void stk_keys_close(void);

#endif
