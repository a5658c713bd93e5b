/* keys: names of options: snake_case and camelCase, lists for messages, order. */
#ifndef STK_CORE_SCRIPT_KEYS_H
#define STK_CORE_SCRIPT_KEYS_H

#include <stddef.h>

#include "core/base/str.h"

#define STK_KEY_MAX 64

/* "startTime" and "startVUs" to "start_time" and "start_vus"; cut to STK_KEY_MAX. */
void stk_key_snake(struct stk_str key, char out[STK_KEY_MAX]);
/* "a, b, c" into text, cut with " ..." when it does not fit. */
void stk_keys_list(const char *const *keys, size_t len, char *text, size_t size);
/* By bytes. */
void stk_keys_sort(const char **keys, size_t len);

#endif
