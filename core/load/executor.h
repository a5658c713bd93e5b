/* executor: decides when a scenario's iterations start; one file per kind.
 *
 * An instance lives on one worker and owns its stripe of the scenario: of the VUs and starts that
 * this process has (vus_part, starts_part) number index, index + count, … It computes intended
 * times from the plan, in ns. */
#ifndef STK_CORE_LOAD_EXECUTOR_H
#define STK_CORE_LOAD_EXECUTOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/load/plan.h"

struct stk_vu;
struct stk_executor;

/* What an executor asks of its worker. vu handles are opaque here; slot is the executor's number
 * for it. No call ends an iteration at once: stk_executor_ended comes later, from the loop. */
struct stk_executor_host {
	void *ctx;
	struct stk_vu *(*take)(void *ctx, struct stk_executor *executor, size_t slot);
	void (*give)(void *ctx, struct stk_vu *vu);
	void (*begin)(void *ctx, struct stk_vu *vu, int64_t intended_ns);
	void (*cancel)(void *ctx, struct stk_vu *vu); /* ends now, no stk_executor_ended */
	void (*drop)(void *ctx, struct stk_executor *executor, int64_t count);
};

/* What all stripes of a scenario share. */
struct stk_scenario_shared {
	atomic_llong taken;   /* shared-iterations: handed out */
	atomic_llong started; /* iterations begun */
	atomic_llong ended;
};

#define STK_NEVER INT64_MAX

struct stk_executor_ops {
	const char *name;
	const char *const *keys; /* own options in snake_case, NULL at the end */
	/* Own options: defaults and rules (k6 1.2). */
	int (*validate)(struct stk_scenario *scenario, struct stk_err *err);
	/* Of the whole plan, whatever this process has of it: regular end from the scenario's
	 * start; most VUs at once; VUs to open beforehand. */
	int64_t (*length_ns)(const struct stk_scenario *scenario);
	int64_t (*max_vus)(const struct stk_scenario *scenario);
	int64_t (*planned_vus)(const struct stk_scenario *scenario);
	/* Starts that are planned up to offset_ns, likewise; NULL = closed model. */
	int64_t (*planned_starts)(const struct stk_scenario *scenario, int64_t offset_ns);
	void (*open)(struct stk_executor *executor);
	/* Do what is due at now_ns, and say when to be called next (STK_NEVER: only after ended).
	 */
	int64_t (*tick)(struct stk_executor *executor, int64_t now_ns);
	/* The iteration of a slot ended at now_ns. */
	void (*ended)(struct stk_executor *executor, size_t slot, int64_t now_ns);
	/* No iteration may start any more (regular end, or a stop): drop counts, give idle VUs.
	 * NULL: the latter only. */
	void (*finish)(struct stk_executor *executor, int64_t now_ns);
	void (*close)(struct stk_executor *executor); /* of open; either may be NULL */
	double (*progress)(const struct stk_executor *executor, int64_t now_ns);
};

/* Starts have intended times, and may be late. */
bool stk_executor_is_open_model(const struct stk_executor_ops *ops);

/* By k6's name; NULL if unknown. */
const struct stk_executor_ops *stk_executor_find(const char *name);
/* All, NULL at the end. */
const struct stk_executor_ops *const *stk_executor_all(void);

struct stk_executor_slot {
	struct stk_vu *vu; /* NULL: none taken */
	bool running;
	bool held;         /* its iteration ended while all was paused */
	bool active;       /* ramping: the plan wants it now */
	int64_t cancel_ns; /* ramping: end of its grace; 0: none */
	int64_t due_ns;    /* ramping: when the plan wanted it */
	int64_t left;      /* per-vu-iterations */
};

struct stk_executor_opts {
	const struct stk_scenario *scenario;
	struct stk_scenario_shared *shared;
	struct stk_executor_host host;
	int64_t start_ns;     /* of the scenario, monotonic */
	int64_t end_limit_ns; /* no start from then on, whatever the plan says; STK_NEVER */
	int64_t stripe, stripes;
};

enum stk_executor_state {
	STK_EXECUTOR_WAITING,
	STK_EXECUTOR_RUNNING,
	STK_EXECUTOR_ENDING,
	STK_EXECUTOR_OVER
};

struct stk_executor {
	const struct stk_executor_ops *ops;
	struct stk_executor_opts opts;
	enum stk_executor_state state;
	int64_t end_ns;  /* regular end */
	int64_t hard_ns; /* then running iterations are cancelled */
	int64_t wake_ns; /* when stk_executor_tick wants to be called next */
	struct stk_executor_slot *slots;
	size_t slots_len;
	size_t running;
	int64_t last_number; /* of the iteration begun last, over all stripes, from 0 */
	size_t graces;       /* slots with a cancel_ns */
	bool paused;
	int64_t paused_at_ns;
	void *priv;
};

void stk_executor_init(struct stk_executor *executor, const struct stk_executor_opts *opts);
void stk_executor_release(struct stk_executor *executor);
/* Move on to now_ns: start, tick, end, cancel, whatever is due. Sets wake_ns. */
void stk_executor_tick(struct stk_executor *executor, int64_t now_ns);
void stk_executor_ended(struct stk_executor *executor, size_t slot, int64_t now_ns);
/* Regular end not later than end_ns (a stop: now). */
void stk_executor_end_at(struct stk_executor *executor, int64_t end_ns, int64_t now_ns);
/* Cancel everything that runs. */
void stk_executor_cancel(struct stk_executor *executor);
/* Start nothing until it is resumed; running iterations go on. Nothing happens once it is over. */
void stk_executor_pause(struct stk_executor *executor, int64_t now_ns);
/* Go on with the plan by_ns later than it was. */
void stk_executor_resume(struct stk_executor *executor, int64_t by_ns, int64_t now_ns);
/* The iteration of a slot was cut off by the driver itself: neither complete nor cancelled here. */
void stk_executor_cut(struct stk_executor *executor, size_t slot, int64_t now_ns);
bool stk_executor_is_over(const struct stk_executor *executor);

/* For the executors: take a VU for a slot unless it has one, and begin an iteration there. */
void stk_executor_begin(struct stk_executor *executor, size_t slot, int64_t intended_ns);
/* Give a slot's VU back if it does not run. */
void stk_executor_give(struct stk_executor *executor, size_t slot);
/* The plan is used up before its time: the regular end is now. */
void stk_executor_end_early(struct stk_executor *executor, int64_t now_ns);
/* Cancel a slot's iteration at cancel_ns unless it ends before; 0 takes that back. */
void stk_executor_set_grace(struct stk_executor *executor, size_t slot, int64_t cancel_ns);
/* How many of the process's own total items fall to this stripe. */
int64_t stk_executor_share(const struct stk_executor *executor, int64_t total);
/* What this process has of a scenario's VUs. */
int64_t stk_scenario_own_max_vus(const struct stk_scenario *scenario);
int64_t stk_scenario_own_planned_vus(const struct stk_scenario *scenario);
/* Starts per second that this process plans, on average; 0 for a closed model. */
double stk_scenario_own_rate(const struct stk_scenario *scenario);
/* Starts that this stripe's plan held up to its end, also if that came early. */
int64_t stk_executor_planned(const struct stk_executor *executor);

#endif
