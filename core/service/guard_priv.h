/* guard_priv: what runs in the guard's own process, and the messages between it and stoker. */
#ifndef STK_CORE_SERVICE_GUARD_PRIV_H
#define STK_CORE_SERVICE_GUARD_PRIV_H

#include <stdint.h>

#include "core/service/guard.h"

/* Bytes to the guard; others are signals for the group. */
enum { STK_GUARD_RUN_STOP = 254, STK_GUARD_KILL_ALL = 255 };

/* From the guard, one packet each. */
enum stk_guard_kind {
	STK_GUARD_STARTED,     /* pid */
	STK_GUARD_CANNOT_EXEC, /* status is errno of execve, chdir or fork */
	STK_GUARD_FIRST_ENDED, /* status as of waitpid */
	STK_GUARD_STOP_ENDED,  /* the same */
	STK_GUARD_REAPED       /* only cpu_ns is news */
};
struct stk_guard_message {
	int32_t kind;
	int32_t pid;
	int32_t status;
	int32_t zero; /* no holes: the bytes leave the process */
	int64_t cpu_ns;
};

/* Be the guard. Called right after fork in a process that may have had threads: everything in it
 * must be safe in a signal handler (no malloc, no stdio, no locks). Never returns. */
_Noreturn void stk_guard_run(const struct stk_guard_opts *opts, int line_fd);

#endif
