/* mem: allocation that does not fail; out of memory ends the process with one line. */
#ifndef STK_CORE_BASE_MEM_H
#define STK_CORE_BASE_MEM_H

#include <stddef.h>

/* Like malloc, calloc, realloc, strdup, strndup, asprintf; never NULL, the
 * caller frees with free(). calloc and reallocarray check the multiplication. */
void *stk_xmalloc(size_t size);
void *stk_xcalloc(size_t count, size_t size);
void *stk_xrealloc(void *ptr, size_t size);
void *stk_xreallocarray(void *ptr, size_t count, size_t size);
char *stk_xstrdup(const char *text);
char *stk_xstrndup(const char *text, size_t len);
void *stk_xmemdup(const void *ptr, size_t size);
char *stk_xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A programming error: print where and what, then abort. */
#define STK_BUG(...) stk_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void stk_bug(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define STK_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
