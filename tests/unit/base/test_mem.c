/* test_mem: allocation, and what ends the process. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/mem.h"

/* The signal that ends a process which runs fn. */
static int signal_of(void (*fn)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		(void)dup2(null, 2);
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void overflow(void)
{
	free(stk_xreallocarray(NULL, SIZE_MAX / 2, 3));
}

static void fault(void)
{
	STK_BUG("%s", "a fault");
}

static void mem_reallocarray__ends_the_process_on_overflow(void **state)
{
	(void)state;
	assert_int_equal(signal_of(overflow), SIGABRT);
}

static void mem_bug__aborts(void **state)
{
	(void)state;
	assert_int_equal(signal_of(fault), SIGABRT);
}

static void mem_copies__are_whole(void **state)
{
	char *text = stk_xasprintf("%d-%s", 5, "five"), *part = stk_xstrndup("abc", 2);
	char *more = stk_xstrndup("abc", 9), *bytes = stk_xmemdup("a\0b", 3),
	     *all = stk_xstrdup("");
	int *zeros = stk_xcalloc(3, sizeof *zeros);

	(void)state;
	assert_string_equal(text, "5-five");
	assert_string_equal(part, "ab");
	assert_string_equal(more, "abc");
	assert_memory_equal(bytes, "a\0b", 3);
	assert_string_equal(all, "");
	assert_true(zeros[0] == 0 && zeros[2] == 0);
	free(text);
	free(part);
	free(more);
	free(bytes);
	free(all);
	free(zeros);
}

static void mem_alloc__of_nothing_is_not_null(void **state)
{
	void *a = stk_xmalloc(0), *b = stk_xcalloc(0, 8), *c = stk_xrealloc(NULL, 0);

	(void)state;
	assert_true(a && b && c);
	free(a);
	free(b);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mem_reallocarray__ends_the_process_on_overflow),
		cmocka_unit_test(mem_bug__aborts),
		cmocka_unit_test(mem_copies__are_whole),
		cmocka_unit_test(mem_alloc__of_nothing_is_not_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
