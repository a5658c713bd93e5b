/* difference: two ends of `stoker diff` side by side: every function's own and whole cost. */
#ifndef STK_CORE_RECORD_DIFFERENCE_H
#define STK_CORE_RECORD_DIFFERENCE_H

#include "core/record/run.h"

#define STK_DIFFERENCE_SCHEMA 1

/* What costs are divided by. */
enum stk_difference_per {
	STK_PER_ALL,     /* nothing: as the profiles have it */
	STK_PER_SECOND,  /* the time that the profiles cover */
	STK_PER_REQUEST, /* requests that were counted, or given */
	STK_PER_LEVEL    /* a level: the mean of its pictures */
};

/* Costs are in the type's unit per what the difference says. */
struct stk_difference_row {
	struct stk_function function; /* of head, or of base if it is gone */
	struct stk_function partner;  /* its name at base if it was renamed; name NULL if not */
	struct stk_function moved;    /* where its cost went, or came from; name NULL if not */
	const char *moved_within;     /* "cost moved within its file"; NULL: moved, or not at all */
	double self[STK_SIDES], total[STK_SIDES];
	double n[STK_SIDES]; /* samples behind self */
	double change;       /* of self, a fraction; not finite from or to nothing */
	double lo, hi;       /* 95 % or wider; NaN without spread */
	double impact;       /* change of self as a fraction of base's total */
	bool is_sure;        /* the interval has no zero in it, corrected for the number of rows */
};

struct stk_difference_end {
	const char *title; /* old.pb.gz, "20261122-143805-shop head", a query with its times */
	int slices;
	double samples; /* 0: the profiles do not tell */
	double divisor; /* requests or seconds; 1 for the others */
	double total;   /* cost of everything */
};

/* All text belongs to the arena of the run that it was made with. */
struct stk_difference {
	const char *type_id, *short_name, *unit;
	enum stk_difference_per per;
	struct stk_difference_end ends[STK_SIDES];
	bool is_one_run;       /* base and head of one saved run */
	bool has_spread;       /* both ends have the slices that intervals need */
	double change, lo, hi; /* of the total */
	double common_shift;   /* taken out of the rows' intervals, as a fraction; 0 none */
	STK_VEC(struct stk_difference_row) rows; /* largest change of self first */
};

void stk_difference_release(struct stk_difference *difference);

/* "request", "second", "" */
const char *stk_difference_per_name(enum stk_difference_per per);

#endif
