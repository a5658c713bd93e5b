/* kept: what is kept of a measured run for later ones: functions by slices, load, machine.
 *
 * Compact: one table of functions per profile type, and per slice the functions that were seen,
 * value and samples side by side. Some 100 KB packed for a real service. */
#ifndef STK_CORE_BASELINE_KEPT_H
#define STK_CORE_BASELINE_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/vec.h"
#include "core/record/run.h"

#define STK_KEPT_SCHEMA 1
/* Larger ones are refused, packed and unpacked. */
#define STK_KEPT_PACKED_MAX   ((size_t)8 << 20)
#define STK_KEPT_UNPACKED_MAX ((size_t)64 << 20)

struct stk_kept_function {
	const char *name;
	const char *file; /* "" if unknown */
	int64_t line;     /* 0 if unknown */
	int64_t total;    /* of what it calls: beyond its own cost, over all slices */
	double n_total;   /* samples behind that */
};

/* Own cost of a function in a slice. */
struct stk_kept_value {
	uint32_t function;
	int64_t self;
	double n; /* samples behind it, kept to a thousandth */
};

struct stk_kept_slice {
	int64_t start_ns, duration_ns;
	const char *instance; /* "" when there is one */
	double requests;
	int64_t total;  /* of everything, also of what has no function */
	double samples; /* behind total */
	STK_VEC(struct stk_kept_value) values;
};

struct stk_kept_edge {
	uint32_t caller, callee;
	int64_t value;
};

/* One profile type of the measured window. */
struct stk_kept_type {
	const char *type_id, *short_name, *unit;
	bool is_level;
	double period, hz; /* 0 if unknown */
	double other;      /* value in nodes that a server cut off */
	STK_VEC(struct stk_kept_function) functions;
	STK_VEC(struct stk_kept_slice) slices;
	STK_VEC(struct stk_kept_edge) edges;
};

/* How many requests went where: what "the same load" is judged by. */
struct stk_kept_endpoint {
	const char *name;
	double requests;
};

/* The load of the window, and its exact totals. */
struct stk_kept_load {
	double seconds;
	int64_t requests, failed;
	double rate_planned;           /* per second, 0 = closed */
	double p50_ms, p95_ms, p99_ms; /* NaN unknown */
	int64_t cpu_ns;                /* of the service's processes; -1 unknown */
	STK_VEC(struct stk_kept_endpoint) endpoints;
};

struct stk_kept {
	struct stk_arena arena; /* owns all text */
	const char *version;    /* of stoker */
	const char *workflow, *run;
	const char *revision; /* commit, or a name where there is no repository */
	const char *ref;      /* branch or tag, NULL if unknown */
	const char *agent;    /* NULL if unknown */
	int64_t measured_ns;
	struct stk_kept_load load;
	STK_VEC(struct stk_fact) environment;
	STK_VEC(struct stk_kept_type) types;
};

void stk_kept_init(struct stk_kept *kept);
void stk_kept_release(struct stk_kept *kept);

/* The type of this full id, or of this short name; NULL if it was not kept. */
const struct stk_kept_type *stk_kept_find(const struct stk_kept *kept, const char *type);

/* Append it as gzip'd JSON. STK_E_TOO_LARGE over the limits above. */
int stk_kept_format(
	const struct stk_kept *kept, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

/* Read gzip'd JSON into an initialised one. Hostile input is bounded: wrong types, functions that
 * are not in the table, negative counts and another schema are STK_E_FORMAT with the place, too
 * much is STK_E_TOO_LARGE. Release it also after an error. */
int stk_kept_parse(
	struct stk_str packed, struct stk_kept *kept, struct stk_err *err) STK_MUST_CHECK;

/* A short word for the machine of a run or a kept one, from what makes measurements comparable:
 * processor, cores, CPU limit and architecture. Eight hex digits. */
const char *stk_kept_machine(const struct stk_fact *facts, size_t len, struct stk_arena *arena);

#endif
