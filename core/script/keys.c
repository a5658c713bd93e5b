/* keys: spelling and order of option names. */
#include "core/script/keys.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* startTime, noVUConnectionReuse: but VUs and IPs are one word. */
static bool begins_word(struct stk_str key, size_t i)
{
	bool after_upper = i > 0 && isupper((unsigned char)key.ptr[i - 1]);

	if (i == 0 || !isupper((unsigned char)key.ptr[i]) || key.ptr[i - 1] == '_')
		return false;
	return !after_upper || (i + 2 < key.len && islower((unsigned char)key.ptr[i + 1]));
}

void stk_key_snake(struct stk_str key, char out[STK_KEY_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < key.len && len + 2 < STK_KEY_MAX; i++) {
		if (begins_word(key, i))
			out[len++] = '_';
		out[len++] = (char)tolower((unsigned char)key.ptr[i]);
	}
	out[len] = '\0';
}

void stk_keys_list(const char *const *keys, size_t len, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < len; i++) {
		size_t need = strlen(keys[i]) + 2;
		if (at + need + 4 >= size) {
			snprintf(text + at, size - at, " ...");
			return;
		}
		at += (size_t)snprintf(text + at, size - at, "%s%s", i ? ", " : "", keys[i]);
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void stk_keys_sort(const char **keys, size_t len)
{
	if (len > 1)
		qsort(keys, len, sizeof *keys, compare);
}
