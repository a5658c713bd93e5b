/* service_priv: the service as the files of this room see it. */
#ifndef STK_CORE_SERVICE_SERVICE_PRIV_H
#define STK_CORE_SERVICE_SERVICE_PRIV_H

#include "core/base/arena.h"
#include "core/service/guard.h"
#include "core/service/service.h"
#include "core/service/usage.h"

/* Everything of the spec with its placeholders replaced; texts belong to the arena. */
struct stk_service {
	struct stk_arena arena;
	const char *name;
	char **build, **start, **stop; /* argv; build and stop may be NULL */
	char **env;                    /* all of it */
	const char *cwd, *url, *ready, *log_path;
	stk_service_ready_fn ready_fn;
	void *ready_ctx;
	int64_t ready_timeout_ns, stop_timeout_ns, build_timeout_ns;
	int stop_signal;
	struct stk_placeholders values;
	const struct stk_clock *clock;
	const atomic_int *interrupts;
	struct stk_guard guard;
	bool started;
	int64_t log_from; /* where in the log this start begins */
	struct stk_service_usage last;
	struct stk_usage_seen seen; /* at the last look */
	char **pids_command;        /* argv; may be NULL */
	STK_VEC(pid_t) pids;        /* that it told */
};

/* Whether somebody asked to stop. */
bool stk_service_is_interrupted(const struct stk_service *service);
/* Start argv under service->guard, its output going to the log. */
int stk_service_launch(
	struct stk_service *service, char *const *argv, struct stk_err *err) STK_MUST_CHECK;
/* Run the pids command, if there is one, and keep what it prints. */
int stk_service_ask_pids(struct stk_service *service, struct stk_err *err) STK_MUST_CHECK;
/* "service 'head' ended before it was ready: exit status 1", with the last log lines as the hint.
 */
int stk_service_fail_ended(
	const struct stk_service *service, const char *what, struct stk_err *err) STK_MUST_CHECK;

#endif
