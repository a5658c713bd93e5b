/* mem: allocation that does not fail; out of memory ends the process with one line. */
#include "core/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn static void die_of_memory(size_t size)
{
	fprintf(stderr, "stoker: out of memory (%zu bytes were asked for)\n", size);
	abort();
}

void *stk_xmalloc(size_t size)
{
	void *ptr = malloc(size ? size : 1);

	if (!ptr)
		die_of_memory(size);
	return ptr;
}

void *stk_xcalloc(size_t count, size_t size)
{
	void *ptr = calloc(count ? count : 1, size ? size : 1);

	if (!ptr)
		die_of_memory(size);
	return ptr;
}

void *stk_xrealloc(void *ptr, size_t size)
{
	void *grown = realloc(ptr, size ? size : 1);

	if (!grown)
		die_of_memory(size);
	return grown;
}

void *stk_xreallocarray(void *ptr, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		die_of_memory(SIZE_MAX);
	return stk_xrealloc(ptr, bytes);
}

void *stk_xmemdup(const void *ptr, size_t size)
{
	void *copy = stk_xmalloc(size);

	if (size > 0)
		memcpy(copy, ptr, size);
	return copy;
}

char *stk_xstrndup(const char *text, size_t len)
{
	size_t real = strnlen(text, len);
	char *copy = stk_xmalloc(real + 1);

	memcpy(copy, text, real);
	copy[real] = '\0';
	return copy;
}

char *stk_xstrdup(const char *text)
{
	return stk_xmemdup(text, strlen(text) + 1);
}

char *stk_xasprintf(const char *fmt, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		die_of_memory(0);
	va_end(args);
	return text;
}

_Noreturn void stk_bug(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "stoker: fault at %s:%d: ", file, line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}
