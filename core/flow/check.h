/* check: is everything there for a run, how long will it take, and what will it be able to see. */
#ifndef STK_CORE_FLOW_CHECK_H
#define STK_CORE_FLOW_CHECK_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/flow/flow.h"

#define STK_CHECK_SCHEMA 1

/* One thing that was looked at. */
struct stk_check_line {
	enum stk_check_state state;
	const char *name; /* git, build, ready, load, profiles, baggage, post, … */
	const char *text;
	const char *hint; /* what to do; NULL none */
	int code;         /* of a FAIL: enum stk_errc */
};

/* What the run will do. Durations are 0 where they are not known. */
struct stk_check_plan {
	enum stk_mode mode;
	bool is_own_flow;                    /* run = function(w): only the user knows */
	bool is_refused;                     /* a line says why there would be no such run */
	int64_t pairs, block_ns, counted_ns; /* counted: of a block, in whole slices */
	int64_t warmup_ns, idle_ns, load_ns;
	int64_t total_ns; /* of everything, builds included */
};

/* What the short load showed. NaN and -1: unknown. */
struct stk_check_seen {
	int64_t build_ns, ready_ns; /* of the head; -1: nothing was built or started */
	double seconds;             /* of the load; 0: there was none */
	int64_t requests, failed, dropped;
	double rate, p95_ms;
	double cores;                /* CPU seconds of the service per second */
	double machine_cores;        /* that it may use */
	double wobble;               /* variance of the log of its CPU time from second to second */
	int64_t slice_ns;            /* the longest; 0 unknown */
	const char *cpu_type;        /* full id of the first profile type; NULL unknown */
	double hz;                   /* samples per CPU second; NaN: no type of that kind */
	double samples_per_s;        /* under load */
	double functions;            /* with so much cost that a run would test them */
	bool labels_known, labelled; /* some sample carried a label of the baggage header */
};

struct stk_check {
	struct stk_arena arena;
	STK_VEC(struct stk_check_line) lines;
	struct stk_check_plan plan;
	struct stk_check_seen seen;
	double samples; /* that count on a side of the run to come; NaN unknown */
	STK_VEC(struct stk_sensitivity) sees;
	const char *advice;  /* how to see more; NULL: nothing to say */
	const char *quicker; /* how to be done sooner; NULL: nothing to say */
};

void stk_check_init(struct stk_check *check);
void stk_check_release(struct stk_check *check);

/* What to check, and who is told while it goes on. */
struct stk_check_opts {
	struct stk_flow_opts flow; /* runs_dir is not used; observer.line shows what goes on */
	int64_t load_ns;           /* how long requests are sent, at least */
	int64_t wait_ns;           /* how long the first profiles may take, from the load's start */
	void (*line)(const struct stk_check_line *line, void *ctx); /* each as it is known */
	void *ctx;
};

/* Look at everything: read the load script, choose and build the head, start it, send requests,
 * read its profiles, plan the run. What is wrong becomes a line; steps that need it are left out,
 * the others still happen. Nothing is kept but what was built, and nothing runs on. STK_E_ABORTED
 * when it was interrupted, else 0. */
int stk_check_run(const struct stk_check_opts *opts, struct stk_check *check,
	struct stk_err *err) STK_MUST_CHECK;

/* A line for an error from before: a file that could not be read. */
void stk_check_fail(struct stk_check *check, const struct stk_check_opts *opts, const char *name,
	const struct stk_err *err);

/* "paired, 6 pairs × 2 builds × 20 s (15 s counted) + warm-up = about 5 min" */
void stk_check_format_plan(const struct stk_check *check, struct stk_buf *buf);
/* "+54 % on a function of 5 %, +25 % on one of 15 %, +3 % in total (4 100 CPU samples a side)"; why
 * it cannot be told, else. */
void stk_check_format_sees(const struct stk_check *check, struct stk_buf *buf);
/* The document "stoker.check" (docs/check.md), exit_code included. */
void stk_check_format_json(const struct stk_check *check, int exit_code, struct stk_buf *buf);

#endif
