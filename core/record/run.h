/* run: all that one run learned, in memory: windows, slices, metrics, comparisons, trust.
 *
 * Built by flow, judged by diff, written by run_json, rendered by report. All text
 * belongs to the run's arena. Times are ns; *_ns without "mono" is the wall clock. */
#ifndef STK_CORE_RECORD_RUN_H
#define STK_CORE_RECORD_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/vec.h"
#include "core/record/metric.h"
#include "core/record/series.h"
#include "core/record/verdict.h"

enum { STK_SIDE_NONE = -1, STK_SIDE_BASE = 0, STK_SIDE_HEAD = 1, STK_SIDES = 2 };

enum stk_mode { STK_MODE_PAIRED, STK_MODE_IDLE, STK_MODE_BASELINE, STK_MODE_SOAK };

enum stk_window_kind { STK_WINDOW_IDLE, STK_WINDOW_LOAD, STK_WINDOW_WARMUP, STK_WINDOW_BLOCK };

/* One end of the comparison, or the single target of mode idle (sides[STK_SIDE_HEAD]). */
struct stk_side_info {
	const char *title;    /* "shop 1.0", "8f3a1c2", a URL; NULL = this side is not there */
	const char *revision; /* commit or version, NULL if unknown */
	const char *ref;      /* branch, tag or what was asked for, NULL if unknown */
	const char *why;      /* "merge base with main", "--base v1.2"; NULL if given by hand */
	bool dirty;           /* uncommitted changes were part of it */
	const char *url;      /* what the load was sent to */
	const char *command;  /* what was started, NULL for a target */
	const char *selector; /* how its profiles were told apart, {a="b"} */
	const char *agent;    /* "gospy", "embedded sampler", NULL if unknown */
};

/* A named stretch of time. A block is one turn of one side in paired mode. */
struct stk_window {
	const char *name;
	enum stk_window_kind kind;
	int side;
	int pair; /* blocks: 0, 1, …; else -1 */
	int64_t start_ns, end_ns;
	int64_t start_mono_ns, end_mono_ns;
	int64_t requests, failed;      /* sent to this side, completed in it */
	int64_t cpu_ns;                /* CPU time of the service's processes in it; -1 unknown */
	int64_t rss_bytes;             /* at its end; -1 unknown */
	int64_t throttled_ns;          /* its processes were held back by a CPU quota; -1 unknown */
	int restarts;                  /* of its processes in it; -1 unknown */
	double p50_ms, p95_ms, p99_ms; /* of http_req_duration in it; NaN without requests */
};

/* One uploaded profile of one type: the unit of replication. */
struct stk_slice {
	const char *type_id; /* process_cpu:cpu:nanoseconds:cpu:nanoseconds */
	int side;
	const char *instance; /* pod, host or ""; slices stay apart per instance */
	int64_t start_ns, end_ns;
	int64_t total;       /* value in the type's unit */
	int64_t samples;     /* events sampled, as far as the profile tells; else 0 */
	double requests;     /* of its side in exactly this time, from the 100 ms series */
	int pair;            /* of its block, -1 if it lies in none */
	bool counted;        /* takes part in the comparison */
	const char *why_not; /* "holds a switch", "warm-up"; NULL when counted */
	const char *file;    /* relative to the record's folder, NULL if not kept */
};

struct stk_function {
	const char *name;
	const char *file; /* NULL or "" if unknown */
	int64_t line;     /* 0 if unknown */
	const char *path; /* of the file within the repository at that commit; NULL = not of it */
};

/* How a row hangs together with the lines that head changed. */
enum stk_link_kind {
	STK_LINK_UNKNOWN,     /* no repository, or no file and line in the profiles */
	STK_LINK_CHANGED,     /* it has changed lines itself */
	STK_LINK_CALLED_FROM, /* its increase comes mostly from calls of a changed function */
	STK_LINK_CALLS,       /* it calls a changed function */
	STK_LINK_UNRELATED    /* none of these */
};

struct stk_row_link {
	enum stk_link_kind kind;
	struct stk_function via; /* the changed function; path and line of the change */
	double share;            /* of its increase that runs through changed lines; NaN unknown */
};

/* An increase that somebody took on purpose (.stoker/accepted.json of the base). */
struct stk_acceptance {
	const char *reason, *author; /* NULL: not accepted */
	int64_t until_ns;            /* 0 = without end */
};

/* One row of a comparison. change, lo, hi are fractions (0.402 = +40.2 %); costs are
 * in the type's unit per request (levels: absolute). NaN = not computed. */
struct stk_row {
	struct stk_function function; /* of head, or of base if vanished */
	struct stk_function partner;  /* renamed or moved from/to; name NULL if none */
	double base_cost, head_cost;
	double n_base, n_head;        /* samples behind them */
	double change, lo, hi, level; /* level: 0.95, or higher where selected (FCR) */
	double theta, se, df, p, q;
	double impact; /* (head - base) / base total, as a fraction */
	double share;  /* of the base total, pooled if new */
	double mde;    /* smallest change it would have noticed */
	bool tested;   /* had enough samples to be in the family */
	enum stk_verdict verdict;
	const char *reason; /* for inconclusive, moved; NULL else */
	struct stk_row_link link;
	struct stk_acceptance accepted;
};

STK_VEC_TYPE(stk_rows, struct stk_row);

/* The size of change that would have been noticed on a function of that share. */
struct stk_sensitivity {
	double share; /* 0.05; 1.0 is the total */
	double change;
};

/* One profile type, or one exact total, of base and head. */
struct stk_comparison {
	const char *type_id;    /* full id */
	const char *short_name; /* cpu, alloc_space, …; what a gate calls it */
	const char *unit;       /* nanoseconds, bytes, count */
	bool is_level;          /* inuse_*: absolute, never per request */
	bool calibrated;
	int pairs; /* that had counted slices on both sides */
	int slices_base, slices_head;
	double samples_base, samples_head;
	double hz;         /* sampling rate, 0 if unknown */
	double period;     /* of the profile, 0 if unknown */
	double unlabelled; /* share of cost without request labels, NaN unknown */
	double other;      /* share in "other" (truncated) */
	double tick_error; /* standard error, a log, that a clock tick adds to small rows; 0 none */
	double common_shift;  /* e^g - 1, the uniform shift taken out of rows */
	double q_threshold;   /* of BH, 0.05 */
	size_t tested;        /* rows in the family */
	double changed_share; /* of the increase that runs through changed lines, NaN unknown */
	struct stk_row total; /* sampled total */
	struct stk_rows rows; /* functions by their own cost, worst first */
	/* Tested in a family of their own, worst first: functions with all they call, and the own
	 * cost of packages (function.name is the package, function.file ""). */
	struct stk_rows inclusive, packages;
	STK_VEC(struct stk_sensitivity) sensitivity;
};

/* An exact total (kernel, engine): CPU seconds, latency quantiles, throughput, errors. */
struct stk_total {
	const char *name;   /* cpu, p50, p95, p99, throughput, errors */
	const char *unit;   /* nanoseconds, ms, per second, fraction */
	struct stk_row row; /* function.name repeats name */
};

struct stk_hotspot {
	struct stk_function function;
	double cost, lo, hi;     /* marginal cost per request, 95 % */
	double background_per_s; /* value per second in the idle window */
	double share;            /* of the marginal total */
	double samples;
	struct stk_row_link link; /* to the lines that the change under test touches */
};

struct stk_hotspots {
	const char *type_id, *short_name, *unit;
	int slices_idle, slices_load;
	double total, total_lo, total_hi, samples;
	STK_VEC(struct stk_hotspot) rows; /* by lo, largest first */
};

/* A threshold of the load script, as it ended. */
struct stk_threshold_result {
	const char *metric; /* with selector: http_req_duration{name:x} */
	const char *expr;   /* p(95)<800 */
	double value;       /* observed; NaN without data */
	bool ok, no_data, aborted;
};

/* A limit of the workflow. */
struct stk_gate_result {
	const char *name;  /* cpu, functions, errors, … */
	const char *limit; /* "+5%" */
	const char *text;  /* what was seen */
	bool crossed;
};

enum stk_check_state { STK_CHECK_OK, STK_CHECK_WARN, STK_CHECK_FAIL };

/* A precondition (reference: gate of the data): must hold before any verdict. */
struct stk_precondition {
	const char *name; /* slices, load, errors, mix, saturation, yield, pairs */
	enum stk_check_state state;
	const char *text;
};

struct stk_fact { /* environment: "cpu" = "4 x EPYC 7763" */
	const char *key, *value;
};

enum stk_note_level { STK_NOTE_INFO, STK_NOTE_WARN };

struct stk_note {
	enum stk_note_level level;
	const char *text;
};

/* The repository that both sides were built from. */
struct stk_repository {
	const char *remote;         /* URL of its remote without user and password; NULL if none */
	const char *default_branch; /* NULL if unknown */
	int64_t commits;            /* base..head */
	int64_t files, lines;       /* changed between base and head */
};

/* What a stored base of mode baseline is. */
struct stk_baseline_info {
	const char *revision; /* commit it was measured at; NULL: no baseline */
	const char *run;      /* id of that run */
	const char *where;    /* "git notes", a folder, a bucket */
	const char *why;      /* "merge base with main", "3 commits before the merge base" */
	int64_t measured_ns;
};

/* What A/A runs of this workflow have shown: one build on both sides. */
struct stk_calibration_info {
	const char *plan;    /* hash of what they hold for; NULL: no such runs are known */
	const char *why_not; /* why they do not count, "8 of 20 A/A runs"; NULL: they do */
	int runs, alarms;    /* that raised one though nothing had changed */
	double alarms_below; /* exact upper limit of their rate, 95 % */
	double sigma;        /* log ratio between the totals of two windows; NaN in pairs */
	int64_t first_ns, last_ns;
};

/* Where the same slices can be looked at. */
struct stk_report_link {
	const char *name; /* "grafana" */
	const char *text; /* "cpu, base beside head" */
	const char *url;
};

/* How the generator itself fared: what the trust in latency rests on. */
struct stk_generator_info {
	double busy;              /* CPU share of its busiest worker, 0..1 */
	double late_p99_ms;       /* starts behind their intended time */
	double lag_p99_ms;        /* rounds of its loops: so long an answer may have lain unseen */
	int64_t paused_ns;        /* by hand */
	int64_t dropped;          /* iterations */
	int64_t planned, started; /* iterations; planned 0 for closed models */
	double rate_planned;      /* per second, 0 = closed */
};

/* Which plan of `stoker load` this is, and which part of it: records of all parts merge. */
struct stk_plan_info {
	const char *fingerprint; /* of the whole plan; NULL: not a record of stoker load */
	const char *segment;     /* "1/3:2/3"; NULL: the whole */
	const char *sequence;    /* "0,1/3,2/3,1" */
};

/* Why a run ended before its end. */
struct stk_partial {
	bool is_partial;
	const char *phase;  /* "pairs" */
	const char *reason; /* "interrupted", "service 'head' died: exit status 1" */
};

#define STK_RUN_SCHEMA 1

struct stk_run {
	struct stk_arena arena;
	const char *id;      /* 20261122-143805-shop */
	const char *name;    /* of the workflow */
	const char *version; /* of stoker */
	const char *command; /* argv, secrets masked */
	enum stk_mode mode;
	int64_t start_ns, end_ns;
	struct stk_partial partial;
	int exit_code;
	struct stk_side_info sides[STK_SIDES];
	struct stk_repository repository;
	struct stk_baseline_info baseline;
	struct stk_calibration_info calibration;
	int planned_pairs;
	int64_t block_ns;
	STK_VEC(struct stk_window) windows;
	STK_VEC(struct stk_slice) slices;
	struct stk_series series;   /* completed requests per side, scenario, name in 100 ms */
	struct stk_metrics metrics; /* of the whole load */
	STK_VEC(struct stk_threshold_result) thresholds;
	STK_VEC(struct stk_total) totals;
	STK_VEC(struct stk_comparison) comparisons;
	STK_VEC(struct stk_hotspots) hotspots;
	STK_VEC(struct stk_gate_result) gates;
	STK_VEC(struct stk_precondition) preconditions;
	STK_VEC(struct stk_fact) environment;
	STK_VEC(struct stk_note) notes;
	STK_VEC(struct stk_report_link) links;
	struct stk_generator_info generator;
	struct stk_plan_info plan;
	enum stk_verdict verdict; /* of the run */
	const char *headline;     /* REGRESSION, CANNOT TELL: …, THRESHOLD CROSSED (design 2) */
};

void stk_run_init(struct stk_run *run);
void stk_run_release(struct stk_run *run);
/* The lists of a comparison that is in no run. */
void stk_comparison_release(struct stk_comparison *comparison);

/* Text into the run's arena; NULL stays NULL. */
const char *stk_run_text(struct stk_run *run, const char *text);
void stk_run_note(struct stk_run *run, enum stk_note_level level, const char *fmt, ...)
	STK_PRINTF(3, 4);
void stk_run_precondition(struct stk_run *run, const char *name, enum stk_check_state state,
	const char *fmt, ...) STK_PRINTF(4, 5);
void stk_run_fact(struct stk_run *run, const char *key, const char *value);

const char *stk_mode_name(enum stk_mode mode);

#endif
