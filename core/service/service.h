/* service: a program under test: build, start under a guard, wait until ready, measure, stop. */
#ifndef STK_CORE_SERVICE_SERVICE_H
#define STK_CORE_SERVICE_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/clock.h"
#include "core/service/placeholder.h"

/* Text for /bin/sh -c, or words that are executed as they are. Both may hold placeholders. */
struct stk_service_command {
	const char *shell; /* NULL if argv is used */
	const char *const *argv;
	size_t argv_len; /* shell NULL and argv_len 0: no command */
};

struct stk_service_var {
	const char *name, *value; /* the value may hold placeholders */
};

/* 1 it is ready, 0 not yet, or an error, which ends the waiting. */
typedef int (*stk_service_ready_fn)(struct stk_err *err, void *ctx);

/* What to start. Everything is borrowed until stk_service_new returns, except interrupts, clock
 * and ready_ctx, which must live as long as the service. */
struct stk_service_spec {
	const char *name; /* "base", "head": for messages */
	struct stk_service_command build, start;
	/* Stops it, for a start that hands the service to somebody else and returns (docker compose
	 * up --detach): with it an end of start with status 0 is no end of the service. */
	struct stk_service_command stop;
	/* Prints the process ids of a service that others run for it, one a line, once it is ready:
	 * their control groups, or they and all below them, are then measured too. */
	struct stk_service_command pids;
	const struct stk_service_var *env;
	size_t env_len;
	const char *cwd; /* may hold placeholders; NULL = values.dir, else ours */
	const char *url; /* may hold placeholders; NULL = "http://127.0.0.1:{port}" */
	/* "/path" (2xx, 3xx), "tcp" ({port}), "tcp:PORT", "started" (asks nothing); NULL = tcp */
	const char *ready;
	stk_service_ready_fn ready_fn; /* replaces ready */
	void *ready_ctx;
	int64_t ready_timeout_ns; /* 0 = 60 s */
	int64_t stop_timeout_ns;  /* 0 = 10 s */
	int64_t build_timeout_ns; /* 0 = 30 min */
	const char *stop_signal;  /* "TERM", "SIGINT", …; NULL = TERM */
	const char *log_path;     /* stdout and stderr of build and start are added to it */
	struct stk_placeholders values;
	const char *const *environ_;   /* what the program inherits; NULL = ours */
	const struct stk_clock *clock; /* NULL = the system's */
	const atomic_int *interrupts;  /* build and readiness end when non-zero; may be NULL */
};

/* A service, from its plan to its end. One thread at a time. */
struct stk_service;

/* Replace all placeholders, find free ports. Nothing is started. STK_E_SCRIPT for an unknown
 * placeholder or signal, and without a start command. */
int stk_service_new(const struct stk_service_spec *spec, struct stk_service **out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_service_free(struct stk_service *service); /* stops it first; NULL is fine */

/* Run the build command, if there is one, and wait for it (it dies with us, too). STK_E_IO with
 * exit status and the last lines of the log, STK_E_TIMEOUT, STK_E_ABORTED. */
int stk_service_build(struct stk_service *service, struct stk_err *err) STK_MUST_CHECK;

/* Start it in a process group of its own, below a guard: a small process that holds nothing of ours
 * but the end of a pipe, and that ends the service and all that descends from it when stoker is
 * gone, whatever ended stoker. STK_E_IO, STK_E_NOT_FOUND when the program cannot be executed. */
int stk_service_start(struct stk_service *service, struct stk_err *err) STK_MUST_CHECK;

/* Ask every 100 ms whether it is ready. STK_E_TIMEOUT after ready_timeout_ns, STK_E_IO as soon as
 * it has died (exit status and last lines of the log), STK_E_ABORTED. */
int stk_service_wait_ready(struct stk_service *service, struct stk_err *err) STK_MUST_CHECK;

/* Runs: started, and neither has its first process failed nor is everything gone. */
bool stk_service_alive(struct stk_service *service);
/* 0 while alive, else STK_E_IO with exit status and the last lines of the log. */
int stk_service_check(struct stk_service *service, struct stk_err *err) STK_MUST_CHECK;

/* The stop command if there is one (at most a minute, or stop_timeout_ns if that is longer), then
 * stop_signal to the group, stop_timeout_ns for it to end, then SIGKILL for all that is left; waits
 * until nothing is. STK_E_TIMEOUT says that it had to be killed, STK_E_IO that the stop command
 * failed. Nothing runs: 0. */
int stk_service_stop(struct stk_service *service, struct stk_err *err) STK_MUST_CHECK;

/* What its processes have used so far. */
struct stk_service_usage {
	int64_t cpu_ns;       /* user + system, of living and ended processes; never goes back */
	int64_t rss_bytes;    /* resident now */
	int processes;        /* living now */
	int64_t throttled_ns; /* held back by CPU quotas of its cgroup so far; -1 unknown */
	int restarts;         /* processes replaced by one of the same name so far; -1 unknown */
};

/* The sum over all that descends from the guard, and over what the pids command told: the control
 * group of such a process where it is not ours, else it and its descendants. Living processes: the
 * kernel's CPU clock of each process (clock_getcpuclockid; nanoseconds, with the threads that
 * ended). Ended ones: what the guard reaped, in microseconds, and what living parents reaped, in
 * clock ticks (/proc/PID/stat). cpu_ns and rss_bytes are -1 when the service has no process of its
 * own and told none. STK_E_NOT_FOUND before start; the last figures after stop. */
int stk_service_read_usage(struct stk_service *service, struct stk_service_usage *out,
	struct stk_err *err) STK_MUST_CHECK;

/* Process id of its first process, 0 before start. The guard is its parent. */
pid_t stk_service_pid(const struct stk_service *service);
/* Where it is reached; valid until free. */
const char *stk_service_url(const struct stk_service *service);
/* Port number n from 1; 0 if no command asked for it. */
uint16_t stk_service_port(const struct stk_service *service, int n);
/* Another text with this service's values, for example the URL of a profile endpoint. */
int stk_service_expand(struct stk_service *service, const char *text, struct stk_buf *out,
	struct stk_err *err) STK_MUST_CHECK;
/* Append the last lines of the log, at most max_lines and 4 KiB; nothing if there is none. */
void stk_service_log_tail(const struct stk_service *service, size_t max_lines, struct stk_buf *out);

/* CPUs that this process may use. */
int stk_service_cores(void);

#endif
