/* guard: a small process between stoker and a service, which ends the service when stoker is gone.
 *
 *   stoker ── guard (session of its own, reaps orphans) ── service (process group) ── …
 *
 * The guard is forked, not executed: it needs no file to be there, and works in any program that
 * links this room. It closes every descriptor but its end of one socket pair and waits in poll.
 * That line breaks however stoker ends, also by SIGKILL. As the reaper of orphans
 * (PR_SET_CHILD_SUBREAPER) it also finds what left the service's process group. Should the guard
 * itself be killed, the kernel kills the service's first process (PR_SET_PDEATHSIG), and stoker,
 * which sees the line break from its end, kills the group. */
#ifndef STK_CORE_SERVICE_GUARD_H
#define STK_CORE_SERVICE_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/err.h"

struct stk_guard_opts {
	char *const *argv; /* NULL at the end; argv[0] is looked for in PATH */
	char *const *env;  /* all of it, NULL at the end */
	const char *cwd;   /* NULL = ours */
	int log_fd;        /* becomes stdout and stderr; -1 = /dev/null */
	/* Run to stop the service, by stk_guard_run_stop, or by the guard when stoker is gone;
	 * NULL: none. With it a service whose own processes have all ended is still there: they
	 * told somebody else to run it (docker compose up --detach). */
	char *const *stop_argv;
};

struct stk_guard {
	pid_t guard_pid;       /* 0 = not running */
	pid_t first_pid;       /* of the service, and its process group */
	int line_fd;           /* to the guard; -1 = none */
	int64_t reaped_cpu_ns; /* of all that the guard has reaped */
	bool first_ended;
	int first_status; /* as waitpid gives it */
	bool stop_ended;
	int stop_status; /* as waitpid gives it */
	bool ended;      /* nothing of it is left */
};

#define STK_GUARD_INIT                                                                             \
	{                                                                                          \
		0, 0, -1, 0, false, 0, false, 0, true                                              \
	}

/* Start a program under a guard; returns once it executes. STK_E_NOT_FOUND or STK_E_IO naming the
 * program if it cannot. *guard must be STK_GUARD_INIT. */
int stk_guard_start(struct stk_guard *guard, const struct stk_guard_opts *opts,
	struct stk_err *err) STK_MUST_CHECK;
/* Take in what the guard reported, waiting at most timeout_ms for something (0 = no waiting);
 * updates first_ended, ended and reaped_cpu_ns. False when nothing came in that time. */
bool stk_guard_poll(struct stk_guard *guard, int timeout_ms);
/* Send a signal to the service's process group. */
void stk_guard_signal(struct stk_guard *guard, int signal_no);
/* Run stop_argv; stop_ended says when it has ended. Once: what comes later is ignored. */
void stk_guard_run_stop(struct stk_guard *guard);
/* SIGKILL for all that descends from the guard, wait for the end, free what the guard holds here.
 * Nothing happens on STK_GUARD_INIT. */
void stk_guard_kill(struct stk_guard *guard);

#endif
